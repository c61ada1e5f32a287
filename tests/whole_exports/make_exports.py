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
from pathlib import Path
from typing import Any

import openpyxl

from tests.whole_exports.questionnaire import Choice, Question, choices, questions

LIME_PREFIXES = dict.fromkeys(("service", "channel", "partner"), "SQ00") | dict.fromkeys(
    ("yesno", "plan", "scale", "weight", "form", "reason"), "A"
)
MUNICIPALITIES = {
    "005": ("Alajärvi", "Alajärvi"), "049": ("Espoo", "Esbo"), "091": ("Helsinki", "Helsingfors"),
    "092": ("Vantaa", "Vanda"), "106": ("Hyvinkää", "Hyvinge"), "149": ("Inkoo", "Ingå"), "167": ("Joensuu", "Joensuu"),
    "202": ("Kaarina", "S:t Karins"), "213": ("Kangasniemi", "Kangasniemi"), "233": ("Kauhava", "Kauhava"),
    "280": ("Korsnäs", "Korsnäs"), "297": ("Kuopio", "Kuopio"), "445": ("Parainen", "Pargas"), "564": ("Oulu", "Uleåborg"),
    "599": ("Pedersören kunta", "Pedersöre"), "638": ("Porvoo", "Borgå"), "680": ("Raisio", "Reso"),
    "739": ("Savitaipale", "Savitaipale"), "837": ("Tampere", "Tammerfors"), "905": ("Vaasa", "Vasa"),
    "478": ("Maarianhamina", "Mariehamn"), "999": ("Ankkalinna", "Ankeborg"),
}  # fmt: skip
KINDS = {3: "preview", 9: "unfinished", 17: "unfinished", 22: "preview", 30: "999", 41: "unfinished", 50: "478"}
PERSONS = {46: 28, 56: 28}  # who answered before


@dataclass
class Response:
    """One filled-in form. An answer is a Choice, some of them, a number, a date or a text; None where it is empty."""

    number: int
    municipality: str
    language: str
    role: Choice
    at: datetime
    kind: str
    answers: dict[str, Any]

    @property
    def person(self) -> str:
        return f"Tk3{PERSONS.get(self.number, self.number):04}"

    @property
    def place(self) -> str:
        """The municipality in the respondent's language."""
        return MUNICIPALITIES[self.municipality][self.language == "sv"]


def _answer(chance: random.Random, question: Question, options: Sequence[Choice]) -> Any:
    if question.id == "consent":
        return options[chance.random() > 0.97]
    if chance.random() < (0.4 if question.relevant else 0.12):
        return None
    if question.type == "select_multiple":
        return [each for each in options if chance.random() < (0.1 if each.is_missing or each.is_exclusive else 0.4)] or None
    if question.type == "select_one":
        return chance.choices(options, [1 if each.is_missing else 4 for each in options])[0]
    if question.type == "text":
        return chance.choice(["Hyvä, kiitos", 'Sanoi "ei"; lähti', "Rivi 1\nrivi 2", "1.50", "Åbo, öar"])
    if question.type == "date":
        return date(2010, 1, 1) + timedelta(days=chance.randrange(5000))
    if question.list_name and chance.random() < 0.1:
        return -999
    number = chance.randrange(40) if chance.random() < 0.9 else 700
    return number / 4 if question.type == "decimal" else number


def make_responses(seed: int, prefixes: Mapping[str, str], n: int = 70) -> list[Response]:
    """Made-up responses, several of a municipality; those that do not count are among them."""
    chance = random.Random(seed)
    lists, asked = choices(prefixes), questions(prefixes)
    return [_response(chance, number, lists, asked) for number in range(1, n + 1)]


def _response(
    chance: random.Random, number: int, lists: Mapping[str, Sequence[Choice]], asked: Sequence[Question]
) -> Response:
    kind = KINDS.get(number, "")
    answers = {each.id: _answer(chance, each, lists.get(each.list_name, [])) for each in asked}
    if kind == "unfinished":
        answers |= dict.fromkeys(list(answers)[14:])
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


def _text(answer: Any, of_choice: Callable[[Choice], str], join: str = ",", form: str = "%Y-%m-%d") -> str:
    """An answer as the text of a cell."""
    if isinstance(answer, Choice):
        return of_choice(answer)
    if isinstance(answer, list):
        return join.join(map(of_choice, answer))
    if isinstance(answer, date):
        return answer.strftime(form)
    return "" if answer is None else f"{answer:g}" if isinstance(answer, float) else str(answer)


def qualtrics_tags(asked: Sequence[Question]) -> dict[str, str]:
    """The column of each question; a grid is one question, and an other text belongs to its question."""
    tags = {"formtext": "Q5_4_TEXT", "servicetext": "Q7_6_TEXT"}
    for place, name in enumerate(dict.fromkeys(each.grid or each.id for each in asked if each.id not in tags), 1):
        tags |= {each.id: f"Q{place}{each.number and '_'}{each.number}" for each in asked if name in (each.grid, each.id)}
    return tags


QUALTRICS = (
    "StartDate EndDate Status IPAddress Progress Duration_(in_seconds) Finished RecordedDate ResponseId RecipientLastName "
    "RecipientFirstName RecipientEmail ExternalReference LocationLatitude LocationLongitude DistributionChannel UserLanguage"
)


