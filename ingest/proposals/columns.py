"""Which column of an export is which question: by an earlier round, the tools' own names, ids and wordings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise

from rapidfuzz import fuzz

from faults.errors import MARK
from faults.suggestions import listed
from ingest.codebook.round import IGNORED, NOT_OFFERED, RESERVED_NAMES, ColumnUse
from ingest.codebook.survey import NUMBER_TYPES, Question, Survey
from ingest.proposals.headers import KnownHeader, as_id, known_columns, known_headers, normalised
from ingest.proposals.options import (
    Proposed,
    gainsaid,
    how_read,
    in_one_form,
    is_other,
    joined,
    like_other_cells,
    like_siblings,
    lines_of_option,
    option_named,
    other_option,
    text_of_other,
)
from ingest.proposals.reading import Export, timestamp_formats

# "code. wording" and "code[option]. wording [option]": a name behind a code.
WITH_CODE = re.compile(r"(?s)(?P<code>[A-Za-z]\w*)(?:\[[^\]]*\])?\.\s+(?P<name>.+)")
# What stands between a name and an option, and what closes behind the option.
BEFORE_OPTION = re.compile(r"\s*(?:\[|\(choice=|\s[-–]\s|___|[:_/.|])\s*")
CLOSING = {"[": "]", "(choice=": ")"}
BEHIND_GROUP = re.compile(r"/|\.\s+|[.-](?=\w)")
# What tools write in the place of an option where the whole answer is meant, and behind one that has words of its own.
WHOLE_ANSWER = frozenset({"response", "open-ended response", "selected choice", "mm/dd/yyyy", "dd/mm/yyyy"})
SELECTED, OWN_WORDS = re.compile(r" [-–] Selected Choice\b"), " - Text"
NEAR_ENOUGH, NEARER_BY, SHORTEST_NEAR = 85.0, 5.0, 12
DIGITS = re.compile(r"[0-9]+")
BY_PLACE = re.compile(r"\(column \d+\)|.+ \(\d+\)")


def propose_columns(
    export: Export, survey: Survey, earlier: Sequence[ColumnUse] = (), worded_before: Mapping[str, str] | None = None
) -> list[Proposed]:
    """One line or more for each column of the export, in its order. The lines of an earlier round stand where nothing
    in the file gainsays them; worded_before is what the file of that round said of its columns."""
    matching, before = Matching(export, survey), _by_column(earlier)
    told = {column: matching.told(column) for column in export.table.header}
    _put_other_behind(told, export, survey)
    for column in told.keys() & before.keys():
        told[column] = matching.held(before[column], told[column], (worded_before or {}).get(column))
    _mark_moved(told, list(before))
    lines = in_one_form([line for column, found in told.items() for line in found or [Proposed(column, MARK)]])
    lines = like_other_cells(like_siblings(lines, export, survey), export, survey)
    lines = [_unsure_of_missing(line, export, survey) for line in matching.guessed(lines)]
    return [*(_unsure_if_repeated(line, lines, survey) for line in lines), *_not_offered(lines, earlier, survey)]


def _unsure_of_missing(line: Proposed, export: Export, survey: Survey) -> Proposed:
    """A number that the file declares to be no answer would count as one where the codebook does not say so too."""
    question = survey.questions_by_id.get(line.question)
    if question is None or question.type not in NUMBER_TYPES:
        return line
    known = survey.codes(question.list_name)
    values = [value for value in export.table.missing.get(line.source_column, ()) if value not in known]
    reason = f"the file calls {listed(values)} no answer, and no list of the question does (is_missing 1)"
    return line.marked(reason) if values else line


def _put_other_behind(told: dict[str, list[Proposed]], export: Export, survey: Survey) -> None:
    """A column that says Other and nothing else belongs to the options before it, as Typeform has it."""
    for previous, column in pairwise(told):
        question = survey.questions_by_id.get(told[previous][0].question) if told[previous] else None
        option = other_option(survey.choices_of(question))
        if question and option and told[previous][0].part and not told[column] and is_other(column):
            told[column] = lines_of_option(column, question, option, export, survey)


def _mark_moved(told: dict[str, list[Proposed]], before: Sequence[str]) -> None:
    """A name that only tells a place is the same column as in an earlier round where the same one stands before it."""
    order, earlier = ({column: previous for previous, column in pairwise(each)} for each in (told, before))
    for column in told.keys() & set(before):
        if BY_PLACE.fullmatch(column) and order.get(column) != earlier.get(column):
            told[column] = [line.marked("it is named by its place, which is another now") for line in told[column]]


def known_names(survey: Survey, earlier: Sequence[ColumnUse]) -> frozenset[str]:
    """What a column may be called, normalised: by the codebook, the tools or an earlier round."""
    asked = (name for question in survey.questions for name in question.spellings())
    before = (use.source_column for use in earlier)
    return frozenset(map(normalised, (*asked, *(each.header for each in known_headers()), *before)))


def tools_columns(export: Export) -> dict[str, KnownHeader]:
    """The columns of an export that are the tool's own."""
    return known_columns({column: _plain_names(column, export) for column in export.table.header})


