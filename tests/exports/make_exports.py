"""Writes the same ten made-up answers as each tool exports them, a round folder per tool, byte for byte the same each
time: python -m tests.exports.make_exports.

Where the shapes come from:
- Webropol, API: the types and examples of github.com/rantalainen/webropol-api-client (src/interfaces.ts, README.md).
- Webropol, Excel with labels: no public description was found. A column per option that holds the option's text, and
  times as date cells, are as such files usually look; hold it against a real one.
- LimeSurvey: its own source, application/helpers/admin/export/ (Writer.php: headings code, full and codetext, with ". "
  between code and text; CsvWriter.php: byte order mark, every field in quotes, CRLF, an empty line at the end;
  SurveyObj.php: short and long answers, numbers without needless zeros, a date with its midnight).
- Qualtrics: www.qualtrics.com/support, Understanding Your Dataset (three header rows), and
  tests/testthat/files/sample.csv of github.com/ropensci/qualtRics; files in public repositories have the time zone in
  the ImportId of the times.
- Microsoft Forms: files in public repositories that begin with ID, Start time, Completion time, Email, Name and have
  times like 8/20/25 12:51:45. A date question is exported month first.
- SPSS: written by pyreadstat, with labels of variables and of values, and user-missing values.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pandas as pd
import pyreadstat

FOLDER = Path(__file__).parent
HELSINKI, DENVER = ZoneInfo("Europe/Helsinki"), ZoneInfo("America/Denver")
COLUMN_NAMES = ("source_column", "question_id", "part", "ticked", "not_ticked", "list_separator")

MUNICIPALITIES = {
    "001": "Alajoki", "002": "Boholma", "003": "Cedervik", "004": "Dalby", "005": "Eteläniemi", "020": "Fiskari",
    "090": "Suurkylä",
}  # fmt: skip


def _read(name: str) -> list[dict[str, str]]:
    with (FOLDER / "survey" / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


QUESTIONS = {row["question_id"]: row for row in _read("questions.csv")}
TEXTS = {"municipality": "Kunta", "role": "Tehtävänne"} | {name: row["label_fi"] for name, row in QUESTIONS.items()}
CHOICES = {(row["list_name"], row["code"]): row for row in _read("choices.csv")}
SERVICES = [code for list_name, code in CHOICES if list_name == "service"]


@dataclass(frozen=True)
class Answers:
    """What one respondent answered, in the codebook's codes. Times are UTC. None is no answer."""

    number: int
    started_at: datetime
    submitted_at: datetime
    municipality: str
    role: str
    opinion: str | None
    services: tuple[str, ...]
    staff: int | None
    budget: float | None
    since: date | None
    comment: str | None

    def label(self, question: str, language: str = "fi") -> str:
        """The answer to municipality, role or opinion as a person reads it."""
        code = getattr(self, question)
        if question == "municipality" or code is None:
            return MUNICIPALITIES[code] if code else ""
        list_name = "scale" if question == "opinion" else question
        return CHOICES[list_name, code][f"label_{language}"]


def _answers(number: int, submitted: str, minutes: int, *rest: Any) -> Answers:
    at = datetime.fromisoformat(submitted).replace(tzinfo=UTC)
    return Answers(number, datetime.fromtimestamp(at.timestamp() - 60 * minutes, UTC), at, *rest)


