"""Files in the documented shape of each tool: what a draft makes of rows that are no answers, of options and of Other.

Where the shapes come from: REDCap's codebook of `<form>_complete` (0, 1, 2) and its checkbox columns, in public test
data of REDCapR; Typeform's and SurveyMonkey's headers in public files; ODK Central's own tests of its CSV export;
Qualtrics' labels of Status in public SPSS syntax (0 IP Address, 1 Survey Preview, 2 Survey Test, 8 Spam, ...).
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from faults.errors import FaultList
from ingest.codebook.round import RoundSettings
from ingest.codebook.survey import read_survey
from ingest.proposals.folder import draft_round
from ingest.proposals.options import Proposed, gainsaid
from ingest.proposals.reading import Export
from ingest.proposals.writing import Draft
from ingest.readers import Layout, Rows, TextRow, TextTable
from ingest.readers.settings import read_settings
from store.paths import DataPaths
from tests.deciding import by_column, is_marked, lines
from tests.exports.make_exports import csv_bytes
from tests.loading import validate
from tests.pipeline.build import SAMPLE

SURVEY = """
survey_id: tools
title: {en: Survey}
publisher: {en: Project}
population: {en: Municipalities}
languages: [en]
licence: CC0
all_label: {en: All}
size_classes: [{id: every, min: 0, label: {en: Every}}]
roles: {list_name: role, lead_order: [director, expert]}
municipality_rule: lead_role
disclosure: {min_municipalities: 3, min_responses: 5}
limits: {quarantined_share: 0.05, small_base: 20}
"""
QUESTIONS = """question_id,type,list_name,unit,min_value,max_value,soft_min,soft_max,required,relevant,constraint,\
other_of,group_id,severity,disclosure,municipality_rule,label_en,note
opinion,select_one,scale,,,,,,,,,,,warn,,,Services are sufficient,
enough_staff,select_one,scale,,,,,,,,,,,warn,,,There is enough staff,
services,select_multiple,service,,,,,,,,,,,warn,,union,Which services are there?,
main_service,select_one,service,,,,,,,,,,,warn,,,Which service is the largest?,
services_other,text,,,,,,,,,,services,,info,,,Other service,
comment,text,,,,,,,,,,,,info,,,Other remarks,
"""
CHOICES = """list_name,code,group_code,is_missing,is_exclusive,sort_order,label_en,group_label_en
role,director,,0,0,1,Director,
role,expert,,0,0,2,Expert,
scale,1,,0,0,1,Agree,
scale,2,,0,0,2,Disagree,
service,advice,,0,0,1,Advice,
service,training,,0,0,2,"Courses, workshops",
service,other,,0,0,3,"Other, please specify",
"""
ADVICE, TRAINING, OTHER = "Advice", "Courses, workshops", "Other, please specify"


@pytest.fixture
def empty(tmp_path: Path) -> DataPaths:
    """A survey without rounds that asks for Other, and whose labels hold commas."""
    paths = DataPaths(tmp_path / "data")
    shutil.copytree(SAMPLE / "registry", paths.registry)
    folder = paths.surveys / "tools"
    folder.mkdir(parents=True)
    for name, text in {"survey.yml": SURVEY, "questions.csv": QUESTIONS, "choices.csv": CHOICES}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return paths


@dataclass(frozen=True)
class Drafted:
    """A drafted round: its lines by column, its settings, its recodes."""

    made: Draft
    columns: Mapping[str, list[tuple[str, ...]]]
    settings: Mapping[str, Any]
    recodes: list[tuple[str, ...]]

    def meanings(self) -> dict[str, list[str]]:
        """The filled cells of each column's lines."""
        return {name: [" ".join(filter(None, line)) for line in found] for name, found in self.columns.items()}

    def reason(self, place: str) -> str:
        (reason,) = (doubt.reason for doubt in self.made.doubts if doubt.place == place)
        return reason


def draft(paths: DataPaths, rows: Sequence[Sequence[str]], round_id: str = "new") -> Drafted:
    file = paths.root / "export.csv"
    file.write_bytes(csv_bytes(rows))
    faults = FaultList(paths.shown)
    made = draft_round(paths, "tools", round_id, file, date(2026, 11, 24), faults)
    assert made is not None, list(map(str, faults))
    settings = YAML(typ="safe").load(made.folder / "round.yml")
    columns = by_column(made.folder / "columns.csv")
    columns.pop("source_column")
    return Drafted(made, columns, settings, lines(made.folder / "recodes.csv")[1:])


