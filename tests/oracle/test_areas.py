"""Rows of areas, which stand on their own frame: held against the formulas (areas.py), and tried on frames drawn by
chance, of which everything is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from random import Random

import duckdb
import numpy as np
import pandas as pd
import pytest

from tests.oracle import areas, frames
from tests.oracle.frames import BY_RESPONSE, CLASSES, prepare_of, read
from tests.rendered import Slip, make

WITHIN = 1e-9
ROW = ["unit", "breakdown_id", "question_id", "answer_code"]
FIGURES = ("weighted_share", "se", "se_fpc", "ci_low", "ci_high", "ci_low_fpc", "ci_high_fpc", "at_large", "for_frame")
POPULATIONS = (3e3, 7e3, 15e3, 3e4, 7e4, 2e5)
TWICE, UNKNOWN = 0.2, 0.03  # municipalities that answer twice; whose population nobody knows
N_FRAMES, SHARES = 1000, tuple(each / 10 for each in range(1, 10))

Data = tuple[pd.DataFrame, pd.DataFrame]  # municipalities; responses
Tell = Callable[[str, object], None]


def of_oracle() -> Data:
    """The made-up answers that R had."""
    frame = f"select mun_id::varchar as mun_id, county, size_class, population from {read('frame.csv')} order by all"
    said = (
        f"select resp_id, mun_id::varchar as mun_id, q1::int as q1, q2::int as q2 from {read(BY_RESPONSE)} order by 1"
    )
    return duckdb.sql(frame).df(), duckdb.sql(said).df().astype({"q1": "Int64", "q2": "Int64"})


def drawn(seed: int, n_areas: int, rate: float) -> Data:
    """Areas of 1 to 20 municipalities, of which so many answer; q2 has blanks where not all do."""
    random, ids = Random(seed), count()
    codes = [1, 2, 3] if rate == 1 else [1, 2, 3, None]
    frame = pd.DataFrame(
        [
            {"mun_id": f"{area}_{place}", "county": f"{area:03}", "size_class": name, "population": population}
            for area in range(n_areas)
            for place in range(random.randint(1, 20))
            for name, population in random.sample([*zip(CLASSES, POPULATIONS, strict=True)], 1)
        ]
    )
    frame.loc[frame.sample(frac=UNKNOWN, random_state=seed).index, ["size_class", "population"]] = None
    said = [
        {"resp_id": next(ids), "mun_id": name, "q1": random.randint(0, 1), "q2": random.choice(codes)}
        for name in frame["mun_id"]
        if random.random() < rate
        for _ in range(1 + (random.random() < TWICE))
    ]
    return frame, pd.DataFrame(said).astype({"q2": "Int64"})


def sharing(data: Data, seed: int) -> Data:
    """The same, but that one answers for all of every third area, and for some of the others: `joint` says who."""
    random, (frame, said) = Random(seed), data
    said = said.drop_duplicates("mun_id")
    areas_of = said["mun_id"].str.split("_").str[0]
    is_joint = [random.random() < (1, 0.6, 0.3)[int(area) % 3] for area in areas_of]
    said = said.assign(joint=areas_of.where(is_joint, said["mun_id"]))
    return frame, said.assign(**{name: said.groupby("joint")[name].transform("first") for name in ("q1", "q2")})


DATA: dict[str, Callable[[], Data]] = {
    "R's data": of_oracle,
    "half of 60 areas": cache(lambda: drawn(1, 60, 0.5)),
    "a fifth of 40 areas": cache(lambda: drawn(2, 40, 0.2)),
    "all of 30 areas": cache(lambda: drawn(3, 30, 1)),
    "some answer for others": cache(lambda: sharing(drawn(5, 90, 0.6), 5)),
    "some answer for others, all in 90 areas": cache(lambda: sharing(drawn(6, 90, 1), 6)),
}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def estimated(connection: duckdb.DuckDBPyConnection, data: Data, slip: Slip | None = None) -> pd.DataFrame:
    """What the models make of areas in which somebody answered."""
    frame, said = data
    connection.register("the_frame", frame)
    connection.register("said", said)
    questions = [name for name in said.columns if name.startswith("q")]
    prepare_of(connection, "the_frame", "said", questions, areas=["county"], slip=slip)
    if "joint" in said:
        connection.execute(
            "update int_municipality_answers_resolved set cluster_code = joint from said where unit_id = mun_id"
        )
        make(connection, *frames.ESTIMATES, slip=slip)
    units = areas.UNITS["joint" in said :]
    sql = "select *, is_reliable::double as at_large, is_reliable_for_frame::double as for_frame"
    of_areas = f"from int_shares_estimated where breakdown = 'county' and base_n > 0 and unit in {units}"
    return connection.execute(f"{sql} {of_areas}").df().set_index(ROW)


def expected(data: Data) -> dict[tuple[str, ...], areas.Figures]:
    """What the formulas make of them."""
    frame, said = data
    orders = {name: place for place, name in enumerate(CLASSES, start=1)}
    municipalities = [
        (name, orders.get(size_class, 0), county, 0 if pd.isna(population) else int(population))
        for name, county, size_class, population in frame.itertuples(index=False)
    ]
    shared = dict(zip(said["mun_id"], said["joint"], strict=True)) if "joint" in said else {}
    found = {}
    for question in ("q1", "q2"):
        answers = [(str(name), int(code)) for name, code in said[["mun_id", question]].dropna().itertuples(index=False)]
        for code in {code for _, code in answers}:
            for unit, area, clusters in areas.rows_of(municipalities, answers, code, shared):
                found[unit, area, question, str(code)] = areas.figures(unit, clusters)
    return found


def agree(connection: duckdb.DuckDBPyConnection, name: str, slip: Slip | None = None) -> str:
    """Hold each figure of each row against the formulas; what cannot be known is null in both. A line about it."""
    data = DATA[name]()
    ours, theirs = estimated(connection, data, slip), expected(data)
    assert set(ours.index) == set(theirs)
    wanted = pd.DataFrame([theirs[key] for key in ours.index], index=ours.index, dtype=float)[[*FIGURES]]
    found = ours[[*FIGURES]].astype(float)
    assert (found.isna() == wanted.isna()).all(axis=None), name
    largest = (found - wanted).abs().max(axis=None)
    assert largest < WITHIN, name
    return (
        f"areas: {name}: {int(found.notna().sum().sum())} figures of {len(ours)} rows, largest difference {largest:.0e}"
    )


@pytest.mark.parametrize("name", DATA)
def test_rows_of_areas_are_as_the_formulas_say(
    connection: duckdb.DuckDBPyConnection, name: str, record_property: Tell
) -> None:
    record_property("told", agree(connection, name))


def test_where_all_answered_the_share_is_what_it_is(connection: duckdb.DuckDBPyConnection) -> None:
    """To the last digit: nobody stands for anybody, and the frame's interval is a point."""
    found = estimated(connection, DATA["all of 30 areas"]())
    by_answer = found.loc[["response", "municipality"]]
    for figure in ("weighted_share", "ci_low_fpc", "ci_high_fpc"):
        assert (by_answer[figure] == by_answer["share"]).all(), figure
    assert (found["se_fpc"] == 0).all() and found["is_reliable_for_frame"].all()
    assert not found["is_reliable"].all(), "what it says of others is as little as before"


