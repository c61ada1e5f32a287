"""The current release as Parquet and CSV."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from publish.releases import exports, release
from publish.releases.own_tables import OWN_TABLES
from store import marts
from store.paths import DataPaths


def names() -> set[str]:
    return {*marts.declared_marts(), *(table.name for table in OWN_TABLES)}


def test_every_table_and_view_is_there_in_both_forms(published: DataPaths) -> None:
    found = {path.name for path in published.current_files.iterdir()}
    assert found == {f"{name}.{suffix}" for name in names() for suffix in ("csv", "parquet")}
    assert not any(path.is_symlink() for path in published.current_files.iterdir())


def test_csv_has_a_header_and_keeps_text_as_it_is(published: DataPaths) -> None:
    assert (published.current_files / "dim_county.csv").read_bytes() == b"id,n,share\n005,1,0.5\n020,1,\n"


def test_parquet_holds_the_same_rows_as_the_release(published: DataPaths) -> None:
    with duckdb.connect(str(published.current), read_only=True) as connection:
        for name in sorted(names()):
            rows = connection.execute(f"from marts.{name}").fetchall()
            copied = connection.execute(f"from '{published.current_files / name}.parquet'").fetchall()
            assert copied == rows, name


def test_files_of_tables_that_are_gone_go_too(released: DataPaths, now: datetime) -> None:
    (released.current_files / "old_table.csv").write_text("n\n1\n", encoding="utf-8")
    (released.current_files / "README.txt").write_text("of a person\n", encoding="utf-8")
    release.publish(released, now, refresh_id=1)
    assert not (released.current_files / "old_table.csv").exists()
    assert (released.current_files / "README.txt").exists()


def test_release_csv_is_the_last_to_change(paths: DataPaths, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[str] = []
    whole = exports._move

    def noting(path: Path, folder: Path) -> None:
        moved.append(path.name)
        whole(path, folder)

    monkeypatch.setattr(exports, "_move", noting)
    release.publish(paths, now, refresh_id=1)
    assert moved[-1] == "release.csv"


@pytest.mark.parametrize("damage", ["system_use.csv", "dim_round.parquet", "release.csv"])
def test_repair_brings_back_a_file_that_is_gone(released: DataPaths, now: datetime, damage: str) -> None:
    (released.current_files / damage).unlink()
    release.repair(released, now)
    assert (released.current_files / damage).exists()


def test_repair_leaves_files_alone_that_are_right(released: DataPaths, now: datetime) -> None:
    before = {path.name: os.stat(path).st_ino for path in released.current_files.iterdir()}  # noqa: PTH116
    release.repair(released, now)
    assert {path.name: path.stat().st_ino for path in released.current_files.iterdir()} == before
