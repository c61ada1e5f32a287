"""The sources into the raw tables: everything is read and checked first, then written in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ingest.errors import Fault, FaultList
from ingest.inputs import Inputs, Scope, chosen_scope, read_inputs, scope_of_rounds
from ingest.landing import (
    Replacement,
    apply,
    is_round_stored,
    registry_replacements,
    removals,
    round_replacements,
    stored_rounds,
    survey_replacements,
    systems_replacements,
)
from ingest.paths import DataPaths
from ingest.registry import read_registry
from ingest.responses import read_responses
from ingest.rounds import round_keys
from ingest.systems import read_systems
from ingest.warehouse import opened, transaction


@dataclass(frozen=True)
class RoundLoad:
    """What became of one round. n_unreadable of its n_rows do not fit their header."""

    key: str
    outcome: Literal["loaded", "unchanged", "removed"]
    n_rows: int
    n_unreadable: int


@dataclass(frozen=True)
class LoadResult:
    """What a load did. n_rows_by_table counts the rows of each written raw table after it."""

    rounds: tuple[RoundLoad, ...] = ()
    n_rows_by_table: Mapping[str, int] = field(default_factory=dict)

    @property
    def n_rows(self) -> int:
        """Rows of the rounds that were asked for; without rounds, rows of the written tables."""
        if self.rounds:
            return sum(each.n_rows for each in self.rounds if each.outcome != "removed")
        return sum(self.n_rows_by_table.values())


def load_registry(paths: DataPaths) -> LoadResult:
    """Write the registry's tables. Raises InputFaults."""
    faults = FaultList(paths.shown)
    registry = read_registry(paths, faults)
    faults.raise_if_any()
    return _write(paths, registry_replacements(paths, registry) if registry else ())


def load_systems(paths: DataPaths) -> LoadResult:
    """Write the inventory's tables. Raises InputFaults."""
    faults = FaultList(paths.shown)
    systems = read_systems(paths, faults)
    faults.raise_if_any()
    return _write(paths, systems_replacements(paths, systems) if systems else ())


def load_rounds(paths: DataPaths, keys: Collection[str]) -> LoadResult:
    """Write rounds (survey/round) with their surveys' codebooks, and the codebooks of surveys without rounds.

    What has no folder any more is removed; other rounds stay as they were. Raises InputFaults.
    """
    faults = FaultList(paths.shown)
    inputs = read_inputs(paths, scope_of_rounds(paths, keys, faults), faults)
    rounds, replacements = _read_rounds(paths, inputs, faults)
    return _write(paths, replacements, rounds, remove_gone=True)


def validate(paths: DataPaths, survey: str | None = None, round_id: str | None = None) -> tuple[Fault, ...]:
    """Every fault of everything, or of the one survey or round, in the order of files and lines. Writes nothing."""
    faults = FaultList(paths.shown)
    return _all_faults(paths, chosen_scope(paths, survey, round_id, faults), faults)


def faults_of_rounds(paths: DataPaths, keys: Collection[str]) -> tuple[Fault, ...]:
    """Every fault that stands in the way of loading rounds (survey/round), as `validate` tells them."""
    faults = FaultList(paths.shown)
    return _all_faults(paths, scope_of_rounds(paths, keys, faults), faults)


def _all_faults(paths: DataPaths, scope: Scope, faults: FaultList) -> tuple[Fault, ...]:
    for round_ in read_inputs(paths, scope, faults).rounds:
        read_responses(round_, faults)
    return tuple(faults)


def _read_rounds(paths: DataPaths, inputs: Inputs, faults: FaultList) -> tuple[list[RoundLoad], list[Replacement]]:
    """What is to be written of surveys and rounds. Raises InputFaults when anything at all was found wrong."""
    stored = stored_rounds(paths)
    changed = [round_ for round_ in inputs.rounds if not is_round_stored(paths, round_.key, stored)]
    files = {round_.key: read_responses(round_, faults) for round_ in changed}
    faults.raise_if_any()
    replacements = [each for survey in inputs.surveys for each in survey_replacements(paths, survey)]
    for round_ in changed:
        replacements += round_replacements(paths, round_, files[round_.key])
    loads = []
    for round_ in inputs.rounds:
        if round_.key in files:
            rows = [described.row for file in files[round_.key] for described in file.rows]
            n_unreadable = sum(row.problem is not None for row in rows)
            loads.append(RoundLoad(round_.key, "loaded", len(rows), n_unreadable))
        else:
            known = stored[round_.key]
            loads.append(RoundLoad(round_.key, "unchanged", known.n_rows, known.n_unreadable))
    return loads, replacements


def _write(
    paths: DataPaths,
    replacements: Iterable[Replacement],
    rounds: Iterable[RoundLoad] = (),
    *,
    remove_gone: bool = False,
) -> LoadResult:
    paths.prepare_private()
    written = list(replacements)
    tables = sorted({replacement.table for replacement in written})
    gone = sorted(stored_rounds(paths).items()) if remove_gone else []
    present = set(round_keys(paths))
    removed = [RoundLoad(key, "removed", known.n_rows, known.n_unreadable) for key, known in gone if key not in present]
    with opened(paths.warehouse_file) as connection:
        with transaction(connection):
            apply(connection, written)
            if remove_gone:
                apply(connection, list(removals(connection, paths)))
        counts = {
            table.removeprefix("raw."): int((connection.execute(f"select count(*) from {table}").fetchone() or (0,))[0])
            for table in tables
        }
    return LoadResult((*rounds, *removed), counts)
