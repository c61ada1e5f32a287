"""A round is a partition, named survey/round. Rounds are folders: the partitions follow them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePosixPath

from dagster import DagsterInstance, DynamicPartitionsDefinition

from faults.errors import Fault
from ingest.codebook.rounds import round_folder, round_keys
from orchestration.dagster.internals import PARTITION, RANGE_END, RANGE_START
from store.paths import DataPaths

ROUNDS = DynamicPartitionsDefinition(name="round")


def follow_folders(instance: DagsterInstance, paths: DataPaths) -> list[str]:
    """Make the partitions those of the folders; the keys, in order."""
    keys = round_keys(paths)
    known = set(instance.get_dynamic_partitions(ROUNDS.name or ""))
    instance.add_dynamic_partitions(ROUNDS.name or "", [key for key in keys if key not in known])
    for gone in known - set(keys):
        instance.delete_dynamic_partition(ROUNDS.name or "", gone)
    return keys


def job_runs(instance: DagsterInstance, keys: Collection[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The runs that read these rounds, each a job and its tags, the last of them the one that builds and publishes.

    Neighbours among the partitions are read in one run; without rounds everything is built on what was read before.
    """
    ranges: list[list[str]] = []
    neighbour = False
    for key in instance.get_dynamic_partitions(ROUNDS.name or ""):
        if key in keys and neighbour:
            ranges[-1].append(key)
        elif key in keys:
            ranges.append([key])
        neighbour = key in keys
    for part in ranges:
        rounds = {PARTITION: part[0]} if len(part) == 1 else {RANGE_START: part[0], RANGE_END: part[-1]}
        yield "refresh" if part is ranges[-1] else "ingest_round", rounds
    if not ranges:
        yield "rebuild", {}


def rounds_at_fault(paths: DataPaths, keys: Collection[str], faults: Sequence[Fault]) -> list[str]:
    """The rounds (survey/round) that have a fault in their own folder or in their survey's files."""
    files = [PurePosixPath(fault.file) for fault in faults]

    def is_at_fault(key: str) -> bool:
        own = PurePosixPath(paths.shown(round_folder(paths, key)))
        rounds = own.parent
        return any(
            file.is_relative_to(own) or (file.is_relative_to(rounds.parent) and not file.is_relative_to(rounds))
            for file in files
        )

    return [key for key in keys if is_at_fault(key)]
