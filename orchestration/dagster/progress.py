"""Progress on the terminal: a line per step, and what dbt has built so far."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, TextIO

from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from faults.errors import visible_lines, wrapped
from orchestration.dagster.internals import event_of, said_in

STEPS = {
    "raw__registry": "Registry",
    "raw__systems": "System inventory",
    "raw__practices": "Practices",
    "raw__responses": "Responses",
    "dbt_models": "Models",
    "expectations": "Checks",
    "published_release": "Release",
}
OF_EVERY_RUN: dict[str, Any] = {"loggers": {"progress": {}}}  # how a job is configured; there is nothing to choose
ENDED = {"STEP_SUCCESS": ("done", None), "STEP_FAILURE": ("FAILED", "red"), "STEP_SKIPPED": ("skipped", "yellow")}
STYLES = {"block": "red", "gate": "red"}  # of what refuses a release
WIDTH = 18  # of the names of steps
PLAIN_WIDTH = 160  # columns of a table in a file or pipe, which has none of its own


class Terminal(Console):
    """What is printed is text: no part of it is markup, an emoji's name or a control character. Labels and names of
    files are whatever somebody wrote."""

    def __init__(self, file: TextIO, **options: Any) -> None:
        options.setdefault("color_system", None if os.environ.get("NO_COLOR") else "auto")
        super().__init__(file=file, markup=False, emoji=False, highlight=False, **options)
        if not self.is_terminal and "width" not in options:
            self.width = PLAIN_WIDTH

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(visible_lines(text), **options)

    def say(self, text: str, style: str | None = None) -> None:
        """Lines as a person reads them: on a terminal wrapped between words; elsewhere whole, to be searched."""
        text = visible_lines(text)
        self.print(wrapped(text, self.width) if self.is_terminal else text, style=style, soft_wrap=True)


def terminal() -> Terminal:
    """Standard output as a person or a log file should see it."""
    return Terminal(sys.stdout)


class Progress(logging.Handler):
    """Turns Dagster's events into lines. On a terminal the running step shows how far it is and for how long it has
    been running; elsewhere plain lines only."""

    def __init__(self, console: Terminal) -> None:
        super().__init__()
        self.console = console
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._running = Bars(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task: TaskID | None = None
        self._begun: dict[str, float] = {}
        self._counts: Counter[str] = Counter()
        self.totals: dict[str, int] = {}

    def __enter__(self) -> Progress:
        _listening.append(self)
        self._running.start()
        self._show("Starting")
        return self

    def __exit__(self, *_: object) -> None:
        _listening.remove(self)
        self._running.stop()

    def say(self, text: str, style: str | None = None) -> None:
        """Lines now."""
        self.console.say(text, style)

    def emit(self, record: logging.LogRecord) -> None:
        """Called by Dagster's logging for each event of the run."""
        event = event_of(record)
        if event is not None and event.step_key in STEPS:
            self._on_step(event.step_key, event.event_type_value)
        elif event is None and record.levelno == logging.INFO:
            self.say(f"    {said_in(record)}")

    def _on_step(self, step: str, kind: str) -> None:
        if kind == "STEP_START":
            self._begun[step] = time.monotonic()
            self._show(f"{STEPS[step]}{self._how_far(step)}")
        elif kind in ("ASSET_MATERIALIZATION", "ASSET_CHECK_EVALUATION"):
            self._counts[step] += 1
            if self._task is not None:
                self._running.update(self._task, description=f"{STEPS[step]}{self._how_far(step)}")
        elif kind in ENDED:
            self._end(step, kind)

    def _how_far(self, step: str) -> str:
        total = f" of {self.totals[step]}" if step in self.totals else ""
        return f" {self._counts[step]}{total}" if self._counts[step] else ""

    def _show(self, what: str) -> None:
        """Show this alone, its time from now on."""
        if self._task is not None:
            self._running.remove_task(self._task)
        self._task = self._running.add_task(what, total=None)

    def _end(self, step: str, kind: str) -> None:
        word, style = ENDED[kind]
        seconds = f"{time.monotonic() - self._begun[step]:5.1f} s" if step in self._begun else ""
        self.console.say(f"  {STEPS[step]:<{WIDTH}} {word:<8} {seconds}", style)


class LastWord(logging.Handler):
    """Says why a run failed after Dagster's own last event, which says only which steps did."""

    def emit(self, record: logging.LogRecord) -> None:
        event = event_of(record)
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
