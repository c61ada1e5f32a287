"""The tables of a page: who answered, systems, numbers, change since the round before, printed figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from publish.results.reading import RoundResults
from publish.writing.words import Words

Row = Mapping[str, Any]
SIGNS = {"holds": "✓", "does_not_hold": "✗", "open": "?", "not_computable": "–"}  # a colour alone says nothing
IN_WORDS = ("words_within_5", "words_nearly", "words_nearly_all", "at_least")  # "about half" is no number
TO = "\xa0…\xa0"  # between the ends of an interval, on one line
CHANCE = 0.05  # a change whose p is larger cannot be told from chance


@dataclass(frozen=True)
class Table:
    """Rows of texts: the first names its row, those of `columns` from `n_words` on are numbers."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    n_words: int = 1


@dataclass(frozen=True)
class Tables:
    """The tables of a round; each method says nothing where the release holds nothing."""

    results: RoundResults
    words: Words

    def response(self) -> Iterator[Table]:
        say, count = self.words.say, self.words.count
        columns = [say("municipalities asked"), say("municipalities that answered"), say("share"), say("responses")]
        shown = [row for row in self.results.response if row["breakdown"] in ("size_class", "county")]
        for breakdown, rows in groupby(shown, key=lambda row: str(row["breakdown"])):
            cells = [
                [self._row_name(row), count(row["n_frame"]), count(row["n_municipalities"]),
                 self.words.percent(row["pct"]), count(row["n_responses"])]
                for row in rows
            ]  # fmt: skip
            yield Table(self.results.labels.of_code("breakdown", breakdown), columns, cells)

    def of_questions(self) -> Mapping[str, Table]:
        """The table of each question of systems or numbers, by question_key."""
        return dict([*self.systems(), *self.numbers()])

    def systems(self) -> Iterator[tuple[str, Table]]:
        """Per question, the systems that responses name, those named most often first."""
        say = self.words.say
        columns = [say("vendor"), say("named by"), say("share"), say("n")]
        for question, rows in self._by_question("systems"):
            cells = [[row["system_name"], row["vendor"] or "", *self._n_and_pct(row)] for row in rows]
            yield question, Table(say("Information systems"), columns, cells, n_words=2)

    def numbers(self) -> Iterator[tuple[str, Table]]:
        say, number = self.words.say, self.words.number
        columns = [say("n"), say("median"), say("middle half"), say("mean"), say("total")]
        for question, rows in self._by_question("numbers"):
            cells = [
                [self._row_name(row), self.words.count(row["n"]), number(row["median"]), self._middle(row),
                 number(row["mean"]), number(row["total"])]
                for row in rows
            ]  # fmt: skip
            yield question, Table(say("Numbers"), columns, cells)

    def changes(self) -> Iterator[Table]:
        """Per question, each share beside the one of the round before, and whether chance makes such a change."""
        say, count = self.words.say, self.words.count
        columns = [
            say("before"),
            say("n"),
            say("now"),
            say("n"),
            say("change, points"),
            say("interval"),
            say("conclusion"),
        ]
        for question, rows in self._by_question("changes"):
            cells = [
                [self.results.labels.of("answer", row["answer_key"]), self._share(row["earlier_share"]),
                 count(row["earlier_base_n"]), self._share(row["share"]), count(row["base_n"]),
                 self._points(row["delta"]), self._interval(row), self.conclusion(row)]
                for row in rows
            ]  # fmt: skip
            yield Table(self.results.labels.of("question", question), columns, cells)

    def printed(self) -> Iterator[Table]:
        """Those that no printed sentence rests on: the others stand beneath their sentences."""
        for document, rows in groupby(self.results.figures_alone, key=lambda row: str(row["document"])):
            yield self.figures(self.words.say("Figures as printed: {document}", document=document), list(rows))

    def figures(self, caption: str, rows: Sequence[Row]) -> Table:
        say, number = self.words.say, self.words.number
        columns = [say("printed"), say("computed"), say("n"), say("comparison"), say("interval, all asked"),
                   say("all asked")]  # fmt: skip
        cells = [
            [self.figure(row), number(row["published_value"]), number(row["computed_value"]),
             self.words.count(row["computed_base_n"]), self.results.labels.of_code("figure_match", row["status"]),
             self.in_frame(row), self.verdict(row["frame_verdict"])]
            for row in rows
        ]  # fmt: skip
        return Table(caption, columns, cells)

    def in_frame(self, row: Row) -> str:
        """The interval of a share or a difference; of whether groups differ at all there is none, but how probable."""
        ends, p = (row["frame_low"], row["frame_high"]), row["frame_p"]
        if None not in ends:
            return TO.join(self._end(row, end) for end in ends)
        say, rounded = self.words.say, self.words.number(p if p is None else round(p, 3))
        return "–" if p is None else say("p = {p}", p=rounded) if p >= 0.001 else say("p < 0.001")

    def _end(self, row: Row, end: float) -> str:
        """Of a share, or of a difference with its sign."""
        sign = "+" if end > 0 and row["statistic"] != "pct" else ""
        return sign + self.words.number(round(end, 1)).replace("-", "−")

    def verdict(self, code: str) -> str:
        return f"{SIGNS[code]} {self.results.labels.of_code('claim_verdict', code)}"

    def _by_question(self, name: str) -> Iterator[tuple[str, list[Row]]]:
        for key, rows in groupby(self.results.rows_of(name), key=lambda row: str(row["question_key"])):
            yield key, list(rows)

    def _row_name(self, row: Row) -> str:
        return self.results.labels.of("breakdown", row["breakdown_key"])

    def figure(self, row: Row) -> str:
        """What a printed figure is of, in the words of the page."""
        labels = self.results.labels
        named = (labels.of("question", row["question_key"] or ""), self._answers(row, "answer", " + "))
        of = self._part(row) if row["breakdown"] != "all" else ""
        what = "" if row["statistic"] in ("n", "pct") else labels.of_code("statistic", row["statistic"])
        words = labels.of_code("rounding", row["rounding"]) if row["rounding"] in IN_WORDS else ""
        return ": ".join(filter(None, (*named, of, what, words, self._answers(row, "than", ", "))))

    def _answers(self, row: Row, name: str, sign: str) -> str:
        keys = (f"{row['question_key']}/{row['level']}/{code}" for code in (row[name] or "").split("+") if code)
        return sign.join(self.results.labels.of("answer", key) for key in keys)

    def _part(self, row: Row) -> str:
        """The row of a breakdown; the breakdown itself, which may be a question, where print compares its rows."""
        labels, breakdown = self.results.labels, row["breakdown"]
        question = labels.of("question", f"{row['survey_id']}/{breakdown}")
        return labels.of("breakdown", row["breakdown_key"] or "") or question or labels.of_code("breakdown", breakdown)

    def _n_and_pct(self, row: Row) -> list[str]:
        if row["n"] is None:
            return [self.words.say("hidden"), self.words.say("hidden"), self.words.count(row["base_n"])]
        return [self.words.count(row["n"]), self.words.percent(row["pct"]), self.words.count(row["base_n"])]

    def _middle(self, row: Row) -> str:
        ends = (row["quartile_1"], row["quartile_3"])
        return "–" if None in ends else f"{self.words.number(ends[0])}–{self.words.number(ends[1])}"

    def _share(self, share: float | None) -> str:
        return "–" if share is None else self.words.percent(int(share * 100 + 0.5))

    def _points(self, delta: float | None) -> str:
        return "–" if delta is None else f"{round(delta):+d}".replace("-", "−")

    def _interval(self, row: Row) -> str:
        return f"{self._points(row['ci_low'])}{TO}{self._points(row['ci_high'])}" if row["ci_low"] is not None else "–"

    def conclusion(self, row: Row) -> str:
        p = row["p_holm"] if row["p_holm"] is not None else row["p_value"]
        if p is None:
            return ""
        return self.words.say("more than chance") if p < CHANCE else self.words.say("cannot be told from chance")
