"""A round of real answers from one sign-off to the next: what comes late moves nothing until somebody decides it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from store.marts import published_marts
from store.paths import DataPaths
from store.warehouse import opened
from tests.acceptance.project import copy_data, kuntakysely, rows
from tests.delivered import CELLS
from tests.disclosed import survey
from tests.loading import load_all
from tests.planted.base import write_csv
from tests.signing import SIGNED_AT

Tried = Callable[[str, object], None]
YEAR = survey.ROUNDS[1]
KEY = f"{survey.SURVEY}/{YEAR}"
OF_ROUND = f"survey_id = '{survey.SURVEY}' and round_id = '{YEAR}'"
LATE = survey.response(11, 0, YEAR)  # of one that was silent
ANSWER = ("r2025_02_0", "happy")
ROLE = ("r2025_03_0", "_role")  # the mayor of a municipality was a clerk
REASON = "The producer found an error"
SIGN = ("sign-off", KEY, "--by", "The office", "--why", "All answers came")


@pytest.fixture(scope="module")
def signed(real: DataPaths, tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The made-up survey of real answers, signed and published; this file's own."""
    return copy_data(real, tmp_path_factory.mktemp("signed") / "data")


def answers(paths: DataPaths) -> list[tuple[object, ...]]:
    with opened(paths.warehouse_file, read_only=True) as connection:
        return connection.execute(f"from intermediate.int_answers_by_unit where {OF_ROUND} order by all").fetchall()


def kept(paths: DataPaths) -> dict[str, list[tuple[object, ...]]]:
    """What is kept of the answers of the round while it is not built."""
    tables = ("int_answers_grouped", "int_municipality_answers_resolved", "int_units_grouped")
    with opened(paths.warehouse_file, read_only=True) as connection:
        return {
            table: connection.execute(f"from intermediate.{table} where {OF_ROUND} order by all").fetchall()
            for table in tables
        }


def sign_offs(paths: DataPaths) -> list[str]:
    return sorted(path.name for path in (folder_of(paths) / "signed_off").iterdir())


def folder_of(paths: DataPaths) -> Path:
    return paths.surveys / survey.SURVEY / "rounds" / YEAR


def deliver_late(paths: DataPaths) -> None:
    """A late response, a corrected answer and a corrected role."""
    file = folder_of(paths) / "responses.csv"
    with file.open(encoding="utf-8", newline="") as handle:
        delivered = list(csv.DictReader(handle))
    write_csv(file, [*delivered, LATE])
    said = {row["id"]: row for row in delivered}
    write_csv(
        folder_of(paths) / "corrections.csv",
        [
            correction(*ANSWER, said[ANSWER[0]]["happy"], "no" if said[ANSWER[0]]["happy"] == "yes" else "yes"),
            correction(*ROLE, said[ROLE[0]]["role"], "clerk"),
        ],
    )


def correction(response_id: str, question_id: str, old: str, new: str) -> dict[str, str]:
    return {
        "response_id": response_id, "question_id": question_id, "old_value": old, "new_value": new,
        "action": "replace", "reason": "called", "by": "a person", "on": "2025-02-02",
    }  # fmt: skip


def figures(release: Path) -> dict[tuple[str, ...], tuple[object, ...]]:
    """Every row of a release that is of a question which is no public fact, by table and key, with what it tells."""
    found: dict[tuple[str, ...], tuple[object, ...]] = {}
    with duckdb.connect(str(release), read_only=True) as connection:
        closed = "select question_id from marts.dim_question where disclosure <> 'public_fact'"
        for mart in published_marts():
            if mart.figures and "question_id" in mart.columns:
                key = [name for name, column in mart.columns.items() if column.kind == "key"]
                told = f"select {', '.join(key)}, {', '.join(mart.figures)} from marts.{mart.name}"
                for row in connection.execute(f"{told} where question_id in ({closed}) and {OF_ROUND}").fetchall():
                    found[mart.name, *map(str, row[: len(key)])] = row[len(key) :]
    return found


