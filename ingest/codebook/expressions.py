"""The small language of conditions, a part of that of XLSForm: relevant and constraint of questions.csv, eligible of
round.yml, expression of plausibility.csv. It is parsed, checked against the codebook, compiled to SQL.

`${question}` is the answer to a question, `.` in constraint the answer itself; `'text'` is a code or a day
(`'2023-01-31'`), `''` no answer. Codes are compared with = and !=, numbers and days with all signs, a text with `''`
only. `selected(${question}, 'code')` and `count-selected(${question})` are of questions with options.

What speaks of a question that the round did not ask is not judged. A comparison with a blank is false (one with !=
true) in relevant and eligible; in constraint and expression it is not judged. A number that is declared missing equals
its code, and nothing else; a code outside its list equals none. Beside `and` and `or` what is not judged is unknown:
`true or` it is true, `false and` it is false. A condition that is not judged as a whole is against nobody: the question
was asked, the answer is valid, the response counts, the rule is kept.

Text of a questionnaire reaches SQL only as an identifier found in the codebook or as a quoted literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from pathlib import Path
from typing import Protocol

from lark import Lark, Token, Transformer, UnexpectedInput, v_args

from faults.errors import Words, worded
from faults.suggestions import among, did_you_mean, quoted
from ingest.readers.cells import IsoDate, is_valid

GRAMMAR = Path(__file__).with_name("expressions.lark")
LONGEST = 1_000  # characters
DEEPEST = 50  # brackets and not's within each other: the parser and what walks its tree are recursive
EQUALITIES = ("=", "!=")
NUMBER_TYPES = ("integer", "decimal")
is_number = re.compile(r"-?[0-9]+(\.[0-9]+)?").fullmatch


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
class CountSelected:
    """How many options of a question are chosen."""

    reference: Reference
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


Node = (
    NumberLiteral | TextLiteral | Reference | Arithmetic | Comparison | Selected | CountSelected | Negation | Junction
)
# What XLSForm has besides, or other languages write, and what is written here instead.
INSTEAD = {
    "string-length": "Whether something was written is said by ${question} != ''.",
    "regex": "A form of text cannot be checked here; a number has min_value and max_value in questions.csv.",
    "today": "Write a fixed day, '2023-01-31'.",
    "now": "Write a fixed day, '2023-01-31'.",
    "date": "Write the day alone, '2023-01-31'.",
    "number": "Write the question alone, ${question}.",
    "int": "Write the question alone, ${question}.",
    "div": "Multiply the other side: ${a} div ${b} > 2 is ${a} > 2 * ${b} where ${b} is above 0.",
    "mod": "There is no remainder here; leave this part out.",
    "if": "if(a, b, c) is (a and b) or (not(a) and c).",
    "true": "Leave it out, or write not() around the condition instead of = false().",
    "false": "Leave it out, or write not() around the condition instead of = false().",
    "AND": "Write and.", "&&": "Write and.", "OR": "Write or.", "||": "Write or.",
    "NOT": "Write not(...).", "!": "Write not(...).", "==": "Write =.", "<>": "Write !=.",
    **dict.fromkeys("‘’“”", "Write straight quotes, 'code'."),
}  # fmt: skip


class ExpressionFault(Exception):
    """One thing wrong in an expression, at a character counted from 1."""

    def __init__(self, position: int, words: Words) -> None:
        super().__init__(words.found)
        self.position, self.words = position, words


class AskedQuestion(Protocol):
    """What an expression needs to know of a question."""

    @property
    def type(self) -> str: ...

    @property
    def list_name(self) -> str | None: ...


@dataclass(frozen=True)
class Vocabulary:
    """What expressions of a survey may speak of: questions by id, and the codes of each list.

    none_is_answer: a select_multiple of which nothing is ticked was answered so.
    """

    questions: Mapping[str, AskedQuestion]
    codes: Mapping[str, frozenset[str]]
    none_is_answer: bool = False


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> Node:
    """The syntax tree of an expression, made once: every step of a refresh reads the codebooks.

    Raises ExpressionFault where the text leaves the grammar.
    """
    if len(text) > LONGEST or text.count("(") > DEEPEST:
        found = f"The expression has {len(text)} characters."
        raise ExpressionFault(1, worded("long-expression", found, longest=LONGEST, deepest=DEEPEST))
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
    words = worded("wrong-expression", found, advice=INSTEAD.get(_word_at(text, at), ""))
    return ExpressionFault(len(text) if is_over else at + 1, words)


def _word_at(text: str, at: int) -> str:
    """The word or sign that is not understood at a place; of two signs the second is not."""
    both, found = text[max(at - 1, 0) : at + 1], re.match(r"[A-Za-z-]+|&&|\|\||[!‘’“”]", text[at:])
    return both if both in ("==", "<>") else found[0] if found else ""


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

    def count_selected(self, reference: Reference) -> Node:
        return CountSelected(reference, reference.position)

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
        case Selected(reference=reference) | CountSelected(reference=reference):
            yield reference
        case Negation(inner=inner):
            yield from references(inner)
        case Arithmetic(left=left, right=right) | Comparison(left=left, right=right) | Junction(left=left, right=right):
            yield from references(left)
            yield from references(right)


class Compiler:
    """Checks an expression against a vocabulary and turns it into portable SQL.

    `own_question` is the question that `.` means; None where there is none (eligible). With `judges_blanks` False what
    compares a blank is not judged.
    """

    def __init__(self, vocabulary: Vocabulary, own_question: str | None, *, judges_blanks: bool = True) -> None:
        self._vocabulary = vocabulary
        self._own_question = own_question
        self._judges_blanks = judges_blanks
        self.faults: list[ExpressionFault] = []

    def predicate(self, node: Node) -> str:
        """SQL that is true, false or null (not judged) over the rows of one response in int_answers_coded.

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
        self._fault("not-a-condition", node, "There is a value where a condition is needed.")
        return "false"

    def _selected(self, node: Selected) -> str:
        question = self._of_options(node, "selected")
        if question is None:
            return "false"
        self._check_code(question, node.code)
        named, code = self._named(node.reference), quote_text(node.code.value)
        return f"(max(case when {named} and code = {code} then 1 when {self._seen(node.reference)} then 0 end) = 1)"

    def _of_options(self, node: Selected | CountSelected, function: str) -> AskedQuestion | None:
        question = self._question(node.reference)
        if question is not None and question.type not in ("select_one", "select_multiple"):
            found = f"{function}() is used on a question of type {question.type}."
            self._fault("wrong-function", node.reference, found, function=function)
        return question

    def _comparison(self, node: Comparison) -> str:
        literals = [
            (side, other)
            for side, other in ((node.left, node.right), (node.right, node.left))
            if isinstance(side, Reference) and isinstance(other, TextLiteral)
        ]
        for reference, literal in literals:
            if not literal.value:
                return self._emptiness(node, reference)
        is_equality = node.operator in EQUALITIES
        left_kind, right_kind = self._kind(node.left), self._kind(node.right)
        if left_kind is None or right_kind is None:
            return "false"
        kind = _common_kind(left_kind, right_kind)
        if kind is None:
            self._fault("wrong-comparison", node, "Two things are compared that are not of one kind.")
            return "false"
        if kind == "code" and not is_equality:
            self._fault("ordered-codes", node, f"Codes are compared with {node.operator}.")
        for reference, literal in literals:
            self._check_literal(self._known(reference), literal)
        left, right = (self._value(side, kind, is_equality) for side in (node.left, node.right))
        compared = f"{left} {'=' if is_equality else node.operator} {right}"
        judged = f"coalesce({compared}, {self._false_if_asked(node)})" if self._judges_blanks else f"({compared})"
        return f"not {judged}" if node.operator == "!=" else judged

    def _emptiness(self, node: Comparison, reference: Reference) -> str:
        """Whether there is no answer, whatever its kind; null where the question was not asked."""
        if self._question(reference) is None:
            return "false"
        if node.operator not in EQUALITIES:
            self._fault("ordered-emptiness", node, f"The empty text is compared with {node.operator}.")
        named, given = self._named(reference), self._given(reference)
        wanted = 0 if node.operator == "=" else 1
        return f"(max(case when {named} and {given} then 1 when {named} then 0 end) = {wanted})"

    def _false_if_asked(self, node: Comparison) -> str:
        """What a comparison with a blank is: false, but null where a question was not asked."""
        asked = dict.fromkeys(self._named(each) for each in references(node))
        return " or ".join(f"max(case when {named} then 1 end) = 0" for named in asked) or "false"

    def _kind(self, node: Node) -> str | None:
        """What a side of a comparison is: text, number, code or date; None after a fault."""
        match node:
            case NumberLiteral():
                return "number"
            case TextLiteral():
                return "text"
            case CountSelected():
                return "number" if self._of_options(node, "count-selected") else None
            case Arithmetic(left=left, right=right):
                return self._arithmetic_kind(node, self._kind(left), self._kind(right))
            case Reference():
                return self._reference_kind(node)
        self._fault("not-a-value", node, "A condition is compared.")
        return None

    def _arithmetic_kind(self, node: Arithmetic, left: str | None, right: str | None) -> str | None:
        if left == right == "number":
            return "number"
        if left is not None and right is not None:
            self._fault("wrong-arithmetic", node, f"{node.operator} is used on something that is not a number.")
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
        shown = self._shown(node)
        found = f"{shown} is of type {question.type} and is compared."
        if question.type == "select_multiple":
            self._fault("compared-multiple", node, found, shown=shown)
        else:
            self._fault("compared-text", node, found, shown=shown)
        return None

    def _check_literal(self, question: AskedQuestion, literal: TextLiteral) -> None:
        if question.type != "date":
            self._check_code(question, literal)
        elif not is_valid(IsoDate, literal.value):
            self._fault("no-date", literal, f"{quoted(literal.value)} is not a date.")

    def _check_code(self, question: AskedQuestion, literal: TextLiteral) -> None:
        codes = self._vocabulary.codes.get(question.list_name or "", frozenset())
        if not codes or literal.value in codes:
            return
        found = f"{quoted(literal.value)} is not a code of the list {question.list_name}."
        self._fault("unknown-code", literal, found, **among(literal.value, codes))

    def _question(self, reference: Reference) -> AskedQuestion | None:
        name = self._name(reference)
        if name is None:
            self._fault("no-own-answer", reference, '"." is used.')
            return None
        question = self._vocabulary.questions.get(name)
        if question is None:
            near = did_you_mean(name, self._vocabulary.questions)
            self._fault("unknown-question", reference, f"There is no question {quoted(name)}.", advice=near)
        return question

    def _name(self, reference: Reference) -> str | None:
        return self._own_question if reference.question_id == "." else reference.question_id

    def _shown(self, reference: Reference) -> str:
        return "." if reference.question_id == "." else f"${{{reference.question_id}}}"

    def _named(self, reference: Reference) -> str:
        return f"question_id = {quote_text(self._name(reference) or '')}"

    def _given(self, reference: Reference) -> str:
        """That a row of a question, one of its options included, says something; an unknown option does."""
        if self._known(reference).type != "select_multiple":
            return "raw_value <> ''"
        return "true" if self._vocabulary.none_is_answer else "coalesce(is_ticked, true)"

    def _known(self, reference: Reference) -> AskedQuestion:
        """The question of a reference in which nothing is wrong."""
        return self._vocabulary.questions[self._name(reference) or ""]

    def _seen(self, reference: Reference) -> str:
        """The rows of a question that its options are looked for in: none of a blank that is not judged."""
        named = self._named(reference)
        return named if self._judges_blanks else f"{named} and {self._given(reference)}"

    def _value(self, node: Node, kind: str, is_equality: bool = False) -> str:
        """SQL of a side of a comparison: null of a blank and of what cannot be read."""
        match node:
            case NumberLiteral(value=value):
                return value
            case TextLiteral(value=value):
                return f"date {quote_text(value)}" if kind == "date" else quote_text(value)
            case Arithmetic(operator="*", left=left, right=right):  # exact numbers of 15 digits have no exact product
                return f"round(cast({self._value(left, kind)} as double) * {self._value(right, kind)}, 6)"
            case Arithmetic(operator=operator, left=left, right=right):
                return f"({self._value(left, kind)} {operator} {self._value(right, kind)})"
            case CountSelected(reference=reference):
                named, chosen = self._named(reference), "coalesce(is_ticked, raw_value <> '')"
                return f"sum(case when {named} and {chosen} then 1 when {self._seen(reference)} then 0 end)"
            case Reference():
                cases = (f"when {self._named(node)}{each}" for each in self._cases(node, kind, is_equality))
                return f"max(case {' '.join(cases)} end)"
        return "null"

    def _cases(self, node: Reference, kind: str, is_equality: bool) -> Iterator[str]:
        """When an answer has which value. A code outside the list equals none, as no code has a space; a number that is
        declared missing equals that number, and has no other value."""
        if kind == "code":
            yield " and raw_value <> '' then coalesce(code, ' ' || question_id)"
        elif kind == "date":
            yield " then date_value"
        else:
            question = self._known(node)
            yield f"{' and number_value = floor(number_value)' * (question.type == 'integer')} then number_value"
            missing = self._vocabulary.codes.get(question.list_name or "", frozenset()) if is_equality else ()
            yield from (f" and code = {quote_text(each)} then {each}" for each in sorted(missing) if is_number(each))

    def _fault(self, code: str, node: Node, found: str, **values: str) -> None:
        fault = ExpressionFault(node.position, worded(code, found, **values))
        if (fault.position, fault.words) not in [(each.position, each.words) for each in self.faults]:
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
