"""The third part of make bench: what the checks of one round of 10 million answers cost beside its marts.

The checks are the models of the schema checks with what only they need, and Great Expectations; the marts are the
published models with what they need. Both from one refresh.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from store.paths import PROJECT_ROOT, DataPaths
from tests.bench.rounds import N_QUESTIONS, prepare, refresh, write_round

N_ANSWERS = 10_000_000
LIMIT = 2.0


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


def seconds_of_models(paths: DataPaths) -> tuple[float, float]:
    """Seconds of the models that the marts need, and of those that only the checks do."""
    manifest = json.loads((paths.dbt_target / "manifest.json").read_text(encoding="utf-8"))
    results = json.loads((paths.dbt_target / "run_results.json").read_text(encoding="utf-8"))["results"]
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    of_marts = needed_by((key for key, node in models.items() if node["schema"] == "marts"), manifest["parent_map"])
    spent = {result["unique_id"]: result["execution_time"] for result in results if result["unique_id"] in models}
    marts = sum(seconds for key, seconds in spent.items() if key in of_marts)
    return marts, sum(spent.values()) - marts


def seconds_of_expectations(paths: DataPaths) -> float:
    begun = time.monotonic()
    command = [sys.executable, "-m", "expectations", str(paths.warehouse_file)]
    subprocess.run(command, cwd=PROJECT_ROOT, check=True)
    return time.monotonic() - begun


def main() -> None:
    """Print what was measured. Ends with 1 when the checks cost more than the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=N_ANSWERS)
    n_answers = parser.parse_args().answers
    with tempfile.TemporaryDirectory() as folder:
        paths, codes = prepare(Path(folder) / "data")
        write_round(paths, 1, codes, n_responses=n_answers // N_QUESTIONS)
        cost = refresh(paths)
        marts, checks = seconds_of_models(paths)
        expectations = seconds_of_expectations(paths)
    print(f"{n_answers:,} answers in one round: {cost.wall:.1f} s, {cost.cpu:.1f} s of CPU, {cost.peak:.2f} GB")
    print(f"marts {marts:.1f} s; checks {checks:.1f} s in SQL, {expectations:.1f} s in Great Expectations")
    ratio = (checks + expectations) / marts
    print(f"checks / marts: {ratio:.2f} (at most {LIMIT})")
    sys.exit(ratio > LIMIT)


if __name__ == "__main__":
    main()
