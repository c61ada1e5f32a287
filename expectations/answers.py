"""The suite of a round's answers, generated from the codebook: it knows nothing of how SQL judged them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import duckdb
import pandas as pd

from expectations.rules import Kind, Rule
from ingest.codebook.conditions import spoken_of
from store.builds import PLANNED

IN_CODEBOOK = "answers_in_codebook"
AGREEMENT = "sql_and_gx_agree"
ASSET = "int_answers_judged"
BAD_VALUE = "in no codebook"
NO_VALUE = "no value at all"  # what an answer would have to be to have a status that is impossible

GIVEN = (
    "valid",
    "declared_missing",
    "code_not_in_list",
    "not_a_number",
    "not_a_date",
    "out_of_range",
    "constraint_failed",
    "answered_but_not_applicable",
)
EMPTY = ("blank", "not_applicable")
JUDGED_TYPES = ("select_one", "select_multiple", "integer", "decimal", "date")


@dataclass(frozen=True)
class AskedQuestion:
    """A question as one round asked it: everything that decides whether a value is in the codebook."""

    survey_id: str
    round_id: str
    question_id: str
    question_type: str
    severity: str
    accepted: frozenset[str]
    missing: frozenset[str]
    impossible: frozenset[str]
    decimal_sign: str


def asked_questions(connection: duckdb.DuckDBPyConnection) -> list[AskedQuestion]:
    """Every closed, numeric or date question of every round that was built, with the texts its cells may hold.

    Read from the raw codebook, past the SQL that judges: two readings of the same truth, held against each other.
    """
    read = {
        name: _read(connection, name, ROUND if name in TABLES_OF_A_ROUND else ROUND[:1]) for name in CODEBOOK_TABLES
    }
    rounds = connection.execute(f"select survey_id, round_id from {PLANNED} order by all").fetchall()
    return [
        _asked_question(survey_id, round_id, here.questions[question_id], here)
        for survey_id, round_id in rounds
        for here in [_codebook_of(read, survey_id, round_id)]
        for question_id in sorted(here.uses.keys() & here.questions.keys())
        if here.questions[question_id]["type"] in JUDGED_TYPES
    ]


Row: TypeAlias = "Mapping[str, str]"  # of a table of the codebook; null where nothing is said
ROUND = ("survey_id", "round_id")
CODED: Row = {"source_column": "(coded)", "list_separator": " "}
TABLES_OF_A_ROUND = ("columns", "recodes", "codings", "rounds")
CODEBOOK_TABLES = ("questions", "choices", "roles", "conditions", *TABLES_OF_A_ROUND)


@dataclass(frozen=True)
class Codebook:
    """What one round is read by: questions by id, the columns and codings that answer each, and its other tables by
    what they are asked for by."""

    questions: Mapping[str, Row]
    uses: Mapping[str, Sequence[Row]]
    of_column: Mapping[str, set[str]]  # questions by the column that answers them
    conditions: Mapping[str, Sequence[Row]]
    choices: Mapping[str, Sequence[Row]]
    recodes: Mapping[str, Sequence[Row]]
    roles: Collection[str]
    decimal_sign: str


def _read(connection: duckdb.DuckDBPyConnection, name: str, by: Sequence[str]) -> Mapping[tuple[str, ...], list[Row]]:
    """The rows of a table by these columns."""
    asked = connection.execute(f"from raw.codebook__{name}")
    columns = [column for column, *_ in asked.description or []]
    return _by(by, (dict(zip(columns, row, strict=True)) for row in asked.fetchall()))


def _by(columns: Sequence[str], rows: Iterable[Row]) -> Mapping[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[column] for column in columns), []).append(row)
    return found


def _codebook_of(read: Mapping[str, Mapping[tuple[str, ...], list[Row]]], survey_id: str, round_id: str) -> Codebook:
    def by(name: str, column: str) -> Mapping[str, list[Row]]:
        key = (survey_id, round_id) if name in TABLES_OF_A_ROUND else (survey_id,)
        return {value: rows for (value,), rows in _by([column], read[name].get(key, [])).items()}

    (the_round,) = read["rounds"][survey_id, round_id]
    questions = {name: question for name, (question,) in by("questions", "question_id").items()}
    # A text that was coded is like a joined cell of codes.
    coded = [{"question_id": name, **CODED} for name in by("codings", "coded_question_id")]
    columns = read["columns"].get((survey_id, round_id), [])
    uses = {name: rows for (name,), rows in _by(["question_id"], [*columns, *coded]).items()}
    of_column = {
        name: {use["question_id"] for use in rows} for (name,), rows in _by(["source_column"], columns).items()
    }
    return Codebook(
        questions, uses, of_column,
        by("conditions", "question_id"), by("choices", "list_name"), by("recodes", "list_name"),
        by("roles", "list_name").keys(), the_round["decimal_sign"],
    )  # fmt: skip


def rules(questions: list[AskedQuestion], profile: pd.DataFrame) -> list[Rule]:
    """Per question: its answers are in the codebook; and, per status found, SQL's verdict is the codebook's too."""
    keys = ["survey_id", "round_id", "question_id"]
    statuses = profile.groupby(keys)["answer_status"].unique().to_dict()
    return [
        rule
        for question in questions
        for rule in _question_rules(
            question, statuses.get((question.survey_id, question.round_id, question.question_id), ())
        )
    ]


def _asked_question(survey_id: str, round_id: str, question: Row, here: Codebook) -> AskedQuestion:
    uses, codes = here.uses[question["question_id"]], _codes_by_text(question, here)
    choices = here.choices.get(question["list_name"], [])
    missing_codes = {choice["code"] for choice in choices if choice["is_missing"] == "1"}
    if question["type"] != "select_multiple":
        accepted = {*codes}
    elif uses[0]["list_separator"] is None:
        texts = ((use["part"], use[said]) for use in uses for said in ("ticked", "not_ticked"))
        accepted = {"", *(f"{part}: {text}" for part, text in texts if text is not None)}
    else:
        accepted = {choice["code"] for choice in choices}
    return AskedQuestion(
        survey_id,
        round_id,
        question["question_id"],
        question["type"],
        question["severity"] or "warn",
        frozenset(accepted),
        frozenset(text for text, code in codes.items() if code in missing_codes),
        frozenset(_impossible_statuses(question, here)),
        here.decimal_sign,
    )


def _impossible_statuses(question: Row, here: Codebook) -> set[str]:
    """What no answer to the question can be: it has no condition, or no shared column, that this could rest on. A
    relevant rests on questions that the round asks."""
    question_id, conditions = question["question_id"], here.conditions.get(question["question_id"], [])
    relevant = [each["expression"] for each in conditions if each["purpose"] == "relevant"]
    is_routed = bool(set().union(*map(spoken_of, relevant)) & here.uses.keys())
    choices = here.choices.get(question["list_name"], [])
    has_exclusive_option = question["type"] == "select_multiple" and "1" in {each["is_exclusive"] for each in choices}
    sharing = set().union(*(here.of_column.get(use["source_column"], ()) for use in here.uses[question_id]))
    return {
        status
        for status, is_possible in {
            "not_applicable": is_routed,
            "answered_but_not_applicable": is_routed,
            "constraint_failed": "constraint" in {each["purpose"] for each in conditions} or has_exclusive_option,
            "not_asked": is_routed and bool(sharing & here.questions.keys() - {question_id}),
        }.items()
        if not is_possible
    }


def _codes_by_text(question: Row, here: Codebook) -> dict[str, str]:
    """What a cell may say and the code it stands for: code, labels, and the round's recodes, which go before both."""
    list_name = question["list_name"] or question["question_id"]
    texts: dict[str, str] = {}
    for choice in here.choices.get(list_name, []):
        texts |= {text.strip(): choice["code"] for text in (choice["code"], *json.loads(choice["labels"]).values())}
    for name in (["_role"] if list_name in here.roles else []) + [list_name]:
        texts |= {recode["source_value"].strip(): recode["code"] for recode in here.recodes.get(name, [])}
    return texts


