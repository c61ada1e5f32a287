"""Responses of the Webropol API: answers by question become columns, whatever was left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from faults.errors import FaultList
from ingest.readers import TextTable, read_table
from ingest.readers.webropol import RESPONSE_KEYS, WebropolLayout


def response(number: int, *answers: dict[str, Any]) -> dict[str, Any]:
    return {"ResponseId": f"r{number}", "ResponseDate": "2024-01-09T10:00:00.25", "RespondentAnswers": list(answers)}


def question(question_id: str, *answers: dict[str, Any]) -> dict[str, Any]:
    return {"QuestionId": question_id, "QuestionTitle": "Any", "QuestionAnswers": list(answers)}


def read(path: Path, content: object, faults: FaultList) -> TextTable | None:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read_table(path, WebropolLayout(), faults)


def cells(table: TextTable | None) -> list[dict[str, str]]:
    """The filled cells of each row, without the keys that every response has."""
    assert table is not None
    rows = [dict(zip(table.header, row.cells, strict=True)) for row in table.rows]
    return [{name: text for name, text in row.items() if text and name not in RESPONSE_KEYS} for row in rows]


def test_answers_become_columns(tmp_path: Path, faults: FaultList) -> None:
    several = question("b", {"OptionAnswer": "One"}, {"OptionAnswer": "Other", "AttahedTextFieldValue": "beside"})
    grid = question("c", {"OptionAnswer": "5", "RowText": "Price"}, {"OptionAnswer": 4, "RowText": "Time"})
    export = {"SurveyAnswers": [response(1, question("a", {"OptionAnswer": "x"})), response(2, several, grid)]}
    table = read(tmp_path / "a.json", export, faults)
    assert cells(table) == [{"a": "x"}, {"b": "One|Other", "b/text": "beside", "c/Price": "5", "c/Time": "4"}]
    assert table is not None
    assert table.header == (*RESPONSE_KEYS, "a", "b", "b/text", "c/Price", "c/Time")
    assert [row.line for row in table.rows] == [1, 2]
    assert table.wordings == {"a": "Any", "b": "Any", "c/Price": "Any: Price", "c/Time": "Any: Time"}
    assert table.rows[0].types is not None
    assert dict(zip(table.header, table.rows[0].types, strict=True))["ResponseDate"] == "date"


def test_older_form(tmp_path: Path, faults: FaultList) -> None:
    """One entry per answer, and none of QuestionAnswers."""
    answers = [
        {"QuestionId": "a", "Label": None, "Answer": "9.11.2020 13:00", "AttachedTextFieldValue": None},
        {"QuestionId": "b", "Label": "", "Answer": "One"},
        {"QuestionId": "b", "Label": "", "Answer": "Two"},
        {"QuestionId": "c", "Label": "WEIGHT (KG)", "Answer": "65"},
    ]
    table = read(tmp_path / "a.json", {"SurveyAnswers": [response(1, *answers)]}, faults)
    assert cells(table) == [{"a": "9.11.2020 13:00", "b": "One|Two", "c/WEIGHT (KG)": "65"}]


def test_option_that_holds_the_separator_makes_the_row_unreadable(tmp_path: Path, faults: FaultList) -> None:
    torn = question("a", {"OptionAnswer": "One|Two"}, {"OptionAnswer": "Three"})
    alone = question("a", {"OptionAnswer": "free|text"})
    table = read(tmp_path / "a.json", {"SurveyAnswers": [response(1, torn), response(2, alone)]}, faults)
    assert table is not None
    assert [row.problem is None for row in table.rows] == [False, True]


def test_column_that_nobody_filled_in_is_empty(tmp_path: Path, faults: FaultList) -> None:
    table = read(tmp_path / "a.json", {"SurveyAnswers": [response(1, question("a", {"OptionAnswer": "x"}))]}, faults)
    assert table is not None
    wider = table.with_columns(["a", "b"])
    assert wider.header[-2:] == ("a", "b")
    assert wider.rows[0].cells[-2:] == ("x", "")
    assert len(wider.rows[0].types or ()) == len(wider.header)


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        ("", "not-json", "line 1"),
        ('{"SurveyAnswers": [\n', "not-json", "line 2"),
        ("[" * 100_000, "not-json", ""),
        ([], "other-json-shape", ""),
        ({"SurveyAnswers": {}}, "other-json-shape", ""),
        ({"SurveyAnswers": [{}]}, "other-json-shape", "SurveyAnswers.1"),
        ({"SurveyAnswers": [response(1, question(""))]}, "other-json-shape", "SurveyAnswers.1.RespondentAnswers.1"),
        (
            {"SurveyAnswers": [response(1), response(2, question("a", {"RowText": "x"}))]},
            "other-json-shape",
            "SurveyAnswers.2.RespondentAnswers.1.QuestionAnswers.1",
        ),
    ],
)
def test_what_is_no_export_is_a_fault(
    tmp_path: Path, faults: FaultList, content: object, code: str, place: str
) -> None:
    assert read(tmp_path / "a.json", content, faults) is None
    (fault,) = faults
    assert (fault.code, fault.place) == (code, place)


def test_messages_show_no_answer(tmp_path: Path, faults: FaultList) -> None:
    wrong = question("a", {"OptionAnswer": ["SALAISUUS"]})
    assert read(tmp_path / "a.json", {"SurveyAnswers": [response(1, wrong)]}, faults) is None
    assert "SALAISUUS" not in str(next(iter(faults)))
