"""An SPSS data file (.sav, .zsav), parsed in a process of its own: a variable is a column, a case is a row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from faults.errors import FaultList, worded
from ingest.readers.children import ParserFailed, describe_apart
from ingest.readers.columns import Rows, TextRow
from ingest.readers.sav_safety import is_sav_safe
from ingest.readers.tables import Layout, TextTable

UNREADABLE = "The file could not be read as SPSS data."


@dataclass(frozen=True)
class SavLayout(Layout):
    """How to read an SPSS file: it describes itself."""


def read_sav(path: Path, _layout: SavLayout, faults: FaultList) -> TextTable | None:
    """The cases of an SPSS file, values as codes and labels beside them; None when it cannot be read (a fault says so).

    Numbers are like "5" or "5.5", system-missing is empty, user-missing is its code. Dates and times are ISO text of
    type date.
    """
    if not is_sav_safe(path, faults):
        return None
    try:
        described = describe_apart("pyreadstat_child", str(path))
    except ParserFailed as failure:
        faults.put(path, "", failure.words or worded("unreadable-sav", UNREADABLE))
        return None
    if None in described["names"]:  # a damaged file can have a variable without a name
        faults.add("unreadable-sav", path, "", UNREADABLE)
        return None
    rows = (
        TextRow(case, tuple(text for text, _ in cells), tuple(cell_type for _, cell_type in cells))
        for case, cells in enumerate(zip(*described["columns"], strict=True), start=1)
    )
    wordings, labels = described["wordings"], described["labels"]
    return TextTable(
        path, tuple(described["names"]), 0, Rows.of(rows, len(described["names"])), row_word="case",
        wordings=wordings, labels=labels, missing=described["missing"],
    )  # fmt: skip
