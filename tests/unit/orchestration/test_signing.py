"""What the command of a sign-off refuses, and the first sign-off of a round."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.dagster.session import refresh_session
from store import audit, state
from store.fingerprint import made_of
from store.paths import PROJECT_ROOT, DataPaths
from tests.acceptance.project import kuntakysely, replace

pytestmark = pytest.mark.slow

KEY = "palvelukysely/2024"
ROUND_FOLDER = Path("surveys/palvelukysely/rounds/2024")
SIGN = ("sign-off", KEY, "--by", "The office", "--why", "All came")


@pytest.fixture
def real(tmp_path: Path) -> DataPaths:
    shutil.copytree(PROJECT_ROOT / "tests" / "broken" / "_base", tmp_path / "data")
    paths = DataPaths(tmp_path / "data")
    replace(paths.root / ROUND_FOLDER / "round.yml", "is_synthetic: true", "is_synthetic: false")
    return paths


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("round.yml", "closes_on: 2024-01-31", "closes_on: 2999-12-31",
         f"{KEY} is in the field until 2999-12-31: it can be signed from the day after."),
        ("round.yml", "is_synthetic: false", "is_synthetic: true",
         f"{KEY} is synthetic (is_synthetic: true in round.yml): its answers need no sign-off."),
        ("responses.csv", "Henkilöstö", "Väki", f"{KEY} is not signed: mend what is named above."),
    ],
)  # fmt: skip
def test_what_must_not_be_signed_is_refused(real: DataPaths, file: str, old: str, new: str, said: str) -> None:
    replace(real.root / ROUND_FOLDER / file, old, new)
    done = kuntakysely(real, *SIGN)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (2, said)
    assert not (real.root / ROUND_FOLDER / "signed_off").exists()


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (" ", '--by is " ". Write a text that does not begin with ?.'),
        ("?", '--by is "?". Write a text that does not begin with ?.'),
        ("anna.virtanen@example.org",
         "--by looks as if it has personal data in it (email). Name a team, nobody."),
    ],
)  # fmt: skip
def test_who_signs_is_a_team(real: DataPaths, by: str, said: str) -> None:
    done = kuntakysely(real, "sign-off", KEY, "--by", by, "--why", "All came")
    assert (done.returncode, done.stdout) == (2, f"{said}\n")


def test_the_first_sign_off_compares_with_nothing(real: DataPaths) -> None:
    done = kuntakysely(real, *SIGN, "--accept", "Nothing")
    (made,) = (real.root / ROUND_FOLDER / "signed_off").iterdir()
    assert (done.returncode, done.stdout) == (
        0,
        f"{KEY} is signed off: {real.shown(made)}. Nothing was to be accepted: the reason is not kept. To publish it: "
        "kuntakysely refresh\n",
    )
    (entry,) = audit.read(real)
    assert (entry.action, entry.details) == (
        "sign-off", {"of": KEY, "by": "The office", "accepted": False, "outcome": "signed"}
    )  # fmt: skip
    (told,) = json.loads(kuntakysely(real, "status", "--json").stdout)["sign_offs"]
    assert (told["signed_on"], told["signed_by"], told["differing"]) == (made.name, "The office", [])
    again = kuntakysely(real, *SIGN)
    assert (again.returncode, again.stdout) == (
        0, f"{KEY} is as it was signed on {made.name} by The office: nothing is new.\n"
    )  # fmt: skip


def test_what_cannot_be_compared_is_signed_for_a_reason(real: DataPaths) -> None:
    """The signed file was changed by hand."""
    kuntakysely(real, *SIGN)
    (made,) = (real.root / ROUND_FOLDER / "signed_off").iterdir()
    (made / "responses.csv").write_text("A1", encoding="utf-8")
    refused = kuntakysely(real, *SIGN)
    assert (refused.returncode, refused.stdout.splitlines()) == (
        1,
        [
            "What was signed last cannot be read any more, so that nobody can say what differs from it.",
            f"{KEY} is not signed. Where it is right all the same: --accept REASON",
        ],
    )
    done = kuntakysely(real, *SIGN, "--accept", "The disk was broken")
    assert done.returncode == 0, done.stdout
    assert "accepted: The disk was broken" in (made.with_name(f"{made.name}-2") / "sign_off.yml").read_text("utf-8")
    assert kuntakysely(real, "validate").returncode == 0


def test_a_refresh_begins_with_signing_what_readers_have(real: DataPaths) -> None:
    """Whoever starts it, and before it looks at its inputs."""
    real.releases.mkdir(parents=True)
    with duckdb.connect(str(real.releases / "7_ab.duckdb")) as release:
        release.execute("create schema marts")
        release.execute("create table marts.release as select 7 as number, 1 as schema_version")
        release.execute(
            "create table marts.answer_distribution as "
            "select 'palvelukysely' as survey_id, '2024' as round_id, false as is_synthetic"
        )
    real.current.symlink_to(real.releases / "7_ab.duckdb")
    said: list[str] = []
    with refresh_session(real, said.append) as session, state.opened(real) as memory:
        assert state.fingerprint_of(memory, session.refresh_id) == made_of(real)
    why = "published in release 7 before rounds were signed off"
    assert said == [f"{KEY} is signed off as it stands: {why}."]
