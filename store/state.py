"""The private state that cannot be rebuilt: refreshes, ingested files, releases and the history of checks.

SQLite, light on imports. Times go in and come out as aware datetimes; they are kept as ISO text in UTC.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from faults.told import ToldError
from store.paths import DATABASE, DataPaths

STATE_VERSION = 4  # what each added: ADDED
BUSY_SECONDS = 30.0  # how long another process may write before it is an error
RELEASE_NAME = re.compile(r"(\d+)_[0-9a-f]{8}(\.duckdb)?")  # a folder; a file until it is taken over

Outcome = Literal["running", "published", "unpublished", "refused", "failed"]
Cause = Literal["publish", "rollback", "repair"]
CheckKey = tuple[str, str, str]
PublishedRow = tuple[str, str, str | None]  # survey_id, round_id, keyed hash of the response's id, if it has one

SCHEMA = (
    """create table refreshes (
        id integer primary key autoincrement, started_at text not null, ended_at text, fingerprint text not null,
        outcome text not null, release_number integer, warehouse_signature text not null default ''
    )""",
    """create table ingested_files (
        id integer primary key autoincrement, at text not null, source_file text not null, sha256 text not null,
        kind text not null, survey_id text, round_id text, n_rows integer not null
    )""",
    """create table releases (
        number integer primary key, file text not null, sha256 text not null, fingerprint text not null,
        created_at text not null, superseded_at text
    )""",
    """create table current_history (
        id integer primary key autoincrement, at text not null, number integer not null, cause text not null
    )""",
    """create table check_history (
        id integer primary key autoincrement, refresh_id integer not null references refreshes (id),
        survey_id text not null, round_id text not null, check_id text not null, status text not null,
        observed text, n_failed integer, at text not null
    )""",
    "create index check_history_by_check on check_history (survey_id, round_id, check_id, id)",
)
# What later versions added, by the version that has it.
ADDED = {
    2: """create table tombstones (
        id integer primary key autoincrement, at text not null, survey_id text not null, token text not null,
        unique (survey_id, token)
    )""",
    3: """create table published_rows (
        survey_id text not null, round_id text not null, token text
    )""",
    4: "update releases set file = replace(file, '.duckdb', '')",  # it was a file, and is a folder
}
CHECK_HISTORY = ("refresh_id", "survey_id", "round_id", "check_id", "status", "observed", "n_failed", "checked_at")


class StateTooNew(ToldError):
    """The state was written by a newer program than this one."""


class StateDamaged(ToldError):
    """The state is no database any more."""


@dataclass(frozen=True)
class Refresh:
    """One run of the main job; ended_at and release_number are None until there is one."""

    refresh_id: int
    started_at: datetime
    ended_at: datetime | None
    fingerprint: str
    outcome: str
    release_number: int | None
    warehouse_signature: str


@dataclass(frozen=True)
class IngestedFile:
    """One line of the ledger: a file as it was when it was read."""

    at: datetime
    source_file: str
    sha256: str
    kind: str
    survey_id: str | None
    round_id: str | None
    n_rows: int


@dataclass(frozen=True)
class ReleaseRecord:
    """What is remembered of a release; file is the name of its folder in published/releases."""

    number: int
    file: str
    sha256: str
    fingerprint: str
    created_at: datetime
    superseded_at: datetime | None = None


@dataclass(frozen=True)
class CheckOutcome:
    """The result of one check in one refresh; survey_id and round_id are 'all' for the whole warehouse."""

    survey_id: str
    round_id: str
    check_id: str
    status: str
    observed: str | None
    n_failed: int | None


@dataclass(frozen=True)
class EarlierOutcome:
    """The result of one check in an earlier refresh, and how that refresh ended."""

    status: str
    observed: str | None
    refresh_id: int
    refresh_outcome: str


@contextmanager
def opened(paths: DataPaths) -> Iterator[sqlite3.Connection]:
    """A connection to the state, made for its owner only when it is missing. Raises StateTooNew and StateDamaged."""
    paths.state.mkdir(parents=True, exist_ok=True)
    paths.state.chmod(0o700)
    os.close(os.open(paths.state_file, os.O_RDWR | os.O_CREAT, 0o600))
    paths.state_file.chmod(0o600)
    connection = sqlite3.connect(paths.state_file, timeout=BUSY_SECONDS)
    try:
        connection.execute("pragma journal_mode = delete")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma secure_delete = on")
        _prepare(connection, paths.shown(paths.state_file))
        yield connection
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:  # its kinds: a disk that is full, a statement that is wrong
            raise
        raise StateDamaged(
            f"{paths.shown(paths.state_file)} is damaged. The release that readers have is whole. Put the file back "
            "from a backup, or move it away: the releases on disk are found again, the history of checks begins anew, "
            "and who was erased has to be erased again."
        ) from None
    finally:
        connection.close()


def _prepare(connection: sqlite3.Connection, shown: str) -> None:
    """Make the tables of an empty file, add what an older one lacks, refuse a newer one."""
    if _version(connection) == STATE_VERSION:
        return
    with connection:
        connection.execute("begin immediate")
        version = _version(connection)
        if version > STATE_VERSION:
            raise StateTooNew(
                f"{shown}: written as state version {version}, this program knows versions up to {STATE_VERSION}. "
                "Use the newer kuntakysely that wrote it, or point --data at another folder."
            )
        statements = [*(SCHEMA if version == 0 else ()), *(ADDED[added] for added in sorted(ADDED) if added > version)]
        for statement in statements:
            connection.execute(statement)
        if statements:
            connection.execute(f"pragma user_version = {STATE_VERSION}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


def _text(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone: give an aware datetime")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def begin_refresh(connection: sqlite3.Connection, started_at: datetime, fingerprint: str) -> int:
    """Note that a refresh has begun; its id."""
    with connection:
        cursor = connection.execute(
            "insert into refreshes (started_at, fingerprint, outcome) values (?, ?, 'running')",
            [_text(started_at), fingerprint],
        )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def end_refresh(
    connection: sqlite3.Connection,
    refresh_id: int,
    ended_at: datetime,
    outcome: Outcome,
    release_number: int | None = None,
    warehouse_signature: str = "",
) -> None:
    """Note how a refresh ended. warehouse_signature is what the next no-change answer compares."""
    with connection:
        connection.execute(
            "update refreshes set ended_at = ?, outcome = ?, release_number = ?, warehouse_signature = ? where id = ?",
            [_text(ended_at), outcome, release_number, warehouse_signature, refresh_id],
        )


def last_refresh(connection: sqlite3.Connection, *outcomes: Outcome) -> Refresh | None:
    """The latest refresh, or the latest with one of these outcomes; None when there is none."""
    condition = f"where outcome in ({', '.join('?' * len(outcomes))})" if outcomes else ""
    row = connection.execute(
        "select id, started_at, ended_at, fingerprint, outcome, release_number, warehouse_signature "
        f"from refreshes {condition} order by id desc limit 1",
        outcomes,
    ).fetchone()
    return Refresh(row[0], datetime.fromisoformat(row[1]), _time(row[2]), *row[3:]) if row else None


def fingerprint_of(connection: sqlite3.Connection, refresh_id: int) -> str:
    """The fingerprint a refresh began with; empty for an unknown one."""
    row = connection.execute("select fingerprint from refreshes where id = ?", [refresh_id]).fetchone()
    return str(row[0]) if row else ""


def record_files(connection: sqlite3.Connection, files: Iterable[IngestedFile]) -> None:
    """Add lines to the ledger of ingested files."""
    with connection:
        connection.executemany(
            "insert into ingested_files (at, source_file, sha256, kind, survey_id, round_id, n_rows) "
            "values (?, ?, ?, ?, ?, ?, ?)",
            [(_text(file.at), *astuple(file)[1:]) for file in files],
        )


def ingested_files(connection: sqlite3.Connection) -> list[IngestedFile]:
    """The ledger, oldest line first."""
    rows = connection.execute(
        "select at, source_file, sha256, kind, survey_id, round_id, n_rows from ingested_files order by id"
    )
    return [IngestedFile(datetime.fromisoformat(at), *rest) for at, *rest in rows]


def record_release(connection: sqlite3.Connection, release: ReleaseRecord) -> None:
    """Remember a release that lies whole in its folder; one that is known already stays as it is."""
    with connection:
        connection.execute(
            "insert into releases (number, file, sha256, fingerprint, created_at, superseded_at) "
            "values (?, ?, ?, ?, ?, ?) on conflict (number) do nothing",
            [
                release.number,
                release.file,
                release.sha256,
                release.fingerprint,
                _text(release.created_at),
                _text(release.superseded_at) if release.superseded_at else None,
            ],
        )


def releases(connection: sqlite3.Connection) -> list[ReleaseRecord]:
    """Every release ever remembered, by number; those without a folder are gone from disk."""
    rows = connection.execute(
        "select number, file, sha256, fingerprint, created_at, superseded_at from releases order by number"
    )
    return [
        ReleaseRecord(number, file, sha256, fingerprint, datetime.fromisoformat(created_at), _time(superseded_at))
        for number, file, sha256, fingerprint, created_at, superseded_at in rows
    ]


def record_current(connection: sqlite3.Connection, number: int, now: datetime, cause: Cause) -> None:
    """Remember that `current` points at this release and that every other one is superseded.

    A clock that was moved back does not make the others look older than they are: they would be removed too early.
    """
    with connection:
        last = connection.execute("select number, at from current_history order by id desc limit 1").fetchone()
        superseded_at = max(_text(now), last[1]) if last else _text(now)
        connection.execute(
            "update releases set superseded_at = ? where number <> ? and superseded_at is null", [superseded_at, number]
        )
        connection.execute("update releases set superseded_at = null where number = ?", [number])
        if last is None or last[0] != number:
            connection.execute(
                "insert into current_history (at, number, cause) values (?, ?, ?)", [_text(now), number, cause]
            )


def current_history(connection: sqlite3.Connection) -> list[tuple[datetime, int, str]]:
    """When `current` was pointed at which release and why (publish, rollback, repair), oldest first."""
    rows = connection.execute("select at, number, cause from current_history order by id")
    return [(datetime.fromisoformat(at), number, cause) for at, number, cause in rows]


def release_files(folder: Path) -> dict[int, Path]:
    """The DuckDB files of the releases that lie in published/releases, by number."""
    named = ((path, RELEASE_NAME.fullmatch(path.name)) for path in folder.glob("*_*"))
    found = sorted((int(match[1]), path.is_dir(), path) for path, match in named if match)
    files = {number: path / DATABASE if is_folder else path for number, is_folder, path in found}
    return {number: file for number, file in files.items() if file.is_file()}


def current_release(paths: DataPaths) -> int | None:
    """The number of the release that `current.duckdb` leads to; None when it leads to none."""
    file = paths.current.resolve()
    match = RELEASE_NAME.fullmatch(file.parent.name) or RELEASE_NAME.fullmatch(file.name)
    return int(match[1]) if match and file.is_file() else None


def next_release_number(connection: sqlite3.Connection, folder: Path) -> int:
    """One more than any release remembered or lying in the folder, so that a lost state reuses no number there."""
    return max([last_release_number(connection), *release_files(folder)]) + 1


def last_release_number(connection: sqlite3.Connection) -> int:
    """The highest number of any release remembered; 0 when there was none."""
    return int(connection.execute("select coalesce(max(number), 0) from releases").fetchone()[0])


def record_checks(
    connection: sqlite3.Connection, refresh_id: int, at: datetime, outcomes: Iterable[CheckOutcome]
) -> None:
    """Add the results of a refresh's checks to their history."""
    with connection:
        connection.executemany(
            "insert into check_history "
            "(refresh_id, survey_id, round_id, check_id, status, observed, n_failed, at) "
            "values (?, ?, ?, ?, ?, ?, ?, ?)",
            [(refresh_id, *astuple(outcome), _text(at)) for outcome in outcomes],
        )