def test_what_one_answers_for_all_is_known_and_for_some_says_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    """Of a frame; at large neither does."""
    for name, is_known in (("some answer for others, all in 90 areas", True), ("some answer for others", False)):
        found = estimated(connection, DATA[name]())
        found = found[
            (found["n_clusters"] == 1) & (found["n_municipalities"] > 1) & (found["se_fpc"].notna() == is_known)
        ]
        assert len(found) > 50 and found[["ci_low", "ci_high", "se"]].isna().all(axis=None)
        for bound in ("ci_low_fpc", "ci_high_fpc"):
            assert (found[bound] == found["weighted_share"]).all() if is_known else found[bound].isna().all()
        assert (found["is_reliable_for_frame"] == is_known).all()


def test_a_row_by_role_is_no_frame(connection: duckdb.DuckDBPyConnection) -> None:
    """That all municipalities answered does not say that all who hold a role did: there the base must do."""
    estimated(connection, DATA["all of 30 areas"]())
    connection.execute("update int_breakdowns_in_round set is_of_municipality = false")
    make(connection, *frames.SHARES)
    sql = "select distinct is_reliable_for_frame from int_shares_estimated where unit = 'response' and base_n {}"
    told = [connection.execute(sql.format(of)).fetchall() for of in ("between 1 and 19", ">= 20")]
    assert told == [[(False,)], [(True,)]]


def test_one_of_several_says_nothing_of_the_others(connection: duckdb.DuckDBPyConnection) -> None:
    found = estimated(connection, DATA["a fifth of 40 areas"]())
    found = found[(found["n_clusters"] == 1) & found["se_fpc"].isna()]
    assert len(found) > 50 and found["weighted_share"].notna().all()
    assert found[["ci_low", "ci_high", "ci_low_fpc", "ci_high_fpc"]].isna().all(axis=None)
    assert not found["is_reliable_for_frame"].any()


