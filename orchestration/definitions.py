"""Everything that Dagster loads."""

from __future__ import annotations

from dagster import AssetSelection, Definitions, definitions, in_process_executor, mem_io_manager

from orchestration.dagster import assets
from orchestration.dagster.dbt import Manifest, read_manifest
from orchestration.dagster.jobs import jobs_and_triggers
from orchestration.dagster.progress import progress_logger
from store.paths import DataPaths

# What a run does follows from its rounds and the inputs: here the launchpad would offer settings that do nothing good.
IN_PROCESS = in_process_executor.configured(lambda _: {}, name="in_process", config_schema={})
NOTHING_KEPT = mem_io_manager.configured(lambda _: {}, config_schema={})


def make_definitions(paths: DataPaths, manifest: Manifest) -> Definitions:
    """The graph of a data folder, of the models as dbt knows them, and what runs it when."""
    again = assets.checks_again(manifest)
    graph = Definitions(
        assets=[
            assets.registry,
            assets.systems,
            assets.practices,
            assets.responses,
            assets.models(manifest),
            assets.release(paths),
        ],
        asset_checks=[assets.all_checks(manifest), *again],
        resources={"refresh": assets.refresh_resource(paths, manifest), "io_manager": NOTHING_KEPT},
        loggers={"progress": progress_logger()},
        executor=IN_PROCESS,
    )
    everything = AssetSelection.all() - AssetSelection.checks(*again)
    return Definitions.merge(graph, jobs_and_triggers(paths, everything))


@definitions
def defs() -> Definitions:
    """Those of the data folder that the environment names: asked for by Dagster, not by whoever imports this."""
    paths = DataPaths.resolve()
    return make_definitions(paths, read_manifest(None, paths))