def check_history(connection: sqlite3.Connection, after: int = 0) -> list[tuple[str | int | None, ...]]:
    """Every result of the refreshes after that one (of all without it), as CHECK_HISTORY names them, oldest first."""
    return connection.execute(
        "select refresh_id, survey_id, round_id, check_id, status, observed, n_failed, at "
        "from check_history where refresh_id > ? order by id",
        [after],
    ).fetchall()


def first_seen(connection: sqlite3.Connection) -> dict[CheckKey, datetime]:
    """Since when each check that failed when last run has been failing, by (survey_id, round_id, check_id)."""
    rows = connection.execute(
        """
        select survey_id, round_id, check_id, min(at)
        from check_history as failed
        where status = 'fail' and id > coalesce((
            select max(id)
            from check_history as other
            where other.survey_id = failed.survey_id and other.round_id = failed.round_id
                and other.check_id = failed.check_id and other.status <> 'fail'
        ), 0)
        group by survey_id, round_id, check_id
        """
    )
    return {(survey, round_id, check): datetime.fromisoformat(at) for survey, round_id, check, at in rows}


def failed_before(connection: sqlite3.Connection) -> set[CheckKey]:
    """The checks that failed when checks ran last but once; a refresh that was killed does not count."""
    rows = connection.execute(
        """
        select survey_id, round_id, check_id
        from check_history
        where status = 'fail' and refresh_id = (
            select max(refresh_id)
            from check_history inner join refreshes on refresh_id = refreshes.id
            where outcome <> 'running' and refresh_id < (select max(refresh_id) from check_history)
        )
        """
    )
    return {(survey, round_id, check) for survey, round_id, check in rows}


