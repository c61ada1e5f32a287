"""Checks whose result says how people answered: the YAML file of each says so, as `tells_answers: true`."""

from __future__ import annotations

from functools import cache

from store.marts import read_models
from store.paths import PROJECT_ROOT

CHECKS = PROJECT_ROOT / "dbt_project" / "models" / "checks"


@cache
def telling() -> frozenset[str]:
    """The ids of the checks of a round that are not told of real answers."""
    return frozenset(
        str(check["id"])
        for file in CHECKS.glob("checks_*.yml")
        for model in read_models(file)
        for check in model["config"]["meta"]["checks"]
        if check.get("tells_answers")
    )
