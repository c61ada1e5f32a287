"""The record of every check in the private schema `checks`: those made in SQL, Great Expectations', and of what each
table says of itself."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import duckdb
import pyarrow as pa

from expectations.answers import AGREEMENT
from expectations.declared import prove_declared
from expectations.results import COLUMNS, SCHEMA, CheckResult
from store import state
from store.builds import CARRIED, PLANNED, mark_built, note_tables, plan_build
from store.fingerprint import code_sha256
from store.warehouse import columns_of, replace_rows, table_signature, transaction

SIGNATURES = pa.schema(
    [
        ("table_name", pa.string()),
        ("n_rows", pa.int64()),
        ("content_hash", pa.string()),
        ("code_sha256", pa.string()),
        ("checked_at", pa.string()),
    ]
)
BUILDS = pa.schema(
    [
        ("n_models", pa.int64()),
        ("n_models_built", pa.int64()),
        ("code_sha256", pa.string()),
        ("sources_hash", pa.string()),
    ]
)
NUMBERS_OF_HISTORY = ("refresh_id", "n_failed")
HISTORY = pa.schema([(name, pa.int64() if name in NUMBERS_OF_HISTORY else pa.string()) for name in state.CHECK_HISTORY])
HISTORY_TABLE = "checks.history"
FAMILY = "checks_"
RUN_RESULTS = "run_results.json"
GX_RESULTS = "checks.gx_results"
DECLARED_RESULTS = "checks.declared_results"
# Results that Great Expectations did not make: signed with the marts, so that none changes between check and release.
CHECKS_OF_OTHERS = ("checks.round_checks", DECLARED_RESULTS)


def record_gx(connection: duckdb.DuckDBPyConnection, results: Iterable[CheckResult], tables: Sequence[str]) -> None:
    """Replace the results of Great Expectations, and sign the tables as they were when they were judged.

    Rounds that the build carried over keep their results. With a whole build and every test of it passed, its rounds
    need not be built again.
    """
    code, now = code_sha256(), datetime.now(UTC).isoformat(timespec="seconds")
    signatures = [
        dict(zip(SIGNATURES.names, (table, *table_signature(connection, table), code, now), strict=True))
        for table in tables
    ]
    with transaction(connection):
        replace_rows(connection, GX_RESULTS, pa.concat_tables([_carried_results(connection), _table(results)]))
        replace_rows(connection, "checks.signatures", pa.Table.from_pylist(signatures, SIGNATURES))
        _create_results_view(connection)
        if _is_build_sound(connection):
            mark_built(connection)


def _carried_results(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    if not columns_of(connection, GX_RESULTS):
        return SCHEMA.empty_table()
    listed = ", ".join(COLUMNS)
    return (
        connection.execute(f"select {listed} from {GX_RESULTS} where (survey_id, round_id) in ({CARRIED})")
        .to_arrow_table()
        .cast(SCHEMA)
    )


def _is_build_sound(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the last build made every model, and every table is as it says."""
    row = connection.execute(
        f"select bool_and(n_models = n_models_built) and not exists (from {DECLARED_RESULTS} where status <> 'pass') "
        "from checks.builds"
    ).fetchone()
    return bool(row and row[0])


def begin_build(
    connection: duckdb.DuckDBPyConnection, target: Path, *, is_whole: bool = True, most_cells: int | None = None
) -> list[str]:
    """Plan the build and forget the last dbt run: one that is killed leaves nothing that vouches for the models.

    A build of some models only goes by the last plan, which is what the other models stand for. A batch has
    `most_cells`. Gives what dbt has to be told of the plan.
    """
    (target / RUN_RESULTS).unlink(missing_ok=True)
    replace_rows(connection, "checks.builds", BUILDS.empty_table())
    if not is_whole and columns_of(connection, PLANNED):
        return []
    return ["--full-refresh"] if plan_build(connection, most_cells) else []


def record_build(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], target: Path) -> None:
    """Take over what the last dbt run made, by its results in `target`, and whether each table of it is as it says.

    A run that was ended from outside has left no results, and leaves nothing.
    """
    if not (target / RUN_RESULTS).exists():
        return
    ran = json.loads((target / RUN_RESULTS).read_text(encoding="utf-8"))["results"]
    built = {result["unique_id"] for result in ran if result["status"] == "success"}
    with transaction(connection):
        replace_rows(connection, DECLARED_RESULTS, _table(prove_declared(connection, manifest, built)))
        replace_rows(connection, "checks.builds", _build(connection, manifest, built))
        replace_rows(connection, "checks.of_each_round", pa.table({"check_id": _of_each_round(manifest)}))
        note_tables(connection, [table for table in _kept_by_round(manifest) if columns_of(connection, table)])


def record_history(connection: duckdb.DuckDBPyConnection, memory: Connection, refresh_id: int) -> None:
    """Bring checks.history up to the refresh at hand, from the state, which keeps the results of all.

    It is written anew when the warehouse was, or when it knows of later refreshes: then the state began anew.
    """
    is_there = columns_of(connection, HISTORY_TABLE) == HISTORY.names
    row = connection.execute(f"select max(refresh_id) from {HISTORY_TABLE}").fetchone() if is_there else None
    known = row[0] if row and row[0] is not None and row[0] < refresh_id else 0
    rows = state.check_history(memory, after=known)
    columns = list(zip(*rows, strict=True)) or [()] * len(HISTORY)
    fresh = pa.table([pa.array(values, field.type) for values, field in zip(columns, HISTORY, strict=True)], HISTORY)
    if known:
        connection.execute(f"insert into {HISTORY_TABLE} from fresh")
    else:
        replace_rows(connection, HISTORY_TABLE, fresh)


def round_check_definitions(manifest: Mapping[str, Any]) -> list[dict[str, str]]:
    """The checks of a round made in SQL, as the YAML files of the families define them, each with its family."""
    return [
        {**check, "family": node["name"].removeprefix(FAMILY)}
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"].startswith(FAMILY)
        for check in node["config"]["meta"]["checks"]
    ]


def _of_each_round(manifest: Mapping[str, Any]) -> list[str]:
    """The checks that no round may lack: those of SQL, and the agreement of SQL and Great Expectations."""
    return [*(check["id"] for check in round_check_definitions(manifest)), AGREEMENT]


def _kept_by_round(manifest: Mapping[str, Any]) -> list[str]:
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    nodes = [node for node in models if node.get("config", {}).get("materialized") == "incremental"]
    return sorted(f"{node['schema']}.{node['name']}" for node in nodes)


def _build(connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], built: Collection[str]) -> pa.Table:
    """The last run as one row, with the files it was made from: files read later are not in the models.

    A run of some models leaves others, and the checks among them, on older data.
    """
    models = {key for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    row = {
        "n_models": len(models),
        "n_models_built": len(models & {*built}),
        "code_sha256": code_sha256(),
        "sources_hash": table_signature(connection, "raw.ingest__sources")[1],
    }
    return pa.Table.from_pylist([row], BUILDS)


def _table(results: Iterable[CheckResult]) -> pa.Table:
    return pa.Table.from_pylist([asdict(result) for result in results], SCHEMA)


def _create_results_view(connection: duckdb.DuckDBPyConnection) -> None:
    listed = ", ".join(COLUMNS)
    own = listed.replace("tool", "'sql' as tool")
    connection.execute(
        f"create or replace view checks.results as select {listed} from {DECLARED_RESULTS} "
        f"union all select {listed} from {GX_RESULTS} "
        f"union all select {own} from checks.round_checks where part = 'all'"
    )
