"""Twenty small rounds of a made-up survey, marked as real, whose answers are drawn by chance: an opinion and a public
fact are breakdowns, roles are few, and every second round has municipalities that answered twice. Each response has a
weight of its own."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from store.paths import DataPaths
from tests.disclosed import survey
from tests.planted.base import CARD, COLUMNS, Row, question, round_settings, write_csv, write_yaml

SURVEY = "random_survey"
ROUNDS = tuple(str(year) for year in range(2003, 2023))
LISTS = {
    "yes_no": ("yes", "no"),
    "kind": ("own", "bought", "shared", "none"),
    "mood": ("happy", "unsure", "unhappy"),
    "means": ("phone", "paper", "web"),
    "role": ("mayor", "adviser", "clerk"),
}
ANSWER, BLANK, TWICE = 0.7, 0.1, 0.15  # how often a municipality answers, leaves a question blank, answers twice


def questions() -> list[Row]:
    return [
        question("offers", "select_one", list_name="yes_no"),
        question("kind", "select_one", list_name="kind"),
        question("means", "select_multiple", list_name="means"),
        question("staff", "integer", unit="persons", min_value="0", max_value="1000"),
        question("mood", "select_one", list_name="mood", disclosure="opinion"),
        question("trust", "select_one", list_name="yes_no", disclosure="opinion"),
    ]


def choices() -> list[Row]:
    return [
        {"list_name": name, "code": code, "group_code": "", "is_missing": "0", "is_exclusive": "0",
         "sort_order": str(order), "label_en": code, "group_label_en": ""}
        for name, codes in LISTS.items()
        for order, code in enumerate(codes, start=1)
    ]  # fmt: skip


def columns() -> list[Row]:
    use = dict.fromkeys(COLUMNS, "")
    reserved = {"id": "_response_id", "person": "_respondent", "sent": "_submitted_at", "role": "_role"}
    reserved |= {"weight": "_weight"}
    asked = {row["question_id"]: row["question_id"] for row in questions() if row["question_id"] != "means"}
    return [
        *(use | {"source_column": column, "question_id": name} for column, name in (reserved | asked).items()),
        use | {"source_column": "code", "question_id": "_municipality", "part": "code"},
        *(use | {"source_column": f"means_{code}", "question_id": "means", "part": code, "ticked": "1",
                 "not_ticked": "0"} for code in LISTS["means"]),
    ]  # fmt: skip


def responses(year: str) -> Iterator[Row]:
    """The same at every run."""
    chance = Random(year)
    for index in range(len(survey.codes())):
        if chance.random() < ANSWER:
            is_twice = int(year) % 2 == 0 and chance.random() < TWICE
            for further in range(1 + is_twice):
                yield response(index, further, year, chance)


def response(index: int, further: int, year: str, chance: Random) -> Row:
    """Facts and opinions have nothing to do with each other, nor with the municipality."""
    drawn = {
        "offers": chance.choice(LISTS["yes_no"]),
        "kind": chance.choice(LISTS["kind"]),
        "staff": str(chance.randrange(1, 300)),
        "mood": chance.choice(LISTS["mood"]),
        "trust": chance.choice(LISTS["yes_no"]),
    }
    return {
        "id": f"r{year}_{index:02}_{further}",
        "person": f"p{index:02}_{further}",
        "sent": f"{year}-01-{index % 28 + 1:02} 10:{index:02}:{further:02}",
        "code": survey.codes()[index],
        "weight": f"{1 + index / 7 + further / 3:.6f}",  # each its own: whoever knows one knows the person
        "role": chance.choices(LISTS["role"], (2, 4, 4))[0],
        **{name: "" if chance.random() < BLANK else value for name, value in drawn.items()},
        **{f"means_{code}": str(chance.randrange(2)) for code in LISTS["means"]},
    }


def settings() -> dict[str, Any]:
    roles = {"list_name": "role", "lead_order": [*LISTS["role"]]}
    return survey.settings() | {"survey_id": SURVEY, "roles": roles, "breakdowns": ["mood", "offers"]}


def write(paths: DataPaths) -> DataPaths:
    """The inputs of the survey, and its registry."""
    survey.write_registry(paths)
    folder = paths.surveys / SURVEY
    folder.mkdir(parents=True)
    write_yaml(folder / "survey.yml", settings())
    write_csv(folder / "questions.csv", questions())
    write_csv(folder / "choices.csv", choices())
    for year in ROUNDS:
        of_round = folder / "rounds" / year
        of_round.mkdir(parents=True)
        write_yaml(of_round / "round.yml", round_settings(year) | {"is_synthetic": False})
        write_yaml(of_round / "source.yml", CARD | {"received_on": f"{year}-02-01"})
        write_csv(of_round / "columns.csv", columns())
        write_csv(of_round / "responses.csv", [*responses(year)])
    return paths
