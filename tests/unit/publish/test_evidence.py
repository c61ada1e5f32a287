"""Practices, interviews and printed sentences as a page tells them: nothing where nothing is known."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from publish.results.evidence import Evidence
from publish.results.reading import Bars, Cell, Question, RoundResults
from publish.writing.words import Words

PRACTICE = {
    "theme_id": "meetings", "practice_id": "p1", "who": "municipality;county", "area_level": None, "area_code": None,
    "evidence": "interview", "document": "report", "place": "26",
}  # fmt: skip
CELL = {
    "question_id": "q", "question_key": "s/q", "answer_code": "meetings", "breakdown": "all", "level": "option", "n": 5,
    "base_n": 10, "pct": 50, "unit": "response", "cell_status": "shown",
}  # fmt: skip
SUPPORT = {"theme_id": "meetings", "practice_id": None, "question_id": "q"}
SENTENCE = {
    "survey_id": "s", "claim_id": "c1", "sentence": "Lähes kaikki", "language": "fi", "is_shortened": False,
    "document": "report", "place": None, "verdict": "holds", "verdict_of_frame": "not_computable",
}  # fmt: skip
FIGURE = {
    "survey_id": "s", "claim_id": "c1", "figure_id": "f1", "statistic": "pct", "question_key": "s/q", "level": "option",
    "answer": "yes", "than": None, "breakdown": "all", "breakdown_key": "s/all/all", "rounding": "half_up_0",
    "document": "report", "published_value": 41, "published_base_n": None, "computed_value": None,
    "computed_base_n": None, "frame_low": None, "frame_high": None, "frame_p": None,
    "frame_verdict": "not_computable", "status": "not_computable",
}  # fmt: skip


def told(labels: dict[tuple[str, str], str] | None = None, **rows: Any) -> Evidence:
    """What is told of a round of which the release has these rows and labels; a code means itself."""
    asked = Question("q", "Asked?", "many", "response", {"all": [Bars("all", 10, [_cell()])]}, {})
    results = SimpleNamespace(
        labels=SimpleNamespace(of=lambda *of: (labels or {}).get(of, ""), of_code=lambda _, code: code),
        rows_of=lambda name: rows.get(name, ()), cells=[CELL], questions=[asked],
        round={"division_date": "2023-01-01"},
    )  # fmt: skip
    return Evidence(cast(RoundResults, results), Words("en"))


def _cell() -> Cell:
    return Cell("Meetings", False, 5, 50, "shown", None, None, True, "s/q/option/meetings")


def test_a_theme_stands_beside_the_share_that_names_it() -> None:
    [theme] = told(practices=[PRACTICE], support=[SUPPORT]).themes()
    [mark] = theme.pictures["q"].marks
    assert (mark.label, mark.value, mark.base) == ("Meetings", "50%", "5/10")


def test_columns_that_say_nothing_are_left_out() -> None:
    labels = {("practice", "p1"): "Regular meetings", ("practice_rhythm", "p2"): "weekly"}
    rows = [PRACTICE, {**PRACTICE, "practice_id": "p2", "who": None, "place": None}]
    [theme] = told(labels, practices=rows).themes()
    assert theme.practices.columns == ["who", "how often", "known from", "document"]
    assert theme.practices.rows == [
        ["Regular meetings", "municipality, county", "", "interview", "report, slide 26"],
        ["", "", "weekly", "interview", "report"],
    ]


@pytest.mark.parametrize(
    ("level", "code", "key"),
    [("municipality", "286", ("municipality", "2023-01-01/286")), ("county", "10", ("area", "county/10"))],
)
def test_an_area_is_called_as_the_division_of_the_round_calls_it(level: str, code: str, key: tuple[str, str]) -> None:
    assert told({key: "Kouvola"}).area({"area_level": level, "area_code": code}) == "Kouvola"
    assert told().area({"area_level": None, "area_code": None}) == ""


def test_a_practice_that_no_answer_names_has_no_figures() -> None:
    rows = [*told(practices=[PRACTICE], support=[SUPPORT]).practice_rows()]
    assert [(row["practice_id"], row["n"], row["pct"]) for row in rows] == [(None, 5, 50), ("p1", None, None)]
    assert [row["practice_id"] for row in told(practices=[PRACTICE]).practice_rows()] == ["p1"]


def test_what_nobody_knows_of_interviews_is_said() -> None:
    known = {"interview_id": "i", "round_key": "s/r", "organisation": "county", "n_people": None, "began_on": None,
             "ended_on": None, "note": None}  # fmt: skip
    areas = [{"interview_id": "i", "area_level": "county", "area_code": code} for code in ("10", "12")]
    [one] = told({("area", "county/10"): "A", ("area", "county/12"): "B"}, interviews=[known],
                 interview_areas=areas).interviews()  # fmt: skip
    assert (one.title, one.terms) == ("county", {"People": "not known", "Areas": "A, B", "When": "not known"})


def test_a_sentence_has_two_verdicts_with_a_sign_each() -> None:
    [one] = told(sentences=[SENTENCE], figures_of_sentences=[FIGURE]).sentences()
    assert [(verdict.code, verdict.text) for verdict in one.verdicts] == [
        ("holds", "✓ holds"), ("not_computable", "– not_computable"),
    ]  # fmt: skip


def test_of_a_hidden_figure_the_print_stands_alone() -> None:
    [one] = told(sentences=[SENTENCE], figures_of_sentences=[FIGURE]).sentences()
    assert one.figures is not None
    assert one.figures.rows[0][1:] == ["41", "–", "–", "not_computable", "–", "– not_computable"]


def test_a_sentence_that_rests_on_nothing_says_why() -> None:
    [one] = told({("not_computable", "s/c1"): "It says no number"}, sentences=[SENTENCE]).sentences()
    assert (one.figures, one.reason) == (None, "It says no number")
    [row] = told(sentences=[SENTENCE]).sentence_rows()
    assert (row["figure_id"], row["published_value"], row["verdict"]) == (None, None, "holds")


def test_quotation_marks_stand_around_a_whole_sentence_only() -> None:
    assert Evidence.sentence(SENTENCE) == '"Lähes kaikki"'
    assert Evidence.sentence({**SENTENCE, "is_shortened": True}) == "Lähes kaikki"


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        ({"frame_low": 33.74, "frame_high": 48.0}, "33.7\xa0…\xa048"),
        ({"frame_low": -13.75, "frame_high": 30.07, "statistic": "is_max"}, "−13.8\xa0…\xa0+30.1"),
        ({"frame_p": 0.0124}, "p = 0.012"),
        ({"frame_p": 0.00001}, "p < 0.001"),
        ({}, "–"),
    ],
)
def test_for_the_frame_an_interval_is_told_or_how_probable_it_is(figure: dict[str, Any], text: str) -> None:
    assert told().tables.in_frame({**FIGURE, **figure}) == text


def test_a_figure_is_called_by_all_that_it_compares() -> None:
    labels = {
        ("question", "s/q"): "Channels", ("question", "s/staff"): "Staff", ("answer", "s/q/option/yes"): "Advice",
        ("answer", "s/q/option/a"): "School", ("answer", "s/q/option/b"): "Kela",
    }  # fmt: skip
    figure = told(labels).tables.figure
    assert figure({**FIGURE, "statistic": "above_each", "than": "a+b"}) == "Channels: Advice: above_each: School, Kela"
    differs = {**FIGURE, "statistic": "differs", "breakdown": "staff", "breakdown_key": None}
    assert figure(differs) == "Channels: Advice: Staff: differs"
    assert figure({**FIGURE, "rounding": "words_nearly"}) == "Channels: Advice: words_nearly"
