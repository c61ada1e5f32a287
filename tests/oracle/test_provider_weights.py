"""Shares by the weights of a round's provider, as they are published: held against the formulas (provider.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import duckdb
import numpy as np
import pandas as pd
import pytest

from tests.oracle import provider
from tests.oracle.frames import CLASSES, prepare_of
from tests.oracle.provider import Response, Row
from tests.oracle.test_areas import DATA as ANSWERS
from tests.rendered import Slip, make

WITHIN = 1e-9
FIGURES = ("provider_share", "provider_se", "provider_ci_low", "provider_ci_high")
KEY = ["question_id", "breakdown", "breakdown_id", "answer_code"]
UNWEIGHTED = 0.1  # of the responses: their provider gave them no weight

Weigh = Callable[[int], np.ndarray]
Key = tuple[str, ...]


def drawn(n: int) -> np.ndarray:
    """Weights of six decimals that differ by far; some responses have none, or one of nothing."""
    random = np.random.default_rng(n)
    weights = np.round(random.lognormal(0, 1.5, n), 6)
    weights[random.random(n) < UNWEIGHTED] = np.nan
    weights[random.random(n) < UNWEIGHTED] = 0
    return weights


def equal(n: int) -> np.ndarray:
    return np.full(n, 2.5)


DATA: dict[str, tuple[str, Weigh]] = {
    "R's data": ("R's data", drawn),
    "a fifth answered": ("a fifth of 40 areas", drawn),
    "all answered": ("all of 30 areas", drawn),
    "all weigh alike": ("half of 60 areas", equal),
}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def weighed(name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Municipalities, and responses with what each weighs."""
    answers, weigh = DATA[name]
    frame, said = ANSWERS[answers]()
    return frame, said.assign(weight=weigh(len(said)))


def published(connection: duckdb.DuckDBPyConnection, name: str, slip: Slip | None = None) -> pd.DataFrame:
    """What the models publish by response."""
    frame, said = weighed(name)
    connection.register("the_frame", frame)
    connection.register("said", said.assign(weight=said["weight"].astype(object).where(said["weight"].notna(), None)))
    prepare_of(connection, "the_frame", "said", ("q1", "q2"), areas=["county"], weight="weight", slip=slip)
    make(connection, "answer_distribution", slip=slip)
    by_municipality = "select count(provider_share) from answer_distribution where unit <> 'response'"
    assert connection.execute(by_municipality).fetchone() == (0,)
    return connection.execute("from answer_distribution where unit = 'response'").df().set_index(KEY).sort_index()


def rows_of(frame: pd.DataFrame) -> Iterator[tuple[tuple[str, str], Row]]:
    """All, each size class and each area, with the frame that its strata are made in."""
    orders = {name: place for place, name in enumerate(CLASSES, start=1)}
    classes = {each.mun_id: orders.get(each.size_class, 0) for each in frame.itertuples()}
    yield ("all", "all"), Row({*classes}, classes)
    for name, order in orders.items():
        yield ("size_class", name), Row({code for code, of in classes.items() if of == order}, classes)
    for area, members in frame.groupby("county")["mun_id"]:
        yield ("county", area), Row({*members}, {code: classes[code] for code in members}, is_area=True)


def responses_to(said: pd.DataFrame, question: str) -> list[Response]:
    given = said.dropna(subset=[question])
    weights = given["weight"].fillna(0)
    return [
        Response(str(code), str(answer), weight)
        for code, answer, weight in zip(given["mun_id"], given[question], weights, strict=True)
    ]


def expected(name: str) -> dict[Key, provider.Figures]:
    """What the formulas make of every row in which a response has a weight."""
    frame, said = weighed(name)
    found: dict[Key, provider.Figures] = {}
    for question in ("q1", "q2"):
        responses: Sequence[Response] = responses_to(said, question)
        for of_row, row in rows_of(frame):
            for code in {each.code for each in responses}:
                if figures := provider.figures(row, responses, code):
                    found[question, *of_row, code] = figures
    return found


def agree(connection: duckdb.DuckDBPyConnection, name: str, slip: Slip | None = None) -> str:
    """Hold each figure against the formulas; what cannot be known is null in both. A line about it."""
    ours, theirs = published(connection, name, slip), expected(name)
    ours = ours[ours["provider_share"].notna()]
    assert {*ours.index} == {*theirs}
    wanted = pd.DataFrame([theirs[key] for key in ours.index], index=ours.index)[[*FIGURES]]
    found = ours[[*FIGURES]].astype(float)
    assert (found.isna() == wanted.isna()).all(axis=None), name
    largest = (found - wanted).abs().max(axis=None)
    assert largest < WITHIN, name
    return f"provider's weights: {name}: {int(found.notna().sum().sum())} figures, largest difference {largest:.0e}"


@pytest.mark.parametrize("name", DATA)
def test_shares_by_the_weights_of_a_provider_are_as_the_formulas_say(
    connection: duckdb.DuckDBPyConnection, name: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("told", agree(connection, name))


def test_where_all_weigh_alike_it_is_the_share_of_responses(connection: duckdb.DuckDBPyConnection) -> None:
    found = published(connection, "all weigh alike")
    found = found[found["base_n"] > 0]
    assert len(found) > 100 and (found["provider_share"] - found["share"]).abs().max() < WITHIN
    assert found["provider_se"].notna().sum() > 100


def test_a_round_without_weights_has_none(connection: duckdb.DuckDBPyConnection) -> None:
    """And no row more: what is published of it is what it was."""
    published(connection, "R's data")
    told = "select columns(c -> c not like 'provider%') from answer_distribution"
    connection.execute(f"create table first as {told}")
    prepare_of(connection, "the_frame", "said", ("q1", "q2"), areas=["county"])
    make(connection, "answer_distribution")
    assert connection.execute("select count(columns('provider_.*')) from answer_distribution").fetchone() == (0,) * 4
    assert connection.execute("select distinct unit from int_shares_estimated").df().shape == (3, 1)
    for left, right in (("first", f"({told})"), (f"({told})", "first")):
        assert connection.execute(f"select count(*) from (from {left} except all from {right})").fetchone() == (0,)


@pytest.mark.parametrize(
    "slip",
    [
        Slip("int_responses_weighed", "provider_weight > 0", "provider_weight > 1"),
        Slip("int_bases_stratified", "weight_of_unit('unit', 'weight')", "'weight'"),
        Slip("int_meanings_counted", "sum(numbered.millionths)", "sum(distinct numbered.millionths)"),
        Slip("int_shares_estimated", "else bases.n_clusters end as most_units", "else shares.base_n end as most_units"),
        Slip("answer_distribution", "weighted.se as", "weighted.se_fpc as"),
    ],
    ids=lambda slip: f"{slip.model}: {slip.wrong}",
)
def test_a_slip_in_a_share_by_weights_is_seen(connection: duckdb.DuckDBPyConnection, slip: Slip) -> None:
    with pytest.raises(AssertionError):
        for name in DATA:
            agree(connection, name, slip)
