"""Findings and sections: what a survey and a round say of their form and results, and the message where that is of
nothing."""

from __future__ import annotations

import pytest

from faults.errors import FaultList
from ingest.codebook.survey import read_survey
from store.paths import DataPaths
from tests.loading import validate

SURVEY = "surveys/palvelukysely"
SECTIONS = """
sections:
  - {id: opinions, title: {fi: Mielipide, sv: Åsikt, en: Opinion}, questions: [services, satisfied]}
  - {id: rest, title: {fi: Muut, sv: Annat, en: Others}, questions: [staff]}
"""
RIGHT = "{satisfied, agree, pct, response}"


def said(paths: DataPaths) -> list[str]:
    return [f"{each.place}: {each.found} {each.expected} {each.advice}" for each in validate(paths)]


def add(paths: DataPaths, file: str, text: str) -> None:
    with (paths.root / SURVEY / file).open("a", encoding="utf-8") as handle:
        handle.write(text)


def find(paths: DataPaths, fi: str, others: str) -> list[str]:
    """What is said of a finding."""
    add(paths, "rounds/2024/round.yml", f"findings:\n  - fi: '{fi}'\n    sv: '{others}'\n    en: '{others}'\n")
    return said(paths)


@pytest.mark.parametrize(
    "figure",
    [
        RIGHT, "{satisfied,no,n,municipality}", "{services, advice, base_n, response, role director}",
        "{ satisfied , fully , pct , response , size_class_group  not_large }",
    ],
)  # fmt: skip
def test_a_figure_of_a_cell_is_read(paths: DataPaths, figure: str) -> None:
    text = f"100 % #1: {figure} % of {figure}"
    add(paths, "rounds/2024/round.yml", f"findings: [{{fi: '{text}', sv: '{text}', en: '{text}'}}]\n")
    assert said(paths) == []


FORM = (
    "{question, answer, measure, unit}, and of a part of the respondents {question, answer, measure, unit, breakdown "
    "row}, as {enough_staff, yes, pct, response, size_class small}"
)


@pytest.mark.parametrize(
    ("figure", "sentence"),
    [
        (
            "{satisfed, agree, pct, response}",
            'There is no question of this round with answers to choose from, "satisfed", which the figure '
            '{satisfed, agree, pct, response} names. One of satisfied, services. Did you mean "satisfied"?',
        ),
        ("{staff, 5, n, response}", "There is no question of this round with answers to choose from,"),
        ("{satisfied, yes, pct, response}", 'There is no answer to satisfied "yes"'),
        ("{satisfied, agree, share, response}", 'There is no measure "share"'),
        ("{satisfied, agree, pct, responses}", 'Did you mean "response"?'),
        ("{satisfied, agree, pct, response, sizeclass small}", 'Did you mean "size_class"?'),
        ("{satisfied, agree, pct, response, size_class tiny}", "There is no row of size_class"),
        ("{satisfied, agree, pct, municipality, role other}", 'There is no breakdown by municipality "role"'),
        ("{satisfied, agree, pct}", f"The figure {{satisfied, agree, pct}} cannot be read. A figure is {FORM}."),
        ("{satisfied, agree, pct, response, small}", "cannot be read"),
        ("{satisfied, agree, pct, response, size_class small, x}", "cannot be read"),
        ("{}", "The figure {} cannot be read."),
        ("half", "The sentence has no figure in braces."),
        (f"{RIGHT[:-1]}", "The sentence has a brace without its other one."),
        (f"{{{RIGHT}}}", "The sentence has a brace without its other one."),
    ],
)
def test_a_figure_of_nothing_is_one_fault_in_its_sentence(paths: DataPaths, figure: str, sentence: str) -> None:
    (fault,) = find(paths, f"Noin {figure}", RIGHT)
    assert fault.startswith("line 13, findings.fi: ")
    assert sentence in fault


def test_a_sentence_with_other_figures_in_another_language_is_told(paths: DataPaths) -> None:
    assert find(paths, "{satisfied, agree, n, response}", RIGHT) == [
        "line 14, findings.sv: The sentence has other figures in sv than in fi. A finding has the same figures in each "
        "language, in any order. Correct one of them.",
        "line 15, findings.en: The sentence has other figures in en than in fi. A finding has the same figures in each "
        "language, in any order. Correct one of them.",
    ]


def test_a_finding_without_a_language_is_told(paths: DataPaths) -> None:
    add(paths, "rounds/2024/round.yml", f"findings:\n- {{fi: '{RIGHT}'}}\n- {{}}\n")
    found = [(each.code, each.place.partition(", ")[2]) for each in validate(paths)]
    assert found == [("missing-language", f"findings.{each}") for each in ("en", "sv", "en", "fi", "sv")]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[staff]", "[staf]", 'questions: There is no question "staf". '),
        ("[staff]", "[staff, satisfied]", 'The question "satisfied" is in the sections opinions and rest.'),
        (", satisfied]", "]", "sections: In no section: satisfied."),
        ("id: rest", "id: opinions", 'The id "opinions" is given 2 times.'),
        ("sv: Annat, ", "", "title.sv: There is no text in sv."),
        ("[staff]", "[]", "questions: "),
    ],
)
def test_sections_have_every_closed_question_once(paths: DataPaths, old: str, new: str, sentence: str) -> None:
    add(paths, "survey.yml", SECTIONS)
    assert said(paths) == []
    file = paths.root / SURVEY / "survey.yml"
    head, mark, tail = file.read_text(encoding="utf-8").partition("sections:")
    assert old in tail
    file.write_text(head + mark + tail.replace(old, new, 1), encoding="utf-8")
    (fault,) = said(paths)
    assert sentence in fault


def test_questions_are_in_the_order_of_the_form(paths: DataPaths) -> None:
    add(paths, "survey.yml", SECTIONS)
    survey = read_survey(paths.root / SURVEY, FaultList())
    assert survey is not None
    assert [each.question_id for each in survey.in_form_order] == ["services", "satisfied", "staff", "comment"]
