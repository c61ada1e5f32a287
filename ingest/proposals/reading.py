"""How an export file is written: its format, and the settings of round.yml that read it."""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from faults.errors import MARK, FaultList
from ingest.codebook.round import DATE_FORMATS
from ingest.proposals.headers import normalised
from ingest.readers import FORMATS, TextTable, read_table
from ingest.readers.cells import ISO_TIMES
from ingest.readers.tables import NO_OPTIONS, CsvLayout, Layout, SheetLayout
from ingest.readers.workbook import shown_sheets

Cells = Sequence[str]

GUESSED_ENCODING = "cp1252"
# By the place of the first zero byte: the first letter of a name is nearly always a plain one.
UNMARKED = ("utf-16-be", "utf-16-le")
# Longer marks first: that of utf-32 begins with that of utf-16.
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
# Excel's own first line of a CSV file.
SEPARATOR_LINE = re.compile("\ufeff?sep=(?P<sign>.)", re.IGNORECASE)
MOST_ROWS_ABOVE = 20  # that are looked at for a header
FEWEST = 2  # headers that are known: one may be chance
DELIMITERS = (";", ",", "\t", "|")
TIMESTAMP_FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M",
    "%d.%m.%Y %H.%M.%S", "%d.%m.%Y %H.%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y klo %H.%M",
    "%m/%d/%y %H:%M:%S", "%d/%m/%y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S",
    "%m/%d/%y %H:%M", "%d/%m/%y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%d/%m/%Y %I:%M %p",
    "%m/%d/%y %I:%M:%S %p", "%d/%m/%y %I:%M:%S %p", "%Y-%m-%d %I:%M:%S %p", "%Y/%m/%d %I:%M:%S %p",
)  # fmt: skip
ISO_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
# Qualtrics writes a third row under the names: a JSON object for each column.
IMPORT_ID = "ImportId"


@dataclass(frozen=True)
class Export:
    """An export file as it was read, and the settings that read it."""

    table: TextTable
    format: str
    layout: Layout
    timezone: str | None = None
    unsure: frozenset[str] = frozenset()

    def wording(self, name: str) -> str:
        """What the respondent saw, where the file says it beside the name of the column; else the name."""
        return self.table.wordings.get(name) or name

    def label(self, name: str, cell: str) -> str:
        """What the respondent chose, where the file says what a cell of the column stands for; else the cell."""
        return self.table.labels.get(name, {}).get(cell) or cell

    def shown(self, name: str) -> dict[str, str]:
        """What respondents chose, normalised, by the value that stands for it in the column."""
        return {cell: normalised(self.label(name, cell)) for cell in self.column(name)}

    def column(self, name: str) -> list[str]:
        """The answers of a column that are not empty, trimmed."""
        index = self.table.header.index(name)
        return [*filter(None, map(str.strip, self.table.rows.columns[index].cells()))]

    def settings(self) -> dict[str, Any]:
        """The settings of round.yml that read the file; those that another value would do for are marked."""
        found = {each.name: getattr(self.layout, each.name) for each in fields(self.layout)}
        given = {name: value for name, value in found.items() if value is not None}
        marked = {name: f"{MARK}{value}" if name in self.unsure else value for name, value in given.items()}
        return {"format": self.format} | marked


def read_export(path: Path, faults: FaultList, known: Collection[str] = ()) -> Export | None:
    """The file, read in the one way that makes a table of it; None with faults.

    `known` are the names, normalised, that a column may have: by them the rows of names are told from titles above.
    """
    ways = list(_ways(path))
    if not ways:
        suffixes = dict.fromkeys(suffix for format_ in FORMATS.values() for suffix in format_.suffixes)
        said = f"The file ends in {path.suffix or 'nothing'}."
        faults.add("unknown-format", path, "", said, suffixes=", ".join(suffixes))
        return None
    # The wrong ways to read a file find faults in it: the best way is taken once more, and tells.
    found = [(name, _headed(read_table(path, layout, FaultList()), layout, known)) for name, layout in ways]
    name, headed = max(found, key=lambda way: way[1].fit)
    table = read_table(path, headed.layout, faults)
    if table is None:
        return None
    named = table.named_apart()
    wordings = {name: text for name, text in zip(named.header, headed.wordings, strict=False) if text.strip()}
    unsure = headed.unsure | ({"sheet"} if sum(isinstance(way, SheetLayout) for _, way in ways) > 1 else set())
    unsure |= {"encoding"} if getattr(headed.layout, "encoding", "utf-8") in (GUESSED_ENCODING, *UNMARKED) else set()
    worded = replace(named, wordings=wordings or named.wordings)
    return Export(worded.without_spare(), name, headed.layout, headed.timezone, frozenset(unsure))


