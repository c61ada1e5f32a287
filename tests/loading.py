"""The three sources as the product loads them, one after the other."""

from __future__ import annotations

from ingest.load import LoadResult, load_registry, load_rounds, load_systems
from ingest.paths import DataPaths
from ingest.rounds import round_keys


def load_all(paths: DataPaths) -> LoadResult:
    """Everything in the data folder; what became of its rounds. Raises InputFaults."""
    load_registry(paths)
    load_systems(paths)
    return load_rounds(paths, round_keys(paths))
