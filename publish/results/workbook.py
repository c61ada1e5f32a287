"""A round's sheets as a workbook (.xlsx). Of the same release it is the same, byte for byte.

Whatever somebody wrote is a text: XlsxWriter is asked for texts and numbers, never for a formula or a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from io import BytesIO
from itertools import chain, count
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from publish.results.reading import RoundResults
from publish.results.sheets import Sheet, Sheets
from publish.writing.words import Words

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Look = Mapping[str, object]
LONGEST = 32_767  # characters of a cell
HEADER = 3  # the row of the header, below title, round and banner
A4 = 9
NARROWEST, WIDEST, WIDEST_ALONE = 8, 36, 90  # of columns; alone: the last of texts only
LINE, MOST_LINES = 15, 27  # points; nobody else measures lines: LibreOffice opens a row without a height as one line
SAME: Look = {"valign": "top", "text_wrap": True}
HEAD: Look = {"bold": True, "bottom": 1, "bg_color": "#E8EEF4"}
FAINT = "#6B6B6B"
LOOKS: Mapping[str, Look] = {
    "title": {"bold": True, "font_size": 14, "text_wrap": False}, "head": {"bold": True, "text_wrap": False},
    "first header": HEAD, "header": {**HEAD, "align": "left", "indent": 1},
    "header of figures": {**HEAD, "align": "right"},
    "first": {"bold": True}, "again": {"font_color": FAINT, "text_wrap": False},
    "hidden": {"italic": True, "align": "right", "font_color": FAINT}, "ruled": {"top": 1, "top_color": "#C8D0D8"},
    "text": {"num_format": "@", "align": "left", "indent": 1}, "count": {"num_format": "#,##0"},
    "points": {"num_format": '+0;"−"0;0'}, "number": {"num_format": "#,##0.0"}, "printed": {},
    "listed str": {"num_format": "@"}, "listed int": {"num_format": "#,##0", "align": "left"},
}  # fmt: skip
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
NOT_IN_A_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def workbook(results: RoundResults) -> bytes:
    """The workbook of a round, in one language."""
    words = Words(results.labels.language)
    sheets, title = Sheets(results, words), results.labels.of("round", results.round["round_key"])
    return written(sheets.all(), (title, sheets.banner()), words, datetime.combine(results.last_change.day, time()))


def written(sheets: Iterable[Sheet], heads: Sequence[str], words: Words, created: datetime) -> bytes:
    """A workbook of these sheets. `heads`, a title and more, stand above each: sheets are copied one by one."""
    from xlsxwriter import Workbook

    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        book.set_properties({"title": plain(heads[0]), "created": created})
        book.set_custom_property("Language", words.language)
        writer = _Writer(book, words, heads)
        for sheet in sheets:
            writer.write(sheet)
    return made.getvalue()


def plain(text: str) -> str:
    """A text as a cell can hold it: without signs that no such file may have, and no longer than a cell may be."""
    readable = NOT_IN_A_TEXT.sub(" ", text)
    return readable if len(readable) <= LONGEST else f"{readable[: LONGEST - 1]}…"


def sheet_name(title: str, taken: Sequence[str]) -> str:
    """A title as a sheet can be called, and no other is."""
    name = NOT_IN_A_NAME.sub(" ", title)[:31].strip(" '") or "-"
    names = chain([name], (f"{name[:28]} {number}" for number in count(2)))
    return next(each for each in names if each.casefold() not in {other.casefold() for other in taken})


class _Writer:
    """Writes sheets into a workbook."""

    def __init__(self, book: Workbook, words: Words, heads: Sequence[str]) -> None:
        percent = words.locale.percent_formats[None].pattern.replace("\xa0", " ")
        shares = {"share": {"num_format": percent}, "listed float": {"num_format": percent, "align": "left"}}
        self.book, self.heads = book, heads
        self.formats = {name: book.add_format({**SAME, **look}) for name, look in {**LOOKS, **shares}.items()}

    def write(self, sheet: Sheet) -> None:
        page = self.book.add_worksheet(sheet_name(sheet.title, [other.name for other in self.book.worksheets()]))
        page.write_string(0, 0, plain(sheet.title), self.formats["title"])
        for number, text in enumerate(self.heads, 1):
            page.write_string(number, 0, plain(text), self.formats["head"])
        self._list(page, sheet) if sheet.is_list else self._table(page, sheet)
        _print(page)

    def _list(self, page: Worksheet, sheet: Sheet) -> None:
        page.set_column(0, 0, WIDEST)
        page.set_column(1, 1, WIDEST_ALONE)
        for number, (name, value) in enumerate(sheet.rows, HEADER):
            form = self.formats[f"listed {type(value).__name__}"]
            _put(page, number, 0, name, form, self.formats["first"])
            _put(page, number, 1, value, form, form)
            _heighten(page, number, [(name, WIDEST), (value, WIDEST_ALONE)])

    def _table(self, page: Worksheet, sheet: Sheet) -> None:
        widths = [_width(sheet, place) for place in range(len(sheet.columns))]
        for place, (column, width) in enumerate(zip(sheet.columns, widths, strict=True)):
            page.set_column(place, place, width)
            look = "header of figures" if column.kind != "text" else "header" if place else "first header"
            page.write_string(HEADER, place, plain(column.title), self.formats[look])
        _heighten(page, HEADER, [(column.title, width) for column, width in zip(sheet.columns, widths, strict=True)])
        self._rows(page, sheet, widths)
        _lay_out(page, HEADER + len(sheet.rows), len(sheet.columns) - 1, self.formats["ruled"])

    def _rows(self, page: Worksheet, sheet: Sheet, widths: Sequence[int]) -> None:
        """A first cell that says again what the one above says is faint, and one line high."""
        figures = [self.formats[column.kind] for column in sheet.columns]
        texts = [self.formats["text" if column.kind == "text" else "hidden"] for column in sheet.columns]
        before = None
        for number, row in enumerate(sheet.rows, HEADER + 1):
            is_again, before = row[0] == before, row[0]
            texts[0] = self.formats["again" if is_again else "first"]
            for place, value in enumerate(row):
                _put(page, number, place, value, figures[place], texts[place])
            _heighten(page, number, [*zip(row, widths, strict=True)][is_again:])


def _put(page: Worksheet, row: int, place: int, value: Any, form: Format, of_text: Format) -> None:
    if isinstance(value, str):
        page.write_string(row, place, plain(value), of_text)
    elif value is not None:
        page.write_number(row, place, value, form)


def _heighten(page: Worksheet, row: int, texts: Sequence[tuple[object, int]]) -> None:
    """Make room for the texts of a row that need more than a line, in columns of these widths."""
    longer = [(text, width) for text, width in texts if isinstance(text, str) and len(text) > width]
    if longer:
        lines = max(len(wrap(text, width + 2)) for text, width in longer)
        page.set_row(row, LINE * max(1, min(lines, MOST_LINES)))


def _width(sheet: Sheet, place: int) -> int:
    """As wide as the words of the title, and as the texts, within bounds."""
    column = sheet.columns[place]
    word = max(map(len, column.title.split()), default=0) + 2
    if column.kind != "text":
        return max(word, NARROWEST)
    has_room = column is sheet.columns[-1] and all(each.kind == "text" for each in sheet.columns)
    longest = max(len(row[place] or "") for row in sheet.rows) + 3
    return min(max(word, longest, NARROWEST), WIDEST_ALONE if has_room else WIDEST)


def _lay_out(page: Worksheet, bottom: int, last: int, line: Format) -> None:
    """Fix the header, let rows be chosen, and rule a line where the second column says another thing."""
    top = HEADER + 1
    page.freeze_panes(top, 0)
    page.autofilter(HEADER, 0, bottom, last)
    page.repeat_rows(0, HEADER)
    page.print_area(0, 0, bottom, last)
    other = {"type": "formula", "criteria": f"=$B{top + 1}<>$B{top}", "format": line}
    page.conditional_format(top, 0, bottom, last, other)


def _print(page: Worksheet) -> None:
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.set_footer("&L&A&R&P / &N")
