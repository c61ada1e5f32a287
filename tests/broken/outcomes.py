"""What becomes of an input of the corpus, as its expected.txt says it: the messages, or every row with its answers."""

from __future__ import annotations

import json
import shutil
import signal
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import duckdb
import pytest

from faults.errors import InputFaults, visible
from ingest.codebook.rounds import round_keys
from ingest.landing.cells import ROOM, first_key, round_number
from ingest.landing.load import load_rounds
from ingest.landing.raw_tables import COLUMNS
from ingest.readers import children, sav, workbook
from store.fingerprint import file_sha256
from store.paths import DataPaths
from store.warehouse import opened
from tests.broken.make_inputs import MADE
from tests.delivered import CELLS
from tests.loading import load_all, validate
from tests.pipeline.models import Model
from tests.properties.models import built, needed

CORPUS = Path(__file__).parent
NOT_INPUT = ("expected.txt", "remove.txt")
SECONDS = 30
LONGEST_SHOWN = 60
# Tables that say of which round a row is, and by which column.
OF_ROUNDS = {
    table: column for table, columns in COLUMNS.items() for column in ("round_number", "round_id") if column in columns
}
WANTED = ("int_rows_quarantined", "int_answers_judged")

ROWS = """
    select rows.round_id, rows.source_line, disposed.disposition, quarantined.reason, rows.submitted_at, rows.row_id
    from (
        select *, source_file || ':' || source_line as row_id from raw.surveys__rows
    ) as rows
    inner join intermediate.int_responses_disposed as disposed using (row_id)
    left join intermediate.int_rows_quarantined as quarantined using (row_id)
    order by rows.source_file, cast(rows.source_line as integer)
"""
CELLS_OF_ROWS = f"select source_file || ':' || source_line, list(cell_text order by value_id) from {CELLS} group by all"
ANSWERS = """
    select row_id, question_id || case when part = '' then '' else '/' || part end, answer_status, code, number_value,
        date_value
    from intermediate.int_answers_judged where answer_status not in ('blank', 'not_asked') order by all
"""


@dataclass(frozen=True)
class Outcome:
    """accepted, quarantined or refused; the lines of expected.txt; and the reason codes of faults, rows and answers."""

    kind: str
    lines: Sequence[str]
    reasons: Counter[str]


@dataclass(frozen=True)
class Workshop:
    """A warehouse that rows of all inputs are put into, and the models that judge them."""

    paths: DataPaths
    models: Sequence[Model]


def cases() -> list[str]:
    """Every input of the corpus, kept as files or made."""
    return sorted({folder.parent.name for folder in CORPUS.glob("*/expected.txt")} | MADE.keys())


def lay(root: Path, name: str) -> DataPaths:
    """A data root with one input of the corpus."""
    shutil.copytree(CORPUS / "_base", root)
    if name in MADE:
        shutil.copytree(CORPUS / "_wide", root, dirs_exist_ok=True)
        MADE[name](root)
        return DataPaths(root)
    folder = CORPUS / name
    shutil.copytree(folder, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NOT_INPUT))
    removed = folder / "remove.txt"
    for file in removed.read_text(encoding="utf-8").split() if removed.exists() else ():
        (root / file).unlink()
    return DataPaths(root)


def expected(name: str) -> list[str]:
    return (CORPUS / name / "expected.txt").read_text(encoding="utf-8").splitlines()


def outcomes(workshop: Workshop, folder: Path, names: Sequence[str]) -> dict[str, Outcome]:
    """What comes of each input. Each is validated and loaded by itself; the models then run once on all that are in."""
    found: dict[str, Outcome] = {}
    with opened(workshop.paths.warehouse_file) as connection:
        _empty(connection)
        for name in names:
            paths = lay(folder / name / "data", name)
            try:
                with no_longer_than(SECONDS):
                    refused = _refusal(paths)
                if refused is None:
                    _collect(connection, paths, name)
                else:
                    found[name] = refused
            except Exception:
                found[name] = Outcome("crashed", traceback.format_exc().splitlines(), Counter())
            shutil.rmtree(paths.root.parent)
    with built(workshop.paths, workshop.models) as connection:
        return found | _read(connection, [name for name in names if name not in found])


def set_up(root: Path) -> Workshop:
    shutil.copytree(CORPUS / "_base", root)
    shutil.copytree(CORPUS / "_wide", root, dirs_exist_ok=True)
    paths = DataPaths(root)
    load_all(paths)
    return Workshop(paths, needed(*WANTED))