def _plain_names(column: str, export: Export) -> set[str]:
    readings = [reading for name in (column, export.wording(column)) for reading in _wholes(name)]
    pairs = (split for whole in readings for split in splits(whole))
    return {*readings, *(name for name, option in pairs if normalised(option) in WHOLE_ANSWER)}


def _by_column(earlier: Sequence[ColumnUse]) -> dict[str, list[Proposed]]:
    before: dict[str, list[Proposed]] = {}
    for use in earlier:
        values = (use.part, use.ticked, use.not_ticked, use.list_separator)
        line = Proposed(use.source_column, use.question_id, *(value or "" for value in values))
        before.setdefault(use.source_column, []).append(line)
    return before


def _wholes(text: str) -> list[str]:
    """A header, and the parts of "code. wording"."""
    text = SELECTED.sub("", text)
    code = WITH_CODE.fullmatch(text)
    return [text, code["name"], code["code"]] if code else [text]


def splits(text: str) -> Iterator[tuple[str, str]]:
    """A name and an option, at every sign that may stand between them."""
    for sign in BEFORE_OPTION.finditer(text):
        yield text[: sign.start()], text[sign.end() :].removesuffix(CLOSING.get(sign.group().strip(), ""))


class Matching:
    """The columns of one export, held against one codebook."""

    def __init__(self, export: Export, survey: Survey) -> None:
        self.export, self.survey = export, survey
        self.known = tools_columns(export)

    @cached_property
    def wordings(self) -> Mapping[str, set[str]]:
        """The questions that go by a name, ids and labels, normalised."""
        found: dict[str, set[str]] = {}
        for question in self.survey.questions:
            for name in question.spellings():
                found.setdefault(normalised(name), set()).add(question.question_id)
        return found

    def told(self, column: str) -> list[Proposed]:
        """The lines that the name or the wording of a column says; none where they say nothing."""
        wording = self.export.wording(column)
        if lines := self._named(column, wording):
            return lines
        if known := self.known.get(column):
            return [self._of_tool(column, known)]
        if lines := self._option_alone(column):
            return lines
        by_name = self._named(column, column) if wording != column else []
        return [line.marked("its name is in the codebook, its wording is not") for line in by_name]

    def held(self, before: list[Proposed], told: list[Proposed], worded_before: str | None) -> list[Proposed]:
        """The lines of an earlier round, unless the file says that the name is another question's now."""
        column = before[0].source_column
        wording = self.export.table.wordings.get(column)
        if any(line.question not in (*self.survey.questions_by_id, *RESERVED_NAMES, IGNORED) for line in before):
            return told
        is_same = wording is None or normalised(wording) == normalised(worded_before or "") or self._is_of_tool(column)
        if not is_same and {line.question for line in told} != {line.question for line in before}:
            was = " and ".join(line.question for line in before)
            if told:
                return [line.marked(f"it was {was} in an earlier round, and its wording is another's") for line in told]
            return [line.marked(f"it was {was} in an earlier round, and its wording is not known") for line in before]
        return [line for each in before for line in self._with_values(each)]

    def _is_of_tool(self, column: str) -> bool:
        return column in self.known and self.known[column].is_sure

    def _with_values(self, line: Proposed) -> list[Proposed]:
        """A line of an earlier round with the values of this file, where they are others."""
        question = self.survey.questions_by_id.get(line.question)
        if line.question == "_municipality":
            found = _municipality(line.source_column, self.export.column(line.source_column))
            return [line if found.part.startswith(MARK) else found]
        if question is None or question.type != "select_multiple":
            return [line]
        choices = self.survey.choices_of(question)
        option = next((each for each in choices if each.code == line.part), None)
        if option and gainsaid(line, self.export, option):
            return lines_of_option(line.source_column, question, option, self.export, self.survey)
        if not line.list_separator:
            return [line]
        found = joined(line.source_column, question, self.export, self.survey)
        before, now = (
            how_read(self.export.column(line.source_column), each.list_separator, choices) for each in (line, found)
        )
        return [found if before < now else line]

    def _named(self, column: str, text: str) -> list[Proposed]:
        """The lines of the one question that a text names, with or without an option, or behind its groups; of a word
        that is no id also by the id that new-survey makes of it."""
        names = [name for whole in _wholes(text) for name in (whole, *self._behind_groups(whole))]
        for name in names:
            if lines := self._of_name(column, name, None):
                return lines
            for left, option in splits(name):
                if lines := self._of_name(column, left, option):
                    return lines
        ids = (as_id(name) for name in names if len(name.split()) == 1)
        return next((lines for each in ids if (lines := self._of_name(column, each, None))), [])

    def _behind_groups(self, text: str) -> Iterator[str]:
        """A name behind those of its groups: group/question of KoboToolbox, group-question of ODK Central."""
        for sign in BEHIND_GROUP.finditer(text):
            group = text[: sign.start()]
            if normalised(group) not in self.wordings and (sign.group() == "/" or " " not in group):
                yield text[sign.end() :]

    def _of_name(self, column: str, name: str, option: str | None) -> list[Proposed]:
        questions = [self.survey.questions_by_id[each] for each in sorted(self.wordings.get(normalised(name), ()))]
        if option is not None and normalised(option) in WHOLE_ANSWER:
            option = None
        found = [lines for each in questions if (lines := self._of_question(column, each, option))]
        if len(found) > 1:
            several = ", ".join(each.question_id for each in questions)
            return [Proposed(column, MARK, reason=f"several questions have this wording: {several}")]
        return found[0] if found else []

    def _of_question(self, column: str, question: Question, option: str | None) -> list[Proposed]:
        """The lines for a question; none when the option is none of its list."""
        roles, text = self.survey.settings.roles, text_of_other(question, self.survey)
        is_multiple = question.type == "select_multiple"
        if option is None and roles and question.list_name == roles.list_name:
            return [Proposed(column, "_role")]
        if option is None:
            whole = Proposed(column, question.question_id)
            return [joined(column, question, self.export, self.survey) if is_multiple else whole]
        is_text = option.endswith(OWN_WORDS)
        chosen = option_named(option, self.survey.choices_of(question)) if is_multiple and not is_text else None
        if chosen:
            return lines_of_option(column, question, chosen, self.export, self.survey)
        return [Proposed(column, text.question_id)] if text and (is_text or is_other(option)) else []

    def _of_tool(self, column: str, known: KnownHeader) -> Proposed:
        if known.question_id == "_municipality":
            return _municipality(column, self.export.column(column))
        return Proposed(column, known.question_id, reason=known.reason)

    def _option_alone(self, column: str) -> list[Proposed]:
        """A column that is named by an option and holds it, as Typeform has it; an option of one question only."""
        cells = {normalised(cell) for cell in self.export.column(column)}
        found = [
            (question, option)
            for question in self.survey.questions if question.type == "select_multiple"
            for option in self.survey.choices_of(question)
            if normalised(column) in map(normalised, filter(None, option.labels.values()))
        ]  # fmt: skip
        if len(found) != 1 or not cells <= {normalised(column)}:
            return []
        return lines_of_option(column, *found[0], self.export, self.survey)

    def guessed(self, lines: Sequence[Proposed]) -> list[Proposed]:
        """The lines with a guess at what neither name nor wording tells, by questions that no column is yet."""
        taken = {line.question for line in lines}
        free = self.survey.questions_by_id.keys() - taken
        return [
            self._guess(line, free, taken) if line == Proposed(line.source_column, MARK) else line for line in lines
        ]

    def _guess(self, line: Proposed, free: Collection[str], taken: Collection[str]) -> Proposed:
        wording = self.export.wording(line.source_column)
        for question, reason in (
            (self._of_row(wording, free), "a question has the wording of its row"),
            (self._near(normalised(wording), free), "the wording is near, not the same"),
        ):
            if question is not None:
                return self._of_question(line.source_column, question, None)[0].marked(reason)
        guess, reason = self._by_values(line.source_column)
        return (
            line.marked("no question has this id or wording")
            if guess in taken
            else replace(line, question_id=MARK + guess, reason=reason)
        )

    def _of_row(self, wording: str, free: Collection[str]) -> Question | None:
        """The one question of a grid that is asked by its row: what is behind the words that all rows share."""
        pairs = (split for whole in _wholes(wording) for split in splits(whole))
        rows = (normalised(row) for shared, row in pairs if normalised(shared) not in self.wordings)
        found = {question for row in rows for question in self.wordings.get(row, ())} & {*free}
        return self.survey.questions_by_id[found.pop()] if len(found) == 1 else None

    def _near(self, wording: str, free: Collection[str]) -> Question | None:
        """The question whose wording is near, where no other one is as near: a wrong name is worse than none, and
        Claim 1 is near to Claim 2."""
        scores = sorted(
            (
                (fuzz.ratio(wording, name), question)
                for name, questions in self.wordings.items()
                for question in questions
                if len(name) >= SHORTEST_NEAR and DIGITS.findall(name) == DIGITS.findall(wording)
            ),
            reverse=True,
        )
        score, best = scores[0] if scores else (0.0, "")
        second = next((other for other, question in scores if question != best), 0.0)
        is_near = score >= NEAR_ENOUGH and score - second >= NEARER_BY and best in free
        return self.survey.questions_by_id[best] if is_near else None

    def _by_values(self, column: str) -> tuple[str, str]:
        """The values may be those of the roles, or times."""
        roles, shown = self.survey.settings.roles, self.export.shown(column)
        choices = self.survey.lists.get(roles.list_name, ()) if roles else ()
        if shown and set(shown.values()) <= {normalised(name) for each in choices for name in each.spellings()}:
            return "_role", "its values are those of the roles"
        if shown and timestamp_formats([*shown]):
            return "_submitted_at", "its values are times"
        return "", "no question has this id or wording"


