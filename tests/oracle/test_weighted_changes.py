"""The change of weighted shares: the models beside the formulas, on the rounds that R was given and on made-up ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from math import isnan

import duckdb
import numpy as np
import pytest

from tests.oracle.frames import BY_RESPONSE, CLASSES, ROUNDS, Pair, prepare, prepare_pair, read
from tests.oracle.weighted import Change, Round, weighted_change
from tests.rendered import Slip, make

WITHIN = 1e-9
ORDER = {name: place for place, name in enumerate(CLASSES, start=1)}
ROWS = {("all", "all"): {0, *ORDER.values()}, **{("size_class", name): {place} for name, place in ORDER.items()}}
FIGURES = ("weighted_share", "earlier_weighted_share", "weighted_delta", "weighted_se", "weighted_ci_low",
           "weighted_ci_high", "weighted_p_value")  # fmt: skip
SMALL_AND_LARGE = ((0, 100, 200), (1, 200, 210))  # place of the class, codes from and to
Answer = tuple[str, int, int]  # municipality, response, q1
Rounds = Callable[[duckdb.DuckDBPyConnection], Pair]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def known_to_r(connection: duckdb.DuckDBPyConnection) -> Pair:  # noqa: ARG001
    """157 of 293 municipalities, and a second round of others and the same."""
    return Pair()


def all_answered(connection: duckdb.DuckDBPyConnection) -> Pair:
    """Every municipality in both rounds, up to three responses each; a tenth was in another class two years before."""
    rng = np.random.default_rng(1)
    frame = dict(connection.execute(f"select mun_id::varchar, size_class from {read('frame.csv')}").fetchall())
    moved = frame | {code: CLASSES[min(ORDER[name], 5)] for code, name in frame.items() if rng.random() < 0.1}
    return written(connection, (moved, _answers(rng, moved, 1.0)), (frame, _answers(rng, frame, 1.0)))


def few_answered(connection: duckdb.DuckDBPyConnection) -> Pair:
    """Classes in which nobody or one answered, at both ends and between; unknown populations; some asked once only."""
    rng = np.random.default_rng(2)
    codes = [str(code) for code in range(100, 160)]
    first = {code: [None, *CLASSES][rng.integers(7)] for code in codes[:-4]}
    second = first | {code: CLASSES[rng.integers(6)] for code in codes[-12:]}
    thin = {CLASSES[0], CLASSES[3]}
    asked = [
        [
            *_answers(rng, {code: name for code, name in frame.items() if name not in thin}, 0.4),
            next((code, 1, 1) for code, name in frame.items() if name == CLASSES[0]),
        ]
        for frame in (first, second)
    ]
    return written(connection, (first, asked[0]), (second, asked[1]))


def _answers(rng: np.random.Generator, frame: dict[str, str | None], rate: float) -> list[Answer]:
    """Larger municipalities answer yes more often, and those of one municipality much alike."""
    found = []
    for code, name in frame.items():
        likely = 0.2 + 0.1 * ORDER.get(name or "", 0) + 0.2 * rng.random()
        n = int(rng.integers(1, 4)) if rng.random() < rate else 0
        found += [(code, response, int(rng.random() < likely)) for response in range(n)]
    return found


def written(
    connection: duckdb.DuckDBPyConnection, *rounds: tuple[dict[str, str | None] | dict[str, str], list[Answer]]
) -> Pair:
    """Rounds as tables: mun_id and size_class of the frame, mun_id, resp_id and q1 of those who answered."""
    for name, (frame, answers) in zip(ROUNDS, rounds, strict=True):
        connection.execute(f"create table frame_{name} (mun_id integer, size_class varchar, county varchar)")
        connection.executemany(f"insert into frame_{name} values (?, ?, 'x')", [*frame.items()])
        connection.execute(f"create table answers_{name} (mun_id integer, resp_id integer, q1 integer)")
        connection.executemany(
            f"insert into answers_{name} values (?, ?, ?)",
            [(code, int(code) * 10 + response, q1) for code, response, q1 in answers],
        )
    return Pair(*(tuple(f"{what}_{name}" for name in ROUNDS) for what in ("answers", "frame")))  # type: ignore[arg-type]


def told(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, ...], Change]:
    """What the table says of those who answered 1, by unit and row."""
    make(connection, "int_changes_tested", "round_change")
    rows = connection.execute(
        f"select unit, breakdown, breakdown_id, {', '.join(FIGURES)} from round_change where answer_code = '1'"
    ).fetchall()
    return {row[:3]: dict(zip(FIGURES, row[3:], strict=True)) for row in rows}


def expected(connection: duckdb.DuckDBPyConnection, pair: Pair) -> dict[tuple[str, ...], Change]:
    """The same by the formulas, from what was answered."""
    found = {}
    for unit in ("response", "municipality"):
        earlier, later = (_round(connection, *of, unit=unit) for of in zip(pair.answers, pair.frames, strict=True))
        for row, classes in ROWS.items():
            if change := weighted_change(earlier, later, classes):
                found[unit, *row] = change
    return found


def _round(connection: duckdb.DuckDBPyConnection, answers: str, frame: str, unit: str) -> Round:
    classes = connection.execute(f"select mun_id::varchar, size_class from {frame}").fetchall()
    said: dict[str, list[int]] = defaultdict(list)
    for code, answer in connection.execute(
        f"select mun_id::varchar, q1 from {answers} where q1 is not null"
    ).fetchall():
        said[code] += [answer] if unit == "response" or not said[code] else []
    return Round(
        {code: ORDER.get(name, 0) for code, name in classes},
        {code: (sum(each), len(each)) for code, each in said.items()},
    )


def hold(connection: duckdb.DuckDBPyConnection, pair: Pair) -> int:
    """Hold every figure of ours against the formulas; how many there are."""
    ours, theirs = told(connection), expected(connection, pair)
    n = 0
    assert {key for key, figures in ours.items() if figures["weighted_share"] is not None} == {*theirs}
    for key, figures in theirs.items():
        for name, value in figures.items():
            mine = ours[key][name]
            assert isnan(value) if mine is None else abs(mine - value) < WITHIN, (key, name, mine, value)
            n += mine is not None
    return n


@pytest.mark.parametrize("rounds", [known_to_r, all_answered, few_answered])
def test_the_weighted_change_is_that_of_the_formulas(
    rounds: Rounds, connection: duckdb.DuckDBPyConnection, record_property: Callable[[str, object], None]
) -> None:
    pair = rounds(connection)
    prepare_pair(connection, pair=pair)
    n = hold(connection, pair)
    assert n > 50
    record_property("told", f"formulas: weighted change, {rounds.__name__.replace('_', ' ')}: {n} numbers")


@pytest.mark.parametrize(
    "slip",
    [
        Slip("int_pairs_weighted", "earlier_frame_round_id as side", "frame_round_id as side"),  # classes of one frame
        Slip("int_pairs_weighted", "else clustered.earlier_n", "else clustered.n"),  # weights of one round
        Slip("int_pairs_weighted", "var('least_clusters')", "'1'"),
        Slip("int_changes_weighed", "'n_times_earlier_n': [later, earlier]", "'n_times_earlier_n': [later, later]"),
        Slip("int_changes_estimated", "- 2 * products", ""),
    ],
    ids=lambda slip: f"{slip.model}: {slip.right}",
)
def test_a_slip_in_a_weighted_change_is_seen(slip: Slip, connection: duckdb.DuckDBPyConnection) -> None:
    pair = few_answered(connection)
    prepare_pair(connection, slip, pair)
    with pytest.raises(AssertionError):
        hold(connection, pair)


def test_weighing_can_make_another_change(connection: duckdb.DuckDBPyConnection) -> None:
    """Of 100 small municipalities 10 answer: 2, then 4 say yes. Of 10 large ones all do: 5, then 4. As answered 8 of 20
    after 7; weighed a small one stands for ten: 44 of 110 after 25."""
    small, large = (
        {str(code): CLASSES[place] for code in range(first, last)} for place, first, last in SMALL_AND_LARGE
    )
    frame = small | large
    asked = [[*small][:10], [*large]]
    rounds = [
        (
            frame,
            [
                (code, 0, int(place < n))
                for codes, n in zip(asked, yes, strict=True)
                for place, code in enumerate(codes)
            ],
        )
        for yes in ((2, 5), (4, 4))
    ]
    prepare_pair(connection, pair=written(connection, *rounds))
    found = told(connection)["municipality", "all", "all"]
    assert connection.execute(
        "select delta from round_change where breakdown = 'all' and unit = 'municipality' and answer_code = '1'"
    ).fetchall() == [(pytest.approx(100 * (8 - 7) / 20),)]
    assert found["weighted_delta"] == pytest.approx(100 * (44 - 25) / 110)


def test_the_weighted_share_of_a_round_is_that_of_the_round(connection: duckdb.DuckDBPyConnection) -> None:
    prepare_pair(connection)
    ours = told(connection)
    prepare(connection, BY_RESPONSE)
    theirs = connection.execute(
        "select unit, breakdown, breakdown_id, weighted_share from int_shares_estimated where question_id = 'q1' "
        "and answer_code = '1' and breakdown in ('all', 'size_class') and unit <> 'inhabitant'"
    ).fetchall()
    assert len(theirs) == 14
    assert {(*key,): ours[(*key,)]["earlier_weighted_share"] for *key, _ in theirs} == pytest.approx(
        {(*key,): share for *key, share in theirs}, abs=WITHIN
    )
