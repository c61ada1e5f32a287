"""The figures of a whole export, computed a second time: from the export, the codebook and the registry, by what the
project's pages say. Standard library and openpyxl only; nothing of the product is used."""

from __future__ import annotations

import csv
import operator
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import partialmethod
from pathlib import Path
from statistics import stdev
from typing import Any

import openpyxl

Line = dict[str, str]
Figures = dict[tuple[str, ...], tuple[Any, ...]]
SIZES = {"small": (0, 9999), "middle": (10000, 50000), "large": (50001, 10**9)}


@dataclass
class Row:
    """One row of the export: cells by question; of a question of several answers, the codes that are ticked."""

    delivered: tuple[str, ...]
    id: str
    municipality: str
    role: str
    at: datetime
    person: str
    set_aside: str
    cells: dict[str, Any]


@dataclass
class Survey:
    """A codebook, how a round is read, and its frame: the size class and county of each municipality."""

    questions: Mapping[str, Line]
    choices: Mapping[str, Sequence[Line]]
    rule: str
    keep: str
    frame: Mapping[str, Mapping[str, str]]
    names: Mapping[str, str]

    def options(self, question: str) -> Mapping[str, Line]:
        return {each["code"]: each for each in self.choices.get(self.questions[question]["list_name"], [])}


def read_lines(file: Path) -> list[Line]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def read_survey(folder: Path, registry: Path, rule: str, settings: Mapping[str, Any]) -> Survey:
    """The codebook in a folder, and a round with these settings of its round.yml."""
    division, year = settings["frame"]["division_date"], settings["frame"]["population_date"][:4]
    people = {
        each["municipality_code"]: int(each["population"])
        for each in read_lines(registry / "population.csv")
        if (each["year"], each["municipal_division"]) == (year, division)
    }
    frame, names, lists = {}, {}, defaultdict(list)
    for each in read_lines(registry / division / "municipalities.csv"):
        code = each["municipality_code"]
        names |= {code: code, each["name_fi"]: code, each["name_sv"]: code}
        if settings["frame"]["scope"] == "all" or each["is_mainland"] == "1":
            size = next(name for name, (low, high) in SIZES.items() if low <= people[code] <= high)
            frame[code] = {"all": "all", "size_class": size, "county": each["county_code"]}
    for each in read_lines(folder / "choices.csv"):
        lists[each["list_name"]].append(each)
    questions = {each["question_id"]: each for each in read_lines(folder / "questions.csv")}
    return Survey(questions, lists, rule, settings.get("duplicates", "keep_all"), frame, names)


def read_qualtrics(file: Path, survey: Survey, columns: Mapping[str, str]) -> list[Row]:
    """Three rows of headings; answers are texts in either language, several of them with commas between."""
    rows, found = read_lines(file)[2:], []
    roles = {each[f"label_{of}"]: each["code"] for each in survey.choices["role"] for of in ("fi", "sv")}
    for cell in rows:
        cells: dict[str, Any] = {}
        for question, line in survey.questions.items():
            labels = {
                each[f"label_{of}"]: code for code, each in survey.options(question).items() for of in ("fi", "sv")
            }
            text = cell[columns[question]]
            several = line["type"] == "select_multiple"
            cells[question] = _labels_in(text, labels) if several else labels.get(text, text)
        aside = "set_aside_by_value" if cell["Status"] == "Survey Preview" or cell["Finished"] == "False" else ""
        found.append(Row(
            tuple(cell.values()), cell["ResponseId"], survey.names.get(cell["kuntanumero"], ""), roles[cell["rooli"]],
            datetime.fromisoformat(cell["EndDate"]), cell["ExternalReference"], aside, cells,
        ))  # fmt: skip
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
    for row in (tuple(map(_plain, row)) for row in rows):
        cell = {str(name).split("/", 1)[-1]: value for name, value in zip(names, row, strict=True)}
        cells: dict[str, Any] = {
            question: set(cell[question].split()) if line["type"] == "select_multiple" else cell[question]
            for question, line in survey.questions.items()
        }
        aside = "set_aside_by_value" if cell["_validation_status"] == "validation_status_not_approved" else ""
        place = survey.names.get(cell["kuntanumero"].zfill(3), "")
        found.append(Row(row, cell["_id"], place, "", datetime.fromisoformat(cell["end"]), "", aside, cells))
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
                *codes, last = survey.options(question)
                cells[question] = {code for code in (*codes, last) if cell.get(f"{question}[{code}]")}
                cells[question] |= {last} if cell.get(f"{question}[other]") else set()
            else:
                cells[question] = cell[columns[question]].replace("-oth-", "A4").removesuffix(" 00:00:00")
        place = survey.names.get(cell["kunta"].replace("Helsingin kaupunki", "Helsinki"), "")
        at = datetime.fromisoformat(cell["submitdate"] or "1970-01-01")
        aside = "" if cell["submitdate"] else "empty_row"
        found.append(Row(tuple(row), cell["id"], place, cell["rooli"], at, cell["token"], aside, cells))
    return found


