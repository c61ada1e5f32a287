"""Every cell of a raw table is under the name of what it says: of a key, of a column of a file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from ruamel.yaml import YAML

from faults.errors import FaultList
from ingest.codebook.round import RoundSettings, read_round
from ingest.codebook.survey import SizeClass, read_survey
from ingest.landing import raw_tables
from ingest.landing.columns import APART, cells_of, named, paths_of
from ingest.landing.inputs import round_sources, survey_sources
from store.paths import PROJECT_ROOT, DataPaths
from tests.rendered import DBT, rendered

Edit = Callable[[Path, str, str], None]
Cells = Mapping[str, str | None]
SURVEY = "surveys/palvelukysely"
ROUND = f"{SURVEY}/rounds/2024"
# Keys that the valid files leave out. No two texts, days or numbers of a file are the same.
MORE_OF_ROUND = """reading_note: {fi: Lue, sv: Läs, en: Read}
delivery: {due_on: 2024-02-05}
stale_after_days: 3
completed_values: [Kyllä, Ja]
skip_rows_where: {Tila: [poistettu]}
"""
MORE_OF_SURVEY = """funder: {fi: Rahoittaja, sv: Finansiär, en: Funder}
sent_to: {fi: Kunnanjohtajat, sv: Kommundirektörer, en: Municipal managers}
allowed_contacts: [kirjaamo@keksila.example]
all_label: {fi: Keksilä, sv: Påhitt, en: All of it}
"""


@pytest.fixture
def filled(paths: DataPaths) -> DataPaths:
    for file, more in ((f"{ROUND}/round.yml", MORE_OF_ROUND), (f"{SURVEY}/survey.yml", MORE_OF_SURVEY)):
        with (paths.root / file).open("a", encoding="utf-8") as handle:
            handle.write(more)
    return paths


def keys_in(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each key of a file with what stands there, read by nothing of ours."""
    for name, value in content.items():
        if isinstance(value, dict) and not {*value} <= {"fi", "sv", "en", "Tila"}:
            yield from keys_in(value)
        else:
            yield name, value


def as_cell(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | bool) else str(value)


def misplaced(file: Path, cells: Cells) -> list[str]:
    """The keys of a settings file whose cells hold something else than the file has there."""
    content = YAML(typ="safe", pure=True).load(file)
    here = {name: as_cell(value) for name, value in keys_in(content) if name in cells}
    assert len(here) > 10
    return [name for name, cell in here.items() if cells[name] != cell]


def rows_of(paths: DataPaths) -> dict[str, list[Cells]]:
    faults = FaultList()
    survey, round_ = read_survey(paths.root / SURVEY, faults), read_round("palvelukysely", paths.root / ROUND, faults)
    assert survey and round_ and not len(faults), [*faults]
    return {
        **raw_tables.survey_rows(survey, (), survey_sources(survey), paths),
        **raw_tables.round_rows(round_, round_sources(round_), lambda _: None, paths),
    }


def misplaced_in(paths: DataPaths) -> list[str]:
    rows = rows_of(paths)
    (survey,), (round_,) = rows["raw.codebook__surveys"], rows["raw.codebook__rounds"]
    return [
        *misplaced(paths.root / SURVEY / "survey.yml", survey),
        *misplaced(paths.root / ROUND / "round.yml", round_),
    ]


def test_every_key_is_in_the_cell_of_its_name(filled: DataPaths) -> None:
    assert misplaced_in(filled) == []


@pytest.mark.parametrize(
    "pair",
    [
        ("opens_on", "closes_on"),
        ("title", "reading_note"),
        ("division_date", "population_date"),
        ("publisher", "population"),
        ("min_municipalities", "min_responses"),
        ("funder", "sent_to"),
        ("quarantined_share", "small_base"),
    ],
)
def test_two_cells_that_are_swapped_are_seen(
    filled: DataPaths, monkeypatch: pytest.MonkeyPatch, pair: tuple[str, str]
) -> None:
    def swapped(*of: Any) -> dict[str, str | None]:
        cells = cells_of(*of)
        one, other = pair
        return cells | {one: cells[other], other: cells[one]} if {*pair} <= cells.keys() else cells

    monkeypatch.setattr(raw_tables, "cells_of", swapped)
    assert misplaced_in(filled) == list(pair)