def _municipality(column: str, values: Sequence[str]) -> Proposed:
    """By code or by name: codes have digits, names have none."""
    n_with_digits = sum(any(map(str.isdigit, value)) for value in values)
    if values and n_with_digits in (0, len(values)):
        return Proposed(column, "_municipality", "code" if n_with_digits else "name")
    return Proposed(column, "_municipality", MARK, reason="codes or names cannot be told from the file")


def _unsure_if_repeated(line: Proposed, proposed: Sequence[Proposed], survey: Survey) -> Proposed:
    """Two columns for one question, or one option of it: a person says which of them it is."""
    if line.question in ("", IGNORED) or line.question_id.startswith(MARK):
        return line
    same = [other for other in proposed if _answered(other, survey) == _answered(line, survey)]
    return line if len(same) == 1 else line.marked(f"{len(same)} columns look like {line.question}")


def _answered(line: Proposed, survey: Survey) -> tuple[str, str]:
    return line.question, line.part if line.question in survey.questions_by_id else ""


def _not_offered(lines: Sequence[Proposed], earlier: Sequence[ColumnUse], survey: Survey) -> Iterator[Proposed]:
    """The options without a column, of questions with a column per option: as in an earlier round, or to decide."""
    before = {(use.question_id, use.part) for use in earlier if use.source_column == NOT_OFFERED}
    there = {(line.question, line.part) for line in lines if line.part}
    asked = {name for name, _ in there}
    for question in survey.questions:
        if question.type == "select_multiple" and question.question_id in asked:
            for option in survey.choices_of(question):
                line = Proposed(NOT_OFFERED, question.question_id, option.code)
                if (line.question, line.part) not in there:
                    is_known = (line.question, line.part) in before
                    yield line if is_known else line.marked("no column is this option: take the line out if one is")
