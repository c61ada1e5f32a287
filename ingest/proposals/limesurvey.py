"""A survey structure of LimeSurvey, as it exports it into tab-separated values (.txt)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from faults.errors import MARK, FaultList
from ingest.codebook.expressions import is_number
from ingest.proposals.conditions import LIMESURVEY, together
from ingest.proposals.form import Asked, Form, FormType, Option, add_no_form, form_types, plain
from ingest.proposals.headers import as_id
from ingest.proposals.languages import known_language
from ingest.readers import CsvLayout, read_table
from ingest.readers.rows import is_fit

LAYOUT = CsvLayout("utf-8-sig", "\t")
HEADINGS = {"class", "type/scale", "name", "relevance", "text", "language"}
ADVICE = "Export the survey, not its answers, as tab-separated values (.txt)."
NO_SCALE = ("", "0")
Cells = Mapping[str, str]
ByCode = dict[str, dict[str, str]]  # a wording by language, by code


@dataclass
class _Question:
    """A question with its rows and options, each in every language; `cells` are those of its first row."""

    cells: Cells
    section: str
    relevant: str
    labels: dict[str, str] = field(default_factory=dict)
    rows: ByCode = field(default_factory=dict)
    options: ByCode = field(default_factory=dict)


def read_limesurvey(path: Path, chosen: str | None, faults: FaultList) -> Form | None:
    """The form; None with faults."""
    table = read_table(path, LAYOUT, faults)
    if table is not None and not set(table.header) >= HEADINGS:
        add_no_form(path, f"It lacks columns of {', '.join(sorted(HEADINGS))}, with tabs between.", ADVICE, faults)
    if table is None or len(faults):
        return None
    fitting = [row.cells for row in table.rows if is_fit(table, row, faults)]
    rows = [dict(zip(table.header, map(str.strip, cells), strict=True)) for cells in fitting]
    spoken = dict.fromkeys(row["language"] for row in rows if row["class"] == "Q")
    codes = {name: known_language(name, chosen, path, "column language", faults) for name in spoken}
    if len(faults):
        return None
    languages = {name: code for name, code in codes.items() if code}
    rows = [row for row in rows if row["language"] in languages and row["name"]]
    form = Form([*dict.fromkeys(languages.values())], LIMESURVEY, _titles(rows, languages))
    for name, question in _questions(form, rows, languages).items():
        _add(form, name, question, form_types().get(("LimeSurvey", question.cells["type/scale"])))
    return form


def _titles(rows: list[dict[str, str]], languages: Mapping[str, str]) -> dict[str, str]:
    named = [row for row in rows if (row["class"], row["name"]) == ("SL", "surveyls_title")]
    return {languages[row["language"]]: plain(row["text"]) for row in named}


def _questions(form: Form, rows: list[dict[str, str]], languages: Mapping[str, str]) -> dict[str, _Question]:
    """The questions by name. The rows of one language follow those of another, in the same order."""
    found: dict[str, _Question] = {}
    n_groups: Counter[str] = Counter()
    name = section = shown = ""
    for row in rows:
        text, language = {languages[row["language"]]: plain(row["text"])}, row["language"]
        if row["class"] == "G":
            n_groups[language] += 1
            section, shown = f"group_{n_groups[language]}", row["relevance"]
            form.sections[section] = {**form.sections.get(section, {}), languages[language]: plain(row["name"])}
        elif row["class"] == "Q":
            name = row["name"]
            found.setdefault(name, _Question(row, section, together([shown, row["relevance"]]))).labels.update(text)
        elif row["class"] in ("SQ", "A") and name and row["type/scale"] in NO_SCALE:
            into = found[name].rows if row["class"] == "SQ" else found[name].options
            into.setdefault("_".join(row["name"].split()), {}).update(text)
    return found


def _add(form: Form, name: str, question: _Question, found: FormType | None) -> None:
    if found is None or not found.becomes:
        form.leave_out(name, found.reason if found else f"its type is not known: {question.cells['type/scale']}")
        return
    if found.reason:
        form.leave_out(f"{name}[comment]", found.reason)
    asked = _asked(as_id(name), question, found.becomes.removeprefix("each "))
    if asked.list_name:
        form.lists[asked.list_name] = _options(form, question, found)
    is_each = found.becomes.startswith("each ")
    for each in _of_rows(asked, question) if is_each else [asked]:
        form.add(each)
    if question.cells.get("other") == "Y" and not is_each:
        form.add_other(asked.list_name)
        form.add(asked.other())


def _asked(question_id: str, question: _Question, becomes: str) -> Asked:
    cells = question.cells
    is_whole = becomes == "decimal" and cells.get("num_value_int_only") == "1"
    return Asked(
        question_id, "integer" if is_whole else becomes, question.labels,
        list_name=question_id if becomes.startswith("select") else "",
        required="1" if cells.get("mandatory") == "Y" else "",
        relevant=question.relevant,
        constraint=cells.get("em_validation_q") or cells.get("validation", ""),
        min_value=_bound(cells.get("min_num_value_n", "")),
        max_value=_bound(cells.get("max_num_value_n", "")),
        section=question.section,
    )  # fmt: skip


def _bound(text: str) -> str:
    """A number; an expression waits for a person."""
    return text if not text or is_number(text) else MARK + text


def _options(form: Form, question: _Question, found: FormType) -> list[Option]:
    """Those of the question, of one of several answers its rows; else those that the tool has for the type, in English:
    a number is the same in each language."""
    told = question.rows if found.becomes == "select_multiple" else question.options
    pairs = (pair.partition("=") for pair in found.options.split("|") if pair)
    own = [
        Option(code, dict.fromkeys(form.languages if label.isdigit() else ["en"], label)) for code, _, label in pairs
    ]
    return own or [Option(code, labels) for code, labels in told.items()]


def _of_rows(asked: Asked, question: _Question) -> list[Asked]:
    """The questions of a grid, called as an export calls their columns."""
    return [
        replace(
            asked,
            question_id=as_id(f"{asked.question_id}[{code}]"),
            labels={
                language: f"{asked.labels.get(language, '')} [{label}]".strip() for language, label in labels.items()
            },
            group_id=asked.question_id,
        )
        for code, labels in question.rows.items()
    ]
