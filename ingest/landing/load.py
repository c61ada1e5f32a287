"""The sources into the raw tables: all of it in one transaction, which a fault undoes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import duckdb

from faults.errors import Fault, FaultList
from ingest.codebook.round import Round
from ingest.codebook.rounds import round_keys, survey_folders
from ingest.codebook.sign_offs import check_files
from ingest.codebook.survey import read_survey
from ingest.codebook.survey_checks import check_no_inventory
from ingest.landing.deliveries import land_published_rows
from ingest.landing.inputs import Inputs, Scope, chosen_scope, read_inputs, scope_of_rounds
from ingest.landing.release_figures import land_release_figures
from ingest.landing.replacements import (
    Replacement,
    StoredRound,
    apply,
    is_round_stored,
    practices_replacements,
    registry_replacements,
    removals,
    round_replacements,
    stored_rounds,
    survey_replacements,
    systems_replacements,
)
from ingest.landing.responses import ResponseFile, read_responses
from ingest.landing.weights import weighed
from ingest.reference.practices import read_practices
from ingest.reference.registry import read_registry
from ingest.reference.systems import read_systems
from store.paths import DataPaths
from store.warehouse import opened, transaction


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
    """Write the registry's tables, and first the figures and rows that readers have: every refresh begins here. Raises
    InputFaults."""
    faults = FaultList(paths.shown)
    registry = read_registry(paths, faults)
    faults.raise_if_any()
    paths.prepare_private()
    land_release_figures(paths)
    land_published_rows(paths)
    return _write(paths, registry_replacements(paths, registry) if registry else ())


def load_systems(paths: DataPaths) -> LoadResult:
    """Write the inventory's tables. Raises InputFaults, also when there is none and a survey asks for a system."""
    faults = FaultList(paths.shown)
    systems = read_systems(paths, faults)
    if systems is not None and not systems.systems:
        for survey in filter(None, (read_survey(folder, FaultList()) for folder in survey_folders(paths))):
            check_no_inventory(survey, faults)
    faults.raise_if_any()
    return _write(paths, systems_replacements(paths, systems) if systems else ())


def load_practices(paths: DataPaths) -> LoadResult:
    """Write the tables of themes and practices. Raises InputFaults."""
    faults = FaultList(paths.shown)
    practices = read_practices(paths, read_registry(paths, faults), faults)
    faults.raise_if_any()
    return _write(paths, practices_replacements(paths, practices) if practices else ())


def load_rounds(paths: DataPaths, keys: Collection[str]) -> LoadResult:
    """Write rounds (survey/round) with their surveys' codebooks, and the codebooks of surveys without rounds.

    What has no folder any more is removed; other rounds stay as they were. One round at a time is held in memory, and
    all are written or none. Raises InputFaults.
    """
    faults = FaultList(paths.shown)
    inputs = read_inputs(paths, scope_of_rounds(paths, keys, faults), faults)
    stored = stored_rounds(paths)
    with _all_or_nothing(paths) as connection:
        written = _write_codebooks(connection, paths, inputs, faults)
        loads = []
        for round_ in inputs.rounds:
            if is_round_stored(paths, round_.key, stored):
                loads.append(_as_stored(round_.key, "unchanged", stored))
            else:
                loads += _write_round(connection, paths, round_, faults, written)
        faults.raise_if_any()
        apply(connection, list(removals(connection, paths)))
        gone = sorted(set(stored) - set(round_keys(paths)))
        loads += [_as_stored(key, "removed", stored) for key in gone]
        return LoadResult(tuple(loads), _counts(connection, written))


def _write_codebooks(
    connection: duckdb.DuckDBPyConnection, paths: DataPaths, inputs: Inputs, faults: FaultList
) -> set[str]:
    """The tables that were written: none with faults, for what is wrong may not even have the form of a table."""
    surveys = () if len(faults) else inputs.surveys
    return set().union(*(apply(connection, survey_replacements(paths, survey)) for survey in surveys))


def _write_round(
    connection: duckdb.DuckDBPyConnection, paths: DataPaths, round_: Round, faults: FaultList, written: set[str]
) -> list[RoundLoad]:
    """Read the files of a round; with faults, here or before, they are told and nothing is written."""
    files = _read_answers(round_, faults)
    if len(faults):
        return []
    written |= apply(connection, round_replacements(paths, round_, files))
    problems = [problem for file in files for problem in file.table.rows.problems()]
    return [RoundLoad(round_.key, "loaded", len(problems), sum(problem is not None for problem in problems))]


def _read_answers(round_: Round, faults: FaultList) -> Sequence[ResponseFile]:
    """The response files of a round, with its weights; signed ones only where they are as they were signed."""
    n_before = len(faults)
    if round_.signed:
        check_files(round_.signed, faults)
    files = read_responses(round_, faults) if len(faults) == n_before else ()
    return weighed(round_, files, faults) if len(faults) == n_before else files


def _as_stored(key: str, outcome: Literal["unchanged", "removed"], stored: Mapping[str, StoredRound]) -> RoundLoad:
    return RoundLoad(key, outcome, stored[key].n_rows, stored[key].n_unreadable)


def examine(paths: DataPaths, survey: str | None = None, round_id: str | None = None) -> FaultList:
    """Every fault and note of everything, or of the one survey or round: of signed rounds as they were signed and as
    they are delivered now. Writes nothing."""
    faults = FaultList(paths.shown)
    rounds = examined(paths, chosen_scope(paths, survey, round_id, faults), faults)
    if signed := [round_ for round_ in rounds if round_.signed]:
        surveys, keys = zip(*((round_.survey_id, round_.key) for round_ in signed), strict=True)
        examined(paths, Scope(surveys, keys, as_delivered=True), faults)
    return faults


def faults_of_rounds(paths: DataPaths, keys: Collection[str]) -> tuple[Fault, ...]:
    """Every fault that stands in the way of loading rounds (survey/round), as `validate` tells them."""
    faults = FaultList(paths.shown)
    examined(paths, scope_of_rounds(paths, keys, faults), faults)
    return tuple(faults)


def examined(paths: DataPaths, scope: Scope, faults: FaultList) -> list[Round]:
    """The rounds in scope, with every fault of them noted."""
    rounds = read_inputs(paths, scope, faults).rounds
    for round_ in rounds:
        _read_answers(round_, faults)
    return rounds


def _write(paths: DataPaths, replacements: Iterable[Replacement]) -> LoadResult:
    with _all_or_nothing(paths) as connection:
        return LoadResult((), _counts(connection, apply(connection, replacements)))


@contextmanager
def _all_or_nothing(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, in a transaction: what is raised within leaves it as it was."""
    paths.prepare_private()
    with opened(paths.warehouse_file) as connection, transaction(connection):
        yield connection


def _counts(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> dict[str, int]:
    return {
        table.removeprefix("raw."): int((connection.execute(f"select count(*) from {table}").fetchone() or (0,))[0])
        for table in sorted(tables)
    }
