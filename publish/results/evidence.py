"""What stands beside the answers of a round: good practices by theme, interviews, and the sentences printed of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import ClassVar

from publish.results.pictures import Picture, Pictures
from publish.results.reading import Question, RoundResults, Row
from publish.results.tables import Table, Tables
from publish.writing.words import Words

NO_FIGURE: Row = dict.fromkeys((
    "figure_id", "statistic", "published_value", "published_base_n", "computed_value", "computed_base_n", "frame_low",
    "frame_high", "frame_p", "frame_verdict", "status",
))  # fmt: skip
NO_CELL: Row = dict.fromkeys(("question_key", "n", "base_n", "pct", "unit"), None) | {"cell_status": "shown"}


@dataclass(frozen=True)
class Theme:
    """Practices of a theme, and a picture of each question in which the theme or single practices were named."""

    kind: ClassVar[str] = "theme"
    title: str
    pictures: Mapping[str, Picture]  # by the id of the question
    practices: Table


@dataclass(frozen=True)
class Interview:
    """Interviews of one kind of organisation, and what is said of them."""

    kind: ClassVar[str] = "interview"
    title: str
    terms: Mapping[str, str]
    note: str  # in English


@dataclass(frozen=True)
class Verdict:
    """Of whom a sentence is judged, and what comes of it."""

    of: str
    code: str
    text: str


@dataclass(frozen=True)
class Sentence:
    """A printed sentence in its own language, whether it holds, and the figures that it rests on."""

    kind: ClassVar[str] = "sentence"
    text: str
    language: str
    is_shortened: bool
    source: str
    verdicts: Sequence[Verdict]
    reason: str
    figures: Table | None


@dataclass(frozen=True)
class Evidence:
    """What a page tells beside the answers; each method says nothing where the release holds nothing of the round."""

    results: RoundResults
    words: Words

    def themes(self) -> Iterator[Theme]:
        """The themes that the round asks of, each with its practices."""
        for theme, rows in groupby(self.results.rows_of("practices"), key=lambda row: str(row["theme_id"])):
            pictures = {question: self._picture(question, theme) for question in self._asked(theme)}
            yield Theme(self.results.labels.of("theme", theme), pictures, self._practices(list(rows)))

    def _asked(self, theme: str) -> Sequence[str]:
        """The questions in which the theme or practices of it are answers."""
        return [*dict.fromkeys(row["question_id"] for row in self._support if row["theme_id"] == theme)]

    def _picture(self, question_id: str, theme: str) -> Picture:
        named = [row["practice_id"] or theme for row in self._support
                 if (row["question_id"], row["theme_id"]) == (question_id, theme)]  # fmt: skip
        question = self._questions[question_id]
        return Pictures(self.results, self.words).of_answers(question, named)

    @cached_property
    def tables(self) -> Tables:
        return Tables(self.results, self.words)

    @cached_property
    def _support(self) -> Sequence[Row]:
        return self.results.rows_of("support")

    @cached_property
    def _questions(self) -> Mapping[str, Question]:
        return {question.question_id: question for question in self.results.questions}

    def _practices(self, rows: Sequence[Row]) -> Table:
        """Without the columns that say nothing of any of them."""
        say = self.words.say
        columns: Mapping[str, Callable[[Row], str]] = {
            say("who"): self.who, say("how often"): self.rhythm, say("area"): self.area,
            say("known from"): self.known_from, say("document"): self.place,
        }  # fmt: skip
        told = {name: cells for name, of in columns.items() if any(cells := [of(row) for row in rows])}
        titles = [self.practice(row) for row in rows]
        lines = [list(line) for line in zip(titles, *told.values(), strict=True)]
        return Table("", [*told], lines, n_words=len(told) + 1)

    def practice_rows(self) -> Iterator[Row]:
        """Each theme and practice with the figures of the answers that name it, where there are any."""
        for theme, rows in groupby(self.results.rows_of("practices"), key=lambda row: row["theme_id"]):
            for row in ({"theme_id": theme, "practice_id": None}, *rows):
                cells = self._named.get((theme, row["practice_id"]), ())
                without = [NO_CELL] if row["practice_id"] else []
                yield from ({**row, **cell} for cell in cells or without)

    @cached_property
    def _named(self) -> Mapping[tuple[str, str | None], Sequence[Row]]:
        """The cells of all respondents in which a theme or practice is named."""
        told = {(row["question_id"], row["answer_code"]): row for row in self.results.cells
                if (row["breakdown"], row["level"]) == ("all", "option")}  # fmt: skip
        found: dict[tuple[str, str | None], list[Row]] = {}
        for row in self._support:
            cell = told[row["question_id"], row["practice_id"] or row["theme_id"]]
            found.setdefault((row["theme_id"], row["practice_id"]), []).append(cell)
        return found

    def practice(self, row: Row) -> str:
        return self.results.labels.of("practice", row["practice_id"])

    def who(self, row: Row) -> str:
        """In its own words where it has any."""
        codes = (row["who"] or "").split(";")
        own = self.results.labels.of("practice_who", row["practice_id"])
        return own or self._list(self.results.labels.of_code("organisation", code) for code in codes if code)

    def rhythm(self, row: Row) -> str:
        return self.results.labels.of("practice_rhythm", row["practice_id"])

    def area(self, row: Row) -> str:
        """As the division of the round names it."""
        level, code, labels = row["area_level"], row["area_code"], self.results.labels
        if level == "municipality":
            return labels.of("municipality", f"{self.results.round['division_date']}/{code}")
        return labels.of("area", f"{level}/{code}") if level else ""

    def known_from(self, row: Row) -> str:
        return self.results.labels.of_code("evidence", row["evidence"])

    def place(self, row: Row) -> str:
        """The document, and the slide in it."""
        document, slide = row["document"], row["place"]
        return self.words.say("{document}, slide {slide}", document=document, slide=slide) if slide else document

    def interviews(self) -> Iterator[Interview]:
        for row in self.results.rows_of("interviews"):
            terms = {name: of for name, of in self._terms(row).items() if of}
            yield Interview(self.organisation(row), terms, row["note"] or "")

    def organisation(self, row: Row) -> str:
        return self.results.labels.of_code("organisation", row["organisation"])

    def _terms(self, row: Row) -> Mapping[str, str]:
        say = self.words.say
        return {
            say("People"): say("not known") if row["n_people"] is None else self.words.count(row["n_people"]),
            say("Areas"): self.areas(row), say("When"): self.when(row), say("How chosen"): self.chosen(row),
            say("Topics"): self.topics(row),
        }  # fmt: skip

    def areas(self, row: Row) -> str:
        of_interview = self.results.rows_of("interview_areas")
        return self._list(self.area(each) for each in of_interview if each["interview_id"] == row["interview_id"])

    def when(self, row: Row) -> str:
        first, last = row["began_on"], row["ended_on"]
        return self.words.days(first, last or first) if first else self.words.say("not known")

    def chosen(self, row: Row) -> str:
        return self._said_of("interview_chosen", row)

    def topics(self, row: Row) -> str:
        return self._said_of("interview_topics", row)

    def _said_of(self, thing: str, row: Row) -> str:
        return self.results.labels.of(thing, "/".join((row["round_key"], row["interview_id"])))

    def _list(self, names: Iterator[str]) -> str:
        return ", ".join(names)

    def sentences(self) -> Iterator[Sentence]:
        for row in self.results.rows_of("sentences"):
            figures = self.figures.get(row["claim_id"], ())
            yield Sentence(
                row["sentence"], row["language"], row["is_shortened"], self.place(row), self.verdicts(row),
                self.reason(row), self.tables.figures("", figures) if figures else None,
            )  # fmt: skip

    def sentence_rows(self) -> Iterator[Row]:
        """Each sentence with each figure that it rests on; alone where it rests on none."""
        for row in self.results.rows_of("sentences"):
            yield from ({**figure, **row} for figure in self.figures.get(row["claim_id"], (NO_FIGURE,)))

    def verdicts(self, row: Row) -> Sequence[Verdict]:
        """Two: among those who answered, and beyond chance for all that were asked."""
        named = {
            "verdict": self.words.say("Among those who answered"),
            "verdict_of_frame": self.words.say("Among all that were asked"),
        }
        return [Verdict(of, row[name], self.tables.verdict(row[name])) for name, of in named.items()]

    def reason(self, row: Row) -> str:
        """Why a sentence, or a part of it, cannot be computed."""
        return self.results.labels.of("not_computable", "/".join((row["survey_id"], row["claim_id"])))

    @staticmethod
    def sentence(row: Row) -> str:
        """In quotation marks where it is whole."""
        return str(row["sentence"]) if row["is_shortened"] else f'"{row["sentence"]}"'

    @cached_property
    def figures(self) -> Mapping[str, Sequence[Row]]:
        """The printed figures that each sentence rests on."""
        found = groupby(self.results.rows_of("figures_of_sentences"), key=lambda row: str(row["claim_id"]))
        return {claim: list(rows) for claim, rows in found}
