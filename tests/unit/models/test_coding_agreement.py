"""Krippendorff's alpha of each code against its definition: one minus the observed by the expected disagreement."""

from __future__ import annotations

import random

import duckdb
import pytest

from tests.rendered import make

Pairs = list[tuple[bool, bool]]


def agreement(pairs: Pairs) -> tuple[int, float | None]:
    """What the model says of a code."""
    with duckdb.connect() as connection:
        connection.execute("create table int_texts_coded_twice as select 's' as survey_id, '1' as round_id, "
                           "'q' as question_id, 'c' as code, true as is_first, true as is_second limit 0")  # fmt: skip
        connection.executemany("insert into int_texts_coded_twice values ('s', '1', 'q', 'c', ?, ?)", pairs)
        make(connection, "coding_agreement")
        (found,) = connection.execute("select n_texts, alpha from coding_agreement").fetchall()
        return found


def alpha(pairs: Pairs) -> float:
    """From the matrix of coincidences: each text puts both orders of its two values into it."""
    coincidences = [[0, 0], [0, 0]]
    for first, second in pairs:
        coincidences[first][second] += 1
        coincidences[second][first] += 1
    sums = [sum(row) for row in coincidences]
    n = sum(sums)
    observed = (coincidences[0][1] + coincidences[1][0]) / n
    expected = 2 * sums[0] * sums[1] / (n * (n - 1))
    return 1 - observed / expected


def test_a_worked_example() -> None:
    """Of ten texts both read the code in three and not in five; in two one of them does. Of twenty values eight say
    yes: observed 2 * 2 / 20 = 0.2, expected 2 * 8 * 12 / (20 * 19) = 0.505..., alpha 1 - 0.2 / 0.505... = 0.604..."""
    pairs = [(True, True)] * 3 + [(False, False)] * 5 + [(True, False), (False, True)]
    assert agreement(pairs) == (10, pytest.approx(1 - (4 / 20) / (2 * 8 * 12 / (20 * 19))))


@pytest.mark.parametrize("seed", range(20))
def test_any_two_coders(seed: int) -> None:
    drawn = random.Random(seed)
    pairs = [(drawn.random() < 0.4, drawn.random() < 0.5) for _ in range(drawn.randint(5, 60))]
    assert agreement(pairs) == (len(pairs), pytest.approx(alpha(pairs)))


def test_coders_that_agree_and_that_never_do() -> None:
    assert agreement([(True, True), (False, False)])[1] == 1
    assert agreement([(True, False)] * 4)[1] == pytest.approx(-0.75)  # 1 - 1 / (2 * 4 * 4 / (8 * 7))


@pytest.mark.parametrize("said", [True, False])
def test_a_code_that_nobody_could_disagree_on_has_no_alpha(said: bool) -> None:
    assert agreement([(said, said)] * 4) == (4, None)
