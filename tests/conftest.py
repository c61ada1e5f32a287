"""What tests measured is printed at the end of a run, from every process that ran them."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
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
