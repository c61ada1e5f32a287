"""Another country is files only: its municipalities, counties, languages and size classes, and a round of answers."""

from __future__ import annotations

import pytest

from store.paths import DataPaths
from tests.acceptance.project import rows


def test_the_round_is_counted(begun: DataPaths) -> None:
    """Municipalities are told by name in either language, by code, and by a recode; one that is unknown waits."""
    found = rows(begun, "select n_frame, n_responses, n_municipalities, frame_scope from marts.dim_round")
    assert found == [(12, 14, 10, "all")]


def test_printed_figures_are_reproduced(begun: DataPaths) -> None:
    found = rows(begun, "select figure_id, status from marts.publication_reconciliation order by all")
    assert found == [(name, "match") for name in ("counties", "municipalities", "service", "staff_agree")]


def test_its_counties_are_those_of_its_registry(begun: DataPaths) -> None:
    assert rows(begun, "select county_code, name_en, name_fi, is_county from marts.dim_county order by all") == [
        ("HARJU", "Harju County", None, True),
        ("SAARE", "Saare County", None, True),
        ("TARTU", "Tartu County", None, True),
        ("VORU", "Võru County", None, True),
    ]


def test_its_area_levels_are_breakdowns(begun: DataPaths) -> None:
    sql = "select breakdown_id, n_frame, n_municipalities from marts.response_rate where breakdown = '{}' order by all"
    assert rows(begun, sql.format("municipality_type")) == [("L", 6, 5), ("V", 6, 5)]
    assert rows(begun, sql.format("size_class")) == [("from_11000", 8, 6), ("up_to_11000", 4, 4)]


def test_a_distribution_is_read_in_estonian_by_keys(begun: DataPaths) -> None:
    """By response: the labels of question, answer and breakdown row, each joined on one column."""
    sql = """
        select questions.label, answers.label, breakdowns.label, results.n, results.base_n, results.pct
        from marts.answer_distribution as results
        inner join marts.label as questions on results.question_key = questions.thing_key
        inner join marts.label as answers on results.answer_key = answers.thing_key
        inner join marts.label as breakdowns on results.breakdown_key = breakdowns.thing_key
        where questions.thing = 'question' and answers.thing = 'answer' and breakdowns.thing = 'breakdown'
            and questions.language = 'et' and answers.language = 'et' and breakdowns.language = 'et'
    """
    chosen = " and results.question_id = 'enough_staff' and results.level = 'group' and results.unit = 'response'"
    question = "Töötajaid on piisavalt"
    assert rows(begun, f"{sql}{chosen} and results.breakdown = 'all' order by results.n desc") == [
        (question, "Nõus", "Kõik", 7, 12, 58),
        (question, "Ei ole nõus üldse", "Kõik", 5, 12, 42),
    ]
    assert rows(begun, f"{sql}{chosen} and results.breakdown_id = 'SAARE' order by results.n, answers.label") == [
        (question, "Ei ole nõus üldse", "Saare maakond", 1, 2, 50),
        (question, "Nõus", "Saare maakond", 1, 2, 50),
    ]


def test_dims_have_the_languages_of_the_survey_only(begun: DataPaths) -> None:
    assert rows(begun, "select title_fi, title_sv, title_en from marts.dim_survey") == [
        (None, None, "Survey of municipalities")
    ]
    assert rows(begun, "select distinct language from marts.label order by all") == [("en",), ("et",)]


@pytest.mark.parametrize(
    ("thing", "dim", "key"),
    [
        ("survey", "dim_survey", "survey_id"),
        ("round", "dim_round", "round_key"),
        ("question", "dim_question", "question_key"),
        ("answer", "dim_answer", "answer_key"),
        ("breakdown", "dim_breakdown", "breakdown_key"),
        ("breakdown", "dim_size_class", "breakdown_key"),
        ("breakdown", "dim_role", "breakdown_key"),
        ("area", "dim_county", "area_key"),
        ("municipality", "dim_municipality", "municipality_key"),
    ],
)
def test_every_row_of_a_dim_has_its_label_in_both_languages(begun: DataPaths, thing: str, dim: str, key: str) -> None:
    """Each key of a dim is in label once per language."""
    sql = f"select {key}, count(*) from marts.{dim} left join marts.label on thing = '{thing}' and thing_key = {key}"
    found = rows(begun, f"{sql} group by all")
    assert found
    assert {n for _, n in found} == {2}


def test_pages_say_english_around_the_names_of_a_language_without_catalogue(begun: DataPaths) -> None:
    folder = begun.current_folder / "report"
    page, index = (
        (folder / name).read_text(encoding="utf-8") for name in ("omavalitsused.2024.et.html", "index.et.html")
    )
    for text in ("Omavalitsuste küsitlus", "Töötajaid on piisavalt", "Saare maakond", "Who answered", "In the field"):
        assert text in page
    assert "There is enough staff" not in page
    assert "<h2>Töötajaid on piisavalt</h2>" in page, "a form without sections"
    for text in ("Results of surveys", "Omavalitsuste küsitlus", 'href="omavalitsused.2024.et.html"', ">English</a>"):
        assert text in index
