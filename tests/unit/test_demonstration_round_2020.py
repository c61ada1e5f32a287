"""The demonstration round of the second survey as committed: made by its script, true to the printed figures.

Everything is counted here from the files with the csv module alone, apart from the warehouse's own code.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from functools import cache

import pytest

from tests.demonstration import DATA, Row, load_script, read

SURVEY = DATA / "surveys" / "owal_tyovoiman_ulkopuolella"
ROUND = SURVEY / "rounds" / "2020"
HELSINKI, HONKAJOKI = "091", "099"
PERTUNMAA, MANTYHARJU = "588", "507"


@cache
def rows() -> list[Row]:
    return read(ROUND / "responses.csv", encoding="utf-8-sig")


def responses() -> list[Row]:
    return [row for row in rows() if row["submitdate"]]


@cache
def columns() -> dict[str, list[str]]:
    """question_id -> the columns that hold it."""
    names: dict[str, list[str]] = defaultdict(list)
    for row in read(ROUND / "columns.csv"):
        names[row["question_id"]].append(row["source_column"])
    return names


@cache
def codes() -> dict[tuple[str, str], str]:
    """(question_id, answer code of the export) -> code of the codebook."""
    recodes = read(ROUND / "recodes.csv")
    return {
        (question["question_id"], recode["source_value"]): recode["code"]
        for question in read(SURVEY / "questions.csv")
        for recode in recodes
        if recode["list_name"] == question["list_name"]
    }


def answer(row: Row, question: str) -> str:
    [column] = columns()[question]
    return codes()[question, row[column]] if row[column] else ""


def ticked(row: Row) -> bool:
    return any(row[column] for column in columns()["services_offered"])


def responses_by_municipality() -> dict[str, list[Row]]:
    """The responses of each municipality, the latest first."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(responses(), key=lambda row: row["submitdate"], reverse=True):
        groups[row["G01Q01"]].append(row)
    return groups


def of_municipalities(question: str) -> Counter[str]:
    """How many municipalities give each answer: the latest that is not blank."""
    given = ([answer(row, question) for row in group] for group in responses_by_municipality().values())
    return Counter(next(filter(None, answers), "") for answers in given)


def pct(counts: Counter[str], code: str) -> int:
    """Half up, of those who answered."""
    base = counts.total() - counts[""]
    return (200 * counts[code] + base) // (2 * base)


@cache
def foreign_language_x1000() -> dict[str, int]:
    """Of the mainland municipalities in 2020; shares are told on a division where Pertunmaa is in Mäntyharju."""
    registry = DATA / "registry"
    population = {row["municipality_code"]: row for row in read(registry / "population.csv") if row["year"] == "2020"}
    shares = {
        row["municipality_code"]: round(10 * float(row["foreign_language_pct"]))
        for row in read(registry / "foreign_language_share.csv")
        if row["year"] == "2020"
    }
    shares[PERTUNMAA] = shares[MANTYHARJU]
    division = read(registry / "2021-01-01" / "municipalities.csv")
    mainland = [row["municipality_code"] for row in division if row["is_mainland"] == "1"]
    return {code: int(population[code]["population"]) * shares[code] for code in mainland}


def test_the_script_makes_the_committed_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    script = load_script(ROUND, monkeypatch)
    assert script.OUTPUT == ROUND / "responses.csv"
    assert script.response_file() == script.OUTPUT.read_bytes()


def test_the_file_has_the_form_of_a_limesurvey_export() -> None:
    raw = (ROUND / "responses.csv").read_bytes()
    assert raw.startswith(b'\xef\xbb\xbf"id","submitdate","lastpage","startlanguage","startdate","datestamp","G01Q01",')
    assert [row["id"] for row in rows()] == [str(turn) for turn in range(1, len(rows()) + 1)]
    assert {row[column] for row in rows() for column in columns()["services_offered"]} == {"Y", ""}


def test_every_row_says_that_it_is_made_up() -> None:
    assert {row["keksitty"] for row in rows()} == {"Keksitty demonstraatiovastaus – ei todellinen"}