def qualtrics(asked: Mapping[str, str], *rows: Sequence[str]) -> list[list[str]]:
    """Three header rows, and rows that begin with state and id of the response."""
    own = {"EndDate": "End Date", "Status": "Response Type", "Finished": "Finished", "ResponseId": "Response ID"}
    ids = [f'{{"ImportId":"{name}","timeZone":"Europe/Oslo"}}' for name in (*own, *asked)]
    header = [[*own, *asked], [*own.values(), *asked.values()], ids]
    return [*header, *([f"2023-03-0{day} 09:12:00", *row] for day, row in enumerate(rows, start=1))]


def test_previews_of_qualtrics_are_no_responses(empty: DataPaths) -> None:
    """Surely so; whether unfinished ones are, a person says, and what they say is text whatever YAML thinks of it."""
    asked = {"Q1": "Municipality", "Q2": "Services are sufficient"}
    found = draft(
        empty,
        qualtrics(
            asked,
            ["IP Address", "True", "R_1", "Alajoki", "Agree"],
            ["Survey Preview", "True", "R_2", "Alajoki", "Agree"],
            ["Spam", "False", "R_3", "Alajoki", "Agree"],
        ),
    )
    sure = ["Survey Preview", "Survey Test", "Survey Preview Spam", "Offline Survey Preview"]
    assert found.settings["skip_rows_where"] == {"Status": [*sure, "?Spam"], "Finished": ["?False"]}
    assert found.settings["completed_values"] == ["True"]
    assert found.settings["timezone"] == "Europe/Oslo"
    assert found.reason('skip_rows_where, "Finished"') == "take the line out if rows with False (1) are responses"
    decided = (found.made.folder / "round.yml").read_text(encoding="utf-8").replace('"?"', "2023-01-01")
    decided = decided.replace('"?', '"').replace("scope: 2023-01-01", "scope: all")
    decided = decided.replace("is_synthetic: 2023-01-01", "is_synthetic: false").replace("en: 2023-01-01", "en: Round")
    (found.made.folder / "round.yml").write_text(decided, encoding="utf-8")
    faults = FaultList()
    read = read_settings(found.made.folder / "round.yml", RoundSettings, faults)
    assert read is not None, list(map(str, faults))
    assert read[0].skip_rows_where["Finished"] == ("False",)


def test_states_are_proposed_in_the_form_that_the_file_has(empty: DataPaths) -> None:
    rows = [["1", "1", "R_1", "Alajoki"], ["0", "0", "R_2", "Alajoki"], ["8", "1", "R_3", "Alajoki"]]
    found = draft(empty, qualtrics({"Q1": "Municipality"}, *rows))
    assert found.settings["skip_rows_where"] == {"Status": ["1", "2", "9", "17", "?8"], "Finished": ["?0"]}
    assert found.settings["completed_values"] == ["1"]


REDCAP = ["record_id", "koe_timestamp", "municipality", "opinion", "services___advice", "services___training"]


@pytest.mark.parametrize(
    ("header", "yes", "no", "states", "completion"),
    [
        ([*REDCAP, "services___other", "services_other", "koe_complete"], "1", "0", ("2", "0"), "koe_complete"),
        (
            ["Record ID", "Survey Timestamp", "Municipality", "Services are sufficient",
             *(f"Which services are there? (choice={label})" for label in (ADVICE, TRAINING, OTHER)),
             "Other service", "Complete?"],
            "Checked", "Unchecked", ("Complete", "Incomplete"), "Complete?",
        ),
    ],
)  # fmt: skip
def test_redcap_by_names_and_by_labels(
    empty: DataPaths, header: list[str], yes: str, no: str, states: tuple[str, str], completion: str
) -> None:
    """A form that was not finished says so in two places; a time that is none does not hide the form of the others."""
    found = draft(
        empty,
        [
            header,
            ["1", "2023-03-01 09:12:00", "001", "1", yes, no, no, "", states[0]],
            ["2", "2023-03-02 09:12:00", "002", "2", no, no, yes, "Peer support", states[0]],
            ["3", "[not completed]", "002", "2", no, no, no, "", states[1]],
        ],
    )
    meanings = ["_response_id", "_submitted_at", "_municipality code", "opinion"]
    meanings += [f"services {code} {yes} {no}" for code in ("advice", "training", "other")]
    assert found.meanings() == {
        name: [meaning] for name, meaning in zip(header, [*meanings, "services_other", "_completion"], strict=True)
    }
    assert found.settings["skip_rows_where"] == {completion: [f"?{states[1]}"]}
    assert found.settings["completed_values"] == [states[0]]
    assert found.settings["timestamp_format"] == "%Y-%m-%d %H:%M:%S"


