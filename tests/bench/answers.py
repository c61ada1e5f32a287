"""Part of make bench: one round of many answers, beside plain scripts that read, judge and count the same file.

What a refresh of a small round of the same survey costs is taken off: what is left is the price of the answers. The
scripts give the same counts, or nothing is measured. Ends with 1 when a figure is over its goal.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from store.paths import PROJECT_ROOT, DataPaths
from tests.bench.rounds import N_QUESTIONS, Cost, prepare, write_round

N_SMALL = 100  # responses
ROUND = "bench/001"

# What each script prints: unit, question, code and n, in order. The municipality's answer is its latest response's.
SCRIPTS = {
    "DuckDB": """
import duckdb, sys
duckdb.sql('set enable_progress_bar = false')
duckdb.sql(f'''create table given as from read_csv('{sys.argv[1]}', all_varchar=true)''')
duckdb.sql('''create table answers as
    unpivot (select *, code as municipality from given) on columns('q[0-9]+') into name question value answer''')
found = duckdb.sql('''
    select 'response' as unit, question, answer, count(*) as n from answers group by all
    union all
    select 'municipality', question, answer, count(*) from (
        select municipality, question, arg_min(answer, (-epoch("at"::timestamp), id)) as answer
        from answers group by all
    ) group by all
    order by all
''').fetchall()
for row in found: print(*row)
""",
    "pandas": """
import pandas as pd, sys
given = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
latest = given.sort_values(["at", "id"], ascending=[False, True]).drop_duplicates("code")
found = [
    (unit, question, answer, n)
    for unit, rows in (("response", given), ("municipality", latest))
    for question in given.columns[3:]
    for answer, n in rows[question].value_counts().items()
]
for row in sorted(found): print(*row)
""",
}
PUBLISHED = """
select unit, question_id, answer_code, n from marts.answer_distribution
where breakdown = 'all' and level = 'option' and unit in ('response', 'municipality') and n > 0 order by all
"""


@dataclass(frozen=True)
class Goal:
    """The most that a round of so many answers may cost beyond a small one: CPU seconds and GB at the peak."""

    cpu: float
    peak: float


GOALS = {1_000_000: Goal(4, 0.6), 10_000_000: Goal(25, 2.0)}
TIMES_DUCKDB = 3.0  # of the plain script, at 10 million


def run(command: list[str], output: Path) -> Cost:
    """Run to the end. Raises CalledProcessError."""
    begun = time.monotonic()
    with output.open("w", encoding="utf-8") as handle:
        child = subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=handle)
        _, status, used = os.wait4(child.pid, 0)
    if status != 0:
        raise subprocess.CalledProcessError(status, command)
    return Cost(time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024**2)


def refreshed(folder: Path, n_responses: int) -> tuple[DataPaths, Cost]:
    """A first refresh of one round of so many responses."""
    paths, codes = prepare(folder)
    write_round(paths, 1, codes, n_responses)
    command = [sys.executable, "-m", "orchestration.commands.cli", "refresh", "--data", str(paths.root)]
    return paths, run(command, folder / "said.txt")


def published(paths: DataPaths) -> list[str]:
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        return [" ".join(map(str, row)) for row in connection.execute(PUBLISHED).fetchall()]


def measure(folder: Path, n_answers: int) -> dict[str, Cost]:
    """The refresh, what of it the answers cost, and the plain scripts. Raises ValueError where their counts differ."""
    _, small = refreshed(folder / "small", N_SMALL)
    paths, whole = refreshed(folder / "large", n_answers // N_QUESTIONS)
    costs = {
        "refresh": whole,
        "refresh, beyond a small round": Cost(whole.wall - small.wall, whole.cpu - small.cpu, whole.peak),
    }
    file = paths.surveys / "bench" / "rounds" / "001" / "responses.csv"
    for name, script in SCRIPTS.items():
        costs[f"plain {name}"] = run([sys.executable, "-c", script, str(file)], folder / "found.txt")
        if (folder / "found.txt").read_text(encoding="utf-8").splitlines() != published(paths):
            raise ValueError(f"the script of {name} counts otherwise than the release")
    return costs


def is_over_goal(n_answers: int, costs: dict[str, Cost]) -> bool:
    goal, answers = GOALS.get(n_answers), costs["refresh, beyond a small round"]
    if goal is None:
        return False
    is_beyond_script = n_answers >= max(GOALS) and answers.cpu > TIMES_DUCKDB * costs["plain DuckDB"].cpu
    return answers.cpu > goal.cpu or answers.peak > goal.peak or is_beyond_script


def main() -> None:
    """Print what was measured. Ends with 1 when a goal is not met."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--answers", type=int, nargs="+", default=sorted(GOALS))
    is_over = False
    for n_answers in arguments.parse_args().answers:
        with tempfile.TemporaryDirectory() as folder:
            costs = measure(Path(folder), n_answers)
        print(f"{f'{n_answers:,} answers in one round':<44}{'wall s':>9}{'CPU s':>9}{'peak GB':>9}")
        for name, cost in costs.items():
            print(f"  {name:<42}{cost.wall:>9.1f}{cost.cpu:>9.1f}{cost.peak:>9.2f}", flush=True)
        is_over |= is_over_goal(n_answers, costs)
    print("Over a goal." if is_over else "Within all goals.")
    sys.exit(is_over)


if __name__ == "__main__":
    main()
