"""A form as the file of its answers tells it: an SPSS file with its labels, or Qualtrics' three rows of headings."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

from faults.errors import MARK, FaultList
from ingest.proposals.columns import SELECTED, splits
from ingest.proposals.form import Asked, Form, Option, add_no_form, as_code, plain
from ingest.proposals.headers import as_id, normalised
from ingest.proposals.languages import known_language
from ingest.proposals.options import NO, YES
from ingest.proposals.reading import IMPORT_ID, Export, date_formats, dates_in, read_export
from ingest.readers import CsvLayout, read_table
from ingest.readers.sav import SavLayout

# Qualtrics: QID5, QID5_2, QID5_TEXT, QID5#1_2; what ends otherwise is a time or an order, as QID5_FIRST_CLICK.
QUESTION = re.compile(r"(?P<question>QID\d+(?:#\d+)?)(?:_x?\d+)*(?P<own>_TEXT)?")
NUMBER = re.compile(r"[+-]?[0-9]+(?P<decimals>[.,][0-9]+)?")
BETWEEN_ANSWERS = re.compile(r",(?! )")  # Qualtrics puts no space behind it, and people do
ANSWERED_NO = frozenset({"no", "n", "ei", "nej", "false"})
FEW = 5  # so many answers that all differ may be options still
TYPED = "nearly every answer is another one, as if it were typed in"
NOBODY = "nobody answered it"
ADVICE = "Export the answers from Qualtrics as .csv, with choice texts; of another tool take the file of its form."
NOT_CHOSEN = "Options that nobody chose are not in the file, nor is their order: look through choices.csv."


@dataclass(frozen=True)
class _Column:
    """A column of answers. `is_open`: whether words or numbers were typed in, and `question` what the tool calls the
    question, which may have several; None and nothing where the file does not say."""

    name: str
    wording: str
    cells: Sequence[str]
    labels: Mapping[str, str]
    missing: frozenset[str]
    is_open: bool | None
    question: str

    @property
    def parts(self) -> list[str]:
        """The answers, those that stand in one cell apart."""
        return [part for cell in self.cells for part in BETWEEN_ANSWERS.split(cell)]

    @property
    def lefts(self) -> dict[str, str]:
        """What may be the question in the wording, and the option or row that is then left."""
        return {left.strip(): right.strip() for left, right in splits(self.wording) if left.strip() and right.strip()}


def read_answered(path: Path, chosen: str | None, faults: FaultList) -> Form | None:
    """The form, its wordings in the language that somebody chose; None with faults."""
    export = read_export(path, faults)
    described = _described(export) if export else {}
    if export and not described and not isinstance(export.layout, SavLayout):
        add_no_form(path, 'It has no third row of headings like {"ImportId": "QID1"}.', ADVICE, faults)
    language = known_language("", chosen, path, "", faults) if export and not len(faults) else None
    if export is None or language is None or len(faults):
        return None
    form = Form([language])
    for run, left in _runs([*_columns(export, described, form)]):
        _add_run(form, run, left, language)
    form.remarks += [NOT_CHOSEN] if described else []
    form.asked = [_with_its_question(each, form) for each in form.asked]
    return form


def _described(export: Export) -> dict[str, str]:
    """What Qualtrics calls each column in its third row; nothing of any other file."""
    if not isinstance(export.layout, CsvLayout) or export.layout.first_data_row < 3:
        return {}
    table = read_table(
        export.table.path, replace(export.layout, first_data_row=export.layout.first_data_row - 1), FaultList()
    )
    found: dict[str, str] = {}
    for name, cell in zip(table.header, table.rows[0].cells, strict=False) if table and table.rows else ():
        with suppress(ValueError, TypeError, KeyError):
            found[name] = str(json.loads(cell)[IMPORT_ID])
    return found


def _columns(export: Export, described: Mapping[str, str], form: Form) -> Iterator[_Column]:
    for name in export.table.header:
        called = QUESTION.fullmatch(described.get(name, ""))
        if described and called is None:
            form.leave_out(name, "written beside the answers: no question of the form")
            continue
        is_open = bool(called["own"]) if called else None
        labels = {value: plain(label) for value, label in export.table.labels.get(name, {}).items()}
        missing = frozenset(export.table.missing.get(name, ()))
        wording = plain(SELECTED.sub("", export.wording(name)))
        question = called["question"] if called else ""
        yield _Column(name, wording, export.column(name), labels, missing, is_open, question)


def _runs(columns: Sequence[_Column]) -> Iterator[tuple[list[_Column], str]]:
    """Columns that stand together and whose wordings begin with one question, and that question; else one alone."""
    run: list[_Column] = []
    shared: set[str] = set()
    for column in columns:
        is_next = bool(run) and not column.is_open and column.question == run[-1].question
        both = shared & column.lefts.keys() if is_next else set()
        if run and not both:
            yield run, max(shared, key=len, default="")
            run = []
        run, shared = [*run, column], both or (set() if column.is_open else {*column.lefts})
    if run:
        yield run, max(shared, key=len, default="")


def _add_run(form: Form, run: Sequence[_Column], left: str, language: str) -> None:
    stem = as_id(_stem(run).rstrip("_-.[ ") or run[0].name)
    if len(run) > 1 and all(_is_ticked(column, left) for column in run):
        options = [Option(_code_of(column, run), {language: column.lefts[left]}) for column in run]
        form.lists[stem] = options
        form.add(Asked(stem, "select_multiple", {language: left}, stem))
        return
    rows: list[Asked] = []
    for column in run:
        asked = _question(form, column, {each.list_name for each in rows}, language)
        is_row = len(run) > 1 and asked.type == "select_one"
        rows.append(replace(asked, group_id=stem) if is_row else asked)
        form.add(rows[-1])


def _stem(run: Sequence[_Column]) -> str:
    """What the names of the columns begin with."""
    letters = zip(*(column.name for column in run), strict=False)
    return "".join(same[0] for same in takewhile(lambda each: len({*each}) == 1, letters))


def _code_of(column: _Column, run: Sequence[_Column]) -> str:
    """What tells a column from the others of its question."""
    return column.name.removeprefix(_stem(run)) or column.name


def _is_ticked(column: _Column, left: str) -> bool:
    """Whether a column says of one option that it was ticked, and nothing else: a no is an answer of its own."""
    said = {normalised(column.labels.get(cell, cell)) for cell in {*column.cells, *column.labels}}
    return said <= {*YES, *NO, normalised(column.lefts[left])} and not said & ANSWERED_NO and column.is_open is not True


def _question(form: Form, column: _Column, of_rows: Collection[str], language: str) -> Asked:
    """The question of one column; `of_rows` are the lists of the rows above it in a grid."""
    asked = Asked(as_id(column.name), "", {language: column.wording})
    answers = column.labels.keys() - column.missing
    if answers:
        return _of_labels(form, asked, column, language)
    if column.is_open is False and not _are_typed(column.parts):
        return _of_choices(form, asked, column, of_rows, language)
    found, reason = _open_type(column)
    if column.is_open is False:
        found, reason = MARK + found.removeprefix(MARK), TYPED
    asked = replace(asked, type=found, reason=reason)
    if column.labels and found in ("integer", "decimal"):
        form.lists[asked.question_id] = _options(column, language)
        return replace(asked, list_name=asked.question_id)
    return asked


def _are_typed(answers: Sequence[str]) -> bool:
    """Whether nearly every answer is another one: options would be made of what people wrote."""
    return len(set(answers)) * 2 > max(len(answers), 2 * FEW)


def _options(column: _Column, language: str) -> list[Option]:
    return [
        Option(value, {language: label}, "1" if value in column.missing else "")
        for value, label in column.labels.items()
    ]


def _of_labels(form: Form, asked: Asked, column: _Column, language: str) -> Asked:
    """One of the values that have labels; rows of a grid have one list."""
    options = _options(column, language)
    same = next((name for name, known in form.lists.items() if known == options), asked.question_id)
    form.lists[same] = options
    unknown = set(column.cells) - column.labels.keys()
    asked = replace(asked, type="select_one", list_name=same)
    reason = "some of its values have no label: a number, or options that choices.csv lacks"
    return replace(asked, type=MARK + asked.type, reason=reason) if unknown else asked


def _of_choices(form: Form, asked: Asked, column: _Column, of_rows: Collection[str], language: str) -> Asked:
    """One of the choices that somebody made, in the order in which they were made first."""
    cells, parts = ([*dict.fromkeys(answers)] for answers in (column.cells, column.parts))
    is_joined = len(parts) < len(cells)
    labels = {text: MARK + text if NUMBER.fullmatch(text) else text for text in (parts if is_joined else cells)}
    options = [Option(as_code(text), {language: label}) for text, label in labels.items()]
    same = (name for name, known in form.lists.items() if cells and _share(known, options, name in of_rows))
    name = next(same, asked.question_id)
    known = form.lists.setdefault(name, [])
    known += [option for option in options if option not in known]
    asked = replace(asked, type="select_multiple" if is_joined else "select_one", list_name=name)
    reason = "several answers seem to stand in one cell, with commas" if is_joined else NOBODY if not cells else ""
    return replace(asked, type=MARK + asked.type, reason=reason) if reason else asked


def _share(known: Sequence[Option], options: Sequence[Option], is_row: bool) -> bool:
    """Whether two questions are answered by the same options; in one grid some may have been chosen in no row."""
    one, other = ({label for each in some for label in each.labels.values()} for some in (known, options))
    return one == other or (is_row and (one >= other or other >= one))


def _open_type(column: _Column) -> tuple[str, str]:
    """What was typed in, and why it is a guess."""
    cells = [cell for cell in column.cells if cell not in column.missing]
    numbers = [NUMBER.fullmatch(cell) for cell in cells]
    if not cells:
        return f"{MARK}text", NOBODY
    if all(numbers):
        return "decimal" if any(number and number["decimals"] for number in numbers) else "integer", ""
    if len(dates_in(cells)) == len(cells) and date_formats(cells):
        return "date", ""
    return "text", ""


def _with_its_question(asked: Asked, form: Form) -> Asked:
    """Own words belong to the question whose name theirs begins with, as Q5_4_TEXT of Qualtrics does to Q5."""
    own = re.fullmatch(r"(.+)_\d+_text", asked.question_id)
    known = {each.question_id for each in form.asked if each.list_name}
    return replace(asked, other_of=own[1]) if own and own[1] in known else asked
