"""How a question with several answers stands in an export: a column per option, or all of them in one cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from faults.errors import MARK
from ingest.codebook.round import ANY_TEXT, IGNORED
from ingest.codebook.survey import Choice, Question, Survey
from ingest.proposals.headers import normalised
from ingest.proposals.reading import Export

LIST_SEPARATORS = (";", "|", ",", "\n", " ")
YES = ("1", "1.0", "y", "yes", "true", "checked", "selected", "kyllä", "ja")
NO = ("0", "0.0", "n", "no", "false", "unchecked", "not selected", "ei", "nej", "n/a")
# An option for what is in no list: a word, and at most a question behind it. LimeSurvey's own code is -oth-.
OTHER = re.compile(
    r"(?:others?|muut?|jo[kt]\w+ muuta?|ann[ae][nt]|andra|någ[oe][nt] anna[nt]|-oth-)"
    r"(?:\s*[,(:–-].*|\s(?:mikä|vad|vilken|please specify).*)?"
)
BELOW_ZERO = re.compile("-[0-9]+")
NO_NOT_TOLD = "whether its other value means not ticked cannot be told from the file"
NOT_TOLD = "which value means ticked cannot be told from the file"
NO_SIGN = "which sign separates the options cannot be told from the file"


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
        return self.question_id.removeprefix(MARK)

    @property
    def is_reserved(self) -> bool:
        return self.question.startswith("_")

    @property
    def is_sure(self) -> bool:
        values = (self.question_id, self.part, self.ticked, self.not_ticked)
        return not any(value.startswith(MARK) for value in values)

    def marked(self, reason: str) -> Proposed:
        """The same line, for a person to decide."""
        return replace(self, question_id=MARK + self.question, reason=reason)


def is_other(text: str) -> bool:
    """Whether a text says "other", in itself."""
    return OTHER.fullmatch(normalised(text)) is not None


def other_option(choices: Iterable[Choice]) -> Choice | None:
    """The option for what is in no list; none where several may be it."""
    found = [choice for choice in choices if any(map(is_other, choice.spellings()))]
    return found[0] if len(found) == 1 else None


def option_named(text: str, choices: Sequence[Choice]) -> Choice | None:
    """The option with this code or label."""
    same = (each for each in choices if normalised(text) in map(normalised, each.spellings()))
    return next(same, other_option(choices) if is_other(text) else None)


def text_of_other(question: Question, survey: Survey) -> Question | None:
    """The question for the words of those who chose Other."""
    found = [each for each in survey.questions if each.type == "text" and each.other_of == question.question_id]
    return found[0] if len(found) == 1 else None


def lines_of_option(column: str, question: Question, option: Choice, export: Export, survey: Survey) -> list[Proposed]:
    """The line of an option; where the column holds the words of those who chose it, the question for them too."""
    line = Proposed(column, question.question_id, option.code)
    is_other = option == other_option(survey.choices_of(question))
    if is_other and _holds_own_words(export, column, option):
        text = text_of_other(question, survey)
        return [replace(line, ticked=ANY_TEXT), *([Proposed(column, text.question_id)] if text else ())]
    return [_with_ticks(line, export, option, ANY_TEXT if is_other else "")]


def _holds_own_words(export: Export, column: str, option: Choice) -> bool:
    """Several texts that are no ticks, and rows without one."""
    texts = set(export.shown(column).values()) - set(NO)
    return len(texts) > 1 and len(export.column(column)) < len(export.table.rows) and not texts & _meaning_yes(option)


def _meaning_yes(option: Choice) -> set[str]:
    return {*YES, *map(normalised, option.spellings())}


def _with_ticks(line: Proposed, export: Export, option: Choice, guess: str = "") -> Proposed:
    """The line with the values that mean ticked and not ticked: a yes, or the option itself; a no, or nothing.

    Beside a yes, the one other value is a no: for sure where it is a number below zero, as Qualtrics writes what was
    seen and left. `guess` goes before the only value there is, which somebody may have written."""
    found = export.shown(line.source_column)
    yes = [value for value, shown in found.items() if shown in _meaning_yes(option)]
    no = [value for value, shown in found.items() if shown in NO]
    left = [value for value in found if value not in (*yes, *no)]
    if len(yes) == 1 and len(no + left) <= 1:
        line = replace(line, ticked=yes[0], not_ticked="".join(no + left))
        is_sure = not left or BELOW_ZERO.fullmatch(left[0])
        return line if is_sure else replace(line, not_ticked=MARK + left[0], reason=NO_NOT_TOLD)
    guess = guess or "".join(found) if len(found) == 1 and not no else ""
    return replace(line, ticked=MARK + guess, reason=NOT_TOLD)


def gainsaid(line: Proposed, export: Export, option: Choice) -> bool:
    """Whether the column holds other values than those that the line speaks of, or its labels say the contrary."""
    found = export.shown(line.source_column)
    is_contrary = found.get(line.ticked) in NO or found.get(line.not_ticked) in _meaning_yes(option)
    return line.ticked != ANY_TEXT and (is_contrary or not found.keys() <= {line.ticked, line.not_ticked})


def like_siblings(lines: Sequence[Proposed], export: Export, survey: Survey) -> list[Proposed]:
    """An option that nobody ticked, or everybody, is ticked as the others of its question are: by the same value, or by
    the option as its column names it. One for own words need not be."""
    known: dict[str, list[Proposed]] = {}
    for line in lines:
        if line.part and line.is_sure and line.ticked != ANY_TEXT:
            known.setdefault(line.question, []).append(line)
    return [_like(line, known.get(line.question, []), export, survey) for line in lines]


def _like(line: Proposed, siblings: Sequence[Proposed], export: Export, survey: Survey) -> Proposed:
    question = survey.questions_by_id.get(line.question)
    if not siblings or question is None or not line.part or line.ticked == ANY_TEXT:
        return line
    choices, cells = survey.choices_of(question), set(export.column(line.source_column))
    yes, no = {each.ticked for each in siblings}, {each.not_ticked for each in siblings if each.not_ticked}
    named = [
        name for each in choices if each.code == line.part for name in each.spellings() if _names(export, line, name)
    ]
    is_named = not cells and all(_names(export, each, each.ticked) for each in siblings)
    ticked = max(named, key=len, default="") if is_named else "".join(yes) if len(yes) == 1 else ""
    other = other_option(choices)
    if not ticked or len(no) > 1 or not cells <= yes | no or (not cells and other and other.code == line.part):
        return line
    return replace(line, ticked=ticked, not_ticked="".join(no), reason="" if line.reason == NOT_TOLD else line.reason)


def _names(export: Export, line: Proposed, option: str) -> bool:
    return option in export.wording(line.source_column)


def joined(column: str, question: Question, export: Export, survey: Survey) -> Proposed:
    """One cell for all options: the sign by which the cells are read best."""
    choices = survey.choices_of(question)
    n_read = {sign: how_read(export.column(column), sign, choices) for sign in LIST_SEPARATORS}
    best = max(LIST_SEPARATORS, key=lambda sign: n_read[sign])
    line = Proposed(column, question.question_id, list_separator=best)
    return line if list(n_read.values()).count(n_read[best]) == 1 else line.marked(NO_SIGN)


def how_read(cells: Sequence[str], sign: str, choices: Sequence[Choice]) -> tuple[int, int]:
    """How many cells are options and this sign, whole, and how many of their parts are options. A label may hold the
    sign itself."""
    names = {name.casefold() for choice in choices for name in choice.spellings()}
    if not names:
        return (0, 0)
    one = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    whole = re.compile(rf"(?:{one})(?:{re.escape(sign)} *(?:{one}))*(?:{re.escape(sign)})?")
    n_whole = sum(whole.fullmatch(cell.casefold()) is not None for cell in cells)
    return n_whole, sum(part.strip().casefold() in names for cell in cells for part in cell.split(sign))


def like_other_cells(lines: Sequence[Proposed], export: Export, survey: Survey) -> list[Proposed]:
    """A tool joins the options of all questions by one sign, also where nobody chose two."""
    signs = {line.list_separator for line in lines if line.list_separator and line.is_sure}
    if len(signs) != 1:
        return list(lines)
    (sign,) = signs
    return [
        replace(line, question_id=line.question, list_separator=sign, reason="")
        if line.reason == NO_SIGN and _reads_as_well(line, sign, export, survey)
        else line
        for line in lines
    ]


def _reads_as_well(line: Proposed, sign: str, export: Export, survey: Survey) -> bool:
    choices = survey.choices_of(survey.questions_by_id[line.question])
    cells = export.column(line.source_column)
    return how_read(cells, sign, choices) == how_read(cells, line.list_separator, choices)


def in_one_form(lines: Sequence[Proposed]) -> list[Proposed]:
    """Where a question has columns per option and a joined cell, the options are read."""
    per_option = {line.question for line in lines if line.part and line.is_sure}
    return [
        Proposed(line.source_column, IGNORED) if line.list_separator and line.question in per_option else line
        for line in lines
    ]