def test_the_other_column_of_limesurvey_holds_words(empty: DataPaths) -> None:
    """Any text ticks the option, and is the text question's answer; nobody's words are no ticks like those beside."""
    header = ["id", "submitdate", "municipality", *(f"services[{code}]" for code in ("advice", "training", "other"))]
    rows = [["1", "2023-03-01 09:12:00", "001", "Y", "", "Peer support"], ["2", "", "001", "Y", "", ""]]
    rows += [["3", "2023-03-01 09:12:00", "001", "", "", "Village helper"]]
    found = draft(empty, [header, *rows]).meanings()
    assert found["services[other]"] == ["services other *", "services_other"]
    assert found["services[training]"] == ["services training Y"]
    again = draft(empty, [header, *([*row[:5], ""] for row in rows)], "nobody")
    assert again.meanings()["services[other]"] == ["services other ?"]
    one = draft(empty, [header, *rows[:2]], "one")
    assert one.meanings()["services[other]"] == ["services other ?*"]


def test_a_question_of_a_grid_is_found_by_its_row_and_marked(empty: DataPaths) -> None:
    """Rows of another grid may be worded alike: a person says so. What is no row of the codebook stays unknown."""
    header = [
        "municipality",
        "grid[SQ001]. Do you agree? [There is enough staff]",
        "Do you agree? - Services are sufficient",
    ]
    meanings = draft(empty, [[*header, "grid[SQ002]. Do you agree? [Nothing]"], ["001", "1", "2", "1"]]).meanings()
    assert [found for _, found in list(meanings.items())[1:]] == [["?enough_staff"], ["?opinion"], ["?"]]


def test_what_is_seen_and_left_is_not_ticked(empty: DataPaths) -> None:
    """Qualtrics writes -99 there; of any other value beside a yes a person says what it means."""
    header = ["id", "municipality", "services[advice]", "services[training]"]
    found = draft(empty, [header, ["1", "001", "1", "1"], ["2", "001", "-99", "maybe"]])
    assert found.meanings()["services[advice]"] == ["services advice 1 -99"]
    assert found.meanings()["services[training]"] == ["services training 1 ?maybe"]


def test_typeform_names_columns_by_options(empty: DataPaths) -> None:
    header = ["#", "Municipality", "Services are sufficient", ADVICE, TRAINING, "Other", "Response Type"]
    header += ["Start Date (UTC)", "Submit Date (UTC)", "Network ID", "Tags"]
    times = ["2023-03-01 07:00:00", "2023-03-01 07:12:00", "n", ""]
    rows = [
        ["a1", "Alajoki", "Agree", ADVICE, TRAINING, "", "completed", *times],
        ["a2", "Boholma", "Agree", "", TRAINING, "Peer support", "completed", *times],
        ["a3", "Boholma", "Agree", ADVICE, "", "Village helper", "partial", *times],
    ]
    found = draft(empty, [header, *rows])
    assert found.meanings() == {
        "#": ["_response_id"], "Municipality": ["_municipality name"], "Services are sufficient": ["opinion"],
        ADVICE: [f"services advice {ADVICE}"], TRAINING: [f"services training {TRAINING}"],
        "Other": ["services other *", "services_other"], "Response Type": ["_completion"],
        "Start Date (UTC)": ["_started_at"], "Submit Date (UTC)": ["_submitted_at"], "Network ID": ["ignored"],
        "Tags": ["ignored"],
    }  # fmt: skip
    assert found.settings["timezone"] == "UTC"
    assert found.settings["skip_rows_where"] == {"Response Type": ["?partial"]}


