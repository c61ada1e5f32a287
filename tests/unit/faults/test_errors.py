"""Messages: order, wording, suggestions."""

from __future__ import annotations

from pathlib import Path

import pytest

from faults.errors import Fault, FaultList, InputFaults
from faults.suggestions import did_you_mean, listed, nearest, quoted


def fault(file: str = "a.csv", place: str = "line 1", code: str = "x") -> Fault:
    return Fault(code, file, place, "Found.", "It is right.", "Do it.")


def test_message_says_file_place_found_expected_and_advice() -> None:
    assert str(fault()) == "a.csv, line 1: Found. Expected: it is right. Do it."
    assert str(Fault("x", "a.csv", "", "Found.", "UTF-8.", "")) == "a.csv: Found. Expected: UTF-8."


def test_faults_are_told_in_order_of_file_and_line() -> None:
    given = [fault("b.csv"), fault("a.csv", "line 10"), fault("a.csv", "line 9, column b"), fault("a.csv", "")]
    told = [(each.file, each.place) for each in InputFaults(given).faults]
    assert told == [("a.csv", ""), ("a.csv", "line 9, column b"), ("a.csv", "line 10"), ("b.csv", "line 1")]


def test_same_fault_is_told_once() -> None:
    faults = FaultList()
    for _ in range(2):
        faults.add("cut-row", Path("a.csv"), "line 1", "Found.")
    assert len(faults) == 1
    with pytest.raises(InputFaults, match=r"a\.csv, line 1: Found\."):
        faults.raise_if_any()


@pytest.mark.parametrize(
    ("value", "choices", "found"),
    [
        ("select_on", ["select_one", "text"], "select_one"),
        ("Satisfied", ["satisfied", "staff"], "satisfied"),
        ("zzz", ["satisfied", "staff"], None),
        ("x", [], None),
    ],
)
def test_nearest_name(value: str, choices: list[str], found: str | None) -> None:
    assert nearest(value, choices) == found


def test_words_for_messages() -> None:
    assert did_you_mean("staf", ["staff"]) == 'Did you mean "staff"?'
    assert did_you_mean("zzz", ["staff"]) == ""
    assert quoted("a\tb") == '"a\\u0009b"'
    assert len(quoted("x" * 1000)) == 82
    assert listed(range(14)).endswith("11 and 2 more")
