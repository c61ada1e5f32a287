"""Respondents as keyed hashes, who is erased, and texts after their time: in the files and in the raw tables."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from faults.errors import InputFaults
from ingest.forgetting import retention
from ingest.forgetting.erasure import NobodyFound, erase
from ingest.forgetting.rewriting import rewrite
from ingest.landing import privacy
from ingest.landing.privacy import PSEUDONYM, REMOVED, RESPONDENT, RESPONSE
from ingest.readers import CsvLayout
from store import state
from store.durable import write_whole
from store.fingerprint import file_sha256
from store.paths import DataPaths
from store.warehouse import opened
from tests.delivered import CELLS
from tests.exports.data_root import copy_exports
from tests.loading import load_all, validate
from tests.signing import sign

KEY, SURVEY = "palvelukysely/2024", "palvelukysely"
NOW = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
Edit = Callable[[Path, str, str], None]


@pytest.fixture
def people(paths: DataPaths, round_folder: Path, edit: Edit) -> DataPaths:
    """The last column holds who answered: A1 and A3 are one person."""
    edit(round_folder / "columns.csv", "Huomautus,ignored", "Huomautus,_respondent")
    for id_, person in (("A1", "anna"), ("A2", "bo"), ("A3", "anna"), ("A4", "cecilia"), ("A5", ""), ("A6", "dan")):
        _edit_line(round_folder / "responses.csv", id_, ";keksitty", f";{person}")
    return paths


def _edit_line(file: Path, id_: str, old: str, new: str) -> None:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line.replace(old, new) if line.startswith(id_) else line for line in lines), "utf-8")


def cells(paths: DataPaths, column: str) -> dict[str, str]:
    """The cells of a column by their line."""
    sql = f"select source_line, cell_text from {CELLS} where source_column = ? order by source_line"
    with opened(paths.warehouse_file, read_only=True) as connection:
        return dict(connection.execute(sql, [column]).fetchall())


def statuses(paths: DataPaths) -> list[str]:
    with opened(paths.warehouse_file, read_only=True) as connection:
        found = connection.execute("select row_status from raw.surveys__rows order by source_line").fetchall()
    return [status for (status,) in found]


@pytest.mark.slow
def test_a_respondent_is_a_keyed_hash_and_the_same_person_the_same(people: DataPaths) -> None:
    load_all(people)
    kept = cells(people, "Huomautus")
    assert kept["2"] == kept["4"] != kept["3"]
    assert kept["6"] == ""
    assert all(PSEUDONYM.fullmatch(each) for line, each in kept.items() if line != "6")
    assert cells(people, "Vastausnumero")["2"] == "A1"


@pytest.mark.slow
def test_another_key_gives_another_hash_and_is_loaded_anew(people: DataPaths) -> None:
    load_all(people)
    before = cells(people, "Huomautus")
    shutil.rmtree(people.keys)
    (load,) = load_all(people).rounds
    assert load.outcome == "loaded"
    assert cells(people, "Huomautus")["2"] != before["2"]


def test_a_key_is_its_owners_only_and_made_once(paths: DataPaths) -> None:
    first = privacy.of_survey(paths, SURVEY)
    (file,) = paths.keys.iterdir()
    assert (stat.S_IMODE(file.stat().st_mode), len(first.key)) == (0o600, 32)
    assert privacy.of_survey(paths, SURVEY).key == first.key != privacy.of_survey(paths, "other").key


def test_a_hash_is_hashed_no_further(paths: DataPaths) -> None:
    kept = privacy.of_survey(paths, SURVEY)
    assert kept.pseudonym(kept.pseudonym(" anna ")) == kept.pseudonym("anna")


def test_a_response_is_erased_from_every_file_and_the_rest_stays(people: DataPaths, round_folder: Path) -> None:
    header = "response_id,question_id,old_value,new_value,action,reason,by,on"
    lines = ["A3,staff,40,4,replace,Called,N. N.,2024-02-02", "A2,staff,12,13,replace,Called,N. N.,2024-02-02"]
    (round_folder / "corrections.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    before = (round_folder / "responses.csv").read_bytes().splitlines(keepends=True)
    done = erase(people, [KEY], RESPONSE, "A3", NOW)
    assert (done.n_rows, done.by_hand) == (1, [])
    assert done.edited == [
        f"data/surveys/palvelukysely/rounds/2024/{name}.csv" for name in ("corrections", "responses")
    ]
    after = (round_folder / "responses.csv").read_bytes().splitlines(keepends=True)
    assert after == [line for line in before if not line.startswith(b"A3")]
    assert "A3" not in (round_folder / "corrections.csv").read_text(encoding="utf-8")
    assert validate(people) == ()


def test_a_person_is_erased_with_every_response(people: DataPaths, round_folder: Path) -> None:
    assert erase(people, [KEY], RESPONDENT, "anna", NOW).n_rows == 2
    assert "anna" not in (round_folder / "responses.csv").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_row_that_is_delivered_again_is_kept_from_the_warehouse(people: DataPaths, round_folder: Path) -> None:
    delivered = (round_folder / "responses.csv").read_bytes()
    erase(people, [KEY], RESPONSE, "A3", NOW)
    load_all(people)
    assert statuses(people) == ["read"] * 5
    (round_folder / "responses.csv").write_bytes(delivered)
    load_all(people)
    assert statuses(people) == ["read", "read", "erased", "read", "read", "read"]
    assert "4" not in cells(people, "Kommentti")
    with opened(people.warehouse_file, read_only=True) as connection:
        found = connection.execute("select content_sha256, submitted_at from raw.surveys__rows where source_line = '4'")
        assert found.fetchall() == [("", None)]


def test_a_broken_row_with_the_id_is_theirs_too(people: DataPaths, round_folder: Path) -> None:
    with (round_folder / "responses.csv").open("a", encoding="utf-8") as handle:
        handle.write("A3;a;row;that;was;cut\n")
    assert erase(people, [KEY], RESPONSE, "A3", NOW).n_rows == 2


def test_the_same_call_goes_on_where_it_was_cut_off(people: DataPaths, round_folder: Path) -> None:
    delivered = (round_folder / "responses.csv").read_bytes()
    erase(people, [KEY], RESPONSE, "A3", NOW)
    assert erase(people, [KEY], RESPONSE, "A3", NOW).n_rows == 0
    (round_folder / "responses.csv").write_bytes(delivered)
    assert erase(people, [KEY], RESPONSE, "A3", NOW).n_rows == 1


@pytest.mark.parametrize(("name", "id_", "left"), [(RESPONSE, "A3", 6), (RESPONDENT, "anna", 5), (RESPONSE, "A33", 7)])
def test_what_was_published_of_them_is_forgotten_too(people: DataPaths, name: str, id_: str, left: int) -> None:
    """Also of a response that is in no file any more; a row without an id is nobody's."""
    kept = privacy.of_survey(people, SURVEY)
    tokens = [*(kept.token(RESPONSE, "2024", f"A{number}") for number in range(1, 7)), None]
    with state.opened(people) as memory:
        state.record_published_rows(memory, [(SURVEY, "2024", token) for token in tokens])
    with suppress(NobodyFound):
        erase(people, [KEY], name, id_, NOW)
    with state.opened(people) as memory:
        found = [token for *_, token in state.published_rows(memory)]
    assert len(found) == left
    assert (kept.token(RESPONSE, "2024", "A3") in found) is (id_ == "A33")


