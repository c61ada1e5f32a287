"""What is printed is text: no markup, no control characters, whoever wrote it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.table import Table

from faults.errors import Fault
from orchestration.dagster.progress import Terminal

HOSTILE = "[red]x[/red] :warning: \x1b[2J\x1b]0;title\x07 \x9b5n a\u202eb \u2066c"
SHOWN = "[red]x[/red] :warning: \\u001b[2J\\u001b]0;title\\u0007 \\u009b5n a\\u202eb \\u2066c"


def printed(console: Console, file: io.StringIO) -> str:
    table = Table("name", title=HOSTILE)
    table.add_row(HOSTILE)
    console.width = 160
    console.print(HOSTILE)
    console.print(table)
    return file.getvalue()


def test_terminal_shows_what_is_there() -> None:
    file = io.StringIO()
    assert printed(Terminal(file), file).count(SHOWN) == 3


def test_console_of_the_library_is_seen() -> None:
    file = io.StringIO()
    assert SHOWN not in printed(Console(file=file), file)


@pytest.mark.parametrize("part", ["file", "place", "found", "expected", "advice"])
def test_fault_is_one_visible_line(part: str) -> None:
    sentences = {"code": "c", "file": "f", "place": "p", "found": "F.", "expected": "E.", "advice": "A."}
    said = str(Fault(**(sentences | {part: f"{HOSTILE}\nline 2\r\u0085"})))
    assert SHOWN in said or part == "expected"
    assert said.isprintable()
