"""What is used of Dagster and dbt that no page of theirs promises, and why. Each thing was read in the sources of the
versions named here: whoever moves to others reads it there again, and then writes them here."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from functools import cache, cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun, EventLogRecord, JobDefinition
    from dagster._core.definitions.asset_checks.asset_check_evaluation import (
        AssetCheckEvaluationTargetMaterializationData,
    )
    from dagster._core.storage.event_log import SqliteEventLogStorage
    from dbt.contracts.graph.manifest import Manifest
    from sqlalchemy.engine import Connection, Engine

READ_IN = {"dagster": "1.13.27", "dbt-core": "1.11.16", "dbt-common": "1.39.0", "dbt-duckdb": "1.11.1"}
for library, number in READ_IN.items():
    assert version(library) == number, f"{library} is {version(library)}: this module was written for {number}"

# Tags by which Dagster knows the partitions of a run, and which it gives the runs of its schedules.
PARTITION = "dagster/partition"
RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
OF_A_SCHEDULE = "dagster/schedule_name"

# The runs behind what Dagster's pages say of an asset, a partition or a check today, however old: of each the row that
# was written last. The tables are those of its event log in SQLite; no call of an instance asks this of all at once.
LAST_OF_EACH = """
    select run_id from (
        select run_id, max(id) from event_logs where asset_key is not null
        group by asset_key, partition, dagster_event_type
    )
    union
    select run_id from (
        select run_id, max(id) from asset_check_executions group by asset_key, check_name, partition
    )
    union
    select run_id from (
        select run_id, max(id) from asset_check_executions where execution_status <> 'PLANNED'
        group by asset_key, check_name, partition
    )
"""  # SQLite takes run_id from the row of the max


@contextmanager
def held_open(instance: DagsterInstance) -> Iterator[None]:
    """Dagster's event log in SQLite, held open: Dagster opens it for each of the thousands of statements of a refresh.

    The files and tables stay Dagster's own, and so do its locks; only the way to them is kept until this ends."""
    from dagster._core.storage.event_log import SqliteEventLogStorage

    storage = instance.event_log_storage
    opened: dict[str, Connection] = {}
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
    from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
    from sqlalchemy import create_engine, event

    engine = create_engine(storage.conn_string_for_shard(shard), connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})
    event.listen(engine, "connect", _without_waiting_for_the_disk)
    storage._initdb(engine)
    storage._initialized_dbs.add(shard)
    return engine


def _without_waiting_for_the_disk(connection: Any, _: object) -> None:
    """A machine that loses power may lose the last events, never the file: it is in write-ahead mode."""
    connection.execute("pragma synchronous = normal")


@contextmanager
def runs_of_jobs(instance: DagsterInstance, code_location: str) -> Iterator[None]:
    """Runs that this process makes are of the jobs of our code, like those that a server starts: Dagster's timeline
    shows no others, and `execute_in_process` has no way to say so."""
    from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteRepositoryOrigin

    create = instance.create_run_for_job
    code = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(code_location), "__repository__")

    def create_of_job(job_def: JobDefinition, **details: Any) -> DagsterRun:
        return create(job_def, remote_job_origin=code.get_job_origin(job_def.name), **details)

    vars(instance)["create_run_for_job"] = create_of_job
    try:
        yield
    finally:
        del vars(instance)["create_run_for_job"]


def runs_that_are_last(instance: DagsterInstance) -> set[str]:
    """The ids of the runs that are the last word on an asset, a partition or a check."""
    with closing(sqlite3.connect(_event_files(instance) / "index.db")) as connection:
        return {run_id for (run_id,) in connection.execute(LAST_OF_EACH)}


def forget_files(instance: DagsterInstance, run_id: str) -> None:
    """Remove the logs of a run, and the file of its events: Dagster's `delete_run` empties it and leaves it."""
    instance.compute_log_manager.delete_logs(prefix=[run_id])
    for suffix in ("", "-wal", "-shm"):
        (_event_files(instance) / f"{run_id}.db{suffix}").unlink(missing_ok=True)


def _event_files(instance: DagsterInstance) -> Path:
    return Path(instance.root_directory) / "history" / "runs"


def target_of_check(record: EventLogRecord | None) -> AssetCheckEvaluationTargetMaterializationData | None:
    """Of what an asset or partition was when a check looked at it: Dagster takes a check for missing that was not of
    the last one. The result of a step carries it; an event of our own has to."""
    from dagster._core.definitions.asset_checks.asset_check_evaluation import (
        AssetCheckEvaluationTargetMaterializationData,
    )

    return record and AssetCheckEvaluationTargetMaterializationData(
        storage_id=record.storage_id, run_id=record.run_id, timestamp=record.timestamp
    )


def call_failed(instance: DagsterInstance, run: DagsterRun, why: str) -> None:
    """Dagster's monitoring of runs does so of one whose process is gone; it cannot tell with the default launcher."""
    instance.report_run_failed(run, why)