class Operand:
    """A value in a condition: a comparison with a blank is false, != is not(=), and a blank equals the empty text."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def _is(self, how: Callable[[Any, Any], bool], other: Any) -> bool:
        theirs = other.value if isinstance(other, Operand) else other
        if theirs == "":
            return how(self.value or "", "")
        return self.value is not None and theirs is not None and how(self.value, theirs)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __add__(self, other: int) -> Operand:
        return Operand(None if self.value is None else self.value + other)

    __eq__ = partialmethod(_is, operator.eq)  # type: ignore[assignment]
    __le__ = partialmethod(_is, operator.le)
    __ge__ = partialmethod(_is, operator.ge)
    __gt__ = partialmethod(_is, operator.gt)
    __hash__ = None  # type: ignore[assignment]


def _holds(condition: str, own: Any, value_of: Callable[[str], Any]) -> bool:
    text = re.sub(r"\$\{(\w+)\}", r"value('\1')", condition).replace("count-selected", "count_selected")
    text = re.sub(r"(?<![!<>])=", "==", text).replace(". ", "own ")
    known = {
        "own": Operand(own),
        "value": lambda name: Operand(value_of(name)),
        "selected": lambda of, code: code in (of.value or ()),
        "count_selected": lambda of: Operand(len(of.value or ())),
    }
    return bool(eval(text, {"__builtins__": {}}, known))


def _value(survey: Survey, question: str, cell: Any) -> Any:
    """What a cell says, or None: nothing, nothing that can be read, or on a number a code that means no answer."""
    kind, codes = survey.questions[question]["type"], survey.options(question)
    if kind == "select_one":
        return cell if cell in codes else None
    if kind == "date":
        return cell if re.fullmatch(r"\d\d\.\d\d\.\d{4}|\d{4}-\d\d-\d\d", cell) else None
    if kind in ("integer", "decimal"):
        number = cell.replace(",", ".")
        return Fraction(number) if re.fullmatch(r"-?\d+(\.\d+)?", number) and number not in codes else None
    return cell or None


def judge(survey: Survey, question: str, cells: Mapping[str, Any]) -> tuple[str, Any]:
    """The status of one answer, and what it is."""
    line, cell, options = survey.questions[question], cells[question], survey.options(question)

    def value_of(name: str) -> Any:
        return _value(survey, name, cells[name])

    value = value_of(question)
    applies = not line["relevant"] or _holds(line["relevant"], None, value_of)
    if not cell:
        return ("blank" if applies else "not_applicable"), None
    if not applies:
        return "answered_but_not_applicable", None
    if line["type"] == "select_multiple":
        answers = {code for code in value if options[code]["is_missing"] == "0"}
        alone = any(options[code]["is_exclusive"] == "1" for code in answers) and len(answers) > 1
        return ("constraint_failed" if alone else "valid" if answers else "declared_missing"), answers
    if line["type"] != "text" and cell in options and options[cell]["is_missing"] == "1":
        return "declared_missing", None
    if value is None:
        return {"select_one": "code_not_in_list", "date": "not_a_date"}.get(line["type"], "not_a_number"), None
    if (line["min_value"] and value < int(line["min_value"])) or (line["max_value"] and value > int(line["max_value"])):
        return "out_of_range", None
    judged = line["constraint"] and None not in map(value_of, re.findall(r"\$\{(\w+)\}", line["constraint"]))
    return ("constraint_failed" if judged and not _holds(line["constraint"], value, value_of) else "valid"), value


def dispose(survey: Survey, rows: Sequence[Row]) -> list[str]:
    """What becomes of each row; of a person's responses that count, the one that is kept."""
    found: list[str] = []
    of_person = defaultdict(list)
    agreed = next(iter(survey.options("consent")))
    for place, row in enumerate(rows):
        if row.set_aside:
            found.append(row.set_aside)
        elif row.cells["consent"] != agreed:
            found.append("not_eligible")
        elif row.municipality not in survey.frame:
            found.append("out_of_frame" if row.municipality else "unknown_municipality")
        elif row.delivered in [earlier.delivered for earlier in rows[:place]]:
            found.append("exact_duplicate")
        else:
            found.append("accepted")
            of_person[row.person].append(place)
    for places in of_person.values() if survey.keep != "keep_all" else ():
        places.sort(key=lambda place: rows[place].at, reverse=survey.keep == "keep_last")
        for place in places[1:]:
            found[place] = "superseded_by_same_person"
    return found


