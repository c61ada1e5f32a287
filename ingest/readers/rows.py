"""Rows of a checked table as frozen objects: the one way codebooks, registry and inventory are read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from faults.errors import FaultList, line_place
from faults.suggestions import listed, quoted
from faults.validation import describe_error
from ingest.readers import CsvLayout, Layout, TextRow, TextTable, read_table
from ingest.readers.tables import check_exact_header


class SourceRow(BaseModel):
    """One row of a table whose columns are the fields of the class, in their order. Empty cells are None."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    line: int = Field(exclude=True)

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """The column names in the file."""
        fields = cls.model_fields.items()
        return tuple(info.alias or name for name, info in fields if name != "line")

    @classmethod
    def optional_columns(cls) -> frozenset[str]:
        """Columns that a file may leave out; the fields have a default."""
        return frozenset()

    @classmethod
    def translated_columns(cls) -> Mapping[str, str]:
        """The fields that hold one text in several languages, and the name that their columns begin with: `labels` of
        label_fi, label_en."""
        return {}

    @classmethod
    def verbatim_columns(cls) -> frozenset[str]:
        """Columns whose cells may begin or end with a space."""
        return frozenset()

    @classmethod
    def private_columns(cls) -> frozenset[str]:
        """Columns that repeat what a respondent answered: their cells are not shown in messages."""
        return frozenset()

    def at(self, column: str) -> str:
        """The place of a cell in a text file."""
        return line_place(self.line, column)

    def values(self) -> dict[str, Any]:
        """The cells by column name; those of translated columns by language, under the name of their field."""
        return self.model_dump(by_alias=True)


RowT = TypeVar("RowT", bound=SourceRow)


def read_rows(
    path: Path,
    row_class: type[RowT],
    faults: FaultList,
    layout: Layout | None = None,
    languages: Sequence[str] = (),
) -> tuple[RowT, ...] | None:
    """The rows of a file whose header is exactly the columns of row_class, or None when there is no table.

    Translated columns are there once for each of the languages, or in any languages when none are given.

    A row with a fault is kept as it stands, so that whatever refers to it is not called a fault too:
    nothing read here may be used further when faults were noted.
    """
    table = read_table(path, layout or CsvLayout(), faults)
    if table is None or not check_exact_header(table, _expected_columns(table, row_class, languages), faults):
        return None
    return tuple(_as_object(table, row, row_class, faults) for row in table.rows if is_fit(table, row, faults))


def _expected_columns(table: TextTable, row_class: type[SourceRow], languages: Sequence[str]) -> list[str]:
    left_out = row_class.optional_columns() - frozenset(table.header)
    expected: list[str] = []
    for name in row_class.columns():
        column = row_class.translated_columns().get(name)
        if column is not None:
            unnamed = [] if name in left_out else ["<language>"]
            chosen = languages or _languages_of(table.header, column) or unnamed
            expected += [f"{column}_{language}" for language in chosen]
        elif name not in left_out:
            expected.append(name)
    return expected


def columns_in(row_class: type[SourceRow], languages: Sequence[str]) -> list[str]:
    """The columns of a new file, those that are translated once for each language."""
    translated = row_class.translated_columns()
    return [
        column
        for name in row_class.columns()
        for column in ([f"{translated[name]}_{each}" for each in languages] if name in translated else [name])
    ]


def _languages_of(names: Iterable[str], column: str) -> list[str]:
    """The languages that the columns of a translated text are in, in their order."""
    found = (re.fullmatch(rf"{column}_([a-z]{{2}})", name) for name in names)
    return [match[1] for match in found if match]


def read_optional_rows(
    path: Path, row_class: type[RowT], faults: FaultList, languages: Sequence[str] = ()
) -> tuple[RowT, ...] | None:
    """Like read_rows, for a file that need not exist."""
    return read_rows(path, row_class, faults, languages=languages) if path.exists() else ()


