"""Spellings of an export that the codebook does not have, each with the nearest option as a suggestion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.proposals.columns import UNSURE, Proposed, names_of
from ingest.proposals.reading import Export
from ingest.registry import Registry
from ingest.suggestions import nearest
from ingest.survey import Survey
from ingest.systems import Systems


@dataclass(frozen=True)
class ProposedRecode:
    """A line of recodes.csv; its code begins with ? and waits for a person."""

    list_name: str
    source_value: str
    code: str


def propose_recodes(
    export: Export, columns: Sequence[Proposed], survey: Survey, registry: Registry, systems: Systems, known: set[str]
) -> list[ProposedRecode]:
    """A line for each value of a listed question that is no code, label or spelling known from earlier rounds.

    Names of systems that are in no list are answers like others: only those near to one are proposed.
    """
    found: dict[tuple[str, str], ProposedRecode] = {}
    for line in columns:
        if line.ticked:
            continue
        name, options = _options(line, survey, registry, systems)
        for value in dict.fromkeys(_values(export, line)):
            if options and value not in options and value not in known:
                near = nearest(value, options)
                if near is not None or name != line.question or line.question.startswith("_"):
                    suggested = UNSURE + (options[near] if near is not None else "")
                    found[name, value] = ProposedRecode(name, value, suggested)
    return list(found.values())


def _values(export: Export, line: Proposed) -> Iterator[str]:
    for cell in export.column(line.source_column):
        parts = cell.split(line.list_separator) if line.list_separator else [cell]
        yield from filter(None, map(str.strip, parts))


def _options(line: Proposed, survey: Survey, registry: Registry, systems: Systems) -> tuple[str, Mapping[str, str]]:
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
