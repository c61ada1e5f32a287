"""The main job from the command line: is there anything to do, do it through Dagster, say what came of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TextIO

from faults.stopped import go_on_unless_stopped
from faults.suggestions import listed
from faults.told import ExitCode, WrongUsage
from ingest.codebook.rounds import round_keys
from orchestration.commands.answered import remember_answer
from orchestration.commands.report import describe_unsigned, print_outcome
from orchestration.dagster.dagster_home import DEFINITIONS, end_dead_runs, prepare_dagster_home
from orchestration.dagster.dbt import Manifest, read_manifest
from orchestration.dagster.progress import OF_EVERY_RUN, Progress, terminal
from orchestration.dagster.session import Session, refresh_session
from orchestration.dagster.unchanged import release_if_unchanged
from orchestration.dagster.worklist import describe_new
from orchestration.engines.spark import check_engine
from publish.releases.mirror import follow, publishing_faults
from publish.releases.release import published_rounds, repair
from store.disk import trouble_in
from store.environment import set_dagster
from store.fingerprint import made_of
from store.paths import DataPaths
from store.state import ReleaseRecord, current_release
from store.warehouse import make_free

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

    from faults.errors import Fault

SHOWN_ROUNDS = 5  # more are counted
NEVER_AGAIN = {"dagster/max_retries": "0"}  # whoever ended a command does not want a server to begin it anew


def refresh(paths: DataPaths, survey: str | None, rounds: Sequence[str], *, full: bool) -> ExitCode:
    """Run the main job. Raises RefreshRunning when another process refreshes, WarehouseHeld and EngineMissing."""
    check_engine()
    console = terminal()
    chosen = chosen_rounds(paths, survey, rounds)
    now = datetime.now(UTC)
    if faults := _faults_of_settings(paths):
        console.say(faults, "red")
        return ExitCode.WRONG_INPUT
    if not full and (answer := _unchanged_answer(paths, now)):
        console.say(answer)
        return ExitCode.DONE
    progress = Progress(console)
    with refresh_session(paths, progress.say) as session, progress:
        make_free(paths.warehouse_file)
        if full:
            paths.warehouse_file.unlink(missing_ok=True)
        keys, left_out = _rounds_to_read(paths, chosen, is_named=bool(rounds))
        progress.say("\n".join([_what_it_does(paths, keys), *left_out]))
        code = _run(session, keys, progress)
    if code == ExitCode.DONE:
        follow(paths, datetime.now(UTC))
        _unchanged_answer(paths, datetime.now(UTC))
    return code


def _unchanged_answer(paths: DataPaths, now: datetime) -> str:
    """What to say when a refresh would make the release that there is, and nothing is left to repair; it is remembered.
    Empty when there is something to do."""
    made = made_of(paths)
    release = release_if_unchanged(paths, made, now)
    if release is None:
        return ""
    repair(paths, now)
    follow(paths, now)
    answer = "\n".join([_nothing_changed(paths, release), *describe_unsigned(paths, now)])
    remember_answer(paths, answer, made)
    return answer


def _faults_of_settings(paths: DataPaths) -> str:
    """Found before anything is done: who is to be told must be known when it goes wrong."""
    found = publishing_faults(paths)
    if paths.alerts_file.exists():
        from orchestration.alerts.delivery import alert_faults

        found += alert_faults(paths)
    return "\n".join(map(str, found))


def _rounds_to_read(paths: DataPaths, chosen: Sequence[str], *, is_named: bool) -> tuple[list[str], list[str]]:
    """The chosen rounds that are new or changed, and those that readers have now and the warehouse does not: it was
    deleted, and the release must not lose them. Then a sentence for each draft that is left out: what is named is read,
    and so are drafts when there is nothing else."""
    from ingest.landing.inputs import drafts, surveys_without_rounds
    from ingest.landing.replacements import rounds_to_read, stored_rounds

    stored = stored_rounds(paths)
    missing = (published_rounds(paths) & set(round_keys(paths))) - set(stored)
    wanted = {*rounds_to_read(paths, chosen), *missing}
    found = {} if is_named else drafts(paths, [*sorted(wanted - missing), *surveys_without_rounds(paths)])
    if not stored and wanted <= found.keys():
        found = {}
    return [key for key in round_keys(paths) if key in wanted - found.keys()], [
        _left_out(key, faults) for key, faults in found.items()
    ]


def _left_out(key: str, faults: Sequence[Fault]) -> str:
    names, n = listed(dict.fromkeys(PurePosixPath(fault.file).name for fault in faults)), len(faults)
    waiting = f"{n} values wait" if n > 1 else "1 value waits"
    return (
        f"Left out: {key} is a draft: {waiting} in {names}, marked with ?. `kuntakysely validate {key}` names "
        f"{'them' if n > 1 else 'it'}."
    )


def _what_it_does(paths: DataPaths, keys: Sequence[str]) -> str:
    shown = ", ".join(keys) if len(keys) <= SHOWN_ROUNDS else f"{len(keys)} rounds of {len(round_keys(paths))}"
    return f"Refreshing {shown}" if keys else "Rebuilding: every round is as it was read"


def _nothing_changed(paths: DataPaths, release: ReleaseRecord) -> str:
    current = current_release(paths)
    shown = "" if current == release.number else f" `current` points at release {current}, by a rollback."
    return (
        f"Nothing has changed since release {release.number} of {release.created_at:%Y-%m-%d %H:%M} UTC: "
        f"the inputs, the code and the warehouse are the same.{shown}"
    )


def chosen_rounds(paths: DataPaths, survey: str | None, rounds: Sequence[str]) -> list[str]:
    """Keys (survey/round) of the rounds asked for, all without a choice. Raises WrongUsage when one is not there."""
    there_are = round_keys(paths)
    chosen = [
        key for key in there_are
        if survey in (None, key.split("/")[0]) and (not rounds or key.split("/")[1] in rounds)
    ]  # fmt: skip
    missing = [each for each in rounds if each not in {key.split("/")[1] for key in chosen}]
    if missing or not chosen:
        asked = ", ".join(f"{survey or '*'}/{each}" for each in missing or ["*"])
        raise WrongUsage(
            f"No round {asked} under {paths.shown(paths.surveys)}. There are: {', '.join(there_are) or 'none'}. "
            "A round is a folder surveys/<survey_id>/rounds/<round_id> with a round.yml."
        )
    return chosen


def _run(session: Session, keys: Sequence[str], progress: Progress) -> ExitCode:
    paths = session.paths
    prepare_dagster_home(paths)
    set_dagster(paths)
    dbt = session.start_dbt()
    from orchestration.dagster.models import model_nodes  # Dagster loads while dbt reads the models

    manifest = read_manifest(dbt, paths)
    progress.totals["dbt_models"] = len(model_nodes(manifest))
    session.asked = keys
    error = _run_jobs(paths, manifest, keys)
    if session.ending.outcome != "published":
        go_on_unless_stopped()
    for line in (*describe_new(session.worklist, paths), *describe_unsigned(paths, datetime.now(UTC))):
        progress.say(line)
    if session.ending.outcome == "published":
        print_outcome(paths, progress.console)
        return ExitCode.DONE
    session.note_end()
    progress.say(f"\n{session.ending.said or error}", "red")
    return ExitCode.WRONG_INPUT if session.ending.is_input_wrong else ExitCode.REFUSED


def _run_jobs(paths: DataPaths, manifest: Manifest, keys: Sequence[str]) -> str:
    from dagster import DagsterInstance

    from orchestration.dagster.internals import held_open, runs_of_jobs
    from orchestration.dagster.partitions import follow_folders, job_runs
    from orchestration.definitions import make_definitions

    definitions, log_file = make_definitions(paths, manifest), paths.warehouse / "refresh.log"
    log_file.unlink(missing_ok=True)
    with DagsterInstance.get() as instance, held_open(instance), runs_of_jobs(instance, DEFINITIONS):
        end_dead_runs(instance)
        follow_folders(instance, paths)
        for name, tags in job_runs(instance, keys):
            with log_file.open("a", encoding="utf-8") as log, _told_to(log):
                result = definitions.resolve_job_def(name).execute_in_process(
                    instance=instance, raise_on_error=False, run_config=OF_EVERY_RUN, tags=NEVER_AGAIN | tags
                )
            if not result.success:
                return _error(result, paths)
    return ""


@contextmanager
def _told_to(log: TextIO) -> Iterator[None]:
    """What Dagster says goes there: it complains of an event that it cannot write down, and one message is enough. The
    processes that it starts say so of Ctrl-C, on the error output that they have from this one."""
    with os.fdopen(os.dup(2), "wb") as kept, redirect_stdout(log), redirect_stderr(log):
        os.dup2(log.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept.fileno(), 2)


def _error(result: ExecuteInProcessResult, paths: DataPaths) -> str:
    """What went wrong in a step, when it was neither an input nor a check: the innermost error, and where to look."""
    errors = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
    if said := trouble_in("\n".join(error.to_string() for error in errors if error), paths):
        return said
    innermost = errors[0].cause or errors[0] if errors and errors[0] else None
    return f"{innermost.message.strip() if innermost else 'The run failed'}\nThe whole log: kuntakysely serve"
