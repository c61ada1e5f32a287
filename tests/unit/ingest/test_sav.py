"""SPSS files: values as codes, dates as ISO text, and damage that is never more than a fault."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from faults.errors import FaultList
from ingest.readers import TextTable, children, read_table
from ingest.readers.pyreadstat_child import describe_value, render_moment
from ingest.readers.sav import SavLayout
from tests.exports.make_exports import FOLDER

pytestmark = pytest.mark.slow

WHOLE = (FOLDER / "spss_sav" / "responses.sav").read_bytes()


def read(path: Path, columns: dict[str, list[Any]], faults: FaultList, **form: Any) -> TextTable:
    pyreadstat.write_sav(pd.DataFrame(columns), path, **form)
    table = read_table(path, SavLayout(), faults)
    assert table is not None
    return table


@pytest.mark.parametrize(
    ("value", "text", "cell_type"),
    [
        (3.0, "3", "number"),
        (2.5, "2.5", "number"),
        (0.1, "0.1", "number"),
        (1e-7, "0.0000001", "number"),
        (-999, "-999", "number"),
        ("007", "007", "text"),
        ("", "", "text"),
        (date(2024, 2, 29), "2024-02-29", "date"),
        (datetime(2024, 2, 29, 9, 5, 7), "2024-02-29 09:05:07", "date"),
        (time(23, 59, 1), "23:59:01", "date"),
    ],
)
def test_value_becomes_text(tmp_path: Path, faults: FaultList, value: object, text: str, cell_type: str) -> None:
    table = read(tmp_path / "a.sav", {"v1": [value], "v2": ["x"]}, faults)
    assert table.header == ("v1", "v2")
    assert table.rows[0].cells == (text, "x")
    assert table.rows[0].types == (cell_type, "text")
    assert table.place(1, "v1") == "case 1, column v1"


def test_missing_values(tmp_path: Path, faults: FaultList) -> None:
    """System-missing is empty, user-missing is its code; a value label changes nothing."""
    columns = {"v1": [1.0, 9.0, None, 77.0], "v2": ["a", "-", "", "b"]}
    form = {
        "missing_ranges": {"v1": [9, {"lo": 70, "hi": 80}], "v2": ["-"]},
        "variable_value_labels": {"v1": {1: "One"}},
    }
    table = read(tmp_path / "a.sav", columns, faults, **form)
    assert [row.cells for row in table.rows] == [("1", "a"), ("9", "-"), ("", ""), ("77", "b")]
    assert table.missing["v1"] == ["77", "9"]


def test_labels_stand_beside_the_values(tmp_path: Path, faults: FaultList) -> None:
    """By the name of the variable, and by the text that its cells hold; what has no label is left out."""
    form = {"column_labels": {"v1": "Which?"}, "variable_value_labels": {"v1": {1: "One", 2.5: "Some"}}}
    table = read(tmp_path / "a.sav", {"v1": [1.0, 2.5], "v2": ["a", "b"]}, faults, **form)
    assert table.wordings == {"v1": "Which?"}
    assert table.labels == {"v1": {"1": "One", "2.5": "Some"}}


def test_compressed_file_is_read(tmp_path: Path, faults: FaultList) -> None:
    table = read(tmp_path / "a.zsav", {"v1": [1.0, 2.0]}, faults, row_compress=True)
    assert [row.cells for row in table.rows] == [("1",), ("2",)]


def test_file_without_cases(tmp_path: Path, faults: FaultList) -> None:
    table = read(tmp_path / "a.sav", {"v1": pd.Series([], dtype=float)}, faults)  # type: ignore[dict-item]
    assert (table.header, table.rows) == (("v1",), ())


def test_code_for_a_missing_date_is_no_date() -> None:
    assert describe_value(-9.0, "EDATE10", [{"lo": -9.0, "hi": -9.0}]) == ("-9", "number")
    assert describe_value(13923532800.0, "EDATE10", []) == ("2024-01-02", "date")


@pytest.mark.parametrize(("seconds", "kind"), [(1e18, "DATE"), (90_000.0, "TIME"), (-1.0, "TIME"), (5.0, "F")])
def test_what_is_no_moment_stays_a_number(seconds: float, kind: str) -> None:
    assert render_moment(seconds, kind) is None


def test_reader_that_takes_too_long_is_stopped(
    tmp_path: Path, faults: FaultList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "LIMITS", children.LIMITS._replace(seconds=0))
    path = tmp_path / "a.sav"
    path.write_bytes(WHOLE)
    assert read_table(path, SavLayout(), faults) is None
    assert [fault.code for fault in faults] == ["parser-out-of-time"]


@pytest.mark.parametrize("length", [0, 4, 100, 176, len(WHOLE) // 2, len(WHOLE) - 1])
def test_cut_file_is_a_fault(tmp_path: Path, faults: FaultList, length: int) -> None:
    path = tmp_path / "a.sav"
    path.write_bytes(WHOLE[:length])
    assert read_table(path, SavLayout(), faults) is None
    assert [fault.code for fault in faults] == ["not-sav" if length < 4 else "damaged-sav"]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
@example([(200, 0)])  # a variable loses its name
def test_damaged_file_is_never_a_stack_trace(damage: list[tuple[int, int]]) -> None:
    content = bytearray(WHOLE)
    for place, byte in damage:
        content[place] = byte
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.sav"
        path.write_bytes(content)
        faults = FaultList()
        assert (read_table(path, SavLayout(), faults) is None) is (len(faults) == 1)