def test_the_order_in_which_cells_are_given_says_nothing(filled: DataPaths) -> None:
    for table, rows in rows_of(filled).items():
        backwards = [dict(reversed(row.items())) for row in rows]
        assert raw_tables.make_table(table, backwards).equals(raw_tables.make_table(table, rows))


@pytest.mark.parametrize("table", ["raw.codebook__rounds", "raw.codebook__columns", "raw.codebook__size_classes"])
@pytest.mark.parametrize(
    ("slip", "said"),
    [
        (lambda row: {name: cell for name, cell in row.items() if name != "source_line"}, "source_line"),
        (lambda row: row | {"weather": "fine"}, "weather"),
        (lambda row: {name.replace("survey_id", "survey"): cell for name, cell in row.items()}, "survey, survey_id"),
    ],
)
def test_a_row_of_other_columns_is_an_error(
    paths: DataPaths, table: str, slip: Callable[[Cells], Cells], said: str
) -> None:
    *right, row = rows_of(paths)[table]
    with pytest.raises(ValueError, match=rf"^A row of {table} has other columns than the table: {said}$"):
        raw_tables.make_table(table, [*right, slip(row)])


def test_a_name_that_stands_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="are called opens_on: call"):
        named("survey_id", "opens_on", RoundSettings)


def test_what_is_apart_is_there_and_has_another_place() -> None:
    assert {model: names - model.model_fields.keys() for model, names in APART.items() if names} == dict.fromkeys(
        APART, frozenset()
    )
    assert ("field_window", "opens_on") in paths_of(RoundSettings)
    assert paths_of(SizeClass) == (("id",), ("min",), ("max",), ("label",))


# New keys as whoever adds one writes them into the model; and what a round says of them.
FIELDS = '''    weather: Text
    """The weather."""
    storms: PositiveInt = 7
    """How many storms there were."""
    winds: tuple[Text, ...] = ()
    """From where the wind blew."""
'''
SAID = "weather: rain\nwinds: [north, east]\n"
LOAD = """
import sys
from pathlib import Path
from store.paths import DataPaths
from tests.loading import load_all

load_all(DataPaths(Path(sys.argv[1])))
"""


@pytest.mark.slow
def test_a_new_key_is_in_staging_with_no_other_edit(paths: DataPaths, tmp_path: Path, edit: Edit) -> None:
    code = tmp_path / "code"
    for room in ("faults", "store", "ingest"):
        shutil.copytree(PROJECT_ROOT / room, code / room, ignore=shutil.ignore_patterns("__pycache__"))
    (code / "tests").mkdir()
    shutil.copy(PROJECT_ROOT / "tests" / "loading.py", code / "tests")
    edit(code / "ingest/codebook/round.py", "    is_synthetic: Truth\n", f"{FIELDS}    is_synthetic: Truth\n")
    edit(paths.root / ROUND / "round.yml", "is_synthetic:", f"{SAID}is_synthetic:")
    environment = {**os.environ, "PYTHONPATH": str(code)}
    subprocess.run([sys.executable, "-c", LOAD, paths.root], cwd=code, check=True, env=environment)
    staging = rendered((DBT / "models/staging/stg_codebook__rounds.sql").read_text(encoding="utf-8"))
    staging = staging.replace("raw__codebook__rounds", "raw.codebook__rounds")
    with duckdb.connect(str(paths.warehouse_file), read_only=True) as connection:
        found = connection.execute(f"select weather, storms, winds from ({staging})").fetchall()
    assert found == [("rain", "7", '["north", "east"]')]
