"""What tables on practices and interviews name: kinds of organisations, areas of the registry, texts in languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator

from faults.errors import FaultList
from faults.suggestions import among, listed, quoted
from ingest.readers.cells import LOOKED_UP, Labels, Text, is_valid, refused
from ingest.readers.rows import SourceRow
from ingest.reference.registry import Registry

SEPARATOR = ";"
MUNICIPALITY = "municipality"  # beside the levels of areas.csv
Organisation = Literal["municipality", "county", "state"]


def _check_organisations(value: str) -> str:
    known, named = get_args(Organisation), value.split(SEPARATOR)
    if len(set(named)) < len(named) or set(named) - set(known):
        unknown = next((name for name in named if name not in known), "")
        raise refused("unknown-organisation", **among(unknown, known))
    return value


def _check_areas(value: str) -> str:
    named = value.split(SEPARATOR)
    if len(set(named)) < len(named) or not all(level and code for level, code in areas_in(value)):
        raise refused("wrong-area")
    return value


def areas_in(text: str | None) -> list[tuple[str, str]]:
    """The areas of a cell, each as its level and its code."""
    return [(level, code) for level, _, code in (each.partition(":") for each in (text or "").split(SEPARATOR) if each)]


Organisations = Annotated[Text, AfterValidator(_check_organisations)]
Areas = Annotated[Text, LOOKED_UP, AfterValidator(_check_areas)]


def check_areas(path: Path, row: SourceRow, column: str, registry: Registry | None, faults: FaultList) -> None:
    """Each area is one of the registry: of a level of areas.csv, or a municipality of any division."""
    text = getattr(row, column)
    if registry is None or not is_valid(Areas, text):  # of another form: told already
        return
    levels = (*registry.area_levels, MUNICIPALITY)
    for level, code in areas_in(text):
        known = _codes(registry, level) if level in levels else levels
        sought, thing = (code, level) if level in levels else (level, "level of areas")
        if sought not in known:
            found = f"There is no {thing} {quoted(sought)}."
            faults.add("unknown-named-area", path, row.at(column), found, **among(sought, sorted(known)))


def _codes(registry: Registry, level: str) -> frozenset[str]:
    if level == MUNICIPALITY:
        return frozenset().union(*map(registry.municipality_codes, registry.divisions))
    return registry.area_codes(level)


def check_translated(
    path: Path, row: SourceRow, field: str, languages: Sequence[str], faults: FaultList, *, is_needed: bool = False
) -> None:
    """A text is there in every language, or, where it may be left out, in none."""
    texts: Labels = getattr(row, field)
    if is_needed or any(texts.values()):
        for language in (each for each in languages if not texts.get(each)):
            place = row.at(f"{row.translated_columns()[field]}_{language}")
            if is_needed:
                faults.add("missing-text", path, place, "The text is empty.", languages=listed(languages))
            else:
                faults.add("text-in-some-languages", path, place, "The text is empty.", languages=listed(languages))
