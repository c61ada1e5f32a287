"""Dagster's event log held open: what is stored so is read by any other instance, and the storage is put back; and
dbt's messages, filled late."""

from __future__ import annotations

from pathlib import Path

import pytest
from dagster import DagsterInstance, asset, materialize
from dagster._core.storage.event_log import SqliteEventLogStorage
from dbt.adapters.events.types import SQLQuery
from dbt_common.events.base_types import DebugLevel

from orchestration.dagster import internals
from orchestration.dagster.dagster_home import prepare_dagster_home
from orchestration.dagster.internals import held_open
from store.paths import DataPaths


@asset
def counted() -> int:
    return 1


@pytest.fixture
def home(tmp_path: Path) -> str:
    return str(prepare_dagster_home(DataPaths(tmp_path / "data")))


def steps(home: str, run_id: str) -> list[str]:
    """What another instance reads of a run, from the files."""
    with DagsterInstance.from_config(home) as instance:
        assert instance.get_latest_materialization_event(counted.key)
        return [event.dagster_event.event_type_value for event in instance.all_logs(run_id) if event.dagster_event]


@pytest.mark.slow
def test_events_are_read_by_an_instance_that_knows_nothing_of_it(home: str) -> None:
    with DagsterInstance.from_config(home) as instance:
        plain = materialize([counted], instance=instance).run_id
        with held_open(instance):
            held = materialize([counted], instance=instance).run_id
            assert steps(home, held) == steps(home, plain), "also while it is held open"
    assert steps(home, held) == steps(home, plain) != []


@pytest.mark.slow
def test_the_storage_is_as_before_afterwards(home: str) -> None:
    with DagsterInstance.from_config(home) as instance:
        storage = instance.event_log_storage
        assert isinstance(storage, SqliteEventLogStorage)
        before = dict(vars(storage))
        with pytest.raises(ZeroDivisionError), held_open(instance):
            assert "_connect" in vars(storage)
            raise ZeroDivisionError
        assert vars(storage).keys() == before.keys()
        run_id = materialize([counted], instance=instance).run_id
    assert "PIPELINE_SUCCESS" in steps(home, run_id)


def test_a_message_of_dbt_that_is_read_says_what_it_would_have_said(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"conn_name": "model.a", "sql": "select 1", "node_info": {"node_name": "a", "unique_id": "model.a"}}
    plain = SQLQuery(**said)
    monkeypatch.setattr(DebugLevel, "__init__", DebugLevel.__init__)  # put back at the end
    monkeypatch.setattr(DebugLevel, "pb_msg", None, raising=False)
    internals._fill_messages_when_read()
    kept = SQLQuery(**said)
    assert "pb_msg" not in vars(kept), "nobody has read it"
    assert (kept.message(), kept.to_dict(), kept.sql) == (plain.message(), plain.to_dict(), "select 1")
