"""Slips of SQL and of models: whoever made one sees the whole message.

SQL is parsed, its names looked up and its types settled before a row is read: such a message quotes the statement, in
which no answer stands, and names. An error that comes while rows are read (a conversion, a constraint) can quote one.
"""

from __future__ import annotations

import re
import traceback
from pathlib import Path

import duckdb

from store.fingerprint import CODE_FOLDERS
from store.paths import PROJECT_ROOT

KINDS = ("Parser", "Binder", "Catalog")
CLASSES = {f"{kind}Exception" for kind in KINDS}
# dbt's own words come first, then those of what it met; in the middle of a message they may be an answer's.
OF_MODEL = re.compile(
    r"(Compilation Error in model \w+ \((?P<compiled>[\w/.]+)\)\s"
    rf"|(Runtime|Database) Error in model \w+ \((?P<run>[\w/.]+)\)\s+({'|'.join(KINDS)}) Error: )"
)
QUOTED = re.compile(r"^\s*LINE \d+: (?:\.\.\.)?(.*?)(?:\.\.\.)?$", re.MULTILINE)
NAMED = re.compile(r"[\"']([^\"']+)[\"']|name (\w+)")


def describe_slip(error: BaseException) -> str | None:
    """DuckDB's message where an error is a slip in the SQL of our code, and the line of it; else None."""
    if type(error).__name__ not in CLASSES or not isinstance(error, duckdb.Error):
        return None
    own = [each for each in traceback.extract_tb(error.__traceback__) if _is_own(Path(each.filename))]
    where = f"{Path(own[-1].filename).relative_to(PROJECT_ROOT)}, line {own[-1].lineno}: " if own else ""
    return f"{where}{error}".strip()


def _is_own(file: Path) -> bool:
    return file.is_relative_to(PROJECT_ROOT) and file.relative_to(PROJECT_ROOT).parts[0] in CODE_FOLDERS


def slip_in_model(message: str, project: Path) -> str | None:
    """What dbt says of a model where that is such a slip, with its file and line; else None."""
    found = OF_MODEL.match(message)
    if not found:
        return None
    file = found["run"] or found["compiled"]
    return f"{project.name}/{file}{_line_of(project / file, message[found.end() :])}: {message.strip()}"


def _line_of(file: Path, message: str) -> str:
    """dbt counts lines of what it makes of a model. Ours is the one that has the text, or the name, that is quoted,
    where one alone has it."""
    quoted = QUOTED.search(message) or NAMED.search(message)
    text = next(filter(None, quoted.groups()), "").strip() if quoted else ""
    if not text or not file.is_file():
        return ""
    numbers = [i for i, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if text in line]
    return f", line {numbers[0]}" if len(numbers) == 1 else ""
