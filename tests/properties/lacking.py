"""Rounds that have nothing of something: a survey with all that the models look at, and what each one lacks."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Collection, Mapping
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

from store.paths import DataPaths
from tests.planted.base import EARLIER, LISTS, ROUND, Row, Survey, write_csv, write_registry

N_TOGETHER = 24
SMALL_FRAME = "2022-06-01"
# Columns that are taken out of the header of a file once it is written, with its rows or not.
NOTHING, TOO_MANY = "nothing", "too_many"
Lack = Callable[[Survey], None]
LACKS: dict[str, Lack] = {}


def lack(function: Lack) -> Lack:
    LACKS[function.__name__] = function
    return function


def equipped(survey_id: str) -> Survey:
    """Roles, a breakdown, a union of size classes, a round before: the planted survey has the rest."""
    survey = Survey(survey_id)
    survey.with_roles()
    survey.with_earlier_round()
    survey.figures.clear()
    survey.settings["breakdowns"] = ["kind"]
    survey.settings["limits"]["quarantined_share"] = 1.0
    survey.settings["size_class_groups"] = [{"id": "any", "members": ["small", "large"], "label": {"en": "Any"}}]
    survey.rounds[ROUND]["skip_rows_without"] = ["code"]
    return survey


def keep_questions(survey: Survey, is_kept: Callable[[Row], bool]) -> None:
    """Take out the other questions, with all that is said of them."""
    gone = {row["question_id"] for row in survey.questions if not is_kept(row)}
    survey.questions = [row for row in survey.questions if row["question_id"] not in gone]
    for row in survey.questions:
        row["relevant"] = row["relevant"] if row["relevant"].partition("}")[0][2:] not in gone else ""
        row["other_of"] = row["other_of"] if row["other_of"] not in gone else ""
    drop_columns(survey, [row["source_column"] for row in survey.columns if row["question_id"] in gone])
    if {"comments", "themes"} & gone:
        survey.codings.clear()
    if {"staff", "offers"} & gone:
        survey.plausibility.clear()
    survey.settings["breakdowns"] = [each for each in survey.settings["breakdowns"] if each not in gone]
    if "size" in gone:
        survey.settings.pop("size_class_question", None)


def drop_columns(survey: Survey, names: Collection[str]) -> None:
    survey.columns = [row for row in survey.columns if row["source_column"] not in names]
    for row in (*survey.rows, *survey.earlier_rows):
        for name in names:
            row.pop(name, None)


def answered(survey: Survey) -> list[str]:
    """The columns of answers."""
    return [row["source_column"] for row in survey.columns if not row["question_id"].startswith("_")]


def reserved(survey: Survey, name: str) -> None:
    """Take out a reserved column; without these nobody can say which of a person's responses is the last."""
    if name in ("_respondent", "_submitted_at"):
        for settings in survey.rounds.values():
            settings["duplicates"] = "keep_all"
    drop_columns(survey, [row["source_column"] for row in survey.columns if row["question_id"] == name])


@lack
def response(survey: Survey) -> None:
    survey.rows = [survey.rows[0] | {NOTHING: ""}]


@lack
def response_before(survey: Survey) -> None:
    survey.earlier_rows = [survey.earlier_rows[0] | {NOTHING: ""}]


@lack
def known_municipality(survey: Survey) -> None:
    survey.answer("code", "X99")


@lack
def row_that_counts(survey: Survey) -> None:
    survey.answer("code", "")


@lack
def readable_row(survey: Survey) -> None:
    survey.rows = [row | {TOO_MANY: ""} for row in survey.rows]
    survey.codings.clear()


@lack
def answer(survey: Survey) -> None:
    for column in answered(survey):
        survey.answer(column, "")
    survey.codings.clear()


@lack
def closed_answer(survey: Survey) -> None:
    for column in answered(survey):
        if column != "comments":
            survey.answer(column, "")
    survey.codings.clear()


@lack
def answer_in_one(survey: Survey) -> None:
    for column in answered(survey):
        survey.answer(column, "", 0)
    survey.codings = survey.codings[1:]


@lack
def other_municipality(survey: Survey) -> None:
    survey.rows = survey.rows[:1]


@lack
def other_municipality_in_frame(survey: Survey) -> None:
    survey.rounds[ROUND]["frame"]["division_date"] = SMALL_FRAME


