"""What is hidden, on tables small enough to draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, combinations_with_replacement, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from publish.disclosure import layout, numbers, patterns, printed
from publish.disclosure.checks import telling
from publish.disclosure.counts import Question, RoundCounts, Row
from publish.disclosure.knowledge import COMPLEMENTARY, PRIMARY, TELLS, Knowledge
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
    assert pinned(counts, found, lambda _: True) == set()


def pinned(
    counts: RoundCounts, found: Mapping[tuple[str, ...], int], agrees: Callable[[Mapping[tuple[str, ...], int]], bool]
) -> set[tuple[str, ...]]:
    """Hidden cells with one possible value. Of one response per municipality: each size class may have any counts that
    add up to its base."""
    values = values_of(counts)
    seen: dict[tuple[str, ...], set[int]] = {key: set() for key in values if found[key] != TELLS}
    for table in _tables(counts):
        if all(table[key] == value for key, value in values.items() if found[key] == TELLS) and agrees(table):
            for key, of_cell in seen.items():
                of_cell.add(table[key])
    return {key for key, of_cell in seen.items() if len(of_cell) < 2}


def values_of(counts: RoundCounts) -> dict[tuple[str, ...], int]:
    question = counts.questions[0]
    return {
        (*row, *answer): int(question.n[i, j])
        for i, row in enumerate(question.rows)
        for j, answer in enumerate(question.answers)
        if row[0] == "response"
    }


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


Table = Mapping[tuple[str, ...], int]


def told_in_print(counts: RoundCounts, *figures: tuple[object, ...], joined: str = "") -> printed.Printed:
    """(unit, breakdown, row, answer, statistic, value) of options; `joined` is what several are written as."""
    rows = [("q", *row, "option", answer, statistic, None, float(value)) for *row, answer, statistic, value in figures]  # type: ignore[arg-type]
    classes = {
        (breakdown, row): frozenset({row})
        for _, breakdown, row in counts.questions[0].rows
        if breakdown == "size_class"
    }
    return replace(
        NOTHING_PRINTED,
        figures=pd.DataFrame(rows, columns=NOTHING_PRINTED.figures.columns),
        classes=classes,
        joined={("q", "option", joined): tuple(joined.split("+"))} if joined else {},
    )


def test_answers_that_are_printed_together_are_a_known_sum(tmp_path: Path) -> None:
    """b and c are few; b + d is printed, so that a and d must go too: c is the base less a less b + d."""
    counts = drawn([each for code, n in zip("abcd", (20, 2, 2, 20), strict=True) for each in many(n, code)], "abcd")
    figures = told_in_print(counts, (*ALL, "b+d", "n", 22), joined="b+d")
    status = [hidden(counts, tmp_path, of)[*ALL, "option", "a"] for of in (NOTHING_PRINTED, figures)]
    assert status == [TELLS, COMPLEMENTARY]


ALL = ("response", "all", "all")


def truly(table: Table, row: Row, answer: str, statistic: str) -> int:
    """Whether a share is above (or below) that of the other size classes together."""
    share, rest = (
        [sum(table[(*row[:2], place, "option", each)] for place in places for each in (answer, *others))
         for others in ((), [each for each in "abc" if each != answer])]
        for places in ([row[2]], [place for place in "xyz" if place != row[2]])
    )  # fmt: skip
    excess = share[0] * rest[1] - rest[0] * share[1]
    return int(excess > 0 if statistic == "more_than_rest" else excess < 0)


def random_round(seed: int) -> tuple[RoundCounts, printed.Printed, Callable[[Table], bool]]:
    """A round, what is printed of it, and whether a table agrees with that."""
    random = np.random.default_rng(seed)
    towns = [
        Municipality({"all": "all", "size_class": str(random.choice(list("xyz")))}, [str(random.choice(list("abc")))])
        for _ in range(11)
    ]
    counts = replace(drawn(towns, "abc"), rule=Rule(2, 2))
    true = values_of(counts)
    row, other = [("response", "size_class", str(random.choice(list("xyz")))) for _ in range(2)]
    statistic = str(random.choice(["more_than_rest", "less_than_rest"]))
    n = true[*row, "option", "a"] + true[*row, "option", "b"]
    says = truly(true, other, "c", statistic)
    figures = told_in_print(counts, (*row, "a+b", "n", n), (*other, "c", statistic, says), joined="a+b")

    def agrees(table: Table) -> bool:
        together = table[*row, "option", "a"] + table[*row, "option", "b"]
        return together == n and truly(table, other, "c", statistic) == says

    return counts, figures, agrees


@pytest.mark.parametrize("seed", range(8))
def test_no_hidden_cell_can_be_found_from_what_print_says_of_several(seed: int, tmp_path: Path) -> None:
    counts, figures, agrees = random_round(seed)
    assert pinned(counts, hidden(counts, tmp_path, figures), agrees) == set()


def test_what_print_says_of_several_would_find_hidden_cells(tmp_path: Path) -> None:
    """Where hiding does not know of it."""
    rounds = [random_round(seed) for seed in range(8)]
    assert any(pinned(counts, hidden(counts, tmp_path), agrees) for counts, _, agrees in rounds)


def ticked(units: Sequence[str], joined: str) -> Knowledge:
    """What is known of a select_multiple of which print alone says something: how many ticked one of some options."""
    counts = drawn([Municipality({"all": "all"}, ["a"])] * len(units), "abc", {"g": "ab"})
    question = counts.questions[0]
    n = np.array([[sum(bool(set(of) & set(unit)) for unit in units) for of in ("a", "b", "c", "ab")]] * 2)
    multiple = replace(question, is_partition=False, n=n)
    together = sum(bool(set(joined) & set(unit)) for unit in units)
    figures = told_in_print(counts, (*ALL, "+".join(joined), "n", together), joined="+".join(joined))
    everything = (np.zeros(n.shape), np.full(n.shape, np.inf))
    relations = printed.relations(multiple, figures)
    parts = layout.of_round(multiple.rows, counts.responded)
    return Knowledge(multiple, parts, counts.rule, everything, np.array([True, True]), relations)


@pytest.mark.slow
@pytest.mark.parametrize("joined", ["ac", "ab", "abc"])
@pytest.mark.parametrize("units", [("a", "ab", "c"), ("ab", "abc", "")])
def test_what_is_known_of_options_ticked_together_is_what_can_be(units: Sequence[str], joined: str) -> None:
    """Every way in which as many units can tick, counted out one by one."""
    knowledge = ticked(units, joined)
    ways = ["".join(of) for n in range(4) for of in combinations("abc", n)]
    together = sum(bool(set(joined) & set(unit)) for unit in units)
    possible = {
        tuple(sum(bool(set(of) & set(unit)) for unit in each) for of in ("a", "b", "c", "ab"))
        for each in combinations_with_replacement(ways, len(units))
        if sum(bool(set(joined) & set(unit)) for unit in each) == together
    }
    grid = list(product(range(len(units) + 1), repeat=4))
    assert {of for of in grid if is_solved(knowledge, of)} == possible


def is_solved(knowledge: Knowledge, values: Sequence[int]) -> bool:
    table = np.array([values, values], dtype=float)
    return knowledge.solve(table, table, np.zeros(table.shape)) is not None


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
