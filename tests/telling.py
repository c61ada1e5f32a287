"""Lines that are printed at the end of a run: what tests tell of what they measured and tried, from every process that
ran them.

record_property("told", line) is a line. record_property("tried", [what, outcome, n]) adds n to a cell of a table:
so many of `what` were tried, and this came of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

SLOWEST = 25  # files whose time is told


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
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
            # A file that cannot be read has a report too, and no time.
            seconds[report.nodeid.partition("::")[0]] += getattr(report, "duration", 0)
    terminalreporter.section("seconds by file")
    for file, duration in seconds.most_common(SLOWEST):
        terminalreporter.line(f"{duration:8.1f}  {file}")
    terminalreporter.line(f"{seconds.total():8.1f}  all {len(seconds)}")
