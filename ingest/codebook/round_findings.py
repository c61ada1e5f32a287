"""Findings: sentences of a round with figures in braces, which a release fills in from its own tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from faults.errors import FaultList
from faults.suggestions import among, quoted
from ingest.codebook.figures import breakdown_ids, own_breakdowns
from ingest.codebook.round import Round
from ingest.codebook.survey import CLOSED_TYPES, Survey
from ingest.codebook.survey_checks import check_labels
from ingest.readers.settings import Location
from ingest.reference.registry import Registry

MEASURES = ("n", "pct", "base_n")
UNITS = ("response", "municipality")
IN_BRACES = re.compile(r"{([^{}]*)}")
FORM = (
    "{question, answer, measure, unit}, and of a part of the respondents {question, answer, measure, unit, breakdown "
    "row}, as {enough_staff, yes, pct, response, size_class small}"
)
Unknown = tuple[str, str, Collection[str]]  # what a name is of, the name, and those that there are


class Place(NamedTuple):
    """A cell of a round's results; an answer_code that both a group and an option have is the group's."""

    question_id: str
    answer_code: str
    unit: str
    breakdown: str = "all"
    breakdown_id: str = "all"


class Figure(NamedTuple):
    """A figure of a sentence."""

    place: Place
    measure: str


def figures_in(text: str) -> Iterator[Figure]:
    """The figures of a sentence that was checked."""
    return (figure for written in IN_BRACES.findall(text) if (figure := read_figure(written)))


def read_figure(written: str) -> Figure | None:
    """A figure from what stands in its braces; None where it is no figure."""
    parts = [part.strip() for part in written.split(",")]
    row = parts[4].split() if len(parts) == 5 else []
    if len(parts) not in (4, 5) or len(row) != 2 * (len(parts) - 4):
        return None
    question, answer, measure, unit, *_ = parts
    return Figure(Place(question, answer, unit, *row), measure)


def check_findings(round_: Round, survey: Survey, registry: Registry | None, faults: FaultList) -> None:
    """Note every figure that is of nothing, and sentences that say other figures in another language."""
    for index, finding in enumerate(round_.settings.findings):
        n_faults = len(faults)
        check_labels(round_.places, ("findings", index), finding, survey.settings.languages, faults)
        texts = {language: text for language, text in finding.items() if text}
        for language, text in texts.items():
            _check_sentence(round_, survey, registry, ("findings", index, language), text, faults)
        if len(faults) == n_faults:
            _check_languages(round_, index, texts, faults)


def _check_sentence(
    round_: Round, survey: Survey, registry: Registry | None, location: Location, text: str, faults: FaultList
) -> None:
    written = IN_BRACES.findall(text)
    if not written or set("{}") & set(IN_BRACES.sub("", text)):
        found = "a brace without its other one" if set("{}") & set(text) else "no figure in braces"
        faults.add("finding-without-figure", *round_.places.where(*location), f"The sentence has {found}.", form=FORM)
    for each in written:
        _check_figure(round_, survey, registry, location, each, faults)


def _check_figure(
    round_: Round, survey: Survey, registry: Registry | None, location: Location, written: str, faults: FaultList
) -> None:
    figure = read_figure(written)
    if figure is None:
        found = f"The figure {{{written}}} cannot be read."
        faults.add("unreadable-figure", *round_.places.where(*location), found, form=FORM)
    elif unknown := next(_unknown(figure, round_, survey, registry), None):
        thing, name, known = unknown
        found = f"There is no {thing} {quoted(name)}, which the figure {{{written}}} names."
        faults.add("unknown-name", *round_.places.where(*location), found, **among(name, known))


def _unknown(figure: Figure, round_: Round, survey: Survey, registry: Registry | None) -> Iterator[Unknown]:
    """The names of a figure that are of nothing; the first decides what the others may be."""
    place = figure.place
    asked = [each.question_id for each in survey.questions
             if each.type in CLOSED_TYPES and each.question_id in round_.asked]  # fmt: skip
    choices = survey.choices_of(survey.questions_by_id.get(place.question_id))
    answers = [each for choice in choices if choice.is_missing != "1" for each in (choice.code, choice.group_code)]
    no_breakdown = "role" if place.unit == "municipality" else ""  # a municipality has none
    breakdowns = [each for each in (*own_breakdowns(registry), *survey.settings.breakdowns) if each != no_breakdown]
    rows = breakdown_ids(survey, registry, place.breakdown)
    for thing, name, known in (
        ("question of this round with answers to choose from,", place.question_id, asked),
        (f"answer to {place.question_id}", place.answer_code, dict.fromkeys(filter(None, answers))),
        ("measure", figure.measure, MEASURES),
        ("unit", place.unit, UNITS),
        (f"breakdown by {place.unit}", place.breakdown, breakdowns if registry else [place.breakdown]),
        (f"row of {place.breakdown}", place.breakdown_id, [place.breakdown_id] if rows is None else rows),
    ):
        if name not in known:
            yield thing, name, known


def _check_languages(round_: Round, index: int, texts: dict[str, str], faults: FaultList) -> None:
    """A finding says the same in each language."""
    first, *others = texts
    for language in others:
        if sorted(figures_in(texts[language])) != sorted(figures_in(texts[first])):
            found = f"The sentence has other figures in {language} than in {first}."
            faults.add("other-figures", *round_.places.where("findings", index, language), found)
