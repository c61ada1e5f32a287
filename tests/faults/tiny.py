"""A warehouse so small that a publish of it takes half a second, and what a release of it must be."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from publish.releases import provenance, release
from store import marts, state
from store.fingerprint import file_sha256
from store.paths import DataPaths
from store.warehouse import table_signature
from tests.unit.publish import conftest as few

TABLES = ("dim_round", "answer_distribution", "headline_result")
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
LONG_AGO = NOW - release.KEPT_AFTER_SUPERSEDED - timedelta(days=2)
OLD, NEW = 2, 3
_connect = duckdb.connect

Contents = Mapping[str, tuple[int, str]]  # signatures by table


def be_small() -> None:
    """A few of the tables, code that does not change while others write it, and one thread: operations come in one
    order."""
    duckdb.connect = _with_one_thread
    marts.declared_marts = lambda: few.declared(TABLES)
    release.code_sha256 = lambda: few.CODE
    provenance.code_version = lambda _: "tiny"


def _with_one_thread(database: str = ":memory:", **given: Any) -> duckdb.DuckDBPyConnection:
    return _connect(database, **given | {"config": {"threads": 1} | given.get("config", {})})


def build(paths: DataPaths, marker: int) -> None:
    """A warehouse with `marker` in every row."""
    few.build(paths, marker)


def mark(paths: DataPaths, marker: int) -> None:
    """Another marker in every row."""
    few.mark(paths, marker)


def begin(paths: DataPaths) -> None:
    """A data folder whose next publish has everything to do: release 2 is current, release 1 can go, the warehouse
    holds release 3, and an earlier publish was killed while it built."""
    build(paths, 1)
    release.publish(paths, LONG_AGO, 1)
    mark(paths, OLD)
    release.publish(paths, LONG_AGO + timedelta(days=1), 1)
    mark(paths, NEW)
    _leave_behind(paths)


def begin_extended(paths: DataPaths) -> None:
    """The same, and the next release begins as a copy of the one before: a round came, and nothing went."""
    build(paths, OLD)
    for at in (LONG_AGO, LONG_AGO + timedelta(days=1)):
        release.publish(paths, at, 1)
    few.add_round(paths, "2024-01")
    _leave_behind(paths)


def _leave_behind(paths: DataPaths) -> None:
    (paths.releases / release.BUILDING_NAME).write_bytes(b"half")
    paths.current.with_name(".current.duckdb.building").symlink_to("releases/gone.duckdb")
    unfinished = paths.current_files.with_name(f".{paths.current_files.name}.building")
    unfinished.mkdir()
    (unfinished / "dim_round.csv").write_bytes(b"half")


def copy(paths: DataPaths, folder: Path) -> DataPaths:
    """The data folder in a new place, instead of what is there."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(paths.root, folder, symlinks=True)
    return DataPaths(folder)


def contents(file: Path, tables: tuple[str, ...] = TABLES) -> Contents:
    """What the published tables of a release hold. Raises duckdb.Error when it does not open or is torn."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return {name: table_signature(connection, f"marts.{name}") for name in tables}


def number_of(file: Path) -> int:
    """The number that a release says it has."""
    with duckdb.connect(str(file), read_only=True) as connection:
        row = connection.execute("select number from marts.release").fetchone()
    assert row is not None
    return int(row[0])


@dataclass(frozen=True)
class Known:
    """A release as it is when nothing goes wrong: its tables, and its files for tools that cannot read DuckDB."""

    number: int
    tables: Contents
    exports: Mapping[str, str]

    @classmethod
    def of(cls, paths: DataPaths) -> Known:
        return cls(number_of(paths.current), contents(paths.current), _exports(paths))


def _exports(paths: DataPaths) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths.current_files.iterdir()}


def torn(paths: DataPaths, known: Mapping[int, Known]) -> list[str]:
    """What is not as readers may find it at any moment; `known` are the releases that there may be, by number."""
    try:
        return [*_torn_release(paths, known), *_torn_exports(paths, known), *_torn_state(paths)]
    except (duckdb.Error, OSError) as error:
        return [f"cannot be read: {type(error).__name__}: {error}"]


def _torn_release(paths: DataPaths, known: Mapping[int, Known]) -> list[str]:
    number = state.current_release(paths)
    if number not in known:
        return [f"current points at {number}, not at one of {sorted(known)}"]
    said, found = number_of(paths.current), contents(paths.current)
    faults = [f"release {number} says that it is {said}"] if said != number else []
    if found != known[number].tables:
        faults.append(f"release {number} holds {found}, not {known[number].tables}")
    for file in state.release_files(paths.releases).values():
        if file_sha256(file)[: release.HASH_SHOWN] not in file.name or os.access(f"{file}.wal", os.F_OK):
            faults.append(f"{file.name} is not the file that was verified")
    return faults


def _torn_exports(paths: DataPaths, known: Mapping[int, Known]) -> list[str]:
    """release.csv names one release, and then every file is of it; without it the folder promises nothing."""
    found = _exports(paths) if paths.current_files.exists() else {}
    if "release.csv" not in found:
        return []
    of = [each.number for each in known.values() if each.exports["release.csv"] == found["release.csv"]]
    if not of:
        return ["release.csv is of no release"]
    differ = sorted(set(found.items()) ^ set(known[of[0]].exports.items()))
    return [f"release.csv names release {of[0]}, and {differ[0][0]} is not of it"] if differ else []


def _torn_state(paths: DataPaths) -> list[str]:
    connection = sqlite3.connect(paths.state_file)
    try:
        (said,) = connection.execute("pragma integrity_check").fetchone()
    except sqlite3.DatabaseError as error:
        said = str(error)
    finally:
        connection.close()
    return [] if said == "ok" else [f"the state: {said}"]


def unfinished(paths: DataPaths, content: Contents, after: int) -> list[str]:
    """What a publish that was not disturbed has not done: its release is current, whole, and everywhere."""
    number, found = state.current_release(paths), contents(paths.current)
    faults = [] if number and number > after else [f"release {number} came after release {after}"]
    if found != content or number_of(paths.current) != number:
        faults.append(f"release {number} holds {found}, not {content}")
    exported = {path.suffix for path in paths.current_files.iterdir()}
    with duckdb.connect() as connection:
        for name in TABLES if exported == {".csv", ".parquet"} else ():
            place = f"'{paths.current_files / name}.parquet'"
            if table_signature(connection, place) != content[name]:
                faults.append(f"{name}.parquet is not of release {number}")
    said = f"release {number}_"
    pages = [*(paths.published / "report").glob("quality_*")]
    faults += [f"{page.name} is not of {said}" for page in pages if said not in page.read_text(encoding="utf-8")[:80]]
    left = [*paths.published.glob(".*"), *paths.releases.glob(".*"), *paths.releases.glob("*.wal")]
    return faults + [f"{path.name} was left" for path in left] + ([] if pages and exported else ["no pages or files"])
