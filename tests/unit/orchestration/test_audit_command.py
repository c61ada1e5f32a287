"""What a person is shown of the audit log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from store import audit
from store.paths import DataPaths
from tests.acceptance.project import command, run

pytestmark = pytest.mark.slow


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    found = DataPaths(tmp_path / "data")
    found.surveys.mkdir(parents=True)
    audit.record(found, "refresh", outcome="published", release=1, rounds=["koto/2023-01"])
    audit.record(found, "rollback", outcome="published", release=1)
    return found


def test_the_log_is_shown_line_by_line(paths: DataPaths) -> None:
    done = run(paths, command("audit"))
    assert done.returncode == 0
    for word in ("refresh", "rollback", "koto/2023-01", audit.read(paths)[0].who):
        assert word in done.stdout


def test_a_whole_chain_is_said_to_be_whole(paths: DataPaths) -> None:
    done = run(paths, command("audit", "--verify"))
    assert (done.returncode, done.stdout) == (0, "2 lines, 0 faults found.\n")


def test_a_broken_chain_is_told_by_verify_and_by_status(paths: DataPaths) -> None:
    log = paths.audit_file
    log.write_bytes(log.read_bytes().replace(b"published", b"refused", 1))
    done = run(paths, command("audit", "--verify"))
    place = "data/state/audit.jsonl, line 1: The hash does not follow from the line before and this one."
    assert (done.returncode, done.stdout.startswith(place), "1 fault found" in done.stdout) == (2, True, True)
    assert run(paths, command("status")).stdout.startswith(place)
    (said,) = json.loads(run(paths, command("status", "--json")).stdout)["audit_faults"]
    assert said.startswith(place)


def test_before_anything_was_done(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path / "data")
    assert run(paths, command("audit")).stdout.startswith("Nothing has been done yet")
    assert run(paths, command("audit", "--verify")).returncode == 0
    assert not paths.state.exists()
