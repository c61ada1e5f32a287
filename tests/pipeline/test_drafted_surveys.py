"""Three surveys from the file of a form to figures, by files only: what is published of them is what pandas counts in
the export."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyreadstat
import pytest

from store.paths import PROJECT_ROOT, DataPaths
from tests.acceptance.project import kuntakysely
from tests.drafted.decisions import decide
from tests.drafted.forms import (
    ASKED,
    LISTS,
    make_answers,
    of,
    qualtrics_names,
    write_kobo,
    write_qualtrics,
    write_sav,
    write_xlsform,
)

pytestmark = pytest.mark.slow
Counts = dict[tuple[str, str], Any]
EXPORTS = {"kobo": "answers.xlsx", "spss": "answers.sav", "qualtrics": "answers.csv"}
WRITERS = {"kobo": write_kobo, "spss": write_sav, "qualtrics": write_qualtrics}
SEEDS = {"kobo": 1, "spss": 2, "qualtrics": 3}
FORM_FILES = EXPORTS | {"kobo": "form.xlsx"}
LANGUAGE = {"kobo": [], "spss": ["--language", "fi"], "qualtrics": ["--language", "fi"]}


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The three surveys and a round of each, drafted, decided, found without a fault and published."""
    folder = tmp_path_factory.mktemp("drafted")
    paths = DataPaths(folder / "data")
    shutil.copytree(PROJECT_ROOT / "data" / "registry", paths.registry)
    for tool in EXPORTS:
        (folder / tool).mkdir()
    write_xlsform(folder / "kobo" / "form.xlsx")
    for tool, name in EXPORTS.items():
        WRITERS[tool](folder / tool / name, make_answers(SEEDS[tool]))
        drafted = kuntakysely(paths, "new-survey", tool, str(folder / tool / FORM_FILES[tool]), *LANGUAGE[tool])
        assert drafted.returncode == 0, drafted.stdout
        decide(paths.surveys / tool)
        drafted = kuntakysely(paths, "new-round", tool, "2023", str(folder / tool / name))
        assert drafted.returncode == 0, drafted.stdout
        decide(paths.surveys / tool / "rounds" / "2023")
    assert kuntakysely(paths, "validate").stdout == "0 faults found.\n"
    refreshed = kuntakysely(paths, "refresh")
    assert refreshed.returncode == 0, refreshed.stdout
    return paths


@pytest.fixture
def warehouse(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        yield connection


def published(warehouse: duckdb.DuckDBPyConnection, paths: DataPaths, tool: str) -> Counts:
    """By question and Finnish label how often an answer was given; how many numbers and their sum; how many others."""
    questions, choices = (
        pd.read_csv(paths.surveys / tool / name, dtype=str) for name in ("questions.csv", "choices.csv")
    )
    lists = questions.set_index("question_id")["list_name"]
    labels = choices.set_index(["list_name", "code"])["label_fi"]
    part = f"survey_id = '{tool}' and n > 0"
    whole = f"{part} and breakdown = 'all' and unit = 'response'"
    closed = warehouse.execute(
        f"select question_id, answer_code, n from marts.answer_distribution where {whole} and level = 'option'"
    ).fetchall()
    numbers = warehouse.execute(f"select question_id, n, total from marts.number_summary where {whole}").fetchall()
    given = warehouse.execute(
        f"select question_id, n from marts.answer_status_count where {part} and status = 'valid'"
    ).fetchall()
    found: Counts = {(question, labels[lists[question], code]): n for question, code, n in closed}
    found |= {(question, "numbers"): (n, round(float(total), 6)) for question, n, total in numbers}
    open_ones = {each.name for each in ASKED if each.type in ("text", "date")}
    return found | {
        (name, "given"): n for name, n in given if name in open_ones | {ids(tool)[each] for each in open_ones}
    }


def ids(tool: str) -> dict[str, str]:
    """The id of each question in the draft."""
    return {each.name: qualtrics_names()[each.name].lower() if tool == "qualtrics" else each.name for each in ASKED}


def counted(file: Path, tool: str) -> Counts:
    """The same of the export, by pandas: blanks, shares that are none and codes of no answer do not count."""
    frame, labelled = read(file, tool)
    found: Counts = {}
    for each in ASKED:
        name, column = ids(tool)[each.name], each.name
        if each.type == "select_multiple":
            found |= {(name, label): n for label, n in ticked(frame, tool, each.name).items()}
        elif each.type == "select_one":
            found |= {(name, label): n for label, n in labelled[column].value_counts().items()}
        elif each.type in ("integer", "decimal"):
            numbers = pd.to_numeric(frame[column]).dropna()
            numbers = numbers[numbers <= 100] if each.constraint and tool == "kobo" else numbers[numbers >= 0]
            found[name, "numbers"] = (len(numbers), round(float(numbers.sum()), 6))
        else:
            found[name, "given"] = int(frame[column].replace("", None).notna().sum())
    return {key: n for key, n in found.items() if n}


def read(file: Path, tool: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The export by the names of the form, and the same with labels."""
    if tool == "spss":
        return tuple(pyreadstat.read_sav(file, apply_value_formats=each)[0] for each in (False, True))  # type: ignore[return-value]
    if tool == "qualtrics":
        frame = pd.read_csv(file, skiprows=[1, 2], dtype=str).rename(
            columns={v: k for k, v in qualtrics_names().items()}
        )
        return frame, frame
    frame = pd.read_excel(file, dtype=object, engine="openpyxl").rename(
        columns=lambda name: name.partition("/")[2] or name
    )
    labels = {
        each.name: frame[each.name].map(lambda cell, known=each.options: of(known.get(str(cell), "|"), "fi") or None)
        for each in ASKED
        if each.type == "select_one"
    }
    return frame, pd.DataFrame(labels)


def ticked(frame: pd.DataFrame, tool: str, name: str) -> dict[str, int]:
    """How often each option of a question of several answers was ticked, by label."""
    prefix = qualtrics_names()[name] if tool == "qualtrics" else name
    columns = {
        of(label, "fi"): f"{name}/{code}" if tool == "kobo" else f"{prefix}_{place}"
        for place, (code, label) in enumerate(LISTS["topic"].items(), 1)
    }
    return {label: int((frame[column].isin([1, label])).sum()) for label, column in columns.items()}


@pytest.mark.parametrize("tool", EXPORTS)
def test_what_is_published_is_what_pandas_counts(
    paths: DataPaths, warehouse: duckdb.DuckDBPyConnection, tool: str
) -> None:
    found, expected = published(warehouse, paths, tool), counted(paths.root.parent / tool / EXPORTS[tool], tool)
    assert len({question for question, _ in expected}) == len(ASKED) >= 30
    assert found == expected


OTHER_ANSWERS = {"has_work": "2", "channels": ["health", "work"], "budget": 7.5, "comment": None, "agree_sport": "3"}


@pytest.mark.parametrize("tool", EXPORTS)
def test_another_answer_in_the_export_is_seen(
    paths: DataPaths, warehouse: duckdb.DuckDBPyConnection, tmp_path: Path, tool: str
) -> None:
    file, right = tmp_path / EXPORTS[tool], published(warehouse, paths, tool)
    for name, answer in OTHER_ANSWERS.items():
        people = make_answers(SEEDS[tool])
        person = next(one for one in people[5:] if one[name] not in (None, answer))
        person[name] = answer
        WRITERS[tool](file, people)
        assert counted(file, tool) != right, name
