"""The command that writes the sheet of a coder and reads it back: what it says, what it refuses, what becomes of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.commands import forgetting
from store import audit
from store.paths import PROJECT_ROOT, DataPaths
from tests.acceptance.project import kuntakysely, replace
from tests.coding import fill, with_texts
from tests.hashes import text_hash

pytestmark = pytest.mark.slow

KEY = "palvelukysely/2024"
CODE = ("code", KEY, "comment")
SHEET = "palvelukysely.2024.comment.topics.xlsx"


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    shutil.copytree(PROJECT_ROOT / "tests" / "broken" / "_base", tmp_path / "data")
    return with_texts(DataPaths(tmp_path / "data"))


@pytest.fixture
def sheet(paths: DataPaths) -> Path:
    done = kuntakysely(paths, *CODE)
    sheet = paths.coding / SHEET
    assert (done.returncode, done.stdout) == (
        0,
        f"data/warehouse/private/coding/{SHEET} is made. Texts: 3, of which coded: 0. Put an x below each code that a "
        "text has, or below (none) where none fits; take out rows that you leave for later. It is private: respondents "
        "wrote the texts. Then read it back:\n"
        f"    kuntakysely code {KEY} comment --as topics --by WHO --read {sheet}\n",
    )
    assert (sheet.stat().st_mode & 0o777, sheet.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    return sheet


def test_a_sheet_is_filled_and_read_back(paths: DataPaths, sheet: Path) -> None:
    fill(sheet, {"A1": {"time": "x"}, "A2": {"(none)": "x"}})
    done = kuntakysely(paths, *CODE, "--by", "The office", "--read", str(sheet))
    assert (done.returncode, done.stdout) == (
        0,
        "data/surveys/palvelukysely/rounds/2024/codings.csv is written. Texts newly coded: 2, coded differently: 0, "
        "with none of the codes: 1. Coded in all: 2 of 3. To publish the codes: kuntakysely refresh\n",
    )
    assert not sheet.exists()
    (entry,) = audit.read(paths)
    assert (entry.action, entry.details) == (
        "code", {"of": KEY, "question": "topics", "by": "The office", "texts": 2}
    )  # fmt: skip


def test_a_copy_of_the_sheet_is_to_be_deleted(paths: DataPaths, sheet: Path, tmp_path: Path) -> None:
    """The program deletes its own."""
    fill(sheet, {"A1": {"time": "x"}})
    copy = sheet.rename(tmp_path / "mine.xlsx")
    done = kuntakysely(paths, *CODE, "--read", str(copy))
    assert done.returncode == 0
    assert " Respondents' texts are in mine.xlsx, too: delete it. To publish the codes: " in done.stdout


def test_a_sheet_that_somebody_may_work_in_is_left_alone(paths: DataPaths, sheet: Path) -> None:
    before = sheet.read_bytes()
    done = kuntakysely(paths, *CODE)
    assert done.returncode == 2
    assert done.stdout.startswith(f"data/warehouse/private/coding/{SHEET} is there: read it back (kuntakysely code ")
    assert sheet.read_bytes() == before
    assert kuntakysely(paths, *CODE, "--second").returncode == 0


def test_a_fault_changes_nothing(paths: DataPaths, sheet: Path) -> None:
    fill(sheet, {"A1": {"time": "perhaps"}, "A2": {}})
    done = kuntakysely(paths, *CODE, "--read", str(sheet))
    assert done.returncode == 2
    assert [line.partition(": ")[0] for line in done.stdout.splitlines()] == [
        f"data/warehouse/private/coding/{SHEET}, cell C3, column time",
        f"data/warehouse/private/coding/{SHEET}, cell F4, column (none)",
        "Nothing was changed.",
    ]
    assert sheet.exists()
    assert not (paths.surveys / "palvelukysely/rounds/2024/codings.csv").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--by", "N. N."], '--by is "N. N.". With --read FILE it names who coded: a text that does not begin with ?.'),
        (["--read", "s.xlsx", "--by", "?"],
         '--by is "?". With --read FILE it names who coded: a text that does not begin with ?.'),
        (["--as", "topic"],
         '"comment" of palvelukysely/2024 is coded as a select_multiple of questions.csv that the round has no column '
         'of, and "topic" is none. There are: topics. Name one: --as QUESTION'),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_refused(paths: DataPaths, more: list[str], said: str) -> None:
    done = kuntakysely(paths, *CODE, *more)
    assert (done.returncode, done.stdout) == (2, f"{said}\n")


def test_codes_of_a_signed_round_wait_for_the_next_sign_off(paths: DataPaths) -> None:
    folder = paths.surveys / "palvelukysely/rounds/2024"
    replace(folder / "round.yml", "is_synthetic: true", "is_synthetic: false")
    sign = ("sign-off", KEY, "--by", "The office", "--accept", "The codes came")
    assert kuntakysely(paths, *sign).returncode == 0
    kuntakysely(paths, *CODE)
    fill(paths.coding / SHEET, {"A1": {"time": "x"}})
    done = kuntakysely(paths, *CODE, "--read", str(paths.coding / SHEET))
    assert done.stdout.endswith(f"To publish the codes: sign them: kuntakysely sign-off {KEY}\n")
    assert text_hash("2024", "A1", "comment", "=1+1 is not enough") not in (folder / "codings.csv").read_text("utf-8")
    kuntakysely(paths, *CODE, "--second")
    second = paths.coding / SHEET.replace(".xlsx", ".second.xlsx")
    fill(second, {"A1": {"people": "x"}})
    assert kuntakysely(paths, *CODE, "--second", "--read", str(second)).returncode == 0
    assert kuntakysely(paths, *sign).returncode == 0
    last = max((folder / "signed_off").iterdir(), key=lambda path: len(path.name))
    assert {"codings.csv", "second_codings.csv"} <= {file.name for file in last.iterdir()}


def test_sheets_go_with_whoever_is_forgotten(paths: DataPaths, sheet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Erasure and retention build everything anew: a sheet has texts in it."""
    forgetting._drop_warehouse(paths)
    assert not sheet.exists()
    assert capsys.readouterr().out.startswith("Sheets for coding went too")
