"""The checks of a round on its page: what failed and what was decided, and every check with its definition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from publish.gate.refusals import SEVERITIES
from publish.report import names
from publish.report.blocks import Block, Sentence, Table, Text
from publish.report.facts import RoundFacts, Row
from publish.report.numbers import NONE


def findings(facts: RoundFacts) -> list[Row]:
    """Checks that failed, of the round and of the whole warehouse, gravest first."""
    failed = [check for check in (*facts.checks, *facts.warehouse_checks) if check["status"] == "fail"]
    return sorted(failed, key=lambda check: (SEVERITIES.index(check["severity"]), check["check_id"]))


def describe_checks(facts: RoundFacts, checks: Iterable[Row]) -> str:
    """How many checks there were of each status."""
    found = Counter(check["status"] for check in checks)
    called = names.statuses(facts.say)
    return facts.count_of({called[status]: found[status] for status in called if found[status]}) or NONE


def checks_of(facts: RoundFacts, *families: str) -> list[Block]:
    """A sentence on the checks of these families, and their failures."""
    checks = [check for check in facts.checks if check["family"] in families]
    failed = ", ".join(check["check_id"] for check in checks if check["status"] == "fail")
    if not checks:
        return []
    called = ", ".join(names.families(facts.say)[family] for family in families)
    said = facts.say("Checks ({families}): {found}.", families=called, found=describe_checks(facts, checks))
    found = facts.say("Failed: {checks}; see 11.2.", checks=failed)
    return [Sentence(f"{said} {found}" if failed else said)]


def findings_table(facts: RoundFacts) -> list[Block]:
    """The failed checks with their decisions, and the parts of the round that fail them."""
    say, found = facts.say, findings(facts)
    if not found:
        return [Sentence(say("No check failed."))]
    columns = (
        say("finding"), say("severity"), say("status"), say("observed"), say("threshold"), say("decision"),
        say("reason"),
    )  # fmt: skip
    rows = [_finding(facts, check) for check in found]
    return [Table(say("Findings: checks that failed"), columns, rows), *_parts(facts)]


def _finding(facts: RoundFacts, check: Row) -> tuple[str, ...]:
    decision, reason = check.get("decision") or "open", check.get("decision_reason") or NONE
    if check.get("decided_until"):
        reason = facts.say("until {day}: {reason}", day=facts.words.day(check["decided_until"]), reason=reason)
    return (*_judged(facts, check), Text(names.decisions(facts.say)[decision], word=decision), reason)


def _judged(facts: RoundFacts, check: Row) -> tuple[str, ...]:
    """A check in the words of the page, how grave it is and how it ended, what was found and expected."""
    severity, status = check["severity"], check["status"]
    return (
        f"{check['check_id']}: {_message(facts, check)}",
        Text(names.severities(facts.say)[severity], word=severity),
        Text(names.statuses(facts.say)[status], word=status),
        facts.english(check["observed"]),
        facts.english(check["threshold"]),
    )


def _message(facts: RoundFacts, check: Row) -> str:
    return check.get(f"message_{facts.words.language}") or check["message_en"] or NONE


def _parts(facts: RoundFacts) -> list[Block]:
    say = facts.say
    failed = {check["check_id"] for check in findings(facts)}
    rows = [
        (part["check_id"], label, facts.english(part["observed"]), facts.english(part["threshold"]),
         facts.words.count(part["n_failed"]))
        for part in facts.of_round("round_quality_detail")
        if part["status"] == "fail" and part["check_id"] in failed and (label := _label(facts, part))
    ]  # fmt: skip
    columns = (say("check"), say("part"), say("observed"), say("threshold"), say("failed"))
    return [Table(say("Where they failed"), columns, rows, numbers=columns[4:])] if rows else []


def _label(facts: RoundFacts, part: Row) -> str | None:
    """What the part is called; none for one that would tell of a single municipality."""
    if part["part"] == "question":
        return facts.label("question", f"{facts.survey_id}/{part['part_id']}")
    key = f"{facts.survey_id}/{part['part']}/{part['part_id']}"
    return None if key in facts.lone_areas else facts.label("breakdown", key)


def all_checks(facts: RoundFacts) -> list[Block]:
    """Every check of the round by family; those of the whole warehouse are counted."""
    say, called = facts.say, names.families(facts.say)
    columns = (
        say("check"), say("severity"), say("status"), say("observed"), say("threshold"), say("how it is computed")
    )  # fmt: skip
    by_family = groupby(sorted(facts.checks, key=_family), key=_family)
    tables = [
        Table(called.get(family, family).capitalize(), columns, [_check(facts, each) for each in checks])
        for family, checks in by_family
    ]
    others = describe_checks(facts, facts.warehouse_checks)
    return [
        Sentence(say("Of the round: {found}.", found=describe_checks(facts, facts.checks))),
        *tables,
        Sentence(say("Of the whole warehouse: {found}; see marts.round_quality.", found=others)),
    ]


def _family(check: Row) -> str:
    return check["family"] or "–"


def _check(facts: RoundFacts, check: Row) -> tuple[str, ...]:
    computed = (check.get("definition"), check.get("formula"))
    how = [text for text in computed if text and text != _message(facts, check)]
    return (*_judged(facts, check), facts.english(" | ".join(how)))