def _own_answer(survey: Survey, question: str, answers: Sequence[tuple[Row, Any]]) -> Any:
    """A municipality's answer, of the valid ones of its responses."""
    rule = survey.questions[question]["municipality_rule"] or survey.rule
    if rule == "union":
        return set().union(*(value for _, value in answers))
    if rule == "any_yes":
        return min((value for _, value in answers), key=list(survey.options(question)).index)
    roles = [each["code"] for each in survey.choices["role"]] if rule == "lead_role" else []
    ranked = sorted(answers, key=lambda each: (-each[0].at.timestamp(), each[0].id))
    return min(ranked, key=lambda each: roles.index(each[0].role) if roles else 0)[1]


def compute(survey: Survey, rows: Sequence[Row]) -> Figures:
    """Every figure that is compared, by its kind and keys."""
    disposed = dispose(survey, rows)
    accepted = [row for row, disposition in zip(rows, disposed, strict=True) if disposition == "accepted"]
    figures: Figures = {("disposition", name): (n,) for name, n in Counter(disposed).items()}
    areas = sorted({area for of in survey.frame.values() for area in of.items()})
    for breakdown, area in areas:
        inside = [row.municipality for row in accepted if survey.frame[row.municipality][breakdown] == area]
        figures["response_rate", breakdown, area] = (len(set(inside)), len(inside))
    for question in survey.questions:
        judged = [(row, *judge(survey, question, row.cells)) for row in accepted]
        figures |= {("status", question, status): (n,) for status, n in Counter(each[1] for each in judged).items()}
        valid = [(row, value) for row, status, value in judged if status == "valid"]
        of_one = {code: [each for each in valid if each[0].municipality == code] for code in survey.frame}
        units = {
            "response": [(row.municipality, value) for row, value in valid],
            "municipality": [(code, _own_answer(survey, question, of)) for code, of in of_one.items() if of],
        }
        for unit, answers in units.items():
            for breakdown, area in areas:
                values = [value for code, value in answers if survey.frame[code][breakdown] == area]
                figures |= _figures_of(survey, (question, unit, breakdown, area), values)
    return figures


def _figures_of(survey: Survey, key: tuple[str, str, str, str], values: Sequence[Any]) -> Figures:
    kind = survey.questions[key[0]]["type"]
    if kind in ("integer", "decimal"):
        total = float(sum(values))
        sd = round(stdev(values), 6) if len(values) > 1 else None
        extremes = (float(min(values)), float(max(values))) if values else ()
        return {("number", *key): (len(values), round(total / len(values), 9), total, *extremes, sd)} if values else {}
    if not kind.startswith("select"):
        return {}
    chosen = Counter(code for value in values for code in ({value} if kind == "select_one" else value))
    n: Counter[tuple[str, str]] = Counter()
    for code, each in survey.options(key[0]).items():
        if each["is_missing"] == "0":
            n["option", code] = chosen[code]
            if each["group_code"]:
                n["group", each["group_code"]] += chosen[code]
    return {("answer", *key, *answer): (count, len(values)) for answer, count in n.items()}
