"""The figures of a whole export, computed a second time: from the export, the codebook and the registry, by what the
project's pages say. Standard library and openpyxl only; nothing of the product is used."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl

Line = dict[str, str]
Figures = dict[tuple[str, ...], tuple[Any, ...]]


@dataclass
class Row:
    """One row of the export: cells by question; of a question of several answers, the codes that are ticked."""

    delivered: tuple[str, ...]
    id: str
    municipality: str
    role: str
    at: datetime | None
    person: str
    set_aside: str
    cells: dict[str, Any]


@dataclass(frozen=True)
class Survey:
    """A codebook and the municipalities that a round was sent to: their size class and county."""

    questions: Mapping[str, Line]
    choices: Mapping[str, Sequence[Line]]
    rule: str
    roles: Sequence[str]
    frame: Mapping[str, Mapping[str, str]]
    names: Mapping[str, str]
    keep: str

    def options(self, question: str) -> Sequence[Line]:
        return self.choices.get(self.questions[question]["list_name"], [])


def read_lines(file: Path) -> list[Line]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


SIZES = {"small": (0, 9999), "middle": (10000, 50000), "large": (50001, 10**9)}


def read_survey(
    folder: Path, registry: Path, division: str, year: str, *, rule: str, roles: Sequence[str] = (), keep: str = "",
    whole_country: bool = False,
) -> Survey:  # fmt: skip
    """The codebook in a folder, and the frame of a round on a division with the population at the end of a year."""
    people = {
        each["municipality_code"]: int(each["population"])
        for each in read_lines(registry / "population.csv")
        if (each["year"], each["municipal_division"]) == (year, division)
    }
    frame, names, lists = {}, {}, defaultdict(list)
    for each in read_lines(registry / division / "municipalities.csv"):
        code = each["municipality_code"]
        names |= {code: code, each["name_fi"]: code, each["name_sv"]: code}
        if whole_country or each["is_mainland"] == "1":
            size = next(name for name, (low, high) in SIZES.items() if low <= people[code] <= high)
            frame[code] = {"all": "all", "size_class": size, "county": each["county_code"]}
    for each in read_lines(folder / "choices.csv"):
        lists[each["list_name"]].append(each)
    questions = {each["question_id"]: each for each in read_lines(folder / "questions.csv")}
    return Survey(questions, lists, rule, roles, frame, names, keep)


def read_qualtrics(file: Path, survey: Survey, tags: Mapping[str, str]) -> list[Row]:
    """Three rows of headings; answers are texts in either language, several of them with commas between."""
    with file.open(encoding="utf-8", newline="") as handle:
        names, _, _, *rows = csv.reader(handle)
    found = []
    for row in rows:
        cell = dict(zip(names, row, strict=True))
        cells: dict[str, Any] = {}
        for question, line in survey.questions.items():
            labels = {each[f"label_{of}"]: each["code"] for each in survey.options(question) for of in ("fi", "sv")}
            text = cell[tags[question]]
            several = line["type"] == "select_multiple"
            cells[question] = _labels_in(text, labels) if several else labels.get(text, text)
        aside = "set_aside_by_value" if cell["Status"] == "Survey Preview" or cell["Finished"] == "False" else ""
        role = next((each["code"] for each in survey.choices["role"] if cell["rooli"] in each.values()), "")
        at = datetime.fromisoformat(cell["EndDate"])
        found.append(Row(tuple(row), cell["ResponseId"], survey.names.get(cell["kuntanumero"], ""), role, at,
                         cell["ExternalReference"], aside, cells))  # fmt: skip
    return found


def _labels_in(text: str, labels: Mapping[str, str]) -> set[str]:
    """Labels hold commas too: the longest that fits is the one."""
    found = set()
    while text:
        label = max((each for each in labels if f"{text},".startswith(f"{each},")), key=len)
        found.add(labels[label])
        text = text[len(label) + 1 :]
    return found


def read_kobo(file: Path, survey: Survey) -> list[Row]:
    """Groups before the names; numbers and dates are cells of their own kind; spaces between several answers."""
    names, *rows = openpyxl.load_workbook(file).active.iter_rows(values_only=True)
    found = []
    for row in rows:
        cell = {str(name).split("/", 1)[-1]: _plain(value) for name, value in zip(names, row, strict=True)}
        cells: dict[str, Any] = {question: cell[question] for question in survey.questions}
        for question, line in survey.questions.items():
            if line["type"] == "select_multiple":
                cells[question] = set(cell[question].split())
        aside = "set_aside_by_value" if cell["_validation_status"] == "validation_status_not_approved" else ""
        at = datetime.fromisoformat(cell["end"])
        found.append(Row(tuple(map(_plain, row)), cell["_id"], survey.names.get(cell["kuntanumero"].zfill(3), ""), "", at,
                         "", aside, cells))  # fmt: skip
    return found


def _plain(value: Any) -> str:
    return "" if value is None else str(value.date()) if isinstance(value, datetime) else str(value)


def read_limesurvey(file: Path, survey: Survey, columns: Mapping[str, str]) -> list[Row]:
    """Codes, and a column for each of several answers; the text of Other is its tick. The last line is empty."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        names, *rows = csv.reader(handle, delimiter=";")
    found = []
    for row in rows:
        cell = dict(zip(names, row or [""] * len(names), strict=True))
        cells: dict[str, Any] = {}
        for question, line in survey.questions.items():
            if line["type"] == "select_multiple":
                codes = [each["code"] for each in survey.options(question)]
                cells[question] = {code for code in codes if cell.get(f"{question}[{code}]")}
                cells[question] |= {codes[-1]} if cell.get(f"{question}[other]") else set()
            else:
                cells[question] = cell[columns[question]].replace("-oth-", "A4").removesuffix(" 00:00:00")
        at = datetime.fromisoformat(cell["submitdate"]) if cell["submitdate"] else None
        place = cell["kunta"].replace("Helsingin kaupunki", "Helsinki")
        found.append(Row(tuple(row), cell["id"], survey.names.get(place, ""), cell["rooli"], at, cell["token"],
                         "" if at else "empty_row", cells))  # fmt: skip
    return found


