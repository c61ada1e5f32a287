"""The demonstration round as committed: made by its script, marked as made up, true to the printed figures.

Everything is counted here from the files with the csv module alone, apart from the warehouse's own code.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from datetime import date, datetime
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from tests.demonstration import DATA, Row, load_script, read

SURVEY = DATA / "surveys" / "koto_kuntakysely"
ROUND = SURVEY / "rounds" / "2023-01"

LEAD_ORDER = ["johtaja", "paallikko", "koordinaattori", "muu"]
CLASSES = {
    "under_5000": (4999, 58, 60),
    "5000_10000": (10000, 34, 39),
    "10001_20000": (20000, 22, 23),
    "20001_50000": (50000, 30, 33),
    "50001_100000": (100000, 7, 9),
    "over_100000": (10**9, 6, 8),
}
SILENT = {"04", "11"}
CLEAREST = {"18", "12", "20", "02"}
HELSINKI_AREA = "90"


@cache
def labels() -> dict[str, str]:
    """question_id -> wording, which is the column's name in the export."""
    return {row["question_id"]: row["label_fi"] for row in read(SURVEY / "questions.csv")}


@cache
def codes(level: str) -> dict[tuple[str, str], str]:
    """(question_id, label) -> code of the option, or of its printed group where there is one."""
    choices = read(SURVEY / "choices.csv")
    return {
        (question["question_id"], choice["label_fi"]): (level == "group" and choice["group_code"]) or choice["code"]
        for question in read(SURVEY / "questions.csv")
        for choice in choices
        if choice["list_name"] == question["list_name"]
    }


@cache
def size_class_of_municipality() -> dict[str, str]:
    rows = [row for row in read(DATA / "registry" / "population.csv") if row["year"] == "2019"]
    return {
        row["municipality_code"]: next(k for k, v in CLASSES.items() if int(row["population"]) <= v[0]) for row in rows
    }


@cache
def municipality(code: str) -> Row:
    rows = read(DATA / "registry" / "2023-01-01" / "municipalities.csv")
    return next(row for row in rows if row["municipality_code"] == code)


@cache
def responses() -> list[Row]:
    return read(ROUND / "responses.csv", ";", "utf-8-sig")


def answer(row: Row, question: str, level: str = "group") -> str:
    text = row[labels()[question]]
    return codes(level)[question, text] if text else ""


def responses_by_municipality() -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in responses():
        groups[row["Kuntanumero"]].append(row)
    return groups


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d.%m.%Y %H.%M")


def lead_role_answer(rows: list[Row], question: str) -> str:
    """First valid answer in lead order, then the latest submitted, then the response id."""
    valid = [row for row in rows if answer(row, question)]
    valid.sort(key=lambda row: row["Vastaus-ID"])
    valid.sort(key=lambda row: moment(row["Lähetysaika"]), reverse=True)
    valid.sort(key=lambda row: LEAD_ORDER.index(answer(row, "respondent_role")))
    return answer(valid[0], question)


def test_the_script_makes_the_committed_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    script = load_script(ROUND, monkeypatch)
    made = script.finished_responses()
    assert script.response_file(made) == (ROUND / "responses.csv").read_bytes()
    assert script.codings_file(made) == (ROUND / "codings.csv").read_bytes()


def test_the_script_writes_beside_itself_whatever_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = load_script(ROUND, monkeypatch)
    monkeypatch.chdir(tmp_path)
    for name, file in (("OUTPUT", "responses.csv"), ("CODINGS", "codings.csv")):
        assert getattr(script, name) == ROUND / file
        monkeypatch.setattr(script, name, tmp_path / file)
    script.main()
    for file in ("responses.csv", "codings.csv"):
        assert (tmp_path / file).read_bytes() == (ROUND / file).read_bytes()


