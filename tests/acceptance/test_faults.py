"""Inputs broken by hand: one clear message, the right exit code, and the published release as it was."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from store.paths import DataPaths
from store.warehouse import opened
from tests.acceptance.project import (
    ROUND,
    ROUND_OF_2020,
    SECOND,
    THIRD,
    kuntakysely,
    replace,
    touch_round,
)

ReleaseOf = Callable[[DataPaths], str]
CONTACT = "Kotoutumisen yhteyshenkilöt on nimetty"
# A missing column, an unclosed quote, a duplicate header: the file, what is altered in it, the file and what is said.
FILE_FAULTS = [
    (ROUND, CONTACT, "Jotain muuta", "columns.csv", f'The column "{CONTACT}" is not in responses.csv.'),
    (SECOND, "KOTO-0010", '"KOTO-0010', "responses.csv", "A quoted field goes on after its closing quote."),
    (ROUND_OF_2020, '"G01Q01"', '"G01Q02"', "responses.csv", 'The column "G01Q02 (2)" is not in columns.csv'),
]


def test_faults_of_files_end_with_2_and_are_told_at_once(twice: DataPaths, release_of: ReleaseOf) -> None:
    """Each round has a fault, and one a file that is cut."""
    before = release_of(twice)
    for folder, old, new, *_ in FILE_FAULTS:
        replace(twice.root / folder / "responses.csv", old, new)
    file = twice.root / THIRD / "responses.csv"
    file.write_bytes(file.read_bytes()[:9000])
    done = kuntakysely(twice, "refresh")
    assert (done.returncode, release_of(twice)) == (2, before), done.stdout
    assert "Traceback" not in done.stdout
    for folder, _, _, place, said in [*FILE_FAULTS, (THIRD, "", "", "responses.csv", "cut")]:
        assert re.search(rf"^data/{folder}/{place}, .*{re.escape(said)}", done.stdout, re.MULTILINE), done.stdout


def test_a_registry_fault_ends_with_2_and_keeps_the_last_snapshot(fresh: DataPaths, release_of: ReleaseOf) -> None:
    before = release_of(fresh)
    replace(fresh.registry / "2023-01-01" / "municipalities.csv", "\n020,", "\n20,")
    done = kuntakysely(fresh, "refresh")
    assert (done.returncode, release_of(fresh)) == (2, before)
    assert 'The value is "20"' in done.stdout
    with opened(fresh.warehouse_file, read_only=True) as connection:
        kept = "from raw.registry__municipalities where municipality_code = '020' and division_date = '2023-01-01'"
        assert len(connection.execute(kept).fetchall()) == 1


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


def test_rollback_and_back(published: DataPaths, twice: DataPaths, release_of: ReleaseOf) -> None:
    first, second = release_of(published), release_of(twice)
    assert kuntakysely(twice, "rollback").returncode == 0
    assert release_of(twice) == first != second
    unchanged = kuntakysely(twice, "refresh")
    assert "`current` points at release 1, by a rollback" in unchanged.stdout
    assert kuntakysely(twice, "rollback", "2").returncode == 0
    assert release_of(twice) == second
    assert kuntakysely(twice, "rollback", "7").returncode == 2
