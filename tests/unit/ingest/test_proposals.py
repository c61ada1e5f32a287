"""A drafted round: nothing is guessed silently, nothing overwritten, nothing half written."""

from __future__ import annotations

import json
import shutil
import stat
from datetime import date
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from faults.errors import FaultList
from ingest.codebook.round import RoundSettings
from ingest.proposals.folder import draft_round
from ingest.proposals.reading import read_export, timestamp_formats
from ingest.proposals.writing import Draft
from ingest.readers import FORMATS, Format, Layout, Rows, TextRow, TextTable
from ingest.readers.settings import read_settings
from orchestration.commands.cli import app
from store.paths import PROJECT_ROOT, DataPaths
from tests.deciding import by_column, decide, is_marked, lines
from tests.exports.data_root import copy_exports
from tests.exports.make_exports import EXPORTS, FOLDER
from tests.loading import validate

TODAY = date(2026, 11, 24)


@pytest.fixture
def empty(tmp_path: Path) -> DataPaths:
    """A survey without rounds, and the registry."""
    paths = copy_exports(tmp_path)
    shutil.rmtree(paths.surveys / "exports" / "rounds")
    return paths


def export_of(tool: str) -> Path:
    (file,) = (FOLDER / tool).glob("responses.*")
    return file


def draft(paths: DataPaths, file: Path, round_id: str, survey: str = "exports") -> Draft:
    faults = FaultList(paths.shown)
    made = draft_round(paths, survey, round_id, file, TODAY, faults)
    assert made is not None, list(map(str, faults))
    return made


@pytest.mark.slow
@pytest.mark.parametrize("tool", EXPORTS)
def test_what_is_not_marked_is_right(empty: DataPaths, tool: str) -> None:
    """The columns.csv that a person wrote for the same file judges the draft."""
    made = draft(empty, export_of(tool), tool)
    drafted, right = (by_column(folder / "columns.csv") for folder in (made.folder, FOLDER / tool))
    assert drafted.keys() == right.keys()
    wrong = {column: found for column, found in drafted.items() if found != right[column] and not is_marked(found[0])}
    assert wrong == {}


@pytest.mark.parametrize("tool", ["limesurvey_code", "qualtrics_csv", "webropol_json", "webropol_xlsx", "spss_sav"])
def test_most_is_recognised(empty: DataPaths, tool: str) -> None:
    """Only the role, whose wording is in no codebook, is left to a person."""
    made = draft(empty, export_of(tool), tool)
    marked = [line for line in lines(made.folder / "columns.csv") if is_marked(line)]
    assert [line[1:] for line in marked] == [("?_role", "", "", "", "")]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_wordings_and_labels_are_matched_in_each_language(empty: DataPaths, language: str) -> None:
    """A form in Swedish drafts what the one in Finnish does; a slip of the pen is a suggestion."""
    survey = empty.surveys / "exports"
    questions, choices = (pd.read_csv(survey / name, dtype=str) for name in ("questions.csv", "choices.csv"))
    label = f"label_{language}"
    asked = questions.set_index("question_id")[label]
    scale = choices[choices["list_name"] == "scale"]
    option = choices.loc[choices["code"] == "advice", label].item()
    header = [asked["opinion"], f"{asked['services']}: {option}", asked["staff"]]
    misspelled = scale[label].iloc[1].replace("a", "aa", 1)
    answers = [[said, option, "3"] for said in [*scale[label], misspelled]]
    file = empty.root / "form.csv"
    pd.DataFrame(answers, columns=header).to_csv(file, sep=";", index=False)
    made = draft(empty, file, "new")
    drafted = [(line[1], line[2]) for line in lines(made.folder / "columns.csv")[1:]]
    not_offered = [("?services", "training"), ("?services", "interpreting")]
    assert drafted == [("opinion", ""), ("services", "advice"), ("staff", ""), *not_offered]
    assert lines(made.folder / "recodes.csv")[1:] == [("scale", misspelled, "?2")]


def test_every_mark_is_refused_and_nothing_else(empty: DataPaths) -> None:
    made = draft(empty, export_of("webropol_xlsx"), "webropol_xlsx")
    faults = validate(empty)
    undecided = {(fault.file, fault.place.rpartition(", ")[2]) for fault in faults}
    name = "data/surveys/exports/rounds/webropol_xlsx"
    assert (f"{name}/columns.csv", "column question_id") in undecided
    assert {file.rpartition("/")[2] for file, _ in undecided} == {"round.yml", "columns.csv", "source.yml"}
    assert {doubt.file for doubt in made.doubts} == {"round.yml", "columns.csv", "source.yml"}


