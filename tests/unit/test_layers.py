"""The rule of the house: data moves one way, and each room reads only what lies to its left."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.paths import PROJECT_ROOT

FLOORS = [
    "faults", "store",
    "ingest.readers", "ingest.reference", "ingest.codebook", "ingest.landing", "ingest.proposals", "ingest.forgetting",
    "ingest.coding",
    "expectations",
    "publish.catalogue", "publish.disclosure", "publish.gate", "publish.reading", "publish.writing", "publish.report",
    "publish.results", "publish.releases",
    "orchestration.alerts", "orchestration.engines", "orchestration.reference_pages", "orchestration.dagster",
    "orchestration.definitions", "orchestration.commands",
]  # fmt: skip
ROOMS = sorted({floor.split(".")[0] for floor in FLOORS})
TOOLS = {"dagster", "dbt", "great_expectations"}
FORBIDDEN = dict.fromkeys(ROOMS, TOOLS) | {
    "expectations": TOOLS - {"great_expectations"},
    "publish": TOOLS | {"expectations"},
    "orchestration": {"great_expectations"},
}
LAYERS = ["raw", "staging", "intermediate", "marts", "checks"]
MODELS = PROJECT_ROOT / "dbt_project" / "models"
CHECK_FILES = sorted((MODELS.parent / "checks").rglob("*.sql"))
MODEL_FILES = sorted(path for path in MODELS.rglob("*") if path.suffix in (".sql", ".py"))


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, and every name that it imports of one: the name may be a module too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor_of(module: str) -> int | None:
    """The place of the floor that a module stands on; None for a library."""
    places = [place for place, floor in enumerate(FLOORS) if f"{module}.".startswith(f"{floor}.")]
    return places[0] if places else None


def faults_in(root: Path, room: str) -> list[tuple[str, str]]:
    """(file, import) of what a room reads that lies to its right, and of the libraries that are not its business."""
    found = []
    for path in sorted((root / room).rglob("*.py")):
        file = path.relative_to(root)
        own = floor_of(".".join(file.with_suffix("").parts))
        for name in imports(path):
            read = floor_of(name)
            is_right = read is not None and (own is None or read > own)
            if is_right or name.split(".")[0] in FORBIDDEN[room]:
                found.append((file.as_posix(), name))
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_and_a_floor_read_only_to_their_left(room: str) -> None:
    assert faults_in(PROJECT_ROOT, room) == []


def test_every_module_stands_on_a_floor() -> None:
    files = [path.relative_to(PROJECT_ROOT) for room in ROOMS for path in (PROJECT_ROOT / room).rglob("*.py")]
    rooms = {Path(room) for room in ROOMS}
    modules = [file for file in files if file.parent not in rooms or file.name != "__init__.py"]
    assert [file for file in modules if floor_of(".".join(file.with_suffix("").parts)) is None] == []


@pytest.mark.parametrize(
    ("file", "line", "name"),
    [
        ("ingest/readers/sly.py", "from orchestration.dagster import assets", "orchestration.dagster.assets"),
        ("ingest/readers/sly.py", "from ingest.codebook.survey import Survey", "ingest.codebook.survey.Survey"),
        ("orchestration/alerts/sly.py", "import orchestration.dagster.session", "orchestration.dagster.session"),
        ("publish/gate/sly.py", "from expectations.record import CheckResult", "expectations.record.CheckResult"),
        ("store/sly.py", "import dagster", "dagster"),
    ],
)
def test_the_rule_can_fail(file: str, line: str, name: str, tmp_path: Path) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(f"def f():\n    {line}\n", encoding="utf-8")
    assert faults_in(tmp_path, file.split("/")[0]) == [(file, name)]


def untold(module: str) -> bool:
    """Whether a module is one of Dagster or dbt that no page of theirs promises."""
    promised = ("dbt.cli.main", "dbt.adapters.duckdb.plugins")
    return module.startswith("dagster._") or (module.startswith("dbt.") and not module.startswith(promised))


def test_what_no_page_promises_is_used_in_one_module() -> None:
    files = [path for room in ROOMS for path in (PROJECT_ROOT / room).rglob("*.py")]
    assert {file.name for file in files if any(map(untold, imports(file)))} == {"internals.py"}


@pytest.mark.parametrize(
    ("used", "where"),
    [
        (r"^import hashlib|from hashlib", {"fingerprint.py", "backup.py"}),
        ('"(KUNTAKYSELY_|DAGSTER_HOME|DBT_[TL])', {"environment.py"}),
    ],
    ids=["hashes", "variables of the environment"],
)
def test_it_is_done_in_one_place(used: str, where: set[str]) -> None:
    files = [path for room in ROOMS for path in (PROJECT_ROOT / room).rglob("*.py")]
    assert {file.name for file in files if re.search(used, file.read_text(encoding="utf-8"), re.MULTILINE)} == where


@pytest.mark.parametrize("model", [*MODEL_FILES, *CHECK_FILES], ids=lambda path: path.stem)
def test_a_model_reads_only_to_its_left(model: Path) -> None:
    text = model.read_text(encoding="utf-8")
    layers = {path.stem: path.parent.name for path in MODEL_FILES}
    layers |= {path.stem: "staging" for path in (MODELS.parent / "seeds").glob("*.csv")}
    read = {layers[name] for name in re.findall(r"""ref\(['"](\w+)['"]\)""", text)}
    read |= {"raw"} if re.search(r"\bsource\(", text) else set()
    layer = "checks" if model in CHECK_FILES else model.parent.name
    assert all(LAYERS.index(each) <= LAYERS.index(layer) for each in read)
    assert "raw" not in read or layer == "staging"


def test_every_model_is_described_beside_its_code() -> None:
    assert [path for path in MODEL_FILES if not path.with_suffix(".yml").exists()] == []


def test_asset_keys_are_the_committed_ones() -> None:
    """A key that changes loses its history: rewrite the list on purpose, with `make golden`."""
    from orchestration.definitions import defs

    keys = sorted(key.to_user_string() for key in defs().resolve_all_asset_keys())
    assert keys == json.loads((PROJECT_ROOT / "tests" / "golden" / "asset_keys.json").read_text(encoding="utf-8"))
