"""Expressions: each is compiled and run on drawn answers; each wrong one is refused with its place."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.expressions import Compiler, ExpressionFault, Vocabulary, parse_expression, quote_text


@dataclass(frozen=True)
class Asked:
    type: str
    list_name: str | None = None


VOCABULARY = Vocabulary(
    {
        "satisfied": Asked("select_one", "agreement"),
        "before": Asked("select_one", "agreement"),
        "services": Asked("select_multiple", "service"),
        "staff": Asked("integer"),
        "hours": Asked("decimal"),
        "since": Asked("date"),
        "system": Asked("system"),
        "comment": Asked("text"),
    },
    {"agreement": frozenset({"yes", "no"}), "service": frozenset({"advice", "training"})},
)
ANSWERS = """
    select * from (values
        ('satisfied', 'yes', null, null),
        ('before', null, null, null),
        ('services', 'advice', null, null),
        ('services', null, null, null),
        ('staff', null, 5, null),
        ('hours', null, null, null),
        ('since', null, null, date '2023-05-01'),
        ('system', 'walmu', null, null)
    ) as answers (question_id, code, number_value, date_value)
"""


def compiled(expression: str, own_question: str | None = None) -> str:
    compiler = Compiler(VOCABULARY, own_question)
    predicate = compiler.predicate(parse_expression(expression))
    assert [fault.found for fault in compiler.faults] == []
    return predicate


def is_true(expression: str, own_question: str | None = None) -> bool:
    row = duckdb.sql(f"select {compiled(expression, own_question)} from ({ANSWERS})").fetchone()
    assert row is not None
    assert row[0] in (True, False)
    return bool(row[0])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("${satisfied} = 'yes'", True),
        ("${satisfied} != 'yes'", False),
        ("'yes' = ${satisfied}", True),
        ("${before} = 'yes'", False),
        ("${before} != 'yes'", False),
        ("not(${before} = 'yes')", True),
        ("${satisfied} = ${before}", False),
        ("selected(${services}, 'advice')", True),
        ("selected(${services}, 'training')", False),
        ("selected(${satisfied}, 'yes')", True),
        ("${staff} = 5", True),
        ("${staff} > 4 and ${staff} <= 5", True),
        ("${staff} < 5 or ${staff} >= 6", False),
        ("${staff} * 2 - 1 = 9", True),
        ("1 + ${staff} * 2 = 11", True),
        ("(1 + ${staff}) * 2 = 12", True),
        ("${staff}-1 > -2", True),
        ("${staff} > ${hours}", False),
        ("${staff} <= ${hours}", False),
        ("${since} >= '2023-05-01'", True),
        ("${since} < '2023-05-01'", False),
        ("${system} = 'walmu'", True),
        ("${satisfied} = 'yes' or ${satisfied} = 'no' and ${staff} = 0", True),
        ("(${satisfied} = 'yes' or ${satisfied} = 'no') and ${staff} = 0", False),
        ("not(not(${staff} = 5))", True),
    ],
)
def test_expression_on_drawn_answers(expression: str, expected: bool) -> None:
    assert is_true(expression) is expected


def test_point_is_the_question_itself() -> None:
    assert is_true(". > 4", "staff")
    assert not is_true(". <= ${hours}", "staff")


@pytest.mark.parametrize(
    ("expression", "code", "position"),
    [
        ("${satisfied} = 'yse'", "unknown-code", 16),
        ("selected(${services}, 'advise')", "unknown-code", 23),
        ("${satisfid} = 'yes'", "unknown-question", 1),
        ("${services} = 'advice'", "wrong-comparison", 1),
        ("selected(${staff}, 'x')", "wrong-comparison", 10),
        ("${staff} = '5'", "wrong-comparison", 1),
        ("${satisfied} = 5", "wrong-comparison", 1),
        ("${satisfied} > 'no'", "wrong-comparison", 1),
        ("'a' = 'a'", "wrong-comparison", 1),
        ("${comment} != ''", "wrong-comparison", 1),
        ("${satisfied} + 1 = 2", "wrong-arithmetic", 1),
        ("${since} = '2023-13-01'", "wrong-date", 12),
        ("${since} = '1.5.2023'", "wrong-date", 12),
        (". = 'yes'", "no-own-answer", 1),
        ("${satisfied}", "not-a-condition", 1),
        ("not(5)", "not-a-condition", 5),
        ("(${staff} = 1) = 2", "not-a-value", 2),
    ],
)
def test_expression_against_the_codebook(expression: str, code: str, position: int) -> None:
    compiler = Compiler(VOCABULARY, None)
    compiler.predicate(parse_expression(expression))
    assert [(fault.code, fault.position) for fault in compiler.faults][:1] == [(code, position)]


@pytest.mark.parametrize(
    ("expression", "position"),
    [
        ("${staff} =", 10),
        ("${staff} == 5", 11),
        ("${staff} = 5; drop table x", 13),
        ("__import__('os')", 1),
        ("${staff} = 1 or", 15),
        ("'open", 1),
        ("${a b} = 1", 1),
        ("1 < ${staff} < 3", 14),
        ("", 0),
    ],
)
def test_expression_outside_the_grammar(expression: str, position: int) -> None:
    with pytest.raises(ExpressionFault) as raised:
        parse_expression(expression)
    assert raised.value.code == "wrong-expression"
    assert raised.value.position == position


def test_endless_expressions_are_refused() -> None:
    for expression in ("(" * 60 + "${staff} = 1" + ")" * 60, "${staff} = 1 or " * 100 + "${staff} = 1"):
        with pytest.raises(ExpressionFault, match="characters"):
            parse_expression(expression)


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        tree = parse_expression(text)
    except ExpressionFault:
        return
    compiler = Compiler(VOCABULARY, "staff")
    compiler.predicate(tree)


@given(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20))
def test_quoted_text_comes_back(text: str) -> None:
    row = duckdb.sql(f"select {quote_text(text)}").fetchone()
    assert row == (text,)


def test_control_characters_are_not_quoted() -> None:
    with pytest.raises(ValueError, match="control"):
        quote_text("a\nb")
