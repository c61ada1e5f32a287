"""The pictures of a page: the marks that each shows, and what it says in words.

A picture is a list of marks, each a line of text with a bar, a dot or a tile: it can be copied, read aloud, enlarged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby

from publish.results.reading import Bars, Cell, Question, RoundResults, Row
from publish.results.tables import Table
from publish.writing.words import Words

TINTS = {2: "15", 3: "135", 4: "1245", 5: "12345"}  # of the five colours, for so many answers of a scale
MOST_DOTS = 180  # of a question: where there would be more, only the answers given most often are told by county
CLASSES = (0, 20, 40, 60, 80)  # where the classes of tiles begin, per cent
MIDDLE = ("quartile_1", "median", "quartile_3")
DIFFERS = ("known_discrepancy", "mismatch")  # of a figure that is printed; of a hidden one print says nothing here
NAMED = 3  # rows that a sentence names
BY_SIZE = ("all", "size_class", "size_class_group")


@dataclass(frozen=True)
class Mark:
    """A line of a picture: what it is of, its figures as text, and where its bar or dot lies, per cent of the width."""

    label: str
    value: str
    base: str
    place: float | None
    low: float | None = None
    high: float | None = None
    kinds: frozenset[str] = frozenset()  # hidden, untold, unsure, apart (don't know), all, union; the class of a tile
    printed: str = ""
    rank: int | None = None
    tile: tuple[int, int] | None = None

    @property
    def kind(self) -> str:
        return " ".join(sorted(self.kinds))

    @property
    def style(self) -> str:
        column, row = self.tile or (None, None)
        places = {"p": self.place, "l": self.low, "h": self.high, "o": self.rank, "c": column, "r": row}
        return ";".join(f"--{name}:{round(place, 1):g}" for name, place in places.items() if place is not None)


@dataclass(frozen=True)
class Picture:
    """Marks of one kind under a title, with a sentence that says what is to be seen."""

    kind: str
    title: str
    message: str
    marks: Sequence[Mark]

    def has(self, kind: str) -> bool:
        return any(kind in mark.kinds for mark in self.marks)


@dataclass(frozen=True)
class Curve:
    """How responses came in: lines in a box of days by counts, each with what it counts, and the same as a table."""

    message: str
    days: tuple[str, str]
    lines: Sequence[tuple[str, str]]
    box: tuple[int, int]
    table: Table


@dataclass(frozen=True)
class Pictures:
    """The pictures of a round."""

    results: RoundResults
    words: Words

    def whole(self, question: Question) -> Picture:
        """Each answer of all respondents: by size, or in the order of the form where that is one; don't know last."""
        whole = question.whole
        cells = sorted(whole.cells, key=lambda cell: (cell.is_dont_know, 0 if question.is_ordered else -(cell.n or 0)))
        marks = [self._mark(cell.answer, whole, cell, question.unit) for cell in cells]
        return Picture("bars", self.title(question), "", marks)

    def of_answers(self, question: Question, codes: Sequence[str]) -> Picture:
        """Some of the answers of all respondents, in this order."""
        cells = {cell.answer_key.rpartition("/")[2]: cell for cell in question.whole.cells}
        marks = [self._mark(cells[code].answer, question.whole, cells[code], question.unit) for code in codes]
        return Picture("bars", question.wording, self.title(question), marks)

    def stacked(self, question: Question) -> Picture:
        """Each answer of a scale, of all and by size class."""
        rows = [row for name in BY_SIZE for row in question.rows.get(name, ())]
        marks = [self._mark(row.label, row, cell, question.unit) for row in rows for cell in row.cells]
        return Picture("stacked", self.title(question), "", marks)

    def title(self, question: Question) -> str:
        unit = self.results.labels.of_code("unit", question.unit)
        return f"{question.whole.label}, n = {self.words.count(question.whole.base_n)} {unit}"

    def by_size(self, question: Question) -> Sequence[Picture]:
        """Of each answer, its share of all, in each size class and in each union of them."""
        rows = [row for name in BY_SIZE for row in question.told.get(name, ())]
        answers = question.told["all"][0].cells if "size_class" in question.told else ()
        return [self._of_answer(answer, rows, question.unit) for answer in answers]

    def by_county(self, question: Question) -> Sequence[Picture]:
        """Of each answer that is looked for, its share of the municipalities of each county, where any is sure."""
        rows = question.told.get("county", ())
        if not any(cell.is_reliable for row in rows for cell in row.cells if cell.pct is not None):
            return []
        return [self._of_answer(answer, rows, "municipality", "dots") for answer in looked_for(question, len(rows))]

    def _of_answer(self, answer: Cell, rows: Sequence[Bars], unit: str, kind: str = "bars") -> Picture:
        found = [(row, cell) for row in rows for cell in row.cells if cell.answer_key == answer.answer_key]
        if kind == "dots":
            found.sort(key=lambda each: self._short(each[0].key, each[0].label))
        ranks = ranked([cell.pct for _, cell in found])
        marks = [
            self._mark(self._short(row.key, row.label), row, cell, unit, rank if kind == "dots" else None)
            for (row, cell), rank in zip(found, ranks, strict=True)
        ]
        return Picture(kind, answer.answer, self.spread(marks), marks)

    def _mark(self, label: str, row: Bars, cell: Cell, unit: str, rank: int | None = None) -> Mark:
        value = self.words.say("hidden") if cell.is_hidden else self.words.percent(cell.pct)
        base = f"{self.words.count(cell.n)}/{self.words.count(row.base_n)}"
        low, high = (None if end is None or rank is None else end * 100 for end in (cell.low, cell.high))
        printed = self._as_printed(cell.answer_key, row.key, unit)
        return Mark(label, value, base, cell.pct, low, high, kinds_of(row, cell), printed, rank)

    def spread(self, marks: Sequence[Mark]) -> str:
        """Where a share is highest and lowest, of the sure ones where they differ; how many rows are hidden."""
        rows = [mark for mark in marks if not mark.kinds & {"all", "union"}]
        shown = [mark for mark in rows if mark.place is not None]
        sure = [mark for mark in shown if "unsure" not in mark.kinds]
        n_hidden = sum("hidden" in mark.kinds for mark in rows)
        said = []
        if len(shown) == 1:
            said.append(f"{self._at(shown[0].place or 0, shown)}.")
        elif len({mark.place for mark in shown}) == 1:
            said.append(self.words.say("The same in all: {pct}.", pct=shown[0].value))
        elif len({mark.place for mark in sure}) > 1 and len(sure) < len(shown):
            said.append(self.words.say("Of the sure ones, highest: {highest}; lowest: {lowest}.", **self._ends(sure)))
        elif shown:
            said.append(self.words.say("Highest: {highest}; lowest: {lowest}.", **self._ends(shown)))
        if n_hidden:
            said.append(self.words.say("Hidden: {n} of {all}.", n=n_hidden, all=len(rows)))
        return " ".join(said)

    def _ends(self, marks: Sequence[Mark]) -> Mapping[str, str]:
        places = [mark.place or 0 for mark in marks]
        return {"highest": self._at(max(places), marks), "lowest": self._at(min(places), marks)}

    def _at(self, place: float, marks: Sequence[Mark]) -> str:
        """The rows that lie at a place, and their figures."""
        there = [mark for mark in marks if mark.place == place]
        names = ", ".join(mark.label for mark in there[:NAMED])
        if len(there) > NAMED:
            names = self.words.say("{names} and {n} more", names=names, n=len(there) - NAMED)
        star = " *" if any("unsure" in mark.kinds for mark in there) else ""
        return f"{names} {there[0].value}{star}" + (f" ({there[0].base})" if len(there) == 1 else "")

    def of_section(self, section: str) -> Sequence[Picture]:
        """What stands above the tables of a section."""
        return list(self._response()) if section == "who-answered" else []

    def _response(self) -> Iterator[Picture]:
        """The share of the municipalities that answered, by size class and on a map of counties."""
        for breakdown in ("size_class", "county"):
            rows = [row for row in self.results.response if row["breakdown"] == breakdown and row["n_frame"]]
            tiles = map_of({row["breakdown_key"]: self._place(row["breakdown_key"]) for row in rows})
            marks = [self._rate(row, tiles.get(row["breakdown_key"])) for row in rows]
            title = self.words.say(
                "{rows}: share of the municipalities that answered",
                rows=self.results.labels.of_code("breakdown", breakdown),
            )
            if marks:
                yield Picture("tiles" if tiles else "bars", title, self.spread(marks), marks)

    def _rate(self, row: Row, tile: tuple[int, int] | None) -> Mark:
        key, pct = row["breakdown_key"], row["pct"]
        label = self.results.labels.of("breakdown", key)
        base = f"{self.words.count(row['n_municipalities'])}/{self.words.count(row['n_frame'])}"
        kinds = frozenset() if tile is None or pct is None else frozenset({class_of(pct)})
        return Mark(
            self._short(key, label) if tile else label, self.words.percent(pct), base, pct, kinds=kinds,
            printed=self._as_printed("response_rate_pct", key, "municipality"), tile=tile,
        )  # fmt: skip

    def classes(self) -> Sequence[tuple[str, str]]:
        """The classes of tiles, and what each holds."""
        last = [*(first - 1 for first in CLASSES[1:]), 100]
        return [(class_of(a), f"{a}–{self.words.percent(b)}") for a, b in zip(CLASSES, last, strict=True)]

    @cached_property
    def numbers(self) -> Mapping[str, Picture]:
        """Of each question that asks for a number, the median and the middle half, of all and by size class."""
        return dict(self._numbers())

    def _numbers(self) -> Iterator[tuple[str, Picture]]:
        for _, found in groupby(self.results.rows_of("numbers"), key=lambda row: str(row["question_key"])):
            rows = list(found)
            told = [0, *(row[name] for row in rows for name in MIDDLE if row[name] is not None)]
            first, last = min(told), max(told)
            marks = [self._number(row, first, last - first or 1) for row in rows]
            yield rows[0]["question_id"], Picture("boxes", self.words.say("Numbers"), self._middle(rows[0]), marks)

    def _number(self, row: Row, first: float, width: float) -> Mark:
        """A median between quartiles, on a scale that is so wide; what is not told is hidden where anybody answered."""
        told = [row[name] for name in MIDDLE]
        low, place, high = (None if number is None else (number - first) * 100 / width for number in told)
        is_hidden = place is None and row["n"] != 0
        kinds = {"hidden": is_hidden, "untold": place is None, "unsure": place is not None and not row["is_reliable"]}
        return Mark(
            self.results.labels.of("breakdown", row["breakdown_key"]),
            self.words.say("hidden") if is_hidden else self.words.number(row["median"]),
            f"n = {self.words.count(row['n'])}", place, low, high, frozenset(name for name in kinds if kinds[name]),
        )  # fmt: skip

    def _middle(self, row: Row) -> str:
        if any(row[name] is None for name in MIDDLE):
            return self.words.say("What was answered is not shown.")
        return self.words.say(
            "The median is {median}; half of the answers lie between {quartile_1} and {quartile_3}.",
            **{name: self.words.number(row[name]) for name in MIDDLE},
        )

    def curve(self) -> Curve | None:
        """How responses came in, where there is a day to show."""
        rows, say, count = self.results.rows_of("curve"), self.words.say, self.words.count
        if not rows:
            return None
        opens, closes = self.results.round["opens_on"], self.results.round["closes_on"]
        first, last = min(opens, rows[0]["submitted_on"]), max(closes, rows[-1]["submitted_on"])
        whole = rows[-1]["n_responses_so_far"]
        half = next(row for row in rows if 2 * row["n_responses_so_far"] >= whole)
        message = say(
            "Half of the {n} responses had come by {half}, all by {last}: from {municipalities} municipalities.",
            half=self.words.day(half["submitted_on"]), n=count(whole), last=self.words.day(rows[-1]["submitted_on"]),
            municipalities=count(rows[-1]["n_municipalities_so_far"]),
        )  # fmt: skip
        names = {"n_responses_so_far": say("responses"), "n_municipalities_so_far": say("municipalities that answered")}
        columns = [say("responses"), say("responses so far"), say("municipalities so far")]
        return Curve(
            message, (self.words.day(first), self.words.day(last)),
            [(names[name], steps(rows, name, first)) for name in names], ((last - first).days + 1, whole),
            Table(say("How the responses came in"), columns, [
                [self.words.day(row["submitted_on"]), count(row["n_responses"]), *(count(row[name]) for name in names)]
                for row in rows
            ]),
        )  # fmt: skip

    def _short(self, key: str, label: str) -> str:
        """What a county is called where there is little room."""
        area = self._areas.get(key)
        return (self.results.labels.of("area_short", area["area_key"]) if area else "") or label

    def _place(self, key: str) -> tuple[int, int] | None:
        area = self._areas.get(key, {})
        return (area["tile_column"], area["tile_row"]) if area.get("tile_column") else None

    @cached_property
    def _areas(self) -> Mapping[str, Row]:
        return {row["breakdown_key"]: row for row in self.results.rows_of("areas")}

    @cached_property
    def _printed(self) -> Mapping[tuple[str, str], Sequence[Row]]:
        """The figures that were printed of a share, by the answer (or the measure) and the row."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.results.rows_of("printed"):
            if row["statistic"] in ("pct", "n", "response_rate_pct"):
                answer = f"{row['question_key']}/{row['level']}/{row['answer']}" if row["answer"] else row["statistic"]
                found.setdefault((answer, row["breakdown_key"]), []).append(row)
        return found

    def _as_printed(self, answer: str, key: str, unit: str) -> str:
        """What was printed of a share; where print has it in the other unit only, in that."""
        rows = self._printed.get((answer, key), ())
        told = [row for row in rows if row["unit"] == unit] or rows
        numbers = [(self.words.number(row["published_value"]), row["statistic"] == "n") for row in told]
        figure = ", ".join(
            dict.fromkeys(said if is_n else self.words.percent(0).replace("0", said) for said, is_n in numbers)
        )
        say, is_other = self.words.say, bool(told) and told[0]["unit"] != unit
        if is_other and unit == "response":
            return say("printed by municipality: {figure}", figure=figure)
        if is_other:
            return say("printed by response: {figure}", figure=figure)
        if any(row["status"] in DIFFERS for row in told):
            return say("printed otherwise: {figure}", figure=figure)
        return say("printed {figure}", figure=figure) if told else ""


def looked_for(question: Question, n_rows: int) -> Sequence[Cell]:
    """The answers whose share in each of so many rows a reader looks for: all but don't know, one of two, and only
    those given most often where there would be too many dots."""
    answers = [cell for cell in question.told["all"][0].cells if not cell.is_dont_know]
    told = answers[:1] if len(answers) == 2 and question.shape != "many" else answers
    return told if len(told) * n_rows <= MOST_DOTS else question.headlines


def kinds_of(row: Bars, cell: Cell) -> frozenset[str]:
    kinds = {
        "hidden": cell.is_hidden,
        "untold": cell.pct is None,
        "unsure": cell.pct is not None and not cell.is_reliable,
        "apart": cell.is_dont_know,
        "all": row.breakdown == "all",
        "union": row.breakdown == "size_class_group",
    }
    return frozenset(name for name in kinds if kinds[name])


def ranked(shares: Sequence[int | None]) -> list[int]:
    """The place of each, from the largest on; those that are not told come last."""
    order = sorted(range(len(shares)), key=lambda index: -1 if (pct := shares[index]) is None else pct, reverse=True)
    return [order.index(index) + 1 for index in range(len(shares))]


def map_of(places: Mapping[str, tuple[int, int] | None]) -> Mapping[str, tuple[int, int]]:
    """The tiles of areas, moved to the left where columns are empty; none where one of them has no place."""
    first = min((place[0] for place in places.values() if place), default=1)
    found = {key: (place[0] - first + 1, place[1]) for key, place in places.items() if place}
    return found if len(found) == len(places) else {}


def class_of(pct: int) -> str:
    return f"t{sum(pct >= first for first in CLASSES)}"


def steps(rows: Iterable[Row], name: str, first: date) -> str:
    """The points of a line that rises at the end of each day."""
    points, height = ["0,0"], 0
    for row in rows:
        day = (row["submitted_on"] - first).days
        points += [f"{day},{height}", f"{day + 1},{row[name]}"]
        height = row[name]
    return " ".join(points)


def tint(question: Question, cell: Cell) -> str:
    """The colour of an answer of a scale, from one end to the other; don't know is none of them."""
    scale = [each.answer for each in question.whole.cells if not each.is_dont_know]
    if cell.is_dont_know:
        return "apart"
    return f"s{TINTS.get(len(scale), '12345')[min(scale.index(cell.answer), 4)]}"


def left_over(row: Bars) -> int:
    """How many of a row's base gave answers that are hidden."""
    return (row.base_n or 0) - sum(cell.n or 0 for cell in row.cells) if any(c.is_hidden for c in row.cells) else 0
