"""The suite of a round's answers, generated from the codebook: it knows nothing of how SQL judged them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

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
    read = {name: connection.execute(f"select * from raw.codebook__{name}").df() for name in CODEBOOK_TABLES}
    built = connection.execute(f"select survey_id, round_id from {PLANNED}").df()
    read |= {name: read[name].merge(built) for name in TABLES_OF_A_ROUND}
    columns = pd.concat([read["columns"], _coded_columns(read["codings"])])
    columns = columns.merge(read["rounds"][["survey_id", "round_id", "decimal_sign"]])
    asked = columns.merge(read["questions"], on=["survey_id", "question_id"], validate="many_to_one")
    asked = asked[asked["type"].isin(JUDGED_TYPES)]
    return [
        _asked_question((*of, question_id), uses, here)
        for of, of_round in asked.groupby(["survey_id", "round_id"], sort=True)
        for here in [_of_round(read, *of)]
        for question_id, uses in of_round.groupby("question_id", sort=True)
    ]


TABLES_OF_A_ROUND = ("columns", "recodes", "codings", "rounds")
CODEBOOK_TABLES = ("questions", "choices", "roles", "conditions", *TABLES_OF_A_ROUND)


def _of_round(read: dict[str, pd.DataFrame], survey_id: Any, round_id: Any) -> dict[str, pd.DataFrame]:
    """The codebook of one round."""
    own = {name: _where(rows, survey_id=survey_id) for name, rows in read.items()}
    return own | {name: _where(own[name], round_id=round_id) for name in TABLES_OF_A_ROUND}


def _coded_columns(codings: pd.DataFrame) -> pd.DataFrame:
    """A text that was coded is like a joined cell of codes."""
    coded = codings[["survey_id", "round_id", "coded_question_id"]].drop_duplicates()
    return coded.rename(columns={"coded_question_id": "question_id"}).assign(
        source_column="(coded)", list_separator=" "
    )


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


def _asked_question(key: Any, group: pd.DataFrame, here: dict[str, pd.DataFrame]) -> AskedQuestion:
    survey_id, round_id, question_id = key
    first = group.iloc[0]
    codes = _codes_by_text(first, here)
    choices = _where(here["choices"], list_name=first["list_name"])
    missing_codes = set(choices[choices["is_missing"] == "1"]["code"])
    if first["type"] != "select_multiple":
        accepted = set(codes)
    elif pd.isna(first["list_separator"]):
        texts = group.melt("part", ["ticked", "not_ticked"], value_name="text").dropna(subset=["text"])
        accepted = {"", *(f"{part}: {text}" for part, text in zip(texts["part"], texts["text"], strict=True))}
    else:
        accepted = set(choices["code"])
    return AskedQuestion(
        survey_id,
        round_id,
        question_id,
        first["type"],
        first["severity"] if pd.notna(first["severity"]) else "warn",
        frozenset(accepted),
        frozenset(text for text, code in codes.items() if code in missing_codes),
        frozenset(_impossible_statuses(question_id, group, here)),
        first["decimal_sign"],
    )


def _impossible_statuses(question_id: str, uses: pd.DataFrame, here: dict[str, pd.DataFrame]) -> set[str]:
    """What no answer to the question can be: it has no condition, or no shared column, that this could rest on. A
    relevant rests on questions that the round asks."""
    conditions, columns = _where(here["conditions"], question_id=question_id), here["columns"]
    coded = here["codings"]["coded_question_id"]
    relevant = conditions[conditions["purpose"] == "relevant"]["expression"]
    is_routed = bool(set().union(*map(spoken_of, relevant)) & {*columns["question_id"], *coded})
    same_column = columns[columns["source_column"].isin(uses["source_column"])]
    choices = _where(here["choices"], list_name=uses.iloc[0]["list_name"])
    has_exclusive_option = uses.iloc[0]["type"] == "select_multiple" and "1" in set(choices["is_exclusive"])
    is_shared = bool(set(same_column["question_id"]) & set(here["questions"]["question_id"]) - {question_id})
    return {
        status
        for status, is_possible in {
            "not_applicable": is_routed,
            "answered_but_not_applicable": is_routed,
            "constraint_failed": "constraint" in set(conditions["purpose"]) or has_exclusive_option,
            "not_asked": is_routed and is_shared,
        }.items()
        if not is_possible
    }


def _codes_by_text(question: pd.Series[Any], here: dict[str, pd.DataFrame]) -> dict[str, str]:
    """What a cell may say and the code it stands for: code, labels, and the round's recodes, which go before both."""
    list_name = question["list_name"] if pd.notna(question["list_name"]) else question["question_id"]
    is_role = not _where(here["roles"], list_name=list_name).empty
    texts: dict[str, str] = {}
    choices = _where(here["choices"], list_name=list_name)
    for code, labels in zip(choices["code"], choices["labels"], strict=True):
        texts |= {text.strip(): code for text in (code, *json.loads(labels).values())}
    for name in (["_role"] if is_role else []) + [list_name]:
        recodes = _where(here["recodes"], list_name=name)
        texts |= {text.strip(): code for text, code in zip(recodes["source_value"], recodes["code"], strict=True)}
    return texts


def _where(frame: pd.DataFrame, **values: str) -> pd.DataFrame:
    return frame[reduce(and_, (frame[column] == value for column, value in values.items()))]


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
