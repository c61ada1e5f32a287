"""dbt as this project runs it: the models read once per code, and a process that builds them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from faults.told import ToldError
from orchestration.dagster.slips import slip_in_model
from orchestration.engines.spark import check_engine
from store.environment import DUCKDB, of_dbt
from store.fingerprint import CODE_SUFFIXES, LIBRARIES, combined_sha256
from store.paths import PROJECT_ROOT, DataPaths

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
PARSED = DBT_PROJECT / "target"  # of the code, not of the data: all data folders share it
WITHOUT_FILES = "--no-write-json"
BUILD = ("build", "--exclude-resource-type", "unit_test", WITHOUT_FILES)
READ = "read"  # what the process says when it knows the models
SAID = "said.log"
RUN_RESULTS = "run_results.json"


Manifest = Mapping[str, Any]  # what dbt knows of the models


class DbtFailed(RuntimeError):
    """dbt could not make what it was asked for. What it said can quote an answer."""


class ModelsNotBuilt(ToldError):
    """dbt could not make everything; the message names the models, and quotes no answer."""


class ModelsUnreadable(ToldError):
    """dbt cannot read the models; the message is what it says of them."""


class Dbt:
    """A process of dbt. It reads the models at once, and makes what it is asked for, once."""

    def __init__(self, paths: DataPaths) -> None:
        check_engine()
        paths.prepare_private()
        paths.dbt_target.mkdir(exist_ok=True)
        self._said = paths.dbt_target / SAID
        self._process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.dagster.dbt_process"],
            cwd=PROJECT_ROOT, env=of_dbt(paths), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.is_used, self._has_read = False, False

    def await_read(self) -> None:
        """Return once the models are read. Raises ModelsUnreadable."""
        assert self._process.stdout is not None
        if not self._has_read and self._process.stdout.readline().strip() != READ:
            self.end()
            raise ModelsUnreadable(f"dbt cannot read the models in {DBT_PROJECT.name}/:\n{self.said()}")
        self._has_read = True

    def make(self, arguments: Sequence[str]) -> Iterator[str]:
        """Run dbt with these arguments; the unique id of each node when it is made. Raises DbtFailed, and
        ModelsUnreadable."""
        self.await_read()
        self.is_used = True
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps([*arguments])}\n")
        self._process.stdin.flush()
        yield from (line.strip() for line in self._process.stdout)
        if self._process.wait() != 0:
            raise DbtFailed(self.said())

    def said(self) -> str:
        return self._said.read_text(encoding="utf-8", errors="replace").strip() if self._said.exists() else ""

    def end(self) -> None:
        """Let it not outlive who started it: it would go on writing after the lock is given back."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.communicate()


def models_file(suffix: str, engine: str = DUCKDB) -> Path:
    """What dbt knows of the models on an engine, named by them and the libraries: there once it has read them."""
    files = [path for path in sorted(DBT_PROJECT.rglob("*")) if path.suffix in CODE_SUFFIXES]
    own = [path for path in files if not path.is_relative_to(PARSED)]
    return PARSED / f"{engine}_models_{combined_sha256(PROJECT_ROOT, [*own, PROJECT_ROOT / LIBRARIES])[:16]}{suffix}"


def read_manifest(dbt: Dbt | None, paths: DataPaths) -> Manifest:
    """The manifest of the present models, made now if need be. Raises ModelsUnreadable."""
    file = models_file(".json")
    if not file.exists():
        reading = dbt or Dbt(paths)
        reading.await_read()
        if dbt is None:
            reading.end()
    manifest: Manifest = json.loads(file.read_text(encoding="utf-8"))
    return manifest


def results_text(target: Path) -> str:
    """What the last run left of its results, as text; nothing when it left nothing that can be read."""
    file = target / RUN_RESULTS
    return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


def failures(target: Path) -> list[str]:
    """The models that failed in the last run, a line each, of a slip its whole message: that of another database error
    can hold values and stays where it is."""
    if not (target / RUN_RESULTS).exists():
        return [f"- dbt ended before it had results; what it said is in {SAID} in the folder warehouse/private/dbt"]
    results = json.loads(results_text(target))["results"]
    return [f"- {_said_of(result)}" for result in results if result["status"] == "error"]


def _said_of(result: dict[str, Any]) -> str:
    return slip_in_model(result["message"] or "", DBT_PROJECT) or (
        f"{result['unique_id'].split('.')[2]}: error; its message is in {RUN_RESULTS} in the folder "
        "warehouse/private/dbt"
    )
