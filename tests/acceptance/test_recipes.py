"""The recipes of CONTRIBUTING.md, step by step from an empty data folder: the page says what is run and written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from store.paths import DataPaths
from tests.acceptance.country import DATA, ROUNDS, municipalities, responses, service_counts
from tests.acceptance.page import PAGE, differences, steps
from tests.acceptance.project import INPUTS, rows
from tests.acceptance.recipes import DIVISION, FORMAT, HANDS, ROUND, SURVEY_RECIPE, extend
from tests.deciding import lines


@pytest.fixture(scope="module")
def extended(begun: DataPaths, tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    return extend(begun, tmp_path_factory.mktemp("extended"))


def inputs(root: Path) -> list[Path]:
    return sorted(
        Path(folder, name).relative_to(root)
        for top in INPUTS
        for folder, _, names in os.walk(root / top)
        for name in names
    )


def counts(paths: DataPaths, round_id: str) -> dict[object, object]:
    """Who answered yes and no to has_service in a release, by response."""
    chosen = f"round_id = '{round_id}' and question_id = 'has_service' and unit = 'response'"
    sql = f"select answer_code, n from marts.answer_distribution where {chosen} and breakdown = 'all'"
    return dict(rows(paths, f"{sql} and level = 'option'"))


def who(paths: DataPaths, round_id: str) -> list[tuple[object, ...]]:
    return rows(paths, "select n_frame, n_responses, n_municipalities from marts.dim_round "
                f"where round_id = '{round_id}'")  # fmt: skip


def counted(country: Path, round_id: str, division: str) -> tuple[int, int, int]:
    """Frame, responses and municipalities of a round, from its files."""
    answered = [code for code in municipalities(country, round_id, division) if code]
    frame = lines(country / "registry" / division / "municipalities.csv")
    return len(frame) - 1, len(answered), len(set(answered))


def test_the_page_names_every_file(begun: DataPaths, extended: DataPaths) -> None:
    """What was written is the whole country: nobody needed a file that the page does not name."""
    assert inputs(begun.root) == inputs(DATA)
    of_a_round = {file.name for file in (DATA / ROUNDS / "2024").iterdir()} - {"responses.csv"} | {"responses.jsonl"}
    assert set(inputs(extended.root)) - set(inputs(begun.root)) == {
        Path("registry/changes.csv"),
        *(Path("registry/2025-01-01") / name for name in ("municipalities.csv", "source.yml")),
        *(ROUNDS / "2025" / name for name in of_a_round),
    }


def test_a_first_round_is_published(begun: DataPaths) -> None:
    assert who(begun, "2024") == [counted(DATA, "2024", "2024-01-01")]
    assert counts(begun, "2024") == service_counts(DATA, "2024")
    statuses = rows(begun, "select distinct status from marts.publication_reconciliation")
    assert statuses == [("match",)]


def test_a_round_of_a_new_format_has_the_answers_of_its_file(extended: DataPaths) -> None:
    assert len(responses(extended.root, "2025")) == len(responses(extended.root, "2024"))
    assert who(extended, "2025") == [counted(extended.root, "2025", "2025-01-01")]
    assert counts(extended, "2025") == service_counts(extended.root, "2025") != counts(extended, "2024")
    assert rows(extended, "select round_id from marts.dim_round order by all") == [("2024",), ("2025",)]


def test_a_round_on_the_next_division_is_compared_through_the_merger(extended: DataPaths) -> None:
    answered = [set(municipalities(extended.root, round_id, "2025-01-01")) - {""} for round_id in ("2025", "2024")]
    sql = "select distinct base_n, earlier_base_n from marts.round_change where question_id = 'has_service'"
    assert rows(extended, f"{sql} and unit = 'municipality' and breakdown = 'all'") == [tuple(map(len, answered))]


def test_every_step_of_the_page_is_done_and_no_other() -> None:
    assert {recipe for recipe, _ in HANDS} == {DIVISION, SURVEY_RECIPE, ROUND, FORMAT}
    assert differences(PAGE, HANDS) == []


@pytest.mark.parametrize("recipe", [DIVISION, SURVEY_RECIPE, ROUND, FORMAT])
def test_a_step_that_is_taken_from_the_page_or_put_on_it_is_seen(recipe: str) -> None:
    last = steps(PAGE, recipe)[-1]
    written = f"\n{last.number}. {last.text}"
    added = f"{written}\n{last.number + 1}. Look at it."
    assert differences(PAGE.replace(written, ""), HANDS) == [
        f"{recipe}, step {last.number}: performed, not on the page"
    ]
    assert differences(PAGE.replace(written, added), HANDS) == [
        f"{recipe}, step {last.number + 1}: on the page, not performed"
    ]


def test_a_recipe_that_is_renamed_is_seen() -> None:
    assert len(differences(PAGE.replace(f"### {ROUND}\n", "### Add rounds\n"), HANDS)) == len(steps(PAGE, ROUND))
