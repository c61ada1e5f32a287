"""The sheet in which a person codes: a row for each text, a column for each code. Private: respondents wrote the texts.

Every cell is a text, so that nothing that somebody wrote is taken for a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from faults.errors import FaultList
from faults.suggestions import quoted
from ingest.coding.task import Codes, Task
from ingest.readers import CsvLayout, SheetLayout, TextRow, TextTable, read_table
from ingest.readers.rows import is_fit
from ingest.readers.tables import add_wrong_delimiter, column_letters, is_delimiter_wrong
from store.durable import write_whole

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

SHEET = "texts"
ID, TEXT, NONE = "response_id", "text", "(none)"
NONE_LABEL = "None of the codes is in the text"
TICK, MARKS = "x", {"x": True, "1": True, "": False}
N_ROWS_ABOVE = 2  # of the texts: the names of the columns, and their labels
TEXT_WIDTH, WIDTH = 80, 16
LONGEST = 32_767  # characters of a cell
NOT_IN_A_CELL = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
AddFault = Callable[..., None]


def columns_of(task: Task) -> list[str]:
    """The names of the columns: of the response, its text, the codes, and that there is none."""
    return [ID, TEXT, *(choice.code for choice in task.choices), NONE]


def write_sheet(task: Task, path: Path) -> None:
    """The sheet of a task; what was coded is ticked."""
    from xlsxwriter import Workbook

    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        page, look = book.add_worksheet(SHEET), book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        for number, row in enumerate(_rows(task)):
            for place, text in enumerate(row):
                page.write_string(number, place, text, look)
        _lay_out(page, len(columns_of(task)))
    write_whole(path, made.getvalue())


def _rows(task: Task) -> Iterator[list[str]]:
    language = task.survey.settings.languages[0]
    labels = [str(choice.labels[language]) for choice in task.choices]
    yield columns_of(task)
    yield ["", str(task.survey.questions_by_id[task.question_id].labels[language]), *labels, NONE_LABEL]
    for response_id, text in task.texts.items():
        codes = task.coded.get(response_id)
        ticks = [TICK if code in (codes or ()) else "" for code in columns_of(task)[2:-1]]
        yield [response_id, _in_a_cell(text), *ticks, TICK if codes == () else ""]


def _lay_out(page: Worksheet, n_columns: int) -> None:
    page.set_column(0, n_columns - 1, WIDTH)
    page.set_column(1, 1, TEXT_WIDTH)
    page.freeze_panes(N_ROWS_ABOVE, 2)


def _in_a_cell(text: str) -> str:
    return NOT_IN_A_CELL.sub(" ", text)[:LONGEST]


def read_sheet(task: Task, path: Path, faults: FaultList) -> dict[str, Codes]:
    """What a person ticked: the codes of each text in the sheet. Complete only where nothing was noted."""
    layout = CsvLayout() if path.suffix.lower() == ".csv" else SheetLayout(SHEET)
    table = read_table(path, layout, faults)
    if table is None or not _has_columns(table, columns_of(task), faults):
        return {}
    read: dict[str, Codes] = {}
    unticked = []
    for row in table.rows:
        cells = {name: cell.strip() for name, cell in zip(table.header, row.cells, strict=False)}
        if is_fit(table, row, faults) and not _is_of_labels(cells):
            add = partial(_add, faults, table, row)
            _check_text(task, cells, read, add)
            codes = _codes(task, cells, add)
            unticked += [row] if codes is None else []
            read[cells[ID]] = codes or ()
    if unticked:
        _add_unticked(partial(_add, faults, table, unticked[0]), len(unticked))
    return read


def _has_columns(table: TextTable, expected: Sequence[str], faults: FaultList) -> bool:
    """Whether the names of the columns are above all else. What stands there instead may be what somebody wrote, and is
    not told."""
    if table.header == tuple(expected):
        return True
    if is_delimiter_wrong(table.header, expected):
        add_wrong_delimiter(table, faults)
        return False
    pairs = zip_longest(table.header, expected)
    place, name = next((place, name) for place, (found, name) in enumerate(pairs, start=1) if found != name)
    is_not = f"is not called {quoted(name)}" if name else "is one too many"
    found = f"Column {column_letters(place)} {is_not}."
    faults.add("wrong-columns", table.path, table.header_place(), found, columns=",".join(expected))
    return False


def _is_of_labels(cells: Mapping[str, str]) -> bool:
    """Whether a row is that of the labels, which may be gone, or somewhere else in a sheet that was sorted."""
    return (cells.get(ID), cells.get(NONE)) == ("", NONE_LABEL)


def _add_unticked(add: AddFault, n_rows: int) -> None:
    """One fault of all rows without a tick: of a sheet that is half done they are many."""
    others = f", nor in {n_rows - 1} further down" if n_rows > 1 else ""
    add("not-coded", NONE, f"Nothing is ticked in the row{others}.")


def _add(faults: FaultList, table: TextTable, row: TextRow, code: str, column: str, found: str, **values: str) -> None:
    faults.add(code, table.path, table.place(row.line, column), found, **values)


def _check_text(task: Task, cells: Mapping[str, str], read: Mapping[str, Codes], add: AddFault) -> None:
    """The text is one that is delivered now. Nothing of it is told."""
    text = task.texts.get(cells[ID])
    if text is None:
        add("row-of-no-response", ID, "The round has no text of this response now.")
    elif _words(cells[TEXT]) != _words(_in_a_cell(text)):
        add("changed-text", TEXT, "The text is not the one that is delivered now.")
    if cells[ID] in read:
        add("repeated-text", ID, "The response stands on a row before, too.")


def _words(text: str) -> list[str]:
    """A text as spreadsheet programs leave it: they write line ends in their own way."""
    return text.split()


def _codes(task: Task, cells: Mapping[str, str], add: AddFault) -> Codes | None:
    """The codes that are ticked in a row; None where nothing is."""
    marks = {column: MARKS.get(cells[column].casefold()) for column in columns_of(task)[2:]}
    for column, mark in marks.items():
        if mark is None:
            add("unknown-mark", column, "The mark is neither x nor 1, and the cell is not blank.")
    ticked = [column for column, mark in marks.items() if mark]
    if None not in marks.values():
        _check_alone(task, ticked, add)
        if not ticked:
            return None
    return tuple(code for code in ticked if code != NONE)


def _check_alone(task: Task, ticked: list[str], add: AddFault) -> None:
    alone = {NONE, *(choice.code for choice in task.choices if choice.is_exclusive == "1")} & {*ticked}
    if alone and len(ticked) > 1:
        first, *_ = sorted(alone)
        add("contradicting-marks", first, f"{quoted(first)} is ticked, and others are ticked too.", first=quoted(first))