@lack
def municipality_in_a_class(survey: Survey) -> None:
    survey.settings.pop("size_class_question", None)
    survey.settings["size_classes"][1]["max"] = 999_999
    survey.settings["size_classes"].append({"id": "huge", "min": 1_000_000, "label": {"en": "Huge"}})


@lack
def role(survey: Survey) -> None:
    reserved(survey, "_role")


@lack
def time(survey: Survey) -> None:
    reserved(survey, "_started_at")
    reserved(survey, "_submitted_at")
    survey.rounds[ROUND].pop("timestamp_format")
    survey.rounds[EARLIER].pop("timestamp_format")


@lack
def respondent(survey: Survey) -> None:
    reserved(survey, "_respondent")


@lack
def response_id(survey: Survey) -> None:
    reserved(survey, "_response_id")
    survey.codings.clear()


@lack
def text_question(survey: Survey) -> None:
    keep_questions(survey, lambda row: row["type"] != "text")


@lack
def number_question(survey: Survey) -> None:
    keep_questions(survey, lambda row: row["type"] not in ("integer", "decimal"))


@lack
def choice_question(survey: Survey) -> None:
    keep_questions(survey, lambda row: not row["type"].startswith("select"))


@lack
def closed_question(survey: Survey) -> None:
    keep_questions(survey, lambda row: row["type"] == "text" or row["question_id"] == "themes")


@lack
def other_question(survey: Survey) -> None:
    (first, *_) = survey.questions
    keep_questions(survey, lambda row: row is first)


@lack
def other_choice(survey: Survey) -> None:
    firsts = {name: listed[0] for name, listed in LISTS.items() if name != "means"}
    survey.plausibility.clear()
    survey.settings.pop("size_class_question", None)
    survey.choices = [row for row in survey.choices if firsts.get(row["list_name"], row["code"]) == row["code"]]
    survey.codings = [row for row in survey.codings if row["code"] == firsts["themes"]]


@lack
def column_of_a_question(survey: Survey) -> None:
    drop_columns(survey, answered(survey))
    survey.codings.clear()


@lack
def roles_breakdowns_and_unions(survey: Survey) -> None:
    reserved(survey, "_role")
    for name in ("roles", "breakdowns", "size_class_groups"):
        survey.settings.pop(name, None)
    survey.settings["breakdowns"] = []


@lack
def optional_column(survey: Survey) -> None:
    for name in ("_role", "_respondent", "_form_version", "_weight"):
        reserved(survey, name)


def examples() -> dict[str, tuple[str, ...]]:
    """What each survey lacks, by its id: one thing each, and some of them together."""
    n_together = N_TOGETHER * (10 if os.environ.get("KUNTAKYSELY_SOAK") else 1)
    several = [*combinations(LACKS, 2), *combinations(LACKS, 3)]
    chosen = [*((name,) for name in LACKS), *Random(1).sample(several, n_together)]
    return {f"lacks_{number}": names for number, names in enumerate(chosen)}


def write_all(paths: DataPaths, lacking: Mapping[str, Collection[str]]) -> None:
    """The registry and a survey for each example."""
    write_registry(paths)
    _add_small_frame(paths)
    for survey_id, names in lacking.items():
        survey = equipped(survey_id)
        for name in names:
            LACKS[name](survey)
        survey.write(paths)
        for file in (paths.surveys / survey_id).rglob("responses.csv"):
            _mend_header(file)


def _mend_header(file: Path) -> None:
    header, _, rows = file.read_text(encoding="utf-8").partition("\n")
    if header.endswith(NOTHING):
        rows = ""
        file.with_name("codings.csv").unlink(missing_ok=True)
    file.write_text(f"{header.removesuffix(f',{NOTHING}').removesuffix(f',{TOO_MANY}')}\n{rows}", encoding="utf-8")


def _add_small_frame(paths: DataPaths) -> None:
    """A division of one municipality."""
    folder = paths.registry / "2022-01-01"
    (paths.registry / SMALL_FRAME).mkdir()
    (paths.registry / SMALL_FRAME / "source.yml").write_bytes((folder / "source.yml").read_bytes())
    write_csv(paths.registry / SMALL_FRAME / "municipalities.csv", _rows(folder / "municipalities.csv")[:1])
    people = _rows(paths.registry / "population.csv")
    write_csv(paths.registry / "population.csv", [*people, people[0] | {"municipal_division": SMALL_FRAME}])


def _rows(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
