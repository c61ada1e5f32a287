"""Everything that Dagster loads."""

from __future__ import annotations

from dagster import Definitions, in_process_executor, mem_io_manager

from orchestration.dagster import assets, jobs
from orchestration.dagster.progress import progress_logger

# What a run does follows from its rounds and the inputs: here the launchpad would offer settings that do nothing good.
IN_PROCESS = in_process_executor.configured(lambda _: {}, name="in_process", config_schema={})
NOTHING_KEPT = mem_io_manager.configured(lambda _: {}, config_schema={})

defs = Definitions(
    assets=[
        assets.registry,
        assets.systems,
        assets.practices,
        assets.responses,
        assets.dbt_models,
        assets.published_release,
    ],
    asset_checks=[assets.expectations, assets.as_declared, assets.round_checks],
    jobs=[jobs.refresh_job, jobs.ingest_job, jobs.rebuild_job],
    schedules=[jobs.every_morning_in_the_field, jobs.registry_every_month],
    sensors=[jobs.new_or_changed_round],
    resources={"refresh": assets.RefreshResource(), "io_manager": NOTHING_KEPT},
    loggers={"progress": progress_logger()},
    executor=IN_PROCESS,
)
