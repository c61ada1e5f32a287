"""Progress on the terminal: a line per step, and what dbt has built so far."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from faults.errors import visible_lines

STEPS = {
    "raw__registry": "Registry",
    "raw__systems": "System inventory",
    "raw__responses": "Responses",
    "dbt_models": "Models",
    "expectations": "Checks",
    "published_release": "Release",
}
OF_EVERY_RUN: dict[str, Any] = {"loggers": {"progress": {}}}  # how a job is configured; there is nothing to choose
WIDTH = 26
PLAIN_WIDTH = 160


class Progress(logging.Handler):
    """Turns Dagster's events into lines. On a terminal the running step shows a spinner; elsewhere plain lines only."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console
        self._status = console.status("Starting") if console.is_terminal else None
        self._begun: dict[str, float] = {}
        self._counts: dict[str, int] = {}

    def __enter__(self) -> Progress:
        _listening.append(self)
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        _listening.remove(self)
        if self._status:
            self._status.stop()

    def say(self, text: str) -> None:
        """One line now."""
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Called by Dagster's logging for each event of the run."""
        event = getattr(record, "dagster_event", None)
        if event is not None and event.step_key in STEPS:
            self._on_step(event.step_key, event.event_type_value)

    def _on_step(self, step: str, kind: str) -> None:
        if kind == "STEP_START":
            self._begun[step] = time.monotonic()
            self._show(step)
        elif kind in ("ASSET_MATERIALIZATION", "ASSET_CHECK_EVALUATION"):
            self._counts[step] = self._counts.get(step, 0) + 1
            self._show(step)
        elif kind in ("STEP_SUCCESS", "STEP_FAILURE", "STEP_SKIPPED"):
            self._end(step, kind)

    def _show(self, step: str) -> None:
        if self._status:
            self._status.update(f"{STEPS[step]} … {self._counts.get(step, '')}")

    def _end(self, step: str, kind: str) -> None:
        word = {"STEP_SUCCESS": "done", "STEP_FAILURE": "FAILED", "STEP_SKIPPED": "skipped"}[kind]
        seconds = f"{time.monotonic() - self._begun[step]:5.1f} s" if step in self._begun else ""
        self.say(f"  {STEPS[step]:<{WIDTH}} {word:<8} {seconds}")


class Terminal(Console):
    """What is printed is text: no part of it is markup, an emoji's name or a control character. Labels and names of
    files are whatever somebody wrote."""

    def __init__(self, file: TextIO) -> None:
        super().__init__(file=file, markup=False, emoji=False)

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(visible_lines(text), **options)


def terminal() -> Console:
    """Standard output as a person or a log file should see it."""
    console = Terminal(sys.stdout)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    return console


class LastWord(logging.Handler):
    """Says why a run failed after Dagster's own last event, which says only which steps did."""

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_event", None)
        if event is not None and event.is_run_failure:
            while _last_words:
                _last_words.pop()()


_listening: list[Progress] = []
_last_words: list[Callable[[], object]] = []


def say_last(say: Callable[[], object]) -> None:
    """To be called once the run has failed; a run that succeeds has nothing more to say."""
    _last_words[:] = [say]


def progress_logger() -> Any:
    """A Dagster logger that feeds the progress shown now, if any. Dagster takes a second to load: late."""
    from dagster import InitLoggerContext, logger

    def feed(_: InitLoggerContext) -> logging.Logger:
        own = logging.Logger("kuntakysely.progress", level=logging.DEBUG)
        shown: list[logging.Handler] = [*_listening] or [logging.StreamHandler()]  # on a server: its own log
        for handler in (*shown, LastWord()):
            own.addHandler(handler)
        return own

    return logger({}, description="Progress lines of the command line, and the last word on a run that failed")(feed)
