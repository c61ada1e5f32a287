"""The record of every check in the private schema `checks`, whoever made it: dbt, Great Expectations or SQL."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import duckdb
import pyarrow as pa

from expectations.answers import AGREEMENT
from store import state
from store.builds import CARRIED, TO_BUILD, keep_tables, mark_built, plan_build
from store.fingerprint import code_sha256
from store.warehouse import columns_of, replace_rows, table_signature, transaction

PASSED = {"pass", "success", "warn"}


@dataclass(frozen=True)
class CheckResult:
    """One result: what was checked, how grave a failure is, what was seen. No value of an answer."""

    survey_id: str
    round_id: str
    check_id: str
    family: str
    tool: str
    asset: str
    severity: str
    status: str
    observed: str
    threshold: str
    n_failed: int
    message_en: str
    message_fi: str
    definition: str = ""
    formula: str = ""


COLUMNS = tuple(field.name for field in fields(CheckResult))
SCHEMA = pa.schema([(name, pa.int64() if name == "n_failed" else pa.string()) for name in COLUMNS])
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
# Results that Great Expectations did not make: signed with the marts, so that none changes between check and release.
CHECKS_OF_OTHERS = ("checks.round_checks", "checks.dbt_results")


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
    """Whether the last build made every model, and no test of it failed or was left out."""
    row = connection.execute(
        "select bool_and(n_models = n_models_built) and not exists (from checks.dbt_results where status <> 'pass') "
        "from checks.builds"
    ).fetchone()
    return bool(row and row[0])


def begin_build(connection: duckdb.DuckDBPyConnection, target: Path, *, is_whole: bool = True) -> list[str]:
    """Plan the build and forget the last dbt run: one that is killed leaves nothing that vouches for the models.

    A build of some models only goes by the last plan, which is what the other models stand for. Gives what dbt has to
    be told of the plan.
    """
    (target / RUN_RESULTS).unlink(missing_ok=True)
    replace_rows(connection, "checks.builds", BUILDS.empty_table())
    if not is_whole and columns_of(connection, TO_BUILD):
        return []
    return ["--full-refresh"] if plan_build(connection) else []


def record_dbt(connection: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Take over the results of the last dbt run from `target`.

    A test that it did not run stands as not computable, even if it passed before: the models are new. A run that failed
    leaves its failures here; one that was ended from outside has left no results, and leaves nothing.
    """
    if not (target / RUN_RESULTS).exists():
        return
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    ran = json.loads((target / RUN_RESULTS).read_text(encoding="utf-8"))["results"]
    tests = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "test"}
    fresh = {result["unique_id"]: result for result in ran if result["unique_id"] in tests}
    results = [
        _dbt_result(key, node, fresh[key]) if key in fresh else _did_not_run(key, node) for key, node in tests.items()
    ]
    with transaction(connection):
        replace_rows(connection, "checks.dbt_results", _table(results))
        replace_rows(connection, "checks.builds", _build(connection, manifest, ran))
        replace_rows(connection, "checks.of_each_round", pa.table({"check_id": _of_each_round(manifest)}))
        keep_tables(connection, [table for table in _kept_by_round(manifest) if columns_of(connection, table)])


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


def _build(
    connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], ran: Sequence[Mapping[str, Any]]
) -> pa.Table:
    """The last run as one row, with the files it was made from: files read later are not in the models.

    A run of some models leaves others, and the checks among them, on older data.
    """
    models = {key for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    built = {result["unique_id"] for result in ran if result["status"] in PASSED}
    row = {
        "n_models": len(models),
        "n_models_built": len(models & built),
        "code_sha256": code_sha256(),
        "sources_hash": table_signature(connection, "raw.ingest__sources")[1],
    }
    return pa.Table.from_pylist([row], BUILDS)


def _test_name(unique_id: str) -> str:
    return unique_id.split(".")[2]


def _dbt_result(unique_id: str, node: Mapping[str, Any], result: Mapping[str, Any]) -> CheckResult:
    passed = result["status"] in PASSED
    failures = int(result["failures"] or 0)
    return _test_result(unique_id, node, "pass" if passed else "fail", str(failures), failures if not passed else 0)


def _did_not_run(unique_id: str, node: Mapping[str, Any]) -> CheckResult:
    return _test_result(unique_id, node, "not_computable", "did not run on this build", 0)


def _test_result(unique_id: str, node: Mapping[str, Any], status: str, observed: str, n_failed: int) -> CheckResult:
    subject = (node.get("attached_node") or node["depends_on"]["nodes"][0]).split(".")[-1]
    kind = (node.get("test_metadata") or {}).get("name", node["name"])
    column = node.get("column_name")
    about = f"{subject}.{column}" if column else subject
    return CheckResult(
        survey_id="all",
        round_id="all",
        check_id=_test_name(unique_id),
        family="dbt",
        tool="dbt",
        asset=subject,
        severity="block" if node["config"]["severity"].lower() == "error" else "warn",
        status=status,
        observed=observed,
        threshold="0",
        n_failed=n_failed,
        message_en=f"dbt test {kind} on {about}",
        message_fi=f"dbt-testi {kind}: {about}",
    )


def _table(results: Iterable[CheckResult]) -> pa.Table:
    return pa.Table.from_pylist([asdict(result) for result in results], SCHEMA)


def _create_results_view(connection: duckdb.DuckDBPyConnection) -> None:
    listed = ", ".join(COLUMNS)
    own = listed.replace("tool", "'sql' as tool")
    connection.execute(
        f"create or replace view checks.results as select {listed} from checks.dbt_results "
        f"union all select {listed} from {GX_RESULTS} "
        f"union all select {own} from checks.round_checks where part = 'all'"
    )