@pytest.mark.parametrize("tool", EXPORTS)
def test_a_decided_draft_is_valid(empty: DataPaths, tool: str) -> None:
    """What is not marked in a draft stands: the same answers are read by it as by a round that a person made."""
    made = draft(empty, export_of(tool), tool)
    decide(made.folder, FOLDER / tool)
    assert validate(empty) == ()
    by_draft, by_person = (
        read_settings(folder / "round.yml", RoundSettings, FaultList()) for folder in (made.folder, FOLDER / tool)
    )
    assert by_draft and by_person
    assert by_draft[0].layout() == by_person[0].layout()
    for name in ("timezone", "timestamp_format", "date_format", "decimal_sign", "skip_rows_without"):
        assert getattr(by_draft[0], name) == getattr(by_person[0], name), name


def test_a_number_that_spss_calls_missing_is_told(empty: DataPaths, tmp_path: Path) -> None:
    """-999 is no answer in the codebook too; of 99 nobody has said it, and it would be a budget."""
    missing = {"staff": [-999], "budget": [{"lo": 90, "hi": 99}]}
    pyreadstat.write_sav(
        pd.DataFrame({"staff": [5.0, -999.0], "budget": [1.5, 99.0]}), tmp_path / "a.sav", missing_ranges=missing
    )
    made = draft(empty, tmp_path / "a.sav", "new")
    assert [line[1] for line in lines(made.folder / "columns.csv")[1:]] == ["staff", "?budget"]
    assert any("the file calls 99 no answer" in doubt.reason for doubt in made.doubts)


def test_a_round_id_cannot_lead_out_of_its_survey(empty: DataPaths) -> None:
    faults = FaultList(empty.shown)
    assert draft_round(empty, "exports", "../../elsewhere", export_of("plain_csv"), TODAY, faults) is None
    assert [fault.code for fault in faults] == ["wrong-id-of-round"]
    assert not (empty.surveys / "elsewhere").exists()


@pytest.mark.slow
def test_the_next_round_of_a_survey_is_read_as_the_last(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path / "data")
    shutil.copytree(PROJECT_ROOT / "data", paths.root, ignore=shutil.ignore_patterns("warehouse", "state", "published"))
    last = paths.surveys / "koto_kuntakysely" / "rounds" / "2023-01"
    made = draft(paths, last / "responses.csv", "2024-01", "koto_kuntakysely")
    for name in ("columns.csv", "recodes.csv"):
        assert sorted(lines(made.folder / name)) == sorted(lines(last / name))
    settings = (made.folder / "round.yml").read_text(encoding="utf-8")
    for said in ("encoding: utf-8-sig", "delimiter: ;", "timestamp_format: '%d.%m.%Y %H.%M'"):
        assert f"\n{said}\n" in settings
    assert {doubt.file for doubt in made.doubts} == {"round.yml", "source.yml"}


def test_a_spelling_of_any_earlier_round_is_kept_for_its_list_only(tmp_path: Path) -> None:
    """The last round need not have met it; the same text in another list is another answer."""
    paths = copy_exports(tmp_path)
    rounds = paths.surveys / "exports" / "rounds"
    for tool, recodes in (("plain_csv", "scale,A1,2\nscale,A2,3\n"), ("webropol_xlsx", "scale,A1,2\nrole,A3,3\n")):
        with (rounds / tool / "recodes.csv").open("a", encoding="utf-8") as handle:
            handle.write(recodes)
    settings = rounds / "webropol_xlsx" / "round.yml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("2023-03-01", "2023-03-02"), encoding="utf-8")
    file = paths.root / "forms.csv"
    text = export_of("forms_csv").read_text(encoding="utf-8")
    for label, spelling in (("Eri mieltä", "A3"), ("Osin samaa mieltä", "A2"), ("Johtaja", "A3")):
        text = text.replace(label, spelling, 1)
    file.write_text(text, encoding="utf-8")
    made = draft(paths, file, "forms")
    found = lines(made.folder / "recodes.csv")[1:]
    assert sorted(found) == [("role", "A3", "3"), ("scale", "A1", "2"), ("scale", "A2", "3"), ("scale", "A3", "?")]