@pytest.mark.parametrize("name", ["{}", "Which services are there?:{}", "q4[x]. Which services are there? [{}]"])
def test_an_option_that_nobody_chose_is_ticked_as_the_others(empty: DataPaths, name: str) -> None:
    """By its own name where theirs are by theirs; what may be somebody's words is not known."""
    header = ["Kunta", *(name.format(option) for option in (ADVICE, TRAINING, OTHER))]
    found = [
        each
        for (each,) in draft(empty, [header, ["Alajoki", ADVICE, "", ""], ["Alajoki", "", "", ""]]).meanings().values()
    ]
    assert found == [
        "_municipality name",
        f"services advice {ADVICE}",
        f"services training {TRAINING}",
        "services other ?",
    ]


def test_own_words_in_a_joined_cell_may_be_other(empty: DataPaths) -> None:
    """As Microsoft Forms has them; -oth- is LimeSurvey's own code for it."""
    header = ["Kunta", "services", "main_service"]
    rows = [["Alajoki", "Advice;Village helper;", "advice"], ["Alajoki", "Courses, workshops;Advice;", "-oth-"]]
    found = draft(empty, [header, *rows])
    assert found.meanings()["services"] == ["services ;"]
    assert found.recodes == [("service", "Village helper", "?other"), ("service", "-oth-", "other")]


def test_odk_central_with_groups_and_split_options(empty: DataPaths) -> None:
    """The joined cell is ignored beside its options; a day with an offset and a fraction is read by the form iso."""
    header = ["SubmissionDate", "start", "end", "g1-municipality", "g1-opinion", "g2-services", "g2-services/advice"]
    header += [
        "g2-services/training",
        "g2-services/other",
        "g2-services_other",
        "meta-instanceID",
        "KEY",
        "SubmitterID",
    ]
    header += ["ReviewState", "FormVersion"]
    start, end = "2023-03-26T02:59:00.123+02:00", "2023-03-26T04:10:00.001+03:00"
    rows = [
        ["2023-03-26T01:11:00.123Z", start, end, "001", "1", "advice other", "1", "0", "1", "Peers", "u1", "u1", "5"],
        ["2023-03-27T01:11:00.123Z", start, end, "002", "2", "", "0", "0", "0", "", "u2", "u2", "5"],
    ]
    found = draft(empty, [header, *([*row, "", "v1"] for row in rows)])
    assert found.meanings() == {
        "SubmissionDate": ["ignored"], "g2-services": ["ignored"], "meta-instanceID": ["ignored"],
        "SubmitterID": ["ignored"], "ReviewState": ["ignored"],
        "start": ["_started_at"], "end": ["_submitted_at"], "g1-opinion": ["opinion"],
        "g1-municipality": ["_municipality code"],
        "g2-services/advice": ["services advice 1 0"], "g2-services/training": ["services training 1 0"],
        "g2-services/other": ["services other 1 0"], "g2-services_other": ["services_other"],
        "KEY": ["_response_id"], "FormVersion": ["_form_version"],
    }  # fmt: skip
    assert found.settings["timestamp_format"] == "iso"


def test_names_of_two_header_rows(empty: DataPaths) -> None:
    """As a file of SurveyMonkey is read: the question, and in brackets the option or what kind of answer it is."""
    header = ["Respondent ID", "Collector ID", "Start Date", "End Date", "Municipality [Open-Ended Response]"]
    header += ["Services are sufficient [Response]"]
    options = {ADVICE: "advice", TRAINING: "training", "Other (please specify)": "other"}
    header += [f"Which services are there? [{option}]" for option in options]
    times = ["03/13/2023 09:00:00 AM", "03/13/2023 01:12:00 PM"]
    rows = [
        ["118", "4", *times, "Alajoki", "Agree", ADVICE, TRAINING, ""],
        ["119", "4", *times, "Boholma", "Disagree", "", TRAINING, "Peer support"],
        ["120", "4", *times, "Boholma", "Disagree", ADVICE, "", "Village helper"],
    ]
    found = draft(empty, [header, *rows])
    assert [line for each in found.meanings().values() for line in each] == [
        "_response_id", "ignored", "_started_at", "_submitted_at", "_municipality name", "opinion",
        f"services advice {ADVICE}", f"services training {TRAINING}", "services other *", "services_other",
    ]  # fmt: skip
    assert found.settings["timestamp_format"] == "%m/%d/%Y %I:%M:%S %p"


