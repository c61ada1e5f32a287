"""The checks of a round on its page: what failed and what was decided, and every check with its definition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from publish.gate.refusals import SEVERITIES
from publish.report.blocks import Block, Sentence, Table
from publish.report.facts import RoundFacts, Row
from publish.report.numbers import NONE, counted

STATUS = {"pass": "passed", "fail": "failed", "not_computable": "not computable"}
FINDING = ("finding", "severity", "status", "observed", "threshold", "decision", "reason")
PART = ("check", "part", "observed", "threshold", "failed")
CHECK = ("check", "severity", "status", "observed", "threshold", "formula")
WORDS = ("severity", "status", "decision")


def findings(facts: RoundFacts) -> list[Row]:
    """Checks that failed, of the round and of the whole warehouse, gravest first."""
    failed = [check for check in (*facts.checks, *facts.warehouse_checks) if check["status"] == "fail"]
    return sorted(failed, key=lambda check: (SEVERITIES.index(check["severity"]), check["check_id"]))


def said_of_checks(checks: Iterable[Row]) -> str:
    """How many checks there were, and how many of each status."""
    found = Counter(check["status"] for check in checks)
    said = ", ".join(f"{found[status]} {word}" for status, word in STATUS.items() if found[status])
    return f"{counted(found.total(), 'check')}: {said}" if said else "no checks"


def checks_of(facts: RoundFacts, *families: str) -> list[Block]:
    """A sentence on the checks of these families, and their failures."""
    checks = [check for check in facts.checks if check["family"] in families]
    failed = [check["check_id"] for check in checks if check["status"] == "fail"]
    if not checks:
        return []
    said = f"Checks of {', '.join(families)}, {said_of_checks(checks)}."
    return [Sentence(f"{said} Failed: {', '.join(failed)}; see 11.2." if failed else said)]


def findings_table(facts: RoundFacts) -> list[Block]:
    """The failed checks with their decisions, and the parts of the round that fail them."""
    found = findings(facts)
    if not found:
        return [Sentence("No check failed.")]
    table = Table("Findings: checks that failed", FINDING, [_finding(check) for check in found], words=WORDS)
    return [table, *_parts(facts)]


def _finding(check: Row) -> tuple[str, ...]:
    until = f"until {check['decided_until']}: " if check.get("decided_until") else ""
    return (
        f"{check['check_id']}: {check['message_en']}",
        check["severity"],
        STATUS[check["status"]],
        check["observed"] or NONE,
        check["threshold"] or NONE,
        check.get("decision") or "open",
        f"{until}{check.get('decision_reason') or NONE}",
    )


def _parts(facts: RoundFacts) -> list[Block]:
    failed = {check["check_id"] for check in findings(facts)}
    rows = [
        (part["check_id"], label, part["observed"] or NONE, part["threshold"] or NONE, str(part["n_failed"]))
        for part in facts.of_round("round_quality_detail")
        if part["status"] == "fail" and part["check_id"] in failed and (label := _label(facts, part))
    ]
    return [Table("Where they failed", PART, rows, numbers=("failed",))] if rows else []


def _label(facts: RoundFacts, part: Row) -> str | None:
    """What the part is called; none for one that would tell of a single municipality."""
    if part["part"] == "question":
        return facts.label("question", f"{facts.survey_id}/{part['part_id']}")
    key = f"{facts.survey_id}/{part['part']}/{part['part_id']}"
    return None if key in facts.lone_areas else facts.label("breakdown", key)


def all_checks(facts: RoundFacts) -> list[Block]:
    """Every check of the round by family; those of the whole warehouse are counted."""
    by_family = groupby(sorted(facts.checks, key=_family), key=_family)
    tables = [Table(f"Family {family}", CHECK, [*map(_check, checks)], words=WORDS) for family, checks in by_family]
    return [
        Sentence(f"Of this round, {said_of_checks(facts.checks)}."),
        *tables,
        Sentence(f"Of the whole warehouse, {said_of_checks(facts.warehouse_checks)}; see marts.round_quality."),
    ]


def _family(check: Row) -> str:
    return check["family"] or "other"


def _check(check: Row) -> tuple[str, ...]:
    return (
        f"{check['check_id']}: {check.get('definition') or check['message_en']}",
        check["severity"],
        STATUS[check["status"]],
        check["observed"] or NONE,
        check["threshold"] or NONE,
        check.get("formula") or NONE,
    )
