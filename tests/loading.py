"""The sources as the product loads them, one after the other."""

from __future__ import annotations

from faults.errors import Fault
from ingest.codebook.rounds import round_keys
from ingest.landing.load import LoadResult, examine, load_practices, load_registry, load_rounds, load_systems
from store.paths import DataPaths


def validate(paths: DataPaths, *scope: str | None) -> tuple[Fault, ...]:
    """Every fault of everything, or of a survey or round, in the order of files and lines."""
    return tuple(examine(paths, *scope))


def load_all(paths: DataPaths) -> LoadResult:
    """Everything in the data folder; what became of its rounds. Raises InputFaults."""
    load_registry(paths)
    load_systems(paths)
    load_practices(paths)
    return load_rounds(paths, round_keys(paths))