WORDED = {
    "Q4": "Which services are there? - Selected Choice",
    "Q4_3_TEXT": "Which services are there? - Other, please specify - Text",
}
SPLIT = {
    "Q4_1": f"Which services are there? - Selected Choice - {ADVICE}",
    "Q4_2": f"Which services are there? - Selected Choice - {TRAINING}",
    "Q4_3": f"Which services are there? - Selected Choice - {OTHER}",
    "Q4_3_TEXT": WORDED["Q4_3_TEXT"],
}


def test_qualtrics_joins_options_by_the_sign_that_labels_hold(empty: DataPaths) -> None:
    """All parts of such a label are its recodes, and a person is told so."""
    cells = [(f"{ADVICE},{TRAINING}", ""), *[(TRAINING, "")] * 5, (f"{ADVICE},{OTHER}", "Peers")]
    rows = [["IP Address", "True", f"R_{number}", *cell] for number, cell in enumerate(cells)]
    found = draft(empty, qualtrics(WORDED, *rows))
    assert found.meanings()["Q4"] == ["services ,"]
    assert found.meanings()["Q4_3_TEXT"] == ["services_other"]
    parts = {"Courses": "training", "workshops": "training", "Other": "other", "please specify": "other"}
    assert found.recodes == [("service", part, f"?{code}") for part, code in parts.items()]
    split = [[ADVICE, TRAINING, "", ""], ["", TRAINING, OTHER, "Peers"], [ADVICE, "", OTHER, "Village helper"]]
    rows = [["IP Address", "True", f"R_{number}", *cells] for number, cells in enumerate(split)]
    found = draft(empty, qualtrics(SPLIT, *rows), "split")
    assert found.meanings()["Q4_1"] == [f"services advice {ADVICE}"]
    assert found.meanings()["Q4_3"] == [f"services other {OTHER}"]
    assert found.meanings()["Q4_3_TEXT"] == ["services_other"]


def test_a_word_of_a_tool_alone_does_not_tell_the_tool(empty: DataPaths) -> None:
    """Status of a file that has nothing else of Qualtrics may be anything."""
    found = draft(empty, [["Status", "Kunta"], ["Survey Preview", "Alajoki"]])
    assert found.meanings() == {"Status": ["?ignored"], "Kunta": ["_municipality name"]}
    assert "skip_rows_where" not in found.settings
    assert found.reason('"Status"') == "Qualtrics gives this name, and the file has no other of its names"


def decide_settings(found: Drafted) -> None:
    """What a person writes into round.yml and source.yml."""
    settings = {
        "title": {"en": "Round"}, "field_window": {"opens_on": "2023-03-01", "closes_on": "2023-03-31"},
        "frame": {"division_date": "2023-01-01", "population_date": "2019-12-31", "scope": "all"},
        "is_synthetic": True, "timezone": "Europe/Helsinki",
    }  # fmt: skip
    YAML().dump(dict(found.settings) | settings, found.made.folder / "round.yml")
    card = YAML(typ="safe").load(found.made.folder / "source.yml")
    YAML().dump(card | dict.fromkeys(("producer", "licence", "received_from"), "x"), found.made.folder / "source.yml")


def decided(empty: DataPaths, found: Drafted) -> None:
    """The drafted round with everything that is marked decided."""
    decide_settings(found)
    for name in ("columns.csv", "recodes.csv"):
        file = found.made.folder / name
        file.write_text(file.read_text(encoding="utf-8").replace("?_role", "_role"), encoding="utf-8")
    assert validate(empty) == ()


TAGS = {"Q1": "Municipality", "Q2": "Services are sufficient", "Q3": "There is enough staff", "Q5": "Your position"}


