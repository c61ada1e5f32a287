"""Every check as a Dagster asset check: of a table on its asset, of a round on the round's partition. Names come from
where the checks are defined."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import duckdb

from expectations import answers, declared
from expectations.record import round_check_definitions
from expectations.results import COLUMNS, CheckResult
from expectations.rules import ALL, CAN_FAIL
from expectations.tables import EXPECTATIONS, RAW_TABLES
from orchestration.alerts.ended import Judged
from orchestration.dagster.dbt import DBT_PROJECT
from orchestration.dagster.internals import target_of_check
from orchestration.dagster.partitions import ROUNDS
from publish.gate.findings import Decided
from store.state import CheckKey

# The one such thing used is partitions_def of a check. Versions are pinned.
warnings.filterwarnings("ignore", category=dg.PreviewWarning)

SOURCE_OF = {
    "codebook": "responses", "surveys": "responses", "registry": "registry", "systems": "systems",
    "practices": "practices",
}  # fmt: skip
ROUND_ASSET = dg.AssetKey(["raw", "responses"])
EXPECTATIONS_TEXT = "Great Expectations: values, forms and ranges are as declared"
ANSWER_CHECKS = {
    answers.IN_CODEBOOK: "Great Expectations: answers are in the codebook, question by question",
    answers.AGREEMENT: "The status that SQL gives and the verdict of Great Expectations name the same answers",
    CAN_FAIL: "Every expectation rejects a row made to break it",
}
# Dagster's pages call the checks of rounds non-blocking: the step that judges holds up the release, not their spec.
OF_SEVERITY = {
    "block": "Holds up the release.",
    "gate": "Holds up the release until the input is corrected or the finding accepted.",
    "warn": "A warning: holds up nothing.",
    "info": "For information: holds up nothing.",
}
SHOWN_RESULTS = 20  # parts of a check on Dagster's page; the quality report has all
DOCS = {"what each check asks": dg.MetadataValue.path(DBT_PROJECT / "CHECKS.md")}


def source_key(table: str) -> dg.AssetKey:
    """The source asset that a raw table belongs to: raw.registry__areas belongs to raw/registry."""
    return dg.AssetKey(["raw", SOURCE_OF.get(table.split("__")[0], "responses")])


def asset_keys(manifest: Mapping[str, Any]) -> dict[str, dg.AssetKey]:
    """Asset key of every table that a check can speak of, by its bare name."""
    models = {
        node["name"]: dg.AssetKey([node["schema"], node["name"]])
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    raw = {table.split(".")[1]: source_key(table.split(".")[1]) for table in RAW_TABLES}
    return models | raw


def table_check_specs(manifest: Mapping[str, Any]) -> list[dg.AssetCheckSpec]:
    """A spec for the expectations of each table, one for all of them (each can fail), and those of sources of no round.

    They hold up what comes after them in a run. Those of the sources are judged with the rest, after the build, so they
    cannot hold up the build; the gate reads them all the same.
    """
    keys = asset_keys(manifest)
    tables = {name: key for name, key in keys.items() if key.path[0] in ("raw", "marts")}
    named = [(_table_check(f"{EXPECTATIONS}.{table}", table, keys), EXPECTATIONS_TEXT) for table in tables]
    named.append((_table_check(CAN_FAIL, answers.ASSET, keys), ANSWER_CHECKS[CAN_FAIL]))
    of_sources = [check for check in round_check_definitions(manifest) if check["family"] == "source"]
    named += [(_table_check(check["id"], check["asset"], keys), _text(check)) for check in of_sources]
    return [
        dg.AssetCheckSpec(name, asset=key, description=text, blocking=key.path[0] != "raw", metadata=DOCS)
        for (key, name), text in named
    ]


def round_check_specs(manifest: Mapping[str, Any]) -> list[dg.AssetCheckSpec]:
    """A spec for each check of a round, on the asset that has a partition for each round.

    They are judged in one step with the tables: that step fails, and holds up the release, when one of them is grave.
    """
    texts = ANSWER_CHECKS | {check["id"]: _text(check) for check in round_check_definitions(manifest)}
    after_build = [asset_keys(manifest)["round_checks"]]
    return [
        dg.AssetCheckSpec(
            name, asset=ROUND_ASSET, description=text, partitions_def=ROUNDS, additional_deps=after_build, metadata=DOCS
        )
        for name, text in texts.items()
    ]


def declared_check_specs(manifest: Mapping[str, Any]) -> list[dg.AssetCheckSpec]:
    """A spec for each model or seed that says something of its rows. They are judged in one step with the tables."""
    keys = asset_keys(manifest)
    names = sorted(node["name"] for node in declared.declared_tables(manifest).values())
    return [
        dg.AssetCheckSpec(declared.AS_DECLARED, asset=keys[name], description=declared.TEXT, metadata=DOCS)
        for name in names
    ]


def _text(check: Mapping[str, str]) -> str:
    return f"{check['message_en']}.\n\n{check['definition']} {OF_SEVERITY[check['severity']]}"


def is_grave(found: dg.AssetCheckResult | dg.AssetCheckEvaluation) -> bool:
    """Whether a release is held up by it. Dagster would say of it only that a check has failed."""
    return not found.passed and found.severity == dg.AssetCheckSeverity.ERROR


def recorded_results(connection: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    """The latest result of every check, whatever tool made it."""
    rows = connection.execute(f"select {', '.join(COLUMNS)} from checks.results order by all").fetchall()
    return [CheckResult(*row) for row in rows]


def results_of_tables(
    judged: Judged, specs: Iterable[dg.AssetCheckSpec], manifest: Mapping[str, Any]
) -> Iterator[dg.AssetCheckResult]:
    """What became of each spec of `table_check_specs`."""
    keys = asset_keys(manifest)
    found: dict[tuple[dg.AssetKey, str], list[CheckResult]] = defaultdict(list)
    for result in judged.results:
        if result.round_id == ALL:
            found[_table_check(result.check_id, result.asset, keys)].append(result)
    for spec in specs:
        behind = found[spec.asset_key, spec.name]
        yield dg.AssetCheckResult(asset_key=spec.asset_key, check_name=spec.name, **_as_one(behind, judged.decided))


def results_as_declared(
    judged: Judged, manifest: Mapping[str, Any], instance: dg.DagsterInstance
) -> Iterator[dg.AssetCheckEvaluation]:
    """What became of each spec of `declared_check_specs`, as an event: an output of each would cost as much again."""
    keys = asset_keys(manifest)
    found = {keys[each.asset]: each for each in judged.results if each.check_id.startswith(f"{declared.AS_DECLARED}.")}
    made = {record.asset_entry.asset_key: record for record in instance.get_asset_records(list(found))}
    for key, result in found.items():
        last = made[key].asset_entry.last_materialization_record if key in made else None
        yield dg.AssetCheckEvaluation(
            asset_key=key, check_name=declared.AS_DECLARED, blocking=True,
            target_materialization_data=target_of_check(last), **_as_one([result], judged.decided),
        )  # fmt: skip


def results_of_rounds(
    judged: Judged, rounds: Collection[str], instance: dg.DagsterInstance
) -> Iterator[dg.AssetCheckEvaluation]:
    """What became of each check of these rounds (survey/round), as an event of the round's partition."""
    found: dict[str, dict[str, list[CheckResult]]] = defaultdict(lambda: defaultdict(list))
    for result in judged.results:
        found[f"{result.survey_id}/{result.round_id}"][result.check_id.split(".")[0]].append(result)
    for key in sorted(set(rounds) & set(found)):
        target = _last_reading(instance, key)
        for name, behind in found[key].items():
            yield dg.AssetCheckEvaluation(
                asset_key=ROUND_ASSET, check_name=name, partition=key, blocking=True,
                target_materialization_data=target, **_as_one(behind, judged.decided),
            )  # fmt: skip


