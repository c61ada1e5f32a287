"""Spellings of an export that the codebook does not have, each with the nearest option as a suggestion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.proposals.columns import UNSURE, Proposed, names_of
from ingest.proposals.reading import Export
from ingest.registry import Registry
from ingest.round import Recode
from ingest.suggestions import nearest
from ingest.survey import Survey
from ingest.systems import Systems

OTHER_LABEL = "its label in the file is another option's"
UNKNOWN_LABEL = "its label in the file is no name of the option"


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
        if line.ticked:
            continue
        name, options = _options(line, survey, registry, systems)
        same = [each for each in kept if survey.recoded_list(each.list_name) == survey.recoded_list(name)]
        before = {each.source_value: each.code for each in same}
        is_open = name == line.question and not line.question.startswith("_")
        for value in dict.fromkeys(_values(export, line)) if options else ():
            code, reason = _code(value, export.label(line.source_column, value), options, before)
            if code and not (is_open and code == UNSURE):
                found[name, value] = ProposedRecode(name, value, code, reason)
    return list(found.values())


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
        yield ProposedRecode(each.list_name, each.source_value, (UNSURE if reason else "") + each.code, reason)


def _code(value: str, label: str, options: Mapping[str, str], before: Mapping[str, str]) -> tuple[str, str]:
    """The code that a value stands for, and why it is unsure; no code where the value needs no recode, or has one.

    What the file itself says of a value is sure, unless the codebook or an earlier round says otherwise. A label that
    neither knows puts a code of the codebook in doubt, not what a person recoded."""
    known = {**options, **before}
    sure = {spelling: code for spelling, code in known.items() if not code.startswith(UNSURE)}
    meant = sure.get(label)
    if value in known:
        if meant == known[value] or (meant is None and value in before):
            return "", ""
        return UNSURE + (meant or known[value]), OTHER_LABEL if meant else UNKNOWN_LABEL
    if meant is not None:
        return meant, ""
    near = nearest(label, sure)
    if near is None:
        return UNSURE, "a spelling that is near to no option"
    return UNSURE + sure[near], "a spelling near to an option"


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
    return {name: choice.code for choice in survey.lists.get(list_name, ()) for name in names_of(choice)}


def _of_municipalities(registry: Registry) -> dict[str, str]:
    """Codes and names of every division: which one the round is on is not known yet."""
    rows = [row for _, division in sorted(registry.divisions.items()) for row in division]
    return {
        name: row.municipality_code
        for row in rows
        for name in filter(None, (row.municipality_code, *row.names.values()))
    }
