"""What runs when: the jobs, two schedules and a sensor."""

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import dagster as dg

from ingest.codebook.rounds import made_of_input, open_rounds, round_keys
from ingest.landing.inputs import drafts
from orchestration.dagster.assets import responses
from orchestration.dagster.dagster_home import RETRY_ALL_STEPS
from orchestration.dagster.models import DATA_TEAM
from orchestration.dagster.partitions import follow_folders
from orchestration.dagster.progress import OF_EVERY_RUN
from orchestration.dagster.session import REFUSED
from store import state
from store.fingerprint import source_folders
from store.paths import DataPaths

HELSINKI = "Europe/Helsinki"
REFRESH, REBUILD = "refresh", "rebuild"


@dg.failure_hook(required_resource_keys={"refresh"})
def remember_failure(context: dg.HookContext) -> None:
    """What kind of error ended a step, for the alert; the text of the error can hold values."""
    if error := context.op_exception:
        context.resources.refresh.note_error(error, f" in step {context.step_key} of run {context.run_id}")


of_every_job = partial(
    dg.define_asset_job, config=OF_EVERY_RUN, hooks={remember_failure}, owners=[DATA_TEAM], tags=RETRY_ALL_STEPS
)


of_every_schedule = partial(dg.schedule, execution_timezone=HELSINKI, default_status=dg.DefaultScheduleStatus.RUNNING)


def jobs_and_triggers(paths: DataPaths, everything: dg.AssetSelection) -> dg.Definitions:
    """The jobs of a data folder, and what starts them; `everything` is what a refresh makes and asks."""
    refresh = of_every_job(
        REFRESH, selection=everything, description="The main job for one round: ingest it, build, check, publish"
    )
    ingest_round = of_every_job(
        "ingest_round",
        selection=dg.AssetSelection.assets(responses).without_checks(),
        description="Read one round into the warehouse; nothing is built yet",
    )
    rebuild = of_every_job(
        REBUILD,
        selection=everything - dg.AssetSelection.assets(responses),
        description="Read registry, inventory and practices, build and check everything, publish; rounds stay as they "
        "are",
    )
    in_the_field = of_every_schedule(
        name="every_morning_in_the_field",
        description="Every morning: refreshes each round whose field window is open",
        job=refresh,
        cron_schedule="0 6 * * *",
    )
    every_month = of_every_schedule(
        name="registry_every_month",
        description="Every month: reads registry, inventory and practices again and rebuilds on them",
        job=rebuild,
        cron_schedule="0 5 1 * *",
    )
    changed = dg.sensor(
        name="new_or_changed_round",
        description="Launches one run for a round whose files are new or changed, or for registry, inventory and "
        "practices",
        jobs=[refresh, rebuild],
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    return dg.Definitions(
        jobs=[refresh, ingest_round, rebuild],
        schedules=[in_the_field(partial(every_morning_in_the_field, paths)), every_month(registry_every_month)],
        sensors=[changed(partial(new_or_changed_round, paths))],
    )


def every_morning_in_the_field(
    paths: DataPaths, context: dg.ScheduleEvaluationContext
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Refresh each round whose field window is open today."""
    now = context.scheduled_execution_time
    open_now = open_rounds(paths, now.astimezone(ZoneInfo(HELSINKI)))
    keys = [key for key in open_now if not drafts(paths, [key])]
    if not keys:
        yield dg.SkipReason("No round is in the field today")
    for key in keys:
        yield dg.RunRequest(run_key=f"{key}:{_day(now)}", partition_key=key)


def registry_every_month(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Read registry, inventory and practices again and rebuild on them."""
    return dg.RunRequest(run_key=_day(context.scheduled_execution_time))


def new_or_changed_round(paths: DataPaths, context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Launch one run for each round whose files are not those that were read last. Every run reads registry,
    inventory and practices too: they get one of their own when no round has changed with them.

    The cursor holds what runs were launched for and what still waits to be read: files that change back and forth are
    seen each time, and files that cannot be read are tried once, whoever tried. They are tried again when registry,
    inventory or practices have changed, which they are read with; while one of them is refused nothing else is read.
    """
    sources = source_folders(paths)
    found = {name: made_of_input(paths, name) for name in (*sources, *round_keys(paths))}
    read, refused = _read_last(paths)
    waiting = {key: sha256 for key, sha256 in found.items() if read.get(key) != sha256}
    launched: dict[str, str] = json.loads(context.cursor or "{}")
    if stuck := [key for key in sources if key in waiting and refused.get(key) == waiting[key]]:
        return dg.SensorResult(skip_reason=f"Refused as it stands: {' and '.join(stuck)}", cursor=context.cursor)
    new = {key for key, sha256 in waiting.items() if sha256 not in (launched.get(key), refused.get(key))}
    tried_again = waiting if new & sources.keys() else new
    changed = [key for key in waiting if key in tried_again and (key in sources or not drafts(paths, [key]))]
    if changed:
        follow_folders(context.instance, paths)
    rounds = [dg.RunRequest(job_name=REFRESH, partition_key=key) for key in changed if key not in sources]
    return dg.SensorResult(
        run_requests=rounds or [dg.RunRequest(job_name=REBUILD) for _ in changed[:1]],
        skip_reason=None if changed else dg.SkipReason(_why_nothing(waiting)),
        cursor=json.dumps(waiting),
    )


def _why_nothing(waiting: Collection[str]) -> str:
    if not waiting:
        return "No round is new or changed, nor registry, inventory and practices"
    return f"Drafts, or tried as they stand: {', '.join(sorted(waiting))}"


def _read_last(paths: DataPaths) -> tuple[dict[str, str], dict[str, str]]:
    """What was read last of each round and source, and what was refused since."""
    read: dict[str, str] = {}
    refused: dict[str, str] = {}
    if paths.state_file.exists():
        with state.opened(paths) as memory:
            for line in state.ingested_files(memory):
                refused.pop(line.source_file, None)
                (refused if line.kind == REFUSED else read)[line.source_file] = line.sha256
    return read, refused


def _day(at: datetime) -> str:
    return at.astimezone(ZoneInfo(HELSINKI)).date().isoformat()
