"""A data folder is lost and put back from a backup; the refresh there has no network at all."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dagster import DagsterInstance, DagsterRunStatus, SensorResult, build_sensor_context

from store import audit
from store.marts import published_marts
from store.paths import PROJECT_ROOT, DataPaths
from store.warehouse import table_signature
from tests.acceptance.project import command, environment, kuntakysely, rows
from tests.faults import shim

# A network namespace of its own has one interface, loopback, and that is down: nothing can be reached, not even itself.
WITHOUT_NETWORK = ["unshare", "--map-root-user", "--net"]
INTERFACES = "import socket; print([name for _, name in socket.if_nameindex()])"
KNOCK = """
import socket
for knock in (lambda: socket.create_connection(("127.0.0.1", 9)), lambda: socket.getaddrinfo("example.org", 443)):
    try:
        knock()
    except OSError:
        pass
"""

PUBLISHED = tuple(mart.name for mart in published_marts())


def without_network(
    paths: DataPaths, arguments: list[str], log: Path, library: Path
) -> subprocess.CompletedProcess[str]:
    """Run a program without a network; every connection and look-up that it or a child tries is in the log."""
    if shutil.which("unshare") is None:
        pytest.fail("there is no program `unshare` (util-linux) here: that nothing needs a network cannot be shown")
    watched = environment(paths) | {"LD_PRELOAD": str(library), shim.CONNECT_LOG: str(log)}
    # The proxies of this shell would be somewhere to connect to.
    watched = {name: value for name, value in watched.items() if not name.lower().endswith("_proxy")}
    return subprocess.run(
        [*WITHOUT_NETWORK, *arguments], cwd=PROJECT_ROOT, env=watched, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def tried(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shim.built(tmp_path_factory.mktemp("shim"))


def signatures(paths: DataPaths) -> dict[str, tuple[int, str]]:
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        return {table: table_signature(connection, f"marts.{table}") for table in PUBLISHED}


def test_a_lost_folder_comes_back_with_the_same_marts_and_no_network(
    published: DataPaths,
    fresh: DataPaths,
    library: Path,
    tmp_path: Path,
    record_property: Callable[[str, Any], None],
) -> None:
    saved, log = tmp_path / "backup.tar.gz", tmp_path / "tried"
    old_run = made_up_run(fresh, "2020-01-01 00:00:00")
    done = kuntakysely(fresh, "backup", str(saved))
    assert done.returncode == 0, done.stdout
    shutil.rmtree(fresh.root)
    done = kuntakysely(fresh, "restore", str(saved))
    assert done.returncode == 0, done.stdout
    assert not fresh.published.exists() and not fresh.warehouse.exists()
    assert has_run(fresh, old_run), "Dagster's home is back too"
    assert rounds_to_launch(fresh) == [], "what was read is known: no run for every round there is"

    done = without_network(fresh, [sys.executable, "-c", INTERFACES], log, library)
    assert (done.returncode, done.stdout) == (0, "['lo']\n"), f"no network namespace can be made here: {done.stdout}"
    done = without_network(fresh, command("refresh"), log, library)
    assert done.returncode == 0, done.stdout
    assert tried(log) == []

    assert signatures(fresh) == signatures(published)
    assert [rows(paths, "select number from marts.release") for paths in (published, fresh)] == [[(1,)], [(2,)]]
    assert [entry.action for entry in audit.read(fresh)] == ["refresh", "restore", "refresh"]
    assert audit.faults(fresh) == []
    assert not has_run(fresh, old_run), "at the end of a run old ones are forgotten"
    record_property("tried", ["refreshes of a restored folder without network", "published", 1])
    record_property("tried", ["connections and look-ups of that refresh", "tried", len(tried(log))])
    record_property("tried", ["marts after backup and restore", "same", len(PUBLISHED)])


def made_up_run(paths: DataPaths, at: str) -> str:
    """A run of long ago that did nothing, as Dagster remembers it."""
    from orchestration.definitions import defs

    with DagsterInstance.from_config(str(paths.dagster_home)) as instance:
        run_id = instance.create_run_for_job(defs().resolve_job_def("rebuild"), status=DagsterRunStatus.SUCCESS).run_id
    with closing(sqlite3.connect(paths.dagster_home / "history" / "runs.db")) as connection:
        connection.execute("update runs set create_timestamp = ? where run_id = ?", [at, run_id])
        connection.commit()
    return run_id


def has_run(paths: DataPaths, run_id: str) -> bool:
    with DagsterInstance.from_config(str(paths.dagster_home)) as instance:
        return instance.has_run(run_id)


def rounds_to_launch(paths: DataPaths) -> list[str | None]:
    """What one look of the sensor launches runs for."""
    from orchestration.dagster import jobs

    with DagsterInstance.from_config(str(paths.dagster_home)) as instance:
        found = jobs.new_or_changed_round(paths, build_sensor_context(instance))
    assert isinstance(found, SensorResult)
    return [request.partition_key for request in found.run_requests or []]


def test_a_program_that_tries_would_be_seen(fresh: DataPaths, library: Path, tmp_path: Path) -> None:
    """The mutant: a connection and a look-up, which fail at once, are in the log."""
    log = tmp_path / "tried"
    done = without_network(fresh, [sys.executable, "-c", KNOCK], log, library)
    assert done.returncode == 0, done.stdout
    found = {tuple(line.split()[1:3]) for line in tried(log)}
    assert found >= {("connect", "127.0.0.1"), ("getaddrinfo", "example.org")}
