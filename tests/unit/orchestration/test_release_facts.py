"""What Dagster's page of a release says beside the one before it."""

from __future__ import annotations

from pathlib import Path

import duckdb
from dagster import DagsterInstance

from orchestration.dagster.partitions import PARTITION, RANGE_END, RANGE_START, ROUNDS, job_runs
from orchestration.dagster.release_facts import ReleaseFacts, describe_release, read_facts
from store.paths import DataPaths

TABLES = """
    create schema marts;
    create table marts.dim_round as select unnest(['a/2', 'a/1']) as round_key;
    create table marts.publication_reconciliation as
    select unnest(['match', 'match', 'mismatch', 'known_discrepancy', 'not_computable']) as status;
    create table marts.round_quality as from (values
        ('a', '1', 'late', 'fail'), ('a', '1', 'early', 'pass'), ('all', 'all', 'odd', 'fail')
    ) as found (survey_id, round_id, check_id, status);
"""


def test_a_release_says_what_it_holds_and_what_is_new(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    paths.current.parent.mkdir(parents=True)
    assert read_facts(paths) == ReleaseFacts()
    with duckdb.connect(str(paths.current)) as release:
        release.execute(TABLES)
    assert describe_release(read_facts(paths), ReleaseFacts((), {}, ["odd", "early of a/1"])) == {
        "rounds": "a/1, a/2", "figures matched": 2, "figures known wrong": 1, "figures mismatched": 1,
        "figures not computable": 1, "findings": 2, "findings new": "late of a/1", "findings gone": "early of a/1",
    }  # fmt: skip


def test_a_run_carries_its_rounds() -> None:
    """One as its partition, neighbours as a range."""
    with DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(ROUNDS.name or "", ["a/1", "a/2", "b/1", "b/2"])
        assert list(job_runs(instance, ["a/1", "b/1", "b/2"])) == [
            ("ingest_round", {PARTITION: "a/1"}),
            ("refresh", {RANGE_START: "b/1", RANGE_END: "b/2"}),
        ]
        assert list(job_runs(instance, [])) == [("rebuild", {})]
