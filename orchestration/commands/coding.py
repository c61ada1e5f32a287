"""Coding free text from the command line: the sheet to work in, and what was ticked in it read back."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote

from faults.errors import FaultList, InputFaults
from faults.told import ExitCode, WrongUsage
from ingest.coding.keeping import Kept, keep
from ingest.coding.sheet import NONE, read_sheet, write_sheet
from ingest.coding.task import Task, find_task
from ingest.readers.cells import Text, is_valid
from orchestration.commands.refresh import chosen_rounds
from orchestration.dagster.progress import Terminal
from store import audit
from store.lock import refresh_lock
from store.paths import DataPaths


def code(
    paths: DataPaths,
    name: str,
    question_id: str,
    coded_as: str | None,
    file: Path | None,
    by: str | None,
    console: Terminal,
    *,
    is_second: bool,
) -> ExitCode:
    """Write the sheet of a text question of a round (survey/round), or read `file` back. Raises RefreshRunning and
    WrongUsage."""
    survey_id, _, round_id = name.partition("/")
    (key,) = chosen_rounds(paths, survey_id, [round_id])
    if by is not None and (file is None or not is_valid(Text, by)):
        raise WrongUsage(f'--by is "{by}". With --read FILE it names who coded: a text that does not begin with ?.')
    paths.prepare_private()
    with refresh_lock(paths, datetime.now(UTC)):
        try:
            task = find_task(paths, key, question_id, coded_as, is_second=is_second)
            said = _read(paths, task, file, by or audit.current_user()) if file else _write(paths, task)
        except InputFaults as faults:
            raise WrongUsage(f"{faults}\nNothing was changed.") from None
    console.say(said)
    return ExitCode.DONE


def _sheet(paths: DataPaths, task: Task) -> Path:
    parts = (task.round_.survey_id, task.round_.round_id, task.question_id, task.coded_as.question_id)
    return paths.coding / ".".join((*parts, *["second"] * task.is_second, "xlsx"))


def _write(paths: DataPaths, task: Task) -> str:
    """A sheet that is there may have a person's work in it: it is left alone."""
    sheet = _sheet(paths, task)
    if sheet.exists():
        raise WrongUsage(f"{paths.shown(sheet)} is there: read it back ({_to_read(paths, task)}), or delete it.")
    sheet.parent.mkdir(mode=0o700, exist_ok=True)
    write_sheet(task, sheet)
    stale = len(
        {each.response_id for each in task.codings if task.is_own(each)} & task.texts.keys() - task.coded.keys()
    )
    changed = f" Changed since they were coded, and to be coded anew: {stale}." if stale else ""
    return (
        f"{paths.shown(sheet)} is made. Texts: {len(task.texts)}, of which coded: {len(task.coded)}.{changed} Put an x "
        f"below each code that a text has, or below {NONE} where none fits; take out rows that you leave for later. It "
        f"is private: respondents wrote the texts. Then read it back:\n    {_to_read(paths, task)}"
    )


def _to_read(paths: DataPaths, task: Task) -> str:
    as_ = f" --as {task.coded_as.question_id}"
    second = " --second" if task.is_second else ""
    sheet = quote(str(_sheet(paths, task)))
    return f"kuntakysely code {task.round_.key} {task.question_id}{as_}{second} --by WHO --read {sheet}"


def _read(paths: DataPaths, task: Task, file: Path, by: str) -> str:
    """All of the file, or nothing of it. The sheet goes when it was read: its texts are kept in one place."""
    faults = FaultList(paths.shown)
    read = read_sheet(task, file.resolve(), faults)
    faults.raise_if_any()
    kept = keep(task, read, by)
    audit.record(paths, "code", of=task.round_.key, question=task.coded_as.question_id, by=by, texts=len(read))
    is_ours = file.resolve() == _sheet(paths, task).resolve()
    with suppress(FileNotFoundError):
        if is_ours:
            file.unlink()
    left = "" if is_ours else f"Respondents' texts are in {paths.shown(file.resolve())}, too: delete it. "
    return _said(paths, task, kept, left)


def _said(paths: DataPaths, task: Task, kept: Kept, left: str) -> str:
    signed = f"sign them: kuntakysely sign-off {task.round_.key}" if task.round_.sign_offs else "kuntakysely refresh"
    to_do = "A refresh compares the two coders." if task.is_second else f"To publish the codes: {signed}"
    return (
        f"{paths.shown(task.file)} is written. Texts newly coded: {kept.n_new}, coded differently: {kept.n_changed}, "
        f"with none of the codes: {kept.n_none}. Coded in all: {kept.n_coded} of {kept.n_texts}. {left}{to_do}"
    )
