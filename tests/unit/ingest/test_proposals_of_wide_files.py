"""A file of hundreds of columns: what is not marked is right, and what is marked a person can look through."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from faults.errors import wrapped
from orchestration.commands.cli import app
from store.paths import DataPaths
from tests.deciding import lines
from tests.exports.wide import NOT_IN_CODEBOOK, columns, kobo_xlsx, write_codebook
from tests.pipeline.build import SAMPLE

SURVEY = """
survey_id: wide
title: {fi: Laaja kysely}
publisher: {fi: Projekti}
population: {fi: Kunnat}
languages: [fi]
licence: CC0
size_classes: [{id: all_of_them, min: 0, label: {fi: Kaikki}}]
roles: {list_name: role, lead_order: [director, expert]}
municipality_rule: lead_role
disclosure: {min_municipalities: 3, min_responses: 5}
limits: {quarantined_share: 0.05, small_base: 20}
"""


@pytest.fixture
def wide(tmp_path: Path) -> DataPaths:
    paths = DataPaths(tmp_path / "data")
    shutil.copytree(SAMPLE / "registry", paths.registry)
    folder = paths.surveys / "wide"
    folder.mkdir(parents=True)
    (folder / "survey.yml").write_text(SURVEY, encoding="utf-8")
    write_codebook(folder)
    return paths


@pytest.mark.slow
@pytest.mark.parametrize("by_label", [False, True])
def test_a_wide_export_is_recognised(wide: DataPaths, by_label: bool) -> None:
    """Every column but those of no question, under its name and its groups or under its label."""
    found = columns()
    assert len(found) > 300
    file = wide.root / "kobo.xlsx"
    file.write_bytes(kobo_xlsx(found, by_label))
    done = CliRunner().invoke(app, ["new-round", "wide", "first", str(file), "--data", str(wide.root)])
    assert done.exit_code == 0, done.output
    folder = wide.surveys / "wide" / "rounds" / "first"
    drafted = {line[0]: line[1:] for line in lines(folder / "columns.csv")[1:]}
    right = {column.label if by_label else column.name: column.meaning for column in found}
    wrong = {name: (drafted[name], meaning) for name, meaning in right.items() if _filled(drafted[name]) != meaning}
    assert wrong == {}
    assert sum(meaning[0].startswith("?") for meaning in drafted.values()) == len(NOT_IN_CODEBOOK)
    assert lines(folder / "recodes.csv")[1:] == []
    settings = YAML().load(folder / "round.yml")
    assert "timestamp_format" not in settings  # the times have their offsets
    assert settings["timezone"] == "?Europe/Helsinki"
    shown = wrapped(done.output, 80).splitlines()
    assert max(map(len, shown)) <= 80
    assert len(shown) < 25


def _filled(meaning: tuple[str, ...]) -> tuple[str, ...]:
    while meaning and not meaning[-1]:
        meaning = meaning[:-1]
    return meaning
