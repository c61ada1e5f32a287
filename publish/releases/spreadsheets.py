"""Text in CSV files that people open in a spreadsheet program, which takes a cell that begins like a formula for one.

Such a text is written with an apostrophe before it, as OWASP advises (CSV Injection); the program does not show it. A
number is no formula, also where it stands as text: a code like -999 stays as it is. What is stored is never changed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from typing import TextIO

import duckdb

from publish.catalogue import quoted

APOSTROPHE = "'"
# The full-width forms are the same signs to some programs, and spaces before them are passed over.
FORMULA = r"^[\s\x{00a0}\x{feff}]*[=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]|^[\t\r\n]"
NUMBER = r"^[+-]?[0-9]+([.,][0-9]+)?([eE][+-]?[0-9]+)?$"
_FORMULA = re.compile(re.sub(r"\\x\{(....)\}", r"\\u\1", FORMULA))
_NUMBER = re.compile(NUMBER.removesuffix("$") + r"\Z")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet program may take a cell with this text for a formula."""
    return _FORMULA.match(text) is not None and _NUMBER.match(text) is None


def as_cell(value: object) -> object:
    """A value as it is written into CSV: behind an apostrophe where it is text that would be a formula."""
    return f"{APOSTROPHE}{value}" if isinstance(value, str) and is_formula(value) else value


class _Lines:
    """A file for csv.writer, which puts a lone carriage return in quotes only where its own lines end in one."""

    def __init__(self, file: TextIO, line_end: str) -> None:
        self._file, self._line_end = file, line_end

    def write(self, line: str) -> int:
        return self._file.write(line.removesuffix("\r\n") + self._line_end)


def write_csv(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]], line_end: str = "\n") -> None:
    """A table as CSV that a spreadsheet program shows and does not run."""
    writer = csv.writer(_Lines(file, line_end), lineterminator="\r\n")
    writer.writerow([as_cell(name) for name in header])
    writer.writerows([as_cell(value) for value in row] for row in rows)


def select_cells(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    """A query of a relation whose texts are as as_cell writes them, for COPY to CSV."""
    columns = connection.execute(f"select column_name, column_type from (describe {relation})").fetchall()
    cells = ", ".join(_cell_sql(quoted(name)) if kind == "VARCHAR" else quoted(name) for name, kind in columns)
    return f"select {cells} from {relation}"


def _cell_sql(column: str) -> str:
    is_formula_sql = f"regexp_matches({column}, '{FORMULA}') and not regexp_matches({column}, '{NUMBER}')"
    return f"case when {is_formula_sql} then '''' || {column} else {column} end as {column}"