def _question_rules(question: AskedQuestion, statuses: Iterable[str]) -> Iterator[Rule]:
    yield from _agreement(question, set(statuses) & question.impossible, "in_set", (NO_VALUE,))
    found = set(statuses) - {"not_asked"}
    if not found:
        return
    given = tuple(status for status in GIVEN if status in found)
    if question.question_type.startswith("select"):
        yield from _choice_rules(question, found)
    elif question.question_type == "date":
        yield _rule(question, IN_CODEBOOK, given, "not_in_set", "as_date", ("",)) if given else _blank(question)
        yield from _agreement(question, found & {"not_a_date"}, "in_set", ("",), "as_date")
        yield from _agreement(question, found & {"valid"}, "not_in_set", ("",), "as_date")
        yield from _agreement(question, found & set(EMPTY), "in_set", ("",))
    else:
        yield from _number_rules(question, found, given)


def _choice_rules(question: AskedQuestion, found: set[str]) -> Iterator[Rule]:
    values = tuple(sorted(question.accepted | {""}))
    yield _rule(question, IN_CODEBOOK, (*GIVEN, *EMPTY), "in_set", "judged_value", values)
    yield from _agreement(question, found & {"code_not_in_list"}, "not_in_set", values)
    if question.question_type == "select_multiple":
        yield from _agreement(question, found & {"valid", "declared_missing"}, "in_set", values)
        return
    yield from _agreement(question, found & {"valid"}, "in_set", tuple(sorted(question.accepted - question.missing)))
    yield from _agreement(question, found & {"declared_missing"}, "in_set", tuple(sorted(question.missing)))
    yield from _agreement(question, found & set(EMPTY), "in_set", ("",))


