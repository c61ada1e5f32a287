"""Dagster's event log in SQLite, held open: Dagster opens it for each of the thousands of statements of a refresh."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any

from dagster import DagsterInstance
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine


@contextmanager
def held_open(instance: DagsterInstance) -> Iterator[None]:
    """The files and tables stay Dagster's own, and so do its locks; only the way to them is kept until this ends."""
    storage, opened = instance.event_log_storage, dict[str, Connection]()
    assert isinstance(storage, SqliteEventLogStorage), "dagster.yaml names no other"

    @contextmanager
    def connect(shard: str) -> Iterator[Connection]:
        with storage._db_lock:
            if shard not in opened:
                opened[shard] = _opened(storage, shard).connect()
            connection = opened[shard]
            with nullcontext() if connection.in_transaction() else connection.begin():
                yield connection

    ask, columns = storage._has_asset_key_col_on_connection, dict[str, bool]()

    def has_column(connection: Connection, name: str) -> bool:
        if name not in columns:
            columns[name] = ask(connection, name)
        return columns[name]

    # Dagster asks for each event whether its tables and columns are there: they are made with the files.
    kept = {
        "_connect": connect, "has_table": cache(storage.has_table), "_has_asset_key_col_on_connection": has_column
    }  # fmt: skip
    vars(storage).update(kept)
    try:
        yield
    finally:
        for name in kept:
            del vars(storage)[name]
        for connection in opened.values():
            connection.close()
            connection.engine.dispose()


def _opened(storage: SqliteEventLogStorage, shard: str) -> Engine:
    engine = create_engine(storage.conn_string_for_shard(shard), connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})
    event.listen(engine, "connect", _without_waiting_for_the_disk)
    storage._initdb(engine)
    storage._initialized_dbs.add(shard)
    return engine


def _without_waiting_for_the_disk(connection: Any, _: object) -> None:
    """A machine that loses power may lose the last events, never the file: it is in write-ahead mode."""
    connection.execute("pragma synchronous = normal")
