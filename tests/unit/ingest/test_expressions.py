"""Expressions: each is compiled and run on drawn answers; each wrong one is refused with its place."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.codebook.expressions import Compiler, ExpressionFault, Vocabulary, parse_expression, quote_text


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
        "age": Asked("integer", "unknown"),
        "nothing": Asked("select_multiple", "service"),
        "unasked": Asked("select_one", "agreement"),
    },
    {
        "agreement": frozenset({"yes", "no"}),
        "service": frozenset({"advice", "training"}),
        "unknown": frozenset({"-999", "refused"}),
    },
)
ANSWERS = """
    select * from (values
        ('satisfied', 'yes', 'yes', null, null, null),
        ('before', '', null, null, null, null),
        ('services', '1', 'advice', null, null, true),
        ('services', '', null, null, null, false),
        ('nothing', '', null, null, null, false),
        ('staff', '5', null, 5, null, null),
        ('age', '-999', '-999', null, null, null),
        ('hours', '', null, null, null, null),
        ('since', '1.5.2023', null, null, date '2023-05-01', null),
        ('system', 'Walmu', 'walmu', null, null, null),
        ('comment', 'words', null, null, null, null)
    ) as answers (question_id, raw_value, code, number_value, date_value, is_ticked)
"""


def compiled(expression: str, own_question: str | None = None, *, judges_blanks: bool = True) -> str:
    compiler = Compiler(VOCABULARY, own_question, judges_blanks=judges_blanks)
    predicate = compiler.predicate(parse_expression(expression))
    assert [fault.found for fault in compiler.faults] == []
    return predicate


def judged(expression: str, own_question: str | None = None, *, judges_blanks: bool = True) -> bool | None:
    predicate = compiled(expression, own_question, judges_blanks=judges_blanks)
    ((verdict,),) = duckdb.sql(f"select {predicate} from ({ANSWERS})").fetchall()
    assert verdict in (True, False, None)
    return None if verdict is None else bool(verdict)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("${satisfied} = 'yes'", True),
        ("${satisfied} != 'yes'", False),
        ("'yes' = ${satisfied}", True),
        ("${before} = 'yes'", False),
        ("${before} != 'yes'", True),
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
        ("${before} = ''", True),
        ("'' = ${satisfied}", False),
        ("${comment} != ''", True),
        ("${services} = ''", False),
        ("${nothing} = ''", True),
        ("${since} != ''", True),
        ('${satisfied} = "yes"', True),
        ("count-selected(${services}) >= 1 and count-selected( ${nothing} ) = 0", True),
        ("count-selected(${satisfied}) + count-selected(${before}) = 1", True),
        ("${age} = -999", True),
        ("${age} != -999", False),
        ("${age} > -1000", False),
        ("${age} + 1 != -998", True),
        ("${age} = ''", False),
        ("${hours} != 0", True),
        ("${unasked} = 'yes'", None),
        ("not(${unasked} != '')", None),
        ("selected(${unasked}, 'yes') or ${staff} = 5", True),
        ("${before} = ${unasked} or ${staff} = 4", None),
        ("${staff} * 999999999999999 * 999999999999999 > ${staff}", True),
        ("${staff} * 0.1 = 0.5", True),
        ("1 = 1 and ${staff} = 5", True),
    ],
)
def test_expression_on_drawn_answers(expression: str, expected: bool | None) -> None:
    assert judged(expression) is expected


@pytest.mark.parametrize(
    ("expression", "own_question", "expected"),
    [
        (". > 4", "staff", True),
        (". <= ${hours}", "staff", None),
        (". >= 10 and . <= ${hours}", "staff", False),
        (". >= 0 or . = -999", "age", True),
        (". <= ${age}", "staff", None),
        (". < 10 or ${before} = 'no'", "staff", True),
        (". != 5 or ${before} != 'no'", "staff", None),
        (". != 5 or ${before} = ''", "staff", True),
        ("not(selected(., 'training') and count-selected(.) > 1)", "services", True),
        ("count-selected(.) <= 0", "services", False),
        ("selected(${nothing}, 'advice')", "staff", None),
        ("count-selected(${nothing}) > 0", "staff", None),
        ("${unasked} = 'yes'", "staff", None),
        (". != ''", "comment", True),
    ],
)
def test_constraint_with_a_blank_is_judged_where_the_blank_decides_nothing(
    expression: str, own_question: str, expected: bool | None
) -> None:
    assert judged(expression, own_question, judges_blanks=False) is expected


def test_nothing_ticked_is_an_answer_where_the_survey_says_so() -> None:
    vocabulary = replace(VOCABULARY, none_is_answer=True)
    for expression in ("${nothing} != ''", "count-selected(${nothing}) = 0", "not(selected(${nothing}, 'advice'))"):
        predicate = Compiler(vocabulary, "staff", judges_blanks=False).predicate(parse_expression(expression))
        assert duckdb.sql(f"select {predicate} from ({ANSWERS})").fetchall() == [(True,)]


@pytest.mark.parametrize(
    ("expression", "advice"),
    [
        ("string-length(${comment}) > 0", "${question} != ''"),
        ("regex(., '^[0-9]+$')", "min_value"),
        (". <= today()", "'2023-01-31'"),
        ("${staff} div ${hours} > 2", "${a} > 2 * ${b}"),
        ("${staff} mod 2 = 0", "no remainder"),
        ("${staff} == 5", "Write =."),
        ("${satisfied} <> 'yes'", "Write !=."),
        ("${satisfied} = 'yes' AND ${staff} = 5", "Write and."),
        ("!(${staff} = 5)", "Write not(...)."),
        ("${staff} = 5 || ${staff} = 6", "Write or."),
        ("selected(${services}, 'advice') = true()", "Leave it out"),
        ("${satisfied} = ‘yes’", "straight quotes"),
        ("${staff} = five", "Compare with"),
    ],
)
def test_what_other_languages_have_is_refused_with_what_to_write(expression: str, advice: str) -> None:
    with pytest.raises(ExpressionFault) as raised:
        parse_expression(expression)
    assert advice in raised.value.words.advice
    assert "count-selected()" in raised.value.words.expected


@pytest.mark.parametrize(
    ("expression", "code", "position"),
    [
        ("${satisfied} = 'yse'", "unknown-code", 16),
        ("selected(${services}, 'advise')", "unknown-code", 23),
        ("${satisfid} = 'yes'", "unknown-question", 1),
        ("${services} = 'advice'", "compared-multiple", 1),
        ("selected(${staff}, 'x')", "wrong-function", 10),
        ("${staff} = '5'", "wrong-comparison", 1),
        ("${satisfied} = 5", "wrong-comparison", 1),
        ("${satisfied} > 'no'", "ordered-codes", 1),
        ("'a' = 'a'", "wrong-comparison", 1),
        ("${comment} = 'words'", "compared-text", 1),
        ("${comment} > ''", "ordered-emptiness", 1),
        ("${staff} + 1 = ''", "wrong-comparison", 1),
        ("'' = ''", "wrong-comparison", 1),
        ("${satisfid} = ''", "unknown-question", 1),
        ("count-selected(${staff}) = 1", "wrong-function", 16),
        ("${satisfied} + 1 = 2", "wrong-arithmetic", 1),
        ("${since} = '2023-13-01'", "no-date", 12),
        ("${since} = '1.5.2023'", "no-date", 12),
        (". = 'yes'", "no-own-answer", 1),
        ("${satisfied}", "not-a-condition", 1),
        ("not(5)", "not-a-condition", 5),
        ("(${staff} = 1) = 2", "not-a-value", 2),
    ],
)
def test_expression_against_the_codebook(expression: str, code: str, position: int) -> None:
    compiler = Compiler(VOCABULARY, None)
    compiler.predicate(parse_expression(expression))
    assert [(fault.words.code, fault.position) for fault in compiler.faults][:1] == [(code, position)]


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
    assert raised.value.words.code == "wrong-expression"
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
