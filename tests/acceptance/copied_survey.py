"""A survey written anew under other names: other ids, codes and size classes, and the export of another tool."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
from ruamel.yaml import YAML

from ingest.codebook.round import TIMESTAMP_NAMES
from store.fingerprint import file_sha256
from tests.demonstration import Row, read

NO_ANSWER = {
    "code": "99", "is_missing": "1", "sort_order": "99", "label_fi": "Ei vastausta", "label_sv": "Inget svar",
    "label_en": "No answer",
}  # fmt: skip
ACCEPTED = {
    "check_id": "figures_right_in_print", "observed": "", "decided_by": "The test", "decided_on": "2026-11-25",
    "valid_until": "2099-12-31", "reason": "The print is of the original",
}  # fmt: skip
ROUND_SETTINGS = ("title", "field_window", "timezone", "frame", "duplicates", "is_synthetic", "reading_note")
COMPARED_WITH_CODE = re.compile(r"\$\{(?P<question>\w+)\} = '(?P<code>\w+)'")


def is_of_scheme(row: Mapping[str, Any]) -> bool:
    """Whether a figure compares size classes with each other: another scheme has other figures."""
    is_among_classes = row.get("statistic") == "differs" and row["breakdown"] == "size_class"
    return is_among_classes or row.get("statistic") in ("is_max", "is_min")


@dataclass(frozen=True)
class Original:
    """The files of a survey with one round, as text."""

    survey: dict[str, Any]
    questions: Sequence[Row]
    choices: Sequence[Row]
    figures: Sequence[Row]
    round: dict[str, Any]
    columns: Sequence[Row]
    recodes: Sequence[Row]
    responses: Sequence[Row]

    @cached_property
    def list_of(self) -> Mapping[str, str]:
        """The list of each question that has one."""
        return {row["question_id"]: row["list_name"] for row in self.questions if row["list_name"]}

    @cached_property
    def column_of(self) -> Mapping[str, str]:
        """The column of each question and reserved name."""
        return {row["question_id"]: row["source_column"] for row in self.columns}

    def answers_to(self, column: str) -> Row:
        """The type and list of the question that a column answers; without one, what else it is."""
        questions = {row["question_id"]: row for row in self.questions}
        uses = [row["question_id"] for row in self.columns if row["source_column"] == column]
        return next((questions[use] for use in uses if use in questions), {"type": uses[0], "list_name": ""})


def read_original(folder: Path, round_id: str) -> Original:
    in_round = folder / "rounds" / round_id
    settings = _load(in_round / "round.yml")
    tables = [read(folder / f"{name}.csv") for name in ("questions", "choices", "published_figures")]
    of_round = [read(in_round / f"{name}.csv") for name in ("columns", "recodes")]
    responses = read(in_round / settings["files"][0], settings["delimiter"], settings["encoding"])
    return Original(_load(folder / "survey.yml"), *tables, settings, *of_round, responses)


@dataclass(frozen=True)
class Names:
    """What the copy calls each thing, by what the original calls it."""

    round_id: str
    columns: Mapping[str, str]
    questions: Mapping[str, str]
    lists: Mapping[str, str]
    codes: Mapping[tuple[str, str, str], str]  # of a list, on the level option or group
    size_classes: Mapping[str, str]  # and their unions: all are unions in the copy
    finer: Mapping[str, str]  # each class of the copy, and the class of the original that it is a part of
    list_of: Mapping[str, str]
    roles: str

    def renamed(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row of published_figures.csv, or of a published table, as the copy has it."""
        new = {**row, "round_id": self.round_id}
        list_name = self.list_of.get(row.get("question_id") or "", "")
        for column in ("answer", "answer_code"):
            if row.get(column):
                parts = row[column].split("+")  # several answers that are counted together
                new[column] = "+".join(self.codes[list_name, row["level"], part] for part in parts)
        if row.get("question_id"):
            new["question_id"] = self.questions[row["question_id"]]
        if row.get("breakdown") in ("size_class", "size_class_group"):
            new |= {"breakdown": "size_class_group", "breakdown_id": self.size_classes[row["breakdown_id"]]}
        elif row.get("breakdown") == "role":
            new["breakdown_id"] = self.codes[self.roles, "option", row["breakdown_id"]]
        elif (question := row.get("breakdown")) in self.questions:
            new["breakdown"] = self.questions[question]
            if row["breakdown_id"] != "all":
                new["breakdown_id"] = self.codes[self.list_of[question], "option", row["breakdown_id"]]
        if "size_class_id" in row:
            new["size_class_id"] = self.size_classes[row["size_class_id"]]
        return new


