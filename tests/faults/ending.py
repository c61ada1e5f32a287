"""A refresh that stands at one place until somebody ends it: python -m tests.faults.ending PLACE READY DATA [MUTANT].

The command line is the product's, and so is the session; what stands at the place makes the file READY, and waits.
Started with --at-work it is the child that dbt, or Great Expectations, would be.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.core import TyperGroup

from faults import stopped

READY = "KUNTAKYSELY_READY"
MUTANT = "KUNTAKYSELY_MUTANT"
LONG = 60.0


def wait() -> None:
    Path(os.environ[READY]).touch()
    time.sleep(LONG)


def be_at_work() -> None:
    """As dbt_process and expectations do it: it is ready for a line, and at work from then on."""
    print("read", flush=True)
    sys.stdin.readline()
    stopped.end_with_parent()
    wait()


def _stand_in(_: list[str], **given: Any) -> subprocess.Popen[str]:
    return _popen([sys.executable, "-m", __spec__.name if __spec__ else "", "--at-work"], **given)


def _in_reader(_: Any) -> None:
    from ingest.readers import children

    children.PROGRAM = f"import pathlib, time; pathlib.Path({os.environ[READY]!r}).touch(); time.sleep({LONG})"
    children.describe_apart("workbook", __file__)


def _in_query(session: Any) -> None:
    """DuckDB has words of its own for it, and no KeyboardInterrupt."""
    from store.warehouse import opened

    with opened(session.paths.warehouse_file) as connection:
        Path(os.environ[READY]).touch()
        connection.execute("select sum(hash(a.range + b.range)) from range(1000000) as a, range(1000000) as b")


def _swallowed(_: Any) -> None:
    """A library that catches everything; what comes after it is the next step."""
    try:
        wait()
    except BaseException:
        stopped.go_on_unless_stopped()


def _at_its_end(session: Any) -> None:
    """While children are ended: told once more, it goes on to end them."""
    session.end_children = lambda: (time.sleep(1), session.paths.private.joinpath("ended").touch())
    wait()


def _before(_: Any) -> None:
    wait()


PLACES: dict[str, Callable[[Any], object]] = {
    "before": _before,
    "reader": _in_reader,
    "dbt": lambda session: list(session.start_dbt().make([])),
    "expectations": lambda session: session.judge(),
    "query": _in_query,
    "swallowed": _swallowed,
    "end": _at_its_end,
}


def _mutate(mutant: str) -> None:
    """Mistakes that the test has to find."""
    from orchestration.commands import cli

    if mutant == "not listening":
        cli.listen = lambda: None
    if mutant == "as typer ends":
        cli.Commands.invoke = TyperGroup.invoke  # type: ignore[method-assign]
    if mutant == "children stay":
        stopped.end_with_parent = lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)


def main() -> None:
    if mutant := os.environ.get(MUTANT):
        _mutate(mutant)
    if sys.argv[1:] == ["--at-work"]:
        be_at_work()
        return
    place, data = sys.argv[1:]
    from orchestration.commands import cli, refresh
    from orchestration.dagster.session import refresh_session

    def stand(paths: Any, *_: Any, **__: Any) -> int:
        with refresh_session(paths, print) as session:
            subprocess.Popen = _stand_in  # type: ignore[assignment,misc]  of the children of the session alone
            if place in ("reader", "query"):
                subprocess.Popen = _popen  # type: ignore[misc]
            PLACES[place](session)
        return 0

    refresh.refresh = stand  # type: ignore[assignment]
    sys.argv = ["kuntakysely", "refresh", "--full", "--data", data]
    cli.main()


_popen = subprocess.Popen

if __name__ == "__main__":
    main()