class Operand:
    """A value in a condition: a comparison with a blank is false, != is not(=), and a blank equals the empty text."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def _compared(self, other: Any, how: Callable[[Any, Any], bool]) -> bool:
        theirs = other.value if isinstance(other, Operand) else other
        if theirs == "":
            return how("" if self.value is None else self.value, "")
        return self.value is not None and theirs is not None and how(self.value, theirs)

    def __eq__(self, other: object) -> bool:
        return self._compared(other, lambda mine, theirs: mine == theirs)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __le__(self, other: Any) -> bool:
        return self._compared(other, lambda mine, theirs: mine <= theirs)

    def __gt__(self, other: Any) -> bool:
        return self._compared(other, lambda mine, theirs: mine > theirs)

    def __ge__(self, other: Any) -> bool:
        return self._compared(other, lambda mine, theirs: mine >= theirs)

    def __add__(self, other: Any) -> Operand:
        return Operand(None if self.value is None else self.value + other)

    __hash__ = None  # type: ignore[assignment]


def _holds(condition: str, own: Any, value_of: Callable[[str], Any]) -> bool:
    text = re.sub(r"\$\{(\w+)\}", r"value('\1')", condition).replace("count-selected", "count_selected")
    text = re.sub(r"(?<![\d.])\.(?![\d.])", "own", re.sub(r"(?<![!<>])=", "==", text))
    known = {
        "own": Operand(own),
        "value": lambda name: Operand(value_of(name)),
        "selected": lambda of, code: code in (of.value or ()),
        "count_selected": lambda of: Operand(len(of.value or ())),
    }
    return bool(eval(text, {"__builtins__": {}}, known))


def _value(line: Line, cell: Any, codes: Iterable[str]) -> Any:
    """What a cell says, or None: nothing, nothing that can be read, or on a number a code that means no answer."""
    if line["type"] in ("select_one", "select_multiple"):
        return cell if cell and (isinstance(cell, set) or cell in codes) else None
    if line["type"] == "date":
        day = re.fullmatch(r"(\d\d)\.(\d\d)\.(\d{4})", cell)
        text = "-".join(reversed(day.groups())) if day else cell
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    if line["type"] in ("integer", "decimal"):
        number = cell.replace(",", ".")
        return Fraction(number) if re.fullmatch(r"-?\d+(\.\d+)?", number) and number not in codes else None
    return cell or None


def judge(survey: Survey, question: str, cells: Mapping[str, Any]) -> tuple[str, Any]:
    """The status of one answer, and what it is."""
    line, cell = survey.questions[question], cells[question]
    options = {each["code"]: each for each in survey.options(question)}

    def value_of(name: str) -> Any:
        return _value(survey.questions[name], cells[name], {each["code"] for each in survey.options(name)})

    value = value_of(question)
    applies = not line["relevant"] or _holds(line["relevant"], None, value_of)
    operands = re.findall(r"\$\{(\w+)\}", line["constraint"])
    if not cell:
        return ("blank" if applies else "not_applicable"), None
    if not applies:
        return "answered_but_not_applicable", None
    if line["type"] == "select_multiple":
        answers = {code for code in value if options[code]["is_missing"] == "0"}
        alone = any(options[code]["is_exclusive"] == "1" for code in answers) and len(answers) > 1
        return ("constraint_failed" if alone else "valid" if answers else "declared_missing"), answers
    if line["type"] in ("integer", "decimal") and cell in options:
        return "declared_missing", None
    if value is None:
        return {"select_one": "code_not_in_list", "date": "not_a_date"}.get(line["type"], "not_a_number"), None
    if line["type"] == "select_one" and options[value]["is_missing"] == "1":
        return "declared_missing", None
    if (line["min_value"] and value < int(line["min_value"])) or (line["max_value"] and value > int(line["max_value"])):
        return "out_of_range", None
    judged = line["constraint"] and all(value_of(name) is not None for name in operands)
    return ("constraint_failed" if judged and not _holds(line["constraint"], value, value_of) else "valid"), value


def dispose(survey: Survey, rows: Sequence[Row]) -> list[str]:
    """What becomes of each row; of a person's responses that count, the one that is kept."""
    found: list[str] = []
    seen: set[tuple[str, ...]] = set()
    agreed = survey.options("consent")[0]["code"]
    for row in rows:
        if not any(row.delivered):
            found.append("empty_row")
        elif row.set_aside:
            found.append(row.set_aside)
        elif row.cells["consent"] != agreed:
            found.append("not_eligible")
        elif row.municipality not in survey.frame:
            found.append("out_of_frame" if row.municipality else "unknown_municipality")
        else:
            found.append("exact_duplicate" if row.delivered in seen else "accepted")
            seen.add(row.delivered)
    of_person = defaultdict(list)
    for place, row in enumerate(rows):
        if survey.keep and found[place] == "accepted":
            of_person[row.person].append(place)
    for places in of_person.values():
        places.sort(key=lambda place: rows[place].at, reverse=survey.keep == "keep_last")
        for place in places[1:]:
            found[place] = "superseded_by_same_person"
    return found


