"""A drafted survey: what each type, list and condition of a form becomes; what is left out is named, what is unsure
marked, nothing overwritten, and every file that is no form has one fault."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from faults.errors import FaultList, wrapped
from ingest.proposals.codebook import draft_survey
from ingest.proposals.form import form_types
from ingest.proposals.writing import Draft
from orchestration.commands.cli import app
from orchestration.commands.report import describe_draft
from store.paths import PROJECT_ROOT, DataPaths
from tests.deciding import lines
from tests.drafted.forms import make_answers, write_qualtrics, write_workbook, write_xlsform
from tests.loading import validate

pytestmark = pytest.mark.slow
HEADING = ("type", "name", "label::Suomi (fi)", "relevant", "constraint", "required", "parameters")
YES_NO = (("list_name", "name", "label::Suomi (fi)"), ("yn", "yes", "Kyllä"), ("yn", "no", "Ei"))
Row = dict[str, str]


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    """A registry, and no survey."""
    paths = DataPaths(tmp_path / "data")
    shutil.copytree(PROJECT_ROOT / "tests" / "broken" / "_base" / "registry", paths.registry)
    return paths


def xlsform(
    folder: Path, rows: Sequence[Sequence[Any]], choices: Sequence[Sequence[Any]] = YES_NO, heading: Any = HEADING
) -> Path:
    write_workbook(folder / "form.xlsx", {"survey": [heading, *rows], "choices": choices})
    return folder / "form.xlsx"


def draft(paths: DataPaths, file: Path, language: str | None = None) -> Draft:
    faults = FaultList(paths.shown)
    made = draft_survey(paths, "new", file, language, faults)
    assert made is not None, list(map(str, faults))
    return made


def fault(paths: DataPaths, file: Path, language: str | None = None, survey_id: str = "new") -> str:
    """The one fault, and that nothing was written."""
    before = sorted(paths.root.rglob("*"))
    faults = FaultList(paths.shown)
    assert draft_survey(paths, survey_id, file, language, faults) is None
    (found,) = faults
    assert sorted(paths.root.rglob("*")) == before
    return str(found)


def table(made: Draft, name: str) -> list[Row]:
    with (made.folder / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def questions(made: Draft) -> dict[str, Row]:
    return {row["question_id"]: row for row in table(made, "questions.csv")}


def options(made: Draft, list_name: str) -> dict[str, str]:
    """The labels of a list in Finnish, by code."""
    return {row["code"]: row["label_fi"] for row in table(made, "choices.csv") if row["list_name"] == list_name}


def settings(made: Draft) -> Mapping[str, Any]:
    found: Mapping[str, Any] = YAML().load(made.folder / "survey.yml")
    return found


TYPES = [
    (("select_one yn", "A?"), ("select_one", "yn")),
    (("select one from yn", "A?"), ("select_one", "yn")),
    (("select_multiple yn", "A?"), ("select_multiple", "yn")),
    (("select all that apply from yn", "A?"), ("select_multiple", "yn")),
    (("select_one_from_file towns.csv", "A?"), ("select_one", "towns")),
    (("integer", "A?"), ("integer", "")),
    (("int", "A?"), ("integer", "")),
    (("decimal", "A?"), ("decimal", "")),
    (("text", "A?"), ("text", "")),
    (("date", "A?"), ("date", "")),
    (("range", "A?", "", "", "", "start=1 end=5 step=1"), ("integer", "")),
    (("range", "A?", "", "", "", "start=0 end=1 step=0.1"), ("decimal", "")),
]


def test_types_of_an_xlsform(paths: DataPaths, tmp_path: Path) -> None:
    rows = [(form_type, f"q{n}", *behind) for n, ((form_type, *behind), _) in enumerate(TYPES)]
    found = questions(draft(paths, xlsform(tmp_path, rows)))
    assert [(row["type"], row["list_name"]) for row in found.values()] == [becomes for _, becomes in TYPES]
    bounds = [(found[f"q{n}"]["min_value"], found[f"q{n}"]["max_value"]) for n in (-2 + len(TYPES), -1 + len(TYPES))]
    assert bounds == [("1", "5"), ("0", "1")]


def test_types_that_no_codebook_has_are_named(paths: DataPaths, tmp_path: Path) -> None:
    left_out = {name: each for (tool, name), each in form_types().items() if tool == "XLSForm" and not each.becomes}
    made = draft(paths, xlsform(tmp_path, [("text", "a", "A?"), *((name, f"odd {name}", "Outo") for name in left_out)]))
    assert [*questions(made)] == ["a"]
    said = "\n".join(made.remarks)
    for name, each in left_out.items():
        (line,) = (line for line in said.splitlines() if line.startswith(f"Left out, {each.reason}:"))
        assert f"odd {name}" in line.removesuffix(".").partition(": ")[2].split(", ")


def test_what_is_unknown_disabled_or_nameless_is_named(paths: DataPaths, tmp_path: Path) -> None:
    rows = [
        ("text", "a", "A?", ""), ("hologram", "b", "B?", ""), ("text", "c", "C?", "yes"), ("text", "", "D?", ""),
        ("", "", "A remark", ""),
    ]  # fmt: skip
    made = draft(paths, xlsform(tmp_path, rows, heading=(*HEADING[:3], "disabled")))
    assert [*questions(made)] == ["a"]
    assert made.remarks[:3] == [
        "Left out, its type is not known: hologram: b.", "Left out, disabled in the form: c.",
        "Left out, it has no name: D?.",
    ]  # fmt: skip


def test_groups_are_sections_and_show_their_questions(paths: DataPaths, tmp_path: Path) -> None:
    rows = [
        ("select_one yn", "a", "A?"),
        ("begin group", "Part-1", "Osa 1", "${a} = 'yes'"), ("text", "b", "B?", "true()"),
        ("begin_group", "inner", "Sisempi"), ("integer", "c", "C?", "selected(${a}, 'no')"), ("end group",),
        ("end_group",), ("begin_group", "empty", "Tyhjä"), ("end_group",), ("text", "d", "D?"),
    ]  # fmt: skip
    made = draft(paths, xlsform(tmp_path, rows))
    assert {name: row["relevant"] for name, row in questions(made).items()} == {
        "a": "", "b": "${a} = 'yes'", "c": "(${a} = 'yes') and (selected(${a}, 'no'))", "d": "",
    }  # fmt: skip
    assert settings(made)["sections"] == [
        {"id": "part_1", "title": {"fi": "Osa 1"}, "questions": ["b", "c"]},
        {"id": "other_questions", "title": {"fi": "?"}, "questions": ["a", "d"]},
    ]


def test_repeats_and_what_kobotoolbox_adds(paths: DataPaths, tmp_path: Path) -> None:
    heading = (*HEADING[:3], "kobo--score-choices")
    rows = [
        ("begin_repeat", "people", "Ihmiset"), ("text", "who", "Kuka?"), ("begin_group", "g", "G"),
        ("integer", "age", "Ikä"), ("end_group",), ("end_repeat",),
        ("begin_score", "grid", "Arviot", "yn"), ("score__row", "g1", "Yksi"), ("score__row", "g2", "Kaksi"),
        ("end_score",), ("begin_rank", "r", "Järjestys", "yn"), ("rank__level", "r1", "1."), ("end_rank",),
    ]  # fmt: skip
    made = draft(paths, xlsform(tmp_path, rows, heading=heading))
    assert {name: (row["type"], row["list_name"], row["group_id"]) for name, row in questions(made).items()} == {
        "g1": ("select_one", "yn", "grid"), "g2": ("select_one", "yn", "grid"),
    }  # fmt: skip
    assert made.remarks[:2] == [
        "Left out, asked several times of a respondent, in a repeated group: a survey of its own: who, age.",
        "Left out, a ranking is no question of a codebook: r1.",
    ]


def test_or_other(paths: DataPaths, tmp_path: Path) -> None:
    made = draft(paths, xlsform(tmp_path, [("select_one yn or_other", "a", "A?")]))
    assert options(made, "yn") == {"yes": "Kyllä", "no": "Ei", "other": "Muu"}
    text = questions(made)["a_other"]
    assert (text["type"], text["other_of"], text["label_fi"]) == ("text", "a", "A? [Muu]")
    assert (
        made.remarks[0]
        == "or_other became the option other of the list and a text question whose id ends in _other: a."
    )


@pytest.mark.parametrize(
    ("relevant", "owner"),
    [
        ("${a} = 'x'", "a"), ("selected(${b}, 'x')", "b"), ("${a} = 'y'", ""), ("${a} != 'x'", ""),
        ("${a} = 'x' and ${n} > 1", ""), ("${n} = 1", ""),
    ],
)  # fmt: skip
def test_own_words_belong_to_the_question_whose_other_shows_them(
    paths: DataPaths, tmp_path: Path, relevant: str, owner: str
) -> None:
    choices = [*YES_NO[:1], ("l", "x", "Muu, mikä?"), ("l", "y", "Ei mitään")]
    rows = [("select_one l", "a", "A?"), ("select_multiple l", "b", "B?"), ("integer", "n", "N?")]
    made = draft(paths, xlsform(tmp_path, [*rows, ("text", "own", "Mikä?", relevant)], choices))
    assert questions(made)["own"]["other_of"] == owner


def test_options_that_lie_beside_the_form_are_asked_for(paths: DataPaths, tmp_path: Path) -> None:
    made = draft(
        paths, xlsform(tmp_path, [("select_one_from_file towns.csv", "town", "T?"), ("select_one gone", "b", "B?")])
    )
    assert [(row["list_name"], row["code"], row["label_fi"]) for row in table(made, "choices.csv")] == [
        ("towns", "?", "?"), ("gone", "?", "?"),
    ]  # fmt: skip


def test_required(paths: DataPaths, tmp_path: Path) -> None:
    flags = {"yes": "1", "true()": "1", "": "", "no": "", "${n} > 1": "?${n} > 1"}
    rows = [("text", f"q{n}", "Q?", "", "", required) for n, required in enumerate(flags)]
    found = questions(draft(paths, xlsform(tmp_path, [("integer", "n", "N?"), *rows])))
    assert [row["required"] for row in found.values()][1:] == [*flags.values()]


def test_labels_in_all_languages(paths: DataPaths, tmp_path: Path) -> None:
    """A wording that a language lacks is that of another one, marked; markup goes, and so do line breaks."""
    heading = ("type", "name", "label", "label::Svenska (sv)", "label::English (en)")
    rows = [("text", "a", "<b>Mitä</b>\nmuuta &amp; kuka?", "Vad?", "What?"), ("text", "b", "Muuta", "", "Else")]
    made = draft(paths, xlsform(tmp_path, rows, heading=heading), "fi")
    assert list(settings(made)["languages"]) == ["fi", "sv", "en"]
    found = {name: [row[f"label_{each}"] for each in ("fi", "sv", "en")] for name, row in questions(made).items()}
    assert found == {"a": ["Mitä muuta & kuka?", "Vad?", "What?"], "b": ["Muuta", "?Muuta", "Else"]}
    assert ("questions.csv", "b", "no label in sv") in {(each.file, each.place, each.reason) for each in made.doubts}


def test_ids_and_spellings_that_would_clash_are_marked(paths: DataPaths, tmp_path: Path) -> None:
    choices = [*YES_NO[:1], ("l", 1, "2"), ("l", 2, "Kaksi"), ("l", 3, "Kolme"), ("l", 4, "Kolme"), ("l", 2, "Kaksi"),
               ("l", 3, "Drei")]  # fmt: skip
    rows = [("select_one l", "Has-X", "A?"), ("text", "has_x", "B?")]
    made = draft(paths, xlsform(tmp_path, rows, choices))
    assert [*questions(made)] == ["has_x", "?has_x"]
    assert options(made, "l") == {"1": "?2", "2": "Kaksi", "3": "Kolme", "4": "?Kolme", "?3": "Drei"}


LIME = (
    "class", "type/scale", "name", "relevance", "text", "help", "language", "mandatory", "other", "num_value_int_only",
    "min_num_value_n", "max_num_value_n", "em_validation_q", "validation",
)  # fmt: skip


def limesurvey(folder: Path, rows: Sequence[Sequence[str]]) -> Path:
    """The rows in Finnish, as LimeSurvey writes them: with a byte order mark, tabs between."""
    table = [[*cells, *[""] * (len(LIME) - len(cells))] for cells in rows]
    for cells in table:
        cells[6] = cells[6] or ("fi" if cells[0] != "S" else "")
    frame = pd.DataFrame(table, columns=list(LIME))
    frame.to_csv(folder / "survey.txt", sep="\t", index=False, encoding="utf-8-sig")
    return folder / "survey.txt"


def test_a_survey_structure_of_limesurvey(paths: DataPaths, tmp_path: Path) -> None:
    rows: list[Sequence[str]] = [
        ("S", "", "language", "", "fi"), ("SL", "", "surveyls_title", "", "Kysely"),
        ("G", "G0", "Osa", "1"),
        ("Q", "L", "form", "1", "<p>Miten?</p>", "", "", "Y", "Y"), ("A", "0", "A1", "", "Itse"),
        ("A", "0", "A2", "", "Ostaen"),
        ("Q", "M", "services", '((form.NAOK == "A1"))', "Mitä?"), ("SQ", "0", "SQ001", "", "Neuvonta"),
        ("SQ", "0", "SQ002", "", "Koulutus"),
        ("Q", "F", "impact", "1", "Vaikutus"), ("SQ", "0", "SQ001", "", "Työ"), ("SQ", "0", "SQ002", "", "Kieli"),
        ("A", "0", "1", "", "Suuri"), ("A", "0", "2", "", "Pieni"),
        ("Q", "N", "staff", "services_SQ002.NAOK == \"Y\"", "Montako?", "", "", "", "", "1"),
        ("Q", "5", "grade", "1", "Arvosana"), ("Q", "Y", "ok", "1", "Sopiiko?"), ("Q", "O", "why", "1", "Miksi?"),
        ("A", "0", "A1", "", "Koska"), ("Q", "R", "order", "1", "Järjestä"), ("Q", "X", "text", "1", "Ohje"),
    ]  # fmt: skip
    made = draft(paths, limesurvey(tmp_path, rows))
    found = {name: (row["type"], row["list_name"], row["relevant"]) for name, row in questions(made).items()}
    assert found == {
        "form": ("select_one", "form", ""), "form_other": ("text", "", ""),
        "services": ("select_multiple", "services", '((${form} = "A1"))'),
        "impact_sq001": ("select_one", "impact", ""), "impact_sq002": ("select_one", "impact", ""),
        "staff": ("integer", "", "selected(${services}, 'SQ002')"),
        "grade": ("select_one", "grade", ""), "ok": ("select_one", "ok", ""), "why": ("select_one", "why", ""),
    }  # fmt: skip
    asked = questions(made)
    assert (asked["form"]["required"], asked["form"]["label_fi"], asked["impact_sq002"]["label_fi"]) == (
        "1", "Miten?", "Vaikutus [Kieli]",
    )  # fmt: skip
    assert options(made, "form") == {"A1": "Itse", "A2": "Ostaen", "other": "Muu"}
    assert options(made, "grade")["5"] == "5" and options(made, "ok") == {"Y": "?Yes", "N": "?No"}
    assert settings(made)["title"] == {"fi": "Kysely"} and settings(made)["sections"][0]["title"] == {"fi": "Osa"}
    assert made.remarks[:3] == [
        "Left out, a comment beside the answer: why[comment].",
        "Left out, a ranking is no question of a codebook: order.",
        "Left out, nothing is asked: text.",
    ]  # fmt: skip


def test_bounds_and_conditions_of_groups_and_answers_in_limesurvey(paths: DataPaths, tmp_path: Path) -> None:
    rows = [
        ("G", "G0", "Osa", "1"), ("Q", "Y", "a", "1", "A?"), ("G", "G1", "Toinen", 'a.NAOK == "Y"'),
        ("Q", "N", "n", "1", "N?", "", "", "", "", "1", "0", "{a.NAOK}", "this > 2"),
        ("Q", "S", "s", '(n.NAOK > 1)', "S?", "", "", "", "", "", "", "", "", "/^[a-z]+$/"),
    ]  # fmt: skip
    made = draft(paths, limesurvey(tmp_path, rows))
    number, text = questions(made)["n"], questions(made)["s"]
    assert (number["relevant"], text["relevant"]) == ('${a} = "Y"', '(${a} = "Y") and ((${n} > 1))')
    assert (number["min_value"], number["max_value"], number["constraint"]) == ("0", "?{a.NAOK}", ". > 2")
    assert text["constraint"] == "?/^[a-z]+$/"
    assert {("n max_value", "the form computes it")} <= {(each.place, each.reason) for each in made.doubts}


def test_limesurvey_in_two_languages(paths: DataPaths, tmp_path: Path) -> None:
    of = {"fi": ("Osa", "Miten?", "Itse"), "sv": ("Del", "Hur?", "Själv")}
    rows = [
        row
        for language, (group, question, option) in of.items()
        for row in (
            ("G", "G0", group, "1", "", "", language), ("Q", "L", "form", "1", question, "", language),
            ("A", "0", "A1", "", option, "", language),
        )
    ]  # fmt: skip
    made = draft(paths, limesurvey(tmp_path, rows))
    (question,), (option,), (section,) = (
        table(made, "questions.csv"),
        table(made, "choices.csv"),
        settings(made)["sections"],
    )
    assert (question["label_sv"], option["label_sv"], section["title"]) == ("Hur?", "Själv", {"fi": "Osa", "sv": "Del"})


def test_an_spss_file(paths: DataPaths, tmp_path: Path) -> None:
    frame = pd.DataFrame({
        "kunta": ["005", "049", "091"], "v1": [1.0, 2.0, 99.0], "v2": [1.0, 2.0, 2.0], "scale": [1.0, 4.0, 10.0],
        "staff": [3.0, 4.5, -9.0], "t_1": [1.0, 0.0, 1.0], "t_2": [0.0, 0.0, 1.0], "words": ["a", "b", "c"],
        "empty": [float("nan")] * 3, "y_1": [1.0, 0.0, 1.0], "y_2": [1.0, 1.0, 0.0],
    })  # fmt: skip
    answers = {1: "Kyllä", 2: "Ei", 99: "Ei vastausta"}
    ticks = {0: "Not selected", 1: "Selected"}
    pyreadstat.write_sav(
        frame, str(tmp_path / "a.sav"),
        column_labels={"v1": "Osaatteko", "staff": "Väki", "t_1": "Mitä - Neuvonta", "t_2": "Mitä - Koulutus",
                       "y_1": "Onko - Suunnitelma", "y_2": "Onko - Johtaja"},
        variable_value_labels={"v1": answers, "v2": answers, "scale": {1: "Ei", 10: "Kyllä"},
                               "staff": {-9: "Ei tietoa"}, "t_1": ticks, "t_2": ticks,
                               "y_1": {0: "Ei", 1: "Kyllä"}, "y_2": {0: "Ei", 1: "Kyllä"}},
        missing_ranges={"v1": [99], "v2": [99], "staff": [-9]},
    )  # fmt: skip
    made = draft(paths, tmp_path / "a.sav", "fi")
    assert {name: (row["type"], row["list_name"]) for name, row in questions(made).items()} == {
        "v1": ("select_one", "v1"), "v2": ("select_one", "v1"), "scale": ("?select_one", "scale"),
        "staff": ("decimal", "staff"), "t": ("select_multiple", "t"), "words": ("text", ""), "empty": ("?text", ""),
        "y_1": ("select_one", "y_1"), "y_2": ("select_one", "y_1"),
    }  # fmt: skip
    missing = {(row["list_name"], row["code"]) for row in table(made, "choices.csv") if row["is_missing"] == "1"}
    assert missing == {("v1", "99"), ("staff", "-9")}
    assert options(made, "t") == {"1": "Neuvonta", "2": "Koulutus"}


def qualtrics(folder: Path, columns: Mapping[str, tuple[str, str]], rows: Sequence[Sequence[str]]) -> Path:
    """Columns by name: their wording, and what Qualtrics calls them."""
    wordings, ids = [each[0] for each in columns.values()], [f'{{"ImportId":"{each[1]}"}}' for each in columns.values()]
    with (folder / "q.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([[*columns], wordings, ids, *rows])
    return folder / "q.csv"


def test_a_qualtrics_export(paths: DataPaths, tmp_path: Path) -> None:
    columns = {
        "ResponseId": ("Response ID", "_recordId"), "kunta": ("kunta", "kunta"),
        "Q1": ("Onko? - Selected Choice", "QID1"), "Q1_3_TEXT": ("Onko? - Muu - Text", "QID1_3_TEXT"),
        "Q2_1": ("Arvio - Työ", "QID2_1"), "Q2_2": ("Arvio - Kieli", "QID2_2"), "Q3": ("Mitä?", "QID3"),
        "Q4": ("Väki", "QID4_TEXT"), "Q5": ("Koodi", "QID5"), "Q6_1": ("Nimi - Etunimi", "QID6_1"),
        "Q1_First Click": ("Timing", "QID1_FIRST_CLICK"), "Q7": ("Palvelu: Neuvonta", "QID7"),
        "Q8": ("Palvelu: Tulkkaus", "QID8"),
    }  # fmt: skip
    rows = [
        [f"R_{n}", "005", ["On", "Ei ole"][n % 2], "", ["Hyvä", "Huono"][n % 2], "Hyvä", ["Yksi", "Kaksi", "Yksi,Kaksi",
         "Kolme", "Kaksi,Kolme"][n % 5], str(n), str(n % 3), f"Sanat {n}", "0.1", "On", "On"]
        for n in range(20)
    ]  # fmt: skip
    made = draft(paths, qualtrics(tmp_path, columns, rows), "fi")
    assert {name: (row["type"], row["list_name"], row["group_id"]) for name, row in questions(made).items()} == {
        "q1": ("select_one", "q1", ""), "q1_3_text": ("?text", "", ""),
        "q2_1": ("select_one", "q2_1", "q2"), "q2_2": ("select_one", "q2_1", "q2"),
        "q3": ("?select_multiple", "q3", ""), "q4": ("integer", "", ""), "q5": ("select_one", "q5", ""),
        "q6_1": ("?text", "", ""), "q7": ("select_one", "q7", ""), "q8": ("select_one", "q7", ""),
    }  # fmt: skip
    assert questions(made)["q1"]["label_fi"] == "Onko?" and questions(made)["q1_3_text"]["other_of"] == "q1"
    assert options(made, "q1") == {"On": "On", "ei_ole": "Ei ole"}
    assert options(made, "q3") == {"Yksi": "Yksi", "Kaksi": "Kaksi", "Kolme": "Kolme"}
    assert options(made, "q5") == {"0": "?0", "1": "?1", "2": "?2"}
    assert "Sanat" not in (made.folder / "choices.csv").read_text(encoding="utf-8")
    left_out = "Left out, written beside the answers: no question of the form: ResponseId, kunta, Q1_First Click."
    assert made.remarks[0] == left_out


def test_choices_of_qualtrics_that_are_written_alike(paths: DataPaths, tmp_path: Path) -> None:
    """Two texts may come to one code; none of them is lost. Many ways to tick are no words that people wrote."""
    columns = {"Q1": ("Onko?", "QID1"), "Q2": ("Mitä?", "QID2")}
    several = ["A", "B", "C", "D", "A,B", "A,C", "A,D", "B,C", "B,D", "C,D", "A,B,C", "B,C,D"]
    rows = [[("On kyllä", "On, kyllä")[n % 2], cell] for n, cell in enumerate(several)]
    made = draft(paths, qualtrics(tmp_path, columns, rows), "fi")
    assert options(made, "q1") == {"on_kylla": "On kyllä", "?on_kylla": "On, kyllä"}
    assert questions(made)["q2"]["type"] == "?select_multiple" and [*options(made, "q2")] == ["A", "B", "C", "D"]


def test_every_mark_is_refused_and_nothing_else(paths: DataPaths, tmp_path: Path) -> None:
    rows = [
        ("select_one yn or_other", "a", "A?"), ("integer", "b", "B?", "${gone} = 1", ". > 0", "${a} = 'yes'"),
        ("begin_group", "g", "G"), ("select_multiple yn", "c", "C?"), ("text", "a", "A?"), ("end_group",),
        ("select_one_external towns", "d", "D?"),
    ]  # fmt: skip
    made = draft(paths, xlsform(tmp_path, rows))
    faults = validate(paths)
    assert {fault.code for fault in faults} == {"undecided"}
    assert {Path(fault.file).name for fault in faults} == {"survey.yml", "questions.csv", "choices.csv"}
    assert {doubt.file for doubt in made.doubts} == {"survey.yml", "questions.csv", "choices.csv"}


def test_a_draft_stops_no_other_round(paths: DataPaths, tmp_path: Path) -> None:
    from ingest.landing.inputs import drafts, surveys_without_rounds

    draft(paths, xlsform(tmp_path, [("text", "a", "A?")]))
    assert [*drafts(paths, surveys_without_rounds(paths))] == ["new"]


NO_FORM = {
    "form.xls": ("The file ends in .xls.", "Save it as .xlsx."),
    "survey.lss": ("The file ends in .lss.", "Export the survey from LimeSurvey as tab-separated values (.txt)."),
    "survey.qsf": ("The file ends in .qsf.", "Export the answers from Qualtrics as .csv, with choice texts."),
    "form": ("The file ends in nothing.", "Look whether it is the right file."),
    "answers.csv": ("It has no third row of headings like", "of another tool take the file of its form."),
    "answers.txt": (
        "It lacks columns of class, language,",
        "Export the survey, not its answers, as tab-separated values",
    ),
}


@pytest.mark.parametrize("name", NO_FORM)
def test_a_file_that_is_no_form(paths: DataPaths, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text("kunta,vastaus\n005,1\n", encoding="utf-8")
    found, advice = NO_FORM[name]
    said = fault(paths, file, "fi")
    assert f"{name}: {found}" in said and "Expected: a form is an XLSForm (.xlsx), a survey structure" in said
    assert advice in said


def test_a_workbook_without_questions_or_of_answers_is_no_form(paths: DataPaths, tmp_path: Path) -> None:
    assert "has no question that a codebook can have" in fault(paths, xlsform(tmp_path, [("note", "a", "A")]))
    write_workbook(tmp_path / "answers.xlsx", {"Data": [("kunta", "vastaus"), ("005", "1")]})
    assert "There is no sheet survey." in fault(paths, tmp_path / "answers.xlsx")


def test_a_damaged_file_says_so(paths: DataPaths, tmp_path: Path) -> None:
    for name, said in {
        "form.xlsx": "is not a whole .xlsx workbook",
        "answers.sav": "does not begin as an SPSS file",
    }.items():
        (tmp_path / name).write_bytes(b"PK\x03\x04 not really")
        assert said in fault(paths, tmp_path / name, "fi")


def test_a_language_that_nobody_names(paths: DataPaths, tmp_path: Path) -> None:
    form = xlsform(tmp_path, [("text", "a", "A?")], heading=("type", "name", "label"))
    assert "form.xlsx, label: The file does not name the language." in fault(paths, form)
    write_qualtrics(tmp_path / "q.csv", make_answers(1, 3))
    assert "Name it: --language fi" in fault(paths, tmp_path / "q.csv")
    form = xlsform(tmp_path, [("text", "a", "A?")], heading=("type", "name", "hint"))
    assert "The sheet survey has no column label." in fault(paths, form)
    form = xlsform(tmp_path, [("text", "a", "A?")], heading=("type", "name", "label::Klingonish"))
    assert 'The language "Klingonish" is not known.' in fault(paths, form)
    assert 'The language of the wordings is "Finnish".' in fault(paths, form, "Finnish")


def test_nothing_is_written_over(paths: DataPaths, tmp_path: Path) -> None:
    form = xlsform(tmp_path, [("text", "a", "A?")])
    draft(paths, form)
    assert "The survey has a folder. Expected: a new survey has none" in fault(paths, form)
    assert 'The id of the survey is "New!".' in fault(paths, form, survey_id="New!")
    assert "There is no such file." in fault(paths, tmp_path / "gone.xlsx", survey_id="other")


def test_new_round_offers_it(paths: DataPaths, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text("a\n1\n", encoding="utf-8")
    said = CliRunner().invoke(
        app, ["new-round", "mine", "2026", str(tmp_path / "answers.csv"), "--data", str(paths.root)]
    )
    assert said.exit_code == 2
    assert "Draft it of its form: kuntakysely new-survey mine FORM." in said.stdout


def test_the_terminal_at_80_columns(paths: DataPaths, tmp_path: Path) -> None:
    write_xlsform(tmp_path / "form.xlsx")
    said = wrapped(describe_draft(draft(paths, tmp_path / "form.xlsx"), paths), 80)
    assert max(map(len, said.splitlines())) <= 80
    first, *_, last = said.splitlines()
    assert first.startswith("data/surveys/new: 35 questions, 16 options; to decide")
    assert last == "Then: kuntakysely validate new"
    assert "Left out, a place is no answer of a codebook: place." in said.splitlines()


def test_the_command(paths: DataPaths, tmp_path: Path) -> None:
    form = xlsform(tmp_path, [("text", "a", "A?")])
    done = CliRunner().invoke(app, ["new-survey", "mine", str(form), "--data", str(paths.root)])
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "Then: kuntakysely validate mine")
    again = CliRunner().invoke(app, ["new-survey", "mine", str(form), "--data", str(paths.root)])
    assert again.exit_code == 2
    assert lines(paths.surveys / "mine" / "questions.csv")[1][0] == "a"
