"""One query of a reader, answered in a process of its own that has limits and can be ended at any moment.

DuckDB's own limits are not enough: memory_limit leaves out what a function makes (`repeat`), there is no limit of time,
and not everything listens to an interrupt. The operating system's limits hold whatever the query does.
"""

from __future__ import annotations

import json
import math
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import duckdb

from faults.errors import visible
from faults.told import ToldError
from publish.reading.limits import Limits
from publish.reading.opening import THREADS, opened
from store.paths import PROJECT_ROOT

OVERHEAD_MB = 512  # what Python, DuckDB's code and its threads take besides the memory of a query
LONGEST_QUERY = 1_000_000  # characters
BATCH = 1000  # rows that are sent at a time

READ_ONLY_KINDS = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}
WHAT_READS = "SELECT, FROM, WITH, PIVOT, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN"
WHAT_THERE_IS = '`kuntakysely sql "show tables"` lists the tables, "describe headline_result" the columns of one'
OUT_OF_REACH = (
    "Files, network, extensions, settings and other databases are out of reach: read the tables of the release. "
    f"{WHAT_THERE_IS}"
)
# Every type whose conversion needs a module or a file of Python, asked for once while files can still be opened.
WARM_UP = "select now(), uuid(), 1.5, date '2023-01-01', time '10:00', interval 1 day, [1], {'a': 1}"

# Isolated from the environment and the working folder (-I), so the project's own folder is named to it.
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from publish.reading.asking import serve; serve()"

Value = Any  # None, bool, int, float, str, or lists and dicts of them: what JSON can say


class QueryRefused(ToldError):
    """There is no answer, or no more of it; the message says why and what to do."""


@dataclass
class Answer:
    """Columns, then rows as they come. `more`, known once the rows are read: there were more than the limit."""

    columns: list[str]
    rows: Iterator[list[Value]]
    more: bool = field(default=False)


def ask(file: Path, query: str, limits: Limits) -> Answer:
    """The answer to a query on the release `file`. Raises QueryRefused, also while the rows are read."""
    messages = _messages(file, query, limits)
    answer = Answer(next(messages)["columns"], iter(()))
    answer.rows = _rows(messages, answer)
    return answer


def _rows(messages: Iterator[Any], answer: Answer) -> Iterator[list[Value]]:
    for message in messages:
        if isinstance(message, list):
            yield message
        else:
            answer.more = message["more"]


def _messages(file: Path, query: str, limits: Limits) -> Iterator[Any]:
    """What the child says: an object with the columns, a list for each row, an object at the end."""
    command = [sys.executable, "-I", "-c", PROGRAM, str(PROJECT_ROOT)]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={}
    )
    assert child.stdin and child.stdout
    try:
        json.dump({"file": str(file), "query": query, "limits": asdict(limits)}, child.stdin)
        child.stdin.close()
        is_whole = False
        for line in child.stdout:
            message = json.loads(line)
            if isinstance(message, dict) and "refused" in message:
                raise QueryRefused(message["refused"])
            yield message
            is_whole = isinstance(message, dict) and "more" in message
        if not is_whole:
            raise QueryRefused(_said_of_death(child.wait(), limits))
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def _said_of_death(returncode: int, limits: Limits) -> str:
    if -returncode in (signal.SIGALRM, signal.SIGXCPU):
        return (
            f"The query was ended after {limits.seconds:g} s. Ask for less at a time (fewer rows, a narrower "
            f"join), or allow more: --seconds {2 * limits.seconds:g}."
        )
    return (
        "The query ended the process that ran it, and nothing else: it is nested too deeply, or it needs much more "
        f"memory than {limits.memory_mb} MB. Write it more simply, or allow more: --memory {2 * limits.memory_mb}."
    )


def _said_of_memory(limits: Limits) -> str:
    return (
        f"The query needs more memory than {limits.memory_mb} MB. Ask for less at a time (fewer rows, a narrower "
        f"join), or allow more: --memory {2 * limits.memory_mb}."
    )


def serve() -> None:
    """The child's side: the request comes on standard input, the answer goes where standard output was."""
    # A copy, because a query can make DuckDB itself write to standard output (enable_logging).
    with ExitStack() as held, os.fdopen(os.dup(1), "w", encoding="utf-8") as channel:
        os.dup2(2, 1)
        request = json.load(sys.stdin)
        limits = Limits(**request["limits"])
        try:
            connection = _opened(Path(request["file"]), limits, held)
            _limit(limits)
            _answer(connection, request["query"], limits, channel)
        except QueryRefused as refusal:
            _say(channel, {"refused": str(refusal)})
        except (duckdb.OutOfMemoryException, MemoryError):
            _say(channel, {"refused": _said_of_memory(limits)})
        except duckdb.Error as error:
            _say(channel, {"refused": describe_error(error, request["query"])})
        channel.flush()
        os._exit(0)  # closing a connection whose query still runs would wait for it