def _ways(path: Path) -> Iterator[tuple[str, Layout]]:
    """Each format whose files end like this one, with each layout that it may have."""
    for name, format_ in FORMATS.items():
        if path.suffix.lower() in format_.suffixes:
            yield from ((name, layout) for layout in _layouts(path, format_.layout))


def _layouts(path: Path, layout: type[Layout]) -> Iterator[Layout]:
    """A workbook that cannot be opened has no sheets: reading any of them tells why."""
    if layout is CsvLayout:
        encoding = _encoding(path)
        said = SEPARATOR_LINE.match(path.read_bytes()[:64].decode(encoding, "ignore"))
        if said and said["sign"] in DELIMITERS:
            yield CsvLayout(encoding, said["sign"], name_row=2, first_data_row=3)
        else:
            yield from (CsvLayout(encoding, delimiter) for delimiter in DELIMITERS)
    elif layout is SheetLayout:
        yield from map(SheetLayout, shown_sheets(path, FaultList()) or [""])
    else:
        yield layout()


def _encoding(path: Path) -> str:
    content = path.read_bytes()
    marked = next((encoding for mark, encoding in MARKS.items() if content.startswith(mark)), None)
    if marked or b"\0" in content[:2]:
        return marked or UNMARKED[content[:2].index(b"\0")]
    with suppress(UnicodeDecodeError):
        content.decode("utf-8")
        return "utf-8"
    return GUESSED_ENCODING


@dataclass(frozen=True)
class _Headed:
    """A layout with the rows of names that were found, how well it fits, and what the rows under the names say."""

    layout: Layout
    fit: tuple[int, int, int]
    wordings: Sequence[str] = ()
    timezone: str | None = None
    unsure: frozenset[str] = frozenset()


def _headed(table: TextTable | None, layout: Layout, known: Collection[str]) -> _Headed:
    """Of a file that describes itself, and of one that cannot be read in this way, the layout as it is."""
    if table is None:
        return _Headed(layout, (-1, 0, 0))
    rows = [table.header, *(row.cells for row in table.rows)]
    if not isinstance(layout, CsvLayout | SheetLayout):
        return _Headed(layout, _fit(rows, known))
    place, is_sure = find_names(rows, known)
    names, *body = rows[place:]
    options = bool(body) and are_options(names, body[0], body[1:])
    is_worded = bool(body) and (are_wordings(names, body[0], body[1:], known) or bool(_import_id(body[1:2])))
    n_under = int(options or is_worded)
    wordings = body[0] if is_worded and not options else ()
    described = _import_id(body[n_under : n_under + 1])
    n_under += bool(described)
    name_row = layout.name_row + place
    layout = replace(
        layout,
        name_row=name_row,
        first_data_row=name_row + 1 + n_under,
        option_row=name_row + 1 if options else None,
    )
    unsure = frozenset(() if is_sure else ("name_row",))
    return _Headed(layout, _fit(rows[place:], known), wordings, described.get("timeZone"), unsure)


def _fit(rows: Sequence[Cells], known: Collection[str]) -> tuple[int, int, int]:
    """Names that are known, then more columns, are better, as long as the rows have them."""
    names, *body = rows
    width, n_fitting = Counter(map(len, body)).most_common(1)[0] if body else (len(names), 0)
    n_columns = min(width, sum(map(bool, names)))
    return (_n_known(names, known), n_columns if n_fitting * 2 >= len(body) else 0, n_fitting)


def _n_known(cells: Cells, known: Collection[str]) -> int:
    return sum(normalised(cell) in known for cell in cells if cell.strip())


