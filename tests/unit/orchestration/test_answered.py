"""The remembered answer holds while all that it rests on is as it was, and is given before anything is loaded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from orchestration.commands import answered
from store import fingerprint
from store.fingerprint import made_of
from store.paths import PROJECT_ROOT, DataPaths

HEAVY = ("dagster", "dbt", "great_expectations", "pandas", "duckdb", "pyarrow", "rich")
LOADED = "import sys; from orchestration.commands.cli import main\ntry: main()\nfinally: print(*sys.modules, sep='\\n')"


@pytest.fixture
def remembered(tmp_path: Path) -> DataPaths:
    paths = DataPaths(tmp_path / "data")
    paths.prepare_private()
    for file in (
        paths.surveys / "a.csv",
        paths.warehouse_file,
        paths.state_file,
        paths.published / "releases" / "1" / "report" / "a.html",
    ):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("as it was", encoding="utf-8")
    paths.current_folder.symlink_to("releases/1")
    answered.remember_answer(paths, "Nothing has changed.", made_of(paths))
    return paths


def repoint(paths: DataPaths) -> None:
    paths.current_folder.unlink()
    paths.current_folder.symlink_to("releases/2")


CHANGES: dict[str, Callable[[DataPaths], object]] = {
    "an input": lambda paths: (paths.surveys / "a.csv").write_text("as it is!", encoding="utf-8"),
    "an input that came": lambda paths: (paths.surveys / "b.csv").write_text("new", encoding="utf-8"),
    "the warehouse": lambda paths: paths.warehouse_file.write_text("as it is!", encoding="utf-8"),
    "the warehouse gone": lambda paths: paths.warehouse_file.unlink(),
    "the state": lambda paths: paths.state_file.write_text("as it is!", encoding="utf-8"),
    "a page gone": lambda paths: (paths.published / "releases" / "1" / "report" / "a.html").unlink(),
    "another release": repoint,
    "where it is put": lambda paths: paths.publishing_file.write_text("mirror: m\n", encoding="utf-8"),
    "who is told": lambda paths: paths.alerts_file.write_text("", encoding="utf-8"),
    "a torn answer": lambda paths: (paths.warehouse / "answer.json").write_text('{"answer": "No', encoding="utf-8"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_is_not_answered_from_memory(remembered: DataPaths, change: str) -> None:
    assert answered.remembered_answer(remembered) == "Nothing has changed."
    CHANGES[change](remembered)
    assert answered.remembered_answer(remembered) is None


@pytest.mark.parametrize(("module", "what"), [(fingerprint, "code_sha256"), (answered, "local_day")])
def test_an_answer_is_of_its_code_and_its_day(
    remembered: DataPaths, monkeypatch: pytest.MonkeyPatch, module: ModuleType, what: str
) -> None:
    monkeypatch.setattr(module, what, lambda *_: "2000-01-01")
    assert answered.remembered_answer(remembered) is None


def test_what_was_edited_while_it_was_looked_at_is_not_remembered(remembered: DataPaths) -> None:
    before = made_of(remembered)
    CHANGES["an input"](remembered)
    answered.remember_answer(remembered, "Nothing has changed.", before)
    assert answered.remembered_answer(remembered) is None


@pytest.mark.parametrize(
    ("asked", "answer"), [("refresh", "Nothing has changed."), ("--version", "kuntakysely 0."), ("--help", "Usage: ")]
)
def test_nothing_heavy_is_loaded_before_the_answer(remembered: DataPaths, asked: str, answer: str) -> None:
    data = ["--data", str(remembered.root)] if asked == "refresh" else []
    done = subprocess.run(
        [sys.executable, "-c", LOADED, asked, *data],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said, *loaded = done.stdout.splitlines()
    assert said.startswith(answer)
    assert not {name.partition(".")[0] for name in loaded} & {*HEAVY}