def outcomes_before(connection: sqlite3.Connection, refresh_id: int) -> dict[CheckKey, EarlierOutcome]:
    """The last result of each check before a refresh, by (survey_id, round_id, check_id). A refresh that was killed
    does not count: it has told nobody."""
    rows = connection.execute(
        """
        select survey_id, round_id, check_id, status, observed, refresh_id, outcome, max(check_history.id)
        from check_history inner join refreshes on check_history.refresh_id = refreshes.id
        where refresh_id < ? and outcome <> 'running'
        group by survey_id, round_id, check_id
        """,  # SQLite takes the other columns from the row of the max
        [refresh_id],
    )
    return {(survey, round_id, check): EarlierOutcome(*rest[:-1]) for survey, round_id, check, *rest in rows}


def record_tombstone(connection: sqlite3.Connection, survey_id: str, token: str, at: datetime) -> None:
    """Remember that the respondent or response with this token was erased."""
    with connection:
        connection.execute(
            "insert into tombstones (at, survey_id, token) values (?, ?, ?) on conflict do nothing",
            [_text(at), survey_id, token],
        )


def tombstones(connection: sqlite3.Connection, survey_id: str) -> list[str]:
    """The tokens of those who were erased from a survey, oldest first."""
    rows = connection.execute("select token from tombstones where survey_id = ? order by id", [survey_id])
    return [token for (token,) in rows]


def record_published_rows(connection: sqlite3.Connection, rows: Iterable[PublishedRow]) -> None:
    """Remember the rows of every round as they are published now, instead of those before."""
    with connection:
        connection.execute("delete from published_rows")
        connection.executemany("insert into published_rows values (?, ?, ?)", rows)


def published_rows(connection: sqlite3.Connection) -> list[PublishedRow]:
    """The rows of every round as they were published last, in no order that says which came first."""
    return connection.execute("select survey_id, round_id, token from published_rows order by 1, 2, 3").fetchall()


def forget_published_rows(
    connection: sqlite3.Connection, survey_id: str, round_id: str, tokens: Iterable[str | None]
) -> None:
    """Forget a row for each token; for each None one of those that have no token."""
    with connection:
        connection.executemany(
            "delete from published_rows where rowid in (select rowid from published_rows "
            "where survey_id = ? and round_id = ? and token is ? limit 1)",
            [(survey_id, round_id, token) for token in tokens],
        )


def last_erasure(connection: sqlite3.Connection) -> datetime | None:
    """When somebody was last erased; None when nobody was."""
    return _time(connection.execute("select max(at) from tombstones").fetchone()[0])
