"""What must not be kept goes: a respondent who asks for it, and texts after their time. The warehouse is built anew."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from faults.errors import InputFaults
from faults.told import ExitCode, WrongUsage
from ingest.forgetting import retention
from ingest.forgetting.erasure import Erasure, NobodyFound, erase
from ingest.landing.privacy import REMOVED, RESPONDENT, RESPONSE
from orchestration.commands.refresh import chosen_rounds, refresh
from orchestration.dagster.progress import terminal
from orchestration.engines import lake
from store import audit
from store.days import local_day
from store.lock import refresh_lock
from store.paths import DataPaths
from store.warehouse import make_free


def erase_respondent(paths: DataPaths, name: str, id_: str, *, is_person: bool) -> ExitCode:
    """Erase a response of a round (survey/round), or a person from all rounds of a survey, and publish without them.

    Raises RefreshRunning, WarehouseHeld and WrongUsage.
    """
    survey_id, _, round_id = name.partition("/")
    if not id_.strip() or is_person == bool(round_id):
        raise WrongUsage(
            "A response is erased by SURVEY/ROUND and its id, a person by SURVEY, --person and the id that the column "
            "mapped to _respondent has."
        )
    keys = chosen_rounds(paths, survey_id, [round_id] if round_id else [])
    with _alone(paths):
        try:
            done = erase(paths, keys, RESPONDENT if is_person else RESPONSE, id_, datetime.now(UTC))
        except InputFaults as faults:
            raise WrongUsage(
                f"{faults}\nNothing was erased: a file that cannot be read may hold more of them."
            ) from None
        except NobodyFound:
            raise WrongUsage(f"Nobody in {name} has this id: write it as the delivered file has it.") from None
        _drop_warehouse(paths)
        audit.record(paths, "erase", of=name, rows=done.n_rows, edited=done.edited, by_hand=done.by_hand)
    terminal().say(_said(done))
    published = refresh(paths, None, [], full=True)
    if published is not ExitCode.DONE:
        terminal().say(
            "\nReleases from before still stand; they hold counts only. The next one that is published removes them."
        )
    return ExitCode.REFUSED if done.by_hand and published is ExitCode.DONE else published


def _said(done: Erasure) -> str:
    lines = [f"Erased: {done.n_rows} row{'' if done.n_rows == 1 else 's'}. Everything is built anew without them."]
    lines += [f"  edited: {file}" for file in done.edited]
    if done.by_hand:
        lines += ["Nothing of them is read any more, and these rows are to be taken out of their files by hand:"]
        lines += [f"  {place}" for place in done.by_hand]
    return "\n".join(lines)


def apply_retention(paths: DataPaths, *, is_dry: bool) -> ExitCode:
    """Say which texts and ids have been kept for too long; take them out unless it is a dry run.

    Raises RefreshRunning, WarehouseHeld and WrongUsage.
    """
    try:
        found = retention.due(paths, local_day(datetime.now(UTC)))
    except InputFaults as faults:
        raise WrongUsage(str(faults)) from None
    for each in found:
        terminal().say(_said_of_due(paths, each))
    if not found:
        terminal().say("No texts or ids of people are kept for longer than survey.yml allows (retention: texts_days).")
        return ExitCode.DONE
    if is_dry:
        terminal().say("Nothing was changed: this was a dry run. To take them out: kuntakysely retention --apply")
        return ExitCode.DONE
    editable = [each for each in found if each.is_editable]
    with _alone(paths):
        for each in editable:
            retention.remove(paths, each)
        _drop_warehouse(paths)
        audit.record(
            paths, "retention", edited=[paths.shown(each.file.path) for each in editable],
            by_hand=[paths.shown(each.file.path) for each in found if not each.is_editable],
        )  # fmt: skip
    published = refresh(paths, None, [], full=True)
    return ExitCode.REFUSED if len(editable) < len(found) and published is ExitCode.DONE else published


def _said_of_due(paths: DataPaths, each: retention.Due) -> str:
    by_hand = "" if each.is_editable else f"; by hand: write {REMOVED} into them, the program edits only CSV"
    return (
        f"{paths.shown(each.file.path)}: {each.n_cells} cells in {_listed(each.columns)}, due since {each.due_on} "
        f"(the field closed on {each.closed_on}){by_hand}"
    )


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


@contextmanager
def _alone(paths: DataPaths) -> Iterator[None]:
    """No refresh runs, and nobody has the warehouse open. What another engine made of answers goes first: it is made
    anew, and where it lies out of reach nothing is begun that could not be ended."""
    paths.prepare_private()
    with refresh_lock(paths, datetime.now(UTC)):
        make_free(paths.warehouse_file)
        lake.remove(paths)
        yield


def _drop_warehouse(paths: DataPaths) -> None:
    """All of it, with the texts in it: what is deleted inside a database file can still be read there."""
    if any(paths.coding.glob("*")):
        terminal().say("Sheets for coding went too, with the texts in them: write them anew with kuntakysely code.")
    shutil.rmtree(paths.private)
