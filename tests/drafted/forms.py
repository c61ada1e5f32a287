"""A made-up form of 36 questions with its answers, as KoboToolbox, SPSS and Qualtrics have both.

Where the shapes come from: XLSForm's standard (xlsform.org), and the exports of tests/whole_exports and tests/exports.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat

TOPICS = {
    "advice": "Neuvonta|Rådgivning", "training": "Koulutus|Utbildning", "interpreting": "Tulkkaus|Tolkning",
    "housing": "Asuminen|Boende", "health": "Terveys|Hälsa", "schools": "Koulut|Skolor", "work": "Työ|Arbete",
    "culture": "Kulttuuri|Kultur", "sport": "Liikunta|Motion",
}  # fmt: skip
LISTS = {
    "yesno": {"1": "Kyllä|Ja", "2": "Ei|Nej"},
    "scale": {
        "1": "Samaa mieltä|Av samma åsikt",
        "2": "En samaa enkä eri mieltä|Varken eller",
        "3": "Eri mieltä|Annan",
    },
    "topic": {name: wording for name, wording in TOPICS.items() if name != "sport"},
    "plan": {"yes": "On|Finns", "draft": "Valmisteilla|Bereds", "no": "Ei ole|Finns inte"},
}
MUNICIPALITIES = ["005", "049", "091", "092", "106", "167", "202", "297", "564", "638", "680", "837", "905"]


@dataclass(frozen=True)
class Q:
    """A question of the form; `group` is where it stands."""

    name: str
    type: str
    wording: str
    list_name: str = ""
    group: str = ""
    relevant: str = ""
    constraint: str = ""

    @property
    def options(self) -> Mapping[str, str]:
        return LISTS.get(self.list_name, {})


def of(wording: str, language: str) -> str:
    """The wording in a language."""
    return wording.split("|")[language == "sv"]


ASKED: Sequence[Q] = (
    *(Q(f"has_{t}", "select_one", f"Palvelu: {fi}|Tjänst: {sv}", "yesno", "services")
      for t, (fi, sv) in ((t, w.split("|")) for t, w in TOPICS.items())),
    *(Q(f"agree_{t}", "select_one", f"Riittävästi - {fi}|Tillräckligt - {sv}", "scale", "services")
      for t, (fi, sv) in ((t, w.split("|")) for t, w in TOPICS.items())),
    *(Q(f"staff_{t}", "integer", f"Henkilöstöä, {fi}|Personal, {sv}", group="staff", relevant=f"${{has_{t}}} = 1")
      for t, (fi, sv) in ((t, w.split("|")) for t, w in TOPICS.items())),
    Q("channels", "select_multiple", "Mistä tiedotatte|Vad informerar ni om", "topic", "plans"),
    Q("partners", "select_multiple", "Missä teette yhteistyötä|Var samarbetar ni", "topic", "plans"),
    Q("plan", "select_one", "Onko suunnitelmaa|Finns det en plan", "plan", "plans"),
    Q("why", "text", "Miksi ei|Varför inte", group="plans", relevant="${plan} != 'yes'"),
    Q("share", "integer", "Osuus prosentteina|Andel i procent", constraint=". >= 0 and . <= 100"),
    Q("budget", "decimal", "Budjetti, miljoonaa euroa|Budget, miljoner euro"),
    Q("since", "date", "Mistä alkaen|Sedan när"),
    Q("comment", "text", "Muuta|Övrigt"),
)  # fmt: skip
Answers = dict[str, Any]  # a code, a list of codes, a number, a date or a text; None of a blank


def make_answers(seed: int, n: int = 60) -> list[Answers]:
    """Made-up answers; a question that does not apply is not asked, and some shares are none."""
    chance = random.Random(seed)
    return [_answers(chance, number) for number in range(n)]


def _answers(chance: random.Random, number: int) -> Answers:
    found: Answers = {"municipality": MUNICIPALITIES[number % len(MUNICIPALITIES)]}
    for each in ASKED:
        found[each.name] = None if chance.random() < 0.1 or not _is_asked(each, found) else _answer(chance, each)
    return found


def _is_asked(question: Q, before: Answers) -> bool:
    if question.name == "why":
        return before["plan"] not in (None, "yes")
    return not question.relevant or before[question.name.replace("staff", "has")] == "1"


def _answer(chance: random.Random, question: Q) -> Any:
    if question.type == "select_one":
        return chance.choice([*question.options])
    if question.type == "select_multiple":
        return [code for code in question.options if chance.random() < 0.4] or [next(iter(question.options))]
    if question.type == "integer":
        return chance.choice([*range(60), 140])
    if question.type == "decimal":
        return chance.randrange(1, 400) / 8
    if question.type == "date":
        return date(2015, 1, 1) + timedelta(days=chance.randrange(3000))
    return chance.choice(["Hyvä, kiitos", "Ei vielä", "Kesken; katsotaan", "Åbo"])


def write_xlsform(file: Path) -> None:
    """Groups, a repeat, notes and other types that no codebook has, in two languages."""
    rows = [
        ["type", "name", "label::Suomi (fi)", "label::Svenska (sv)", "required", "relevant", "constraint"],
        ["start", "start"], ["end", "end"], ["today", "today"],
        ["note", "intro", "**Tervetuloa**", "Välkommen"],
        ["select_one municipality", "kuntanumero", "Kunta", "Kommun", "yes"],
        ["geopoint", "place", "Paikka", "Plats"], ["image", "photo", "Kuva", "Bild"],
        ["calculate", "total", "", "", "", "", ""],
    ]  # fmt: skip
    group = ""
    for each in ASKED:
        if each.group != group:
            rows += [["end_group"]] if group else []
            rows += [["begin_group", each.group, f"Osa {each.group}", f"Del {each.group}"]] if each.group else []
        group = each.group
        written = f"{each.type} {each.list_name}".strip()
        labels = [of(each.wording, "fi"), of(each.wording, "sv")]
        rows.append(
            [written, each.name, *labels, "true()" if each.name == "plan" else "", each.relevant, each.constraint]
        )
    rows += [["begin_repeat", "offices", "Toimipisteet", "Kontor"], ["text", "office", "Toimipiste", "Kontor"]]
    lists = LISTS | {"municipality": {str(int(code)): f"Kunta {code}|Kommun {code}" for code in MUNICIPALITIES}}
    choices = [["list_name", "name", "label::Suomi (fi)", "label::Svenska (sv)"]] + [
        [name, code, of(wording, "fi"), of(wording, "sv")]
        for name, options in lists.items() for code, wording in options.items()
    ]  # fmt: skip
    settings = [["form_title", "default_language"], ["Keksitty kysely", "Suomi (fi)"]]
    write_workbook(file, {"survey": [*rows, ["end_repeat"]], "choices": choices, "settings": settings})


def write_workbook(file: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
    book.save(file)


def write_kobo(file: Path, people: Sequence[Answers]) -> None:
    """XML values and headers: group/question, a column of each option behind the joined one."""
    heading: list[str] = ["start", "end", "today", "kuntanumero"]
    for each in ASKED:
        column = f"{each.group}/{each.name}" if each.group else each.name
        ticks = [f"{column}/{code}" for code in each.options] if each.type == "select_multiple" else []
        heading += [column, *ticks]
    rows: list[list[Any]] = [[*heading, "_id", "_uuid", "_submission_time", "__version__", "_index"]]
    for number, one in enumerate(people, start=1):
        at = datetime(2023, 3, 1, 9) + timedelta(hours=5 * number)
        cells: list[Any] = [f"{at.isoformat()}.000+02:00", f"{at.isoformat()}.000+02:00", at.date()]
        cells.append(int(one["municipality"]))
        for each in ASKED:
            answer = one[each.name]
            if each.type != "select_multiple":
                cells.append(int(answer) if isinstance(answer, str) and answer.isdigit() else answer)
            else:
                given = answer or []
                cells += [" ".join(given), *(int(code in given) if given else None for code in each.options)]
        rows.append([*cells, 8000 + number, f"6b00-{number}", at.isoformat(), "vK1", number])
    write_workbook(file, {"Keksitty kysely": rows})


def write_sav(file: Path, people: Sequence[Answers]) -> None:
    """A variable for each option; codes that begin with a letter are counted, as SPSS likes its numbers."""
    columns: dict[str, list[Any]] = {"kuntanumero": [one["municipality"] for one in people]}
    wordings, labels = {"kuntanumero": "Kuntanumero"}, {}
    for each in ASKED:
        codes = {code: place for place, code in enumerate(each.options, start=1)}
        if each.type == "select_multiple":
            for code, place in codes.items():
                name = f"{each.name}_{place}"
                columns[name] = [one[each.name] and float(code in one[each.name]) for one in people]
                wordings[name] = f"{of(each.wording, 'fi')}: {of(each.options[code], 'fi')}"
                labels[name] = {0: "Not selected", 1: "Selected"}
            continue
        columns[each.name] = [codes.get(one[each.name], one[each.name]) if codes else one[each.name] for one in people]
        wordings[each.name] = of(each.wording, "fi")
        if codes:
            labels[each.name] = {place: of(each.options[code], "fi") for code, place in codes.items()}
    labels["budget"] = {-1: "Ei tiedossa"}
    columns["budget"][:3] = [-1.0, -1.0, -1.0]
    kinds = {each.name: each.type for each in ASKED}
    frame = pd.DataFrame({
        name: pd.Series(cells, dtype="str" if kinds.get(name, "text") == "text" and name not in labels else "object")
        if kinds.get(name) in ("text", "date", None) and name not in labels else pd.Series(cells, dtype="float")
        for name, cells in columns.items()
    })  # fmt: skip
    for name, kind in kinds.items():
        if kind == "text":
            frame[name] = frame[name].where(frame[name].notna(), "")
    pyreadstat.write_sav(
        frame, str(file), column_labels=wordings, variable_value_labels=labels, missing_ranges={"budget": [-1]}
    )


def qualtrics_names() -> dict[str, str]:
    """What Qualtrics calls the questions: by number; a grid is one of them."""
    grid = [each.name for each in ASKED if each.name.startswith("agree_")]
    alone = [each.name for each in ASKED if each.name not in grid]
    return {name: f"Q1_{place}" for place, name in enumerate(grid, 1)} | {
        name: f"Q{place}" for place, name in enumerate(alone, 2)
    }


def write_qualtrics(file: Path, people: Sequence[Answers]) -> None:
    """Choice texts; a column for each option of a question of several answers; the municipality came with the link."""
    names = qualtrics_names()
    heading = [("ResponseId", "Response ID", "_recordId"), ("EndDate", "End Date", "endDate"),
               ("Status", "Response Type", "status"), ("Finished", "Finished", "finished"),
               ("kuntanumero", "kuntanumero", "kuntanumero")]  # fmt: skip
    for each in ASKED:
        name, wording = names[each.name], of(each.wording, "fi")
        if each.type == "select_multiple":
            heading += [
                (f"{name}_{place}", f"{wording} - {of(label, 'fi')}", f"QID{name[1:]}_{place}")
                for place, label in enumerate(each.options.values(), 1)
            ]
        else:
            heading.append((name, wording, f"QID{name[1:]}" + "" * bool(each.options) + "_TEXT" * (not each.options)))
    rows = [[*cells] for cells in zip(*heading, strict=True)]
    rows[2] = [json.dumps({"ImportId": cell}) for cell in rows[2]]
    for number, one in enumerate(people, 1):
        row = [f"R_{number:05}", f"2023-03-{number % 28 + 1:02} 09:00:00", "IP Address", "True", one["municipality"]]
        for each in ASKED:
            given = one[each.name] or []
            if each.type == "select_multiple":
                row += [of(label, "fi") if code in given else "" for code, label in each.options.items()]
            else:
                row.append(of(each.options[one[each.name]], "fi") if each.options and given else _cell(one[each.name]))
        rows.append(row)
    with file.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)


def _cell(answer: Any) -> str:
    return "" if answer is None else str(answer)