def name_anew(original: Original) -> Names:
    """Other names for everything. Codes are numbers, and their order is not that of the options."""
    lists: dict[tuple[str, str], dict[str, None]] = {}
    for row in reversed(original.choices):
        for level, column in (("option", "code"), ("group", "group_code")):
            lists.setdefault((row["list_name"], level), {})[row[column]] = None
    classes = [*original.survey["size_classes"], *original.survey["size_class_groups"]]
    return Names(
        round_id="talvi_2023",
        columns=_numbered("V", original.responses[0]),
        questions=_numbered("kysymys_", (row["question_id"] for row in original.questions)),
        lists=_numbered("asteikko_", (row["list_name"] for row in original.choices)),
        codes={(*key, code): new for key, codes in lists.items() for code, new in _numbered("", codes).items()},
        size_classes=_numbered("luokka_", (each["id"] for each in classes)),
        finer={f"alkaen_{low}": each["id"] for each in original.survey["size_classes"] for low, _ in _halves(each)},
        list_of=original.list_of,
        roles=original.survey["roles"]["list_name"],
    )


def _numbered(prefix: str, names: Iterable[str]) -> dict[str, str]:
    return {name: f"{prefix}{number}" for number, name in enumerate(dict.fromkeys(names), start=1)}


def _halves(size_class: Mapping[str, Any]) -> list[tuple[int, int | None]]:
    """The bounds of the two finer classes that a class is cut into."""
    low, high = size_class["min"], size_class.get("max")
    cut = (low + high) // 2 if high else 2 * low
    return [(low, cut), (cut + 1, high)]


def write_copy(original: Original, names: Names, folder: Path, n_wrong: int) -> None:
    """The folder of the copy; its name is the id of the survey. `n_wrong` printed figures are accepted as wrong."""
    in_round = folder / "rounds" / names.round_id
    in_round.mkdir(parents=True)
    _dump(folder / "survey.yml", _survey(original, names) | {"survey_id": folder.name})
    _write(folder / "questions.csv", _questions(original, names))
    _write(folder / "choices.csv", _choices(original, names))
    figures = [names.renamed(row) for row in original.figures if not is_of_scheme(row)]
    _write(folder / "published_figures.csv", [row | {"survey_id": folder.name} for row in figures])
    _write(in_round / "columns.csv", _columns(original, names))
    _write(in_round / "recodes.csv", _recodes(original, names))
    _write(in_round / "decisions.csv", [ACCEPTED | {"observed": str(n_wrong)}])
    _write_sav(in_round / "responses.sav", original, names)
    settings = {name: original.round[name] for name in ROUND_SETTINGS}
    _dump(in_round / "round.yml", settings | {"round_id": names.round_id, "files": ["responses.sav"], "format": "sav"})
    _dump(in_round / "source.yml", _card(in_round / "responses.sav"))


def _survey(original: Original, names: Names) -> dict[str, Any]:
    settings = original.survey
    roles = settings["roles"]
    groups = [{**each, "members": [each["id"]]} for each in settings["size_classes"]] + settings["size_class_groups"]
    return settings | {
        "size_classes": [
            {"id": f"alkaen_{low}", "min": low, "label": each["label"]} | ({"max": high} if high else {})
            for each in settings["size_classes"]
            for low, high in _halves(each)
        ],
        "size_class_groups": [
            {
                "id": names.size_classes[group["id"]],
                "members": [finer for finer, whole in names.finer.items() if whole in group["members"]],
                "label": group["label"],
            }
            for group in groups
        ],
        "roles": {
            "list_name": names.lists[roles["list_name"]],
            "lead_order": [names.codes[roles["list_name"], "option", code] for code in roles["lead_order"]],
        },
        "breakdowns": [names.questions[question] for question in settings["breakdowns"]],
        "ordered_lists": [names.lists[list_name] for list_name in settings["ordered_lists"]],
        "sections": [
            section | {"questions": [names.questions[question] for question in section["questions"]]}
            for section in settings["sections"]
        ],
    }


