"""The page of a round: its questions as they were asked, with pictures and tables of the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from publish.report import pages as quality
from publish.report.pages import Link
from publish.results.making import METHODS, how_made
from publish.results.pictures import Pictures, left_over, tint
from publish.results.reading import Bars, Question, RoundResults, Row
from publish.results.sections import below, form
from publish.results.tables import Tables
from publish.writing.rendering import render
from publish.writing.rounds import stem
from publish.writing.words import Words, name_of


def file_name(round_key: str, language: str) -> str:
    """The name of a round's page in the folder of pages."""
    return f"{stem(round_key)}.{language}.html"


def workbook_name(page_name: str) -> str:
    """The name of the workbook beside a page."""
    return f"{page_name.removesuffix('.html')}.xlsx"


def page(results: RoundResults, mark: str) -> str:
    """The page of a round, as HTML."""
    words = Words(results.labels.language)
    said, tables = Said(results, words), Tables(results, words)
    return render(
        "results.html.jinja", words, mark=mark, results=results, who=said.who(), summary=said.summary(),
        findings=said.findings(), finding=said.finding, message=said.message, said_row=said.row,
        breakdown_name=said.breakdown, pictures=Pictures(results, words), tint=tint, left_over=left_over,
        how=how_made(results, words), methods=METHODS, citation=said.citation(), links=said.links(),
        form=form(results, tables.of_questions()), sections=below(results, words),
        workbook=workbook_name(file_name(results.round["round_key"], words.language)),
    )  # fmt: skip


class Said:
    """What a page says of a round in words."""

    def __init__(self, results: RoundResults, words: Words) -> None:
        self.results, self.words, self.say = results, words, words.say

    def who(self) -> Mapping[str, str]:
        of_survey, a_round = self.results.of_survey, self.results.round
        return {
            self.say("Asked by"): of_survey("publisher"),
            self.say("Funded by"): of_survey("funder"),
            self.say("Carried out by"): of_survey("carried_out_by"),
            self.say("Sent to"): of_survey("sent_to"),
            self.say("In the field"): self.words.days(a_round["opens_on"], a_round["closes_on"]),
            self.say("To be read so"): self.results.labels.of("reading_note", a_round["round_key"]),
        }

    def summary(self) -> Mapping[str, str]:
        whole = next(row for row in self.results.response if row["breakdown"] == "all")
        count = self.words.count
        return {
            self.say("responses"): count(whole["n_responses"]),
            self.say("municipalities that answered"): count(whole["n_municipalities"]),
            self.say("municipalities asked"): count(whole["n_frame"]),
            self.say("of the municipalities answered"): self.words.percent(whole["pct"]),
        }

    def findings(self) -> Sequence[Row]:
        rows = self.results.rows_of("findings")
        return [row for row in rows if row["language"] == self.results.labels.language]

    def finding(self, row: Row) -> str:
        """A sentence of the authors, or that it is not told."""
        return (
            str(row["sentence"])
            if row["is_shown"]
            else self.say("Not shown: a figure of this sentence is hidden, or nobody was asked or answered.")
        )

    def message(self, question: Question) -> str:
        if not question.headlines:
            return self.say("What was answered is not shown.")
        first, unit = question.headlines[0], self.unit(question)
        return self.say(
            "Most often: {answer}, {pct} ({n} of {base} {unit}).",
            answer="; ".join(cell.answer for cell in question.headlines),
            pct=self.words.percent(first.pct), n=self.words.count(first.n),
            base=self.words.count(question.whole.base_n), unit=unit,
        )  # fmt: skip

    def row(self, row: Bars) -> str:
        shares = [
            f"{cell.answer} {self.say('hidden') if cell.is_hidden else self.words.percent(cell.pct)}"
            for cell in row.cells
            if cell.pct or cell.is_hidden
        ]
        return f"{row.label}: {', '.join(shares)}"

    def unit(self, question: Question) -> str:
        return self.results.labels.of_code("unit", question.unit)

    def breakdown(self, breakdown: str) -> str:
        return self.results.labels.of_code("breakdown", breakdown)

    def links(self) -> Sequence[Link]:
        """To the index, the quality report, and this page in other languages."""
        key, own = self.results.round["round_key"], self.words.language
        others = [other for other in self.results.languages if other != own]
        return [
            (f"index.{own}.html", self.say("All surveys"), ""),
            (quality.file_name(key, own, "html"), self.say("Quality report"), ""),
            *((file_name(key, other), name_of(other), other) for other in others),
        ]

    def citation(self) -> str:
        """Of the release in which the figures last changed: a round that has not changed is cited as before."""
        change, of_survey = self.results.last_change, self.results.of_survey
        return self.say(
            "{publisher} ({year}): {survey}. {round}. Release {number}, {day}. {licence}.",
            publisher=of_survey("publisher"), year=change.day.year, survey=of_survey("survey"),
            round=self.results.labels.of("round", self.results.round["round_key"]), number=change.number,
            day=self.words.day(change.day), licence=self.results.licence,
        )  # fmt: skip
