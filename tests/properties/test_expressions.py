"""Expressions as SQL judge as a second reading of them does, which knows no SQL, of blanks and odd answers too."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from operator import eq, ge, gt, le, lt
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import strategies as st

from ingest.codebook.expressions import Compiler, Vocabulary, parse_expression
from tests.properties.properties import holds, is_broken

N_ROWS = 150
N_EXAMPLES = 250
CODES = {"yn": frozenset({"yes", "no"}), "offer": frozenset({"a", "b"}), "none": frozenset({"-999", "refused"})}
NOT_ASKED = None
# What the cell of each question may hold. Those of select_multiple are joined by spaces.
CELLS = {
    "one": ("", "yes", "no", "perhaps"),
    "other": ("", "yes", "no", "perhaps"),
    "many": ("", "a", "b", "a b", "c", "a c d"),
    "number": ("", "0", "3", "12", "2.5", "-999", "refused", "many"),
    "share": ("", "0.5", "3", "12.25", "half"),
    "day": ("", "2023-01-31", "2024-02-29", "soon"),
    "words": ("", "some words"),
}
OWN = "number"
COMPARED = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}


@dataclass(frozen=True)
class Asked:
    type: str
    list_name: str | None = None


QUESTIONS = {
    "one": Asked("select_one", "yn"),
    "other": Asked("select_one", "yn"),
    "many": Asked("select_multiple", "offer"),
    "number": Asked("integer", "none"),
    "share": Asked("decimal"),
    "day": Asked("date"),
    "words": Asked("text"),
}
Cells = Mapping[str, str | None]
Tree = tuple[Any, ...]


@dataclass(frozen=True)
class Case:
    """An expression and how it is meant."""

    tree: Tree
    is_constraint: bool
    none_is_answer: bool


# The second reading: on the texts of the cells, with True, False and None for what is not judged.

BLANK, UNREADABLE, SOMETHING_ELSE = object(), object(), object()


@dataclass(frozen=True)
class Missing:
    """A number that is declared missing."""

    code: str


def read(question_id: str, text: str) -> object:
    """What an answer says."""
    if text == "":
        return BLANK
    if question_id in ("one", "other"):
        return text if text in CODES["yn"] else SOMETHING_ELSE
    if question_id == "number" and text in CODES["none"]:
        return Missing(text)
    try:
        if question_id == "number":
            return Decimal(int(text))
        return date.fromisoformat(text) if question_id == "day" else Decimal(text)
    except (ValueError, ArithmeticError):
        return UNREADABLE


def worth(node: Tree, cells: Cells, case: Case, is_equality: bool) -> object:
    """What a side of a comparison is worth: NOT_ASKED, BLANK, SOMETHING_ELSE, or a value."""
    match node:
        case ("literal", value):
            return value
        case ("count", name):
            text = cells[name]
            if text == "" and case.is_constraint and not (case.none_is_answer and name == "many"):
                return BLANK
            return NOT_ASKED if text is NOT_ASKED else Decimal(len(text.split()))
        case ("question", name):
            text = cells[name]
            value = NOT_ASKED if text is NOT_ASKED else read(name, text)
            if isinstance(value, Missing):
                value = Decimal(value.code) if is_equality and value.code != "refused" else BLANK
            return BLANK if value is UNREADABLE else value
        case (sign, first, second):
            both = [worth(each, cells, case, False) for each in (first, second)]
            for trouble in (NOT_ASKED, BLANK):
                if any(each is trouble for each in both):
                    return trouble
            a, b = (Decimal(str(each)) for each in both)
            return {"+": a + b, "-": a - b, "*": a * b}[sign]
    raise AssertionError(node)


def verdict(node: Tree, cells: Cells, case: Case) -> bool | None:
    match node:
        case ("not", inner):
            found = verdict(inner, cells, case)
            return None if found is None else not found
        case ("and" | "or" as word, first, second):
            both = {verdict(first, cells, case), verdict(second, cells, case)}
            decisive = word == "or"
            return decisive if decisive in both else None if None in both else not decisive
        case ("empty", sign, name):
            is_blank = cells[name] == "" and not (case.none_is_answer and name == "many")
            return None if cells[name] is NOT_ASKED else is_blank == (sign == "=")
        case ("selected", name, code):
            text = cells[name]
            is_unsaid = text == "" and case.is_constraint and not (case.none_is_answer and name == "many")
            return None if text is NOT_ASKED or is_unsaid else code in text.split()
        case (sign, first, second):
            return compared(sign, first, second, cells, case)
    raise AssertionError(node)


def compared(sign: str, first: Tree, second: Tree, cells: Cells, case: Case) -> bool | None:
    left, right = (worth(each, cells, case, sign in ("=", "!=")) for each in (first, second))
    if left is NOT_ASKED or right is NOT_ASKED:
        return None
    if left is BLANK or right is BLANK:
        return None if case.is_constraint else sign == "!="
    is_equal = left == right and left is not SOMETHING_ELSE
    return {"=": is_equal, "!=": not is_equal}[sign] if sign in ("=", "!=") else COMPARED[sign](left, right)


# Expressions as people write them, and the answers they are judged on.


def written(node: Tree) -> str:
    """The text of an expression, with no more parentheses than it needs."""
    match node:
        case ("literal", value):
            return str(value) if isinstance(value, Decimal) else f"'{value}'"
        case ("count", name):
            return f"count-selected({named(name)})"
        case ("question", name):
            return named(name)
        case ("not", inner):
            return f"not({written(inner)})"
        case ("empty", sign, name):
            return f"{named(name)} {sign} ''" if sign == "=" else f'"" {sign} {named(name)}'
        case ("selected", name, code):
            return f"selected({named(name)}, '{code}')"
        case (sign, first, second):
            return f"{within(first, sign)} {sign} {within(second, sign, is_second=True)}"
    raise AssertionError(node)


def named(name: str) -> str:
    return f"${{{name}}}"


def within(node: Tree, sign: str, *, is_second: bool = False) -> str:
    tightness = {"or": 0, "and": 1, "+": 3, "-": 3, "*": 4}
    inner, outer = tightness.get(node[0], 2 if node[0] in ("!=", *COMPARED) else 5), tightness.get(sign, 2)
    return f"({written(node)})" if inner < outer or (inner == outer and is_second) else written(node)


def cases() -> st.SearchStrategy[Case]:
    def question(*names: str) -> st.SearchStrategy[Tree]:
        return st.tuples(st.just("question"), st.sampled_from(names))

    def literal(*values: object) -> st.SearchStrategy[Tree]:
        return st.tuples(st.just("literal"), st.sampled_from(values))

    order, equality = st.sampled_from(("!=", *COMPARED)), st.sampled_from(("=", "!="))
    numbers = question("number", "share") | literal(*map(Decimal, ("-999", "0", "3", "12", "0.5")))
    numbers |= st.tuples(st.just("count"), st.sampled_from(("one", "many")))
    numbers = st.recursive(numbers, lambda part: st.tuples(st.sampled_from("+-*"), part, part), max_leaves=3)
    simple = st.one_of(
        st.tuples(order, numbers, numbers),
        st.tuples(order, question("day"), literal(date(2023, 1, 31), date(2024, 1, 1))),
        st.tuples(equality, question("one"), literal("yes", "no") | question("other")),
        st.tuples(st.just("empty"), equality, st.sampled_from(sorted(QUESTIONS))),
        st.tuples(st.just("selected"), st.just("many"), st.sampled_from("ab")),
        st.tuples(st.just("selected"), st.just("one"), st.sampled_from(("yes", "no"))),
    )
    trees = st.recursive(
        simple,
        lambda part: st.tuples(st.just("not"), part) | st.tuples(st.sampled_from(("and", "or")), part, part),
        max_leaves=4,
    )
    return st.builds(Case, trees, st.booleans(), st.booleans())


@cache
def answered() -> tuple[Cells, ...]:
    """Responses drawn once; a question in ten is not asked."""
    drawn = Random(1)
    return tuple(
        {name: NOT_ASKED if drawn.random() < 0.1 else drawn.choice(texts) for name, texts in CELLS.items()}
        for _ in range(N_ROWS)
    )


def coded(row: int, cells: Cells) -> list[tuple[object, ...]]:
    """The rows of int_answers_coded for one response."""
    rows: list[tuple[object, ...]] = []
    for name, text in cells.items():
        if text is NOT_ASKED:
            continue
        if name == "many":
            rows += [(row, name, text, code if code in text.split() else None, None, None, code in text.split())
                     for code in sorted(CODES["offer"])]  # fmt: skip
            rows += [
                (row, name, token, None, None, None, None) for token in text.split() if token not in CODES["offer"]
            ]
            continue
        code = text if text in CODES.get(QUESTIONS[name].list_name or "", ()) else None
        number = text if re.fullmatch(r"-?\d+([.]\d+)?", text) and code is None else None
        day = text if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
        rows.append((row, name, text, code, number, day, None))
    return rows


@pytest.fixture(scope="module")
def answers() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(
        "create table answers (row_id integer, question_id varchar, raw_value varchar, code varchar, "
        "number_value decimal(24, 6), date_value date, is_ticked boolean)"
    )
    rows = [each for row, cells in enumerate(answered()) for each in coded(row, cells)]
    connection.execute(f"insert into answers values {', '.join(['(?, ?, ?, ?, ?, ?, ?)'] * len(rows))}", sum(rows, ()))
    return connection


Spoiled = Callable[[str], str]


def judged_alike(connection: duckdb.DuckDBPyConnection, spoiled: Spoiled = str) -> Callable[[Case], None]:
    """Every response gets the verdict that the second reading gives it."""

    def alike(case: Case) -> None:
        text = written(case.tree)
        compiler = Compiler(
            Vocabulary(QUESTIONS, CODES, none_is_answer=case.none_is_answer), OWN, judges_blanks=not case.is_constraint
        )
        predicate = compiler.predicate(parse_expression(text))
        assert compiler.faults == [], text
        found = dict(connection.execute(f"select row_id, {spoiled(predicate)} from answers group by row_id").fetchall())
        for row, cells in enumerate(answered()):
            assert found[row] is verdict(case.tree, cells, case), f"{text} of {cells}"

    return alike


def test_sql_judges_as_the_second_reading(answers: duckdb.DuckDBPyConnection) -> None:
    holds(judged_alike(answers), cases(), N_EXAMPLES)


def replaced(right: str, wrong: str) -> Spoiled:
    return lambda sql: re.sub(right, wrong, sql)


SLIPS = {
    "not equal is false of a blank": replaced(r"not (coalesce\(.*?) = ", r"\1 <> "),
    "not asked is false": replaced(r"then 1 end\) = 0", "then 1 end) = 0 is null"),
    "one of two not asked is enough to judge": replaced(r" = 0 or max", " = 0 and max"),
    "a blank is no option chosen": replaced(r" and raw_value <> '' then 0 end", " then 0 end"),
    "a code outside the list is blank": replaced(r"coalesce\(code, ' ' \|\| question_id\)", "code"),
    "codes outside the lists are one code": replaced(r"' ' \|\| question_id", "' '"),
    "an unknown option is nothing": replaced(r"coalesce\(is_ticked, true\)", "is_ticked"),
    "an unknown option is not counted": replaced(
        r"coalesce\(is_ticked, raw_value <> ''\)", "coalesce(is_ticked, false)"
    ),
    "an unreadable number is read": replaced(r" and number_value = floor\(number_value\)", ""),
    "a number declared missing has no value": replaced(r" when question_id = 'number' and code = '-999' then -999", ""),
    "what is empty has an answer": replaced(r"then 0 end\) = 0\)", "then 0 end) = 1)"),
    "a product is a sum": replaced(r"as double\) \* ", "as double) + "),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_the_sql_is_seen(answers: duckdb.DuckDBPyConnection, slip: str) -> None:
    is_broken(judged_alike(answers, SLIPS[slip]), cases())