OWN_CODES, NO_AGREEMENT = "an earlier round had codes of its own", "earlier rounds do not agree on it"


@pytest.mark.parametrize(
    ("recodes", "drafted", "reason"),
    [
        (["scale,1,3 scale,2,99 scale,3,1 scale,99,99"], "scale,1,?3 scale,2,?99 scale,3,?1 scale,99,99", OWN_CODES),
        (["_role,1,2 _role,2,1 role,3,3"], "_role,1,?2 _role,2,?1 role,3,3", OWN_CODES),
        (["scale,5,2 scale,6,1", "scale,5,3 scale,6,1"], "scale,5,?3 scale,6,1", NO_AGREEMENT),
        (["_role,5,2", "role,5,3"], "_role,5,?2 role,5,?3", NO_AGREEMENT),
    ],
)
def test_a_recode_that_need_not_be_right_for_the_file_is_marked(
    tmp_path: Path, recodes: list[str], drafted: str, reason: str
) -> None:
    """The file may be in the codes of the codebook or of any earlier round: read in the wrong ones it is permuted."""
    paths = copy_exports(tmp_path)
    for tool, added in zip(("plain_csv", "spss_sav"), recodes, strict=False):
        with (paths.surveys / "exports" / "rounds" / tool / "recodes.csv").open("a", encoding="utf-8") as handle:
            handle.writelines(f"{line}\n" for line in added.split())
    made = draft(paths, export_of("plain_csv"), "new")
    assert (made.folder / "recodes.csv").read_text(encoding="utf-8").split()[1:] == drafted.split()
    doubts = [doubt for doubt in made.doubts if doubt.file == "recodes.csv"]
    assert [doubt.reason for doubt in doubts] == [reason] * drafted.count("?")


def test_an_odd_spelling_is_suggested_not_accepted(empty: DataPaths) -> None:
    file = empty.root / "forms.csv"
    text = export_of("forms_csv").read_text(encoding="utf-8").replace("Alajoki,Johtaja", "Alajokki,Johtaja", 1)
    file.write_text(text.replace("Eri mieltä", "Erri mieltä", 1), encoding="utf-8")
    made = draft(empty, file, "forms")
    assert ("_municipality", "Alajokki", "?001") in lines(made.folder / "recodes.csv")
    assert ("scale", "Erri mieltä", "?3") in lines(made.folder / "recodes.csv")


def write_sav(file: Path, question: str, labels: dict[int, str]) -> Path:
    """An SPSS file of one question, each value once."""
    frame = pd.DataFrame({"k1": list(map(float, labels))})
    pyreadstat.write_sav(frame, file, column_labels={"k1": question}, variable_value_labels={"k1": labels})
    return file


@pytest.mark.slow
def test_what_the_file_says_of_a_code_is_its_recode(empty: DataPaths) -> None:
    """A label of the codebook is sure; one that is near to it, or says another option than the code, is not."""
    labels = {11: "Täysin samaa mieltä", 12: "Osin samaa mieltä", 13: "Erri mieltä", 2: "Täysin samaa mieltä", 3: "3"}
    made = draft(empty, write_sav(empty.root / "new.sav", "Palvelut riittävät kunnassamme", labels), "new")
    recodes = [("scale", "11", "1"), ("scale", "12", "2"), ("scale", "13", "?3"), ("scale", "2", "?1")]
    assert lines(made.folder / "recodes.csv")[1:] == recodes
    assert [doubt.place for doubt in made.doubts if doubt.file == "recodes.csv"] == ["line 4 (scale)", "line 5 (scale)"]


