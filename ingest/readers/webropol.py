"""The responses of a survey as the REST API of Webropol gives them: GET surveys/{SurveyId}/responses, saved as it came.

    {"SurveyId": ..., "Paging": {"TotalCount": ..., ...}, "SurveyAnswers": [
        {"ResponseId": ..., "RespondentId": ..., "RespondentEmail": ..., "ResponseLanguageId": ..., "ResponseDate": ...,
         "RespondentAnswers": [
            {"QuestionId": ..., "QuestionTitle": ..., "QuestionAnswers": [
                {"OptionAnswer": ..., "RowText": ..., "AttahedTextFieldValue": ...}]}]}]}

The older form, with one {"QuestionId", "Label", "Answer", "AttachedTextFieldValue"} per answer and no QuestionAnswers
(surveys/{SurveyId}/answers), is read too. The names are those of the API, misspelling included, as the types and
examples of the client github.com/rantalainen/webropol-api-client give them. Other keys are left alone. Titles tell
`new-round` which question a column is.

A response is a row. Its columns are RESPONSE_KEYS and, for each answer, the QuestionId, with /RowText behind it where
the question has rows; the text beside an option is in a column of its own with /text behind it. Wordings change and
are translated, ids stay. Several answers to one question are one cell, joined by SEPARATOR. A question that nobody
answered is not in the file. Each page of the export is a file of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, BaseModel, Field, ValidationError, model_validator

from faults.errors import FaultList, line_place
from ingest.readers.columns import Rows, TextRow
from ingest.readers.encoded_text import read_text
from ingest.readers.tables import Layout, TextTable

SEPARATOR = "|"
_HALF_A_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
RESPONSE_KEYS = ("ResponseId", "RespondentId", "RespondentEmail", "ResponseLanguageId", "ResponseDate")


@dataclass(frozen=True)
class WebropolLayout(Layout):
    """How to read a response of the API."""

    encoding: str = "utf-8"


class _Answer(BaseModel):
    text: str | None = Field(validation_alias=AliasChoices("OptionAnswer", "Answer"))
    row: str | None = Field(None, validation_alias=AliasChoices("RowText", "Label"))
    beside: str | None = Field(None, validation_alias=AliasChoices("AttahedTextFieldValue", "AttachedTextFieldValue"))


class _Question(BaseModel):
    QuestionId: str = Field(min_length=1)
    QuestionTitle: str | None = None
    QuestionAnswers: tuple[_Answer, ...]

    @model_validator(mode="before")
    @classmethod
    def _take_older_form(cls, value: Any) -> Any:
        is_older = isinstance(value, dict) and "Answer" in value and "QuestionAnswers" not in value
        return value | {"QuestionAnswers": [value]} if is_older else value

    def cells(self) -> Iterator[tuple[str, str]]:
        """Each answer with its column."""
        for answer in self.QuestionAnswers:
            column = self._column(answer)
            yield column, answer.text or ""
            if answer.beside:
                yield f"{column}/text", answer.beside

    def wordings(self) -> dict[str, str]:
        """What stood above the answers of each column, in the language of the respondent."""
        title = self.QuestionTitle
        return {
            self._column(each): ": ".join(filter(None, (title, each.row))) for each in self.QuestionAnswers if title
        }

    def _column(self, answer: _Answer) -> str:
        return "/".join(filter(None, (self.QuestionId, answer.row)))


class _Response(BaseModel):
    ResponseId: str = Field(min_length=1)
    ResponseDate: str
    RespondentId: str | None = None
    RespondentEmail: str | None = None
    ResponseLanguageId: str | None = None
    RespondentAnswers: tuple[_Question, ...]

    def cells(self) -> dict[str, list[str]]:
        """What each column holds; several texts where several options were chosen."""
        cells: dict[str, list[str]] = {key: [getattr(self, key) or ""] for key in RESPONSE_KEYS}
        for question in self.RespondentAnswers:
            for column, text in question.cells():
                cells.setdefault(column, []).append(text)
        return cells

    def wordings(self) -> dict[str, str]:
        return {column: text for each in self.RespondentAnswers for column, text in each.wordings().items()}


class _Paging(BaseModel):
    TotalCount: int


class _Export(BaseModel):
    SurveyAnswers: tuple[_Response, ...]
    Paging: _Paging | None = None


def read_webropol(path: Path, layout: WebropolLayout, faults: FaultList) -> TextTable | None:
    """The responses of one page; None when the file is not JSON, or JSON of another shape (a fault says so)."""
    text = read_text(path, layout.encoding, faults)
    export = None if text is None else _parse(path, text, faults)
    if export is None:
        return None
    responses = [response.cells() for response in export.SurveyAnswers]
    header = tuple(dict.fromkeys([*RESPONSE_KEYS, *(column for cells in responses for column in cells)]))
    types = tuple("date" if column == "ResponseDate" else "text" for column in header)
    rows = Rows.of(
        (_as_row(number, cells, header, types) for number, cells in enumerate(responses, start=1)), len(header)
    )
    n_promised = export.Paging.TotalCount if export.Paging else None
    wordings = {column: text for each in export.SurveyAnswers for column, text in each.wordings().items()}
    return TextTable(
        path, header, 0, rows, row_word="response", is_sparse=True, n_promised=n_promised, wordings=wordings
    )


def _as_row(number: int, cells: dict[str, list[str]], header: tuple[str, ...], types: tuple[str, ...]) -> TextRow:
    joined = tuple(SEPARATOR.join(cells.get(column, ())) for column in header)
    is_torn = any(len(texts) > 1 and SEPARATOR in "".join(texts) for texts in cells.values())
    problem = f"an answer among several holds the sign {SEPARATOR} that joins them" if is_torn else None
    return TextRow(number, joined, types, problem)


def _parse(path: Path, text: str, faults: FaultList) -> _Export | None:
    """Numbers stay as they are written."""
    try:
        content = json.loads(
            text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_without_repeated_keys
        )
        if _HALF_A_CHARACTER.search(text):
            json.dumps(content, ensure_ascii=False).encode()
        return _Export.model_validate(content)
    except json.JSONDecodeError as error:
        _add_not_json(path, line_place(error.lineno), f"The file stops being JSON here ({error.msg}).", faults)
    except _RepeatedKey:
        _add_repeated_key(path, faults)
    except UnicodeEncodeError:
        _add_not_json(path, "", "A text holds half a character (\\ud800 to \\udfff by itself).", faults)
    except RecursionError:
        _add_not_json(path, "", "The file nests too deeply to be an export.", faults)
    except ValidationError as error:
        _add_other_shape(path, error, faults)
    return None


class _RepeatedKey(Exception):
    """An object has a key twice: which of the values counts is not for a reader to say."""


def _without_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RepeatedKey
    return found


def _add_repeated_key(path: Path, faults: FaultList) -> None:
    faults.add("repeated-json-key", path, "", "An object of the file has the same key twice.")


def _add_not_json(path: Path, place: str, found: str, faults: FaultList) -> None:
    faults.add("not-json", path, place, found)


def _add_other_shape(path: Path, error: ValidationError, faults: FaultList) -> None:
    """One fault for a file of another shape: the first place where it differs, and no value."""
    *place, name = (str(step + 1) if isinstance(step, int) else step for step in error.errors()[0]["loc"] or ("",))
    is_missing = error.errors()[0]["type"] == "missing"
    found = (
        f"There is no {name} here." if is_missing else f"{name or 'The whole'} is of another kind than in an export."
    )
    faults.add("other-json-shape", path, ".".join(place), found)
