"""dbt as this project runs it: its environment, its manifest, and a resource that starts it without detours."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from store.fingerprint import CODE_SUFFIXES, combined_sha256
from store.paths import PROJECT_ROOT, DataPaths

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
DBT = Path(sys.executable).with_name("dbt")
BUILD = ("build", "--exclude-resource-type", "unit_test")


def environment(paths: DataPaths) -> dict[str, str]:
    """What dbt is told through its environment: where to write, and to keep its log and its news to itself."""
    return {
        "KUNTAKYSELY_WAREHOUSE": str(paths.warehouse_file),
        "PYTHONPATH": str(PROJECT_ROOT),  # models in Python take their words from ingest/
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_TARGET_PATH": str(paths.dbt_target),
        "DBT_LOG_PATH": str(paths.dbt_target),
        "DBT_LOG_LEVEL_FILE": "none",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_VERSION_CHECK": "false",
        "DBT_USE_COLORS": "false",
    }


def project_sha256() -> str:
    """One hash of the models, macros and settings."""
    files = [path for path in sorted(DBT_PROJECT.rglob("*")) if path.suffix in CODE_SUFFIXES]
    return combined_sha256(DBT_PROJECT, files)


def start_parse(paths: DataPaths) -> subprocess.Popen[str] | None:
    """Begin to make the manifest when the one there is is not of the present models; None when it is."""
    if _parsed_manifest(paths).exists():
        return None
    paths.prepare_private()
    return subprocess.Popen(
        [str(DBT), "parse", "--quiet"],
        cwd=DBT_PROJECT, env=os.environ | environment(paths), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def finish_parse(paths: DataPaths, parsing: subprocess.Popen[str] | None) -> Path:
    """The manifest, once it is made. Raises RuntimeError with what dbt said."""
    if parsing is not None:
        said, _ = parsing.communicate()
        if parsing.returncode != 0:
            raise RuntimeError(f"dbt cannot read the project in dbt_project/:\n{said.strip()}")
        _keep_manifest(paths)
    return _parsed_manifest(paths)


def _parsed_manifest(paths: DataPaths) -> Path:
    """A copy of our own, named by the models it is of: a build that is killed tears the one in dbt's folder."""
    return paths.warehouse / f"manifest_{project_sha256()[:16]}.json"


def _keep_manifest(paths: DataPaths) -> None:
    kept = _parsed_manifest(paths)
    for older in paths.warehouse.glob("manifest_*"):
        older.unlink()
    whole = Path(shutil.copy(paths.dbt_target / "manifest.json", kept.with_suffix(".copying")))
    whole.replace(kept)


def prepared_manifest(paths: DataPaths) -> Path:
    """The manifest of the present models, made now if need be."""
    return finish_parse(paths, start_parse(paths))


def end(process: subprocess.Popen[bytes]) -> None:
    """Let no dbt outlive the run that started it: it would go on writing after the lock is given back."""
    if process.poll() is None:
        process.terminate()
        process.wait()


def results_text(target: Path) -> str:
    """What the last run left of its results, as text; nothing when it left nothing that can be read."""
    file = target / "run_results.json"
    return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


def failures(target: Path) -> list[str]:
    """What failed in the last run, a line each: the test or model, and how many rows were against it."""
    file = target / "run_results.json"
    if not file.exists():
        return ["- dbt ended before it had results; what it said is in Dagster's log of the run: kuntakysely serve"]
    results = json.loads(file.read_text(encoding="utf-8"))["results"]
    return [
        f"- {result['unique_id'].split('.')[2]}: {_said(result)}"
        for result in results
        if result["status"] in ("fail", "error")
    ]


def _said(result: dict[str, Any]) -> str:
    """A failed test says how many rows; the message of a database error can hold values and stays where it is."""
    if result["status"] == "fail":
        return str(result["message"])
    return "error; its message is in run_results.json in the folder warehouse/private/dbt"


def dbt_resource(paths: DataPaths) -> Any:
    """The Dagster resource. Imported late: dagster_dbt takes seconds."""
    from dagster_dbt import DbtCliResource
    from packaging.version import Version

    class DirectDbt(DbtCliResource):
        """DbtCliResource asks `dbt --version` (3 s) and opens an adapter in the parent (4 s, and a second hand on the
        DuckDB file): the version is known, and row counts are taken from the warehouse after the build."""

        @property
        def _cli_version(self) -> Version:
            return Version(version("dbt-core"))

        def _initialize_dbt_core_adapter(self, args: Any) -> Any:  # noqa: ARG002
            return None

    os.environ.update(environment(paths))
    return DirectDbt(project_dir=str(DBT_PROJECT), profiles_dir=str(DBT_PROJECT), dbt_executable=str(DBT))
