"""Publishes that go wrong: python -m tests.faults.driver FOLDER, with shim.c loaded before it.

A process without threads and without a database of its own, which has everything imported. For each fault it forks a
process that publishes with the shim armed, and a second that looks at what the first left and publishes undisturbed.
Each line of standard input asks for something, as JSON, and is answered by a line of standard output.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from publish.disclosure import checks
from publish.releases import release
from publish.report import pages
from publish.writing import rendering
from store.disk import disk_trouble
from store.paths import DataPaths
from tests.faults import tiny
from tests.faults.mutants import MUTANTS

BEGIN = {"whole": tiny.begin, "extended": tiny.begin_extended, "old": tiny.begin_old}
SHIM = ctypes.CDLL(None)


def in_child(work: Callable[[], object]) -> tuple[int, Any]:
    """Do it in a process of its own: how that ended (as os.waitstatus_to_exitcode says it), and what it gave."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        code = 70
        try:
            os.write(writing, json.dumps(work()).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), json.loads(said) if said else None


def sound(work: Callable[[], object]) -> Any:
    """The same for what cannot fail."""
    code, said = in_child(work)
    assert code == 0, f"ended with {code}"
    return said


class Driver:
    """A data folder whose next publish is to be disturbed, and what there may be after it."""

    def __init__(self, folder: Path, begin: str) -> None:
        self._base, self._place, self._log = DataPaths(folder / "base"), folder / "try", folder / "operations"
        self._base.root.mkdir(parents=True)
        sound(lambda: BEGIN[begin](self._base))
        load_all(self._copy())
        paths = self._copy()
        sound(lambda: release.repair(paths, tiny.LONG_AGO))
        known = [sound(lambda: said_of(paths)), sound(lambda: release.publish(paths, tiny.NOW, 1) and said_of(paths))]
        self._known = {each.number: each for each in map(as_known, known)}
        self._content = self._known[tiny.NEW].tables

    def _copy(self) -> DataPaths:
        return tiny.copy(self._base, self._place)

    def operations(self, mutant: str) -> list[list[str]]:
        """What a publish does that nothing disturbs: kind, file and source of each operation, in their order."""
        paths = self._copy()

        def publish() -> None:
            MUTANTS[mutant]()
            SHIM.shim_watch(os.fsencode(paths.root), os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
            release.publish(paths, tiny.NOW, 1)

        sound(publish)
        return [line.split("\t") for line in self._log.read_text(encoding="utf-8").splitlines()]

    def attempt(self, number: int, mode: int, mutant: str) -> dict[str, Any]:
        """One publish with a fault at an operation, and one after it."""
        paths = self._copy()
        code, said = in_child(lambda: disturbed(paths, number, mode, mutant))
        result = said if code == 0 else {"ended": "killed" if code == -signal.SIGKILL else f"code {code}"}
        return result | sound(lambda: self._look(paths, is_done=result["ended"] == "published"))

    def duration(self) -> float:
        """Seconds that a publish takes, in a process of its own."""
        paths = self._copy()
        begun = time.monotonic()
        sound(lambda: release.publish(paths, tiny.NOW, 1) and None)
        return time.monotonic() - begun

    def kill(self, after: float, mutant: str) -> dict[str, Any]:
        """Kill a publish so many seconds after it began, and publish again."""
        paths = self._copy()
        child = os.fork()
        if not child:
            MUTANTS[mutant]()
            release.publish(paths, tiny.NOW, 1)
            os._exit(0)
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        ended = "killed" if os.WIFSIGNALED(status) else "published"
        return {"ended": ended} | sound(lambda: self._look(paths, is_done=ended == "published"))

    def _look(self, paths: DataPaths, *, is_done: bool) -> dict[str, Any]:
        torn = tiny.torn(paths, self._known)
        if is_done and not torn:
            torn = tiny.unfinished(paths, self._content, after=tiny.OLD)
        try:
            release.publish(paths, tiny.NOW + timedelta(hours=1), 1)
            return {"torn": torn, "unfinished": tiny.unfinished(paths, self._content, after=tiny.OLD)}
        except Exception as error:
            return {"torn": torn, "unfinished": [f"{type(error).__name__}: {error}"]}


def load_all(paths: DataPaths) -> None:
    """Load what a publish loads on its way: in the children it would be loaded each time anew."""
    there = {*sys.modules}

    def publish() -> list[str]:
        release.publish(paths, tiny.NOW, 1)
        return [name for name in sys.modules if name not in there]

    for name in sound(publish):
        with suppress(ImportError):
            importlib.import_module(name)
    checks.telling()
    for form in pages.FORMATS:
        rendering._environment().get_template(f"quality.{form}.jinja")


def disturbed(paths: DataPaths, number: int, mode: int, mutant: str) -> dict[str, str]:
    """Publish with the shim armed: how it ended, and what a person is told of an error."""
    MUTANTS[mutant]()
    SHIM.shim_watch(os.fsencode(paths.root), -1)
    SHIM.shim_arm(ctypes.c_long(number), mode)
    try:
        release.publish(paths, tiny.NOW, 1)
    except Exception as error:
        told = disk_trouble(error, paths)
        return {"ended": "raised", "error": f"{type(error).__name__}: {error}", "told": told or ""}
    finally:
        n_done = SHIM.shim_counted()
        SHIM.shim_arm(ctypes.c_long(0), 0)
    return {"ended": "published" if n_done >= number else "never came so far"}


def said_of(paths: DataPaths) -> list[Any]:
    """What a release is, for the pipe between processes."""
    found = tiny.Known.of(paths)
    return [found.number, found.tables, found.files]


def as_known(said: Any) -> tiny.Known:
    """The same on the other side."""
    number, tables, files = said
    return tiny.Known(number, {name: tuple(signature) for name, signature in tables.items()}, files)


def main() -> None:
    """{"begin": ...} first; then the name of what the driver is to do, and what it is given, a line each."""
    tiny.be_small()
    asked = map(json.loads, sys.stdin)
    driver = Driver(Path(sys.argv[1]), next(asked)["begin"])
    for each in asked:
        ((name, given),) = each.items()
        print(json.dumps(getattr(driver, name)(*given)), flush=True)


if __name__ == "__main__":
    main()
