"""A round is a partition, named survey/round. Rounds are folders: the partitions follow them."""

from __future__ import annotations

from dagster import DagsterInstance, DynamicPartitionsDefinition

from ingest.paths import DataPaths
from ingest.rounds import round_keys

ROUNDS = DynamicPartitionsDefinition(name="round")


def follow_folders(instance: DagsterInstance, paths: DataPaths) -> list[str]:
    """Make the partitions those of the folders; the keys, in order."""
    keys = round_keys(paths)
    known = set(instance.get_dynamic_partitions(ROUNDS.name or ""))
    instance.add_dynamic_partitions(ROUNDS.name or "", [key for key in keys if key not in known])
    for gone in known - set(keys):
        instance.delete_dynamic_partition(ROUNDS.name or "", gone)
    return keys
