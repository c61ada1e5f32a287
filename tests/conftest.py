"""What all tests share: data folders that are made once, and lines that are printed at the end of a run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from store.paths import DataPaths
from tests.acceptance.project import copy_data
from tests.sharing import Shared, of_run, places

SLOWEST = 25  # files whose time is told


@pytest.fixture(scope="session", autouse=True)
def place_of_run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> None:
    """All processes of the run share what takes long to make."""
    own = tmp_path_factory.getbasetemp()
    places.append(own if worker_id == "master" else own.parent)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """A data folder made by the first process of the run that asks for it; each process has a copy of its own."""

    def copy_of(name: str, make: Callable[[Path], object]) -> DataPaths:
        return copy_data(of_run(name, make), tmp_path_factory.mktemp(name) / "data")

    return copy_of


@pytest.fixture(scope="session")
def built_sample(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The sample survey, built by dbt and checked once. Not to be changed."""
    from tests.pipeline.build import built_once  # Great Expectations takes seconds to load

    return copy_data(built_once(), tmp_path_factory.mktemp("built_sample") / "data")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The recipes go first: they need no data folder that another process makes, and take long."""
    items.sort(key=lambda item: item.path.name != "test_recipes.py")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests tell of what they measured and tried, from every process that ran them.

    record_property("told", line) is a line. record_property("tried", [what, outcome, n]) adds n to a cell of a table:
    so many of `what` were tried, and this came of them.
    """
    properties = [
        each
        for report in terminalreporter.getreports("passed")
        for each in report.user_properties
        if report.when == "call"
    ]
    _tell_time_by_file(terminalreporter)
    told = [str(line) for name, line in properties if name == "told"]
    tried: dict[str, Counter[str]] = defaultdict(Counter)
    for name, cell in properties:
        if name == "tried":
            what, outcome, n = cell
            tried[what][outcome] += n
    if told:
        terminalreporter.section("measured")
    for line in sorted(told):
        terminalreporter.line(line)
    if tried:
        terminalreporter.section("tried, and what came of it")
    for what, outcomes in sorted(tried.items()):
        came = ", ".join(f"{n} {outcome}" for outcome, n in sorted(outcomes.items()))
        terminalreporter.line(f"{what:<50} {outcomes.total():>6}  {came}")


def _tell_time_by_file(terminalreporter: pytest.TerminalReporter) -> None:
    """The files that took longest: every second of them is paid at each change."""
    seconds: Counter[str] = Counter()
    for outcome in ("passed", "failed", "error", ""):
        for report in terminalreporter.getreports(outcome):
            seconds[report.nodeid.partition("::")[0]] += report.duration
    terminalreporter.section("seconds by file")
    for file, duration in seconds.most_common(SLOWEST):
        terminalreporter.line(f"{duration:8.1f}  {file}")
    terminalreporter.line(f"{seconds.total():8.1f}  all {len(seconds)}")