def _own_answer(survey: Survey, question: str, answers: Sequence[tuple[Row, Any]]) -> Any:
    """A municipality's answer, of the valid ones of its responses."""
    rule = survey.questions[question]["municipality_rule"] or survey.rule
    latest = sorted(answers, key=lambda each: (-each[0].at.timestamp(), each[0].id))  # type: ignore[union-attr]
    if rule == "union":
        return set().union(*(value for _, value in answers))
    if rule == "any_yes":
        order = {each["code"]: int(each["sort_order"]) for each in survey.options(question)}
        return min((value for _, value in answers), key=lambda code: order[code])
    if rule == "lead_role":
        latest.sort(key=lambda each: survey.roles.index(each[0].role))
    return latest[0][1]


def compute(survey: Survey, rows: Sequence[Row]) -> Figures:
    """Every figure that is compared, by its kind and keys."""
    disposed = dispose(survey, rows)
    accepted = [row for row, disposition in zip(rows, disposed, strict=True) if disposition == "accepted"]
    figures: Figures = {("disposition", name): (n,) for name, n in Counter(disposed).items()}
    for breakdown, area in sorted({(b, area) for of in survey.frame.values() for b, area in of.items()}):
        inside = [row.municipality for row in accepted if survey.frame[row.municipality][breakdown] == area]
        figures["response_rate", breakdown, area] = (len(set(inside)), len(inside))
    for question, line in survey.questions.items():
        judged = [(row, *judge(survey, question, row.cells)) for row in accepted]
        for status, n in Counter(status for _, status, _ in judged).items():
            figures["status", question, status] = (n,)
        valid = [(row, value) for row, status, value in judged if status == "valid"]
        by_municipality = defaultdict(list)
        for row, value in valid:
            by_municipality[row.municipality].append((row, value))
        units = {
            "response": [(row.municipality, value) for row, value in valid],
            "municipality": [(code, _own_answer(survey, question, of)) for code, of in by_municipality.items()],
        }
        for unit, answers in units.items():
            figures |= _figures_of(survey, question, line["type"], unit, answers)
    return figures


def _figures_of(survey: Survey, question: str, kind: str, unit: str, answers: Sequence[tuple[str, Any]]) -> Figures:
    figures: Figures = {}
    options = [each for each in survey.options(question) if each["is_missing"] == "0"]
    groups = {each["group_code"] for each in options} - {""}
    for breakdown, area in {(b, area) for of in survey.frame.values() for b, area in of.items()}:
        values = [value for code, value in answers if survey.frame[code][breakdown] == area]
        key = (question, unit, breakdown, area)
        if kind in ("integer", "decimal") and values:
            figures["number", *key] = (len(values), round(float(sum(values) / len(values)), 9), float(sum(values)))
        elif kind in ("select_one", "select_multiple"):
            chosen = Counter(code for value in values for code in ({value} if kind == "select_one" else value))
            for each in options:
                figures["answer", *key, "option", each["code"]] = (chosen[each["code"]], len(values))
            for group in groups:
                n = sum(chosen[each["code"]] for each in options if each["group_code"] == group)
                figures["answer", *key, "group", group] = (n, len(values))
    return figures