def test_the_file_has_the_form_of_an_export() -> None:
    raw = (ROUND / "responses.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"\r\n")
    assert b";" in raw.splitlines()[0]


@pytest.mark.parametrize("folder", sorted(card.parent for card in DATA.rglob("source.yml")), ids=lambda path: path.name)
def test_the_card_names_the_bytes_beside_it(folder: Path) -> None:
    card = (folder / "source.yml").read_text(encoding="utf-8")
    named = re.findall(r"^  (\S+): ([0-9a-f]{64})$", card, flags=re.MULTILINE)
    assert named
    assert dict(named) == {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name, _ in named}


def test_every_text_is_coded_and_every_coding_says_that_it_is_made_up() -> None:
    codings = read(ROUND / "codings.csv")
    assert all("made up" in row["by"] for row in codings)
    coded = {(row["response_id"], row["question_id"]) for row in codings}
    texts = ("role_comments", "good_practices")
    assert coded == {(row["Vastaus-ID"], text) for row in responses() for text in texts if row[labels()[text]]}


def test_every_highlight_and_theme_of_the_survey_is_told_of() -> None:
    """The transition was told of at the forum alone."""
    used = {(row["coded_question_id"], row["code"]) for row in read(ROUND / "codings.csv")}
    practices = read(DATA / "practices" / "practices.csv")
    highlights = {each["practice_id"] for each in practices if each["theme_id"] == "role_comments"}
    themes = {each["theme_id"] for each in practices} - {"role_comments", "transition"}
    assert used == {
        *(("role_highlights", code) for code in (*highlights, "other")),
        *(("practice_themes", code) for code in (*themes, "other")),
    }


def test_every_row_says_that_it_is_made_up() -> None:
    assert {row["Keksitty rivi"] for row in responses()} == {"Keksitty demonstraatiovastaus – ei todellinen"}


def test_responses_and_municipalities_by_size_class() -> None:
    n_responses = Counter(size_class_of_municipality()[row["Kuntanumero"]] for row in responses())
    n_municipalities = Counter(size_class_of_municipality()[code] for code in responses_by_municipality())
    assert {k: (n_municipalities[k], n_responses[k]) for k in CLASSES} == {k: v[1:] for k, v in CLASSES.items()}
    assert len({row["Vastaus-ID"] for row in responses()}) == len(responses()) == 172


def test_how_often_municipalities_answer() -> None:
    times = Counter(len(rows) for rows in responses_by_municipality().values())
    assert times == {1: 143, 2: 13, 3: 1}


def test_codes_and_names_are_of_real_mainland_municipalities() -> None:
    for row in responses():
        assert municipality(row["Kuntanumero"])["is_mainland"] == "1"
        assert municipality(row["Kuntanumero"])["name_fi"] == row["Kunta"]


def test_nineteen_counties_and_helsinki_answer() -> None:
    counties = {municipality(code)["county_code"] for code in responses_by_municipality()}
    assert HELSINKI_AREA in counties
    assert counties - {HELSINKI_AREA} == {f"{n:02d}" for n in range(1, 22)} - SILENT


def test_roles_have_the_printed_margins() -> None:
    roles = Counter(answer(row, "respondent_role") for row in responses())
    assert roles == {"johtaja": 62, "paallikko": 31, "koordinaattori": 53, "muu": 26}


def test_every_cell_holds() -> None:
    expected: Counter[tuple[str, str, str]] = Counter()
    for row in read(ROUND / "demonstration_cells.csv"):
        cell = row["question_id"], row["size_class_id"], row["answer"].replace("(blank)", "")
        expected[cell] += int(row["n"])
    questions = {question for question, _, _ in expected}
    found = Counter(
        (question, size_class_of_municipality()[row["Kuntanumero"]], answer(row, question))
        for row in responses()
        for question in questions
    )
    assert len(questions) == 9
    assert found == +expected


@pytest.mark.parametrize("question", ["resources_sufficient", "responsibility_clear", "full_readiness"])
def test_every_option_of_a_scale_is_used(question: str) -> None:
    used = {answer(row, question, "option") for row in responses()} - {""}
    assert used == {code for (name, _), code in codes("option").items() if name == question}


def test_contact_named_counted_by_municipality() -> None:
    groups = responses_by_municipality()
    found = Counter(lead_role_answer(rows, "contact_named") for rows in groups.values())
    assert found == {"yes": 113, "no": 36, "dont_know": 8}


def test_six_skip_the_same_three_questions_where_a_municipality_answers_again() -> None:
    skipped = [
        {row["Vastaus-ID"] for row in responses() if not answer(row, question)}
        for question in ("responsibility_clear", "full_readiness", "contact_named")
    ]
    assert skipped[0] == skipped[1] == skipped[2]
    assert len(skipped[0]) == 6
    alone = {rows[0]["Vastaus-ID"] for rows in responses_by_municipality().values() if len(rows) == 1}
    assert not skipped[0] & alone


def test_the_four_printed_counties_find_the_division_clearest() -> None:
    answers: dict[str, list[str]] = defaultdict(list)
    for row in responses():
        if answer(row, "responsibility_clear"):
            county = municipality(row["Kuntanumero"])["county_code"]
            answers[county].append(answer(row, "responsibility_clear"))
    share = {county: given.count("agree") / len(given) for county, given in answers.items()}
    others = [share[county] for county in share if county not in CLEAREST | {HELSINKI_AREA}]
    assert min(share[county] for county in CLEAREST) > max(others)
    assert all(share[county] < 1 for county in CLEAREST)


def test_systems_are_named_exactly_where_one_is_in_use() -> None:
    for row in responses():
        named = row[labels()["case_system_name"]] != ""
        assert named == (answer(row, "case_system") == "in_use")


def test_the_names_are_eighteen_systems_of_the_inventory() -> None:
    sheet = openpyxl.load_workbook(DATA / "systems" / "inventory.xlsx", read_only=True)["systems"]
    header, *rows = sheet.iter_rows(values_only=True)
    systems = [dict(zip(header, row, strict=True)) for row in rows]
    known = {row["source_value"]: row["code"] for row in read(ROUND / "recodes.csv")}
    for system in systems:
        for name in [system["name"], *str(system["aliases"]).split(";")]:
            assert known.setdefault(str(name), str(system["id"])) == system["id"]
    used = {known[row[labels()["case_system_name"]]] for row in responses() if row[labels()["case_system_name"]]}
    assert used == {system["id"] for system in systems} - {"kotodigi"}
    assert len(used) == 18


def test_made_up_systems_say_so() -> None:
    sheet = openpyxl.load_workbook(DATA / "systems" / "inventory.xlsx", read_only=True)["systems"]
    header, *rows = sheet.iter_rows(values_only=True)
    systems = [dict(zip(header, row, strict=True)) for row in rows]
    made_up = [str(system["name"]) for system in systems if system["is_fictional"] == "1"]
    assert len(made_up) == 10
    assert all(name.startswith("Keksitty ") for name in made_up)


def test_the_printed_municipal_systems_have_a_successor_and_no_others() -> None:
    sheet = openpyxl.load_workbook(DATA / "systems" / "inventory.xlsx", read_only=True)["systems"]
    header, *rows = sheet.iter_rows(values_only=True)
    for system in (dict(zip(header, row, strict=True)) for row in rows):
        is_printed = system["kind"] == "municipal" and system["is_fictional"] == "0"
        assert system["successor"] == ("kotodigi" if is_printed else None)


def test_times_are_inside_the_field_window() -> None:
    for row in responses():
        started, submitted = moment(row["Aloitusaika"]), moment(row["Lähetysaika"])
        assert date(2022, 12, 20) <= started.date() <= submitted.date() <= date(2023, 1, 13)
        assert 5 <= (submitted - started).total_seconds() / 60 <= 240


def test_every_column_is_mapped_once_each_way() -> None:
    columns = read(ROUND / "columns.csv")
    assert list(dict.fromkeys(row["source_column"] for row in columns)) == list(responses()[0])
    questions = [row["question_id"] for row in columns if row["question_id"] in labels()]
    coded = {row["coded_question_id"] for row in read(ROUND / "codings.csv")}
    assert questions == [question for question in labels() if question not in coded]
