"""Every fault has its words in the catalogue, each of which is used, and each call gives what its words name."""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterable, Iterator
from string import Formatter

import pytest
from pydantic_core._pydantic_core import list_all_errors

from faults.errors import CATALOGUE, UNDECIDED, catalogue, worded
from store.fingerprint import code_files
from store.paths import PROJECT_ROOT

# What takes a code, and as which of its arguments; `add` of two arguments and fewer is that of a set.
TAKING = {"add": 0, "note": 0, "worded": 0, "refused": 0, "_fault": 0, "_refuse": 0, "_form": 1}
PASSED_ON = {"among": {"known", "advice"}, "_way_out": {"folder", "otherwise"}}  # functions that give several values
NEED_NOT_BE_NAMED = {"advice", "known"}
SOURCES = {
    file.relative_to(PROJECT_ROOT).as_posix(): file.read_text(encoding="utf-8")
    for file in code_files()
    if file.suffix == ".py"
}
OF_PYDANTIC = {error["type"]: {*(error["example_context"] or ())} for error in list_all_errors()}


def calls(source: str) -> Iterator[tuple[str, set[str]]]:
    """The code of each fault that is noted, and the values that the call gives."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            is_of_set = name == "add" and len(node.args) < 3
            if name in TAKING and not is_of_set and (code := written(node.args[TAKING[name]])):
                yield code, {value for each in node.keywords for value in names(each)}


def written(code: ast.expr) -> str:
    """A code as it stands in the catalogue; nothing of one that is passed on. One that is put together is no code."""
    if isinstance(code, ast.Constant):
        return str(code.value)
    name = ast.unparse(code)
    return UNDECIDED if name == "UNDECIDED" else name * (not isinstance(code, ast.Name | ast.Subscript))


def names(keyword: ast.keyword) -> set[str]:
    return {keyword.arg} if keyword.arg else PASSED_ON[keyword.value.func.id]  # type: ignore[attr-defined]


def named(code: str) -> set[str]:
    """The values that the words of a fault name."""
    return {name for text in catalogue()[code] for _, name, *_ in Formatter().parse(text) if name is not None}


def wrong(found: Iterable[tuple[str, set[str]]]) -> list[str]:
    """The codes of calls that have no words, or give other values than their words name."""
    return [
        code
        for code, given in found
        if code not in catalogue() or named(code) - given or given - named(code) - NEED_NOT_BE_NAMED
    ]


def test_every_call_gives_what_its_words_name_and_every_line_is_used() -> None:
    found = {file: [*calls(source)] for file, source in SOURCES.items()}
    assert {file: codes for file, of_file in found.items() if (codes := wrong(of_file))} == {}
    used = {code for of_file in found.values() for code, _ in of_file}
    assert catalogue().keys() - used - OF_PYDANTIC.keys() == set()


@pytest.mark.parametrize(
    ("call", "is_wrong"),
    [
        ('faults.add("empty-file", path, "", found, row=1)', False),
        ('faults.add("empty-file", path, "", found)', True),
        ('faults.add("empty-file", path, "", found, row=1, file=path)', True),
        ('faults.add("emptyfile", path, "", found, row=1)', True),
        ('faults.add(f"empty-{thing}", path, "", found, row=1)', True),
        ('faults.put(path, "", worded("unknown-code", found, **among(code, codes)))', False),
        ('faults.put(path, "", worded("unknown-code", found, advice=did_you_mean(code, codes)))', True),
        ('read.add("registry")', False),
    ],
)
def test_a_call_that_gives_something_else_is_seen(call: str, is_wrong: bool) -> None:
    assert bool(wrong(calls(call))) is is_wrong


@pytest.mark.parametrize("code", sorted(catalogue().keys() & OF_PYDANTIC.keys()))
def test_pydantic_gives_what_the_words_of_its_own_faults_name(code: str) -> None:
    assert named(code) <= OF_PYDANTIC[code]


def test_lines_are_in_order_and_sentences_are_whole() -> None:
    with CATALOGUE.open(encoding="utf-8", newline="") as handle:
        head, *lines = csv.reader(handle)
    assert head == ["code", "expected", "advice"]
    codes = [code for code, *_ in lines]
    assert codes == sorted(set(codes))
    assert [text for line in lines for text in line[1:] if text and not text.endswith((".", "}"))] == []


def test_an_advice_that_is_given_takes_the_place_of_the_usual_one() -> None:
    usual, near = worded("unknown-sheet", "F.", sheets="a"), worded("unknown-sheet", "F.", "Did you mean?", sheets="a")
    assert (usual.expected, usual.advice) == ("One of the sheets a.", "Name one of them.")
    assert near == usual._replace(advice="Did you mean?")