@pytest.fixture
def signed(people: DataPaths, round_folder: Path, edit: Edit) -> DataPaths:
    """Real answers, signed twice: a third response came between."""
    edit(round_folder / "round.yml", "is_synthetic: true", "is_synthetic: false")
    (round_folder / "corrections.csv").write_text(
        "response_id,question_id,old_value,new_value,action,reason,by,on\n"
        "A3,staff,40,4,replace,Called,N. N.,2024-02-02\n",
        encoding="utf-8",
    )
    sign(people, KEY)
    edit(round_folder / "responses.csv", "A6;", "A66;")
    sign(people, KEY)
    return people


def signed_folders(round_folder: Path) -> list[Path]:
    return sorted((round_folder / "signed_off").iterdir())


@pytest.mark.slow
def test_a_response_is_erased_from_what_was_signed(signed: DataPaths, round_folder: Path) -> None:
    before = {folder: (folder / "responses.csv").read_bytes() for folder in signed_folders(round_folder)}
    done = erase(signed, [KEY], RESPONSE, "A3", NOW)
    assert (done.n_rows, len(done.edited)) == (3, 6)
    for folder, content in before.items():
        lines = content.splitlines(keepends=True)
        assert (folder / "responses.csv").read_bytes().splitlines(keepends=True) == [
            line for line in lines if not line.startswith(b"A3")
        ]
        assert "A3" not in (folder / "corrections.csv").read_text(encoding="utf-8")
    assert validate(signed) == ()
    load_all(signed)
    assert statuses(signed) == ["read"] * 5


