"""Everything that Dagster loads."""

from __future__ import annotations

from dagster import Definitions, in_process_executor

from orchestration.dagster import assets, jobs
from orchestration.dagster.progress import progress_logger

defs = Definitions(
    assets=[assets.registry, assets.systems, assets.responses, assets.dbt_models, assets.published_release],
    asset_checks=[assets.expectations, assets.as_declared, assets.round_checks],
    jobs=[jobs.refresh_job, jobs.ingest_job, jobs.rebuild_job],
    schedules=[jobs.every_morning_in_the_field, jobs.registry_every_month],
    sensors=[jobs.new_or_changed_round],
    resources={"refresh": assets.RefreshResource()},
    loggers={"progress": progress_logger()},
    executor=in_process_executor,
)
