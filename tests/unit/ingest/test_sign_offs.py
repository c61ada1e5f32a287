"""Signing a round off: what is kept, what is read from then on, and what is told when it is not as it was signed."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from ruamel.yaml import YAML

from faults.errors import FaultList
from ingest.codebook import sign_offs as kept
from ingest.codebook.round import read_round
from ingest.codebook.sign_offs import BUILDING, CARD_NAME, AnswersChanged
from ingest.landing import sign_offs
from ingest.landing.load import faults_of_rounds
from publish.releases.provenance import SCHEMA_VERSION
from store import audit
from store.backup import backup, restore
from store.fingerprint import file_sha256
from store.paths import DataPaths
from store.warehouse import opened
from tests.loading import load_all, validate
from tests.signing import SIGNED_AT, delivered, sign

KEY, SURVEY = "palvelukysely/2024", "palvelukysely"
Edit = Callable[[Path, str, str], None]
CORRECTIONS = "response_id,question_id,old_value,new_value,action,reason,by,on\n"
CORRECTED = CORRECTIONS + "A2,staff,12,13,replace,Called,N. N.,2024-02-02\n"


@pytest.fixture
def real(paths: DataPaths, round_folder: Path, edit: Edit) -> DataPaths:
    """The round as one of real answers."""
    edit(round_folder / "round.yml", "is_synthetic: true", "is_synthetic: false")
    return paths


def query(paths: DataPaths, sql: str) -> list[tuple[object, ...]]:
    with opened(paths.warehouse_file, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def as_told(paths: DataPaths) -> list[tuple[str, str]]:
    return [(fault.code, fault.file.removeprefix("data/surveys/palvelukysely/rounds/2024/")) for fault in
            faults_of_rounds(paths, [KEY])]  # fmt: skip


def test_a_sign_off_keeps_the_files_with_a_card(real: DataPaths, round_folder: Path) -> None:
    (round_folder / "corrections.csv").write_text(CORRECTED, encoding="utf-8")
    now = datetime(2024, 2, 9, 22, 30, tzinfo=UTC)  # the next day in Finland
    round_ = delivered(real, KEY)
    made = sign_offs.sign(round_, sign_offs.answer_files(round_), now, by="The office", why="All came: as agreed")
    assert made.folder == round_folder / "signed_off" / "2024-02-10"
    card = YAML(typ="safe").load(made.card_file)
    assert card == {
        "signed_at": "2024-02-09T22:30:00.000000Z", "signed_by": "The office", "why": "All came: as agreed",
        "n_responses_changed": None, "n_municipalities_changed": None, "n_rows_moved": None,
        "files": {name: file_sha256(round_folder / name) for name in ("responses.csv", "corrections.csv")},
    }  # fmt: skip
    names = ["corrections.csv", "responses.csv", CARD_NAME]
    assert sorted(file.name for file in made.folder.iterdir()) == names
    assert {stat.S_IMODE((made.folder / name).stat().st_mode) for name in names} == {0o600}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (made.folder, made.folder.parent)} == {0o700}
    assert validate(real) == ()


def test_a_second_sign_off_of_the_day_has_a_folder_of_its_own(real: DataPaths) -> None:
    names = [sign(real, KEY).folder.name for _ in range(11)]
    assert names[:2] == ["2026-11-28", "2026-11-28-2"]
    read = read_round(SURVEY, delivered(real, KEY).folder, FaultList())
    assert read is not None
    assert [each.folder.name for each in read.sign_offs] == names
    assert read.signed == read.sign_offs[-1]


@pytest.mark.slow
def test_what_is_delivered_later_is_not_read(real: DataPaths, round_folder: Path, edit: Edit) -> None:
    sign(real, KEY)
    load_all(real)
    tables = ("raw.surveys__cells", "raw.codebook__corrections")
    before = [query(real, f"select * from {table} order by all") for table in tables]
    edit(round_folder / "responses.csv", "A2;", "A22;")
    (round_folder / "corrections.csv").write_text(CORRECTED.replace("A2", "A22"), encoding="utf-8")
    (load,) = load_all(real).rounds
    assert load.outcome == "unchanged"
    edit(round_folder / "round.yml", "title: {", "title: { ")
    (load,) = load_all(real).rounds
    assert load.outcome == "loaded"
    assert [query(real, f"select * from {table} order by all") for table in tables] == before
    assert {Path(str(file)).parent.name for (file,) in query(real, "select source_file from raw.surveys__rows")} == {
        "2026-11-28"
    }
    sign(real, KEY)
    load_all(real)
    assert query(real, "select response_id from raw.codebook__corrections") == [("A22",)]


@pytest.mark.slow
def test_a_file_that_the_round_names_since_is_read_when_it_is_signed(
    real: DataPaths, round_folder: Path, edit: Edit
) -> None:
    sign(real, KEY)
    text = (round_folder / "responses.csv").read_text(encoding="utf-8")
    (round_folder / "late.csv").write_text(text.replace("\nA", "\nB"), encoding="utf-8")
    edit(round_folder / "round.yml", "files: [responses.csv]", "files: [responses.csv, late.csv]")
    assert load_all(real).n_rows == 6
    sign(real, KEY)
    assert load_all(real).n_rows == 12


@pytest.mark.slow
def test_a_round_that_is_not_signed_and_a_synthetic_one_are_read_as_delivered(
    real: DataPaths, round_folder: Path, edit: Edit
) -> None:
    assert load_all(real).n_rows == 6
    assert query(real, "select count(*) from raw.ingest__sign_offs") == [(0,)]
    sign(real, KEY)
    with (round_folder / "responses.csv").open("a", encoding="utf-8") as handle:
        handle.write("A7;a;row;too;short\n")
    assert load_all(real).n_rows == 6
    assert query(real, "select signed_on, signed_by from raw.ingest__sign_offs") == [("2026-11-28", "The tests")]
    edit(round_folder / "round.yml", "is_synthetic: false", "is_synthetic: true")
    assert load_all(real).n_rows == 7
    assert query(real, "select count(*) from raw.ingest__sign_offs") == [(0,)]


@pytest.mark.slow
def test_a_synthetic_round_that_was_signed_once_follows_its_delivered_files(
    real: DataPaths, round_folder: Path, edit: Edit
) -> None:
    sign(real, KEY)
    edit(round_folder / "round.yml", "is_synthetic: false", "is_synthetic: true")
    load_all(real)
    edit(round_folder / "responses.csv", "A2;", "A22;")
    (load,) = load_all(real).rounds
    assert load.outcome == "loaded"


@pytest.mark.slow
def test_the_card_of_the_sign_off_vouches_for_its_files(real: DataPaths, round_folder: Path, edit: Edit) -> None:
    """source.yml describes what is delivered."""
    sign(real, KEY)
    card = round_folder / "source.yml"
    now = card.read_text(encoding="utf-8").split("responses.csv: ")[1].strip()
    edit(card, now, "a" * 64)
    load_all(real)
    found = query(real, "select sha256 = card_sha256 from raw.ingest__sources where kind = 'responses'")
    assert found == [(True,)]


@pytest.mark.parametrize(
    ("harm", "code", "file"),
    [
        (lambda folder: (folder / "responses.csv").write_text("A1", "utf-8"), "signed-file-differs", "responses.csv"),
        (lambda folder: (folder / "responses.csv").unlink(), "signed-file-missing", "responses.csv"),
        (lambda folder: (folder / "late.csv").touch(), "unsigned-file", "late.csv"),
        (lambda folder: (folder / CARD_NAME).write_text("why: not", "utf-8"), "broken-sign-off", CARD_NAME),
        (lambda folder: (folder / CARD_NAME).unlink(), "broken-sign-off", CARD_NAME),
    ],
)
def test_what_is_not_as_it_was_signed_is_a_fault(
    real: DataPaths, harm: Callable[[Path], object], code: str, file: str
) -> None:
    folder = sign(real, KEY).folder
    harm(folder)
    assert as_told(real) == [(code, f"signed_off/{folder.name}/{file}")]
    (fault,) = faults_of_rounds(real, [KEY])
    assert fault.advice == (
        'Restore the folder "2026-11-28" from a backup, or sign again: kuntakysely sign-off palvelukysely/2024.'
    )


def test_the_files_of_an_older_sign_off_may_be_gone_and_its_card_may_not(real: DataPaths) -> None:
    folder = sign(real, KEY).folder
    sign(real, KEY)
    (folder / "responses.csv").unlink()
    assert validate(real) == ()
    (folder / CARD_NAME).unlink()
    (fault,) = validate(real)
    assert fault.advice == 'Restore the folder "2026-11-28" from a backup, or delete it: a later one is read.'


def test_what_changes_while_it_is_signed_is_not_signed(real: DataPaths, round_folder: Path, edit: Edit) -> None:
    round_ = delivered(real, KEY)
    files = sign_offs.answer_files(round_)
    edit(round_folder / "responses.csv", "A2;", "A22;")
    with pytest.raises(AnswersChanged):
        sign_offs.sign(round_, files, SIGNED_AT, by="The tests", why="For a test")
    assert [*(round_folder / "signed_off").iterdir()] == []


def test_what_no_erasure_would_reach_is_told(real: DataPaths) -> None:
    folder = sign(real, KEY).folder
    folder.rename(folder.with_name("old"))
    assert as_told(real) == [("not-a-sign-off", "signed_off/old")]


@pytest.mark.parametrize("at", range(2))
def test_a_sign_off_that_is_cut_off_leaves_nothing(
    real: DataPaths, round_folder: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Cut off at any file that it writes: what is left is hidden, read by nobody, and gone with the next one."""
    with monkeypatch.context() as patched:
        patched.setattr(kept, "write_whole", _killed_at(at, kept.write_whole))
        with pytest.raises(KeyboardInterrupt):
            sign(real, KEY)
    assert [path.name for path in (round_folder / "signed_off").iterdir()] == [BUILDING]
    assert delivered(real, KEY).sign_offs == []
    assert validate(real) == ()
    sign(real, KEY)
    assert [path.name for path in (round_folder / "signed_off").iterdir()] == ["2026-11-28"]


