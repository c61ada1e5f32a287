"""Spellings of an export that the codebook does not have, each with the nearest option as a suggestion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from faults.errors import MARK
from faults.suggestions import nearest, whole_number
from ingest.codebook.round import NOT_OFFERED, Recode
from ingest.codebook.survey import Survey
from ingest.proposals.options import Proposed, is_other
from ingest.proposals.reading import Export
from ingest.reference.registry import Registry
from ingest.reference.systems import Systems

OTHER_LABEL = "its label in the file is another option's"
UNKNOWN_LABEL = "its label in the file is no name of the option"
HALF = "a part of a label that holds the sign between options: all parts of it stand for the option"
OWN_WORDS = "near to no option: perhaps the words of somebody who chose Other"
LIMESURVEY_OTHER = "-oth-"


@dataclass(frozen=True)
class ProposedRecode:
    """A line of recodes.csv; a code that begins with ? waits for a person, and `reason` says why."""

    list_name: str
    source_value: str
    code: str
    reason: str = ""


def propose_recodes(
    export: Export,
    columns: Sequence[Proposed],
    survey: Survey,
    registry: Registry,
    systems: Systems,
    earlier: Sequence[Recode],
) -> list[ProposedRecode]:
    """The lines of earlier rounds, and one for each value of a listed question that is no code, label or such a line.

    Names of systems that are in no list are answers like others: only those near to one are proposed.
    """
    found = {(each.list_name, each.source_value): each for each in _kept(earlier, survey)}
    kept = list(found.values())
    for line in columns:
        if line.ticked or line.source_column == NOT_OFFERED:
            continue
        name, options = _options(line, survey, registry, systems)
        same = [each for each in kept if survey.recoded_list(each.list_name) == survey.recoded_list(name)]
        before = {each.source_value: each.code for each in same}
        question = survey.questions_by_id.get(line.question)
        is_open = question is not None and question.type == "system"
        values = list(dict.fromkeys(_values(export, line))) if options else []
        spellings = _Spellings(options, values, line.list_separator, is_open)
        for value in values:
            code, reason = _code(value, export.label(line.source_column, value), spellings, before)
            if code and not (is_open and code == MARK):
                found[name, value] = ProposedRecode(name, value, code, reason)
    return list(found.values())


class _Spellings:
    """What stands for a code besides its own names: a number for a code that lost its zeros or has decimals, and the
    parts of a label that holds the sign between options."""

    def __init__(self, options: Mapping[str, str], values: Sequence[str], separator: str, is_open: bool) -> None:
        self.options = options
        codes = set(options.values())
        self.others = set() if is_open else {code for name, code in options.items() if is_other(name)}
        self._by_number = _codes_by((whole_number(code), code) for code in codes)
        parts = ((part.strip(), code) for name, code in options.items() for part in name.split(separator or None))
        self._by_part = _codes_by(parts) if separator.strip() else {}
        numbers = [value for value in values if whole_number(value)]
        self._are_all_codes = all(value in options or self._by_number.get(whole_number(value)) for value in numbers)

    def code(self, value: str) -> tuple[str, str] | None:
        """The code and why it is unsure; None where the value is none of these."""
        if part := self._by_part.get(value):
            return MARK + part, HALF
        if not whole_number(value):
            return None
        code = self._by_number.get(whole_number(value), "")
        if not code:
            return MARK, "a number that is no code"
        is_sure = self._are_all_codes or value.startswith(f"{code}.")
        return (code, "") if is_sure else (MARK + code, "a number that is not written as the code")


def _codes_by(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The one code of each name."""
    codes = defaultdict(set)
    for name, code in named:
        codes[name].add(code)
    return {name: "".join(each) for name, each in codes.items() if name and len(each) == 1}


def _kept(earlier: Sequence[Recode], survey: Survey) -> Iterator[ProposedRecode]:
    """The lines of earlier rounds. Those that are right in some rounds only are marked: nobody knows in whose codes the
    file is."""
    meant = defaultdict(set)
    for each in earlier:
        meant[survey.recoded_list(each.list_name), each.source_value].add(each.code)
    for each in earlier:
        list_name, reason = survey.recoded_list(each.list_name), ""
        if survey.other_option(list_name, each.source_value, each.code):
            reason = "an earlier round had codes of its own"
        elif len(meant[list_name, each.source_value]) > 1:
            reason = "earlier rounds do not agree on it"
        yield ProposedRecode(each.list_name, each.source_value, (MARK if reason else "") + each.code, reason)


def _code(value: str, label: str, spellings: _Spellings, before: Mapping[str, str]) -> tuple[str, str]:
    """The code that a value stands for, and why it is unsure; no code where the value needs no recode, or has one.

    What the file itself says of a value is sure, unless the codebook or an earlier round says otherwise. A label that
    neither knows puts a code of the codebook in doubt, not what a person recoded."""
    known = {**spellings.options, **before}
    sure = {spelling: code for spelling, code in known.items() if not code.startswith(MARK)}
    meant = sure.get(label)
    if value in known:
        if meant == known[value] or (meant is None and value in before):
            return "", ""
        return MARK + (meant or known[value]), OTHER_LABEL if meant else UNKNOWN_LABEL
    if meant is not None:
        return meant, ""
    return spellings.code(label) or _near(label, sure, spellings.others)


def _near(label: str, sure: Mapping[str, str], others: Collection[str]) -> tuple[str, str]:
    other = "".join(others) if len(others) == 1 else ""
    if other and label == LIMESURVEY_OTHER:
        return other, ""
    near = nearest(label, sure)
    if near is not None:
        return MARK + sure[near], "a spelling near to an option"
    return MARK + other, OWN_WORDS if other else "a spelling that is near to no option"


def _values(export: Export, line: Proposed) -> Iterator[str]:
    for cell in export.column(line.source_column):
        parts = cell.split(line.list_separator) if line.list_separator else [cell]
        yield from filter(None, map(str.strip, parts))


def _options(line: Proposed, survey: Survey, registry: Registry, systems: Systems) -> tuple[str, dict[str, str]]:
    """The name that recodes go under, and the code of each value that needs none; nothing where any value is fine."""
    question = survey.questions_by_id.get(line.question)
    roles = survey.settings.roles
    if line.question == "_role" and roles:
        return "_role", _of_list(survey, roles.list_name)
    if line.question == "_municipality":
        return "_municipality", _of_municipalities(registry)
    if question is not None and question.type == "system":
        return question.question_id, {name: each.system_id for each in systems.systems for name in each.spellings()}
    if question is not None and question.type in ("select_one", "select_multiple") and question.list_name:
        return question.list_name, _of_list(survey, question.list_name)
    return "", {}


def _of_list(survey: Survey, list_name: str) -> dict[str, str]:
    return {name: choice.code for choice in survey.lists.get(list_name, ()) for name in choice.spellings()}


def _of_municipalities(registry: Registry) -> dict[str, str]:
    """Codes and names of every division: which one the round is on is not known yet."""
    rows = [row for _, division in sorted(registry.divisions.items()) for row in division]
    return {
        name: row.municipality_code
        for row in rows
        for name in filter(None, (row.municipality_code, *row.names.values()))
    }