def test_municipalities_of_the_frame_answer_once_or_twice() -> None:
    groups = responses_by_municipality()
    assert Counter(len(group) for group in groups.values()) == {1: 142, 2: 11}
    assert len(groups) == 153
    assert HELSINKI in groups
    assert HONKAJOKI not in {row["G01Q01"] for row in rows()}
    assert {row["G01Q01"] for row in rows()} <= set(foreign_language_x1000())


def test_they_hold_95_per_cent_of_the_foreign_language_population() -> None:
    speakers = foreign_language_x1000()
    held = sum(speakers[code] for code in responses_by_municipality())
    assert (200 * held + sum(speakers.values())) // (2 * sum(speakers.values())) == 95


def test_who_answers_twice_answers_by_itself_and_through_a_joint_authority() -> None:
    forms = Counter(answer(row, "respondent_form") for row in responses())
    assert forms == {"municipality": 140, "joint_authority": 24}
    for group in responses_by_municipality().values():
        if len(group) == 2:
            assert [answer(row, "respondent_form") for row in group] == ["joint_authority", "municipality"]


@pytest.mark.parametrize(
    ("question", "printed"),
    [
        ("gdpr_register", {"yes": 73}),
        ("initial_assessment", {"all": 24, "some": 45, "hardly_any": 15}),
        ("integration_plan", {"all": 24, "some": 45, "hardly_any": 14}),
    ],
)
def test_municipalities_give_the_printed_shares(question: str, printed: dict[str, int]) -> None:
    counts = of_municipalities(question)
    assert {code: pct(counts, code) for code in printed} == printed
    assert set(counts) - {""} == {code for (name, _), code in codes().items() if name == question}


def test_the_words_are_met() -> None:
    """About two thirds of municipalities, and about half of respondents."""
    assert pct(of_municipalities("integration_programme"), "yes") == 67
    assert pct(Counter(answer(row, "transfer_problems") for row in responses()), "yes") == 50


def test_139_municipalities_tell_their_services() -> None:
    groups = responses_by_municipality().values()
    assert sum(any(ticked(row) for row in group) for group in groups) == 139


def test_the_answer_of_a_municipality_depends_on_the_rule() -> None:
    """Those who answer twice do not say the same twice: the latest can be told from the first."""
    both = [group for group in responses_by_municipality().values() if len(group) == 2]
    questions = {name for name, _ in codes()} - {"respondent_form"}
    for question in questions:
        assert any(answer(late, question) != answer(early, question) for late, early in both), question


def test_rows_never_submitted_are_blank_beyond_their_last_page() -> None:
    left = [row for row in rows() if not row["submitdate"]]
    assert len(left) == 14
    assert {row["lastpage"] for row in left} == {"1", "2", "3", "4"}
    assert {row["lastpage"] for row in responses()} == {"5"}
    for row in left:
        beyond = [text for name, text in row.items() if name[0] == "G" and int(name[1:3]) > int(row["lastpage"])]
        assert beyond
        assert not any(beyond)


def test_some_rows_never_submitted_are_of_municipalities_that_do_not_answer() -> None:
    """So counting them would show in the number of municipalities."""
    left = {row["G01Q01"] for row in rows() if not row["submitdate"]}
    assert left - set(responses_by_municipality())
    assert left & set(responses_by_municipality())


def test_times_are_inside_the_field_window() -> None:
    for row in rows():
        started, last_seen = (datetime.fromisoformat(row[name]) for name in ("startdate", "datestamp"))
        assert date(2019, 12, 1) <= started.date() <= last_seen.date() <= date(2020, 5, 31)
        assert 8 <= (last_seen - started).total_seconds() / 60 <= 48
        assert row["submitdate"] in {row["datestamp"], ""}


def test_every_column_and_every_question_is_mapped() -> None:
    questions = [row["question_id"] for row in read(SURVEY / "questions.csv")]
    assert [row["source_column"] for row in read(ROUND / "columns.csv")] == list(rows()[0])
    assert [name for name in columns() if name != "ignored" and not name.startswith("_")] == questions
