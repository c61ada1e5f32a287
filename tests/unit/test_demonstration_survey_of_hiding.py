"""The invented survey as committed: made by its script, and everything in it says that it is made up."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from ruamel.yaml import YAML

from tests.demonstration import DATA, Row, load_script, read

SURVEY = DATA / "surveys" / "palvelukysely_demo"
ROUNDS = ("2023", "2025")
PERTUNMAA, MANTYHARJU = "588", "507"
INVENTED = {"fi": "keksit", "sv": "påhittat", "en": "invented"}


def rows(round_id: str) -> list[Row]:
    return read(SURVEY / "rounds" / round_id / "responses.csv", delimiter=";")


def municipalities(round_id: str) -> set[str]:
    return {row["Kuntanumero"] for row in rows(round_id)}


@pytest.mark.parametrize("round_id", ROUNDS)
def test_the_script_makes_the_committed_bytes(round_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    script = load_script(SURVEY, monkeypatch)
    assert tuple(script.POPULATION_OF) == ROUNDS
    assert script.response_file(round_id) == (SURVEY / "rounds" / round_id / "responses.csv").read_bytes()


@pytest.mark.parametrize("file", ["survey.yml", *(f"rounds/{each}/round.yml" for each in ROUNDS)])
def test_every_title_says_that_it_is_made_up(file: str) -> None:
    title = YAML(typ="safe").load(SURVEY / file)["title"]
    assert {language for language, words in INVENTED.items() if words in title[language]} == {*INVENTED}


@pytest.mark.parametrize("round_id", ROUNDS)
def test_every_row_question_and_card_says_that_it_is_made_up(round_id: str) -> None:
    assert {row["keksitty"] for row in rows(round_id)} == {"Keksitty esimerkkivastaus – ei todellinen"}
    assert all("invented" in question["note"] for question in read(SURVEY / "questions.csv"))
    folder = SURVEY / "rounds" / round_id
    assert "Invented from beginning to end" in YAML(typ="safe").load(folder / "source.yml")["note"]
    assert YAML(typ="safe").load(folder / "round.yml")["is_synthetic"] is True


def test_most_municipalities_answer_both_times_and_two_of_them_have_merged() -> None:
    first, last = map(municipalities, ROUNDS)
    assert (len(rows("2023")), len(first)) == (len(rows("2025")), len(last)) == (50, 50)
    assert len(first & last) == 44
    assert {PERTUNMAA, MANTYHARJU} <= first and {PERTUNMAA, MANTYHARJU} & last == {MANTYHARJU}


@pytest.mark.parametrize("round_id", ROUNDS)
def test_responses_are_inside_the_field_window_and_the_frame(round_id: str) -> None:
    division = read(DATA / "registry" / f"{round_id}-01-01" / "municipalities.csv")
    assert municipalities(round_id) <= {row["municipality_code"] for row in division if row["is_mainland"] == "1"}
    for row in rows(round_id):
        sent = datetime.strptime(row["Lähetetty"], "%d.%m.%Y %H.%M").date()
        assert date(int(round_id), 3, 1) <= sent <= date(int(round_id), 3, 31)
