"""The page of a round: its questions as they were asked, with pictures and tables of the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from publish.report import pages as quality
from publish.report.pages import Link
from publish.results.reading import Bars, Cell, Question, RoundResults
from publish.results.tables import Tables
from publish.writing.rendering import render
from publish.writing.words import Words, name_of

TINTS = {2: "15", 3: "135", 4: "1245", 5: "12345"}  # of the five colours, for so many answers of a scale


def file_name(survey_id: str, round_id: str, language: str) -> str:
    """The name of a page in the folder of pages."""
    return f"{survey_id}_{round_id}.{language}.html"


def page(results: RoundResults, mark: str) -> str:
    """The page of a round, as HTML."""
    words = Words(results.labels.language)
    said = Said(results, words)
    return render(
        "results.html.jinja", words, mark=mark, results=results, who=said.who(), summary=said.summary(),
        message=said.message, said_row=said.row, said_unit=said.unit, breakdown_name=said.breakdown,
        cell_words=said.cell, tint=tint, by_size=by_size, county_dots=county_dots, how=said.how(),
        citation=said.citation(), links=said.links(),
        sections=Tables(results, words).sections(),
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
        shares = ", ".join(f"{cell.answer} {self.words.percent(cell.pct)}" for cell in row.cells if cell.pct)
        return f"{row.label}: {shares}"

    def unit(self, question: Question) -> str:
        return self.results.labels.of_code("unit", question.unit)

    def breakdown(self, breakdown: str) -> str:
        return self.results.labels.of_code("breakdown", breakdown)

    def cell(self, cell: Cell) -> str:
        return self.results.labels.of_code("cell_status", cell.status)

    def how(self) -> Sequence[str]:
        return [
            self.say("Percentages are of those who answered the question, rounded half up; don't know is an answer."),
            self.say("A share with a star is unsure: it rests on few answers or its interval is wide."),
        ]

    def links(self) -> Sequence[Link]:
        """To the index, the quality report, and this page in other languages."""
        key, own = (self.results.survey_id, self.results.round_id), self.words.language
        others = [other for other in self.results.languages if other != own]
        return [
            (f"index.{own}.html", self.say("All surveys"), ""),
            (quality.file_name("/".join(key), own, "html"), self.say("Quality report"), ""),
            *((file_name(*key, other), name_of(other), other) for other in others),
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


def tint(question: Question, cell: Cell) -> str:
    """The colour of an answer of a scale, from one end to the other; don't know is none of them."""
    scale = [each.answer for each in question.whole.cells if not each.is_dont_know]
    if cell.is_dont_know:
        return "apart"
    return f"s{TINTS.get(len(scale), '12345')[min(scale.index(cell.answer), 4)]}"


def by_size(row: Bars) -> Sequence[Cell]:
    """The answers of a row, those given most often first; don't know last."""
    return sorted(row.cells, key=lambda cell: (cell.is_dont_know, -(cell.n or 0)))


def county_dots(question: Question) -> Sequence[tuple[Bars, Cell]]:
    """The share of the answer given most often in each county that has anything to show."""
    rows = (question.grouped or question.rows).get("county", ())
    first = [cell.answer for cell in question.headlines[:1]]
    return [(row, cell) for row in rows for cell in row.cells if cell.answer in first]