def _last_reading(instance: dg.DagsterInstance, key: str) -> Any:
    """When the round was read last."""
    of_round = dg.AssetRecordsFilter(asset_key=ROUND_ASSET, asset_partitions=[key])
    return target_of_check(next(iter(instance.fetch_materializations(of_round, limit=1).records), None))


def _table_check(check_id: str, table: str, keys: Mapping[str, dg.AssetKey]) -> tuple[dg.AssetKey, str]:
    """Asset and name of a check of tables. One name per asset: a source asset holds several raw tables."""
    name = check_id.split(".")[0]
    key = keys[answers.ASSET if name == CAN_FAIL else table]
    is_of_many = name == EXPECTATIONS and key.path[0] == "raw"
    return key, f"{name}_{table.split('__')[1]}" if is_of_many else name


def _as_one(results: Sequence[CheckResult], decided: Mapping[CheckKey, Decided]) -> dict[str, Any]:
    """Several results (of the questions of a round) as one outcome: failed when any failed, or when there is none.

    A failure that is accepted stays to be seen, and holds up nothing.
    """
    failed = [result for result in results if result.status == "fail"]
    grave = any(result.severity in ("block", "gate") and _decision(result, decided) == "open" for result in failed)
    return {
        "passed": bool(results) and not failed,
        "severity": dg.AssetCheckSeverity.ERROR if grave else dg.AssetCheckSeverity.WARN,
        "description": failed[0].message_en if failed else None,
        "metadata": _metadata(failed or results, decided),
    }


def _metadata(results: Sequence[CheckResult], decided: Mapping[CheckKey, Decided]) -> dict[str, Any]:
    """What was seen and what was asked for, of one result by name, of several in a line each."""
    n_failed = {_plotted(results): sum(result.n_failed for result in results)}
    if len(results) == 1:
        [result] = results
        decision = _decision(result, decided)
        shown = {"status": result.status, "observed": result.observed, "threshold": result.threshold}
        return {**n_failed, **shown, "decision": decision or "none"}
    return (
        n_failed
        | {"results": f"{len(results)} parts"}
        | {
            re.sub(r"\W+", "_", result.check_id): (
                f"{_decision(result, decided) or result.status}: {result.observed} (limit {result.threshold})"
            )
            for result in results[:SHOWN_RESULTS]
        }
    )


def _plotted(results: Sequence[CheckResult]) -> str:
    """Dagster plots the numbers of one name over time, whatever partition they are of: each round has its own name."""
    rounds = {f", {result.survey_id}/{result.round_id}" for result in results if result.round_id != ALL}
    return f"n_failed{''.join(rounds)}"


def _decision(result: CheckResult, decided: Mapping[CheckKey, Decided]) -> str | None:
    return decided[result.survey_id, result.round_id, result.check_id].decision
