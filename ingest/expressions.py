"""The small language of relevant, constraint and eligible: parsed, checked against the codebook, compiled to SQL.

Text of a questionnaire reaches SQL only as an identifier found in the codebook or as a quoted literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, reduce
from pathlib import Path
from typing import Protocol

from lark import Lark, Token, Transformer, UnexpectedInput, v_args

from ingest.suggestions import did_you_mean, quoted

GRAMMAR = Path(__file__).with_name("expressions.lark")
LONGEST = 1_000
DEEPEST = 50
NUMBER_TYPES = ("integer", "decimal")


@dataclass(frozen=True)
class NumberLiteral:
    value: str
    position: int


@dataclass(frozen=True)
class TextLiteral:
    value: str
    position: int


@dataclass(frozen=True)
class Reference:
    """The answer of a question; question_id "." is the question that the expression belongs to."""

    question_id: str
    position: int


@dataclass(frozen=True)
class Arithmetic:
    operator: str
    left: Node
    right: Node
    position: int


@dataclass(frozen=True)
class Comparison:
    operator: str
    left: Node
    right: Node
    position: int


@dataclass(frozen=True)
class Selected:
    reference: Reference
    code: TextLiteral
    position: int


@dataclass(frozen=True)
class Negation:
    inner: Node
    position: int


@dataclass(frozen=True)
class Junction:
    """Two conditions joined by `and` or `or`."""

    word: str
    left: Node
    right: Node
    position: int


Node = NumberLiteral | TextLiteral | Reference | Arithmetic | Comparison | Selected | Negation | Junction


class ExpressionFault(Exception):
    """One thing wrong in an expression, at a character counted from 1; the sentences of a Fault."""

    def __init__(self, code: str, position: int, found: str, expected: str, advice: str = "") -> None:
        super().__init__(found)
        self.code, self.position = code, position
        self.found, self.expected, self.advice = found, expected, advice


class AskedQuestion(Protocol):
    """What an expression needs to know of a question."""

    @property
    def type(self) -> str: ...

    @property
    def list_name(self) -> str | None: ...


@dataclass(frozen=True)
class Vocabulary:
    """What expressions of a survey may speak of: questions by id, and the codes of each list."""

    questions: Mapping[str, AskedQuestion]
    codes: Mapping[str, frozenset[str]]


def parse_expression(text: str) -> Node:
    """The syntax tree of an expression.

    Raises ExpressionFault where the text leaves the grammar.
    """
    if len(text) > LONGEST or text.count("(") > DEEPEST:
        raise ExpressionFault(
            "long-expression",
            1,
            f"The expression has {len(text)} characters.",
            f"An expression has at most {LONGEST} characters and {DEEPEST} parentheses.",
            "Split the question, or say the condition in fewer words.",
        )
    try:
        return _TreeMaker().transform(_parser().parse(text))
    except UnexpectedInput as error:
        raise _syntax_fault(text, error) from None


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr", maybe_placeholders=False)


def _syntax_fault(text: str, error: UnexpectedInput) -> ExpressionFault:
    at = error.pos_in_stream if error.pos_in_stream is not None and error.pos_in_stream >= 0 else len(text)
    is_over = not text[at:].strip() or getattr(getattr(error, "token", None), "type", "") == "$END"
    found = "The expression ends too early." if is_over else f"{quoted(text[at:])} is not understood."
    return ExpressionFault(
        "wrong-expression",
        len(text) if is_over else at + 1,
        found,
        "An expression is made of ${question}, 'code', numbers, = != < <= > >=, + - *, and, or, not(), selected().",
        "Compare with ${question} = 'code'.",
    )


@v_args(inline=True)
class _TreeMaker(Transformer[Token, Node]):
    def number(self, token: Token) -> Node:
        return NumberLiteral(str(token), _position(token))

    def text(self, token: Token) -> Node:
        return TextLiteral(str(token)[1:-1], _position(token))

    def reference(self, token: Token) -> Node:
        name = "." if token == "." else str(token)[2:-1]
        return Reference(name, _position(token))

    def selected(self, reference: Reference, token: Token) -> Node:
        return Selected(reference, TextLiteral(str(token)[1:-1], _position(token)), reference.position)

    def negation(self, inner: Node) -> Node:
        return Negation(inner, inner.position)

    def comparison(self, left: Node, operator: Token, right: Node) -> Node:
        return Comparison(str(operator), left, right, left.position)

    def sum(self, first: Node, *rest: Node | Token) -> Node:
        return _fold_arithmetic(first, rest)

    def product(self, first: Node, *rest: Node | Token) -> Node:
        return _fold_arithmetic(first, rest)

    def conjunction(self, *parts: Node) -> Node:
        return reduce(lambda left, right: Junction("and", left, right, left.position), parts)

    def disjunction(self, *parts: Node) -> Node:
        return reduce(lambda left, right: Junction("or", left, right, left.position), parts)


def _position(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _fold_arithmetic(first: Node, rest: tuple[Node | Token, ...]) -> Node:
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return reduce(
        lambda left, pair: Arithmetic(str(pair[0]), left, pair[1], left.position),  # type: ignore[arg-type]
        pairs,
        first,
    )


def references(node: Node) -> Iterator[Reference]:
    """Every question that an expression speaks of, in order."""
    match node:
        case Reference():
            yield node
        case Selected(reference=reference):
            yield reference
        case Negation(inner=inner):
            yield from references(inner)
        case Arithmetic(left=left, right=right) | Comparison(left=left, right=right) | Junction(left=left, right=right):
            yield from references(left)
            yield from references(right)


class Compiler:
    """Checks an expression against a vocabulary and turns it into portable SQL.

    `own_question` is the question that `.` means; None where there is none (eligible).
    """

    def __init__(self, vocabulary: Vocabulary, own_question: str | None) -> None:
        self._vocabulary = vocabulary
        self._own_question = own_question
        self.faults: list[ExpressionFault] = []

    def predicate(self, node: Node) -> str:
        """SQL that is true or false over the rows of one response (question_id, code, number_value, date_value).

        What is wrong is collected in `faults`; with faults the SQL must not be used.
        """
        match node:
            case Junction(word=word, left=left, right=right):
                return f"({self.predicate(left)} {word} {self.predicate(right)})"
            case Negation(inner=inner):
                return f"not {self.predicate(inner)}"
            case Selected():
                return self._selected(node)
            case Comparison():
                return self._comparison(node)
        self._fault(
            "not-a-condition",
            node,
            "There is a value where a condition is needed.",
            "A condition compares: ${question} = 'code'.",
        )
        return "false"

    def _selected(self, node: Selected) -> str:
        question = self._question(node.reference)
        if question is None:
            return "false"
        if question.type not in ("select_one", "select_multiple"):
            self._fault(
                "wrong-comparison",
                node.reference,
                f"selected() is used on a question of type {question.type}.",
                "selected() is for select_one and select_multiple.",
            )
        self._check_code(question, node.code)
        named, code = self._named(node.reference), quote_text(node.code.value)
        return f"coalesce(max(case when {named} and code = {code} then 1 else 0 end) = 1, false)"

    def _comparison(self, node: Comparison) -> str:
        left_kind, right_kind = self._kind(node.left), self._kind(node.right)
        if left_kind is None or right_kind is None:
            return "false"
        kind = _common_kind(left_kind, right_kind)
        if kind is None:
            self._add_wrong_comparison(node)
            return "false"
        if kind == "code" and node.operator not in ("=", "!="):
            self._fault(
                "wrong-comparison",
                node,
                f"Codes are compared with {node.operator}.",
                "Codes are compared with = and !=; they have no order.",
            )
        self._check_codes(node)
        left, right = (self._value(side, kind) for side in (node.left, node.right))
        return f"coalesce({left} {node.operator} {right}, false)"

    def _add_wrong_comparison(self, node: Comparison) -> None:
        self._fault(
            "wrong-comparison",
            node,
            "Two things are compared that are not of one kind.",
            "A code is compared with 'text', a number with a number, a date with '2023-01-31'.",
            "Put codes in quotes and numbers without quotes.",
        )

    def _kind(self, node: Node) -> str | None:
        """What a side of a comparison is: text, number, code or date; None after a fault."""
        match node:
            case NumberLiteral():
                return "number"
            case TextLiteral():
                return "text"
            case Arithmetic(left=left, right=right):
                return self._arithmetic_kind(node, self._kind(left), self._kind(right))
            case Reference():
                return self._reference_kind(node)
        self._fault("not-a-value", node, "A condition is compared.", "Values are compared; join conditions with and.")
        return None

    def _arithmetic_kind(self, node: Arithmetic, left: str | None, right: str | None) -> str | None:
        if left == right == "number":
            return "number"
        if left is not None and right is not None:
            self._fault(
                "wrong-arithmetic",
                node,
                f"{node.operator} is used on something that is not a number.",
                "+ - * work on integer and decimal questions and on numbers.",
            )
        return None

    def _reference_kind(self, node: Reference) -> str | None:
        question = self._question(node)
        if question is None:
            return None
        if question.type in NUMBER_TYPES:
            return "number"
        if question.type in ("select_one", "system"):
            return "code"
        if question.type == "date":
            return "date"
        advice = "Use selected(${...}, 'code')." if question.type == "select_multiple" else ""
        self._fault(
            "wrong-comparison",
            node,
            f"{self._shown(node)} is of type {question.type} and is compared.",
            "Questions of type select_one, integer, decimal, date and system are compared.",
            advice,
        )
        return None

    def _check_codes(self, node: Comparison) -> None:
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(side, Reference) and isinstance(other, TextLiteral):
                question = self._question(side)
                if question is not None and question.type == "date":
                    self._check_date(other)
                elif question is not None:
                    self._check_code(question, other)

    def _check_code(self, question: AskedQuestion, literal: TextLiteral) -> None:
        codes = self._vocabulary.codes.get(question.list_name or "", frozenset())
        if not codes or literal.value in codes:
            return
        self._fault(
            "unknown-code",
            literal,
            f"{quoted(literal.value)} is not a code of the list {question.list_name}.",
            f"One of the codes {', '.join(sorted(codes))}.",
            did_you_mean(literal.value, codes, "Correct the code."),
        )

    def _check_date(self, literal: TextLiteral) -> None:
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", literal.value):
                date.fromisoformat(literal.value)
                return
        except ValueError:
            pass
        self._fault("wrong-date", literal, f"{quoted(literal.value)} is not a date.", "A date is written '2023-01-31'.")

    def _question(self, reference: Reference) -> AskedQuestion | None:
        name = self._name(reference)
        if name is None:
            self._fault("no-own-answer", reference, '"." is used.', "Here there is no answer that . could mean.")
            return None
        question = self._vocabulary.questions.get(name)
        if question is None:
            self._fault(
                "unknown-question",
                reference,
                f"There is no question {quoted(name)}.",
                "${...} names a question that is asked.",
                did_you_mean(name, self._vocabulary.questions, "Correct the name."),
            )
        return question

    def _name(self, reference: Reference) -> str | None:
        return self._own_question if reference.question_id == "." else reference.question_id

    def _shown(self, reference: Reference) -> str:
        return "." if reference.question_id == "." else f"${{{reference.question_id}}}"

    def _named(self, reference: Reference) -> str:
        return f"question_id = {quote_text(self._name(reference) or '')}"

    def _value(self, node: Node, kind: str) -> str:
        match node:
            case NumberLiteral(value=value):
                return value
            case TextLiteral(value=value):
                return f"date {quote_text(value)}" if kind == "date" else quote_text(value)
            case Arithmetic(operator=operator, left=left, right=right):
                return f"({self._value(left, kind)} {operator} {self._value(right, kind)})"
            case Reference():
                column = {"number": "number_value", "date": "date_value", "code": "code"}[kind]
                return f"max(case when {self._named(node)} then {column} end)"
        return "null"

    def _fault(self, code: str, node: Node, found: str, expected: str, advice: str = "") -> None:
        fault = ExpressionFault(code, node.position, found, expected, advice)
        known = {(each.code, each.position, each.found) for each in self.faults}
        if (code, node.position, found) not in known:
            self.faults.append(fault)


def _common_kind(left: str, right: str) -> str | None:
    """The kind as which two sides are compared: text stands for a code or a date beside one, never for itself."""
    kinds = {left, right}
    if len(kinds) == 1:
        return None if left == "text" else left
    others = kinds - {"text"}
    return others.pop() if len(others) == 1 and others <= {"code", "date"} else None


def quote_text(value: str) -> str:
    """A SQL string literal. Raises ValueError for control characters, which no code or id has."""
    if any(not char.isprintable() for char in value):
        raise ValueError("control character in a literal")
    return "'" + value.replace("'", "''") + "'"
