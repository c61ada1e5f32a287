"""Which column of an export is which question: by an earlier round, the tools' own names, ids and wordings."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.proposals.reading import Export, normalised, timestamp_formats
from ingest.round import IGNORED, ColumnUse
from ingest.suggestions import nearest
from ingest.survey import Choice, Question, Survey

UNSURE = "?"
KNOWN_HEADERS = Path(__file__).with_name("known_headers.csv")
LIST_SEPARATORS = (";", "|", ",", "\n")
YES = ("1", "y", "yes", "true", "checked", "selected", "kyllä", "ja")
NO = ("0", "n", "no", "false", "unchecked", "not selected", "ei", "nej")
# "code. wording [option]", "wording:option", "code[option]": a name, and an option behind it.
WITH_OPTION = re.compile(r"(?s)(?P<name>.+?)\s*(?:\[(?P<bracket>[^\[\]]+)\]|[:_](?P<colon>[^:_]+))")
WITH_CODE = re.compile(r"(?s)(?P<code>[A-Za-z]\w*)(?:\[[^\]]*\])?\.\s+(?P<name>.+)")


@dataclass(frozen=True)
class Proposed:
    """A line of columns.csv; a value that begins with ? waits for a person, and `reason` says why."""

    source_column: str
    question_id: str
    part: str = ""
    ticked: str = ""
    not_ticked: str = ""
    list_separator: str = ""
    reason: str = ""

    @property
    def question(self) -> str:
        """The question without its mark."""
        return self.question_id.removeprefix(UNSURE)


def propose_columns(export: Export, survey: Survey, earlier: Sequence[ColumnUse]) -> list[Proposed]:
    """One line or more for each column of the export, in its order."""
    before: dict[str, list[ColumnUse]] = {}
    for use in earlier:
        before.setdefault(use.source_column, []).append(use)
    wordings = _wordings(survey)
    proposed = [
        line
        for column in export.table.header
        for line in (_as_before(before[column]) if column in before else [_matched(column, export, survey, wordings)])
    ]
    return [_unsure_if_repeated(line, proposed, survey) for line in proposed]


def known_names(survey: Survey, earlier: Sequence[ColumnUse]) -> frozenset[str]:
    """What a column may be called, normalised: by the codebook, the tools or an earlier round."""
    before = (normalised(use.source_column) for use in earlier)
    return frozenset((*_wordings(survey), *_known_headers(), *before))


def _as_before(uses: Sequence[ColumnUse]) -> list[Proposed]:
    return [
        Proposed(
            use.source_column,
            use.question_id,
            *(value or "" for value in (use.part, use.ticked, use.not_ticked, use.list_separator)),
        )
        for use in uses
    ]


def _wordings(survey: Survey) -> dict[str, Question]:
    """Every name that a question goes by, ids and labels, normalised."""
    names = ((name, question) for question in survey.questions for name in names_of(question))
    return {normalised(name): question for name, question in names}


def names_of(row: Question | Choice) -> list[str]:
    """The id or code of a question or option, and its labels in every language."""
    own = row.question_id if isinstance(row, Question) else row.code
    return [own, *filter(None, row.labels.values())]


def _matched(column: str, export: Export, survey: Survey, wordings: Mapping[str, Question]) -> Proposed:
    readings = list(_readings(export.wording(column)))
    for name, option in readings:
        if question := wordings.get(normalised(name)):
            line = _of_question(column, question, option, export, survey)
            if line is not None:
                return line
    known = next(filter(None, (_known_headers().get(normalised(name)) for name in (column, *dict(readings)))), None)
    if known == "_municipality":
        return _municipality(column, export.column(column))
    if known:
        return Proposed(column, known)
    near = nearest(normalised(export.wording(column)), wordings)
    if near is None:
        return _by_values(column, export, survey)
    question = wordings[near]
    line = _of_question(column, question, None, export, survey) or Proposed(column, question.question_id)
    return replace(line, question_id=UNSURE + line.question, reason="the wording is near, not the same")


def _municipality(column: str, values: Sequence[str]) -> Proposed:
    """By code or by name: codes have digits, names have none."""
    n_with_digits = sum(any(map(str.isdigit, value)) for value in values)
    if values and n_with_digits in (0, len(values)):
        return Proposed(column, "_municipality", "code" if n_with_digits else "name")
    return Proposed(column, "_municipality", UNSURE, reason="codes or names cannot be told from the file")


def _by_values(column: str, export: Export, survey: Survey) -> Proposed:
    """A column that no wording tells: the values may be those of the roles, or times."""
    roles, values = survey.settings.roles, export.column(column)
    choices = survey.lists.get(roles.list_name, ()) if roles else ()
    shown = {normalised(export.label(column, value)) for value in values}
    if shown and shown <= {normalised(name) for each in choices for name in names_of(each)}:
        return Proposed(column, UNSURE + "_role", reason="its values are those of the roles")
    if values and timestamp_formats(values):
        return Proposed(column, UNSURE + "_submitted_at", reason="its values are times")
    return Proposed(column, UNSURE, reason="no question has this id or wording")


def _known_headers() -> dict[str, str]:
    with KNOWN_HEADERS.open(encoding="utf-8", newline="") as handle:
        return {normalised(row["header"]): row["question_id"] for row in csv.DictReader(handle)}


def _readings(column: str) -> Iterator[tuple[str, str | None]]:
    """A header as a name, or a name with an option: whole first, then its parts."""
    yield column, None
    for whole in filter(None, (column, (code := WITH_CODE.fullmatch(column)) and code["name"], code and code["code"])):
        yield whole, None
        if found := WITH_OPTION.fullmatch(whole):
            yield found["name"], (found["bracket"] or found["colon"]).strip()


def _of_question(
    column: str, question: Question, option: str | None, export: Export, survey: Survey
) -> Proposed | None:
    """The line for a question; None when the option is none of its list."""
    roles = survey.settings.roles
    if roles and question.list_name == roles.list_name:
        return Proposed(column, "_role")
    if question.type != "select_multiple":
        return Proposed(column, question.question_id) if option is None else None
    if option is not None:
        return _of_option(column, question, option, export, survey)
    return _joined(column, question, export, survey)


def _of_option(column: str, question: Question, option: str, export: Export, survey: Survey) -> Proposed | None:
    choices = survey.lists.get(question.list_name or "", ())
    same = [each for each in choices if normalised(option) in map(normalised, names_of(each))]
    if not same:
        return None
    ticked, not_ticked = _ticks(column, export, same[0])
    reason = "which value means ticked cannot be told from the file" if ticked.startswith(UNSURE) else ""
    return Proposed(column, question.question_id, same[0].code, ticked, not_ticked, "", reason)


def _ticks(column: str, export: Export, option: Choice) -> tuple[str, str]:
    """The values that mean ticked and not ticked: a yes, or the option itself; a no, or nothing."""
    means_yes = {*YES, *map(normalised, names_of(option))}
    found = {value: normalised(export.label(column, value)) for value in export.column(column)}
    yes = [value for value, shown in found.items() if shown in means_yes]
    no = [value for value, shown in found.items() if shown in NO]
    if len(yes) == 1 and len(no) <= 1:
        return yes[0], "".join(no)
    return UNSURE + ("".join(found) if len(found) == 1 and not no else ""), ""


def _joined(column: str, question: Question, export: Export, survey: Survey) -> Proposed:
    """One cell for all options: the sign that cuts the cells into the most options of the list."""
    choices = survey.lists.get(question.list_name or "", ())
    names = {normalised(name) for choice in choices for name in names_of(choice)}
    cells = export.column(column)

    def n_known(sign: str) -> int:
        return sum(normalised(part) in names for cell in cells for part in cell.split(sign))

    best = max(LIST_SEPARATORS, key=n_known)
    is_told = n_known(best) > max(n_known(sign) for sign in LIST_SEPARATORS if sign != best)
    if is_told:
        return Proposed(column, question.question_id, list_separator=best)
    reason = "which sign separates the options cannot be told from the file"
    return Proposed(column, UNSURE + question.question_id, list_separator=best, reason=reason)


def _unsure_if_repeated(line: Proposed, proposed: Sequence[Proposed], survey: Survey) -> Proposed:
    """Two columns for one question, or one option of it: a person says which of them it is."""
    question = survey.questions_by_id.get(line.question)
    if line.question in ("", IGNORED) or (question is None and not line.question.startswith("_")):
        return line
    same = [other for other in proposed if (other.question, other.part) == (line.question, line.part)]
    if len(same) == 1 or line.question_id.startswith(UNSURE):
        return line
    return replace(line, question_id=UNSURE + line.question, reason=f"{len(same)} columns look like it")