def add_event(instance: DagsterInstance, run: DagsterRun, said: str) -> None:
    """A line among the events of a run that is over: no step or resource can write one then."""
    instance.report_engine_event(said, run)


def event_of(record: Any) -> Any:
    """The event that a line of Dagster's log is of; None of any other line. Its own handlers find it so."""
    return getattr(record, "dagster_event", None)


def said_in(record: Any) -> str:
    """What a step of ours said in a line of Dagster's log, without the run and the step that Dagster puts before it."""
    return str(record.dagster_meta["orig_message"])


def packed(manifest: Manifest) -> bytes:
    """What dbt knows of the models, as it keeps it itself: dbtRunner takes a manifest, and says not how to keep it."""
    from dbt.parser.manifest import extended_mashumaro_encoder

    return manifest.to_msgpack(extended_mashumaro_encoder)


def unpacked(kept: bytes) -> Manifest:
    """The same again."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    return Manifest.from_msgpack(kept, decoder=extended_mashumuro_decoder)


def lighten() -> Callable[[Any], None]:
    """Take from dbt, in this process, half of its work beside SQL; what comes back writes down the code of a node."""
    _fill_messages_when_read()
    _make_once()
    _use_context_twice()
    return _keep_code()


def _fill_messages_when_read() -> None:
    """dbt fills each message as it is made, a sixth of its work beside SQL: those for debugging when they are read."""
    from dbt_common.events.base_types import DebugLevel

    fill = DebugLevel.__init__

    def keep(message: Any, **said: Any) -> None:
        vars(message)["said"] = said

    def filled(message: Any) -> Any:
        fill(message, **vars(message)["said"])
        return vars(message)["pb_msg"]

    DebugLevel.__init__ = keep  # type: ignore[assignment, method-assign]
    DebugLevel.pb_msg = cached_property(filled)
    DebugLevel.pb_msg.__set_name__(DebugLevel, "pb_msg")


def _make_once() -> None:
    """dbt learns to read dates for each statement that brings no rows, and has Python read the sources of all callers
    to see who made a flag."""
    import inspect
    from types import SimpleNamespace

    from dbt_common import behavior_flags
    from dbt_common.clients import agate_helper

    vars(agate_helper)["empty_table"] = cache(agate_helper.empty_table)
    vars(behavior_flags)["inspect"] = SimpleNamespace(stack=partial(inspect.stack, 0), getmodule=inspect.getmodule)


def _keep_code() -> Callable[[Any], None]:
    """dbt writes the SQL of each node to two files, a tenth of its work beside SQL: what comes back writes those of one
    node."""
    from dbt.contracts.graph.nodes import ParsedNode

    write, kept = ParsedNode.write_node, defaultdict[str, list[tuple[str, ...]]](list)

    def keep(node: ParsedNode, *file: str) -> None:
        kept[node.unique_id].append(file)

    def write_code(node: ParsedNode) -> None:
        for file in kept[node.unique_id]:
            write(node, *file)

    ParsedNode.write_node = keep  # type: ignore[assignment, method-assign]
    return write_code


def _use_context_twice() -> None:
    """dbt makes what a template sees of a model, a thousand macros, once to compile and once to make it. Between them
    only its code came."""
    import dbt.compilation
    import dbt.task.run
    from dbt.context.providers import ModelContext, RuntimeProvider

    kept: dict[str, tuple[ModelContext, dict[str, Any]]] = {}

    def context_of(model: Any, config: Any, manifest: Any) -> dict[str, Any]:
        context, seen = kept.pop(model.unique_id, (None, {}))
        if context is None or context.model is not model:
            context = ModelContext(model, config, manifest, RuntimeProvider(), None)
            kept[model.unique_id] = context, context.to_dict()  # type: ignore[no-untyped-call]
            return kept[model.unique_id][1]
        seen.update(model=context.ctx_model, compiled_code=context.compiled_code, sql=context.sql)
        return seen

    for module in (dbt.compilation, dbt.task.run):
        vars(module)["generate_runtime_model_context"] = context_of


def hold_warehouse() -> Callable[[], None]:
    """Hold what DuckDB's adapter opens from now on. What comes back puts into the file what was made, and lets it go;
    it raises what DuckDB does, as on a full disk. The warehouse has no log, and the adapter would close it: that puts
    it into the file too, and keeps to itself that it could not."""
    from dbt.adapters.duckdb import environments

    held: list[Any] = []
    create = environments.create

    def hold(credentials: Any) -> Any:
        held.append(create(credentials))
        return held[-1]

    def write_down() -> None:
        while held:
            database = held.pop()
            database.conn.execute("checkpoint warehouse")
            database.close()

    environments.create = hold  # type: ignore[assignment]
    return write_down
