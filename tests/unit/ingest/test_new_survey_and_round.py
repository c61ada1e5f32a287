"""The ids of a drafted survey are those by which new-round finds the columns of the tool's export."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from faults.errors import FaultList
from ingest.proposals.codebook import draft_survey
from ingest.proposals.folder import draft_round
from store.paths import PROJECT_ROOT, DataPaths
from tests.deciding import by_column, is_marked
from tests.drafted.decisions import decide
from tests.drafted.forms import write_workbook
from tests.whole_exports.make_exports import LIME_PREFIXES, make_responses, write_kobo, write_limesurvey
from tests.whole_exports.questionnaire import Prefixes, choices, questions

pytestmark = pytest.mark.slow
TYPES = {"integer": "N", "decimal": "N", "text": "T", "date": "D", "select_multiple": "M", "select_one": "L"}
LIME = ("class", "type/scale", "name", "relevance", "text", "language", "other")


def write_form(file: Path) -> None:
    """The questionnaire of tests/whole_exports as an XLSForm."""
    rows = [["type", "name", "label::Suomi (fi)", "label::Svenska (sv)", "relevant", "constraint"],
            ["text", "kuntanumero", "Kunta", "Kommun"]]  # fmt: skip
    for each in questions({}):
        listed = f"{each['type']} {each['list_name']}" if each["type"].startswith("select") else each["type"]
        rows.append(
            [listed, *(each[name] for name in ("question_id", "label_fi", "label_sv", "relevant", "constraint"))]
        )
    options = [
        [name, line["code"], line["label_fi"], line["label_sv"]]
        for name, found in choices({}).items()
        for line in found
    ]
    heading = ["list_name", "name", "label::Suomi (fi)", "label::Svenska (sv)"]
    write_workbook(file, {"survey": rows, "choices": [heading, *options]})


def write_structure(file: Path) -> None:
    """The same as LimeSurvey exports a survey: rows and options behind their question, one language after the other."""
    rows = [row for language in ("fi", "sv") for row in _structure(language, LIME_PREFIXES)]
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        csv.writer(handle, delimiter="\t").writerows([LIME, *rows])


def _structure(language: str, prefixes: Prefixes) -> list[list[str]]:
    rows = [["G", "G0", "Osa", "1", "", language, ""], ["Q", "S", "kunta", "1", "Kunta", language, ""]]
    grid = ""
    for each in questions(prefixes):
        if each["other_of"]:
            continue
        stem, _, item = each[f"label_{language}"].partition(" - ")
        options = [
            ["A", "0", line["code"], "", line[f"label_{language}"], language, ""]
            for line in choices(prefixes).get(each["list_name"], [])
            if each["question_id"] != "form" or line["code"] != "A4"
        ]
        if each["group_id"] and each["group_id"] != grid:
            rows += [["Q", "F", each["group_id"], "1", stem, language, ""], *options]
        grid = each["group_id"]
        if grid:
            rows.append(["SQ", "0", f"SQ00{each['question_id'][-1]}", "", item, language, ""])
            continue
        has_other = "Y" if each["question_id"] in ("form", "services") else ""
        rows.append(["Q", TYPES[each["type"]], each["question_id"], "1", stem, language, has_other])
        if each["type"] == "select_multiple":
            kept = [row for row in options if not (has_other and row[2].endswith("6"))]
            rows += [["SQ", *row[1:]] for row in kept]
        elif each["type"] == "select_one":
            rows += options
    return rows


FORMS: dict[str, tuple[Callable[[Path], None], Callable[..., None], Prefixes]] = {
    "kobo": (write_form, write_kobo, {}),
    "limesurvey": (write_structure, write_limesurvey, LIME_PREFIXES),
}


@pytest.mark.parametrize(
    ("tool", "form", "export", "marked"),
    [
        ("kobo", "form.xlsx", "answers.xlsx", set()),
        # Who was invited, a role that is no question of this form, and own words that are all the same.
        ("limesurvey", "form.txt", "answers.csv", {"token", "rooli", "services[other]"}),
    ],
)
def test_columns_are_found(tmp_path: Path, tool: str, form: str, export: str, marked: set[str]) -> None:
    paths = DataPaths(tmp_path / "data")
    shutil.copytree(PROJECT_ROOT / "data" / "registry", paths.registry)
    write_form_of, write_export, prefixes = FORMS[tool]
    write_form_of(tmp_path / form)
    write_export(tmp_path / export, make_responses(1, prefixes))
    faults = FaultList(paths.shown)
    assert draft_survey(paths, tool, tmp_path / form, None, faults) is not None, [*faults]
    decide(paths.surveys / tool)
    made = draft_round(paths, tool, "2023", tmp_path / export, date(2026, 11, 24), faults)
    assert made is not None, [*map(str, faults)]
    found = by_column(made.folder / "columns.csv")
    assert {column for column, rows in found.items() if any(map(is_marked, rows))} == marked
    asked = {line[0] for rows in found.values() for line in rows}
    assert asked >= {each["question_id"] for each in questions(prefixes) if not (each["group_id"] or each["other_of"])}
    assert "_municipality" in asked
