"""What is hidden, on tables small enough to draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from publish.disclosure import numbers, patterns, printed
from publish.disclosure.checks import telling
from publish.disclosure.counts import Question, RoundCounts, Row
from publish.disclosure.knowledge import COMPLEMENTARY, PRIMARY, TELLS
from publish.disclosure.rules import Rule

RULE = Rule(min_municipalities=3, min_responses=5)
NOTHING_PRINTED = printed.Printed(
    pd.DataFrame(
        columns=[
            "question_id",
            "unit",
            "breakdown",
            "breakdown_id",
            "level",
            "answer_code",
            "statistic",
            "rounding",
            "value",
        ]
    ),
    {},
    frozenset(),
)


@dataclass(frozen=True)
class Municipality:
    """One that answered: the rows of breakdowns that it is in, and the answers of its responses, its own one first."""

    places: Mapping[str, str]
    answers: Sequence[str]


def many(n: int, answer: str, **places: str) -> list[Municipality]:
    return [Municipality({"all": "all", **places}, [answer])] * n


def drawn(
    municipalities: Sequence[Municipality],
    options: Sequence[str] = ("a", "b"),
    groups: Mapping[str, Sequence[str]] | None = None,
    unions: Mapping[str, Sequence[str]] | None = None,
) -> RoundCounts:
    """The counts of a round with one opinion question; `unions` are of size classes."""
    placed = [replace(each, places={**each.places, **_in_unions(each.places, unions or {})}) for each in municipalities]
    places = sorted({item for each in placed for item in each.places.items()})
    rows: list[Row] = sorted((unit, *place) for unit in ("municipality", "response") for place in places)
    answers = [("option", code) for code in options] + [("group", code) for code in groups or {}]
    members = [[code] for code in options] + [list(of) for of in (groups or {}).values()]
    behind = [[_behind(placed, row[1:], of) for of in members] for row in rows]
    bases = [_behind(placed, row[1:], options) for row in rows]
    own = [[_own(placed, row[1:], of) for of in members] for row in rows]
    is_response = np.array([row[0] == "response" for row in rows])
    n_responses, n_municipalities = np.array(behind)[:, :, 0], np.array(behind)[:, :, 1]
    base_responses, base_municipalities = np.array(bases).T
    question = Question(
        "q",
        "opinion",
        True,
        tuple(rows),
        tuple(answers),
        tuple(tuple(map(list(options).index, of)) for of in (groups or {}).values()),
        np.where(is_response[:, None], n_responses, np.array(own)),
        n_municipalities,
        n_responses,
        np.where(is_response, base_responses, base_municipalities),
        base_municipalities,
        base_responses,
    )
    responded = pd.DataFrame(
        [(f"{i:03}", *place, len(each.answers)) for i, each in enumerate(placed) for place in each.places.items()],
        columns=["municipality_code", "breakdown", "breakdown_id", "n_responses"],
    )
    return RoundCounts("s", "r", RULE, (question,), responded)


def _in_unions(places: Mapping[str, str], unions: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {f"size_class_group_{name}": name for name, of in unions.items() if places.get("size_class") in of}


def _behind(placed: Sequence[Municipality], place: tuple[str, ...], answers: Sequence[str]) -> tuple[int, int]:
    given = [
        [answer for answer in each.answers if answer in answers] for each in placed if place in each.places.items()
    ]
    return sum(map(len, given)), sum(map(bool, given))


def _own(placed: Sequence[Municipality], place: tuple[str, ...], answers: Sequence[str]) -> int:
    return sum(each.answers[0] in answers for each in placed if place in each.places.items())


def hidden(counts: RoundCounts, folder: Path, figures: printed.Printed = NOTHING_PRINTED) -> dict[tuple[str, ...], int]:
    """(unit, breakdown, row, level, answer): TELLS, PRIMARY or COMPLEMENTARY."""
    (pattern,) = patterns.of_round(counts, figures, patterns.Store(folder))
    question = pattern.question
    return {
        (*row, *answer): int(pattern.hidden[i, j])
        for i, row in enumerate(question.rows)
        for j, answer in enumerate(question.answers)
    }


def test_few_municipalities_are_hidden(tmp_path: Path) -> None:
    found = hidden(drawn([*many(20, "a"), *many(2, "b")]), tmp_path)
    assert found["response", "all", "all", "option", "b"] == PRIMARY
    assert found["response", "all", "all", "option", "a"] == COMPLEMENTARY  # else b is the base less a


def test_few_responses_beside_those_of_the_municipalities_are_no_difference_of_units(tmp_path: Path) -> None:
    """Two municipalities answered twice: by response nothing is told, by municipality all."""
    two = [Municipality({"all": "all"}, ["a", "b"])] * 2
    found = hidden(drawn([*many(20, "a"), *many(20, "b"), *two]), tmp_path)
    assert {status for (unit, *_), status in found.items() if unit == "municipality"} == {TELLS}
    assert TELLS not in {status for (unit, *_), status in found.items() if unit == "response"}


def test_few_responses_are_hidden(tmp_path: Path) -> None:
    found = hidden(drawn([*many(20, "a"), *many(4, "b")]), tmp_path)
    assert found["response", "all", "all", "option", "b"] == PRIMARY
    assert found["municipality", "all", "all", "option", "b"] == PRIMARY


def test_enough_are_told(tmp_path: Path) -> None:
    assert set(hidden(drawn([*many(20, "a"), *many(5, "b")]), tmp_path).values()) == {TELLS}


def test_nobody_is_told(tmp_path: Path) -> None:
    assert set(hidden(drawn(many(20, "a")), tmp_path).values()) == {TELLS}


def test_a_row_of_two_is_hidden_whole(tmp_path: Path) -> None:
    towns = [*many(12, "a", county="1"), *many(12, "b", county="1"), *many(2, "a", county="2")]
    towns += [*many(12, "a", county="3"), *many(12, "b", county="3")]
    found = hidden(drawn(towns), tmp_path)
    assert found["response", "county", "2", "option", "a"] != TELLS
    assert found["response", "county", "2", "option", "b"] != TELLS  # nobody: told, it would say what both answered
    assert found["response", "all", "all", "option", "a"] == TELLS


def test_what_a_union_would_tell_is_hidden(tmp_path: Path) -> None:
    """small + middle = union, and the answers of small are few."""
    towns = [*many(20, "a", size_class="small"), *many(2, "b", size_class="small"), *many(20, "c", size_class="small")]
    towns += [answer for name in ("middle", "large") for code in "abc" for answer in many(20, code, size_class=name)]
    counts = drawn(towns, "abc", unions={"union": ["small", "middle"]})
    found = hidden(counts, tmp_path)
    assert found["response", "size_class", "small", "option", "b"] == PRIMARY
    others = [found["response", "size_class", name, "option", "b"] for name in ("middle", "large")] + [
        found["response", "size_class_group_union", "union", "option", "b"]
    ]
    assert COMPLEMENTARY in others


def test_an_area_of_two_names_is_hidden_under_both(tmp_path: Path) -> None:
    towns = [each for code in "ab" for name in "12" for each in many(20, code, county=name, region=name)]
    found = hidden(
        drawn([*towns, *many(2, "c", county="1", region="1"), *many(9, "c", county="2", region="2")], "abc"), tmp_path
    )
    assert found["response", "county", "1", "option", "c"] == PRIMARY
    assert found["response", "region", "1", "option", "c"] == PRIMARY


def test_one_response_each_makes_the_units_one(tmp_path: Path) -> None:
    found = hidden(drawn([*many(20, "a"), *many(3, "b"), *many(20, "c")], "abc"), tmp_path)
    assert found["response", "all", "all", "option", "b"] == PRIMARY
    assert found["municipality", "all", "all", "option", "b"] != TELLS
    of_units = {
        unit: {key[1:] for key, status in found.items() if key[0] == unit and status}
        for unit in ("response", "municipality")
    }
    assert of_units["response"] == of_units["municipality"]


def test_options_give_way_to_their_group(tmp_path: Path) -> None:
    towns = [*many(20, "a1"), *many(2, "a2"), *many(20, "b1"), *many(20, "b2")]
    counts = drawn(towns, ("a1", "a2", "b1", "b2"), {"a": ["a1", "a2"], "b": ["b1", "b2"]})
    found = hidden(counts, tmp_path)
    assert [found["response", "all", "all", "option", code] for code in ("a1", "a2", "b1", "b2")] == [2, 1, 0, 0]
    assert [found["response", "all", "all", "group", code] for code in "ab"] == [TELLS, TELLS]


def test_what_is_printed_is_told(tmp_path: Path) -> None:
    figure = ("q", "response", "all", "all", "option", "b", "n", None, 2.0)
    figures = replace(NOTHING_PRINTED, figures=pd.DataFrame([figure], columns=NOTHING_PRINTED.figures.columns))
    found = hidden(drawn([*many(20, "a"), *many(2, "b")]), tmp_path, figures)
    assert found["response", "all", "all", "option", "b"] == TELLS
    assert found["response", "all", "all", "option", "a"] == TELLS  # the base is public, so print tells it as well


def test_of_a_personal_question_nothing_is_told(tmp_path: Path) -> None:
    counts = drawn([*many(20, "a"), *many(20, "b")])
    personal = replace(counts, questions=(replace(counts.questions[0], kind="personal"),))
    assert set(hidden(personal, tmp_path).values()) == {PRIMARY}


def test_a_public_fact_is_told(tmp_path: Path) -> None:
    counts = drawn([*many(20, "a"), *many(1, "b")])
    public = replace(counts, questions=(replace(counts.questions[0], kind="public_fact"),))
    assert list(patterns.of_round(public, NOTHING_PRINTED, patterns.Store(tmp_path))) == []


def test_a_pattern_is_kept_by_what_it_follows_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = drawn([*many(20, "a"), *many(2, "b"), *many(20, "c")], "abc")
    before = hidden(counts, tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(patterns, "solve", lambda *_: pytest.fail("it was made again"))
        assert hidden(counts, tmp_path) == before
    other = drawn([*many(20, "a"), *many(3, "b"), *many(20, "c")], "abc")
    hidden(other, tmp_path)
    assert len(list(tmp_path.glob("*.json"))) == 2


@pytest.mark.parametrize("seed", range(6))
def test_no_hidden_cell_of_a_small_round_can_be_found(seed: int, tmp_path: Path) -> None:
    """Every table that agrees with what is told, counted out one by one."""
    random = np.random.default_rng(seed)
    towns = [
        Municipality({"all": "all", "size_class": str(random.choice(list("xyz")))}, [str(random.choice(list("ab")))])
        for _ in range(14)
    ]
    counts = replace(drawn(towns, unions={"u": ["x", "y"]}), rule=Rule(2, 2))
    assert_not_found(counts, hidden(counts, tmp_path))


def assert_not_found(counts: RoundCounts, found: Mapping[tuple[str, ...], int]) -> None:
    """Of one response per municipality: each size class may have any counts that add up to its base."""
    question = counts.questions[0]
    values = {
        (*row, *answer): int(question.n[i, j])
        for i, row in enumerate(question.rows)
        for j, answer in enumerate(question.answers)
        if row[0] == "response"
    }
    seen: dict[tuple[str, ...], set[int]] = {key: set() for key in values if found[key] != TELLS}
    for table in _tables(counts):
        if all(table[key] == value for key, value in values.items() if found[key] == TELLS):
            for key, of_cell in seen.items():
                of_cell.add(table[key])
    assert {key for key, of_cell in seen.items() if len(of_cell) < 2} == set()


def _tables(counts: RoundCounts) -> Iterator[dict[tuple[str, ...], int]]:
    question = counts.questions[0]
    codes = [code for _, code in question.answers]
    bases = {
        row[1:]: int(base) for row, base in zip(question.rows, question.bases, strict=True) if row[0] == "response"
    }
    classes = sorted(place for place in bases if place[0] == "size_class")
    places = counts.responded.groupby("municipality_code")[["breakdown", "breakdown_id"]].apply(
        lambda of: {(str(breakdown), str(row)) for breakdown, row in of.to_numpy()}
    )
    holds = {place: {each for own in places if place in own for each in own if each in classes} for place in bases}
    whole = {place: {each for each in classes if each in holds[place]} for place in bases}
    for chosen in product(*(_splits(bases[each], len(codes)) for each in classes)):
        of_class = dict(zip(classes, chosen, strict=True))
        yield {
            ("response", *place, "option", code): sum(of_class[each][j] for each in whole[place])
            for place in bases
            for j, code in enumerate(codes)
        }


def _splits(total: int, parts: int) -> list[tuple[int, ...]]:
    if parts == 1:
        return [(total,)]
    return [(first, *rest) for first in range(total + 1) for rest in _splits(total - first, parts - 1)]


def test_a_total_that_is_a_difference_is_hidden() -> None:
    parts = np.array(
        [[1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]], dtype=float
    )  # all, three classes, a union
    few = np.array([False, True, False, False, False])
    found = numbers.complemented(parts, few, np.array([1000.0, 20, 20, 20, 60]), np.ones(5, dtype=bool))
    assert found[1] and found[2]  # else the first is the union less the second
    assert not found[0]


def test_checks_that_tell_answers_are_marked() -> None:
    assert {"dont_know", "answers_vary", "distribution_drift"} <= telling()
    assert "item_nonresponse" not in telling()
