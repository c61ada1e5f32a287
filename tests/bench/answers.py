"""One round of many answers, beside plain scripts that read, judge and count the same files.

What a refresh of a small round of the same survey costs is taken off: what is left is the price of the answers. The
checks are the models of the schema checks with what only they need, and Great Expectations; the marts are the published
models with what they need. Both from the largest refresh.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from orchestration.dagster.dbt import RUN_RESULTS, models_file
from store.paths import DataPaths
from tests.bench.made import Survey, prepare, write_round
from tests.bench.measuring import Cost, imports, kuntakysely, run
from tests.bench.plain import costs
from tests.bench.results import CPU, Part, Ratio, Row
from tests.bench.sizes import Sizes

N_SMALL = 100  # responses
N_TRIED = 2  # the cheaper counts: the first may have read the models
LINEAR, CHECKS = "CPU / linear", "checks / marts"
MEMORY, BYTES = "peak, GB", "bytes per answer"  # the latter of the private warehouse
# The most that so many answers may cost beyond a small round: goals of 4 and 25 seconds where the imports take 4.1.
GOALS = {1_000_000: 0.98, 10_000_000: 6.1}
MOST_GB = {1_000_000: 0.6, 10_000_000: 2.0, 100_000_000: 4.0}
MOST_LINEAR = {100_000_000: 1.3}
TIMES_DUCKDB = {10_000_000: 3.0}
MOST_CHECKS = 2.0


def measure(sizes: Sizes, folder: Path) -> Part:
    machine, survey = imports(), Survey()
    tried = (refreshed(folder / f"small_{nth}", survey, N_SMALL, sizes.most_gb) for nth in range(N_TRIED))
    small = min((cost for _, _, cost in tried), key=lambda cost: cost.cpu)
    rows, earlier = [Row("a small round", small)], None
    for n in sizes.answers:
        paths, files, whole = refreshed(folder / str(n), survey, n // survey.n_questions, sizes.most_gb)
        answers, scripts = whole.beyond(small), costs(paths, files, folder)
        ratios = {CPU: Ratio(answers.cpu / machine.cpu, GOALS.get(n)), MEMORY: Ratio(whole.peak, MOST_GB.get(n))}
        if earlier:
            ratios[LINEAR] = Ratio(answers.cpu / (earlier[1] * n / earlier[0]), MOST_LINEAR.get(n))
        ratios |= to_scripts(n, answers, scripts) | {BYTES: Ratio(paths.warehouse_file.stat().st_size / n)}
        rows.append(Row(f"{n:,} answers, beyond the small round", answers, ratios))
        rows += [Row(f"{n:,} answers, {name}", cost) for name, cost in scripts.items()]
        earlier = (n, answers.cpu)
    rows.append(Row(f"checks of {n:,} answers", None, {CHECKS: Ratio(checks_to_marts(paths), MOST_CHECKS)}))
    return Part("answers", rows)


def to_scripts(n_answers: int, answers: Cost, scripts: Mapping[str, Cost]) -> dict[str, Ratio]:
    goals = {"plain DuckDB": TIMES_DUCKDB.get(n_answers)}
    return {f"CPU / {name}": Ratio(answers.cpu / cost.cpu, goals.get(name)) for name, cost in scripts.items()}


def refreshed(folder: Path, survey: Survey, n_responses: int, most_gb: float) -> tuple[DataPaths, list[Path], Cost]:
    """A first refresh of one round of so many responses, and the files of it."""
    paths = prepare(folder, survey)
    files = write_round(paths, survey, 1, n_responses)
    return paths, files, kuntakysely(paths, "refresh", most_gb=most_gb)


def checks_to_marts(paths: DataPaths) -> float:
    expectations = run([sys.executable, "-m", "expectations", str(paths.warehouse_file)]).wall
    marts, checks = seconds_of_models(paths)
    return (checks + expectations) / marts


def seconds_of_models(paths: DataPaths) -> tuple[float, float]:
    """Seconds of the models that the marts need, and of those that only the checks do."""
    manifest = json.loads(models_file(".json").read_text(encoding="utf-8"))
    results = json.loads((paths.dbt_target / RUN_RESULTS).read_text(encoding="utf-8"))["results"]
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    of_marts = needed_by((key for key, node in models.items() if node["schema"] == "marts"), manifest["parent_map"])
    spent = {result["unique_id"]: result["execution_time"] for result in results if result["unique_id"] in models}
    marts = sum(seconds for key, seconds in spent.items() if key in of_marts)
    return marts, sum(spent.values()) - marts


def needed_by(models: Iterable[str], parents: Mapping[str, list[str]]) -> set[str]:
    """The models and everything that they are made of."""
    found: set[str] = set()
    waiting = list(models)
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            waiting += parents.get(model, [])
    return found