@pytest.mark.parametrize(
    "slip",
    [
        Slip("int_strata_collapsed", "question_id, breakdown, breakdown_id') }}", "question_id, breakdown') }}"),
        Slip("int_strata_collapsed", "count(cluster_code) as n_mun", "count(distinct cluster_code) as n_mun"),
        Slip(
            "int_strata_collapsed",
            "distinct cluster_code) as n_clusters\n    from frame",
            "cluster_code) as n_clusters\n    from frame",
        ),
        Slip("int_bases_stratified", "shared_code is null then base_squared", "true then base_squared"),
        Slip("int_answers_stratified", "shared_code is null then n_squared", "true then n_squared"),
        Slip("int_bases_stratified", "_of_stratum', 'n_frame'", "_of_stratum', '2 * n_frame'"),
        Slip("int_shares_estimated", "greatest(variance_fpc / variance, kish_fpc)", "variance_fpc / variance"),
        Slip("int_shares_estimated", "{{ whole_low('low_fpc', 'n', 'n_frame') }}", "low_fpc"),
        Slip("int_shares_estimated", "'base_n - n', 'n_frame'", "'0', 'n_frame'"),
        Slip("int_shares_estimated", "is_of_municipality and kish_fpc = 0 or", ""),
    ],
    ids=lambda slip: slip.wrong,
)
def test_a_slip_in_the_row_of_an_area_is_seen(connection: duckdb.DuckDBPyConnection, slip: Slip) -> None:
    with pytest.raises(AssertionError):
        for name in DATA:
            agree(connection, name, slip)


def frames_by_chance(seed: int) -> tuple[Data, pd.DataFrame]:
    """Frames of 4 to 20 municipalities, an area each, and how many of each frame would answer yes to each question: to
    q1 a tenth, to q2 two tenths, and so on. Their size classes answer each question more often or less."""
    random = np.random.default_rng(seed)
    sizes = random.integers(4, 21, N_FRAMES)
    area = np.repeat(np.arange(N_FRAMES), sizes)
    size_class = random.integers(0, random.integers(1, len(CLASSES) + 1, N_FRAMES)[area])
    frame = pd.DataFrame({"mun_id": range(len(area)), "county": area, "size_class": np.array(CLASSES)[size_class]})
    frame = frame.astype({"mun_id": str, "county": str}).assign(population=np.nan)  # inhabitants are not looked at
    said = pd.DataFrame({"resp_id": frame.index, "mun_id": frame["mun_id"]})
    yes = np.floor(np.outer(SHARES, sizes) + random.random((len(SHARES), N_FRAMES))).astype(int)
    for place, of_frame in enumerate(yes, start=1):
        rank = pd.Series(random.random(len(area))).groupby(area).rank().to_numpy()
        answers = random.random(len(area)) < random.uniform(0.3, 1, (N_FRAMES, len(CLASSES)))[area, size_class]
        said[f"q{place}"] = pd.Series(rank <= of_frame[area]).astype("Int64").where(answers)
    return (frame, said), pd.DataFrame({"n_frame": sizes, **dict(zip(said.columns[2:], yes, strict=True))})


def test_the_interval_of_a_frame_holds_its_share(connection: duckdb.DuckDBPyConnection, record_property: Tell) -> None:
    """Of areas in which more than one answered, and not all: there the interval must hold what nobody told."""
    data, known = frames_by_chance(4)
    found = estimated(connection, data).xs(("municipality", "1"), level=("unit", "answer_code")).reset_index()
    of_area = known.iloc[found["breakdown_id"].astype(int)].reset_index(drop=True)
    n_frame, truth = of_area["n_frame"], of_area.melt(ignore_index=False).set_index("variable", append=True)["value"]
    truth = truth[[*zip(found.index, found["question_id"], strict=True)]].to_numpy()
    low, high = (found[name] * n_frame for name in ("ci_low_fpc", "ci_high_fpc"))
    is_told, is_whole = low.notna(), found["n_clusters"] == n_frame
    for bound in (low, high):
        assert ((bound - bound.round()).abs()[is_told] < WITHIN).all(), "a whole number of municipalities"
    assert (low[is_whole].round() == truth[is_whole]).all() and (high[is_whole].round() == truth[is_whole]).all()
    assert (high.round() > low.round())[is_told & ~is_whole].all(), "what is not known is no point"
    told = pd.DataFrame({"share": found["question_id"], "width": (high - low) / n_frame})
    told["holds"] = (low.round() <= truth) & (truth <= high.round())
    told = told[is_told & ~is_whole]
    coverage = told.groupby("share")["holds"].mean()
    record_property(
        "told",
        f"areas: {N_FRAMES} frames, shares 0.1 to 0.9, {len(told)} intervals where some did not answer: coverage "
        f"{coverage.mean():.4f} (least of a share {coverage.min():.4f}), mean width {told['width'].mean():.3f}",
    )
    assert len(told) > 8 * N_FRAMES and coverage.mean() >= 0.95
