"""The audit log: what is seen of a line that is changed, taken away or cut off."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from store import audit
from store.paths import PROJECT_ROOT, DataPaths

N_LINES = 4
Harm = Callable[[list[bytes]], list[bytes]]


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    found = DataPaths(tmp_path / "data")
    for number in range(1, N_LINES + 1):
        audit.record(found, "refresh", outcome="published", release=number, rounds=["a/2023"])
    return found


def test_a_line_says_who_did_what_and_when(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "alice")
    audit.record(paths, "rollback", release=2, outcome="published")
    *_, entry = audit.read(paths)
    assert (entry.line, entry.action, entry.details) == (5, "rollback", {"release": 2, "outcome": "published"})
    assert entry.who.startswith("alice as ")
    assert entry.at.utcoffset() is not None and entry.at.utcoffset().total_seconds() == 0  # type: ignore[union-attr]
    assert audit.faults(paths) == []
    assert {stat.S_IMODE(file.stat().st_mode) for file in paths.state.iterdir()} == {0o600}


def test_looking_makes_nothing(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path / "data")
    assert (audit.read(paths), audit.faults(paths), audit.cut_off(paths)) == ([], [], [])
    assert list(tmp_path.iterdir()) == []


def changed(line: int, old: bytes, new: bytes) -> Harm:
    return lambda lines: [text.replace(old, new) if number == line else text for number, text in enumerate(lines, 1)]


HARMS: dict[str, tuple[Harm, list[tuple[str, str]]]] = {
    "a word changed": (changed(2, b"published", b"refused"), [("audit-chain-broken", "line 2")]),
    "the last line changed": (changed(4, b'"release": 4', b'"release": 5'), [("audit-chain-broken", "line 4")]),
    "a line that is none any more": (changed(2, b"{", b"("), [("audit-chain-broken", "line 3")]),
    "the first line gone": (lambda lines: lines[1:], [("audit-chain-broken", "line 1")]),
    "a middle line gone": (lambda lines: lines[:1] + lines[2:], [("audit-chain-broken", "line 2")]),
    "the last line gone": (lambda lines: lines[:-1], [("audit-end-missing", "end")]),
    "all lines gone": (lambda _: [], [("audit-end-missing", "end")]),
    "lines in another order": (
        lambda lines: [lines[1], lines[0], *lines[2:]],
        [("audit-chain-broken", f"line {n}") for n in (1, 2, 3)],
    ),
    "a line twice": (lambda lines: [lines[0], *lines], [("audit-chain-broken", "line 2")]),
}


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("goes_on", [False, True], ids=["as it is", "with a line after it"])
def test_harm_is_seen_where_it_was_done(
    paths: DataPaths, harm: str, goes_on: bool, record_property: Callable[[str, Any], None]
) -> None:
    """Also after further lines were written: they do not heal the gap."""
    change, expected = HARMS[harm]
    assert audit.faults(paths) == []
    lines = change(paths.audit_file.read_bytes().splitlines(keepends=True))
    paths.audit_file.write_bytes(b"".join(lines))
    if goes_on:
        audit.record(paths, "rollback", release=1)
        expected = [(code.replace("end-missing", "chain-broken"), place) for code, place in expected]
        expected = [(code, f"line {len(lines) + 1}" if place == "end" else place) for code, place in expected]
    assert [(fault.code, fault.place) for fault in audit.faults(paths)] == expected
    record_property("tried", ["harm to the audit log", "seen", 1])


def test_a_chain_that_hashes_only_its_own_line_would_be_seen(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: without the line before in the hash, a line that is gone leaves no trace in the middle."""
    honest = audit.sha256_of
    monkeypatch.setattr(audit, "sha256_of", lambda _, body: honest("", body))
    mutant = DataPaths(paths.root / "mutant")
    for number in range(N_LINES):
        audit.record(mutant, "refresh", release=number)
    lines = mutant.audit_file.read_bytes().splitlines(keepends=True)
    mutant.audit_file.write_bytes(b"".join(lines[:1] + lines[2:]))
    assert audit.faults(mutant) == [], "the harm goes unseen"
    monkeypatch.undo()
    assert audit.faults(mutant) != []


@pytest.mark.parametrize("kept", [1, 40, -2])
def test_a_power_cut_in_a_line_stops_nothing(paths: DataPaths, kept: int) -> None:
    """The line before is kept as the last one, since that is written after its line; the next line is whole."""
    before = audit._last_kept(paths)
    audit.record(paths, "rollback", release=1)
    *whole, last = paths.audit_file.read_bytes().splitlines(keepends=True)
    paths.audit_file.write_bytes(b"".join([*whole, last[:kept]]))
    audit._last_file(paths).write_text(before, encoding="ascii")
    assert (audit.faults(paths), audit.cut_off(paths)) == ([], [5])
    audit.record(paths, "rollback", release=3)
    assert (audit.faults(paths), audit.cut_off(paths)) == ([], [5])
    assert [entry.details["release"] for entry in audit.read(paths)] == [1, 2, 3, 4, 3]


def test_a_line_that_lacks_only_its_end_counts(paths: DataPaths) -> None:
    paths.audit_file.write_bytes(paths.audit_file.read_bytes()[:-1])
    audit.record(paths, "rollback", release=3)
    assert [entry.details["release"] for entry in audit.read(paths)] == [1, 2, 3, 4, 3]
    assert (audit.faults(paths), audit.cut_off(paths)) == ([], [])


def test_processes_that_write_at_once_do_not_mix(paths: DataPaths) -> None:
    code = (
        "import sys; from store import audit; from store.paths import DataPaths\n"
        "for n in range(20): audit.record(DataPaths.resolve(sys.argv[1]), 'refresh', release=n, rounds=['x' * 3000])"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, paths.root], cwd=PROJECT_ROOT) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert len(audit.read(paths)) == N_LINES + 60
    assert (audit.faults(paths), audit.cut_off(paths)) == ([], [])


def test_lines_are_added_and_nothing_else(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    honest = os.open
    monkeypatch.setattr(os, "open", lambda *given: opened.append(given) or honest(*given))  # type: ignore[func-returns-value]
    audit.record(paths, "rollback", release=1)
    (flags,) = [flags for path, flags, *_ in opened if Path(path) == paths.audit_file]
    assert flags & os.O_APPEND and not flags & os.O_TRUNC
