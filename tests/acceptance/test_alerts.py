"""Alerts from the outside: a run in Dagster that fails before anything is built, and a file with a fault."""

from __future__ import annotations

from pathlib import Path

from store import state
from store.paths import DataPaths
from tests.acceptance.project import copy_inputs, dagster, kuntakysely
from tests.servers import free_port, web_server


def failing_run(paths: DataPaths) -> str:
    """Run a job in Dagster on a warehouse that is no database; its log."""
    paths.warehouse_file.write_bytes(b"no database" * 1000)
    done = dagster(paths, "job", "execute", "-j", "rebuild")
    assert done.returncode != 0, done.stdout
    return done.stdout


def test_a_run_that_fails_in_dagster_is_told_and_logged(fresh: DataPaths) -> None:
    with web_server() as endpoint:
        down = f"email:\n  host: localhost\n  port: {free_port()}\n  from: k@example.org\n  to: [a@example.org]\n"
        fresh.alerts_file.write_text(f"{down}webhook:\n  url: {endpoint.url}\n", encoding="utf-8")
        log = failing_run(fresh)
    [post] = endpoint.posts
    assert post["subject"] == "kuntakysely: refresh 2 failed"
    assert "Nothing was published: WarehouseDamaged in step raw__registry of run " in post["text"]
    assert "data/alerts.yml, email: localhost:" in log
    with state.opened(fresh) as memory:
        assert (last := state.last_refresh(memory)) is not None
    assert last.outcome == "failed"


def test_a_fault_of_the_file_ends_with_2(tmp_path: Path) -> None:
    paths = copy_inputs(tmp_path / "data")
    paths.alerts_file.write_text("webhook:\n  uri: x\n", encoding="utf-8")
    for command in ("refresh", "validate"):
        done = kuntakysely(paths, command)
        assert done.returncode == 2, done.stdout
        assert 'data/alerts.yml, line 2, webhook.uri: The key "uri" is not known here.' in done.stdout
