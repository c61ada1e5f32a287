"""The tables of docs/scale.md and its plot, from what the bench found: python -m tests.bench.page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import altair
import vl_convert

from store.paths import PROJECT_ROOT
from tests.bench import history
from tests.bench.answers import BYTES
from tests.bench.plain import SCRIPTS
from tests.bench.results import Part, Row

PAGE, PLOT = PROJECT_ROOT / "docs/scale.md", PROJECT_ROOT / "docs/scale.svg"
BLOCK = r"(?<=<!-- made by make bench: {} -->\n).*?(?=<!-- until here -->)"
ANSWERS = re.compile(r"([\d,]+) answers, (.+)")  # of the names of rows
OURS = "beyond the small round"
POWERS = range(5, 11)
SPARK_TIMES = 8  # of DuckDB's CPU seconds on one machine
HOUR, GB = 3600, 1e9


def page(runs: Sequence[history.Run]) -> str:
    """The page as it should be."""
    text = PAGE.read_text("utf-8")
    for name, block in BLOCKS.items():
        made = block(runs) if measured(runs) else "Not measured yet.\n"
        text = re.sub(BLOCK.format(re.escape(name)), lambda _, made=made: made, text, count=1, flags=re.DOTALL)
    return text


def _latest(runs: Sequence[history.Run]) -> dict[str, tuple[history.Run, Part]]:
    """Of each part the last run, and what it found; one of fewer sizes takes the place of none."""
    found: dict[str, tuple[history.Run, Part]] = {}
    for run in runs:
        for part in run.parts:
            if part.title not in found or len(part.rows) >= len(found[part.title][1].rows):
                found[part.title] = run, part
    return found


def tables(runs: Sequence[history.Run]) -> str:
    return "\n".join(f"{_said(run)}\n\n{_markdown(part.cells())}\n" for run, part in _latest(runs).values())


def _said(run: history.Run) -> str:
    return f"Run on {run.run_on} of {run.commit}, {run.cores} cores, answers and rounds within {run.most_gb:g} GB."


def _markdown(cells: Sequence[Sequence[str]]) -> str:
    header, *rows = cells
    lines = [f"| {' | '.join(row)} |".replace("  ", " ") for row in (header, *rows)]
    return "\n".join([lines[0], f"|---{'|---:' * (len(header) - 1)}|", *lines[1:]])


def measured(runs: Iterable[history.Run]) -> dict[int, Row]:
    """The rows of one round of so many answers, the last of each."""
    rows = (row for run in runs for part in run.parts if part.title == "answers" for row in part.rows)
    matches = ((ANSWERS.fullmatch(row.name), row) for row in rows)
    return {int(match[1].replace(",", "")): row for match, row in matches if match and match[2] == OURS}


def extrapolated(runs: Sequence[history.Run]) -> str:
    """What so many answers cost: measured, or in proportion to the most that were."""
    of = measured(runs)
    most = max(of)
    header = ["answers", "", "CPU hours", "hours on the clock", "warehouse, GB", "on Spark, CPU hours"]
    return _markdown([header, *([f"10^{power}", *_costs(10**power, of, most)] for power in POWERS)]) + "\n"


def _costs(n: int, of: dict[int, Row], most: int) -> list[str]:
    row, times = (of[n], 1.0) if n in of else (of[most], n / most)
    if row.cost is None:
        raise ValueError(row.name)
    hours, wall = row.cost.cpu * times / HOUR, row.cost.wall * times / HOUR
    figures = (hours, wall, row.ratios[BYTES].value * n / GB, hours * SPARK_TIMES)
    return ["measured" if n in of else "extrapolated", *(f"{float(f'{figure:.2g}'):,g}" for figure in figures)]


def all_of(runs: Iterable[history.Run]) -> str:
    """Each run with how many goals it was held to, and how many it missed."""
    found = [[run.run_on, run.commit, str(run.cores), str(len(run.parts)), *_over(run.parts)] for run in runs]
    return _markdown([["run on", "commit", "cores", "parts", "goals", "over"], *found]) + "\n"


def _over(parts: Iterable[Part]) -> list[str]:
    ratios = [ratio for part in parts for row in part.rows for ratio in row.ratios.values() if ratio.goal is not None]
    return [str(len(ratios)), str(sum(ratio.is_over for ratio in ratios))]


BLOCKS = {"tables": tables, "to 10^10": extrapolated, "runs": all_of}


def plot(runs: Sequence[history.Run]) -> str:
    """CPU seconds against answers of one round, of us and of plain scripts, both by powers of ten."""
    rows = _latest(runs)["answers"][1].rows if measured(runs) else []
    points = [
        {"answers": int(match[1].replace(",", "")), "what": match[2].replace(OURS, "a refresh"), "CPU s": row.cost.cpu}
        for row in rows
        if row.cost and (match := ANSWERS.fullmatch(row.name)) and row.cost.cpu > 0
    ]
    names = ["a refresh", *SCRIPTS]
    by_ten = altair.Scale(type="log")
    axis = altair.Axis(format="~s", values=[10**power for power in range(-2, 11)])
    chart = altair.Chart(altair.Data(values=points), width=560, height=360).mark_line(point=True).encode(
        x=altair.X("answers:Q", scale=by_ten, title="answers of one round", axis=axis),
        y=altair.Y("CPU s:Q", scale=by_ten, title="CPU seconds beyond a small round", axis=axis),
        color=altair.Color("what:N", title="what reads and counts", scale=altair.Scale(domain=names)),
        shape=altair.Shape("what:N", title="what reads and counts", scale=altair.Scale(domain=names)),
    ).configure(background="white")  # fmt: skip
    return vl_convert.vegalite_to_svg(chart.to_dict())


def write() -> None:
    runs = history.runs()
    PAGE.write_text(page(runs), encoding="utf-8")
    PLOT.write_text(plot(runs), encoding="utf-8")


if __name__ == "__main__":
    write()
