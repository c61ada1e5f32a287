"""What is printed is text that a person reads: no markup, no control characters, whoever wrote it; words and ids whole
at every width, colour where it means something, counts that add up, and help with an example for each command."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from logging import LogRecord
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from faults.errors import Fault, wrapped
from orchestration.commands import cli, report
from orchestration.commands.differences import describe_rows, rows_of
from orchestration.commands.report import Status, describe_checks, print_status
from orchestration.dagster.progress import Progress, Terminal
from publish.gate.refusals import SEVERITIES, STATUSES
from store.paths import DataPaths

HOSTILE = "[red]x[/red] :warning: \x1b[2J\x1b]0;title\x07 \x9b5n a\u202eb \u2066c"
SHOWN = "[red]x[/red] :warning: \\u001b[2J\\u001b]0;title\\u0007 \\u009b5n a\\u202eb \\u2066c"


def printed(console: Console, file: io.StringIO) -> str:
    table = Table("name", title=HOSTILE)
    table.add_row(HOSTILE)
    console.width = 160
    console.print(HOSTILE)
    console.print(table)
    return file.getvalue()


def test_terminal_shows_what_is_there() -> None:
    file = io.StringIO()
    assert printed(Terminal(file), file).count(SHOWN) == 3


def test_console_of_the_library_is_seen() -> None:
    file = io.StringIO()
    assert SHOWN not in printed(Console(file=file), file)


@pytest.mark.parametrize("part", ["file", "place", "found", "expected", "advice"])
def test_fault_is_one_visible_line(part: str) -> None:
    sentences = {"code": "c", "file": "f", "place": "p", "found": "F.", "expected": "E.", "advice": "A."}
    said = str(Fault(**(sentences | {part: f"{HOSTILE}\nline 2\r\u0085"})))
    assert SHOWN in said or part == "expected"
    assert said.isprintable()


SURVEY, ROUND = "survey_of_the_services_of_municipalities_and_joint_authorities", "2025-autumn"
SENTENCE = "Fewer municipalities have answered than the figures need: remind those that are late"
GATE, WARN, INFO, GONE = (f"{name}_with_a_long_id_that_is_never_cut" for name in ("gate", "warn", "info", "gone"))
COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]


def check(check_id: str, severity: str, status: str = "fail", *, is_new: bool = False) -> dict[str, Any]:
    return {
        "survey_id": SURVEY, "round_id": ROUND, "check_id": check_id, "severity": severity, "status": status,
        "message_en": SENTENCE, "observed": "one half", "decision": None, "is_new": is_new,
    }  # fmt: skip


def status_of(checks: list[dict[str, Any]], gone: list[dict[str, Any]]) -> Status:
    counted = {"matched": 14, "known_wrong": 1, "mismatched": 0}
    round_ = {
        "survey_id": SURVEY, "round_id": ROUND, "is_synthetic": True,
        "opens_on": "2025-09-01", "closes_on": "2025-10-01",
        "n_responses": 50, "n_municipalities": 40, "n_frame": 293,
        **{f"figures_{name}": n for name, n in counted.items()},
    }  # fmt: skip
    release = {"number": 2, "created_at": "2025-11-01 10:00:00"}
    return Status(release, [round_], checks, [], None, findings=report._findings(checks), gone=gone)


STATUS = status_of(
    [check(INFO, "info"), check(WARN, "warn", is_new=True), check(GATE, "gate", is_new=True)], [check(GONE, "warn")]
)


def shown(status: Status, width: int = 80, *, is_terminal: bool = True, is_whole: bool = False) -> str:
    file = io.StringIO()
    console = Terminal(file, width=width, force_terminal=is_terminal)
    print_status(status, DataPaths(Path("nowhere")), console, is_whole=is_whole)
    return file.getvalue()


def differences(width: int) -> str:
    names = ("table_name", "survey_id", "round_id", "change", "row", "column_name", "old_value", "new_value")
    row = f"question_key={SURVEY}/{WARN}, status=valid"
    change = ("answer_status_count", SURVEY, ROUND, "value_changed", row, "n", "1", "2")
    file = io.StringIO()
    Terminal(file, width=width, force_terminal=True).say(
        "\n".join(describe_rows(rows_of([dict(zip(names, change, strict=True))]), {}))
    )
    return file.getvalue()


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize(
    ("printed_at", "whole"),
    [
        (
            lambda width: shown(STATUS, width, is_whole=True),
            [f"{SURVEY}/{ROUND}", GATE, WARN, INFO, GONE],
        ),
        (lambda width: shown(STATUS, width), [f"{SURVEY}/{ROUND}", GATE, WARN, GONE]),
        (differences, [f"{SURVEY}/{ROUND}", WARN]),
    ],
    ids=["every finding", "news", "differences"],
)
def test_words_and_ids_are_whole_at_every_width(printed_at: Any, whole: list[str], width: int) -> None:
    said = plain(printed_at(width))
    assert [line for line in said.splitlines() if len(line) > width and len(line.split()) > 1] == []
    assert {*whole} <= {word.rstrip(":") for word in said.split()}
    assert "…" not in said


WORDS = st.lists(st.text("ab-_/.:", min_size=1, max_size=12), max_size=12)


@given(WORDS, st.integers(10, 30))
def test_no_word_is_cut(words: list[str], width: int) -> None:
    lines = wrapped(" ".join(words), width).split("\n")
    assert [word for line in lines for word in line.split()] == words
    assert all(len(line) <= width or len(line.split()) == 1 for line in lines)


def test_what_is_to_be_copied_is_whole() -> None:
    file, line = io.StringIO(), f"    {GATE},1 of 1,?,2025-11-01,?,?"
    Terminal(file, width=40, force_terminal=True).say(f"Add the line\n{line}\nand fill it in.")
    assert line in file.getvalue().splitlines()


def test_news_come_first_and_the_rest_is_a_count() -> None:
    assert shown(STATUS, is_terminal=False).splitlines()[2:-2] == [
        "Checks: 3 in all: 0 passed, 1 noted, 1 warned, 1 failed, 0 not computable",
        "Findings (noted, warned, failed): 3 open, 0 accepted; 2 new, 1 gone",
        f"  new, gate: {SURVEY}/{ROUND} {GATE}: {SENTENCE} (found: one half)",
        f"  new, warn: {SURVEY}/{ROUND} {WARN}: {SENTENCE} (found: one half)",
        f"  gone: {SURVEY}/{ROUND} {GONE}",
        "  1 as before: kuntakysely status --all",
    ]


def test_colour_means_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = shown(STATUS, width=300).splitlines()
    for of, code in ((GATE, 31), (WARN, 33), (GONE, 32)):
        assert [line for line in coloured if of in line and line.startswith(f"\x1b[{code}m")], of
    assert "\x1b" not in shown(STATUS, is_terminal=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in shown(STATUS)


CHECKS = st.builds(
    lambda severity, status, is_new: check("c", severity, status, is_new=is_new and status == "fail"),
    st.sampled_from(SEVERITIES), st.sampled_from(STATUSES), st.booleans(),
)  # fmt: skip


def adds_up(checks: list[dict[str, Any]]) -> bool:
    total, *parts = map(int, re.findall(r"\d+", describe_checks(checks)))
    return total == len(checks) == sum(parts)


@given(st.lists(CHECKS, max_size=30))
def test_counts_of_checks_add_up(checks: list[dict[str, Any]]) -> None:
    assert adds_up(checks)


@pytest.mark.parametrize("left_out", report.CAME_TO)
def test_a_count_that_is_left_out_is_seen(monkeypatch: pytest.MonkeyPatch, left_out: str) -> None:
    monkeypatch.setattr(report, "CAME_TO", {what: said for what, said in report.CAME_TO.items() if what != left_out})
    assert not adds_up([check("c", severity, status) for severity in SEVERITIES for status in STATUSES])


@given(st.lists(CHECKS, max_size=30), st.integers(0, 9), st.booleans())
def test_findings_that_are_named_and_counted_are_all(checks: list[dict[str, Any]], n_gone: int, is_whole: bool) -> None:
    said = shown(status_of(checks, [check(GONE, "warn")] * n_gone), is_terminal=False, is_whole=is_whole)
    n_open, n_accepted, n_new, n_said_gone = map(int, re.findall(r"\d+", said.partition("failed): ")[2].split("\n")[0]))
    named = re.findall(r"^  (?:new, |gone: |(?:block|gate|warn|info): )", said, re.MULTILINE)
    (more,) = re.findall(r"^  (\d+) (?:more|as before): ", said, re.MULTILINE) or ["0"]
    assert len(named) + int(more) == n_open + n_said_gone
    assert (n_open, n_accepted, n_new) == (
        sum(each["status"] == "fail" for each in checks), 0, sum(each["is_new"] for each in checks)
    )  # fmt: skip


def test_a_long_step_says_how_far_it_is() -> None:
    file = io.StringIO()
    progress = Progress(Terminal(file, width=80, force_terminal=True))
    progress.totals["dbt_models"] = 5
    with progress:
        for kind in ("STEP_START", "ASSET_MATERIALIZATION", "ASSET_MATERIALIZATION"):
            record = LogRecord("x", 10, "", 0, "", None, None)
            record.dagster_event = SimpleNamespace(step_key="dbt_models", event_type_value=kind)
            progress.emit(record)
    assert re.search(r"Models 2 of 5.* 0:00:00", plain(file.getvalue()))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_of_each_command_is_one(name: str) -> None:
    program, *words = shlex.split(COMMANDS[name].epilog.removeprefix("Example: "))
    arguments = words[: words.index(">")] if ">" in words else words
    assert (program, arguments[0]) == ("kuntakysely", name)
    COMMANDS[name].make_context(name, arguments[1:])
    with pytest.raises(Exception, match="No such option"):
        COMMANDS[name].make_context(name, [*arguments[1:], "--no-such-option"])


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_as_wide_as_the_terminal(name: str, width: int) -> None:
    context = COMMANDS[name].make_context(name, [], resilient_parsing=True, terminal_width=width)
    lines = COMMANDS[name].get_help(context).splitlines()
    assert [line for line in lines if len(line) > width and len(line.split()) > 1] == []


def test_the_shell_completes_commands() -> None:
    asked = {"_KUNTAKYSELY_COMPLETE": "complete_bash", "COMP_WORDS": "kuntakysely st", "COMP_CWORD": "1"}
    program = Path(sys.executable).with_name("kuntakysely")
    done = subprocess.run([program], env=os.environ | asked, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["status"]