@pytest.mark.slow
@pytest.mark.parametrize("n_written", range(4))
def test_an_erasure_that_was_cut_off_goes_on(
    signed: DataPaths, round_folder: Path, n_written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a file and its card too: the same call leaves signed files that are as their card says."""
    written: list[Path] = []

    def write_or_die(path: Path, content: bytes) -> None:
        if len(written) == n_written:
            raise KeyboardInterrupt
        write_whole(path, content)
        written.extend([path] if "signed_off" in path.parts else [])

    with monkeypatch.context() as patched:
        patched.setattr("ingest.forgetting.rewriting.write_whole", write_or_die)
        with pytest.raises(KeyboardInterrupt):
            erase(signed, [KEY], RESPONSE, "A3", NOW)
    erase(signed, [KEY], RESPONSE, "A3", NOW)
    assert validate(signed) == ()
    assert not [file for file in round_folder.rglob("*.csv") if "A3" in file.read_text(encoding="utf-8")]


def test_texts_after_their_time_go_from_what_was_signed(signed: DataPaths, round_folder: Path) -> None:
    with_retention(signed, 10)
    found = retention.due(signed, date(2024, 3, 1))
    assert [each.file.path.parent for each in found] == [round_folder, *signed_folders(round_folder)]
    for each in found:
        retention.remove(signed, each)
    assert not [file for file in round_folder.rglob("*.csv") if "cecilia" in file.read_text(encoding="utf-8")]
    assert validate(signed) == ()


def test_nobody_is_erased_by_a_slip_of_the_pen(people: DataPaths, round_folder: Path, edit: Edit) -> None:
    with pytest.raises(NobodyFound):
        erase(people, [KEY], RESPONSE, "A33", NOW)
    edit(round_folder / "columns.csv", "Kommentti,comment", "Kommentti,remark")
    with pytest.raises(InputFaults):
        erase(people, [KEY], RESPONSE, "A3", NOW)


def test_rows_of_other_formats_are_for_a_person(tmp_path: Path) -> None:
    paths = copy_exports(tmp_path)
    done = erase(paths, ["exports/plain_xlsx"], RESPONSE, "1", NOW)
    assert done.edited == []
    assert done.by_hand == ["data/surveys/exports/rounds/plain_xlsx/responses.xlsx, line 2"]


def test_rows_of_signed_workbooks_are_for_a_person_with_their_card(tmp_path: Path, edit: Edit) -> None:
    paths = copy_exports(tmp_path)
    folder = paths.surveys / "exports" / "rounds" / "plain_xlsx"
    edit(folder / "round.yml", "is_synthetic: true", "is_synthetic: false")
    signed = sign(paths, "exports/plain_xlsx").folder
    assert erase(paths, ["exports/plain_xlsx"], RESPONSE, "1", NOW).by_hand == [
        f"{paths.shown(folder / 'responses.xlsx')}, line 2",
        f"{paths.shown(signed / 'responses.xlsx')}, line 2; then write the new sha256 of the file into sign_off.yml",
    ]


def with_retention(paths: DataPaths, days: int) -> None:
    with (paths.surveys / SURVEY / "survey.yml").open("a", encoding="utf-8") as handle:
        handle.write(f"retention: {{texts_days: {days}}}\n")


@pytest.mark.parametrize(("today", "n_due"), [(date(2024, 2, 9), 0), (date(2024, 2, 10), 1)])
def test_texts_are_due_that_many_days_after_the_field_closed(people: DataPaths, today: date, n_due: int) -> None:
    with_retention(people, 10)
    found = retention.due(people, today)
    assert [(each.due_on, each.n_cells) for each in found] == [(date(2024, 2, 10), 6)] * n_due
    assert retention.due(people, date(2034, 1, 1))[0].columns == ["Kommentti", "Huomautus"]


def test_without_a_rule_nothing_is_due(people: DataPaths) -> None:
    assert retention.due(people, date(2034, 1, 1)) == []


@pytest.mark.slow
def test_texts_and_ids_go_and_the_coded_answers_stay(people: DataPaths, round_folder: Path) -> None:
    with_retention(people, 10)
    load_all(people)
    before = {name: cells(people, name) for name in ("Palvelut riittävät", "Henkilöstö", "Huomautus")}
    (found,) = retention.due(people, date(2024, 3, 1))
    retention.remove(people, found)
    text = (round_folder / "responses.csv").read_text(encoding="utf-8")
    assert not [word for word in ("väki", "anna", "cecilia") if word in text]
    assert retention.due(people, date(2024, 3, 1)) == []
    load_all(people)
    assert {name: cells(people, name) for name in before} == before
    assert cells(people, "Kommentti")["4"] == REMOVED
    assert validate(people) == ()


def test_a_row_that_does_not_fit_is_emptied(people: DataPaths, round_folder: Path) -> None:
    with_retention(people, 10)
    with (round_folder / "responses.csv").open("a", encoding="utf-8") as handle:
        handle.write("A7;a text;where;no text;belongs\n")
    (found,) = retention.due(people, date(2024, 3, 1))
    retention.remove(people, found)
    assert (round_folder / "responses.csv").read_text(encoding="utf-8").endswith("\n;;;;\n")


def test_the_card_follows_the_file(people: DataPaths, round_folder: Path) -> None:
    card = round_folder / "source.yml"
    now = file_sha256(round_folder / "responses.csv")
    old = card.read_text(encoding="utf-8").split("responses.csv: ")[1].strip()
    card.write_text(card.read_text(encoding="utf-8").replace(old, now), encoding="utf-8")
    erase(people, [KEY], RESPONSE, "A3", NOW)
    later = file_sha256(round_folder / "responses.csv")
    assert card.read_text(encoding="utf-8").endswith(f"responses.csv: {later}\n")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_other_records_stay_byte_for_byte(tmp_path: Path, line_end: str, encoding: str) -> None:
    """Quotes that need not be there, a text over two lines, a row that does not fit, no last line end."""
    records = ["id;text", '1;"plain"', f'2;"two{line_end}lines; and ""more"""', "3;a;b", "4;Pöllö"]
    file = tmp_path / "responses.csv"
    file.write_bytes(line_end.join(records).encode(encoding))
    layout = CsvLayout(encoding=encoding, delimiter=";")
    assert not rewrite(file, layout, lambda _, cells: cells)
    assert rewrite(file, layout, lambda _, cells: None if cells[0] == "3" else cells)
    assert file.read_bytes() == line_end.join([*records[:3], records[4]]).encode(encoding)
    assert rewrite(file, layout, lambda _, cells: (cells[0], "x;y") if cells[0] == "2" else cells)
    assert file.read_bytes() == line_end.join([*records[:2], '2;"x;y"', records[4]]).encode(encoding)


@pytest.mark.slow
def test_for_whom_an_erased_response_answered_goes_with_it(people: DataPaths, round_folder: Path) -> None:
    """050 has another response: its line stays."""
    members = round_folder / "members.csv"
    members.write_text("respondent,municipality_code\n020,210\n050,105\n", encoding="utf-8")
    load_all(people)
    done = erase(people, [KEY], RESPONSE, "A3", NOW)
    erase(people, [KEY], RESPONSE, "A6", NOW)
    assert members.read_text(encoding="utf-8") == "respondent,municipality_code\n050,105\n"
    assert people.shown(members) in done.edited
    assert validate(people) == ()
