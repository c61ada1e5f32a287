"""The current release as Parquet and CSV."""

from __future__ import annotations

import duckdb
import pytest

from publish.releases import folder
from publish.releases.own_tables import OWN_TABLES
from store import marts
from store.paths import DataPaths


def names() -> set[str]:
    return {*marts.declared_marts(), *(table.name for table in OWN_TABLES)}


def test_every_table_and_view_is_there_in_both_forms(published: DataPaths) -> None:
    for suffix in ("csv", "parquet"):
        found = [*(published.current_folder / suffix).iterdir()]
        assert {path.name for path in found} == {f"{name}.{suffix}" for name in names()}
        assert not any(path.is_symlink() for path in found)


def test_csv_has_a_header_and_keeps_text_as_it_is(published: DataPaths) -> None:
    assert (published.current_folder / "csv" / "dim_county.csv").read_bytes() == b"id,n,share\n005,1,0.5\n020,1,\n"


def test_parquet_holds_the_same_rows_as_the_release(published: DataPaths) -> None:
    with duckdb.connect(str(published.current), read_only=True) as connection:
        for name in sorted(names()):
            rows = connection.execute(f"from marts.{name}").fetchall()
            copied = connection.execute(f"from '{published.current_folder / 'parquet' / name}.parquet'").fetchall()
            assert copied == rows, name


@pytest.mark.parametrize(
    "lost", ["csv/system_use.csv", "parquet/dim_round.parquet", "csv/release.csv", "report/quality-koto.2023-01.en.md"]
)
def test_a_folder_without_one_of_its_files_is_not_whole(released: DataPaths, lost: str) -> None:
    """The next refresh makes a new release."""
    assert folder.is_whole(released.current_folder)
    (released.current_folder / lost).unlink()
    assert not folder.is_whole(released.current_folder)
