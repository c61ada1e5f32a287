"""The tables of a page: who answered, systems, numbers, change since the round before, printed figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from publish.results.reading import RoundResults
from publish.writing.words import Words

Row = Mapping[str, Any]
CHANCE = 0.05  # a change whose p is larger cannot be told from chance


@dataclass(frozen=True)
class Table:
    """Rows of texts: the first names its row, those of `columns` from `n_words` on are numbers."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    n_words: int = 1


@dataclass(frozen=True)
class Tables:
    """The tables of a round; each method says nothing where the release holds nothing."""

    results: RoundResults
    words: Words

    def sections(self) -> Sequence[tuple[str, str, Sequence[Table]]]:
        """Id, heading and tables of each part of a page that has any."""
        say = self.words.say
        found = [
            ("change", say("Change since the round before"), self.changes()),
            ("who-answered", say("Who answered"), self.response()),
            ("printed", say("Printed and computed figures"), self.printed()),
        ]
        read = [(section, title, list(tables)) for section, title, tables in found]
        return [(section, title, tables) for section, title, tables in read if tables]

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
                 self._points(row["delta"]), self._interval(row), self.verdict(row)]
                for row in rows
            ]  # fmt: skip
            yield Table(self.results.labels.of("question", question), columns, cells)

    def printed(self) -> Iterator[Table]:
        say, number = self.words.say, self.words.number
        columns = [say("document"), say("printed"), say("computed"), say("n"), say("comparison")]
        rows = self.results.rows_of("printed")
        cells = [
            [self.figure(row), row["document"], number(row["published_value"]), number(row["computed_value"]),
             self.words.count(row["computed_base_n"]), self.results.labels.of_code("figure_match", row["status"])]
            for row in rows
        ]  # fmt: skip
        if cells:
            yield Table(say("Figures as printed"), columns, cells)

    def _by_question(self, name: str) -> Iterator[tuple[str, list[Row]]]:
        for key, rows in groupby(self.results.rows_of(name), key=lambda row: str(row["question_key"])):
            yield key, list(rows)

    def _row_name(self, row: Row) -> str:
        return self.results.labels.of("breakdown", row["breakdown_key"])

    def figure(self, row: Row) -> str:
        """What a printed figure is of, in the words of the page."""
        answers = [
            self.results.labels.of("answer", f"{row['question_key']}/{row['level']}/{code}")
            for code in (row["answer"] or "").split("+")
        ]
        named = (self.results.labels.of("question", row["question_key"] or ""), " + ".join(filter(None, answers)))
        of = self.results.labels.of("breakdown", row["breakdown_key"] or "") if row["breakdown"] != "all" else ""
        what = self.results.labels.of_code("statistic", row["statistic"])
        return ": ".join(filter(None, (*named, of, "" if row["statistic"] in ("n", "pct") else what)))

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
        return f"{self._points(row['ci_low'])} … {self._points(row['ci_high'])}" if row["ci_low"] is not None else "–"

    def verdict(self, row: Row) -> str:
        p = row["p_holm"] if row["p_holm"] is not None else row["p_value"]
        if p is None:
            return ""
        return self.words.say("more than chance") if p < CHANCE else self.words.say("cannot be told from chance")