def rows_that_can_be_subtracted(before: Path, after: Path) -> set[tuple[str, str, str]]:
    """(question, breakdown, row) of which two releases tell figures that differ: who has both has the difference."""
    marts = {
        mart.name: [name for name, each in mart.columns.items() if each.kind == "key"] for mart in published_marts()
    }
    old, new = figures(before), figures(after)
    found = set()
    for place in old.keys() | new.keys():
        pairs = zip(old.get(place, ()), new.get(place, ()), strict=False)
        is_apart = any(None not in pair and pair[0] != pair[1] and not isinstance(pair[0], str) for pair in pairs)
        if is_apart:
            at = dict(zip(marts[place[0]], place[1:], strict=True))
            found.add((at["question_id"], at.get("breakdown", "all"), at.get("breakdown_id", "all")))
    return found


def test_what_comes_late_is_published_when_it_is_signed(signed: DataPaths, record_property: Tried) -> None:
    before, kept_before, first = answers(signed), kept(signed), signed.current.resolve()
    assert all(kept_before.values())
    assert f"{KEY} is as it was signed" in kuntakysely(signed, *SIGN).stdout
    deliver_late(signed)

    done = kuntakysely(signed, "refresh")
    assert done.returncode == 0, done.stdout
    waiting = (
        f"{KEY} is signed as of {SIGNED_AT:%Y-%m-%d} by The tests; what is delivered now differs in responses.csv, "
        f"corrections.csv (rows: 1 new, 0 changed, 0 gone). Sign it: kuntakysely sign-off {KEY}"
    )
    assert waiting in done.stdout.splitlines()
    assert kept(signed) == kept_before
    assert figures(signed.current.resolve()) == figures(first) != {}
    assert waiting in kuntakysely(signed, "status").stdout.splitlines()

    refused, signed_before = kuntakysely(signed, *SIGN), sign_offs(signed)
    assert refused.returncode == 1, refused.stdout
    assert "Responses that differ from what was signed last: 3 (municipalities: 3)." in refused.stdout
    lines = [line.split("│")[1:-1] for line in refused.stdout.splitlines()]
    moved = {tuple(cell.strip() for cell in line) for line in lines if line}
    assert ("happy", "all", "all", "3", "3") in moved
    assert ("trust", "role", "mayor", "1", "1") in moved  # the other mayor's answers would be the difference
    assert "offers" not in {row[0] for row in moved}  # a public fact
    assert signed_before == [f"{SIGNED_AT:%Y-%m-%d}"] == sign_offs(signed)
    assert kept(signed) == kept_before
    assert [*signed.private.glob("signing_*")] == []

    done = kuntakysely(signed, *SIGN, "--accept", REASON)
    assert done.returncode == 0, done.stdout
    assert len(sign_offs(signed)) == 2
    done = kuntakysely(signed, "refresh")
    assert done.returncode == 0, done.stdout
    assert "kuntakysely sign-off" not in done.stdout
    gone, come = set(before) - set(answers(signed)), set(answers(signed)) - set(before)
    assert {row[5] for row in come} >= {LATE["id"], ANSWER[0], ROLE[0]}
    assert gone
    day = sign_offs(signed)[-1][:10]
    assert rows(signed, f"select signed_off_on::varchar from marts.dim_round where {OF_ROUND}") == [(day,)]
    check = f"select status, observed from marts.round_quality where check_id = 'revision_accepted' and {OF_ROUND}"
    assert rows(signed, check) == [("fail", f"{day}: {REASON}")]
    apart = rows_that_can_be_subtracted(first, signed.current.resolve())
    record_property("tried", ["rows that two releases apart tell", "named before they were signed", len(apart)])
    assert apart
    assert apart <= {row[:3] for row in moved}


def test_reading_what_is_delivered_would_be_seen(signed: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round that forgets that it was signed has other cells than those that were built."""
    with opened(signed.warehouse_file) as connection:
        before = connection.execute(f"from {CELLS} where {OF_ROUND}").fetchall()
    with (folder_of(signed) / "responses.csv").open("a", encoding="utf-8") as handle:
        handle.write("cut off\n")
    load_all(signed)
    with opened(signed.warehouse_file) as connection:
        assert connection.execute(f"from {CELLS} where {OF_ROUND}").fetchall() == before
    monkeypatch.setattr("ingest.codebook.round.read_sign_offs", lambda *_: [])
    monkeypatch.setattr("ingest.codebook.round.sign_off_folders", lambda *_: [])
    load_all(signed)
    with opened(signed.warehouse_file) as connection:
        assert connection.execute(f"from {CELLS} where {OF_ROUND}").fetchall() != before
