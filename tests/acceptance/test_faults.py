"""Inputs broken by hand: one clear message, the right exit code, and the published release as it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.paths import PROJECT_ROOT, DataPaths
from ingest.warehouse import opened
from tests.acceptance.project import ROUND, command, environment, kuntakysely, replace, rows, touch_round

ReleaseOf = Callable[[DataPaths], str]
CONTACT = "Kotoutumisen yhteyshenkilöt on nimetty"
FILE_FAULTS = {
    "a missing column": (CONTACT, "Jotain muuta", f'The column "{CONTACT}" is not in responses.csv.'),
    "a duplicate header": (";Aloitusaika;", ";Lähetysaika;", 'The column name "Lähetysaika" appears 2 times.'),
    "an unclosed quote": ("KOTO-0010", '"KOTO-0010', "quote"),
}


@pytest.mark.parametrize("fault", FILE_FAULTS)
def test_a_fault_of_the_file_ends_with_2(fresh: DataPaths, release_of: ReleaseOf, fault: str) -> None:
    old, new, message = FILE_FAULTS[fault]
    before = release_of(fresh)
    replace(fresh.root / ROUND / "responses.csv", old, new)
    done = kuntakysely(fresh, "refresh")
    assert done.returncode == 2, done.stdout
    assert message in done.stdout
    assert "Traceback" not in done.stdout
    assert release_of(fresh) == before


def test_a_cut_file_is_told(fresh: DataPaths, release_of: ReleaseOf) -> None:
    before = release_of(fresh)
    file = fresh.root / ROUND / "responses.csv"
    file.write_bytes(file.read_bytes()[:9000])
    done = kuntakysely(fresh, "refresh")
    assert (done.returncode, release_of(fresh)) == (2, before), done.stdout
    assert "cut" in done.stdout


def test_a_registry_fault_ends_with_2_and_keeps_the_last_snapshot(fresh: DataPaths, release_of: ReleaseOf) -> None:
    before = release_of(fresh)
    replace(fresh.registry / "2023-01-01" / "municipalities.csv", "\n020,", "\n20,")
    done = kuntakysely(fresh, "refresh")
    assert (done.returncode, release_of(fresh)) == (2, before)
    assert 'The value is "20"' in done.stdout
    with opened(fresh.warehouse_file, read_only=True) as connection:
        kept = "from raw.registry__municipalities where municipality_code = '020' and division_date = '2023-01-01'"
        assert len(connection.execute(kept).fetchall()) == 1


def test_faults_of_rows_and_cells_are_kept_and_told(fresh: DataPaths, release_of: ReleaseOf) -> None:
    """An unknown municipality, "72" for "072", a word that is no option: three rows wait, one answer does not count."""
    before = release_of(fresh)
    file = fresh.root / ROUND / "responses.csv"
    replace(file, ";849;", ";matti.meikalainen@example.fi;")
    for old, new in ((";697;", ";999;"), (";072;", ";72;"), (";Jokseenkin riittävät;", ";Riittää kyllä;")):
        replace(file, old, new)
    done = kuntakysely(fresh, "refresh")
    assert (done.returncode, release_of(fresh)) == (1, before), done.stdout
    assert 'municipality "999" is not in the division' in done.stdout
    assert 'if "072" Hailuoto is meant' in done.stdout
    assert "expected a code or label of the list sufficiency" in done.stdout
    for typed in ("Riittää kyllä", "matti.meikalainen"):
        assert typed not in done.stdout, "what a respondent wrote stays on the private side"
    assert "Riittää kyllä" in (fresh.warehouse / "findings.csv").read_text(encoding="utf-8")
    assert "refused" in kuntakysely(fresh, "status").stdout
    status = json.loads(kuntakysely(fresh, "status", "--json").stdout)
    assert (status["release"]["number"], status["last_refresh"]["outcome"]) == (1, "refused")
    failed = {check["check_id"] for check in status["checks"] if check["status"] == "fail"}
    assert {"rows_unknown_municipality", "figures_reconciled"} <= failed
    with opened(fresh.warehouse_file, read_only=True) as connection:
        counted = connection.execute(
            "select disposition, count(*) from intermediate.int_responses_disposed where round_id = '2023-01' "
            "group by all order by all"
        ).fetchall()
    assert counted == [("accepted", 169), ("unknown_municipality", 3)]


def test_one_changed_answer_turns_exactly_the_figures_it_touches(fresh: DataPaths) -> None:
    """KOTO-0001, of the smallest class, says no instead of yes: shares of all responses and municipalities move."""
    file = fresh.root / ROUND / "responses.csv"
    lines = file.read_bytes().decode("utf-8").split("\r\n")
    assert lines[1].startswith("KOTO-0001;")
    lines[1] = lines[1].replace(";Kyllä;", ";Ei;", 1)
    file.write_bytes("\r\n".join(lines).encode("utf-8"))
    assert kuntakysely(fresh, "refresh").returncode == 1
    with opened(fresh.warehouse_file, read_only=True) as connection:
        moved = connection.execute(
            "select figure_id from marts.publication_reconciliation where status = 'mismatch' order by all"
        ).fetchall()
    assert moved == [("f136",), ("f160",), ("f161",)]


def test_a_warehouse_that_is_open_elsewhere(fresh: DataPaths, release_of: ReleaseOf) -> None:
    touch_round(fresh)
    before = release_of(fresh)
    look = "import duckdb, sys, time; held = duckdb.connect(sys.argv[1]); print('open', flush=True); time.sleep(60)"
    holder = subprocess.Popen(
        [sys.executable, "-c", look, str(fresh.warehouse_file)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    done = kuntakysely(fresh, "refresh")
    holder.kill()
    holder.wait()
    assert (done.returncode, release_of(fresh)) == (3, before), done.stdout
    assert "is open in another program" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_folder_without_surveys_is_told_and_left_alone(tmp_path: Path) -> None:
    for command_name in ("status", "refresh"):
        done = kuntakysely(DataPaths(tmp_path), command_name)
        assert done.returncode == 2, done.stdout
        assert "surveys" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_two_refreshes_at_once(fresh: DataPaths) -> None:
    touch_round(fresh)
    first = subprocess.Popen(command("refresh"), cwd=PROJECT_ROOT, env=environment(fresh), stdout=subprocess.DEVNULL)
    wait_for_lock(fresh, first.pid)
    second = kuntakysely(fresh, "refresh")
    assert second.returncode == 3
    assert f"another refresh is running: process {first.pid}" in second.stdout
    assert first.wait() == 0
    assert rows(fresh, "select number from marts.release") == [(2,)]


def test_a_killed_refresh_leaves_the_release_and_the_next_one_works(fresh: DataPaths, release_of: ReleaseOf) -> None:
    before = release_of(fresh)
    touch_round(fresh)
    running = subprocess.Popen(
        command("refresh"), cwd=PROJECT_ROOT, env=environment(fresh), stdout=subprocess.DEVNULL, start_new_session=True
    )
    wait_for_lock(fresh, running.pid)
    time.sleep(8)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert release_of(fresh) == before
    done = kuntakysely(fresh, "refresh")
    assert done.returncode == 0, done.stdout
    assert rows(fresh, "select number from marts.release") == [(2,)]


def test_rollback_and_back(fresh: DataPaths, release_of: ReleaseOf) -> None:
    touch_round(fresh)
    first = release_of(fresh)
    assert kuntakysely(fresh, "refresh").returncode == 0
    second = release_of(fresh)
    assert kuntakysely(fresh, "rollback").returncode == 0
    assert release_of(fresh) == first
    unchanged = kuntakysely(fresh, "refresh")
    assert "`current` points at release 1, by a rollback" in unchanged.stdout
    assert kuntakysely(fresh, "rollback", "2").returncode == 0
    assert release_of(fresh) == second
    assert kuntakysely(fresh, "rollback", "7").returncode == 2


def wait_for_lock(paths: DataPaths, pid: int) -> None:
    deadline = time.monotonic() + 30
    while f'"pid": {pid}' not in paths.lock_file.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, "the refresh never took the lock"
        time.sleep(0.02)
