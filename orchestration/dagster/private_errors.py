"""Errors that nobody foresaw: their text can quote an answer, so it goes to the private side and nowhere else."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from faults.errors import InputFaults
from faults.stopped import came, go_on_unless_stopped
from orchestration.dagster.slips import describe_slip
from store.disk import STANDS, disk_watched
from store.fingerprint import CODE_FOLDERS
from store.paths import DataPaths

if TYPE_CHECKING:
    from orchestration.dagster.session import Session


def keep_private(paths: DataPaths, error: BaseException) -> str:
    """Keep an error with its whole text in private/errors.log; a sentence without it. A slip of SQL is told whole.

    This is the last that is said of an error, so it fails in no place: a text that cannot be kept is lost, and that is
    said.
    """
    if said := describe_slip(error):
        return f"{said}\n{STANDS}"
    try:
        if not paths.surveys.is_dir():
            return f"{type(error).__name__}: {error}"  # there are no answers here that it could quote
        _keep(paths, error)
        where = f"is in {paths.shown(paths.errors_file)} (private)"
    except Exception as trouble:
        why = getattr(trouble, "strerror", None) or type(trouble).__name__
        where = f"could not be kept in {paths.shown(paths.errors_file)} ({why}): mend that, and run it again to see it"
    kind = f"{type(error).__name__}: an error that nobody foresaw"
    return f"{kind}. Its text, which may quote an answer, {where}. {STANDS}"


def _keep(paths: DataPaths, error: BaseException) -> None:
    paths.prepare_private()
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    with paths.errors_file.open("a", encoding="utf-8", errors="backslashreplace") as log:
        log.write("\n".join([at, *traceback.format_exception(error)]))


@contextmanager
def run_step(session: Session, name: str) -> Iterator[None]:
    """A step of the refresh: Dagster, its pages and its logs get to know what kind of error ended it, and no more.

    The errors of this project are written without answers: they go on as they are. None begins, and no other error
    counts, once somebody has ended the program.
    """
    from dagster import Failure

    from orchestration.dagster.session import REFUSALS

    go_on_unless_stopped()
    try:
        with disk_watched(session.paths):
            yield
    except Exception as error:
        if came():
            raise KeyboardInterrupt from None
        if isinstance(error, (InputFaults, *REFUSALS)):
            session.note_error(error)
            n_faults = {"n_faults": len(error.faults)} if isinstance(error, InputFaults) else {}
            raise Failure(session.ending.said, metadata=n_faults, allow_retries=False) from None
        if isinstance(error, Failure) or type(error).__module__.partition(".")[0] in CODE_FOLDERS:
            raise
        said = keep_private(session.paths, error)
        session.note_error(error, f" in step {name}", said)
        raise Failure(said, allow_retries=False) from None
