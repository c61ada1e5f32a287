"""Pictures: which answers they show, in what order, and what they say of hidden and unsure shares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from publish.results.pictures import Mark, Pictures, class_of, left_over, looked_for, map_of, ranked, steps
from publish.results.reading import Bars, Cell, Question, RoundResults
from publish.writing.words import Words


def cell(answer: str, n: int | None, base: int = 20, *, is_reliable: bool = True) -> Cell:
    """The share of an answer; hidden without n."""
    status = "hidden_primary" if n is None else "shown"
    pct = None if n is None else 100 * n // base
    return Cell(answer, answer == "dont_know", n, pct, status, None, None, is_reliable, answer)


def bars(label: str, *cells: Cell, breakdown: str = "county") -> Bars:
    return Bars(label, 20, cells, breakdown, label)


def question(*cells: Cell, rows: Sequence[Bars] = (), is_ordered: bool = False) -> Question:
    asked = {"all": [bars("all", *cells, breakdown="all")], "county": rows}
    return Question("q", "?", "one", "response", asked, {}, is_ordered)


def drawn(*printed: dict[str, Any]) -> Pictures:
    """Pictures of a round of which nothing is known but what was printed."""
    labels = SimpleNamespace(of=lambda *_: "", of_code=lambda _, code: code)
    rows = {"printed": printed, "areas": ()}
    return Pictures(cast(RoundResults, SimpleNamespace(labels=labels, rows_of=rows.__getitem__)), Words("en"))


@pytest.fixture
def pictures() -> Pictures:
    return drawn()


def shown(marks: Sequence[Mark]) -> list[str]:
    return [mark.label for mark in marks]


def test_answers_stand_by_size_or_in_their_own_order(pictures: Pictures) -> None:
    cells = (cell("dont_know", 9), cell("never", 2), cell("daily", 5))
    assert shown(pictures.whole(question(*cells)).marks) == ["daily", "never", "dont_know"]
    assert shown(pictures.whole(question(*cells, is_ordered=True)).marks) == ["never", "daily", "dont_know"]


def test_counties_are_drawn_where_a_share_of_one_is_sure(pictures: Pictures) -> None:
    unsure, sure = bars("A", cell("yes", 3, is_reliable=False)), bars("B", cell("yes", 9))
    hidden = bars("C", cell("yes", None))
    whole = (cell("yes", 12), cell("no", 8))
    drawn_rows = [len(pictures.by_county(question(*whole, rows=rows))) for rows in ([unsure, hidden], [unsure, sure])]
    assert drawn_rows == [0, 1]


def test_some_answers_are_told_alone(pictures: Pictures) -> None:
    asked = question(cell("a", 3), cell("b", None), cell("c", 9))
    assert [(mark.label, mark.place) for mark in pictures.of_answers(asked, ["c", "b"]).marks] == [
        ("c", 45),
        ("b", None),
    ]


def test_counties_stand_by_name_and_know_their_rank(pictures: Pictures) -> None:
    rows = [bars("Z", cell("yes", 9)), bars("B", cell("yes", None)), bars("A", cell("yes", 3))]
    [one] = pictures.by_county(question(cell("yes", 12), cell("no", 8), rows=rows))
    assert [(mark.label, mark.rank) for mark in one.marks] == [("A", 2), ("B", 3), ("Z", 1)]
    assert ranked([None, 5, 90, 5]) == [4, 2, 1, 3]


def test_of_a_hidden_share_nothing_is_drawn_or_said(pictures: Pictures) -> None:
    rows = [bars("A", cell("yes", None)), bars("B", cell("yes", 9))]
    [one] = pictures.by_county(question(cell("yes", 12), cell("no", 8), rows=rows))
    hidden = one.marks[0]
    assert (hidden.value, hidden.base, hidden.style) == ("hidden", "–/20", "--o:2")
    assert {"hidden", "untold"} <= hidden.kinds
    assert one.message == "B 45% (9/20). Hidden: 1 of 2."
    assert left_over(bars("A", cell("yes", None), cell("no", 8), cell("dont_know", None))) == 12


def test_a_sentence_speaks_of_the_sure_ones_where_they_differ(pictures: Pictures) -> None:
    def told(*shares: tuple[int, bool]) -> str:
        rows = [bars("ABCDE"[at], cell("x", n, is_reliable=sure)) for at, (n, sure) in enumerate(shares)]
        return pictures.by_county(question(cell("x", 9), cell("y", 8), rows=rows))[0].message

    assert told((20, False), (2, True), (4, True)) == "Of the sure ones, highest: C 20% (4/20); lowest: B 10% (2/20)."
    assert told((20, False), (2, True)) == "Highest: A 100% * (20/20); lowest: B 10% (2/20)."
    assert told((4, True), (4, True)) == "The same in all: 20%."
    assert told((4, True), *[(2, True)] * 4) == "Highest: A 20% (4/20); lowest: B, C, D and 1 more 10%."


@pytest.mark.parametrize(
    ("unit", "status", "said"),
    [
        ("response", "match", "printed 46%"),
        ("response", "known_discrepancy", "printed otherwise: 46%"),
        ("response", "hidden_primary", "printed 46%"),
        ("municipality", "match", "printed by municipality: 46%"),
    ],
)
def test_a_printed_figure_stands_beside_its_bar(unit: str, status: str, said: str) -> None:
    printed = {
        "question_key": "s/q", "level": "option", "answer": "yes", "breakdown_key": "all", "unit": unit,
        "statistic": "pct", "published_value": 46, "status": status,
    }  # fmt: skip
    yes = Cell("Yes", False, 9, 45, "shown", None, None, True, "s/q/option/yes")
    marks = drawn(printed).whole(question(yes, cell("no", 11))).marks
    assert [mark.printed for mark in marks] == ["", said]


def test_answers_that_a_reader_looks_for() -> None:
    several = [cell(name, n) for name, n in (("a", 1), ("b", 8), ("c", 3), ("dont_know", 9))]
    assert [each.answer for each in looked_for(question(*several), 22)] == ["a", "b", "c"]
    assert [each.answer for each in looked_for(question(*several), 300)] == ["b"]
    assert [each.answer for each in looked_for(question(cell("yes", 1), cell("no", 8), several[3]), 22)] == ["yes"]


def test_a_map_is_one_only_where_each_area_has_its_tile() -> None:
    assert map_of({"a": (3, 1), "b": (2, 5)}) == {"a": (2, 1), "b": (1, 5)}
    assert map_of({"a": (3, 1), "b": None}) == {}
    assert [class_of(pct) for pct in (0, 19, 20, 79, 80, 100)] == ["t1", "t1", "t2", "t4", "t5", "t5"]


def test_a_curve_rises_at_the_end_of_a_day() -> None:
    rows: list[dict[str, Any]] = [
        {"submitted_on": date(2026, 1, day), "so_far": so_far} for day, so_far in ((1, 2), (4, 5))
    ]
    assert steps(rows, "so_far", date(2026, 1, 1)) == "0,0 0,0 1,2 3,2 4,5"