def _refusal(paths: DataPaths) -> Outcome | None:
    """What `validate` says, which a load must agree with; None of an input that is loaded."""
    faults = validate(paths)
    try:
        load_rounds(paths, round_keys(paths))
    except InputFaults as error:
        assert set(error.faults) <= set(faults), "a load finds a fault that validate does not see"
        return Outcome("refused", [str(fault) for fault in faults], Counter(fault.code for fault in faults))
    assert not faults, "what validate refuses is loaded"
    return None


def _empty(connection: duckdb.DuckDBPyConnection) -> None:
    for table, round_column in OF_ROUNDS.items():
        connection.execute(f"delete from {table} where {round_column} is not null")


def _collect(connection: duckdb.DuckDBPyConnection, paths: DataPaths, name: str) -> None:
    """The raw rows of an input as those of a round of its own name; codebook and registry are the same in all."""
    connection.execute(f"attach '{paths.warehouse_file}' as one (read_only)")
    own = {
        "round_id": "$name",
        "round_number": "$number",
        "source_file": "$name || '/' || source_file",
        **dict.fromkeys(("row_key", "value_id"), "{column} % $room + $first"),
    }
    given = {"name": name, "number": round_number(name), "room": ROOM, "first": first_key(name)}
    for table, round_column in OF_ROUNDS.items():
        named = [f"{sql.format(column=column)} as {column}" for column, sql in own.items() if column in COLUMNS[table]]
        sql = (
            f"insert into {table} select * replace ({', '.join(named)}) from one.{table} "
            f"where {round_column} is not null"
        )
        connection.execute(sql, {key: value for key, value in given.items() if f"${key}" in sql})
    connection.execute("detach one")


def _read(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> dict[str, Outcome]:
    cells = dict(connection.execute(CELLS_OF_ROWS).fetchall())
    answers = defaultdict(list)
    for row_id, *answer in connection.execute(ANSWERS).fetchall():
        answers[row_id].append(answer)
    lines: dict[str, list[str]] = {name: [] for name in names}
    reasons: dict[str, Counter[str]] = {name: Counter() for name in names}
    quarantined = set()
    for name, line, disposition, reason, submitted_at, row_id in connection.execute(ROWS).fetchall():
        if name in lines:
            said = [f"line {line}: {disposition}", *filter(None, (reason, submitted_at))]
            lines[name].append(visible(", ".join(said)))
            lines[name].append("  " + " | ".join(map(_shown, cells[row_id])))
            lines[name].append("  " + "; ".join(_joined(f"{answer[0]}:", *answer[1:]) for answer in answers[row_id]))
            statuses = {disposition, *(status for _, status, *_ in answers[row_id])}
            reasons[name].update(statuses - {"accepted", "valid"})
            quarantined |= {name} if reason is not None else set()
    kinds = {name: "quarantined" if name in quarantined else "accepted" for name in names}
    return {name: Outcome(kinds[name], lines[name] or ["no rows"], reasons[name]) for name in names}


def _joined(*parts: object) -> str:
    return " ".join(str(part) for part in parts if part is not None)


def _shown(text: str) -> str:
    """A cell to the letter: what cannot be seen, and what is not ASCII, is written out; a long one by its ends."""
    shown = text if len(text) <= LONGEST_SHOWN else f"{text[:20]}...{text[-20:]} ({len(text)} characters)"
    return json.dumps(shown)


@contextmanager
def each_file_parsed_once() -> Iterator[None]:
    """A file with the same bytes is parsed in one process, not in one each time that it is read: the inventory is the
    same in nearly every input."""
    known: dict[tuple[str, ...], Any] = {}

    def describe_apart(module: str, path: str, *rest: str) -> Any:
        key = (module, file_sha256(Path(path)), *rest)
        if key not in known:
            try:
                known[key] = children.describe_apart(module, path, *rest)
            except children.ParserFailed as failure:
                known[key] = failure
        if isinstance(known[key], children.ParserFailed):
            raise known[key]
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook, "describe_apart", describe_apart)
        patch.setattr(sav, "describe_apart", describe_apart)
        yield


@contextmanager
def no_longer_than(seconds: int) -> Iterator[None]:
    """Raise TimeoutError within, wherever it hangs."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"longer than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
