"""How a result looks in Dagster: a gate that is accepted is a warning, and says what was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from dagster import AssetCheckEvaluation, AssetCheckSeverity, DagsterInstance

from expectations.results import CheckResult
from orchestration.alerts.ended import Judged
from orchestration.dagster.checks import results_of_rounds
from publish.gate.findings import Decided

OPEN = Decided("open", None, None, None)
ACCEPTED = Decided("accepted", "Survey team", date(2026, 12, 31), "It is so in print")


def result(check_id: str, severity: str) -> CheckResult:
    return CheckResult(
        "koto", "2023-01", check_id, "output", "sql", "dim_round", severity, "fail", "2", "0", 2,
        "Wrong.", "Väärin.", "Fel.",
    )  # fmt: skip


def evaluated(*found: tuple[CheckResult, Decided]) -> AssetCheckEvaluation:
    """The one event that the results of a check of a round become."""
    decided = {(each.survey_id, each.round_id, each.check_id): decision for each, decision in found}
    judged = Judged([each for each, _ in found], decided, (), (), ())
    with DagsterInstance.ephemeral() as instance:
        [event] = results_of_rounds(judged, ["koto/2023-01"], instance)
    return event


def shown(event: AssetCheckEvaluation) -> dict[str, Any]:
    return {name: value.value for name, value in event.metadata.items()}


@pytest.mark.parametrize(
    ("severity", "decided", "expected"),
    [
        ("gate", OPEN, AssetCheckSeverity.ERROR),
        ("gate", ACCEPTED, AssetCheckSeverity.WARN),
        ("block", OPEN, AssetCheckSeverity.ERROR),
        ("warn", OPEN, AssetCheckSeverity.WARN),
    ],
)
def test_only_what_is_open_is_an_error(severity: str, decided: Decided, expected: AssetCheckSeverity) -> None:
    event = evaluated((result("late", severity), decided))
    assert (event.passed, event.severity) == (False, expected)
    assert shown(event) == {
        "n_failed, koto/2023-01": 2, "status": "fail", "observed": "2", "threshold": "0",
        "decision": decided.decision,
    }  # fmt: skip


def test_one_of_several_that_is_open_is_an_error() -> None:
    event = evaluated((result("late.a", "gate"), ACCEPTED), (result("late.b", "gate"), OPEN))
    assert event.severity == AssetCheckSeverity.ERROR
    assert shown(event) == {
        "n_failed, koto/2023-01": 4, "results": "2 parts",
        "late_a": "accepted: 2 (limit 0)", "late_b": "open: 2 (limit 0)",
    }  # fmt: skip


def test_each_round_is_plotted_by_itself() -> None:
    """Dagster draws one line through the numbers of one name, whatever round they are of."""
    rounds = [replace(result("late", "warn"), round_id=round_id) for round_id in ("2023-01", "2024-01")]
    decided = {(each.survey_id, each.round_id, each.check_id): OPEN for each in rounds}
    with DagsterInstance.ephemeral() as instance:
        events = list(
            results_of_rounds(Judged(rounds, decided, (), (), ()), ["koto/2023-01", "koto/2024-01"], instance)
        )
    numbers = [{name for name, value in shown(event).items() if isinstance(value, int)} for event in events]
    assert numbers == [{"n_failed, koto/2023-01"}, {"n_failed, koto/2024-01"}]