@pytest.mark.slow
def test_a_code_whose_label_is_not_in_the_codebook_is_in_doubt(tmp_path: Path) -> None:
    """Unmarked, good would be counted as bad; what a person has decided of it in an earlier round stands."""
    paths = copy_exports(tmp_path)
    file = write_sav(paths.root / "new.sav", "Palvelut riittävät kunnassamme", {2: "Paha", 3: "Hyvä", 1: "1"})
    made = draft(paths, file, "new")
    assert lines(made.folder / "recodes.csv")[1:] == [("scale", "2", "?2"), ("scale", "3", "?3")]
    doubts = [doubt for doubt in made.doubts if doubt.file == "recodes.csv"]
    assert [doubt.reason for doubt in doubts] == ["its label in the file is no name of the option"] * 2
    shutil.rmtree(made.folder)
    with (paths.surveys / "exports" / "rounds" / "spss_sav" / "recodes.csv").open("a", encoding="utf-8") as handle:
        handle.write("scale,3,3\n")
    made = draft(paths, file, "new")
    assert lines(made.folder / "recodes.csv")[1:] == [("scale", "3", "3"), ("scale", "2", "?2")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("labels", "ticked", "not_ticked"),
    [
        ({1: "Kyllä", 0: "Ei"}, "1", "0"),
        ({2: "Neuvonta", 1: "Ei"}, "2", "1"),
        ({1: "Ei mainittu", 2: "Mainittu"}, "?", ""),
    ],
)
def test_what_ticks_is_what_the_file_says(
    empty: DataPaths, labels: dict[int, str], ticked: str, not_ticked: str
) -> None:
    question = "Mitä palveluja kunnassanne on?: Neuvonta"
    made = draft(empty, write_sav(empty.root / "new.sav", question, labels), "new")
    line = lines(made.folder / "columns.csv")[1]
    assert line == ("k1", "services", "advice", ticked, not_ticked, "")


def test_files_are_for_their_owner_and_the_export_is_as_delivered(empty: DataPaths) -> None:
    made = draft(empty, export_of("forms_csv"), "forms")
    assert {stat.S_IMODE(file.stat().st_mode) for file in made.folder.iterdir()} == {0o600}
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700
    assert (made.folder / "responses.csv").read_bytes() == export_of("forms_csv").read_bytes()


