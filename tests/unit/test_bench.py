"""What measures us: its figures are those that docs/scale.md shows, and what goes over a goal or a limit is told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bench import history
from tests.bench.made import Survey, prepare, write_round
from tests.bench.measuring import Cost, OverLimitError, run
from tests.bench.plain import SCRIPTS
from tests.bench.results import Part, Ratio, Row, padded

HOLDS = "import time; held = bytearray(200_000_000); time.sleep(2)"
CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDS!r}])"
PART = Part("answers", [
    Row("refresh", Cost(2.0, 1.5, 0.5, 0.75), {"CPU / imports": Ratio(3.7, 3.6), "wall / imports": Ratio(2.0, 2.5)}),
    Row("checks", None, {"CPU / linear": Ratio(1.0)}),
])  # fmt: skip


@pytest.mark.slow
def test_the_page_and_its_plot_have_the_figures_of_the_history() -> None:
    from tests.bench import page

    runs = history.runs()
    assert page.PAGE.read_text("utf-8") == page.page(runs), "run make docs"
    assert page.PLOT.read_text("utf-8") == page.plot(runs), "run make docs"


@pytest.mark.slow
def test_what_was_not_measured_is_in_proportion() -> None:
    from tests.bench import page

    row = Row("10,000,000 answers, beyond the small round", Cost(72.0, 36.0), {"bytes per answer": Ratio(30.0)})
    run = history.Run("2026-11-30", "ab12cd3", 2, 2.0, [Part("answers", [row])])
    lines = page.extrapolated([run]).splitlines()
    assert lines[4:6] == [
        "| 10^7 | measured | 0.01 | 0.02 | 0.3 | 0.08 |",
        "| 10^8 | extrapolated | 0.1 | 0.2 | 3 | 0.8 |",
    ]
    assert "36.0" in page.tables([run])
    assert page.plot([run]) != page.plot([])


def test_a_ratio_over_its_goal_is_told() -> None:
    assert padded(PART).splitlines() == [
        "answers  wall s  CPU s  peak GB  together GB   CPU / imports   wall / imports  CPU / linear",
        "refresh     2.0    1.5     0.50         0.75  3.7 (over 3.6)  2 (at most 2.5)              ",
        "checks                                                                                    1",
    ]
    assert PART.is_over
    assert not Part("answers", [Row("refresh", None, {"CPU / imports": Ratio(3.6, 3.6)})]).is_over


def test_a_run_is_a_line(tmp_path: Path) -> None:
    made = history.Run("2026-11-30", "ab12cd3", 2, 2.0, [PART])
    for _ in range(2):
        history.append(made, tmp_path / "history.jsonl")
    assert history.runs(tmp_path / "history.jsonl") == [made, made]


@pytest.mark.slow
@pytest.mark.parametrize("script", [HOLDS, CHILD], ids=["itself", "in a child"])
def test_what_holds_too_much_is_ended(script: str, record_property: Callable[[str, Any], None]) -> None:
    with pytest.raises(OverLimitError, match=r"held more than 0\.1 GB"):
        run([sys.executable, "-c", script], most_gb=0.1)
    assert run([sys.executable, "-c", script], most_gb=1.0).together > 0.19
    record_property("tried", ["limits of memory", "held", 1])


def test_what_fails_is_told() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        run([sys.executable, "-c", "raise SystemExit(1)"])


@pytest.mark.slow
def test_plain_scripts_count_alike(tmp_path: Path) -> None:
    paths, counted = prepare(tmp_path / "data", Survey(2)), set()
    (file,) = write_round(paths, Survey(2), 1, 1_000)
    for script in SCRIPTS.values():
        run([sys.executable, "-c", script, str(file)], said=tmp_path / "counted.txt")
        counted.add((tmp_path / "counted.txt").read_text("utf-8"))
    (lines,) = counted
    assert sum(int(line.split()[-1]) for line in lines.splitlines() if line.startswith("response q01")) == 1_000
    assert len({line.split()[0] for line in lines.splitlines()}) == 2
