"""The expressions of a survey and its rounds, compiled; every fault with its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from faults.errors import FaultList, line_place, worded
from faults.suggestions import quoted
from ingest.codebook.expressions import Compiler, ExpressionFault, Node, Vocabulary, parse_expression, references
from ingest.codebook.survey import PlausibilityRule, Survey

ELIGIBLE = "_eligible"


@dataclass(frozen=True)
class Condition:
    """One compiled expression. purpose is relevant, constraint or eligible, or the kind of a plausibility rule, whose
    id then stands as question_id."""

    question_id: str
    purpose: str
    expression: str
    predicate_sql: str


def survey_conditions(survey: Survey, faults: FaultList) -> tuple[Condition, ...]:
    """Every relevant and constraint of a survey, in the order of its questions, and its rules of plausibility."""
    compiled = [
        _compile_of_question(survey, question.question_id, purpose, expression, question.line, faults)
        for question in survey.questions
        for purpose, expression in (("relevant", question.relevant), ("constraint", question.constraint))
        if expression is not None
    ]
    rules = [_compile_rule(survey, rule, faults) for rule in survey.rules if rule.expression]
    return tuple(condition for condition in (*compiled, *rules) if condition is not None)


def _compile_rule(survey: Survey, rule: PlausibilityRule, faults: FaultList) -> Condition | None:
    def add(fault: ExpressionFault) -> None:
        _add_fault(fault, survey.plausibility_file, line_place(rule.line, "expression"), faults)

    return _compile(rule.rule_id, rule.kind, rule.expression, survey.vocabulary, None, add)


def eligible_condition(
    expression: str, vocabulary: Vocabulary, path: Path, place: str, faults: FaultList
) -> Condition | None:
    """The eligible of a round, or None with faults."""

    def add(fault: ExpressionFault) -> None:
        _add_fault(fault, path, place, faults)

    return _compile(ELIGIBLE, "eligible", expression, vocabulary, None, add)


def _compile_of_question(
    survey: Survey, question_id: str, purpose: str, expression: str, line: int, faults: FaultList
) -> Condition | None:
    path, place = survey.questions_file, line_place(line, purpose)

    def add(fault: ExpressionFault) -> None:
        _add_fault(fault, path, place, faults)

    own_question = question_id if purpose == "constraint" else None
    condition = _compile(question_id, purpose, expression, survey.vocabulary, own_question, add)
    if purpose == "relevant" and condition is not None and _speaks_of(parse_expression(expression), question_id):
        found = f"The relevant of {quoted(question_id)} speaks of the question itself."
        add(ExpressionFault(1, worded("self-reference", found)))
    return condition


def _compile(
    question_id: str,
    purpose: str,
    expression: str,
    vocabulary: Vocabulary,
    own_question: str | None,
    add: Callable[[ExpressionFault], None],
) -> Condition | None:
    try:
        tree = parse_expression(expression)
    except ExpressionFault as fault:
        add(fault)
        return None
    compiler = Compiler(vocabulary, own_question, judges_blanks=purpose in ("relevant", "eligible"))
    predicate = compiler.predicate(tree)
    for found in compiler.faults:
        add(found)
    return None if compiler.faults else Condition(question_id, purpose, expression, predicate)


def spoken_of(expression: str | None) -> set[str]:
    """The questions that an expression speaks of; none of one that cannot be parsed, which is a fault elsewhere."""
    try:
        return {reference.question_id for reference in references(parse_expression(expression or ""))}
    except ExpressionFault:
        return set()


def _speaks_of(tree: Node, question_id: str) -> bool:
    return any(reference.question_id == question_id for reference in references(tree))


def _add_fault(fault: ExpressionFault, path: Path, place: str, faults: FaultList) -> None:
    faults.put(path, f"{place}, character {fault.position}", fault.words)
