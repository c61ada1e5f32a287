"""A round of real answers from one sign-off to the next: what comes late moves nothing until somebody decides it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from store.paths import DataPaths
from store.warehouse import opened
from tests.acceptance.project import copy_data, kuntakysely, rows
from tests.disclosed import survey
from tests.loading import load_all
from tests.parsed import hand_on_parse
from tests.pipeline.build import build_and_publish
from tests.planted.base import write_csv
from tests.sharing import Shared
from tests.signing import SIGNED_AT

YEAR = survey.ROUNDS[1]
KEY = f"{survey.SURVEY}/{YEAR}"
OF_ROUND = f"survey_id = '{survey.SURVEY}' and round_id = '{YEAR}'"
LATE = survey.response(11, 0, YEAR)  # of one that was silent
ANSWER = ("r2025_02_0", "happy")
ROLE = ("r2025_03_0", "_role")  # the mayor of a municipality was a clerk
REASON = "The producer found an error"
SIGN = ("sign-off", KEY, "--by", "The office", "--why", "All answers came")


@pytest.fixture(scope="module")
def real(published: DataPaths, shared: Shared, tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The made-up survey of real answers, signed and published; this file's own."""
    made = shared(
        "disclosed",
        lambda folder: build_and_publish(hand_on_parse(published, survey.write(DataPaths(folder)))),
    )
    return copy_data(made, tmp_path_factory.mktemp("signed") / "data")


def answers(paths: DataPaths) -> list[tuple[object, ...]]:
    with opened(paths.warehouse_file, read_only=True) as connection:
        return connection.execute(f"from intermediate.int_answers_by_unit where {OF_ROUND} order by all").fetchall()


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


def test_what_comes_late_is_published_when_it_is_signed(real: DataPaths) -> None:
    before = answers(real)
    assert f"{KEY} is as it was signed" in kuntakysely(real, *SIGN).stdout
    deliver_late(real)

    done = kuntakysely(real, "refresh")
    assert done.returncode == 0, done.stdout
    waiting = (
        f"{KEY} is signed as of {SIGNED_AT:%Y-%m-%d} by The tests; what is delivered now differs in responses.csv, "
        f"corrections.csv (rows: 1 new, 0 changed, 0 gone). Sign it: kuntakysely sign-off {KEY}"
    )
    assert waiting in done.stdout.splitlines()
    assert answers(real) == before
    assert waiting in kuntakysely(real, "status").stdout.splitlines()

    refused, kept = kuntakysely(real, *SIGN), sign_offs(real)
    assert refused.returncode == 1, refused.stdout
    assert "3 responses of 3 municipalities differ from what was signed last." in refused.stdout
    moved = {tuple(cell.strip() for cell in line.split("│")[1:-1]) for line in refused.stdout.splitlines()}
    assert ("happy", "all", "all", "3", "3") in moved
    assert ("trust", "role", "mayor", "1", "1") in moved  # the other mayor's answers would be the difference
    assert not {
        row for row in moved if row[:1] in (("offers",), ("illness",))
    }  # a public fact, and one that is not told
    assert kept == [f"{SIGNED_AT:%Y-%m-%d}"] == sign_offs(real)
    assert answers(real) == before
    assert [*real.private.glob("signing_*")] == []

    done = kuntakysely(real, *SIGN, "--accept", REASON)
    assert done.returncode == 0, done.stdout
    assert len(sign_offs(real)) == 2
    done = kuntakysely(real, "refresh")
    assert done.returncode == 0, done.stdout
    assert "kuntakysely sign-off" not in done.stdout
    gone, come = set(before) - set(answers(real)), set(answers(real)) - set(before)
    assert {row[5] for row in come} >= {LATE["id"], ANSWER[0], ROLE[0]}
    assert gone
    day = sign_offs(real)[-1][:10]
    assert rows(real, f"select signed_off_on::varchar from marts.dim_round where {OF_ROUND}") == [(day,)]
    check = f"select status, observed from marts.round_quality where check_id = 'revision_accepted' and {OF_ROUND}"
    assert rows(real, check) == [("fail", f"{day}: {REASON}")]


def test_reading_what_is_delivered_would_be_seen(real: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round that forgets that it was signed has other cells than those that were built."""
    with opened(real.warehouse_file) as connection:
        before = connection.execute(f"from raw.surveys__cells where {OF_ROUND}").fetchall()
    with (folder_of(real) / "responses.csv").open("a", encoding="utf-8") as handle:
        handle.write("cut off\n")
    load_all(real)
    with opened(real.warehouse_file) as connection:
        assert connection.execute(f"from raw.surveys__cells where {OF_ROUND}").fetchall() == before
    monkeypatch.setattr("ingest.codebook.round.read_sign_offs", lambda *_: [])
    monkeypatch.setattr("ingest.codebook.round.sign_off_folders", lambda *_: [])
    load_all(real)
    with opened(real.warehouse_file) as connection:
        assert connection.execute(f"from raw.surveys__cells where {OF_ROUND}").fetchall() != before
