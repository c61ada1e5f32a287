"""The product from the outside: a data folder, a copy of the project that may be broken, and the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from orchestration.dagster.dbt import PARSED, models_file
from store.fingerprint import CODE_FOLDERS
from store.paths import PROJECT_ROOT, DataPaths

INPUTS = ("surveys", "registry", "systems", "practices")
ROUND = Path("surveys/koto_kuntakysely/rounds/2023-01")
SECOND, THIRD = ROUND.with_name("2023-02"), ROUND.with_name("2023-03")
SURVEY_OF_2020 = Path("surveys/owal_tyovoiman_ulkopuolella")
ROUND_OF_2020 = SURVEY_OF_2020 / "rounds" / "2020"
SURVEY_OF_HIDING = Path("surveys/palvelukysely_demo")  # made-up answers whose small cells are hidden


def copy_inputs(folder: Path) -> DataPaths:
    """The inputs that ship, and nothing that was built from them."""
    for name in INPUTS:
        shutil.copytree(PROJECT_ROOT / "data" / name, folder / name)
    return DataPaths(folder)


def copy_data(paths: DataPaths, folder: Path) -> DataPaths:
    """A data folder with all that was built, so that a test may harm it."""
    shutil.copytree(paths.root, folder, symlinks=True)
    return DataPaths(folder)


def copy_project(folder: Path) -> Path:
    """The code in another folder, so that a test may break it; dbt reads only what is broken."""
    for room in CODE_FOLDERS:
        shutil.copytree(PROJECT_ROOT / room, folder / room, ignore=shutil.ignore_patterns("target", "*.pyc.*"))
    for file in ("requirements.lock", "dagster.yaml"):
        shutil.copy(PROJECT_ROOT / file, folder)
    parsed = folder / PARSED.relative_to(PROJECT_ROOT)
    shutil.copytree(PARSED, parsed, ignore=shutil.ignore_patterns("*_models_*"))
    for kept in map(models_file, (".json", ".msgpack", ".templates")):
        if kept.exists():
            shutil.copy(kept, parsed)
    return folder


def environment(paths: DataPaths) -> dict[str, str]:
    return os.environ | {"KUNTAKYSELY_DATA": str(paths.root), "DAGSTER_HOME": str(paths.dagster_home)}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "orchestration.commands.cli", *arguments]


def run(paths: DataPaths, command: list[str], project: Path = PROJECT_ROOT) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; stdout holds both streams."""
    return subprocess.run(
        command,
        cwd=project,
        env=environment(paths),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def kuntakysely(paths: DataPaths, *arguments: str, project: Path = PROJECT_ROOT) -> subprocess.CompletedProcess[str]:
    """The command line of the product."""
    return run(paths, command(*arguments), project)


def dagster(paths: DataPaths, *arguments: str, project: Path = PROJECT_ROOT) -> subprocess.CompletedProcess[str]:
    """Dagster's own command line, on the definitions of the product."""
    return run(paths, [sys.executable, "-m", "dagster", *arguments, "-m", "orchestration.definitions"], project)


def materialize(
    paths: DataPaths, selection: str, project: Path = PROJECT_ROOT, partition: str = "", partitions: str = ""
) -> subprocess.CompletedProcess[str]:
    """Materialise chosen assets in Dagster and nothing else, as a person can in its web interface."""
    of_partition = ["--partition", partition] if partition else []
    of_range = ["--partition-range", partitions] if partitions else []
    chosen = ["--select", selection, *of_partition, *of_range]
    return dagster(paths, "asset", "materialize", *chosen, project=project)


def run_of_schedule(paths: DataPaths, job: str, schedule: str) -> subprocess.CompletedProcess[str]:
    """Run a job as a schedule starts it."""
    tags = json.dumps({"dagster/schedule_name": schedule})
    return dagster(paths, "job", "execute", "-j", job, "--tags", tags)


def rows(paths: DataPaths, sql: str) -> list[tuple[object, ...]]:
    """A query on the current release, as a BI tool makes it."""
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def touch_round(paths: DataPaths, folder: Path = ROUND) -> None:
    """Change a file of a round, and no figure: a recode of a spelling that nobody wrote."""
    with (paths.root / folder / "recodes.csv").open("a", encoding="utf-8") as handle:
        handle.write("case_system_name,Jokin muu,uma\n")


def replace(file: Path, old: str, new: str, count: int = 1) -> None:
    """Change a text file; the old text must be there."""
    text = file.read_bytes().decode("utf-8")
    assert old in text, f"{old} is not in {file}"
    file.write_bytes(text.replace(old, new, count).encode("utf-8"))