def _opened(file: Path, limits: Limits, held: ExitStack) -> duckdb.DuckDBPyConnection:
    try:
        more_settings = {"memory_limit": f"{limits.memory_mb}MB", "errors_as_json": "true"}
        connection = held.enter_context(opened(file, **more_settings))
        connection.execute(WARM_UP).fetchall()
    except duckdb.Error as error:
        raise QueryRefused(
            f"The release cannot be opened: {_message(error)}. Ask an earlier one (--release), go back to it with "
            "kuntakysely rollback, or make a new one: kuntakysely refresh."
        ) from None
    return connection


def _answer(connection: duckdb.DuckDBPyConnection, query: str, limits: Limits, channel: TextIO) -> None:
    check(connection, query)
    connection.execute(query)
    _say(channel, {"columns": [column[0] for column in connection.description or ()]})
    n_left, n_characters = limits.rows, 0
    while rows := connection.fetchmany(min(BATCH, n_left + 1)):
        n_characters += _write(channel, rows[:n_left])
        if n_characters > limits.characters:
            raise QueryRefused(
                f"The answer is longer than {limits.characters:,} characters, and no more of it is given. Ask for "
                "fewer columns or rows at a time."
            )
        if len(rows) > n_left:
            break
        n_left -= len(rows)
    _say(channel, {"more": bool(rows)})


def _limit(limits: Limits) -> None:
    """From here on: so much memory and time, and no file or socket is opened or written any more, by nobody here."""
    memory = (limits.memory_mb + OVERHEAD_MB) * 1024**2
    cpu = (math.ceil(limits.seconds) + 1) * (THREADS + 1)
    for what, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(what, (limit, limit))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # the system ends the process, whatever it is in the middle of
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)


def check(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """One statement that reads. What holds is the settings; this is for people, who get a sentence of their own.

    Raises QueryRefused, and duckdb.Error when it is no SQL.
    """
    if len(query) > LONGEST_QUERY:
        raise QueryRefused(f"The query is longer than {LONGEST_QUERY:,} characters. Ask for less at a time.")
    statements = connection.extract_statements(query)
    # PIVOT becomes a type and a query, and only the type has no text.
    written = [each for each in statements if each.type != duckdb.StatementType.CREATE or each.query]
    kinds = [each.type for each in written]
    if not kinds:
        raise QueryRefused(f"There is no statement to run. Write one, like: from headline_result. {WHAT_THERE_IS}.")
    if other := next((kind for kind in kinds if kind not in READ_ONLY_KINDS), None):
        raise QueryRefused(
            f"{other.name.replace('_', ' ')} is not run here, only what reads is: {WHAT_READS}. A release is never "
            "changed; to keep an answer, write it to a file of yours with --csv or --json."
        )
    if len(kinds) > 1:
        raise QueryRefused(f"There are {len(kinds)} statements: an answer is one table. Run them one at a time.")


def _write(channel: TextIO, rows: Sequence[Sequence[object]]) -> int:
    return sum(_say(channel, [plain(value) for value in row]) for row in rows)


def _say(channel: TextIO, message: object) -> int:
    """A line to the parent, while the clock stands still: a reader who scrolls slowly is no slow query."""
    line = json.dumps(message) + "\n"
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    channel.write(line)
    if left:
        signal.setitimer(signal.ITIMER_REAL, left)
    return len(line)


def plain(value: object) -> Value:
    """A value as JSON can say it, without loss: what it has no form for becomes text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Decimal):
        number = float(value)
        return number if Decimal(repr(number)) == value else format(value, "f")
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    return value.hex() if isinstance(value, bytes) else str(value)


def describe_error(error: duckdb.Error, query: str) -> str:
    """DuckDB's message with its place in the query, and what to do."""
    kind, place = str(error).partition(":")[0], _place(_as_json(error).get("position"), query)
    advice = (
        OUT_OF_REACH
        if isinstance(error, duckdb.PermissionException)
        else f"Mend it there. {WHAT_THERE_IS}"
        if place
        else WHAT_THERE_IS
    )
    return f"{place}{kind}: {_message(error)}. {advice}."


def _message(error: duckdb.Error) -> str:
    return visible(" ".join(str(_as_json(error).get("exception_message", error)).split()).rstrip("."))


def _as_json(error: duckdb.Error) -> dict[str, Any]:
    _, brace, rest = str(error).partition("{")
    try:
        return dict(json.loads(brace + rest, strict=False))
    except ValueError:
        return {}


def _place(position: str | None, query: str) -> str:
    """DuckDB counts bytes, people count lines and characters."""
    if position is None:
        return ""
    before = query.encode()[: int(position)].decode(errors="ignore")
    return f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}: "
