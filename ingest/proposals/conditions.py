"""Conditions of a form in the grammar of the codebook, which is a part of XLSForm's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from faults.errors import MARK
from ingest.codebook.expressions import (
    NUMBER_TYPES,
    Arithmetic,
    Comparison,
    Compiler,
    ExpressionFault,
    Junction,
    Negation,
    Node,
    NumberLiteral,
    Reference,
    TextLiteral,
    Vocabulary,
    is_number,
    parse_expression,
)
from ingest.proposals.headers import as_id

ALWAYS = frozenset({"", "1", "true()", "true"})
STRAIGHT = str.maketrans("‘’“”", "''\"\"")
# What XLSForm and LimeSurvey say in words that the grammar lacks.
XLSFORM = (
    (r"(selected\([^,()]+,\s*)(-?\w+)(\s*\))", r"\1'\2'\3"),
    (r"string-length\((\$\{[^{}]+\}|\.)\)\s*(?:>\s*0|!=\s*0|>=\s*1)", r"\1 != ''"),
    (r"string-length\((\$\{[^{}]+\}|\.)\)\s*(?:=\s*0|<\s*1)", r"\1 = ''"),
)
LIMESURVEY = (
    (r"\bthis(?:\.NAOK)?\b", "."),
    (r"\b([A-Za-z][A-Za-z0-9]*)_(\w+)\.NAOK\s*==\s*[\"']Y[\"']", r"selected(${\1}, '\2')"),
    (r"!\s*is_empty\(\s*(\w+)\.NAOK\s*\)", r"${\1} != ''"),
    (r"\bis_empty\(\s*(\w+)\.NAOK\s*\)", r"${\1} = ''"),
    (r"\b([A-Za-z]\w*)\.NAOK\b", r"${\1}"),
    (r"==", "="), (r"\s*&&\s*", " and "), (r"\s*\|\|\s*", " or "),
)  # fmt: skip
Rewriting = Sequence[tuple[str, str]]


def together(conditions: Iterable[str]) -> str:
    """What shows a question: the conditions of its groups and its own."""
    said = [each for each in conditions if each.strip() not in ALWAYS]
    return said[0] if len(said) == 1 else " and ".join(f"({each})" for each in said)


def translated(text: str, rewriting: Rewriting, vocabulary: Vocabulary, own: str | None) -> tuple[str, str]:
    """A condition as the codebook writes it, and why it is marked; what cannot be said stands as it was, marked, with
    the ids of the codebook."""
    if text.strip() in ALWAYS:
        return "", ""
    said = text = _with_ids(" ".join(text.translate(STRAIGHT).split()))
    for pattern, written in rewriting:
        said = re.sub(pattern, written, said)
    said = _with_ids(said)
    try:
        said = _in_kind(said, vocabulary, own)
        compiler = Compiler(vocabulary, own)
        compiler.predicate(parse_expression(said))
        faults = compiler.faults
    except ExpressionFault as fault:
        faults = [fault]
    if not faults:
        return said, ""
    words = faults[0].words
    return f"{MARK}{text}", f"{words.found} {words.advice}".strip(" .")


def _with_ids(text: str) -> str:
    return re.sub(r"\$\{\s*([^{}]+?)\s*\}", lambda name: f"${{{as_id(name[1])}}}", text)


def _in_kind(text: str, vocabulary: Vocabulary, own: str | None) -> str:
    """Codes in quotes and numbers without: XLSForm compares 1 and '1' alike."""
    edits = dict(_edits(parse_expression(text), vocabulary, own))
    for place in sorted(edits, reverse=True):
        found, written = edits[place]
        text = text[: place - 1] + written + text[place - 1 + len(found) :]
    return text


def _edits(node: Node, vocabulary: Vocabulary, own: str | None) -> Iterator[tuple[int, tuple[str, str]]]:
    match node:
        case Negation(inner=inner):
            yield from _edits(inner, vocabulary, own)
        case (
            Comparison(left=Reference() as reference, right=NumberLiteral() | TextLiteral() as literal)
            | Comparison(left=NumberLiteral() | TextLiteral() as literal, right=Reference() as reference)
        ):
            name = own if reference.question_id == "." else reference.question_id
            question = vocabulary.questions.get(name or "")
            kind, quoted = question.type if question else "", f"'{literal.value}'"
            if kind == "select_one" and isinstance(literal, NumberLiteral):
                yield literal.position, (literal.value, quoted)
            elif kind in NUMBER_TYPES and isinstance(literal, TextLiteral) and is_number(literal.value):
                yield literal.position, (quoted, literal.value)
        case Junction(left=left, right=right) | Comparison(left=left, right=right) | Arithmetic(left=left, right=right):
            yield from _edits(left, vocabulary, own)
            yield from _edits(right, vocabulary, own)