def _killed_at(step: int, write: Callable[[Path, bytes], None]) -> Callable[[Path, bytes], None]:
    done: list[Path] = []

    def write_or_die(path: Path, content: bytes) -> None:
        if len(done) == step:
            path.write_bytes(content[: len(content) // 2])
            raise KeyboardInterrupt
        done.append(path)
        write(path, content)

    return write_or_die


def test_signed_files_are_not_tracked(real: DataPaths) -> None:
    folder = sign(real, KEY).folder
    subprocess.run(["git", "init", "-q", str(real.root)], check=True)
    subprocess.run(["git", "-C", str(folder), "add", "responses.csv"], check=True)
    assert [(fault.code, Path(fault.file).parent.name) for fault in validate(real)] == [
        ("tracked-responses", folder.name)
    ]


def test_both_the_signed_and_the_delivered_files_are_validated(real: DataPaths, round_folder: Path, edit: Edit) -> None:
    sign(real, KEY)
    edit(round_folder / "responses.csv", "Henkilöstö", "Väki")
    found = {(fault.code, Path(fault.file).parent.name) for fault in validate(real, SURVEY, "2024")}
    assert found == {("column-of-no-file", "2024"), ("unmapped-column", "2024")}
    assert as_told(real) == []
    edit(round_folder / "columns.csv", "Henkilöstö", "Väki")
    assert ("unmapped-column", "signed_off/2026-11-28/responses.csv") in as_told(real)


NOW = datetime(2026, 11, 29, tzinfo=UTC)


def said(paths: DataPaths) -> str:
    (standing,) = sign_offs.standings(paths, NOW)
    return standing.said


def test_how_a_round_stands_is_told(real: DataPaths, round_folder: Path, edit: Edit) -> None:
    assert said(real) == f"{KEY} is not signed yet. Sign it: kuntakysely sign-off {KEY}"
    sign(real, KEY)
    signed = f"{KEY} is signed as of 2026-11-28 by The tests"
    assert said(real) == f"{signed}."
    file = round_folder / "responses.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    late = [lines[1].replace("A1", "A7"), lines[2].replace("A2", "A8")]
    file.write_text("".join([lines[0], lines[1].replace("keksitty", "eilen"), *lines[3:], *late]), encoding="utf-8")
    differs = f"{signed}; what is delivered now differs in responses.csv"
    assert said(real) == f"{differs} (rows: 2 new, 1 changed, 1 gone). Sign it: kuntakysely sign-off {KEY}"
    edit(file, "Henkilöstö", "Väki")
    assert said(real) == f"{differs} and cannot be read: kuntakysely validate {KEY}"


def test_rows_without_ids_are_new_or_gone_as_a_whole(real: DataPaths, round_folder: Path, edit: Edit) -> None:
    edit(round_folder / "columns.csv", "Vastausnumero,_response_id", "Vastausnumero,ignored")
    (round_folder / "corrections.csv").unlink()
    sign(real, KEY)
    edit(round_folder / "responses.csv", "keksitty", "eilen")
    assert "(rows: 1 new, 0 changed, 1 gone)" in said(real)


def test_a_round_in_the_field_does_not_wait_to_be_signed(real: DataPaths, round_folder: Path, edit: Edit) -> None:
    edit(round_folder / "round.yml", "closes_on: 2024-01-31", "closes_on: 2026-11-29")
    (standing,) = sign_offs.standings(real, datetime(2026, 11, 29, 21, 59, tzinfo=UTC))
    assert (standing.said, standing.is_to_be_signed) == (
        f"{KEY} is not signed yet. The field closes on 2026-11-29.", False
    )  # fmt: skip
    (standing,) = sign_offs.standings(real, datetime(2026, 11, 29, 22, tzinfo=UTC))
    assert standing.is_to_be_signed


def test_a_synthetic_round_stands_nowhere(paths: DataPaths) -> None:
    assert sign_offs.standings(paths, NOW) == []


def release(paths: DataPaths, version: int, is_synthetic: bool = False) -> None:
    """A release that readers have, with an answer of the round."""
    paths.releases.mkdir(parents=True)
    file = paths.releases / "7_ab.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute(f"create table marts.release as select 7 as number, {version} as schema_version")
        connection.execute(
            f"create table marts.answer_distribution as select '{SURVEY}' as survey_id, '2024' as round_id, "
            f"{is_synthetic} as is_synthetic"
        )
    paths.current.symlink_to(file)


def test_what_readers_have_is_signed_once_as_it_stands(real: DataPaths, round_folder: Path) -> None:
    release(real, 1)
    why = "published in release 7 before rounds were signed off"
    assert sign_offs.sign_published(real, NOW) == [f"{KEY} is signed off as it stands: {why}."]
    (made,) = delivered(real, KEY).sign_offs
    assert (made.card.signed_by, made.card.why, made.card.accepted) == ("kuntakysely", why, None)
    assert [entry.details["of"] for entry in audit.read(real)] == [KEY]
    assert sign_offs.sign_published(real, NOW) == []
    assert len([*(round_folder / "signed_off").iterdir()]) == 1


@pytest.mark.parametrize(("version", "is_synthetic"), [(2, False), (1, True)])
def test_later_releases_and_made_up_answers_sign_nothing(real: DataPaths, version: int, is_synthetic: bool) -> None:
    release(real, version, is_synthetic)
    assert sign_offs.sign_published(real, NOW) == []


def test_releases_of_this_version_are_not_from_before_sign_offs() -> None:
    assert SCHEMA_VERSION > sign_offs.BEFORE_SIGN_OFFS


def test_what_cannot_be_read_is_not_signed(real: DataPaths, round_folder: Path, edit: Edit) -> None:
    release(real, 1)
    edit(round_folder / "responses.csv", "Henkilöstö", "Väki")
    assert sign_offs.sign_published(real, NOW) == []


def test_a_refresh_takes_away_what_was_cut_off(real: DataPaths, round_folder: Path) -> None:
    (round_folder / "signed_off" / BUILDING).mkdir(parents=True)
    sign_offs.sign_published(real, NOW)
    assert [*(round_folder / "signed_off").iterdir()] == []


@pytest.mark.slow
def test_a_backup_keeps_what_was_signed(real: DataPaths, tmp_path: Path, round_folder: Path, edit: Edit) -> None:
    load_all(real)
    sign(real, KEY)
    edit(round_folder / "responses.csv", "A2;", "A22;")
    made = backup(real, tmp_path / "kept.tar.gz", NOW)
    restored = DataPaths(tmp_path / "restored")
    restore(restored, made.file, NOW)
    (sign_off,) = delivered(restored, KEY).sign_offs
    faults = FaultList()
    kept.check_files(sign_off, faults)
    assert len(faults) == 0
