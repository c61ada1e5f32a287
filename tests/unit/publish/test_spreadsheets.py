"""Text that a spreadsheet program would take for a formula is written behind an apostrophe; numbers and what is stored
stay as they are."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import duckdb
import pytest

from publish.releases import release
from publish.releases.spreadsheets import as_cell, is_formula, select_cells, write_csv
from store import warehouse
from store.paths import DataPaths
from tests.unit.publish.conftest import add_round, sign

FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\rx", "\nx", " =1", "\u00a0=1", "\ufeff=1", "＝1", "＋1", "－1", "＠x",
    "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")', "+358 40 1234567", "-", "-\n1", "-1\n", "=",
)  # fmt: skip
PLAIN = ("", "-999", "+5", "-1,5", "-1.5e3", "1e5", "a=1", "x@example.org", "2024-01-01", "'=1", "– x", "001", "ä")


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_goes_behind_an_apostrophe(text: str) -> None:
    assert as_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", [*PLAIN, -5, -1.5, None, True])
def test_anything_else_stays(value: object) -> None:
    assert as_cell(value) == value


def test_sql_says_the_same() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table t (place integer, number double, text varchar)")
        connection.executemany("insert into t values (?, -1.5, ?)", list(enumerate((*FORMULAS, *PLAIN))))
        found = connection.execute(f"{select_cells(connection, 't')} order by place").fetchall()
    assert found == [(place, -1.5, as_cell(text)) for place, text in enumerate((*FORMULAS, *PLAIN))]


def test_written_by_hand() -> None:
    file = io.StringIO()
    write_csv(file, ["=a", "b"], [[text, -1] for text in FORMULAS])
    header, *rows = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert header == ["'=a", "b"]
    assert [cell for row in rows for cell in row if is_formula(cell)] == []
    assert {number for _, number in rows} == {"-1"}


def _set_label(paths: DataPaths, label: str) -> None:
    with warehouse.opened(paths.warehouse_file) as connection:
        connection.execute("update marts.dim_county set id = ? where id = '020'", [label])
        sign(connection)


@pytest.mark.slow
@pytest.mark.parametrize("label", ["=1+1", "\r=1", "=1\r\n=2", "x\r=1"])
def test_exports_of_a_release(released: DataPaths, now: datetime, label: str) -> None:
    _set_label(released, label)
    release.publish(released, now, refresh_id=2)
    with (released.current_folder / "csv" / "dim_county.csv").open(encoding="utf-8", newline="") as handle:
        assert as_cell(label) in [row[0] for row in csv.reader(handle)]
    parquet = released.current_folder / "parquet" / "dim_county.parquet"
    with duckdb.connect(str(released.current), read_only=True) as connection:
        stored = connection.execute("select id from marts.dim_county").fetchall()
        copied = connection.execute(f"select id from '{parquet}'").fetchall()
    assert (label,) in stored
    assert stored == copied


@pytest.mark.slow
def test_files_of_other_code_are_not_extended(released: DataPaths, now: datetime) -> None:
    """Rows of a release before this rule was there must not stay as they were written."""
    add_round(released, "2024-01")
    file = released.current_folder / "csv" / "release.csv"
    file.chmod(0o644)
    with duckdb.connect(str(released.current), read_only=True) as connection:
        (code,) = connection.execute("select code_sha256 from marts.release").fetchall()[0]
    file.write_text(file.read_text(encoding="utf-8").replace(code, "0" * 64), encoding="utf-8")
    earlier = released.current_folder / "csv" / "dim_round.csv"
    earlier.chmod(0o644)
    earlier.write_bytes(earlier.read_bytes().replace(b"2023-01", b"=1+1"))
    release.publish(released, now, refresh_id=2)
    assert b"=1+1" not in (released.current_folder / "csv" / "dim_round.csv").read_bytes()
