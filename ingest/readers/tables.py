"""A file as rows of text with their place: what every reader returns."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, count, pairwise, repeat, zip_longest
from pathlib import Path
from typing import ClassVar

import numpy as np

from faults.errors import FaultList, line_place
from faults.suggestions import did_you_mean, nearest, quoted
from ingest.readers.columns import Rows

# What SurveyMonkey writes under the name of a question that has no options.
NO_OPTIONS = ("", "Response", "Open-Ended Response")


@dataclass(frozen=True)
class Layout:
    """How to read a file of one format. Its fields are the settings of round.yml that the format uses."""

    has_typed_dates: ClassVar[bool] = True


@dataclass(frozen=True)
class CsvLayout(Layout):
    """How to read a CSV file. Rows are counted from 1, as records.

    option_row: where options stand under the names of their questions, which are carried on over blanks.
    """

    has_typed_dates: ClassVar[bool] = False

    encoding: str = "utf-8"
    delimiter: str = ","
    name_row: int = 1
    first_data_row: int = 2
    option_row: int | None = None


@dataclass(frozen=True)
class SheetLayout(Layout):
    """How to read a sheet of a workbook. Rows are counted from 1, as Excel does; else as CsvLayout."""

    sheet: str = ""
    name_row: int = 1
    first_data_row: int = 2
    option_row: int | None = None


@dataclass(frozen=True)
class TextTable:
    """A header, unchecked, and the rows under it; a row without a problem has a cell for each name of the header.

    row_word is what messages call a row of the file. Where the names of the columns are no row of the file,
    header_line is 0. is_sparse: a column that nobody filled in is not in the file. n_promised: how many rows the file
    says there are in all files of its export together. wordings and labels are what the respondent saw, where the file
    says it: the question by the name of its column, and the options of that column by what its cells hold;
    missing are the values of a column that the file declares to be no answer.
    """

    path: Path
    header: tuple[str, ...]
    header_line: int
    rows: Rows
    is_workbook: bool = False
    ends_in_line_end: bool = True
    row_word: str = "line"
    is_sparse: bool = False
    n_promised: int | None = None
    wordings: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    missing: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def place(self, line: int, column: str) -> str:
        """Where a cell is, as messages say it: a line and column of a text file, a cell of a workbook."""
        if self.is_workbook and column in self.header:
            return f"cell {cell_name(line, self.header.index(column) + 1)}, column {column}"
        return f"{self.row_word} {line}, column {column}"

    def header_place(self) -> str:
        if not self.header_line:
            return ""
        return f"row {self.header_line}" if self.is_workbook else line_place(self.header_line)

    @cached_property
    def spare(self) -> frozenset[str]:
        """The columns that are none: without a name, as a delimiter at the end of each line makes one, or a table that
        is wider than its names, and without any value."""
        places = {place: column_place(place + 1) for place in range(len(self.header))}
        unnamed = {place: name for place, name in places.items() if self.header[place] == name}
        columns = self.rows.columns
        return frozenset(name for place, name in unnamed.items() if not any(map(str.strip, columns[place].texts)))

    def named_apart(self) -> TextTable:
        """The table with a name for each column: by its place where it has none, with a number where it has that of
        a column before it."""
        given, names = set(self.header), dict[str, None]()
        for place, name in enumerate(self.header, start=1):
            wanted = name if name.strip() else column_place(place)
            numbered = chain([wanted], (f"{wanted} ({number})" for number in count(2)))
            free = (each for each in numbered if each not in names and (each == name or each not in given))
            names[next(free)] = None
        return replace(self, header=tuple(names))

    def without_spare(self) -> TextTable:
        """The table without the columns that are none."""
        kept = [place for place, name in enumerate(self.header) if name not in self.spare]
        if len(kept) == len(self.header):
            return self
        rows = self.rows.with_columns([self.rows.columns[place] for place in kept])
        return replace(self, header=tuple(self.header[place] for place in kept), rows=rows)

    def given_name(self, column: str) -> str:
        """Why a column is called otherwise than in the file; empty of every other column."""
        heading = column.rpartition(" (")[0]
        if not self.has_heading(column):
            return ": it has no heading"
        place = self.header.index(column) + 1
        return f": it is column {place}, and another has the same heading" if heading in self.header else ""

    def has_heading(self, column: str) -> bool:
        return column != column_place(self.header.index(column) + 1)

    def with_columns(self, names: Iterable[str]) -> TextTable:
        """The table with an empty column for each of the names that it lacks."""
        lacking = tuple(name for name in names if name not in self.header)
        rows = self.rows
        for _ in lacking:
            rows = rows.with_column(repeat("", len(rows.places)), of_apart=("",))
        return replace(self, header=self.header + lacking, rows=rows)

    def composed(self) -> TextTable:
        """The table in Unicode's composed form: some tools write a letter and its mark as two signs."""
        labels = {
            compose(name): {compose(value): compose(label) for value, label in of_column.items()}
            for name, of_column in self.labels.items()
        }
        wordings = {compose(name): compose(wording) for name, wording in self.wordings.items()}
        header = tuple(map(compose, self.header))
        return replace(self, header=header, rows=self.rows.mapped(compose), wordings=wordings, labels=labels)

    def with_decimal_sign(self, sign: str) -> TextTable:
        """The table, whose number cells are written as its texts write numbers: a number itself is of no language."""

        def signed(text: str, cell_type: str | None) -> str:
            return text.replace(".", sign) if cell_type == "number" else text

        columns = [each.with_texts(tuple(map(signed, each.texts, each.types_or_none()))) for each in self.rows.columns]
        return replace(self, rows=self.rows.with_columns(columns))


