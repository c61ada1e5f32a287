"""A questionnaire of some hundred columns, and its answers as KoboToolbox exports them: a sheet, a column per option
beside the joined cell, the names of groups before those of questions."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.exports.make_exports import xlsx_bytes

N_CHOSEN, N_OPTIONS, N_CLOSED, N_NUMBERS, N_TEXTS = 12, 20, 30, 20, 10
NOT_IN_CODEBOOK = ("consent", "osa_1/note_thanks", "osa_2/calculation_total")
ROWS = range(6)


@dataclass(frozen=True)
class Column:
    """A column of the export: its names in both kinds of export, its cells, and what columns.csv says of it."""

    name: str
    label: str
    cells: Sequence[str]
    meaning: tuple[str, ...]
    labels: Sequence[str] = ()


def _asked() -> Iterator[tuple[str, str, str, str]]:
    """question_id, type, list and label; ids and labels that differ in a digit only, as they do."""
    for number in range(1, N_CLOSED + 1):
        yield f"claim_{number}", "select_one", "scale", f"Väittämä {number}: palvelut riittävät"
    for number in range(1, N_NUMBERS + 1):
        yield f"staff_{number}", "integer", "", f"Henkilöstö palvelussa {number}"
    for number in range(1, N_TEXTS + 1):
        yield f"why_{number}", "text", "", f"Perustelut {number}"
    for number in range(1, N_CHOSEN + 1):
        yield f"services_{number}", "select_multiple", "service", f"Palvelut ryhmälle {number}"


OPTIONS = {f"s{number}": f"Palvelu numero {number}" for number in range(1, N_OPTIONS + 1)}
CODES = {code: code for code in OPTIONS}
SCALE = {"1": "Samaa mieltä", "2": "Eri mieltä"}


def write_codebook(folder: Path) -> None:
    """The questions and choices of the questionnaire, into the folder of a survey in Finnish."""
    questions = "question_id,type,list_name,unit,min_value,max_value,soft_min,soft_max,required,relevant,constraint"
    questions += ",other_of,group_id,severity,disclosure,municipality_rule,label_fi,note"
    asked = [[name, kind, of, *[""] * 10, "warn", "", "", label, ""] for name, kind, of, label in _asked()]
    _write(folder / "questions.csv", questions, asked)
    choices = "list_name,code,group_code,is_missing,is_exclusive,sort_order,label_fi,group_label_fi"
    lists = {"service": OPTIONS, "scale": SCALE, "role": {"director": "Johtaja", "expert": "Asiantuntija"}}
    rows = [
        [name, code, "", "0", "0", str(order), label, ""]
        for name, options in lists.items()
        for order, (code, label) in enumerate(options.items(), start=1)
    ]
    _write(folder / "choices.csv", choices, rows)


def _write(file: Path, header: str, rows: Sequence[Sequence[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header.split(","), *rows])
    file.write_text(text.getvalue(), encoding="utf-8")


def columns() -> list[Column]:
    """Every column of the export in its order, the tool's own among them."""
    before = [
        Column("start", "start", [f"2023-03-0{row + 1}T09:00:12.345+02:00" for row in ROWS], ("_started_at",)),
        Column("end", "end", [f"2023-03-0{row + 1}T09:12:00.001+02:00" for row in ROWS], ("_submitted_at",)),
        Column("municipality", "Municipality", ["001", "002", "003", "004", "005", "020"], ("_municipality", "code")),
        *(Column(name, name, ["x"] * len(ROWS), ("?",)) for name in NOT_IN_CODEBOOK),
    ]
    own = {
        "_id": ("_response_id",), "_uuid": ("ignored",), "_submission_time": ("ignored",),
        "_validation_status": ("ignored",), "_notes": ("ignored",), "_status": ("ignored",),
        "_submitted_by": ("ignored",), "__version__": ("_form_version",), "_tags": ("ignored",),
        "meta/instanceID": ("ignored",), "formhub/uuid": ("ignored",), "_index": ("ignored",),
    }  # fmt: skip
    cells = {"_submission_time": [f"2023-03-0{row + 1}T07:13:00" for row in ROWS], "__version__": ["v1"] * len(ROWS)}
    after = [
        Column(name, name, cells.get(name, [str(1000 + row) for row in ROWS]), meaning) for name, meaning in own.items()
    ]
    return [*before, *(column for asked in _asked() for column in _answers(*asked)), *after]


def _answers(name: str, kind: str, _list: str, label: str) -> Iterator[Column]:
    number = int(name.rpartition("_")[2])
    column = f"osa_{number % 3}/{name}"
    if kind == "select_multiple":
        chosen = [[f"s{1 + (row * number + each) % N_OPTIONS}" for each in range(row % 4)] for row in ROWS]
        cells, labels = ([" ".join(names[code] for code in codes) for codes in chosen] for names in (CODES, OPTIONS))
        yield Column(column, label, cells, ("ignored",), labels)
        for code, text in OPTIONS.items():
            ticks = [str(int(code in codes)) for codes in chosen]
            yield Column(f"{column}/{code}", f"{label}/{text}", ticks, ("services_" + str(number), code, "1", "0"))
    else:
        answers = {"select_one": ["1", "2"] * 3, "integer": [str(row * number) for row in ROWS]}
        labels = [*SCALE.values()] * 3 if kind == "select_one" else ()
        yield Column(column, label, answers.get(kind, ["Hyvä", "", "1.5", "", "", ""]), (name,), labels)


def kobo_xlsx(found: Sequence[Column], by_label: bool) -> bytes:
    """The columns as a workbook: under their names, or under the labels of the questionnaire."""
    header = [column.label if by_label else column.name for column in found]
    rows = zip(*(column.labels if by_label and column.labels else column.cells for column in found), strict=True)
    return xlsx_bytes("Kysely", [header, *([cell or None for cell in row] for row in rows)])
