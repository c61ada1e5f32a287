"""What all tests share: data folders that are made once, and lines that are printed at the end of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.paths import DataPaths
from tests.acceptance.project import copy_data
from tests.sharing import Shared, make_once, one_at_a_time


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Shared:
    """A data folder made by the first process of the run that asks for it; each process has a copy of its own."""
    own = tmp_path_factory.getbasetemp()
    of_all = own if worker_id == "master" else own.parent

    def copy_of(name: str, make: Callable[[Path], object]) -> DataPaths:
        folder = of_all / f"{name}_shared"
        with one_at_a_time(folder.with_suffix(".lock")):
            made = make_once(folder, make)
        return copy_data(made, tmp_path_factory.mktemp(name) / "data")

    return copy_of


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Lines that tests told with record_property("told", ...), from every process that ran them."""
    told = [
        str(line)
        for report in terminalreporter.getreports("passed")
        for name, line in report.user_properties
        if name == "told" and report.when == "call"
    ]
    if told:
        terminalreporter.section("measured")
        for line in sorted(told):
            terminalreporter.line(line)
