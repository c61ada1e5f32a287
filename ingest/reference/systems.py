"""The inventory of information systems: a workbook whose every cell is text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from faults.errors import FaultList
from faults.suggestions import did_you_mean, listed, quoted
from ingest.readers import SheetLayout
from ingest.readers.cells import Code, Flag, IsoDate, OptionalText, Text
from ingest.readers.personal_data import check_rows
from ingest.readers.rows import SourceRow, check_unique, read_rows
from ingest.readers.tables import cell_name
from ingest.reference.sources import SourceFile, describe_files, read_card
from store.paths import DataPaths

SHEET = SheetLayout("systems")
ALIAS_SEPARATOR = ";"


class System(SourceRow):
    """An information system, a row of the sheet systems. The folder may be left out where no question asks for one."""

    system_id: Code = Field(alias="id")
    """The id of the system."""
    name: Text
    """What it is called."""
    vendor: OptionalText
    """Who makes it."""
    aliases: OptionalText
    """Other spellings of its name, separated by semicolons."""
    kind: Literal["municipal", "state"]
    """Whose it is."""
    in_use_from: IsoDate | None = Field(alias="from")
    """The first day of use."""
    in_use_to: IsoDate | None = Field(alias="to")
    """The last day of use."""
    successor: OptionalText = None
    """The id of the system that is planned to replace it."""
    is_fictional: Flag
    """Whether it is made up."""
    note: OptionalText
    """A remark on it."""

    @classmethod
    def optional_columns(cls) -> frozenset[str]:
        return frozenset({"successor"})

    def spellings(self) -> tuple[str, ...]:
        """The name and its aliases, each once whatever its capital letters."""
        written = [self.name, *(self.aliases or "").split(ALIAS_SEPARATOR)]
        spellings = [text.strip() for text in written if text and text.strip()]
        return tuple({text.lower(): text for text in reversed(spellings)}.values())


@dataclass(frozen=True)
class Systems:
    """The whole inventory."""

    systems: Sequence[System]
    sources: Sequence[SourceFile]

    @property
    def system_ids(self) -> frozenset[str]:
        return frozenset(system.system_id for system in self.systems)


def read_systems(paths: DataPaths, faults: FaultList) -> Systems | None:
    """The inventory with all its checks, or None with faults: nothing is checked against an inventory that is wrong.

    Without its folder it is empty: surveys that ask for no system need none.
    """
    n_faults = len(faults)
    path = paths.inventory
    if not path.parent.exists():
        return Systems((), ())
    rows = read_rows(path, System, faults, SHEET)
    card = read_card(path.parent, faults)
    if rows is None:
        return None
    check_unique(path, rows, ("system_id",), faults, lambda line, _: f"cell {cell_name(line, 1)}")
    check_rows(path, rows, None, faults, lambda line, _: f"row {line}")
    _check_spellings(path, rows, faults)
    _check_years(path, rows, faults)
    _check_successors(path, rows, faults)
    if len(faults) > n_faults:
        return None
    return Systems(rows, describe_files({path: len(rows)}, "systems", card))


def _check_spellings(path: Path, rows: Sequence[System], faults: FaultList) -> None:
    """Capital letters do not tell two systems apart."""
    holders: dict[str, dict[str, System]] = defaultdict(dict)
    for row in rows:
        for spelling in row.spellings():
            holders[spelling.lower()][row.system_id] = row
    for spelling, systems in holders.items():
        if len(systems) > 1:
            line = max(row.line for row in systems.values())
            found = f"{quoted(spelling)} names the systems {listed(sorted(systems))}."
            faults.add("ambiguous-alias", path, f"row {line}", found)


def _check_years(path: Path, rows: Sequence[System], faults: FaultList) -> None:
    for row in rows:
        if row.in_use_from and row.in_use_to and row.in_use_from > row.in_use_to:
            found = f"The system is in use from {row.in_use_from} to {row.in_use_to}."
            faults.add("system-ends-before-it-begins", path, f"row {row.line}", found)


def _check_successors(path: Path, rows: Sequence[System], faults: FaultList) -> None:
    """A successor is in the inventory, and no system comes after itself."""
    successors = {row.system_id: row.successor for row in rows}
    for row in rows:
        if row.successor is None:
            continue
        if row.successor not in successors:
            found, near = f"No system has the id {quoted(row.successor)}.", did_you_mean(row.successor, successors)
            faults.add("unknown-successor", path, f"row {row.line}", found, advice=near)
        elif row.system_id in (later := _later(row.system_id, successors)):
            found = f"The successors of {quoted(row.system_id)} lead back to it: {listed(later)}."
            faults.add("successor-of-itself", path, f"row {row.line}", found)


def _later(system_id: str, successors: Mapping[str, str | None]) -> Sequence[str]:
    """The systems that come after one, in their order."""
    later: list[str] = []
    while (following := successors.get(system_id)) is not None and following not in later:
        later.append(following)
        system_id = following
    return later
