"""The sheets of a round's workbook: the rows that its page has, in columns that can be sorted, filtered and counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from publish.results.evidence import Evidence
from publish.results.making import how_made
from publish.results.page import Said
from publish.results.reading import RoundResults, Row
from publish.results.tables import Tables
from publish.writing.words import Words

Kind = Literal["text", "count", "share", "points", "number", "printed"]
SIZES = ("all", "size_class", "size_class_group")
CODE_LISTS = ("level", "unit", "cell_status", "figure_match", "claim_verdict")


@dataclass(frozen=True)
class Column:
    """A column: what it says of a row, and in words what that is."""

    title: str
    kind: Kind
    meaning: str
    of: Callable[[Row], object]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: a table, or without columns a list of names, each with a text, a count or a share."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]

    @property
    def is_list(self) -> bool:
        return not self.columns


class Sheets:
    """The sheets of a round. Where something is hidden they say so; the release has no number there."""

    def __init__(self, results: RoundResults, words: Words) -> None:
        self.results, self.words, self.say = results, words, words.say
        self._said, self._tables = Said(results, words), Tables(results, words)
        self._evidence = Evidence(results, words)

    def banner(self) -> str:
        """What stands above everything of a demonstration."""
        if not self.results.round["is_synthetic"]:
            return ""
        return " ".join((self.say("Demonstration: the answers are made up."),
                         self.say("No figure here says anything of any municipality.")))  # fmt: skip

    def all(self) -> Sequence[Sheet]:
        """Every sheet that has anything to say, in the order of the workbook."""
        found = (self._by_size(), self._by_county(), self._response(), self._systems(), self._numbers(),
                 self._changes(), self._practices(), self._interviews(), self._sentences(),
                 self._printed())  # fmt: skip
        told = [sheet for sheet in found if sheet.rows]
        return [self._summary(), *told, self._dictionary(told), self._notes()]

    def _summary(self) -> Sheet:
        whole = next(row for row in self.results.response if row["breakdown"] == "all")
        rows = [
            *((name, text) for name, text in self._said.who().items() if text),
            (self.say("responses"), whole["n_responses"]),
            (self.say("municipalities that answered"), whole["n_municipalities"]),
            (self.say("municipalities asked"), whole["n_frame"]),
            (self.say("of the municipalities answered"), _share(whole["pct"])),
            *((self.say("In brief"), self._said.finding(row)) for row in self._said.findings()),
        ]
        return Sheet(self.say("Summary"), [], rows)

    def _by_size(self) -> Sheet:
        rows = self._cells(*SIZES)
        columns = [*self._answer_columns(rows), *self._shares(), *self._in_frame(), self._mark("is_reliable"),
                   self._mark_in_frame(), self._remark(), self._unit()]  # fmt: skip
        return self._sheet(self.say("By size class"), columns, rows)

    def _by_county(self) -> Sheet:
        """Each county is a frame of its own, as on the page."""
        rows = self._cells("county")
        columns = [*self._answer_columns(rows), *self._counts(), *self._in_frame(), self._mark_in_frame(),
                   self._remark(), self._unit()]  # fmt: skip
        return self._sheet(self.say("By county"), columns, rows)

    def _cells(self, *breakdowns: str) -> Sequence[Row]:
        return [row for row in self.results.cells if row["breakdown"] in breakdowns]

    def _answer_columns(self, rows: Sequence[Row]) -> Iterator[Column]:
        yield from (self._question(), self._row_name(), self._answer())
        if any(row["level"] == "group" for row in rows):
            yield Column(
                self.say("put together"), "text",
                self.say("Where it says yes, several answers are put together as in print: such a row counts again "
                         "what stands in others."),
                lambda row: self.say("yes") if row["level"] == "group" else None,
            )  # fmt: skip

    def _response(self) -> Sheet:
        say = self.say
        rows = [row for row in self.results.response if row["breakdown"] in {*SIZES, "county"}]
        columns = [
            Column(say("breakdown"), "text", say("What the municipalities are divided by."), self._code("breakdown")),
            self._row_name(),
            self._figure(say("municipalities asked"), "count", say("Municipalities of the frame."), "n_frame"),
            self._figure(say("municipalities that answered"), "count", say("Those with one response or more."),
                         "n_municipalities"),
            Column(say("share"), "share", say("Those that answered of those asked."), lambda row: _share(row["pct"])),
            self._figure(say("responses"), "count", say("Responses that count."), "n_responses"),
            self._figure(say("inhabitants covered"), "share", say("Share of the inhabitants of the frame who live in "
                         "municipalities that answered."), "population_coverage"),
        ]  # fmt: skip
        return self._sheet(say("Response"), columns, rows)

    def _systems(self) -> Sheet:
        say = self.say
        columns = [
            self._question(),
            Column(say("system"), "text", say("An information system of the inventory, or names outside it."),
                   lambda row: row["system_name"]),
            Column(say("vendor"), "text", say("Who sells the system."), lambda row: row["vendor"]),
            *self._shares(), self._mark("is_reliable"), self._remark(), self._unit(),
        ]  # fmt: skip
        return self._sheet(say("Systems"), columns, self.results.rows_of("systems"))

    def _numbers(self) -> Sheet:
        say = self.say
        columns = [
            self._question(), self._row_name(),
            self._figure(say("n"), "count", say("Those that gave a number."), "n"),
            self._figure(say("mean"), "number", say("Mean of the numbers given."), "mean"),
            self._figure(say("lower quartile"), "number", say("A quarter gave less."), "quartile_1"),
            self._figure(say("median"), "number", say("Half gave less."), "median"),
            self._figure(say("upper quartile"), "number", say("A quarter gave more."), "quartile_3"),
            self._figure(say("smallest"), "number", say("The smallest number given."), "min"),
            self._figure(say("largest"), "number", say("The largest number given."), "max"),
            self._figure(say("total"), "number", say("All numbers together."), "total"),
            self._mark("is_reliable"), self._remark(), self._unit(),
        ]  # fmt: skip
        return self._sheet(say("Numbers"), columns, self.results.rows_of("numbers"))

    def _changes(self) -> Sheet:
        say = self.say
        columns = [
            self._question(), self._answer(),
            self._figure(say("n before"), "count", say("Those that gave the answer in the round before."), "earlier_n"),
            self._figure(say("base before"), "count", say("Those that answered the question then."), "earlier_base_n"),
            self._figure(say("share before"), "share", say("Their share then."), "earlier_share"),
            self._figure(say("n"), "count", say("Those that gave the answer."), "n"),
            self._figure(say("base"), "count", say("Those that answered the question."), "base_n"),
            self._figure(say("share"), "share", say("Those that gave the answer of those that answered."), "share"),
            self._figure(say("change, points"), "points", say("The share now less the share before, in percentage "
                         "points."), "delta"),
            self._figure(say("lower bound"), "points", say("Lower end of the 95 per cent interval of "
                         "the change."), "ci_low"),
            self._figure(say("upper bound"), "points", say("Upper end of the same interval."), "ci_high"),
            Column(say("how sure"), "text", say("Whether chance alone makes such a change."), self._tables.conclusion),
            self._unit(),
        ]  # fmt: skip
        return self._sheet(say("Change"), columns, self.results.rows_of("changes"))

    def _practices(self) -> Sheet:
        say, told = self.say, self._evidence
        of_practices: Sequence[tuple[str, str, Callable[[Row], str]]] = [
            (say("practice"), say("A good practice, or a comment; where it is empty the row is of the whole theme."),
             told.practice),
            (say("who"), say("Whose practice it is."), told.who),
            (say("how often"), say("Where a document says it."), told.rhythm),
            (say("area"), say("Where a document names one."), told.area),
            (say("known from"), say("What the document has it from."), told.known_from),
            (say("document"), say("Where it is printed."), told.place),
        ]  # fmt: skip
        columns = [
            Column(say("theme"), "text", say("What the practice is about."),
                   lambda row: self.results.labels.of("theme", row["theme_id"])),
            *(Column(title, "text", meaning, _where("practice_id", of)) for title, meaning, of in of_practices),
            Column(say("question"), "text", say("The question of which it is an answer."),
                   _where("question_key", lambda row: self.results.labels.of("question", row["question_key"]))),
            *self._counts(), self._remark(), self._unit(),
        ]  # fmt: skip
        return self._sheet(say("Good practices"), columns, told.practice_rows())

    def _interviews(self) -> Sheet:
        say, told = self.say, self._evidence
        columns = [
            Column(say("who"), "text", say("The kind of organisation that was interviewed."), told.organisation),
            self._figure(say("people"), "count", say("How many were interviewed; empty where it is not known."),
                         "n_people"),
            Column(say("areas"), "text", say("Where they work."), told.areas),
            Column(say("when"), "text", say("First and last day."), told.when),
            Column(say("how chosen"), "text", say("Why these were interviewed."), told.chosen),
            Column(say("topics"), "text", say("What they were asked about."), told.topics),
        ]  # fmt: skip
        return self._sheet(say("Interviews"), columns, self.results.rows_of("interviews"))

    def _sentences(self) -> Sheet:
        """A row for each figure that a sentence rests on, as on the page."""
        say, told = self.say, self._evidence
        columns = [
            Column(say("sentence"), "text", say("As a document has it, in its own language."), told.sentence),
            Column(say("document"), "text", say("Where it is printed."), told.place),
            Column(say("shortened"), "text", say("Where it says yes, the sentence is quoted in part."),
                   lambda row: say("yes") if row["is_shortened"] else None),
            Column(say("those who answered"), "text", say("Whether it holds among those who answered."),
                   lambda row: self._tables.verdict(row["verdict"])),
            Column(say("all asked"), "text", say("Whether it holds for all that were asked, beyond chance."),
                   lambda row: self._tables.verdict(row["verdict_of_frame"])),
            Column(say("why not"), "text", say("Why the sentence, or a part of it, cannot be computed."),
                   lambda row: told.reason(row) or None),
            *self._figures(),
        ]  # fmt: skip
        return self._sheet(say("Printed sentences"), columns, told.sentence_rows())

    def _printed(self) -> Sheet:
        """Those that no sentence rests on."""
        say = self.say
        document = Column(say("document"), "text", say("Where it is printed."), lambda row: row["document"])
        return self._sheet(say("Printed figures"), [document, *self._figures()], self.results.figures_alone)

    def _figures(self) -> Iterator[Column]:
        say = self.say
        yield Column(say("figure"), "text", say("What the printed figure is of."),
                     _where("figure_id", self._tables.figure))  # fmt: skip
        yield Column(say("measure"), "text", say("A number, a share in per cent, or 1 where a comparison holds."),
                     self._code("statistic"))  # fmt: skip
        yield self._figure(say("printed"), "printed", say("As it is printed."), "published_value")
        yield self._figure(say("printed base"), "count", say("Its base, where one is printed."), "published_base_n")
        yield self._figure(say("computed"), "printed", say("As it follows from the answers."), "computed_value")
        yield self._figure(say("computed base"), "count", say("Its base."), "computed_base_n")
        yield self._figure(say("lower bound, frame"), "printed", say("Lower end of the interval for all that were "
                           "asked; of a comparison, of the difference."), "frame_low")  # fmt: skip
        yield self._figure(say("upper bound, frame"), "printed", say("Upper end of the same interval."), "frame_high")
        yield self._figure(say("p"), "printed", say("How probable such differences are by chance alone, where groups "
                           "are said to differ."), "frame_p")  # fmt: skip
        yield Column(say("comparison"), "text", say("Whether the two agree."), self._code("status", "figure_match"))
        yield Column(say("comparison, frame"), "text", say("Whether the printed figure holds for all that were asked, "
                     "beyond chance."), self._code("frame_verdict", "claim_verdict"))  # fmt: skip

    def _dictionary(self, sheets: Iterable[Sheet]) -> Sheet:
        """What each column of each sheet is, and what the codes of the release's tables mean."""
        say = self.say
        of_columns = [(sheet.title, column.title, column.meaning) for sheet in sheets for column in sheet.columns]
        columns = [
            Column(say("sheet, or codes of"), "text", "", lambda row: row["of"]),
            Column(say("column or code"), "text", "", lambda row: row["name"]),
            Column(say("what it is"), "text", "", lambda row: row["meaning"]),
        ]
        rows = [dict(zip(("of", "name", "meaning"), told, strict=True)) for told in (*of_columns, *self._codes())]
        return self._sheet(say("Dictionary"), columns, rows)

    def _codes(self) -> Iterator[tuple[str, str, str]]:
        """What a code is of, the code and its meaning, each once, in the order of the sheets."""
        say, labels, cells = self.say, self.results.labels, self.results.cells
        answers = {row["answer_key"]: (labels.of("question", row["question_key"]), row["answer_code"]) for row in cells}
        rows = {row["breakdown_key"]: (row["breakdown"], row["breakdown_id"]) for row in cells}
        questions = {row["question_key"]: row["question_id"] for row in cells}
        yield from ((say("question"), code, labels.of("question", key)) for key, code in questions.items())
        yield from ((*of, labels.of("answer", key)) for key, of in answers.items())
        for key, (breakdown, code) in rows.items():
            yield labels.of_code("breakdown", breakdown), code, labels.of("breakdown", key)
        for code_list in CODE_LISTS:
            yield from ((code_list, code, meaning) for code, meaning in labels.codes(code_list))

    def _notes(self) -> Sheet:
        read = self.say("How to read them")
        rows = [*how_made(self.results, self.words), *((read, text) for text in self._how_to_read())]
        return Sheet(self.say("Notes"), [], rows)

    def _how_to_read(self) -> Iterator[str]:
        say = self.say
        yield say("Percentages are numbers: 0.41 is shown as 41 per cent.")
        yield say("Rows of unions of size classes, of all respondents and of answers put together count the same "
                  "responses again: add up none of them, nor answers to a question of several answers.")  # fmt: skip
        yield say("All respondents and size classes are counted in responses or municipalities, as the column unit "
                  "says; counties in municipalities.")  # fmt: skip
        yield say("Where a cell says hidden the figure is in no part of this workbook: few answered, or others could "
                  "be worked out from it. An empty cell is a figure that cannot be computed or is not told."
                  )  # fmt: skip

    def _question(self) -> Column:
        of = self.results.labels.of
        return Column(self.say("question"), "text", self.say("The question as it was worded."),
                      lambda row: of("question", row["question_key"]))  # fmt: skip

    def _answer(self) -> Column:
        of = self.results.labels.of
        return Column(self.say("answer"), "text", self.say("The answer as it was worded."),
                      lambda row: of("answer", row["answer_key"]))  # fmt: skip

    def _row_name(self) -> Column:
        of = self.results.labels.of
        return Column(self.say("row"), "text", self.say("Whose answers these are."),
                      lambda row: of("breakdown", row["breakdown_key"]))  # fmt: skip

    def _unit(self) -> Column:
        return Column(self.say("unit"), "text", self.say("What n and base count."), self._code("unit"))

    def _counts(self) -> Iterator[Column]:
        say = self.say
        yield self._figure(say("n"), "count", say("Those that gave the answer."), "n")
        yield self._figure(say("base"), "count", say("Those that answered the question."), "base_n")
        yield Column(say("share"), "share", say("Those that gave the answer of those that answered, rounded half up."),
                     lambda row: self._hidden(row, "pct") or _share(row["pct"]))  # fmt: skip

    def _shares(self) -> Iterator[Column]:
        say = self.say
        yield from self._counts()
        yield self._figure(say("lower bound"), "share", say("Lower end of the 95 per cent interval of the weighted "
                           "share."), "ci_low")  # fmt: skip
        yield self._figure(say("upper bound"), "share", say("Upper end of the same interval."), "ci_high")

    def _in_frame(self) -> Iterator[Column]:
        say = self.say
        yield self._figure(say("lower bound, frame"), "share", say("Lower end of the interval for the municipalities "
                           "as they are, narrower where most of them answered."), "ci_low_fpc")  # fmt: skip
        yield self._figure(say("upper bound, frame"), "share", say("Upper end of the same interval."), "ci_high_fpc")

    def _mark(self, name: str) -> Column:
        return Column(self.say("how sure"), "text", self.say("Unsure where it rests on few answers or its interval is "
                      "wide."), lambda row: self._unsure(row, name))  # fmt: skip

    def _mark_in_frame(self) -> Column:
        return Column(self.say("how sure, frame"), "text", self.say("The same by the interval for the municipalities "
                      "as they are."), lambda row: self._unsure(row, "is_reliable_for_frame"))  # fmt: skip

    def _unsure(self, row: Row, name: str) -> str | None:
        """With the star that a page has there."""
        return self.say("* unsure") if row[name] is False else None

    def _remark(self) -> Column:
        status = self._code("cell_status")
        return Column(self.say("remark"), "text", self.say("Why there is no figure."),
                      lambda row: None if row["cell_status"] == "shown" else status(row))  # fmt: skip

    def _figure(self, title: str, kind: Kind, meaning: str, name: str) -> Column:
        return Column(title, kind, meaning, lambda row: self._hidden(row, name) or row[name])

    def _hidden(self, row: Row, name: str) -> str | None:
        """The word for a figure that is not told."""
        is_hidden = row[name] is None and row.get("cell_status", "").startswith("hidden")
        return self.say("hidden") if is_hidden else None

    def _code(self, name: str, code_list: str | None = None) -> Callable[[Row], str]:
        return lambda row: self.results.labels.of_code(code_list or name, row[name])

    @staticmethod
    def _sheet(title: str, columns: Sequence[Column], rows: Iterable[Row]) -> Sheet:
        return Sheet(title, columns, [[column.of(row) for column in columns] for row in rows])


def _where(name: str, of: Callable[[Row], str]) -> Callable[[Row], str | None]:
    """What a row says where it has such a thing."""
    return lambda row: (of(row) or None) if row[name] else None


def _share(pct: int | None) -> float | None:
    """A percentage of whole numbers as spreadsheets have it: shown without decimals it is that whole number."""
    return None if pct is None else pct / 100