def test_a_round_that_is_there_is_never_touched(empty: DataPaths) -> None:
    made = draft(empty, export_of("forms_csv"), "forms")
    before = {file: file.read_bytes() for file in made.folder.iterdir()}
    faults = FaultList(empty.shown)
    assert draft_round(empty, "exports", "forms", export_of("plain_csv"), TODAY, faults) is None
    assert [fault.code for fault in faults] == ["round-exists"]
    assert {file: file.read_bytes() for file in made.folder.iterdir()} == before


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("export.pdf", b"%PDF", "unknown-format"),
        ("export.xlsx", b"PK", "not-a-workbook"),
        ("x.csv", None, "missing-export"),
        ("x.csv", b"", "empty-file"),
        ("x.csv", b"a;b\n1;\0\n", "nul-character"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_nothing(
    empty: DataPaths, name: str, content: bytes | None, code: str
) -> None:
    file = empty.root / name
    if content is not None:
        file.write_bytes(content)
    faults = FaultList(empty.shown)
    assert draft_round(empty, "exports", "new", file, TODAY, faults) is None
    assert [fault.code for fault in faults] == [code]
    assert not list((empty.surveys / "exports").glob("rounds/*new*"))


class ListLayout(Layout):
    """A made-up export that ends in .json like another's."""


def read_list(path: Path, _layout: ListLayout, faults: FaultList) -> TextTable | None:
    """A JSON list of rows, the first of which is the header."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list):
        faults.add("not-json", path, "", "It is no list.")
        return None
    header, *rest = map(tuple, rows)
    rows = Rows.of((TextRow(line, cells) for line, cells in enumerate(rest, start=2)), len(header))
    return TextTable(path, header, 1, rows)


@pytest.mark.parametrize(
    ("content", "read_as"),
    [
        (export_of("webropol_json").read_bytes(), "webropol_json"),
        (b'[["staff", "comment"], ["5", "none"]]', "json_list"),
        (b"{}", "other-json-shape"),
    ],
)
def test_formats_whose_files_end_alike_are_tried_in_turn(
    empty: DataPaths, monkeypatch: pytest.MonkeyPatch, content: bytes, read_as: str
) -> None:
    """A file that none can read is told what the first of them found."""
    monkeypatch.setitem(FORMATS, "json_list", Format(ListLayout, read_list, (".json",)))
    file, faults = empty.root / "new.json", FaultList()
    file.write_bytes(content)
    export = read_export(file, faults)
    assert [*([export.format] if export else []), *(fault.code for fault in faults)] == [read_as]


def test_the_doubt_of_the_frame_names_what_there_is(empty: DataPaths) -> None:
    made = draft(empty, export_of("forms_csv"), "forms")
    (frame,) = (doubt for doubt in made.doubts if doubt.place == "frame")
    assert frame.reason == "divisions 2023-01-01; populations of 31 December 2019, 2020"


def test_a_mark_with_nothing_behind_it_is_not_to_be_taken_away(empty: DataPaths) -> None:
    draft(empty, export_of("forms_csv"), "forms")
    advice = {fault.found: fault.advice for fault in validate(empty) if fault.code == "undecided"}
    assert advice['The value is "?".'] == "Write what is right."
    assert advice['The value is "?_role".'].startswith("Take the ? away")


def test_the_terminal_shows_no_answer(empty: DataPaths) -> None:
    file = empty.root / "forms.csv"
    text = export_of("forms_csv").read_text(encoding="utf-8")
    file.write_text(text.replace("Johtaja", "Anna Keksitty 040 1234567"), encoding="utf-8")
    done = CliRunner().invoke(app, ["new-round", "exports", "forms", str(file), "--data", str(empty.root)])
    assert done.exit_code == 0, done.output
    assert "Keksitty" not in done.output
    assert "columns.csv" in done.output
    assert "kuntakysely validate exports/forms" in done.output


def test_a_moment_that_reads_two_ways_is_told() -> None:
    assert timestamp_formats(["3/6/23 9:03:09", "3/12/23 10:52:59"]) == ["%m/%d/%y %H:%M:%S", "%d/%m/%y %H:%M:%S"]
    assert timestamp_formats(["3/6/23 9:03:09", "3/13/23 10:52:59"]) == ["%m/%d/%y %H:%M:%S"]
    assert timestamp_formats(["yesterday"]) == []


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"since\n3/6/2023\n3/16/2023\nspring\n", "%m/%d/%Y"),
        (b"since\n6-3-2023\n16-3-2023\n", "%d-%m-%Y"),
        (b"When?\n3/16/2023\n", "%m/%d/%Y"),
        (b"since\n6.3.2023\n2023-03-16\n", None),
        (b"since\nspring\n", None),
    ],
)
def test_the_form_of_dates_is_told_by_the_file(empty: DataPaths, content: bytes, form: str | None) -> None:
    """The usual form needs no setting; a column that may be a date question speaks too."""
    file = empty.root / "dates.csv"
    file.write_bytes(content)
    made = draft(empty, file, "new")
    assert YAML().load(made.folder / "round.yml").get("date_format") == form


@pytest.mark.parametrize(
    ("name", "content", "marked"),
    [
        ("latin.csv", "Kunta;Muita huomioita\nAlajoki;Hyvä\n".encode("cp1252"), 'encoding: "?cp1252"'),
        ("signs.csv", b"Number of staff;Budget, million euros\n1;1,5\n2;1.5\n", 'decimal_sign: "?"'),
        ("times.csv", b"Completion time;Number of staff\nyesterday;1\n", 'timestamp_format: "?"'),
        ("days.csv", b"since\n3/6/2023\n12/1/2023\n", 'date_format: "?%m/%d/%Y or %d/%m/%Y"'),
        ("months.csv", b"since\n3/16/2023\n16/3/2023\n", 'date_format: "?"'),
        ("gaps.csv", b"submitdate;Number of staff\n2023-03-06 09:15:09;1\n;2\n", '- "?submitdate"'),
    ],
)
def test_what_the_file_does_not_tell_is_marked(empty: DataPaths, name: str, content: bytes, marked: str) -> None:
    file = empty.root / name
    file.write_bytes(content)
    made = draft(empty, file, "new")
    assert marked in (made.folder / "round.yml").read_text(encoding="utf-8")
    key = marked.partition(":")[0].replace('- "?submitdate"', "skip_rows_without")
    assert key in {doubt.place for doubt in made.doubts}


def test_a_value_that_may_mean_ticked_is_marked(empty: DataPaths) -> None:
    file = empty.root / "ticks.csv"
    file.write_text("services[advice],services[training],services[interpreting]\nNein,Y,Koulutus\n", encoding="utf-8")
    made = draft(empty, file, "new")
    assert [line[3] for line in lines(made.folder / "columns.csv")[1:]] == ["?Nein", "Y", "?Koulutus"]