def compose(text: str) -> str:
    """A text whose letters and marks are one sign each."""
    return unicodedata.normalize("NFC", text)


def without_nul(table: TextTable, faults: FaultList) -> TextTable | None:
    """The table, whose rows with a NUL character do not fit: formats that write it as a sign of its own can hold it.
    None when it stands in a name."""
    if any("\0" in name for name in table.header):
        found = "The name of a column holds a NUL character, which no text has."
        faults.add("nul-in-name", table.path, table.header_place(), found)
        return None
    rows, has_nul = table.rows, [each.holds(lambda text: "\0" in text) for each in table.rows.columns]
    wrong = rows.places[np.logical_or.reduce(has_nul)] if has_nul else ()
    problem = "a NUL character in a cell"
    return replace(table, rows=rows.with_apart({int(place): rows[place]._replace(problem=problem) for place in wrong}))


def column_place(number: int) -> str:
    """What a column without a name is called: by its place, counted from 1."""
    return f"(column {number})"


def header_of(rows: Sequence[Sequence[str]], layout: CsvLayout | SheetLayout) -> tuple[str, ...]:
    """The names of the columns, unchecked: those of name_row, with the options of option_row in brackets behind."""
    names = rows[layout.name_row - 1]
    if layout.option_row is None:
        return tuple(names)
    both = [*zip_longest(names, map(str.strip, rows[layout.option_row - 1]), fillvalue=""), ("", "")]
    header, carried = [], ""
    for (name, option), (next_name, next_option) in pairwise(both):
        carried = name if name.strip() else carried
        own = carried if option else name
        is_alone = name.strip() and (next_name.strip() or not next_option)
        header.append(own if is_alone or option in NO_OPTIONS else f"{own.strip()} [{option}]")
    return tuple(header)