def _questions(original: Original, names: Names) -> list[Row]:
    def condition(found: re.Match[str]) -> str:
        code = names.codes[original.list_of[found["question"]], "option", found["code"]]
        return f"${{{names.questions[found['question']]}}} = '{code}'"

    return [
        row
        | {
            "question_id": names.questions[row["question_id"]],
            "list_name": names.lists.get(row["list_name"], ""),
            "relevant": COMPARED_WITH_CODE.sub(condition, row["relevant"]),
        }
        for row in original.questions
    ]


def _choices(original: Original, names: Names) -> list[Row]:
    """The options last first, and in each list one that means no answer."""
    renamed = [
        row
        | {
            "list_name": names.lists[row["list_name"]],
            "code": names.codes[row["list_name"], "option", row["code"]],
            "group_code": row["group_code"] and names.codes[row["list_name"], "group", row["group_code"]],
        }
        for row in reversed(original.choices)
    ]
    empty = dict.fromkeys(original.choices[0], "") | NO_ANSWER
    return [*renamed, *(empty | {"list_name": name} for name in names.lists.values())]


def _columns(original: Original, names: Names) -> list[Row]:
    """The municipality is told by its name, in a column that the original ignores, and not by its code."""
    rows = [row for row in original.columns if row["question_id"] != "_municipality"]
    by_name = {"Kunta": {"question_id": "_municipality", "part": "name"}}
    return [
        row
        | {"question_id": names.questions.get(row["question_id"], row["question_id"])}
        | by_name.get(row["source_column"], {})
        | {"source_column": names.columns[row["source_column"]]}
        for row in rows
    ]


def _recodes(original: Original, names: Names) -> list[Row]:
    return [row | {"list_name": names.questions[row["list_name"]]} for row in original.recodes]


def _write_sav(path: Path, original: Original, names: Names) -> None:
    """The columns last first: codes with their labels, an open answer is user-missing, times are times."""
    columns = {name: _values(original, names, name) for name in reversed(original.responses[0])}
    frame = pd.DataFrame({names.columns[name]: values for name, values in columns.items()})
    labels = {
        names.columns[column]: _value_labels(original, names, original.list_of[question])
        for question, column in original.column_of.items()
        if question in original.list_of
    }
    pyreadstat.write_sav(
        frame, path, column_labels={new: old for old, new in names.columns.items()},
        variable_value_labels=labels, missing_ranges={name: [float(NO_ANSWER["code"])] for name in labels},
    )  # fmt: skip


def _values(original: Original, names: Names, column: str) -> list[Any]:
    """The answers of a column as the variable of an SPSS file holds them."""
    cells = [row[column] for row in original.responses]
    question = original.answers_to(column)
    if question["type"] in TIMESTAMP_NAMES:
        return [datetime.strptime(cell, original.round["timestamp_format"]) for cell in cells]
    if question["type"] == "integer":
        return [float(cell) for cell in cells]
    if question["list_name"]:
        codes = {label: code for code, label in _value_labels(original, names, question["list_name"]).items()}
        return [codes[cell or NO_ANSWER["label_fi"]] for cell in cells]
    return cells


def _value_labels(original: Original, names: Names, list_name: str) -> dict[float, str]:
    rows = [row for row in original.choices if row["list_name"] == list_name]
    own = {float(names.codes[list_name, "option", row["code"]]): row["label_fi"] for row in rows}
    return own | {float(NO_ANSWER["code"]): NO_ANSWER["label_fi"]}


def _card(path: Path) -> dict[str, Any]:
    return {
        "producer": "The project",
        "licence": "CC BY 4.0",
        "received_from": "Made by the test",
        "received_on": "2026-11-25",
        "sha256": {path.name: file_sha256(path)},
    }


def _write(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(path)
    return loaded


def _dump(path: Path, content: Mapping[str, Any]) -> None:
    yaml = YAML(typ="safe", pure=True)
    yaml.representer.ignore_aliases = lambda _: True  # a list that stands in two places is written in both
    yaml.dump(content, path)