def is_fit(table: TextTable, row: TextRow, faults: FaultList) -> bool:
    """Whether a row has its cells, and something in them; noted where it has not."""
    if row.problem is None and any(row.cells):
        return True
    if row.problem is None and table.is_workbook:
        return False
    if row == table.rows[-1] and not table.ends_in_line_end and 0 < len(row.cells) < len(table.header):
        return False  # cut, as is told already
    width = len(table.header)
    if table.is_workbook:
        faults.add("unreadable-row", table.path, f"row {row.line}", f"The row has {row.problem}.", width=width)
    elif row.problem:
        faults.add("wrong-number-of-fields", table.path, line_place(row.line), f"There are {row.problem}.", width=width)
    else:
        faults.add("empty-line", table.path, line_place(row.line), "The line is empty.", width=width)
    return False


def _as_object(table: TextTable, row: TextRow, row_class: type[RowT], faults: FaultList) -> RowT:
    cells = dict(zip(table.header, row.cells, strict=True))
    _check_spaces(table, row, row_class, faults)
    _check_types(table, row, faults)
    values = _values(row_class, cells)
    try:
        return row_class(line=row.line, **values)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            name = column_of(row_class, detail["loc"])
            words = describe_error(detail, is_private=name in row_class.private_columns())
            faults.put(table.path, table.place(row.line, name), words)
        return cast(RowT, row_class.model_construct(line=row.line, **values))


def _values(row_class: type[SourceRow], cells: Mapping[str, str]) -> dict[str, Any]:
    """The cells by field of the row; a field of translated columns holds their texts by language."""
    values: dict[str, Any] = {name: text or None for name, text in cells.items()}
    for field, column in row_class.translated_columns().items():
        values[field] = {language: values.pop(f"{column}_{language}") for language in _languages_of(cells, column)}
    return values


def column_of(row_class: type[SourceRow], location: Sequence[int | str]) -> str:
    """The column of a value, by its location in the row."""
    column = row_class.translated_columns().get(str(location[0]))
    return str(location[0]) if column is None else f"{column}_{location[1]}"


def _check_spaces(table: TextTable, row: TextRow, row_class: type[SourceRow], faults: FaultList) -> None:
    for name, text in zip(table.header, row.cells, strict=True):
        if text != text.strip() and name not in row_class.verbatim_columns():
            shown = "" if name in row_class.private_columns() else f" {quoted(text)}"
            found = f"The value{shown} begins or ends with a space or a line break."
            faults.add("stray-space", table.path, table.place(row.line, name), found)


def _check_types(table: TextTable, row: TextRow, faults: FaultList) -> None:
    """A workbook whose rows are read here holds text only: a number cell has lost its leading zeros."""
    for name, text, cell_type in zip(table.header, row.cells, row.types or (), strict=False):
        if cell_type != "text":
            found = f"The cell holds a {cell_type}, {quoted(text)}."
            faults.add("not-a-text-cell", table.path, table.place(row.line, name), found)


def check_unique(
    path: Path,
    rows: Sequence[RowT],
    fields: Sequence[str],
    faults: FaultList,
    place: Callable[[int, str], str] = line_place,
) -> None:
    """Note each value of `fields` that stands on several rows; an empty value repeats nothing."""
    seen: dict[tuple[str | None, ...], list[RowT]] = defaultdict(list)
    for row in rows:
        seen[tuple(getattr(row, field) for field in fields)].append(row)
    for key, repeated in seen.items():
        if len(repeated) > 1 and None not in key:
            row_class = type(repeated[0])
            names = [row_class.model_fields[field].alias or field for field in fields]
            shown = [
                quoted(value) for name, value in zip(names, key, strict=True) if name not in row_class.private_columns()
            ]
            found = f"{listed(shown) or 'The same'} stands on lines {listed(row.line for row in repeated)}."
            faults.add("repeated-key", path, place(repeated[1].line, names[-1]), found, key=" and ".join(names))
