"""The registry: municipalities by division, areas, population, foreign-language shares, changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, create_model

from faults.errors import FaultList, line_place
from faults.suggestions import among, did_you_mean, listed, quoted
from ingest.readers.cells import (
    AreaCode,
    Count,
    Flag,
    IsoDate,
    Labels,
    MunicipalityCode,
    OptionalText,
    Percentage,
    QuestionId,
    Text,
    TilePlace,
    Year,
    is_valid,
)
from ingest.readers.rows import SourceRow, check_unique, read_optional_rows, read_rows
from ingest.reference.sources import SourceCard, SourceFile, describe_files, read_card
from store.fingerprint import source_sha256
from store.paths import DataPaths

Names = dict[str, Text]  # in the languages of the registry, by language


class Municipality(SourceRow):
    """A municipality in one division. A file leaves out the columns of levels that its division lacks, and is_mainland
    where a country has no such part."""

    municipality_code: MunicipalityCode
    """The code of the municipality, kept as text."""
    names: Names
    """What it is called."""
    is_mainland: Flag = "1"
    """Whether rounds of scope mainland ask it."""

    @classmethod
    def optional_columns(cls) -> frozenset[str]:
        return cls._area_columns() | {"is_mainland"}

    @classmethod
    def translated_columns(cls) -> Mapping[str, str]:
        return {"names": "name"}

    @classmethod
    @cache
    def _area_columns(cls) -> frozenset[str]:
        return frozenset(cls.columns()) - frozenset(Municipality.columns())

    def area_codes(self) -> dict[str, str]:
        """The area of each level that the municipality has one on, by level."""
        codes = ((name, getattr(self, name)) for name in sorted(self._area_columns()))
        return {name.removesuffix(AREA_SUFFIX): code for name, code in codes if code is not None}


AREA_SUFFIX = "_code"


def municipality_class(levels: Collection[str]) -> type[Municipality]:
    """The rows of municipalities.csv in a registry with these area levels, which have a column each."""
    columns: dict[str, Any] = {
        f"{level}{AREA_SUFFIX}": (AreaCode | None, Field(None, description="The area of this level that it is in."))
        for level in levels
    }
    return create_model("Municipality", __base__=Municipality, **columns)


class Area(SourceRow):
    """A code of one level: a county, a region, an ELY centre, a group of municipalities. The levels are what the file
    says: each is a breakdown of every survey. Pages of results have a map of tiles where every county has a place, no
    two the same; bars otherwise."""

    area_level: QuestionId
    """The level, such as county or region."""
    area_code: AreaCode
    """The code of the area on its level."""
    names: Names
    """What it is called."""
    is_counted: Flag
    """Whether it counts as one of its level."""
    short_names: Labels = Field(default_factory=dict)
    """What it is called where there is little room."""
    tile_column: TilePlace | None = None
    """Its place on the map of tiles, from the left."""
    tile_row: TilePlace | None = None
    """Its place on the map of tiles, from the top."""

    @classmethod
    def optional_columns(cls) -> frozenset[str]:
        return frozenset({"short_names", "tile_column", "tile_row"})

    @classmethod
    def translated_columns(cls) -> Mapping[str, str]:
        return {"names": "name", "short_names": "short"}


class Population(SourceRow):
    """Inhabitants of a municipality on 31 December; empty where nobody knows how many."""

    municipality_code: MunicipalityCode
    """The code of the municipality."""
    year: Year
    """The year, on 31 December."""
    population: Count | None
    """The inhabitants; without them the municipality is in no size class."""
    municipal_division: IsoDate
    """The division that the code is of, by its date."""


class ForeignLanguageShare(SourceRow):
    """Per cent of the inhabitants of a municipality who speak a foreign language. May be left out."""

    municipality_code: MunicipalityCode
    """The code of the municipality."""
    year: Year
    """The year, on 31 December."""
    foreign_language_pct: Percentage
    """The percentage."""
    municipal_division: IsoDate
    """The division that the code is of, by its date."""


class Change(SourceRow):
    """A merger, a move between areas or a structural change. May be left out."""

    effective_date: IsoDate
    """The first day on which it holds."""
    change_type: Literal["merger", "region_move", "structure"]
    """What changed; only mergers let rounds on two divisions be compared."""
    old_code: MunicipalityCode | None
    """The code before."""
    old_names: Labels
    """The name before."""
    new_code: MunicipalityCode | None
    """The code after."""
    new_names: Labels
    """The name after."""
    detail: OptionalText
    """What happened, in a sentence."""

    @classmethod
    def translated_columns(cls) -> Mapping[str, str]:
        return {"old_names": "old_name", "new_names": "new_name"}


@dataclass(frozen=True)
class Registry:
    """The whole registry. `divisions` has the municipalities by division date (ISO text)."""

    divisions: Mapping[str, Sequence[Municipality]]
    areas: Sequence[Area]
    populations: Sequence[Population]
    foreign_language_shares: Sequence[ForeignLanguageShare]
    changes: Sequence[Change]
    sources: Sequence[SourceFile]

    def municipality_codes(self, division: str) -> frozenset[str]:
        """The codes of one division; empty when the registry lacks it."""
        return frozenset(row.municipality_code for row in self.divisions.get(division, ()))

    def populated_codes(self, year: str) -> frozenset[str]:
        """The municipalities that have a line for a year; their population in it may be unknown."""
        return frozenset(row.municipality_code for row in self.populations if row.year == year)

    @property
    def area_levels(self) -> tuple[str, ...]:
        """The levels of areas.csv, in its order."""
        return tuple(dict.fromkeys(area.area_level for area in self.areas))

    def area_codes(self, level: str) -> frozenset[str]:
        return frozenset(area.area_code for area in self.areas if area.area_level == level)


_READ: dict[Path, tuple[str, Registry]] = {}  # by folder: the hash of its files, and what was read of them


def read_registry(paths: DataPaths, faults: FaultList) -> Registry | None:
    """The registry with all its checks, or None with faults: nothing is checked against a registry that is wrong.

    A process reads it once per content: every step of a refresh asks for it.
    """
    content = source_sha256(paths, "registry")
    known, registry = _READ.get(paths.registry, ("", None))
    if known != content and (registry := _read(paths, faults)) is not None:
        _READ[paths.registry] = content, registry
    return registry


def _read(paths: DataPaths, faults: FaultList) -> Registry | None:
    n_faults = len(faults)
    folder = paths.registry
    areas = read_rows(folder / "areas.csv", Area, faults)
    populations = read_rows(folder / "population.csv", Population, faults)
    shares = read_optional_rows(folder / "foreign_language_share.csv", ForeignLanguageShare, faults)
    changes = read_optional_rows(folder / "changes.csv", Change, faults)
    divisions = _read_divisions(folder, areas, faults)
    card = read_card(folder, faults)
    if areas is None or populations is None or shares is None or changes is None or divisions is None:
        return None
    counts = {
        folder / "areas.csv": len(areas),
        folder / "population.csv": len(populations),
        folder / "foreign_language_share.csv": len(shares),
        folder / "changes.csv": len(changes),
    }
    counts = {file: n_rows for file, n_rows in counts.items() if file.exists()}
    sources = (*describe_files(counts, "registry", card), *_describe_divisions(folder, divisions, faults))
    registry = Registry(divisions, areas, populations, shares, changes, sources)
    _check_keys(folder, registry, faults)
    if len(faults) == n_faults:
        _check_references(folder, registry, faults)
    return registry if len(faults) == n_faults else None


def _read_divisions(
    folder: Path, areas: Sequence[Area] | None, faults: FaultList
) -> Mapping[str, Sequence[Municipality]] | None:
    names = sorted(child.name for child in folder.iterdir() if child.is_dir()) if folder.is_dir() else []
    if not names:
        faults.add("missing-division", folder, "", "There is no folder of a division.")
        return None
    for name in names:
        if not is_valid(IsoDate, name):
            faults.add("wrong-division", folder / name, "", f"The folder is named {quoted(name)}.")
    if areas is None:
        return None
    row_class = municipality_class(list(dict.fromkeys(area.area_level for area in areas)))
    languages = list(areas[0].names) if areas else []
    read = {name: read_rows(_division_file(folder, name), row_class, faults, languages=languages) for name in names}
    known = {name: rows for name, rows in read.items() if rows is not None}
    return known if len(known) == len(read) else None


def _describe_divisions(
    folder: Path, divisions: Mapping[str, Sequence[Municipality]], faults: FaultList
) -> list[SourceFile]:
    described: list[SourceFile] = []
    for name, rows in divisions.items():
        card: SourceCard | None = read_card(folder / name, faults)
        described += describe_files({_division_file(folder, name): len(rows)}, "registry", card)
    return described


def _check_keys(folder: Path, registry: Registry, faults: FaultList) -> None:
    key = ("municipal_division", "year", "municipality_code")
    check_unique(folder / "areas.csv", registry.areas, ("area_level", "area_code"), faults)
    check_unique(folder / "areas.csv", registry.areas, ("area_level", "tile_column", "tile_row"), faults)
    _check_tiles(folder / "areas.csv", registry.areas, faults)
    check_unique(folder / "population.csv", registry.populations, key, faults)
    check_unique(folder / "foreign_language_share.csv", registry.foreign_language_shares, key, faults)
    for division, municipalities in registry.divisions.items():
        check_unique(_division_file(folder, division), municipalities, ("municipality_code",), faults)
    _check_changes(folder / "changes.csv", registry.changes, faults)
    _check_widths(folder, registry, faults)


def _check_tiles(path: Path, areas: Sequence[Area], faults: FaultList) -> None:
    for area in areas:
        if (area.tile_column is None) != (area.tile_row is None):
            found = "The value is empty."
            faults.add("half-a-tile", path, area.at("tile_column" if area.tile_column is None else "tile_row"), found)


def _check_changes(path: Path, changes: Sequence[Change], faults: FaultList) -> None:
    """A municipality merges once, into one."""
    mergers = [change for change in changes if change.change_type == "merger"]
    others = [change for change in changes if change.change_type != "merger"]
    check_unique(path, mergers, ("change_type", "old_code"), faults)
    check_unique(path, others, ("effective_date", "change_type", "old_code", "new_code"), faults)
    for merger in mergers:
        for column in ("old_code", "new_code"):
            if getattr(merger, column) is None:
                faults.add("half-a-merger", path, merger.at(column), "The value is empty.")


def _check_widths(folder: Path, registry: Registry, faults: FaultList) -> None:
    """Where codes begin with zeros, one of digits that is shorter than those has lost its own."""
    files: dict[Path, Sequence[Municipality | Population | ForeignLanguageShare]] = {
        **{_division_file(folder, name): rows for name, rows in registry.divisions.items()},
        folder / "population.csv": registry.populations,
        folder / "foreign_language_share.csv": registry.foreign_language_shares,
    }
    codes = [row.municipality_code or "" for rows in files.values() for row in rows]  # an empty one is told elsewhere
    width = min((len(code) for code in codes if code.isdecimal() and code.startswith("0")), default=0)
    for path, rows in files.items():
        for row in rows:
            code = row.municipality_code or ""
            if code.isdecimal() and len(code) < width:
                found, place = f"The value is {quoted(code)}.", row.at("municipality_code")
                faults.add("short-municipality-code", path, place, found, code=quoted(code.zfill(width)))


def _check_references(folder: Path, registry: Registry, faults: FaultList) -> None:
    _check_municipalities_known(folder / "population.csv", registry.populations, registry, faults)
    _check_municipalities_known(
        folder / "foreign_language_share.csv", registry.foreign_language_shares, registry, faults
    )
    known = {level: registry.area_codes(level) for level in registry.area_levels}
    for division, municipalities in registry.divisions.items():
        path = _division_file(folder, division)
        _check_names(path, municipalities, faults)
        for row in municipalities:
            for level, code in row.area_codes().items():
                if code not in known[level]:
                    _add_unknown_area(path, row, level, code, known[level], faults)


def _division_file(folder: Path, division: str) -> Path:
    return folder / division / "municipalities.csv"


def _add_unknown_area(
    path: Path, row: Municipality, level: str, code: str, known: Collection[str], faults: FaultList
) -> None:
    found, place = f"There is no {level} {quoted(code)}.", row.at(f"{level}{AREA_SUFFIX}")
    faults.add("unknown-area", path, place, found, level=level, **among(code, sorted(known)))


def _check_names(path: Path, municipalities: Sequence[Municipality], faults: FaultList) -> None:
    """A name, in whatever language, tells one municipality: answers are matched by it."""
    holders: dict[str, dict[str, Municipality]] = defaultdict(dict)
    for row in municipalities:
        for name in row.names.values():
            holders[name][row.municipality_code] = row
    for name, rows in holders.items():
        if len(rows) > 1:
            found = f"{quoted(name)} names the municipalities {listed(sorted(rows))}."
            faults.add("ambiguous-name", path, line_place(max(row.line for row in rows.values())), found)


def _check_municipalities_known(
    path: Path,
    rows: Sequence[Population] | Sequence[ForeignLanguageShare],
    registry: Registry,
    faults: FaultList,
) -> None:
    """Where the registry holds the division of a row, the municipality is in it."""
    codes = {division: registry.municipality_codes(division) for division in registry.divisions}
    for row in rows:
        known = codes.get(row.municipal_division)
        if known is not None and row.municipality_code not in known:
            found = f"There is no municipality {quoted(row.municipality_code)} in {row.municipal_division}."
            place, near = row.at("municipality_code"), did_you_mean(row.municipality_code, known)
            faults.add("unknown-municipality", path, place, found, advice=near, division=row.municipal_division)