def test_a_tag_with_another_wording_is_another_question(empty: DataPaths) -> None:
    """Known by name from the last round, and told otherwise by the file itself; a wording that no codebook has is
    known where the file of the last round has it too."""
    row = ["IP Address", "True", "R_1", "Alajoki", "Agree", "Disagree", "Director"]
    decided(empty, draft(empty, qualtrics(TAGS, row), "first"))
    asked = TAGS | {"Q2": TAGS["Q3"], "Q3": TAGS["Q2"]}
    found = draft(empty, qualtrics(asked, row), "second").meanings()
    assert (found["Q2"], found["Q3"], found["Q5"]) == (["?enough_staff"], ["?opinion"], ["_role"])
    found = draft(empty, qualtrics(TAGS | {"Q3": "Is there too much of it?", "Q5": "Tehtävä"}, row), "third").meanings()
    assert (found["Q2"], found["Q3"], found["Q5"]) == (["opinion"], ["?enough_staff"], ["?_role"])


def said_of(key: str) -> str:
    return f"Nothing was taken from {key}: it has faults, or places to decide."


def test_an_undecided_draft_does_not_stop_the_next(empty: DataPaths) -> None:
    """It is no example either: what a person has not decided is not known."""
    rows = qualtrics({"Q1": "Municipality", "Q9": "Something else"}, ["IP Address", "True", "R_1", "Alajoki", "x"])
    first = draft(empty, rows, "first")
    assert first.meanings()["Q9"] == ["?"]
    again = draft(empty, rows, "second")
    assert again.made.remarks == [said_of("tools/first")]
    assert again.columns == first.columns
    decide_settings(first)  # and columns.csv has a mark
    assert draft(empty, rows, "third").made.remarks == [said_of("tools/first"), said_of("tools/second")]


@pytest.mark.parametrize(
    ("ticks", "line"),
    [
        (["Y", ""], "services advice Y N"),
        (["N", "N"], "services advice Y N"),
        (["1", "0"], "services advice 1 0"),
        (["Nein", "Y"], "services advice Y"),
        (["Ja wohl", "Nein"], "services advice ?"),
    ],
)
def test_ticks_of_an_earlier_round_stand_where_the_file_has_them(empty: DataPaths, ticks: list[str], line: str) -> None:
    header = ["record", "Kunta", "services[advice]", "services[training]", "services[other]"]
    first = draft(empty, [header, ["1", "Alajoki", "Y", "N", "N"], ["2", "Alajoki", "N", "Y", "Y"]], "first")
    columns = first.made.folder / "columns.csv"
    columns.write_text(columns.read_text(encoding="utf-8").replace("record,?", "record,_response_id"), encoding="utf-8")
    decided(empty, first)
    rows = [[str(number), "Alajoki", tick, "Y", "N"] for number, tick in enumerate(ticks)]
    assert draft(empty, [header, *rows], "second").meanings()["services[advice]"][0].startswith(line)


def test_an_option_that_was_not_offered_is_none_in_the_next_round_either(empty: DataPaths) -> None:
    """Where the file has no column for it again."""
    rows = [["Kunta", "services[advice]", "services[training]"], ["Alajoki", "Y", ""], ["Boholma", "", "Y"]]
    first = draft(empty, rows, "first")
    assert first.meanings()["not offered"] == ["?services other"]
    columns = first.made.folder / "columns.csv"
    columns.write_text(columns.read_text(encoding="utf-8").replace("?services", "services"), encoding="utf-8")
    decided(empty, first)
    assert draft(empty, rows, "second").meanings()["not offered"] == ["services other"]


def test_labels_that_turned_gainsay_the_ticks_of_an_earlier_round(empty: DataPaths) -> None:
    """The values are the same, and the file says that they mean the contrary now."""
    survey = read_survey(empty.surveys / "tools", FaultList())
    assert survey is not None
    rows = Rows.of((TextRow(1, ("1",)), TextRow(2, ("2",))), 1)
    table = TextTable(Path("new.sav"), ("k1",), 0, rows, labels={"k1": {"1": "No", "2": "Yes"}})
    before = Proposed("k1", "services", "advice", "1", "2")
    turned, same = Export(table, "sav", Layout()), Export(replace(table, labels={}), "sav", Layout())
    option = survey.lists["service"][0]
    assert (gainsaid(before, turned, option), gainsaid(before, same, option)) == (True, False)