def _number_rules(question: AskedQuestion, found: set[str], given: tuple[str, ...]) -> Iterator[Rule]:
    codes = "|".join(re.escape(value) for value in sorted(question.missing))
    missing = f"(?:{codes})(?:[.,]0{{1,2}})?"
    number = number_pattern(question.question_type, question.decimal_sign)
    either = f"^(?:{number}{'|' + missing if codes else ''})$"
    yield _rule(question, IN_CODEBOOK, given, "matches", "judged_value", (either,)) if given else _blank(question)
    if found & {"valid", "out_of_range"}:
        yield _rule(question, IN_CODEBOOK, ("valid", "out_of_range"), "between", "outside", (0.0, 0.0))
    counted = f"^(?!{missing}$)(?:{number})$" if codes else f"^(?:{number})$"
    yield from _agreement(question, found & {"valid"}, "matches", (counted,))
    yield from _agreement(question, found & {"out_of_range"}, "matches", (counted,))
    yield from _agreement(question, found & {"valid"}, "between", (0.0, 0.0), "outside")
    yield from _agreement(question, found & {"declared_missing"}, "matches", (f"^{missing}$",) if codes else ("^$",))
    yield from _agreement(question, found & set(EMPTY), "in_set", ("",))
    yield from _agreement(question, found & {"not_a_number"}, "matches_not", (either,))
    yield from _agreement(question, found & {"out_of_range"}, "between", (1e-9, float("inf")), "outside")


def number_pattern(question_type: str, decimal_sign: str) -> str:
    """What a number looks like in a round: "2.0" is the integer 2 under either decimal sign."""
    zeros = r"\.0+" if decimal_sign == "." else r",0+|\.0{1,2}"
    digits = r"\.[0-9]+" if decimal_sign == "." else r",[0-9]+|\.0{1,2}"
    tail = zeros if question_type == "integer" else digits
    return rf"[+-]?[0-9]+(?:{tail})?"


def _blank(question: AskedQuestion) -> Rule:
    return _rule(question, IN_CODEBOOK, EMPTY, "in_set", "judged_value", ("",))


def _agreement(
    question: AskedQuestion,
    statuses: set[str],
    kind: Kind,
    expected: tuple[str | float, ...],
    column: str = "judged_value",
) -> Iterator[Rule]:
    if statuses:
        yield _rule(question, AGREEMENT, tuple(sorted(statuses)), kind, column, expected)


def _rule(
    question: AskedQuestion,
    check_id: str,
    statuses: tuple[str, ...],
    kind: Kind,
    column: str,
    expected: tuple[str | float, ...],
) -> Rule:
    place = {"survey_id": question.survey_id, "round_id": question.round_id, "question_id": question.question_id}
    return Rule(
        check_id=check_id,
        asset=ASSET,
        kind=kind,
        column=column,
        expected=expected,
        severity="block" if check_id == AGREEMENT else question.severity,
        condition={**{name: (value,) for name, value in place.items()}, "answer_status": statuses},
        control={**place, "answer_status": statuses[0], "n": 1, column: _breaks(kind, expected)},
        **place,
    )


def _breaks(kind: Kind, expected: tuple[str | float, ...]) -> str | float:
    if kind == "between":
        return float(expected[0]) - 1
    if kind == "not_in_set":
        return expected[0]
    return "7" if kind == "matches_not" else BAD_VALUE