def write_qualtrics(file: Path, people: Sequence[Response]) -> None:
    """Choice text; the municipality and the role are embedded data that came with the link."""
    asked = questions({})
    tags = qualtrics_tags(asked)
    behind = {"formtext": " - Muu - Text", "servicetext": " - Muu, mikä? - Text", "form": " - Selected Choice",
              "services": " - Selected Choice"}  # fmt: skip
    wordings = {tags[each.id]: each.fi.removesuffix(" Muu") + behind.get(each.id, "") for each in asked}
    known = [name.replace("_", " ") for name in QUALTRICS.split()]
    names = [*known, *wordings, "kuntanumero", "rooli"]
    rows = [names, [wordings.get(name, name) for name in names], [json.dumps({"ImportId": name}) for name in names]]
    for each in people:
        begun, ended = (str(each.at - timedelta(minutes=minutes)) for minutes in (12, 0))
        done = each.kind != "unfinished"
        status = "Survey Preview" if each.kind == "preview" else "IP Address"
        meta = [begun, ended, status, "192.0.2.7", "100" if done else "40", "720", str(done), ended,
                f"R_{each.number:06}x", "", "", "", each.person, "60.17", "24.94", "anonymous", each.language.upper()]  # fmt: skip
        answers = [
            _text(each.answers[q.id], lambda choice, of=each: getattr(choice, of.language), form="%d.%m.%Y") for q in asked
        ]
        rows.append([*meta, *answers, each.municipality, getattr(each.role, each.language)])
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    file.write_text(text.getvalue(), encoding="utf-8", newline="")


def write_kobo(file: Path, people: Sequence[Response]) -> None:
    """XML values: codes, as number cells; several answers in one cell and in a column of each option."""
    asked, lists = questions({}), choices({})
    columns = {each.id: f"{each.grid or 'palvelut'}/{each.id}" for each in asked}
    heading: list[str] = ["start", "end", "today", "tausta/kuntanumero"]
    for each in asked:
        options = lists[each.list_name] if each.type == "select_multiple" else []
        heading += [columns[each.id], *(f"{columns[each.id]}/{option.code}" for option in options)]
    behind = ("_id _uuid _submission_time _validation_status _notes _status _submitted_by __version__ _tags _index")
    rows: list[list[Any]] = [heading + behind.split()]
    for each in people:
        zone = "+02:00" if each.at < datetime(2023, 3, 26, 3) else "+03:00"
        begun, ended = (f"{(each.at - timedelta(minutes=minutes)).isoformat()}.000{zone}" for minutes in (9, 0))
        row: list[Any] = [begun, ended, each.at.date(), int(each.municipality)]
        for q in asked:
            row += _kobo_cells(each.answers[q.id], lists[q.list_name] if q.type == "select_multiple" else [])
        sent = (each.at - timedelta(hours=int(zone[2]))).isoformat()
        verdict = "validation_status_not_approved" if each.kind == "preview" else ""
        row += [7000 + each.number, f"6a00-{each.number}", sent, verdict, "", "submitted_via_web", "", "vKw1", "", each.number]
        rows.append(row)
    book = openpyxl.Workbook()
    book.active.title = "Keksitty kysely"
    for row in [*rows, rows[20]]:  # a row that was pasted twice
        book.active.append([None if cell == "" else cell for cell in row])
    book.save(file)


def _kobo_cells(answer: Any, options: Sequence[Choice]) -> list[Any]:
    if isinstance(answer, Choice):
        return [int(answer.code)]
    if not options:
        return [answer]
    if answer is None:
        return [None] * (len(options) + 1)
    joined = " ".join(each.code for each in answer)
    return [int(joined) if joined.isdigit() else joined, *(int(option in answer) for option in options)]


def lime_columns(asked: Sequence[Question]) -> dict[str, str]:
    """The column of each question; a question of several answers has one for each option."""
    columns = {each.id: f"{each.grid}[SQ00{each.number}]" if each.grid else each.id for each in asked}
    return columns | {"formtext": "form[other]", "servicetext": "services[other]"}


def write_limesurvey(file: Path, people: Sequence[Response]) -> None:
    """Codes as answers; decimal comma. The municipality is a text that the respondent wrote."""
    asked, lists = questions(LIME_PREFIXES), choices(LIME_PREFIXES)
    options = {each.id: lists[each.list_name] for each in asked if each.type == "select_multiple"}
    options["services"] = options["services"][:-1]
    columns = lime_columns(asked)
    heading = "id submitdate lastpage startlanguage seed startdate datestamp token kunta rooli".split()
    for q in asked:
        heading += [f"{q.id}[{option.code}]" for option in options[q.id]] if q.id in options else [columns[q.id]]
    rows = [heading]
    for each in people:
        begun, ended = (str(each.at - timedelta(minutes=minutes)) for minutes in (12, 0))
        done = each.kind not in ("unfinished", "preview")
        row = [f"{each.number}", ended if done else "", "5" if done else "2", each.language, "1834", begun, ended,
               each.person, "Helsingin kaupunki" if each.number % 23 == 0 else each.place, each.role.code]  # fmt: skip
        for q in asked:
            answer = each.answers[q.id]
            if q.id in options:
                row += ["Y" if option in (answer or []) else "" for option in options[q.id]]
            else:
                row.append(_lime_cell(answer, "-oth-" if q.id == "form" else ""))
        rows.append(row)
    rows.append(rows[20])
    text = io.StringIO()
    csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    file.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode() + b"\r\n")


def _lime_cell(answer: Any, other: str) -> str:
    text = _text(answer, lambda choice: other if other and choice.code == "A4" else choice.code)
    if isinstance(answer, date):
        return f"{text} 00:00:00"
    return text.replace(".", ",") if isinstance(answer, float) else text.replace("\n", "\\n")
