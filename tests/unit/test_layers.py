"""The rule of the house: data moves one way, and each room reads only what lies to its left."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.paths import PROJECT_ROOT

ROOMS = {
    "ingest": {"ingest"},
    "expectations": {"ingest", "expectations"},
    "publish": {"ingest", "publish"},
    "orchestration": {"ingest", "expectations", "publish", "orchestration"},
}
FORBIDDEN = {
    "ingest": {"dagster", "dagster_dbt", "dbt", "great_expectations"},
    "expectations": {"dagster", "dagster_dbt", "dbt"},
    "publish": {"dagster", "dagster_dbt", "dbt", "great_expectations"},
    "orchestration": {"great_expectations"},
}
LAYERS = ["raw", "staging", "intermediate", "marts", "checks"]
MODELS = PROJECT_ROOT / "dbt_project" / "models"
MODEL_FILES = sorted(path for path in MODELS.rglob("*") if path.suffix in (".sql", ".py"))


def imports(folder: Path) -> Iterator[tuple[str, str]]:
    """(file, imported top-level package) of every import under a folder."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            yield from ((path.relative_to(folder.parent).as_posix(), name.split(".")[0]) for name in names)


def faults_in(folder: Path, room: str) -> list[tuple[str, str]]:
    unreachable = (set(ROOMS) - ROOMS[room]) | FORBIDDEN[room]
    return [(file, name) for file, name in imports(folder) if name in unreachable]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_reads_only_to_its_left(room: str) -> None:
    assert faults_in(PROJECT_ROOT / room, room) == []


def test_the_rule_can_fail(tmp_path: Path) -> None:
    room = tmp_path / "ingest"
    room.mkdir()
    (room / "sly.py").write_text("def f():\n    from orchestration.assets import registry\n", encoding="utf-8")
    assert faults_in(room, "ingest") == [("ingest/sly.py", "orchestration")]


@pytest.mark.parametrize("model", MODEL_FILES, ids=lambda path: path.stem)
def test_a_model_reads_only_to_its_left(model: Path) -> None:
    text = model.read_text(encoding="utf-8")
    layers = {path.stem: path.parent.name for path in MODEL_FILES}
    layers |= {path.stem: "staging" for path in (MODELS.parent / "seeds").glob("*.csv")}
    read = {layers[name] for name in re.findall(r"""ref\(['"](\w+)['"]\)""", text)}
    read |= {"raw"} if "source(" in text else set()
    own = LAYERS.index(model.parent.name)
    assert all(LAYERS.index(layer) <= own for layer in read)
    assert "raw" not in read or model.parent.name == "staging"


def test_every_model_is_described_beside_its_code() -> None:
    assert [path for path in MODEL_FILES if not path.with_suffix(".yml").exists()] == []


def test_every_column_is_described_once_and_used() -> None:
    described = re.findall(r"{% docs (\w+) %}", (MODELS / "columns.md").read_text(encoding="utf-8"))
    text = "".join(path.read_text(encoding="utf-8") for path in MODELS.parent.rglob("*s/**/*.yml"))
    assert sorted(described) == sorted(set(described)) == sorted(set(re.findall(r"doc\('(\w+)'\)", text)))


def test_asset_keys_are_the_committed_ones() -> None:
    """A key that changes loses its history: rewrite the list on purpose, with `make golden`."""
    from orchestration.definitions import defs

    keys = sorted(key.to_user_string() for key in defs.resolve_all_asset_keys())
    assert keys == json.loads((PROJECT_ROOT / "tests" / "golden" / "asset_keys.json").read_text(encoding="utf-8"))