# The times lie around the nights in which Denver (12 March) and Helsinki (26 March) move their clocks.
ANSWERS = [
    _answers(1, "2023-03-06 07:15:09", 12, "001", "1", "1", ("advice", "training"), 5, 1.5, date(2020, 1, 31), None),
    _answers(2, "2023-03-12 08:59:59", 7, "001", "2", "3", ("interpreting",), 0, 0.25, None, "Kiitos; hyvä kysely"),
    _answers(3, "2023-03-12 09:30:00", 20, "002", "1", "2", (), 12, None, date(1999, 12, 31), 'Sanoi "ei", ja lähti'),
    _answers(4, "2023-03-20 22:30:30", 3, "003", "3", "99", ("advice",), -999, 1000.0, date(2012, 7, 1), None),
    _answers(5, "2023-03-25 23:59:01", 15, "004", "2", None, tuple(SERVICES), 999, 12.125, None, "Ei\nmuuta"),
    _answers(6, "2023-03-26 00:59:30", 5, "005", "1", "1", ("training",), 7, 3.0, date(2024, 2, 29), "Åland, öar, 5 €"),
    _answers(7, "2023-03-26 01:10:10", 4, "020", "1", "2", ("advice", "interpreting"), None, 0.5, None, None),
    _answers(8, "2023-03-28 12:00:00", 60, "090", "2", "3", (), 40, 2.75, date(2001, 3, 12), "1.5"),
    _answers(9, "2023-03-30 20:59:59", 1, "090", "1", "1", ("training",), 1000, 0.0, date(2018, 11, 5), "=1+1"),
    _answers(10, "2023-03-31 05:00:00", 9, "002", "3", "2", ("advice",), 3, 10.1, None, "Vastattu"),
]


@dataclass(frozen=True)
class Export:
    """A tool's file, how round.yml says it is read, and what its columns are: a row is the cells of columns.csv."""

    content: bytes
    file_name: str
    settings: Mapping[str, str]
    columns: Sequence[tuple[str, ...]]


def response_id(tool: str, number: int) -> str:
    """The id that a tool gives to the response with this number."""
    if tool == "webropol_json":
        return _guid(f"response {number}")
    return f"R_{hashlib.sha256(str(number).encode()).hexdigest()[:15]}" if tool == "qualtrics_csv" else str(number)


def _guid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def local(moment: datetime, zone: ZoneInfo = HELSINKI) -> datetime:
    """A moment as a clock on the wall shows it."""
    return moment.astimezone(zone).replace(tzinfo=None)


def plain(number: float | None) -> str:
    """A number as text: 3.0 is 3."""
    return "" if number is None else f"{number:g}"