def find_names(rows: Sequence[Cells], known: Collection[str]) -> tuple[int, bool]:
    """The place of the row of names, and whether it is sure: titles, empty rows and filters may stand above it."""
    top = rows[:MOST_ROWS_ABOVE]
    n_filled = [sum(bool(cell.strip()) for cell in row) for row in top]
    n_known = [_n_known(row, known) for row in top]
    named = [
        place for place, n in enumerate(n_known) if n >= FEWEST and n * 4 >= n_filled[place] and n * 2 >= max(n_known)
    ]
    if not named:
        place = next(place for place, n in enumerate(n_filled) if n * 2 >= max(n_filled))
        return place, place == 0
    place = named[0]
    while place and _are_above(top[place - 1], top[place]):
        place -= 1
    return place, True


def _are_above(cells: Cells, names: Cells) -> bool:
    """Whether a row is of names, too: short ones above what is known of the codebook."""
    return all(cell.strip() for cell, name in zip_longest(cells, names, fillvalue="") if name.strip())


def are_wordings(names: Cells, cells: Cells, body: Sequence[Cells], known: Collection[str]) -> bool:
    """Whether the row under the names says them again in words: none of it is a number or a time, and it has names
    that are known, or words where every row below has a number or a time."""
    if any(map(_is_number, cells)):
        return False
    own = [cell for cell, name in zip(cells, names, strict=False) if cell != name]
    return _n_known(own, known) >= FEWEST or sum(map(bool, _above_numbers(cells, body))) >= FEWEST


def are_options(names: Cells, cells: Cells, body: Sequence[Cells]) -> bool:
    """Whether the row under the names holds the options of questions: it has them under blanks, and is no answer."""
    under_blanks = [cell.strip() for name, cell in zip(names, cells, strict=False) if not name.strip()]
    is_told = any(cell.strip() in NO_OPTIONS[1:] for cell in cells) or (under_blanks and all(under_blanks))
    return bool(is_told and not any(map(_is_number, cells)) and _above_numbers(cells, body))


def _above_numbers(cells: Cells, body: Sequence[Cells]) -> list[str]:
    """The cells, trimmed, of the columns that have a number or a time in every row below; rows may be wider."""
    columns = zip_longest(*body[:MOST_ROWS_ABOVE], fillvalue="")
    filled = ([cell for cell in column if cell.strip()] for column in columns)
    return [
        cell.strip() for cell, column in zip(cells, filled, strict=False) if column and all(map(_is_number, column))
    ]


def _is_number(cell: str) -> bool:
    """Whether a cell is a number or a time: mostly digits, the first sign among them."""
    text = cell.strip().lstrip("+-")
    return text[:1].isdecimal() and sum(map(str.isdecimal, text)) * 2 > len(text)


def _import_id(rows: Sequence[Cells]) -> Mapping[str, str]:
    """What the row of import ids says of its first column; nothing where it is none."""
    with suppress(ValueError, IndexError):
        described = json.loads(rows[0][0])
        return described if isinstance(described, dict) and IMPORT_ID in described else {}
    return {}


def timestamp_formats(texts: Sequence[str]) -> list[str]:
    """The forms in which every one of the texts can be read; one without a digit, as "[not completed]", is no time."""
    moments = [text for text in texts if any(map(str.isdigit, text))] or texts
    forms = [form for form in TIMESTAMP_FORMATS if all(_is_written(text, form) for text in moments)]
    return forms or ([ISO_TIMES] if all(map(ISO_MOMENT.fullmatch, moments)) and are_iso(moments) else [])


def dates_in(texts: Sequence[str]) -> list[str]:
    """Those of the texts that are a date in one of the forms that a round can have."""
    return [text for text in texts if any(_is_written(text, form) for form in DATE_FORMATS)]


def date_formats(dates: Sequence[str]) -> list[str]:
    """The forms in which every one of the dates can be read."""
    return [form for form in DATE_FORMATS if all(_is_written(date, form) for date in dates)]


def are_iso(texts: Sequence[str]) -> bool:
    """Whether every one of the texts is a moment as ISO writes it."""
    return all(_is_written(text, None) for text in texts)


def _is_written(text: str, form: str | None) -> bool:
    try:
        datetime.fromisoformat(text) if form is None else datetime.strptime(text, form)
    except ValueError:
        return False
    return True
