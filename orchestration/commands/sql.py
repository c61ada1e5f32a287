"""A query on a release, for people as a table on the terminal, for programs as CSV or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from rich.table import Table
from rich.text import Text

from faults.errors import visible
from faults.told import ExitCode, WrongUsage
from orchestration.dagster.progress import Terminal
from publish.reading.asking import LONGEST_QUERY, Answer, QueryRefused, Value, ask
from publish.reading.limits import Limits
from publish.releases import spreadsheets
from store import state
from store.paths import DataPaths

ROWS_SHOWN = 1000  # on the terminal, and
ROWS_WRITTEN = 1_000_000  # to a file; --limit
ROWS_ONE_BY_ONE = 20  # where columns have no room, each row is a block of lines
LONGEST_CELL = 300  # characters on the terminal
NARROWEST = 30  # characters that each column needs; with less, rows go one by one
FORMS = ("table", "csv", "json")


def answer_query(
    paths: DataPaths, query: str, release: int | None, form: str, limits: Limits, n_rows: int | None, console: Terminal
) -> ExitCode:
    """Run a query and print its answer; DONE, or WRONG_INPUT where a program got less than all without asking so.

    Raises WrongUsage when there is no such release, and QueryRefused.
    """
    most = n_rows or (ROWS_SHOWN if form == "table" else ROWS_WRITTEN)
    answer = ask(_file_of(paths, release), query, replace(limits, rows=most))
    if form == "table":
        print_answer(answer, console, None if n_rows else ROWS_ONE_BY_ONE)
        return ExitCode.DONE
    (write_csv if form == "csv" else write_json)(answer, sys.stdout)
    if not answer.more:
        return ExitCode.DONE
    print(f"The first {most:,} rows were written, there are more: raise --limit.", file=sys.stderr)
    return ExitCode.DONE if n_rows else ExitCode.WRONG_INPUT


def query_of(given: str | None, file: TextIO) -> str:
    """The query of the command line, or what stands in `file` when there is none or it is -. Raises QueryRefused."""
    is_file = given is None or given == "-"
    if is_file and file.isatty():
        print("Write a query, then press Ctrl-D.", file=sys.stderr)
    try:
        query = file.read(LONGEST_QUERY + 1) if is_file else str(given)
        query.encode()
    except UnicodeError:
        raise QueryRefused("The query is not UTF-8. Save it as UTF-8 and run it again.") from None
    return query


def _file_of(paths: DataPaths, number: int | None) -> Path:
    files = state.release_files(paths.releases)
    chosen = number if number is not None else state.current_release(paths)
    if chosen in files:
        return files[chosen]
    if number is None:
        raise WrongUsage(f"There is no release at {paths.shown(paths.current)}. Make one: kuntakysely refresh.")
    listed = ", ".join(map(str, sorted(files))) or "none"
    raise WrongUsage(f"There is no release {number} under {paths.shown(paths.releases)}. On disk: {listed}.")


def print_answer(answer: Answer, console: Terminal, n_one_by_one: int | None = None) -> None:
    """A table where the terminal is wide enough; else row by row, at most `n_one_by_one` of them."""
    rows = [[_shown(value) for value in row] for row in answer.rows]
    shown = len(rows)
    if _fits(answer.columns, rows, console.width):
        console.print(_table(answer.columns, rows, _numeric(rows)))
    else:
        shown = min(len(rows), n_one_by_one or len(rows))
        for number, row in enumerate(rows[:shown], start=1):
            _print_row(answer.columns, row, number, console)
    console.say(_said_of_rows(len(rows), shown, answer.more))


def _said_of_rows(n: int, shown: int, more: bool) -> str:
    if more:
        return f"The first {shown:,} rows; there are more. See them with --limit, --csv or --json."
    if shown < n:
        return f"The first {shown:,} of {n:,} rows. Name fewer columns, or see all with --limit, --csv or --json."
    return f"{n:,} row{'' if n == 1 else 's'}"


def _fits(columns: Sequence[str], rows: Sequence[Sequence[Text]], width: int) -> bool:
    """Whether every column has room for its longest cell, or for NARROWEST characters of it."""
    needed = [min(NARROWEST, max(len(name), *(row[i].cell_len for row in rows), 0)) for i, name in enumerate(columns)]
    return sum(needed) + 3 * len(columns) + 1 <= width


def _numeric(rows: Sequence[Sequence[Text]]) -> set[int]:
    return {i for row in rows for i, cell in enumerate(row) if cell.justify == "right"}


def _table(columns: Sequence[str], rows: Sequence[Sequence[Text]], numeric: set[int]) -> Table:
    table = Table()
    for i, name in enumerate(columns):
        table.add_column(Text(visible(name)), justify="right" if i in numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _print_row(columns: Sequence[str], row: Sequence[Text], number: int, console: Terminal) -> None:
    console.say(f"row {number}", "bold")
    widest = max(map(len, columns))
    for name, cell in zip(columns, row, strict=True):
        console.print(Text.assemble(f"  {visible(name):<{widest}}  ", (cell.plain, cell.style)), soft_wrap=True)


def _shown(value: Value) -> Text:
    """A cell: numbers to the right, nothing told apart from an empty text, a long text cut."""
    if value is None:
        return Text("null", style="dim")
    text = visible(in_text(value))
    cut = text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Text(cut, justify="right" if is_number else None)


def in_text(value: Value) -> str:
    """A value as the exported files write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def write_csv(answer: Answer, file: TextIO) -> None:
    """A header and the rows, as the exported files have them."""
    spreadsheets.write_csv(file, answer.columns, ([in_text(value) for value in row] for row in answer.rows))


def write_json(answer: Answer, file: TextIO) -> None:
    """A list of objects, a line each. Raises QueryRefused when two columns have one name."""
    twice = next((name for name in answer.columns if answer.columns.count(name) > 1), None)
    if twice is not None:
        raise QueryRefused(f"Two columns are called {visible(twice)}, and JSON needs names: give one another with AS.")
    file.write("[")
    for number, row in enumerate(answer.rows):
        named = json.dumps(dict(zip(answer.columns, row, strict=True)), ensure_ascii=False)
        file.write(f"{',' if number else ''}\n{named}")
    file.write("\n]\n")
