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

from publish.releases import folder, provenance, release
from store import marts, state
from store.fingerprint import file_sha256
from store.paths import DATABASE, DataPaths
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


def begin_old(paths: DataPaths) -> None:
    """The same in a folder of the old form, whose releases are still files."""
    begin(paths)
    few.be_of_old_form(paths)


def _leave_behind(paths: DataPaths) -> None:
    paths.current_folder.with_name(".current.building").symlink_to("releases/gone")
    for name in (folder.BUILDING, f"{folder.REMOVED}1_00000000"):
        (paths.releases / name / "csv").mkdir(parents=True)
        (paths.releases / name / DATABASE).write_bytes(b"half")
        (paths.releases / name / "csv" / "dim_round.csv").write_bytes(b"half")


def copy(paths: DataPaths, to: Path) -> DataPaths:
    """The data folder in a new place, instead of what is there."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(paths.root, to, symlinks=True)
    return DataPaths(to)


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
    files: Mapping[str, str]

    @classmethod
    def of(cls, paths: DataPaths) -> Known:
        return cls(number_of(paths.current), contents(paths.current), _files(paths.current_folder))


def _files(of: Path) -> dict[str, str]:
    """The hashes of Parquet, CSV and pages, by their place in the folder."""
    found = [path for kind in ("parquet", "csv", "report") for path in (of / kind).iterdir()]
    return {path.relative_to(of).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def torn(paths: DataPaths, known: Mapping[int, Known]) -> list[str]:
    """What is not as readers may find it at any moment; `known` are the releases that there may be, by number."""
    try:
        return [*_torn_release(paths, known), *_torn_files(paths, known), *_torn_state(paths)]
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
        named = file.parent.name if file.name == DATABASE else file.name
        if file_sha256(file)[: release.HASH_SHOWN] not in named or os.access(f"{file}.wal", os.F_OK):
            faults.append(f"{named} has not the file that was verified")
    return faults


def _torn_files(paths: DataPaths, known: Mapping[int, Known]) -> list[str]:
    """Whatever has the name of a release has all of its files, and `current` those that belong to `current.duckdb`."""
    number, faults = state.current_release(paths), []
    for of, file in state.release_files(paths.releases).items():
        if file.name == DATABASE and of in known and _files(file.parent) != known[of].files:
            faults.append(f"the folder of release {of} is not whole")
    is_old_form = paths.current.resolve().name != DATABASE and not paths.current_folder.is_symlink()
    if number in known and not is_old_form and (found := _files(paths.current_folder)) != known[number].files:
        differ = sorted(set(found.items()) ^ set(known[number].files.items()))
        faults.append(f"current.duckdb is of release {number}, and {differ[0][0]} is not")
    return faults


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
    with duckdb.connect() as connection:
        for name in TABLES:
            place = f"'{paths.current_folder / 'parquet' / name}.parquet'"
            if table_signature(connection, place) != content[name]:
                faults.append(f"{name}.parquet is not of release {number}")
    pages, said = [*(paths.current_folder / "report").iterdir()], f"release {number}_"
    faults += [f"{page.name} is not of {said}" for page in pages if said not in page.read_text(encoding="utf-8")[:80]]
    known = {paths.releases, paths.current, paths.current_folder}
    left = [*{*paths.published.iterdir()} - known, *paths.releases.glob(".*"), *paths.releases.rglob("*.wal")]
    left += paths.releases.glob("*.duckdb")
    return faults + [f"{path.name} was left" for path in left] + ([] if pages else ["no pages"])
