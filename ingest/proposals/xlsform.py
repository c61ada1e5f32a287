"""An XLSForm of KoboToolbox or ODK: the sheets survey, choices and settings of a workbook.

Read row by row with the project's own reader of workbooks. pyxform, which makes forms of them, stops at its first
error, does not know what KoboToolbox adds, and holds libraries that the project has at versions of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from faults.errors import MARK, FaultList
from ingest.proposals.conditions import XLSFORM, together
from ingest.proposals.form import Asked, Form, FormType, Option, Texts, add_no_form, form_types, plain
from ingest.proposals.headers import as_id
from ingest.proposals.languages import known_language, language_code
from ingest.readers import SheetLayout, read_table
from ingest.readers.rows import is_fit
from ingest.readers.workbook import shown_sheets

Cells = Mapping[str, str]
# Headings that mean another one, and where the language of a wording stands.
SAME = {
    "relevance": "relevant", "caption": "label", "command": "type", "tag": "name", "value": "name",
    "list name": "list_name", "list": "list_name",
}  # fmt: skip
WORDING = re.compile(r"label\s*(?:::?\s*(?P<language>.+))?")
FILE = re.compile(r"\.(?:csv|xml|geojson)$")
NO_LANGUAGE = ("", "default")
YES, NO = ("yes", "true", "true()", "1"), ("", "no", "false", "false()", "0")
UNKNOWN, NO_NAME, DISABLED = "its type is not known", "it has no name", "disabled in the form"
WITH_OTHER = "or_other became the option other of the list and a text question whose id ends in _other"
FILTERED = "choice_filter is left out, all options of the list are there"


@dataclass
class _Group:
    """A group that is open: what shows it, and whether its questions are left out, and why."""

    name: str
    relevant: str = ""
    left_out: str = ""
    list_name: str = ""


@dataclass
class _Reading:
    """The form so far, and the groups that are open."""

    form: Form
    groups: list[_Group] = field(default_factory=list)
    with_other: dict[str, str] = field(default_factory=dict)  # the list of each question that has or_other

    @property
    def relevant(self) -> Iterator[str]:
        return (group.relevant for group in self.groups)

    @property
    def left_out(self) -> str:
        return next((group.left_out for group in self.groups if group.left_out), "")


def read_xlsform(path: Path, language: str | None, faults: FaultList) -> Form | None:
    """The form; None with faults."""
    sheets = {name.lower(): name for name in shown_sheets(path, faults)}
    if "survey" not in sheets and not len(faults):
        add_no_form(path, "There is no sheet survey.", "Take the form itself, not its answers.", faults)
    rows = {name: _rows(path, sheets[name], faults) for name in ("survey", "choices", "settings") if name in sheets}
    if len(faults):
        return None
    settings = next(iter(rows.get("settings", [])), {})
    languages = _languages(path, rows, settings.get("default_language", ""), language, faults)
    if len(faults):
        return None
    title = {language_code(settings.get("default_language", "")) or "": plain(settings.get("form_title", ""))}
    reading = _Reading(Form([*dict.fromkeys(languages.values())], XLSFORM, title))
    for row in rows.get("choices", []):
        _add_option(reading.form, row, languages)
    for row in filter(lambda each: each.get("type"), rows["survey"]):  # one without a type is a remark
        _add_row(reading, row, languages)
    return _with_remarks(
        reading, [row["name"] for row in rows["survey"] if row.get("choice_filter") and row.get("name")]
    )


def _with_remarks(reading: _Reading, filtered: Sequence[str]) -> Form:
    """The form, and what was done with or_other and choice_filter."""
    for list_name in reading.with_other.values():
        reading.form.add_other(list_name)
    for names, said in ((reading.with_other, WITH_OTHER), (filtered, FILTERED)):
        reading.form.remarks += [f"{said}: {', '.join(names)}."] if names else []
    return reading.form


def _rows(path: Path, sheet: str, faults: FaultList) -> list[Cells]:
    """The rows of a sheet that say something, by heading; a heading that is there twice is the first."""
    table = read_table(path, SheetLayout(sheet), faults)
    if table is None:
        return []
    headings = [_heading(name) for name in table.header]
    first = [place for place, name in enumerate(headings) if headings.index(name) == place]
    rows = [row.cells for row in table.rows if is_fit(table, row, faults)]
    return [{headings[place]: cells[place].strip() for place in first} for cells in rows]


def _heading(name: str) -> str:
    """A heading as the standard has it; of a wording the language stays as it is written."""
    name, sign, language = " ".join(name.split()).partition(":")
    small = name.strip().lower()
    return SAME.get(small, small) + sign + language


def _languages(
    path: Path, rows: Mapping[str, Sequence[Cells]], default: str, chosen: str | None, faults: FaultList
) -> dict[str, str]:
    """The code of the language of each heading of a wording; the form may say what one without a language is in."""
    headings = [name for sheet in ("survey", "choices") for row in rows.get(sheet, [])[:1] for name in row]
    found = {name: match["language"] or "" for name in headings if (match := WORDING.fullmatch(name))}
    if not any(name in found for row in rows["survey"][:1] for name in row):
        add_no_form(path, "The sheet survey has no column label.", "Take the form as its tool exports it.", faults)
    named = {name: next((each for each in (language, default) if each not in NO_LANGUAGE), "")
             for name, language in found.items()}  # fmt: skip
    codes = {name: known_language(language, chosen, path, name, faults) for name, language in named.items()}
    return {name: code for name, code in codes.items() if code}


def _wordings(row: Cells, languages: Mapping[str, str]) -> Texts:
    """What a row says, by language."""
    found = {code: plain(row.get(name, "")) for name, code in reversed([*languages.items()]) if row.get(name)}
    return {code: found[code] for code in dict.fromkeys(languages.values()) if found.get(code)}


def _add_option(form: Form, row: Cells, languages: Mapping[str, str]) -> None:
    if row.get("list_name") and row.get("name"):
        options = form.lists.setdefault(as_id(row["list_name"]), [])
        options.append(Option("_".join(row["name"].split()), _wordings(row, languages)))


def _type(text: str) -> tuple[FormType | None, list[str]]:
    """The type that a cell names, and what stands behind it: the list, and or_other."""
    words = text.split()
    for n_words in range(len(words), 0, -1):
        if found := form_types().get(("XLSForm", "_".join(words[:n_words]).lower())):
            return found, words[n_words:]
    return None, words


def _add_row(reading: _Reading, row: Cells, languages: Mapping[str, str]) -> None:
    """A question, or the beginning or end of a group."""
    found, behind = _type(row["type"])
    if found is not None and found.becomes == "end":
        del reading.groups[-1:]
    elif found is not None and found.becomes == "group":
        _open(reading, found, row, languages)
    elif reason := _why_left_out(reading, found, row):
        reading.form.leave_out(row.get("name") or next(iter(_wordings(row, languages).values()), row["type"]), reason)
    elif found is not None:
        _add_question(reading, found, behind, row, languages)


def _why_left_out(reading: _Reading, found: FormType | None, row: Cells) -> str:
    """Why a row is no question; empty of one that is."""
    if reading.left_out:
        return reading.left_out
    if found is None:
        return f"{UNKNOWN}: {row['type']}"
    if row.get("disabled", "").lower() in YES:
        return DISABLED
    return found.reason or ("" if row.get("name") else NO_NAME)


def _open(reading: _Reading, found: FormType, row: Cells, languages: Mapping[str, str]) -> None:
    name = row.get("name") or " ".join(_wordings(row, languages).values()) or f"group {len(reading.form.sections) + 1}"
    if not reading.groups:
        reading.form.sections.setdefault(as_id(name), _wordings(row, languages))
    list_name = as_id(row.get("kobo--score-choices", ""))
    reading.groups.append(_Group(as_id(name), row.get("relevant", ""), found.reason, list_name))


def _add_question(
    reading: _Reading, found: FormType, behind: Sequence[str], row: Cells, languages: Mapping[str, str]
) -> None:
    asked = Asked(
        as_id(row["name"]), found.becomes, _wordings(row, languages),
        required=_required(row.get("required", "")),
        relevant=together([*reading.relevant, row.get("relevant", "")]),
        constraint=row.get("constraint", ""),
        section=reading.groups[0].name if reading.groups else "",
    )  # fmt: skip
    asked = _of_type(asked, behind, row.get("parameters", ""), reading.groups[-1:])
    reading.form.add(asked)
    if {"or_other", "specify"} & {*behind}:  # or_other, or specify other
        reading.with_other[asked.question_id] = asked.list_name
        reading.form.add(asked.other())


def _of_type(asked: Asked, behind: Sequence[str], parameters: str, group: Sequence[_Group]) -> Asked:
    """The question with what stands behind its type: a list, or a file of one, or bounds."""
    if asked.type == "score_row":
        list_name, group_id = (group[0].list_name, group[0].name) if group else (asked.question_id, "")
        return replace(asked, type="select_one", list_name=list_name, group_id=group_id)
    if asked.type == "range":
        return _range(asked, parameters)
    if asked.type.startswith("select"):
        return replace(asked, list_name=as_id(FILE.sub("", behind[0])) if behind else asked.question_id)
    return asked


def _required(text: str) -> str:
    """1, nothing, or a condition to decide."""
    return "1" if text.lower() in YES else "" if text.lower() in NO else MARK + text


def _range(asked: Asked, parameters: str) -> Asked:
    """A number between two bounds; whole where its bounds and steps are."""
    given = dict(re.findall(r"(\w+)\s*=\s*(-?[0-9.]+)", parameters))
    is_whole = not any("." in given.get(name, "") for name in ("start", "end", "step"))
    return replace(
        asked,
        type="integer" if is_whole else "decimal",
        min_value=given.get("start", ""),
        max_value=given.get("end", ""),
    )
