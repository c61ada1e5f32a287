"""The demonstration round of the second survey as committed: made by its script, true to what is printed.

Everything is counted here from the files with the csv module alone, apart from the warehouse's own code.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache

import pytest

from tests.demonstration import DATA, Row, load_script, read

SURVEY = DATA / "surveys" / "owal_tyovoiman_ulkopuolella"
ROUND = SURVEY / "rounds" / "2020"
REGISTRY = DATA / "registry"
DIVISION = "2020-01-01"
HELSINKI, HONKAJOKI, KANKAANPAA = "091", "099", "214"
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


@cache
def options() -> dict[str, dict[str, str]]:
    """question_id -> the columns of a select_multiple, by option."""
    parts: dict[str, dict[str, str]] = defaultdict(dict)
    for row in read(ROUND / "columns.csv"):
        if row["part"] and not row["question_id"].startswith("_"):
            parts[row["question_id"]][row["part"]] = row["source_column"]
    return parts


def ticked(row: Row, question: str) -> set[str]:
    return {option for option, column in options()[question].items() if row[column]}


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


def division(date: str) -> dict[str, Row]:
    return {row["municipality_code"]: row for row in read(REGISTRY / date / "municipalities.csv")}


@cache
def population() -> dict[str, int]:
    """Of the mainland municipalities at the end of 2020, Honkajoki and Kankaanpää apart."""
    rows = [row for row in read(REGISTRY / "population.csv") if row["year"] == "2020"]
    since = {row["municipality_code"]: row for row in rows if row["municipal_division"] == "2023-01-01"}
    then = {row["municipality_code"]: row for row in rows if row["municipal_division"] == DIVISION}
    mainland = [code for code, row in division(DIVISION).items() if row["is_mainland"] == "1"]
    return {code: int((since | then)[code]["population"]) for code in mainland}


@cache
def foreign_language_x1000() -> dict[str, int]:
    """Of the same; shares are told on a division where both of two pairs have merged."""
    shares = {
        row["municipality_code"]: round(10 * float(row["foreign_language_pct"]))
        for row in read(REGISTRY / "foreign_language_share.csv")
        if row["year"] == "2020"
    }
    shares |= {PERTUNMAA: shares[MANTYHARJU], HONKAJOKI: shares[KANKAANPAA]}
    return {code: n * shares[code] for code, n in population().items()}


def test_the_division_of_2020_is_that_of_2021_before_one_merger_and_five_moves() -> None:
    then, since = division(DIVISION), division("2021-01-01")
    assert (len(then), len(population())) == (310, 294)
    assert set(then) - set(since) == {HONKAJOKI} and set(since) < set(then)
    changes = [row for row in read(REGISTRY / "changes.csv") if row["effective_date"] == "2021-01-01"]
    moved = {row["old_code"]: row["detail"] for row in changes if row["change_type"] == "region_move"}
    assert moved.keys() == {
        code for code in since if any(since[code][name] != then[code][name] for name in since[code])
    }
    for code, detail in moved.items():
        told = [f"maakunta {then[code]['region_code']} ", f"-> {since[code]['region_code']} "]
        told += [f"ELY {then[code]['ely_code']} -> {since[code]['ely_code']}"]
        assert all(words in detail for words in told), detail


def test_honkajoki_and_kankaanpaa_add_up_to_what_they_are_counted_as_since() -> None:
    assert (population()[HONKAJOKI], population()[KANKAANPAA]) == (1595, 11163)
    [merged] = [
        row["population"]
        for row in read(REGISTRY / "population.csv")
        if (row["municipality_code"], row["year"]) == (KANKAANPAA, "2020") and row["municipal_division"] != DIVISION
    ]
    assert int(merged) == 1595 + 11163
    assert {name: division(DIVISION)[HONKAJOKI][name] for name in ("region_code", "ely_code")} == {
        name: division(DIVISION)[KANKAANPAA][name] for name in ("region_code", "ely_code")
    }
    assert not any("county" in name for name in division(DIVISION)[HONKAJOKI])


def test_the_script_makes_the_committed_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    script = load_script(ROUND, monkeypatch)
    assert script.OUTPUT == ROUND / "responses.csv"
    assert script.response_file() == script.OUTPUT.read_bytes()


def test_the_file_has_the_form_of_a_limesurvey_export() -> None:
    raw = (ROUND / "responses.csv").read_bytes()
    assert raw.startswith(b'\xef\xbb\xbf"id","submitdate","lastpage","startlanguage","startdate","datestamp","G01Q01",')
    assert [row["id"] for row in rows()] == [str(turn) for turn in range(1, len(rows()) + 1)]
    marks = {
        question: {row[column] for row in rows() for column in columns.values()} - {""}
        for question, columns in options().items()
    }
    assert marks == {question: {"1" if question.startswith("services_by_whom") else "Y"} for question in options()}


def test_every_row_says_that_it_is_made_up() -> None:
    assert {row["keksitty"] for row in rows()} == {"Keksitty demonstraatiovastaus – ei todellinen"}


def test_municipalities_of_the_frame_answer_once_or_twice() -> None:
    groups = responses_by_municipality()
    assert Counter(len(group) for group in groups.values()) == {1: 142, 2: 11}
    assert len(groups) == 153
    assert HELSINKI in groups
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
        ("client_register", {"yes": 73}),
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
    assert sum(any(ticked(row, "services_offered") for row in group) for group in groups) == 139


def test_each_service_that_is_offered_and_no_other_has_a_provider() -> None:
    grid = {name.removeprefix("services_by_whom_"): name for name in options() if name.startswith("services_by_whom")}
    assert set(grid) == set(options()["services_offered"])
    for row in responses():
        assert {service for service, name in grid.items() if ticked(row, name)} == ticked(row, "services_offered")


def test_the_branch_is_told_where_it_is_defined() -> None:
    defined = {answer(row, "responsibility_defined") for row in responses() if answer(row, "responsibility")}
    assert defined == {"yes"}
    assert all(answer(row, "responsibility") for row in responses() if answer(row, "responsibility_defined") == "yes")


def latest() -> list[Row]:
    """The response that counts for each municipality."""
    return [group[0] for group in responses_by_municipality().values()]


def is_large(row: Row) -> bool:
    return population()[row["G01Q01"]] > 50000


def share(rows: Iterable[Row], has: Callable[[Row], bool]) -> float:
    counted = [has(row) for row in rows]
    return sum(counted) / len(counted)


UNITS = pytest.mark.parametrize("counted", [responses, latest], ids=["response", "municipality"])


@UNITS
def test_problems_are_more_frequent_in_large_cities_and_rarer_with_social_services(
    counted: Callable[[], list[Row]],
) -> None:
    """Each against all other rows together, of those who answered."""
    rows = [row for row in counted() if answer(row, "transfer_problems")]
    told = [row for row in rows if answer(row, "responsibility")]

    def has(row: Row) -> bool:
        return answer(row, "transfer_problems") == "yes"

    def social(row: Row) -> bool:
        return answer(row, "responsibility") == "social_services"

    assert share(filter(is_large, rows), has) > share((row for row in rows if not is_large(row)), has)
    assert share(filter(social, told), has) < share((row for row in told if not social(row)), has)


@UNITS
def test_four_channels_are_used_more_than_three_and_a_fifth_in_the_largest_cities(
    counted: Callable[[], list[Row]],
) -> None:
    rows = [row for row in counted() if ticked(row, "channels")]
    used = Counter(option for row in rows for option in ticked(row, "channels"))
    four = {"advice_services", "early_education", "family_services", "network_cooperation"}
    three = {"school", "child_health_clinics", "kela"}
    assert four | three | {"own_organisations"} == set(options()["channels"])
    assert min(used[option] for option in four) > max(used[option] for option in three)

    def own(row: Row) -> bool:
        return "own_organisations" in ticked(row, "channels")

    large = [row for row in rows if is_large(row)]
    assert share(large, own) > share((row for row in rows if not is_large(row)), own)
    assert all(share(large, own) > share(large, lambda row, o=option: o in ticked(row, "channels")) for option in three)


def test_each_question_says_what_of_it_is_ours() -> None:
    """Which shares are printed is what published_figures.csv has; a note that says all are ours has none there."""
    printed = {row["question_id"] for row in read(SURVEY / "published_figures.csv") if row["statistic"] == "pct"}
    for question in read(SURVEY / "questions.csv"):
        _, ours = question["note"].split("Ours: ")
        assert ("all shares" in ours) == (question["question_id"] not in printed), question["question_id"]


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