def test_a_separator_and_a_part_of_an_earlier_round_are_held_against_the_cells(empty: DataPaths) -> None:
    header = ["Kuntanumero", "services"]
    decided(empty, draft(empty, [header, ["001", "advice;training"], ["002", "other;advice"]], "first"))
    found = draft(empty, [header, ["Alajoki", "advice training"], ["Boholma", "other"]], "second")
    assert found.meanings() == {"Kuntanumero": ["_municipality name"], "services": ["services  "]}


def test_a_code_with_decimals_is_the_code(empty: DataPaths) -> None:
    """Where every number of the column is a code but for its zeros; where one is none, each waits for a person."""
    header = ["Kuntanumero", "opinion"]
    found = draft(empty, [header, ["001.0", "1.0"], ["2.0", "2"], ["90", "1"]])
    assert found.recodes == [
        ("_municipality", "001.0", "001"), ("_municipality", "2.0", "002"), ("_municipality", "90", "090"),
        ("scale", "1.0", "1"),
    ]  # fmt: skip
    found = draft(empty, [header, ["001.0", "1"], ["2.0", "2"], ["777", "-1"]], "other")
    municipalities = [("001.0", "001"), ("2.0", "?002"), ("777", "?")]
    assert found.recodes == [*(("_municipality", *each) for each in municipalities), ("scale", "-1", "?")]


def test_a_wording_near_to_several_names_none(empty: DataPaths) -> None:
    """A wrong name is worse than none."""
    with (empty.surveys / "tools" / "questions.csv").open("a", encoding="utf-8") as file:
        for number in (1, 2):
            file.write(f"claim_{number},text,,,,,,,,,,,,info,,,Claim {number} of the municipality,\n")
        for name, place in (("before", "schools"), ("after", "schoolx"), ("once", "the towns"), ("twice", "the towns")):
            file.write(f"{name},text,,,,,,,,,,,,info,,,What was there in {place},\n")
    header = ["Claim 3 of the municipality", "Claim 1 of a municipality", "claim_12", "What was there in schooly"]
    header += ["What was there in the towns", "services/before", "2023-03-01/enough_staff", "Kunta"]
    found = draft(empty, [header, [*"abcdefg", "Alajoki"]])
    assert [found.meanings()[name] for name in header[:4]] == [["?"], ["?claim_1"], ["?"], ["?"]]
    assert [found.meanings()[name] for name in header[4:7]] == [["?"], ["?"], ["enough_staff"]]
    assert found.reason('"What was there in the towns"') == "several questions have this wording: once, twice"


def test_only_one_column_is_guessed_to_be_the_roles_or_the_time(empty: DataPaths) -> None:
    """What is known already is no other column, whatever its values look like."""
    header = ["Completion time", "Start time", "Kunta", "When?", "Who?"]
    times = ["2023-03-01 09:12:00", "2023-03-01 09:00:00"]
    found = draft(empty, [header, [*times, "Alajoki", "2023-02-01 08:00:00", "Director"]]).meanings()
    assert (found["When?"], found["Who?"]) == (["?"], ["?_role"])


def test_a_time_that_nobody_has_tells_nothing_of_rows(empty: DataPaths) -> None:
    found = draft(empty, [["id", "submitdate", "Kunta"], ["1", "", "Alajoki"], ["2", "", "Alajoki"]])
    assert "skip_rows_without" not in found.settings
    assert not any(map(is_marked, found.columns["submitdate"]))


def test_a_column_named_by_its_place_is_the_same_behind_the_same(empty: DataPaths) -> None:
    header = ["opinion", "Why", "enough_staff", "Why (2)", "Kunta"]
    row = ["1", "a", "2", "b", "Alajoki"]
    first = draft(empty, [header, row], "first")
    columns = first.made.folder / "columns.csv"
    text = columns.read_text(encoding="utf-8").replace("Why,?", "Why,ignored").replace("Why (2),?", "Why (2),comment")
    columns.write_text(text, encoding="utf-8")
    decided(empty, first)
    assert draft(empty, [header, row], "same").meanings()["Why (2)"] == ["comment"]
    turned = ["enough_staff", "Why", "opinion", "Why (2)", "Kunta"]
    found = draft(empty, [turned, row], "turned").meanings()
    assert (found["Why"], found["Why (2)"]) == (["ignored"], ["?comment"])