def csv_bytes(rows: Iterable[Sequence[str]], encoding: str = "utf-8", **form: Any) -> bytes:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, **{"lineterminator": "\r\n", **form}).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(sheet_name: str, rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as a workbook, without the moment of its making."""
    book, written, fixed = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.active.title = sheet_name
    for row in rows:
        book.active.append(row)
        for cell in book.active[book.active.max_row]:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    book.save(written)
    with zipfile.ZipFile(written) as made, zipfile.ZipFile(fixed, "w") as archive:
        for name in made.namelist():
            content = re.sub(rb"(<dcterms:\w+ [^>]*>)[^<]*", rb"\g<1>2023-04-01T00:00:00Z", made.read(name))
            archive.writestr(zipfile.ZipInfo(name), content)
    return fixed.getvalue()


def make_plain_csv(answers: Sequence[Answers] = ANSWERS) -> Export:
    """A table as anybody would write it: codes, semicolons and decimal commas."""
    header = ("id", "started", "submitted", "municipality", "role", *QUESTIONS)
    rows = [
        (
            str(each.number), f"{local(each.started_at):%d.%m.%Y %H.%M.%S}",
            f"{local(each.submitted_at):%d.%m.%Y %H.%M.%S}", each.municipality, each.role, each.opinion or "",
            ", ".join(each.services), plain(each.staff), plain(each.budget).replace(".", ","),
            f"{each.since:%d.%m.%Y}" if each.since else "", each.comment or "",
        )
        for each in answers
    ]  # fmt: skip
    settings = {"format": "csv", "delimiter": '";"', "decimal_sign": '","', "timestamp_format": '"%d.%m.%Y %H.%M.%S"'}
    return Export(csv_bytes([header, *rows], delimiter=";"), "responses.csv", settings, _plain_columns(header, ","))


def make_plain_xlsx(answers: Sequence[Answers] = ANSWERS, written: Callable[[str], Any] = str) -> Export:
    """The same table as a workbook with dates and numbers in their cells; codes are as `written`."""
    header = ("id", "started", "submitted", "municipality", "role", *QUESTIONS)
    rows = [
        (
            each.number, local(each.started_at), local(each.submitted_at), each.municipality, written(each.role),
            written(each.opinion) if each.opinion else None, ",".join(each.services), each.staff, each.budget,
            each.since, each.comment,
        )
        for each in answers
    ]  # fmt: skip
    settings = {"format": "xlsx", "sheet": "Vastaukset"}
    content = xlsx_bytes("Vastaukset", [header, *rows])
    return Export(content, "responses.xlsx", settings, _plain_columns(header, ","))


def _plain_columns(header: Sequence[str], separator: str) -> list[tuple[str, ...]]:
    """Reserved names in their usual order, then the questions, with the options of services in one cell."""
    reserved = ("_response_id", "_started_at", "_submitted_at", "_municipality", "_role")
    parts = {"_municipality": "code"}
    return [
        (name, meaning, parts.get(meaning, ""), "", "", separator if meaning == "services" else "")
        for name, meaning in zip(header, (*reserved, *QUESTIONS), strict=True)
    ]


def make_webropol_json(answers: Sequence[Answers] = ANSWERS) -> Export:
    """What the API gives: nothing for a question without an answer, labels in the respondent's language."""
    ids = {question: _guid(f"question {question}") for question in TEXTS}
    responses = [
        {
            "RespondentId": None, "ResponseId": response_id("webropol_json", each.number), "RespondentEmail": None,
            "ResponseLanguageId": _guid("fi"), "ResponseDate": f"{local(each.submitted_at).isoformat()}.253",
            "RespondentAnswers": [
                {
                    "Keywords": None, "QuestionId": ids[question], "QuestionTypeId": _guid(kind),
                    "QuestionTypeName": kind, "QuestionTitle": TEXTS[question], "Label": None,
                    "QuestionAnswers": [
                        {
                            "OptionAnswer": text, "QuestionOptionId": None, "OptionId": _guid(f"{question} {text}"),
                            "AnswerOptionId": _guid(f"{each.number} {question} {text}"), "AttahedTextFieldValue": "",
                            "RowText": None, "AnswerFile": None,
                        }
                        for text in texts
                    ],
                }
                for question, kind, texts in _webropol_answers(each)
                if any(texts)
            ],
        }
        for each in answers
    ]  # fmt: skip
    paging = {
        "ItemsPerPage": 500, "TotalCount": len(answers), "TotalPages": 1, "CurrentPage": 1, "IsLastItemFetched": True,
        "ItemCount": len(answers),
    }  # fmt: skip
    export = {"SurveyId": _guid("survey"), "Paging": paging, "SurveyAnswers": responses}
    content = json.dumps(export, ensure_ascii=False, indent=1).encode()
    reserved = {"municipality": ("_municipality", "name"), "role": ("_role", "")}
    columns = [
        ("ResponseId", "_response_id", "", "", "", ""),
        ("ResponseDate", "_submitted_at", "", "", "", ""),
        *((name, "ignored", "", "", "", "") for name in ("RespondentId", "RespondentEmail", "ResponseLanguageId")),
        *(
            (ids[name], *reserved.get(name, (name, "")), "", "", "|" if name == "services" else "")
            for name in TEXTS
        ),
    ]  # fmt: skip
    return Export(content, "responses.json", {"format": "webropol_json", "decimal_sign": '","'}, columns)


def _webropol_answers(each: Answers) -> list[tuple[str, str, list[str]]]:
    return [
        ("municipality", "questionType_DropDownList", [each.label("municipality")]),
        ("role", "questionType_selection", [each.label("role")]),
        ("opinion", "questionType_selection", [each.label("opinion")]),
        ("services", "questionType_multipleChoice", service_labels(each)),
        ("staff", "questionType_openended", [plain(each.staff)]),
        ("budget", "questionType_openended", [plain(each.budget).replace(".", ",")]),
        ("since", "questionType_openended", [finnish_day(each.since)]),
        ("comment", "questionType_openended", [each.comment or ""]),
    ]


def service_labels(each: Answers, language: str = "fi") -> list[str]:
    """The services of an answer as a person reads them."""
    return [CHOICES["service", code][f"label_{language}"] for code in each.services]


def finnish_day(day: date | None) -> str:
    """31.1.2020"""
    return f"{day.day}.{day.month}.{day.year}" if day else ""


def make_webropol_xlsx() -> Export:
    """Labels, and a column per option that holds the option's text where it was chosen."""
    options = {code: CHOICES["service", code]["label_fi"] for code in SERVICES}
    header = (
        "Vastaajan numero", "Aloitusaika", "Lähetysaika", TEXTS["municipality"], TEXTS["role"], TEXTS["opinion"],
        *(f"{TEXTS['services']}:{label}" for label in options.values()),
        *(TEXTS[name] for name in ("staff", "budget", "since", "comment")),
    )  # fmt: skip
    rows = [
        (
            each.number, local(each.started_at), local(each.submitted_at), each.label("municipality"),
            each.label("role"), each.label("opinion") or None,
            *(label if code in each.services else None for code, label in options.items()),
            each.staff, each.budget, finnish_day(each.since) or None, each.comment,
        )
        for each in ANSWERS
    ]  # fmt: skip
    meanings = [
        ("_response_id",), ("_started_at",), ("_submitted_at",), ("_municipality", "name"), ("_role",), ("opinion",),
        *(("services", code, label) for code, label in options.items()),
        ("staff",), ("budget",), ("since",), ("comment",),
    ]  # fmt: skip
    columns = _columns(header, meanings)
    settings = {"format": "xlsx", "sheet": "Vastaukset"}
    return Export(xlsx_bytes("Vastaukset", [header, *rows]), "responses.xlsx", settings, columns)


def _columns(header: Sequence[str], meanings: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows of columns.csv, filled up with empty cells."""
    rows = [(name, *meaning) for name, meaning in zip(header, meanings, strict=True)]
    return [(*row, *[""] * (len(COLUMN_NAMES) - len(row))) for row in rows]


LIMESURVEY = (
    ("id", "Response ID"), ("submitdate", "Date submitted"), ("lastpage", "Last page"),
    ("startlanguage", "Start language"), ("seed", "Seed"), ("startdate", "Date started"),
    ("datestamp", "Date last action"),
    *((name, TEXTS[name]) for name in ("municipality", "role", "opinion")),
    *((f"services[{code}]", f"{TEXTS['services']} [{CHOICES['service', code]['label_fi']}]") for code in SERVICES),
    *((name, TEXTS[name]) for name in ("staff", "budget", "since", "comment")),
)  # fmt: skip


def make_limesurvey(heading: Callable[[str, str], str], is_long: bool) -> Export:
    """All responses, two of them incomplete; answers as codes or in full."""
    header = [heading(code, text) for code, text in LIMESURVEY]
    rows = [_limesurvey_row(each, is_long) for each in ANSWERS]
    rows[3:3] = [_limesurvey_incomplete("11", "1", "002" if not is_long else "Boholma", is_long)]
    rows += [_limesurvey_incomplete("12", "", "", is_long)]
    meanings = [
        ("_response_id",), ("_submitted_at",), ("_completion",), ("_language",), ("ignored",), ("_started_at",),
        ("ignored",), ("_municipality", "name" if is_long else "code"), ("_role",), ("opinion",),
        *(("services", code, "Yes" if is_long else "Y", "No" if is_long else "") for code in SERVICES),
        ("staff",), ("budget",), ("since",), ("comment",),
    ]  # fmt: skip
    settings = {
        "format": "csv", "encoding": "utf-8-sig", "timestamp_format": '"%Y-%m-%d %H:%M:%S"',
        "skip_rows_without": json.dumps([header[1]]),
    }  # fmt: skip
    content = csv_bytes([header, *rows], "utf-8-sig", quoting=csv.QUOTE_ALL) + b"\r\n"
    return Export(content, "responses.csv", settings, _columns(header, meanings))


def _limesurvey_row(each: Answers, is_long: bool) -> tuple[str, ...]:
    def shown(question: str) -> str:
        return each.label(question) if is_long else getattr(each, question) or ""

    ticks = ("Yes", "No") if is_long else ("Y", "")
    submitted = f"{local(each.submitted_at)}"
    return (
        str(each.number), submitted, "2", "fi", f"{1000 + each.number}", f"{local(each.started_at)}", submitted,
        shown("municipality"), shown("role"), shown("opinion"),
        *(ticks[0] if code in each.services else ticks[1] for code in SERVICES),
        plain(each.staff), plain(each.budget), f"{each.since} 00:00:00" if each.since else "", each.comment or "",
    )  # fmt: skip


def _limesurvey_incomplete(number: str, last_page: str, municipality: str, is_long: bool) -> tuple[str, ...]:
    not_seen = ["N/A" if is_long else ""] * len(SERVICES)
    begun = "2023-03-15 09:00:00"
    return (
        number, "", last_page, "fi", "1", begun, begun, municipality, "", "", *not_seen, "", "", "", ""
    )  # fmt: skip


QUALTRICS = (
    ("StartDate", "Start Date", "startDate"), ("EndDate", "End Date", "endDate"), ("Status", "Response Type", "status"),
    ("IPAddress", "IP Address", "ipAddress"), ("Progress", "Progress", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration"), ("Finished", "Finished", "finished"),
    ("RecordedDate", "Recorded Date", "recordedDate"), ("ResponseId", "Response ID", "_recordId"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel"),
    ("UserLanguage", "User Language", "userLanguage"),
)  # fmt: skip


def make_qualtrics_csv() -> Export:
    """Three header rows, choice texts in English, several choices joined by commas, times of Denver."""
    asked = ["municipality", "role", *QUESTIONS]
    texts = {"municipality": "Municipality", "role": "Your\nposition"}
    texts |= {name: row["label_en"] for name, row in QUESTIONS.items()}
    header = [*(name for name, _, _ in QUALTRICS), *(f"Q{number}" for number in range(1, len(asked) + 1))]
    second = [*(text for _, text, _ in QUALTRICS), *(texts[name] for name in asked)]
    ids = [*(name for _, _, name in QUALTRICS), *(f"QID{number}" for number in range(1, len(asked) + 1))]
    third = [
        json.dumps({"ImportId": name} | ({"timeZone": "America/Denver"} if name.endswith("Date") else {}))
        .replace('": "', '":"').replace(", ", ",")
        for name in ids
    ]  # fmt: skip
    rows = [_qualtrics_row(each) for each in ANSWERS]
    meanings = [
        ("_started_at",), ("_submitted_at",), *[("ignored",)] * 4, ("_completion",), ("ignored",), ("_response_id",),
        ("ignored",), ("_language",), ("_municipality", "name"), ("_role",), ("opinion",),
        ("services", "", "", "", ","), ("staff",), ("budget",), ("since",), ("comment",),
    ]  # fmt: skip
    settings = {
        "format": "csv", "name_row": "1", "first_data_row": "4", "timezone": "America/Denver",
        "timestamp_format": '"%Y-%m-%d %H:%M:%S"',
    }  # fmt: skip
    content = csv_bytes([header, second, third, *rows], lineterminator="\n")
    return Export(content, "responses.csv", settings, _columns(header, meanings))


def _qualtrics_row(each: Answers) -> tuple[str, ...]:
    ended = f"{local(each.submitted_at, DENVER)}"
    seconds = plain((each.submitted_at - each.started_at).total_seconds())
    return (
        f"{local(each.started_at, DENVER)}", ended, "IP Address", "", "100", seconds, "True", ended,
        response_id("qualtrics_csv", each.number), "anonymous", "EN", each.label("municipality"),
        each.label("role", "en"), each.label("opinion", "en"), ",".join(service_labels(each, "en")),
        plain(each.staff), plain(each.budget), str(each.since or ""), each.comment or "",
    )  # fmt: skip


FORMS_TEXTS = TEXTS | {"opinion": "Palvelut riittävät\nkunnassamme"}
FORMS = ("ID", "Start time", "Completion time", "Email", "Name", "Last modified time", *FORMS_TEXTS.values())
FORMS_MEANINGS = (
    ("_response_id",), ("_started_at",), ("_submitted_at",), ("ignored",), ("ignored",), ("ignored",),
    ("_municipality", "name"), ("_role",), ("opinion",), ("services", "", "", "", ";"), ("staff",), ("budget",),
    ("since",), ("comment",),
)  # fmt: skip


FORMS_DATES = {"date_format": '"%m/%d/%Y"'}


def _forms_answers(each: Answers) -> tuple[str, ...]:
    """Several choices end with the sign that joins them."""
    return (
        "anonymous", "", "", each.label("municipality"), each.label("role"), each.label("opinion"),
        "".join(f"{label};" for label in service_labels(each)), plain(each.staff), plain(each.budget),
        f"{each.since.month}/{each.since.day}/{each.since.year}" if each.since else "", each.comment or "",
    )  # fmt: skip


def make_forms_csv() -> Export:
    """Times and dates month first; line breaks in the names of columns."""
    rows = [
        (str(each.number), _us(local(each.started_at)), _us(local(each.submitted_at)), *_forms_answers(each))
        for each in ANSWERS
    ]
    settings = {"format": "csv", "encoding": "utf-8-sig", "timestamp_format": '"%m/%d/%y %H:%M:%S"'} | FORMS_DATES
    content = csv_bytes([FORMS, *rows], "utf-8-sig")
    return Export(content, "responses.csv", settings, _columns(FORMS, FORMS_MEANINGS))


def _us(moment: datetime) -> str:
    return f"{moment.month}/{moment.day}/{moment:%y} {moment.hour}:{moment:%M:%S}"


def make_forms_xlsx() -> Export:
    """The same as a workbook: times are date cells, all answers are text."""
    rows = [
        (
            each.number,
            local(each.started_at),
            local(each.submitted_at),
            *(text or None for text in _forms_answers(each)),
        )
        for each in ANSWERS
    ]
    settings = {"format": "xlsx", "sheet": "Sheet1"} | FORMS_DATES
    content = xlsx_bytes("Sheet1", [FORMS, *rows])
    return Export(content, "responses.xlsx", settings, _columns(FORMS, FORMS_MEANINGS))


def make_spss_sav(answers: Sequence[Answers] = ANSWERS) -> Export:
    """Codes with value labels; "no answer" and "not known" are user-missing, no answer at all is system-missing."""
    frame = pd.DataFrame(
        {
            "id": [each.number for each in answers],
            "alku": [local(each.started_at) for each in answers],
            "loppu": [local(each.submitted_at) for each in answers],
            "kunta": [each.municipality for each in answers],
            "rooli": [float(each.role) for each in answers],
            "k1": [float(each.opinion) if each.opinion else None for each in answers],
            **{f"k2_{code}": [float(code in each.services) for each in answers] for code in SERVICES},
            "k3": [each.staff for each in answers],
            "k4": [each.budget for each in answers],
            "k5": [each.since for each in answers],
            "k6": [each.comment or "" for each in answers],
        }
    )
    wordings = {
        "id": "Vastaajan numero", "alku": "Aloitusaika", "loppu": "Lähetysaika", "kunta": TEXTS["municipality"],
        "rooli": TEXTS["role"], "k1": TEXTS["opinion"],
        **{f"k2_{code}": f"{TEXTS['services']}: {CHOICES['service', code]['label_fi']}" for code in SERVICES},
        "k3": TEXTS["staff"], "k4": TEXTS["budget"], "k5": TEXTS["since"], "k6": TEXTS["comment"],
    }  # fmt: skip
    labels = {
        variable: {int(code): row["label_fi"] for (name, code), row in CHOICES.items() if name == list_name}
        for variable, list_name in (("rooli", "role"), ("k1", "scale"), ("k3", "number_missing"))
    }
    meanings = [
        ("_response_id",), ("_started_at",), ("_submitted_at",), ("_municipality", "code"), ("_role",), ("opinion",),
        *(("services", code, "1", "0") for code in SERVICES), ("staff",), ("budget",), ("since",), ("comment",),
    ]  # fmt: skip
    with TemporaryDirectory() as folder:
        path = Path(folder) / "responses.sav"
        pyreadstat.write_sav(
            frame, path, column_labels=wordings, variable_value_labels=labels,
            missing_ranges={"k1": [99], "k3": [-999]}, variable_format={"k5": "EDATE10"},
        )  # fmt: skip
        content = bytearray(path.read_bytes())
    content[92:109] = b"01 Apr 2300:00:00"  # the moment of making, in the header's fixed place
    return Export(bytes(content), "responses.sav", {"format": "sav"}, _columns(list(frame), meanings))


EXPORTS: Mapping[str, Callable[[], Export]] = {
    "plain_csv": make_plain_csv,
    "plain_xlsx": make_plain_xlsx,
    "webropol_json": make_webropol_json,
    "webropol_xlsx": make_webropol_xlsx,
    "limesurvey_code": lambda: make_limesurvey(lambda code, _text: code, is_long=False),
    "limesurvey_text": lambda: make_limesurvey(lambda _code, text: text, is_long=True),
    "limesurvey_code_text": lambda: make_limesurvey(lambda code, text: f"{code}. {text}", is_long=True),
    "qualtrics_csv": make_qualtrics_csv,
    "forms_csv": make_forms_csv,
    "forms_xlsx": make_forms_xlsx,
    "spss_sav": make_spss_sav,
}


def round_files(tool: str) -> dict[str, bytes]:
    """The files of a tool's round folder by name."""
    export = EXPORTS[tool]()
    title = "{fi: Sama kysely toisin, sv: Samma enkät annorlunda, en: The same survey otherwise}"
    lines = {
        "round_id": tool, "title": title, "field_window": "{opens_on: 2023-03-01, closes_on: 2023-03-31}",
        "timezone": "Europe/Helsinki",
        "frame": "{division_date: 2023-01-01, population_date: 2019-12-31, scope: mainland}",
        "files": f"[{export.file_name}]", **export.settings, "is_synthetic": "true",
    }  # fmt: skip
    card = {
        "producer": "The project", "licence": "CC0", "received_from": "Made by make_exports.py",
        "received_on": "2026-11-24",
        "sha256": f"\n  {export.file_name}: {hashlib.sha256(export.content).hexdigest()}",
    }  # fmt: skip
    return {
        export.file_name: export.content,
        "round.yml": _yaml(lines),
        "source.yml": _yaml(card),
        "columns.csv": csv_bytes([COLUMN_NAMES, *export.columns], lineterminator="\n"),
        "recodes.csv": b"list_name,source_value,code\n",
    }


def _yaml(lines: Mapping[str, str]) -> bytes:
    return "".join(f"{key}: {value}\n".replace(": \n  ", ":\n  ") for key, value in lines.items()).encode()


def main() -> None:
    """Write every round folder anew."""
    for tool in EXPORTS:
        (FOLDER / tool).mkdir(exist_ok=True)
        for name, content in round_files(tool).items():
            (FOLDER / tool / name).write_bytes(content)


if __name__ == "__main__":
    main()
