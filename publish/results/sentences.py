"""Findings of rounds: what their authors wrote, with figures that the release tells, in its own words for numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import duckdb

from ingest.codebook.round_findings import IN_BRACES, Figure, Place, figures_in, read_figure
from publish.writing.words import Words

# Of a round that waits to be signed off nothing is said of answers.
TEXTS = """
    select dim_round.survey_id, dim_round.round_id, dim_round.round_key, dim_round.is_synthetic,
        findings.finding_number::integer, findings.texts
    from source.raw.codebook__findings as findings
    inner join release.marts.dim_round using (survey_id, round_id)
    where (survey_id, round_id) not in (from protected.disclosure.unsigned_rounds)
    order by all
"""
PLACE = ", ".join(("survey_id", "round_id", *Place._fields))
# Of the tables that readers get, in which nothing hidden is told.
CELLS = f"""
    select {PLACE}, n, pct, base_n, if(breakdown = 'county', is_reliable_for_frame, is_reliable)
    from release.marts.answer_distribution
    semi join (select unnest(?, recursive := true)) using ({PLACE})
    qualify row_number() over (partition by {PLACE} order by level) = 1
"""


class Told(NamedTuple):
    """What the release tells of a cell."""

    n: int | None
    pct: int | None
    base_n: int | None
    is_reliable: bool | None


class Sentence(NamedTuple):
    """A finding in one language, as `finding` has it."""

    sentence: str | None
    bases: str | None
    is_shown: bool
    is_reliable: bool | None


NOT_SHOWN = Sentence(None, None, is_shown=False, is_reliable=None)
NOTHING = Told(None, None, None, None)


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill `finding` of the release that is made from its own answer_distribution."""
    found = connection.execute(TEXTS).fetchall()
    rows = [(row[:5], *each) for row in found for each in json.loads(row[5]).items()]
    cells = _cells(connection, {(*key[:2], *figure.place) for key, _, text in rows for figure in figures_in(text)})
    for key, language, text in rows:
        told = {each: cells.get((*key[:2], *each.place), NOTHING) for each in figures_in(text)}
        values = (*key, language, *filled(text, told, Words(language)))
        connection.execute(f"insert into release.marts.finding values ({', '.join('?' * len(values))})", values)


def _cells(connection: duckdb.DuckDBPyConnection, places: Iterable[tuple[str, ...]]) -> Mapping[tuple[str, ...], Told]:
    names = PLACE.split(", ")
    wanted = [dict(zip(names, place, strict=True)) for place in sorted(places)]
    found = connection.execute(CELLS, [wanted]).fetchall() if wanted else []
    return {row[: len(names)]: Told(*row[len(names) :]) for row in found}


def filled(text: str, told: Mapping[Figure, Told], words: Words) -> Sentence:
    """A sentence with its figures, or none of it where one of them is not told."""
    if any(getattr(cell, figure.measure) is None for figure, cell in told.items()):
        return NOT_SHOWN
    bases = [cell.base_n for figure, cell in told.items() if figure.measure == "pct"]
    shown = {figure: _written(figure.measure, cell, words) for figure, cell in told.items()}
    return Sentence(
        IN_BRACES.sub(lambda braces: shown[figure] if (figure := read_figure(braces[1])) else braces[0], text),
        ", ".join(map(words.count, dict.fromkeys(bases))) or None, is_shown=True,
        is_reliable=all(cell.is_reliable is not False for cell in told.values()),
    )  # fmt: skip


def _written(measure: str, cell: Told, words: Words) -> str:
    return words.percent(cell.pct) if measure == "pct" else words.count(getattr(cell, measure))
