"""Errors that nobody foresaw: their text can quote an answer, so it goes to the private side and nowhere else."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from store.disk import disk_watched
from store.fingerprint import CODE_FOLDERS
from store.paths import DataPaths

if TYPE_CHECKING:
    from orchestration.dagster.session import Session


def kept_apart(paths: DataPaths, error: BaseException) -> str:
    """Keep an error with its whole text in private/errors.log; a sentence without it."""
    if not paths.surveys.is_dir():
        return f"{type(error).__name__}: {error}"  # there are no answers here that it could quote
    paths.prepare_private()
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    with paths.errors_file.open("a", encoding="utf-8") as log:
        log.write("\n".join([at, *traceback.format_exception(error)]))
    return (
        f"{type(error).__name__}: an error that nobody foresaw. Its text, which may quote an answer, is in "
        f"{paths.shown(paths.errors_file)} (private)."
    )


@contextmanager
def step_of(session: Session, name: str) -> Iterator[None]:
    """A step of the refresh: Dagster, its pages and its logs get to know what kind of error ended it, and no more.

    The errors of this project are written without answers: they go on as they are.
    """
    from dagster import Failure

    try:
        with disk_watched(session.paths):
            yield
    except Failure:
        raise
    except Exception as error:
        if type(error).__module__.partition(".")[0] in CODE_FOLDERS:
            raise
        said = kept_apart(session.paths, error)
        session.fail(f"{type(error).__name__} in step {name}")
        session.said = session.said or said
        raise Failure(said, allow_retries=False) from None