def column_letters(number: int) -> str:
    """The letters of a sheet's column counted from 1: 3 is C, 28 is AB."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """A cell as Excel names it: row 7, column 3 is C7."""
    return f"{column_letters(column)}{row}"


def _check_names(table: TextTable, faults: FaultList) -> bool:
    """Note blank and repeated column names; True when every column can be told from the others."""
    blank = [index for index, name in enumerate(table.header, start=1) if not name.strip()]
    for index in blank:
        faults.add("blank-column-name", table.path, table.header_place(), f"Column {index} has no name.")
    repeated = [name for name, count in Counter(table.header).items() if count > 1 and name.strip()]
    for name in repeated:
        found = f"The column name {quoted(name)} appears {table.header.count(name)} times."
        faults.add("repeated-column-name", table.path, table.header_place(), found)
    return not blank and not repeated


def check_exact_header(table: TextTable, expected: Sequence[str], faults: FaultList) -> bool:
    """Note every difference between the header and the expected names in their order."""
    if table.header == tuple(expected):
        return True
    if table.header[-1:] == ("",) and table.header[:-1] != tuple(expected):  # a delimiter at the end of each line
        table = replace(table, header=table.header[:-1])
    if not _check_names(table, faults):
        return False
    missing = [name for name in expected if name not in table.header]
    extra = [name for name in table.header if name not in expected]
    if is_delimiter_wrong(table.header, expected):
        add_wrong_delimiter(table, faults)
        return False
    for name in missing:
        _add_missing(table, name, extra, expected, faults)
    for name in extra:
        if nearest(name, missing) is None:
            _add_unexpected(table, name, expected, faults)
    if not missing and not extra:
        _add_wrong_order(table, expected, faults)
    return False


def _add_missing(table: TextTable, name: str, extra: Sequence[str], expected: Sequence[str], faults: FaultList) -> None:
    found, near, columns = f"There is no column {quoted(name)}.", header_hint(name, extra), ",".join(expected)
    faults.add("missing-column", table.path, table.header_place(), found, advice=near, columns=columns)


def _add_unexpected(table: TextTable, name: str, expected: Sequence[str], faults: FaultList) -> None:
    found, near = f"The column {quoted(name)} is not known here.", did_you_mean(name, expected)
    faults.add("unexpected-column", table.path, table.header_place(), found, advice=near, columns=",".join(expected))


def _add_wrong_order(table: TextTable, expected: Sequence[str], faults: FaultList) -> None:
    found = f"The columns stand in the order {','.join(table.header)}."
    faults.add("column-order", table.path, table.header_place(), found, columns=",".join(expected))


def is_delimiter_wrong(header: Sequence[str], expected: Sequence[str]) -> bool:
    """Whether the header came out as one name that still holds a sign that separates columns."""
    return len(header) == 1 and header[0] not in expected and any(sign in header[0] for sign in ";,\t|")


def add_wrong_delimiter(table: TextTable, faults: FaultList) -> None:
    sign = max(";,\t|", key=table.header[0].count)
    shown = "a tab" if sign == "\t" else quoted(sign)
    found = f"The first line came out as one column, and it holds {shown}."
    faults.add("wrong-delimiter", table.path, table.header_place(), found, sign=shown)


def header_hint(expected: str, found: Sequence[str]) -> str:
    """What probably happened to a column name that is not there; empty when nothing is near."""
    for name in found:
        if name.strip() == expected.strip():
            return f"The file has {quoted(name)}: look at the spaces around the name."
    near = nearest(expected, found)
    return f"The file has {quoted(near)}, which is near." if near is not None else ""


def garbled_name(expected: Sequence[str], found: Sequence[str]) -> str | None:
    """A found name that is an expected one written in UTF-8 and read as cp1252 or latin-1."""
    rereads = ((name, _reread(name, encoding, "utf-8")) for name in found for encoding in ("cp1252", "latin-1"))
    return next((name for name, reread in rereads if reread in expected), None)


def add_garbled_name(table: TextTable, name: str, faults: FaultList) -> None:
    found = f"The column name {quoted(name)} is UTF-8 read in another encoding."
    faults.add("wrong-encoding", table.path, table.header_place(), found)


def _reread(text: str, written_as: str, read_as: str) -> str:
    try:
        return text.encode(written_as).decode(read_as)
    except UnicodeError:
        return ""


def check_first_lines(path: Path, records: int, layout: CsvLayout | SheetLayout, faults: FaultList) -> bool:
    """Note a file that ends before its rows of column names."""
    name_row = max(layout.name_row, layout.option_row or 0)
    if records >= name_row:
        return True
    found = "The file is empty." if records == 0 else f"The file has {records} rows."
    faults.add("empty-file", path, "", found, row=name_row)
    return False
