"""Every check as a Dagster asset check on the asset it speaks of. Names come from where the checks are defined."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb
from dagster import AssetCheckResult, AssetCheckSeverity, AssetCheckSpec, AssetKey

from expectations import answers
from expectations.record import COLUMNS, CheckResult
from expectations.rules import CAN_FAIL
from expectations.tables import EXPECTATIONS, RAW_TABLES

SOURCE_OF = {"codebook": "responses", "surveys": "responses", "registry": "registry", "systems": "systems"}
SHOWN_RESULTS = 20


def source_key(table: str) -> AssetKey:
    """The source asset that a raw table belongs to: raw.registry__areas belongs to raw/registry."""
    return AssetKey(["raw", SOURCE_OF.get(table.split("__")[0], "responses")])


def asset_keys(manifest: Mapping[str, Any]) -> dict[str, AssetKey]:
    """Asset key of every table that a check can speak of, by its bare name."""
    models = {
        node["name"]: AssetKey([node["schema"], node["name"]])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    raw = {table.split(".")[1]: source_key(table.split(".")[1]) for table in RAW_TABLES}
    return models | raw


def check_specs(manifest: Mapping[str, Any]) -> list[AssetCheckSpec]:
    """A spec for each check of Great Expectations and SQL: expectations per table, the answers', the rounds'.

    They hold up what comes after them in a run. Those of the sources are judged with the rest, after the build, so they
    cannot hold up the build; the gate reads them all the same.
    """
    keys = asset_keys(manifest)
    tables = [name for name, key in keys.items() if key.path[0] in ("raw", "marts")]
    named = [
        *((expectations_name(keys[table], table), keys[table], EXPECTATIONS_TEXT) for table in tables),
        *((name, keys[answers.ASSET], text) for name, text in ANSWER_CHECKS.items()),
        *((check["id"], keys[check["asset"]], check["message_en"]) for check in round_check_definitions(manifest)),
    ]
    return [
        AssetCheckSpec(name, asset=key, description=text, blocking=key.path[0] != "raw") for name, key, text in named
    ]


EXPECTATIONS_TEXT = "Great Expectations: values, forms and ranges are as declared"
ANSWER_CHECKS = {
    answers.IN_CODEBOOK: "Great Expectations: answers are in the codebook, question by question",
    answers.AGREEMENT: "The status that SQL gives and the verdict of Great Expectations name the same answers",
    CAN_FAIL: "Every expectation rejects a row made to break it",
}


def expectations_name(key: AssetKey, table: str) -> str:
    """One name per asset: a source asset holds several raw tables."""
    return EXPECTATIONS if key.path[0] != "raw" else f"{EXPECTATIONS}_{table.split('__')[1]}"


def round_check_definitions(manifest: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    """The checks of schema checks, as they are defined in round_checks.yml."""
    node = manifest["nodes"]["model.kuntakysely.round_checks"]
    return node["config"]["meta"]["checks"]  # type: ignore[no-any-return]


def recorded_results(connection: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    """The latest result of every check, whatever tool made it."""
    rows = connection.execute(f"select {', '.join(COLUMNS)} from checks.results order by all").fetchall()
    return [CheckResult(*row) for row in rows]


def asset_check_results(
    results: Sequence[CheckResult], specs: Sequence[AssetCheckSpec], manifest: Mapping[str, Any]
) -> Iterator[AssetCheckResult]:
    """For each spec the results behind it (several rounds, several questions) as one: failed when any failed."""
    keys = asset_keys(manifest)
    for spec in specs:
        behind = [r for r in results if r.tool != "dbt" and _dagster_name(r, keys) == (spec.asset_key, spec.name)]
        failed = [result for result in behind if result.status == "fail"]
        grave = any(result.severity in ("block", "gate") for result in failed)
        yield AssetCheckResult(
            asset_key=spec.asset_key, check_name=spec.name, passed=bool(behind) and not failed,
            severity=AssetCheckSeverity.ERROR if grave else AssetCheckSeverity.WARN,
            description=failed[0].message_en if failed else None,
            metadata=_metadata(failed or behind),
        )  # fmt: skip


def _dagster_name(result: CheckResult, keys: Mapping[str, AssetKey]) -> tuple[AssetKey, str]:
    key = keys.get(result.asset, keys[answers.ASSET])
    name = result.check_id.split(".")[0]
    if name == CAN_FAIL:
        return keys[answers.ASSET], name
    return key, expectations_name(key, result.asset) if name == EXPECTATIONS else name


def _metadata(results: Sequence[CheckResult]) -> dict[str, Any]:
    shown = {
        re.sub(
            r"\W+", "_", f"{r.survey_id}_{r.round_id}_{r.check_id}"
        ): f"{r.status}: {r.observed} (limit {r.threshold})"
        for r in results[:SHOWN_RESULTS]
    }
    return {"n_failed": sum(result.n_failed for result in results), "n_results": len(results), **shown}
