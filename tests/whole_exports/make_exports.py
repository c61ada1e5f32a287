"""Made-up answers to the questionnaire as Qualtrics, KoboToolbox and LimeSurvey export them.

Where the shapes come from:
- Qualtrics: www.qualtrics.com/support, Understanding Your Dataset: names, wordings and import ids as three header rows;
  choice text in the language of the respondent; multiple answers in one cell, with commas; previews and unfinished
  responses among the rest.
- KoboToolbox, XML values and headers: github.com/kobotoolbox/formpack (src/formpack/reporting/export.py,
  schema/fields.py): group/question and group/question/option, copied fields behind them, _index last.
- LimeSurvey: its own source, application/helpers/admin/export/ (CsvWriter.php: byte order mark, semicolons, every field
  in quotes, an empty line at the end), headings and answers as codes: question[subquestion], -oth-, Y.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

import openpyxl

from tests.whole_exports.questionnaire import Line, Prefixes, choices, questions

LIME_PREFIXES = dict.fromkeys(("service", "channel", "partner"), "SQ00") | dict.fromkeys(
    ("yesno", "plan", "scale", "weight", "form", "reason"), "A"
)
MUNICIPALITIES = {
    "005": ("Alajärvi", "Alajärvi"), "049": ("Espoo", "Esbo"), "091": ("Helsinki", "Helsingfors"),
    "092": ("Vantaa", "Vanda"), "106": ("Hyvinkää", "Hyvinge"), "149": ("Inkoo", "Ingå"), "167": ("Joensuu", "Joensuu"),
    "202": ("Kaarina", "S:t Karins"), "213": ("Kangasniemi", "Kangasniemi"), "233": ("Kauhava", "Kauhava"),
    "280": ("Korsnäs", "Korsnäs"), "297": ("Kuopio", "Kuopio"), "445": ("Parainen", "Pargas"),
    "564": ("Oulu", "Uleåborg"), "599": ("Pedersören kunta", "Pedersöre"), "638": ("Porvoo", "Borgå"),
    "680": ("Raisio", "Reso"), "739": ("Savitaipale", "Savitaipale"), "837": ("Tampere", "Tammerfors"),
    "905": ("Vaasa", "Vasa"), "478": ("Maarianhamina", "Mariehamn"), "999": ("Ankkalinna", "Ankeborg"),
}  # fmt: skip
KINDS = {3: "preview", 9: "unfinished", 17: "unfinished", 22: "preview", 30: "999", 41: "unfinished", 50: "478"}
PERSONS = {46: 28, 56: 28}  # who answered before


@dataclass
class Response:
    """A filled-in form. An answer is a line of choices.csv, a list of them, a number, a date or a text; or nothing."""

    number: int
    municipality: str
    language: str
    role: Line
    at: datetime
    kind: str
    answers: dict[str, Any]

    @property
    def person(self) -> str:
        return f"Tk3{PERSONS.get(self.number, self.number):04}"


def _answer(chance: random.Random, question: Line, options: Sequence[Line]) -> Any:
    if question["question_id"] == "consent":
        return options[chance.random() > 0.97]
    if chance.random() < (0.4 if question["relevant"] else 0.12):
        return None
    if question["type"] == "select_multiple":
        rare = [each for each in options if "1" in (each["is_missing"], each["is_exclusive"])]
        return [each for each in options if chance.random() < (0.1 if each in rare else 0.4)]
    if question["type"] == "select_one":
        return chance.choices(options, [1 if each["is_missing"] == "1" else 4 for each in options])[0]
    if question["type"] == "text":
        return chance.choice(["Hyvä, kiitos", 'Sanoi "ei"; lähti', "Rivi 1\nrivi 2", "1.50", "Åbo, öar"])
    if question["type"] == "date":
        return date(2010, 1, 1) + timedelta(days=chance.randrange(5000))
    if options and chance.random() < 0.1:
        return -999
    number = chance.randrange(40) if chance.random() < 0.9 else 700
    return number / 4 if question["type"] == "decimal" else number


def make_responses(seed: int, prefixes: Prefixes, n: int = 70) -> list[Response]:
    """Made-up responses, several of a municipality; those that do not count are among them."""
    chance = random.Random(seed)
    lists, asked = choices(prefixes), questions(prefixes)
    return [_response(chance, number, lists, asked) for number in range(1, n + 1)]


def _response(
    chance: random.Random, number: int, lists: Mapping[str, Sequence[Line]], asked: Sequence[Line]
) -> Response:
    kind = KINDS.get(number, "")
    answers = {each["question_id"]: _answer(chance, each, lists.get(each["list_name"], [])) for each in asked}
    if kind == "unfinished":
        answers |= dict.fromkeys(list(answers)[14:])
    if number == 14:  # what no list, number or date is
        answers |= {"form": "Jotain", "staff": "noin 5", "since": "keväällä 2020"}
    if number == 12:  # a response without a closed answer, but for the first
        answers = dict.fromkeys(answers) | {"consent": lists["yesno"][0], "comment": "Ei muuta"}
    answers["formtext"] = "Kuntayhtymä, 2 kuntaa" if answers["form"] == lists["form"][-1] else None
    answers["servicetext"] = "Kerho; leiri" if lists["service"][-1] in (answers["services"] or []) else None
    return Response(
        number=number,
        municipality=kind if kind in MUNICIPALITIES else chance.choice(list(MUNICIPALITIES)[:-2]),
        language=chance.choice(["fi", "fi", "sv"]),
        role=chance.choice(lists["role"]),
        at=datetime(2023, 3, 1, 12) + timedelta(hours=9 * number, seconds=37 * number),
        kind=kind,
        answers=answers,
    )


def _text(answer: Any, of_choice: Callable[[Line], str], date_format: str = "%Y-%m-%d") -> str:
    """An answer as the text of a cell."""
    if isinstance(answer, dict | list):
        return ",".join(map(of_choice, answer if isinstance(answer, list) else [answer]))
    if isinstance(answer, date):
        return answer.strftime(date_format)
    return "" if answer is None else f"{answer:g}" if isinstance(answer, float) else str(answer)


def qualtrics_columns() -> dict[str, str]:
    """The column of each question; a grid is one question, and an other text belongs to its question."""
    columns = {"formtext": "Q5_4_TEXT", "servicetext": "Q7_6_TEXT"}
    asked = {each["question_id"]: each["group_id"] for each in questions({}) if not each["other_of"]}
    places = {name: place for place, name in enumerate(dict.fromkeys(of or name for name, of in asked.items()), 1)}
    return columns | {name: f"Q{places[of]}_{name[-1]}" if of else f"Q{places[name]}" for name, of in asked.items()}


def write_qualtrics(file: Path, people: Sequence[Response]) -> None:
    """Choice text; the municipality and the role are embedded data that came with the link."""
    columns = qualtrics_columns()
    behind = {"formtext": " - Muu - Text", "servicetext": " - Muu, mikä? - Text", "form": " - Selected Choice",
              "services": " - Selected Choice"}  # fmt: skip
    wordings = {
        columns[name]: each["label_fi"].removesuffix(" Muu") + behind.get(name, "")
        for each in questions({}) for name in [each["question_id"]]
    }  # fmt: skip
    names = [
        "StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)", "Finished", "RecordedDate",
        "ResponseId", "RecipientLastName", "RecipientFirstName", "RecipientEmail", "ExternalReference",
        "LocationLatitude", "LocationLongitude", "DistributionChannel", "UserLanguage", *wordings,
        "kuntanumero", "rooli",
    ]  # fmt: skip
    rows = [names, [wordings.get(name, name) for name in names], [json.dumps({"ImportId": name}) for name in names]]
    for each in people:
        begun, ended = (str(each.at - timedelta(minutes=minutes)) for minutes in (12, 0))
        done = each.kind != "unfinished"
        label = itemgetter(f"label_{each.language}")
        rows.append([
            begun, ended, "Survey Preview" if each.kind == "preview" else "IP Address", "192.0.2.7",
            "100" if done else "40", "720", str(done), ended, f"R_{each.number:06}x", "", "", "", each.person, "60.17",
            "24.94", "anonymous", each.language.upper(),
            *(_text(answer, label, "%d.%m.%Y") for answer in each.answers.values()),
            each.municipality, label(each.role),
        ])  # fmt: skip
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    file.write_text(text.getvalue(), encoding="utf-8", newline="")


def write_kobo(file: Path, people: Sequence[Response]) -> None:
    """XML values: codes, as number cells; several answers in one cell and in a column of each option."""
    asked, lists = questions({}), choices({})
    options = {each["question_id"]: lists[each["list_name"]] for each in asked if each["type"] == "select_multiple"}
    heading: list[Any] = ["start", "end", "today", "tausta/kuntanumero"]
    for each in asked:
        column = f"{each['group_id'] or 'palvelut'}/{each['question_id']}"
        heading += [column, *(f"{column}/{option['code']}" for option in options.get(each["question_id"], []))]
    behind = "_id _uuid _submission_time _validation_status _notes _status _submitted_by __version__ _tags _index"
    rows = [heading + behind.split()]
    for one in people:
        zone = 2 if one.at < datetime(2023, 3, 26, 3) else 3
        begun, ended = (f"{(one.at - timedelta(minutes=m)).isoformat()}.000+0{zone}:00" for m in (9, 0))
        verdict = "validation_status_not_approved" if one.kind == "preview" else ""
        rows.append([
            begun, ended, one.at.date(), int(one.municipality),
            *(cell for name, answer in one.answers.items() for cell in _kobo_cells(answer, options.get(name, []))),
            7000 + one.number, f"6a00-{one.number}", (one.at - timedelta(hours=zone)).isoformat(), verdict, "",
            "submitted_via_web", "", "vKw1", "", one.number,
        ])  # fmt: skip
    book = openpyxl.Workbook()
    book.active.title = "Keksitty kysely"
    for row in [*rows, rows[20]]:  # a row that was pasted twice
        book.active.append([None if cell == "" else cell for cell in row])
    book.save(file)


def _kobo_cells(answer: Any, options: Sequence[Line]) -> list[Any]:
    if isinstance(answer, dict):
        return [int(answer["code"])]
    if not options:
        return [answer]
    if not answer:
        return [None] * (len(options) + 1)
    joined = " ".join(each["code"] for each in answer)
    return [int(joined) if joined.isdigit() else joined, *(int(option in answer) for option in options)]


def lime_columns() -> dict[str, str]:
    """The column of each question; a question of several answers has one for each option."""
    columns = {
        name: f"{each['group_id']}[SQ00{name[-1]}]" if each["group_id"] else name
        for each in questions({}) for name in [each["question_id"]]
    }  # fmt: skip
    return columns | {"formtext": "form[other]", "servicetext": "services[other]"}


def write_limesurvey(file: Path, people: Sequence[Response]) -> None:
    """Codes as answers; decimal comma. The municipality is a text that the respondent wrote."""
    asked, lists, columns = questions(LIME_PREFIXES), choices(LIME_PREFIXES), lime_columns()
    options = {each["question_id"]: lists[each["list_name"]] for each in asked if each["type"] == "select_multiple"}
    options["services"] = options["services"][:-1]
    heading = [
        "id",
        "submitdate",
        "lastpage",
        "startlanguage",
        "seed",
        "startdate",
        "datestamp",
        "token",
        "kunta",
        "rooli",
    ]
    for name in (each["question_id"] for each in asked):
        heading += [f"{name}[{option['code']}]" for option in options[name]] if name in options else [columns[name]]
    rows = [heading]
    for one in people:
        begun, ended = (str(one.at - timedelta(minutes=minutes)) for minutes in (12, 0))
        done = one.kind not in ("unfinished", "preview")
        place = MUNICIPALITIES[one.municipality][one.language == "sv"]
        row = [str(one.number), ended if done else "", "5" if done else "2", one.language, "1834", begun, ended,
               one.person, "Helsingin kaupunki" if one.number % 23 == 0 else place, one.role["code"]]  # fmt: skip
        for name, answer in one.answers.items():
            if name in options:
                row += ["Y" if option in (answer or []) else "" for option in options[name]]
            else:
                row.append("-oth-" if name == "form" and answer == lists["form"][-1] else _lime_cell(answer))
        rows.append(row)
    rows.append(rows[20])
    text = io.StringIO()
    csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    file.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode() + b"\r\n")


def _lime_cell(answer: Any) -> str:
    text = _text(answer, itemgetter("code"))
    if isinstance(answer, date):
        return f"{text} 00:00:00"
    return text.replace(".", ",") if isinstance(answer, float) else text.replace("\n", "\\n")
