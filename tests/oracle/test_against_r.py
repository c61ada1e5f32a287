"""The models' estimates beside those of R's survey package (reference.csv, estimates.csv; session in r_session.txt)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import duckdb
import pytest

from orchestration.engines.functions import mcnemar
from tests.oracle.frames import (
    BY_MUNICIPALITY,
    BY_RESPONSE,
    SHARES,
    STRATA,
    SUMS,
    count_as_one_stratum,
    prepare,
    prepare_pair,
    read,
    take_whole_sample,
)
from tests.rendered import Slip, make, rendered

WITHIN = 1e-9
N_SAMPLED = 157

Pairs = Sequence[tuple[float, float]]
Tell = Callable[[str, Pairs, int], object]
Estimate = tuple[float, float | None]
Key = tuple[str, str, str]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def agree(subject: str, pairs: Pairs, at_least: int) -> str:
    """Hold numbers of ours against R's; a line about it."""
    assert len(pairs) >= at_least, "numbers that are not there prove nothing"
    largest = max(abs(ours - theirs) for ours, theirs in pairs)
    assert largest < WITHIN, subject
    return f"R: {subject}: {len(pairs)} numbers, largest difference {largest:.0e}"


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """The same, and `make test` prints the line."""
    return lambda *held: record_property("told", agree(*held))


@pytest.mark.parametrize(("file", "units"), [(BY_MUNICIPALITY, "municipality, inhabitant"), (BY_RESPONSE, "response")])
def test_shares_weighted_for_each_question(
    connection: duckdb.DuckDBPyConnection, tell: Tell, file: str, units: str
) -> None:
    """As published: strata of those who answered the question; all, by size class, by county."""
    prepare(connection, file)
    hold_shares(connection, tell, units)


def hold_shares(connection: duckdb.DuckDBPyConnection, tell: Tell, units: str) -> None:
    rows = connection.execute(
        f"""
        select
            ours.weighted_share, theirs.estimate, ours.se, theirs.se, ours.se_fpc, theirs.se_fpc,
            ours.deff, theirs.deff, ours.n_clusters
        from int_shares_estimated as ours
        inner join {read("estimates.csv")} as theirs
            on ours.unit = theirs.unit and ours.breakdown_id = theirs.key
            and theirs.measure = ours.question_id || '=' || ours.answer_code
        where list_contains(string_split(?, ', '), ours.unit)
        """,
        [units],
    ).fetchall()
    several = [row for row in rows if row[8] > 1]
    tell(f"share, {units}", [row[0:2] for row in rows], 150)
    for name, at in (("standard error", 2), ("standard error with fpc", 4)):
        tell(f"{name}, {units}", [row[at : at + 2] for row in several if row[at] is not None], 100)
        # Where all or nobody gave the answer R calls the error 0. There is no spread to know it from.
        assert all(row[at + 1] < WITHIN for row in several if row[at] is None)
    tell(f"design effect, {units}", [row[6:8] for row in rows if row[7] is not None], 6)
    # R calls the error of a single municipality 0. It cannot be known.
    assert all(row[2] is None and row[4] is None for row in rows if row[8] == 1)


@pytest.mark.parametrize(
    ("case", "unit", "file", "least"),
    [
        ("A_strat_fpc", "municipality", BY_MUNICIPALITY, 50),
        ("D_cluster_fpc", "response", BY_RESPONSE, 7),
    ],
)
def test_shares_of_a_part_of_the_sample(
    connection: duckdb.DuckDBPyConnection, tell: Tell, case: str, unit: str, file: str, least: int
) -> None:
    """The whole sample keeps its strata and those who answered are a domain of it."""
    prepare(connection, file)
    take_whole_sample(connection, file)
    make(connection, *STRATA, *SUMS, *SHARES)
    tell_all(tell, case, estimates(connection, unit), reference(connection, case, ("svymean", "svyby")), least)


def test_share_of_inhabitants(connection: duckdb.DuckDBPyConnection, tell: Tell) -> None:
    prepare(connection, BY_MUNICIPALITY)
    take_whole_sample(connection, BY_MUNICIPALITY)
    make(connection, *STRATA, *SUMS, *SHARES)
    theirs = reference(connection, "A_strat_fpc", ("svyratio",))
    tell_all(tell, "population-weighted ratio", estimates(connection, "inhabitant"), theirs, 1)


@pytest.mark.parametrize(("case", "least"), [("B_poststrat", 11), ("B_poststrat_itemresp", 1)])
def test_post_stratified_shares(connection: duckdb.DuckDBPyConnection, tell: Tell, case: str, least: int) -> None:
    """A simple random sample weighted by size class afterwards: the same squares, which count for something else."""
    prepare(connection, BY_MUNICIPALITY)
    n_sampled = N_SAMPLED
    if case == "B_poststrat":
        take_whole_sample(connection, BY_MUNICIPALITY)
    else:
        ((n_sampled,),) = connection.execute(f"select count(q1) from {read(BY_MUNICIPALITY)}").fetchall()
    make(connection, *STRATA)
    count_as_one_stratum(connection, n_sampled)
    make(connection, *SUMS, *SHARES)
    theirs = reference(connection, case, ("svymean", "svyby"))
    tell_all(tell, case, estimates(connection, "municipality"), theirs, least)


def test_intervals_of_wilson(connection: duckdb.DuckDBPyConnection, tell: Tell) -> None:
    z = 1.959963984540054
    bound = "{{{{ wilson_{side}('(sum(q1) / count(q1))', 'count(q1)', z) }}}}"
    sql = f"""
        select unnest([{bound.format(side="low")}, {bound.format(side="high")}]) as ours,
            unnest([any_value(ci_low), any_value(ci_high)]) as theirs
        from {read(BY_RESPONSE)} as answers
        inner join {read("reference.csv")} as reference
            on reference.statistic = 'wilson_q1' and reference.key in (answers.size_class, 'all')
        group by reference.key
        """
    tell("Wilson's intervals", connection.execute(rendered(f"{{% set z = {z} %}}{sql}")).fetchall(), 14)


def test_r_indicator(connection: duckdb.DuckDBPyConnection, tell: Tell) -> None:
    """R fits a logistic model of who responded; with the size class as its only factor it gives the response rates."""
    prepare(connection, BY_MUNICIPALITY)
    connection.execute(
        f"""
        create table int_response_rates as
        select
            placed.survey_id, placed.round_id, placed.breakdown, placed.breakdown_id, count(*) as n_frame,
            count(answers.mun_id) as n_municipalities, n_municipalities / n_frame as response_rate
        from int_frame_broken_down as placed
        left join {read(BY_MUNICIPALITY)} as answers on placed.municipality_code = answers.mun_id::varchar
        group by all
        """
    )
    make(connection, "int_response_propensities")
    pairs = connection.execute(
        f"""
        select distinct 1 - 2 * ours.deviation, theirs.estimate
        from int_response_propensities as ours, {read("reference.csv")} as theirs
        where ours.breakdown = 'size_class' and theirs.statistic = 'R_sd_n' and theirs.key = 'size_class'
        """
    ).fetchall()
    tell("R-indicator", pairs, 1)


def test_the_last_digit_does_not_depend_on_the_order_of_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Sums of fractions are added in the order of the strata, whatever order the rows of a build come in."""
    prepare(connection, BY_RESPONSE)
    connection.execute("create table first as from int_shares_estimated")
    for name in ("int_bases_stratified", "int_answers_stratified"):
        connection.execute(
            f"create or replace table {name} as select * from {name} order by hash(stratum, breakdown_id)"
        )
    make(connection, *SUMS, *SHARES)
    differing = connection.execute("select count(*) from (from int_shares_estimated except all from first)").fetchone()
    assert differing == (0,)
    assert (connection.execute("select count(*) from first").fetchone() or (0,))[0] > 500


def test_change_between_rounds(connection: duckdb.DuckDBPyConnection, tell: Tell) -> None:
    """One stacked sample of both rounds with municipalities as clusters; R: svycontrast of svyby with covariance."""
    prepare_pair(connection)
    hold_changes(connection, tell)


def hold_changes(connection: duckdb.DuckDBPyConnection, tell: Tell) -> None:
    rows = connection.execute(
        f"""
        select ours.change, theirs.estimate, ours.se, theirs.se, ours.n_clusters
        from int_changes_estimated as ours
        inner join {read("estimates.csv")} as theirs
            on theirs.measure = 'change q1=1' and ours.breakdown_id = theirs.key and ours.unit = theirs.unit
        where ours.answer_code = '1' and not ours.is_weighted
        """
    ).fetchall()
    tell("change between rounds", [row[0:2] for row in rows], 25)
    tell("change between rounds: error", [row[2:4] for row in rows if row[4] > 1], 25)


@pytest.mark.parametrize(
    "slip",
    [
        Slip("int_strata_collapsed", "strata.n_frame / cast(strata.n_municipalities as double)", "1.0"),
        Slip("int_bases_stratified", "'n_municipalities_of_stratum', 'n_frame'", "'0', 'n_frame'"),
        Slip("int_answer_cube", "'n', 'base_n', 'n_times_base'", "'n', '0', '0'"),
        Slip("int_answer_bases", "{{ sum_in_any_order('weight * base_n') }}", "sum(base_n)"),
        Slip("int_shares_estimated", "'variance_fpc', 'weighted_share'", "'variance', 'weighted_share'"),
    ],
    ids=lambda slip: slip.model,
)
def test_a_slip_in_an_estimate_is_seen(connection: duckdb.DuckDBPyConnection, slip: Slip) -> None:
    prepare(connection, BY_RESPONSE, slip)
    with pytest.raises(AssertionError):
        hold_shares(connection, agree, "response")


@pytest.mark.parametrize(
    "slip",
    [
        Slip("int_changes_estimated", "- 2 * products", ""),  # the rounds as if they were independent
        Slip("int_pairs_stratified", "classified.question_id, placed.stratum", "classified.question_id"),
    ],
    ids=lambda slip: slip.model,
)
def test_a_slip_in_a_change_is_seen(connection: duckdb.DuckDBPyConnection, slip: Slip) -> None:
    prepare_pair(connection, slip)
    with pytest.raises(AssertionError):
        hold_changes(connection, agree)


def test_few_pairs_and_many_tests(connection: duckdb.DuckDBPyConnection, tell: Tell) -> None:
    """McNemar's exact test (R: binom.test) and Holm's correction (R: p.adjust)."""
    rows = connection.execute(
        f"select measure, key, estimate from {read('estimates.csv')} where measure in ('mcnemar p', 'holm')"
    ).fetchall()
    switched = [(*map(int, key.split()), p) for measure, key, p in rows if measure == "mcnemar p"]
    tell("McNemar", [(mcnemar(came, went), p) for came, went, p in switched], 1)
    connection.execute("create table tests as select unnest(?::double[]) as p_value", [
        [float(key) for measure, key, _ in rows if measure == "holm"]])  # fmt: skip
    steps = rendered("select p_value, {{ holm_step('p_value', \"'all'\") }} as step from tests")
    ours = dict(
        connection.execute(f"select p_value, max(step) over (order by p_value) from ({steps}) order by all").fetchall()
    )
    tell("Holm", [(ours[float(key)], p) for measure, key, p in rows if measure == "holm"], 5)


def test_t_quantiles(connection: duckdb.DuckDBPyConnection, tell: Tell) -> None:
    """R's intervals are the estimate plus and minus t standard errors: the t that it took stands in the seed."""
    prepare(connection, BY_MUNICIPALITY)
    pairs = connection.execute(
        f"""
        select t_975, (theirs.ci_high - theirs.estimate) / theirs.se
        from {read("reference.csv")} as theirs
        inner join t_quantiles on df = (select count(q1) from {read(BY_MUNICIPALITY)}) - 6
        where theirs."case" = 'A_strat_fpc' and theirs.statistic = 'svymean_q1'
        """
    ).fetchall()
    tell("t quantiles", pairs, 1)


def tell_all(
    tell: Tell, subject: str, ours: dict[Key, Estimate], theirs: dict[Key, tuple[float, float]], least: int
) -> None:
    """Shares and errors of the same questions, answers and rows; one municipality alone has no error."""
    tell(f"{subject}: share", [(ours[key][0], theirs[key][0]) for key in theirs], least)
    errors = [(ours[key][1], theirs[key][1]) for key in theirs]
    tell(f"{subject}: error", [(mine, yours) for mine, yours in errors if mine is not None], max(least - 5, 1))


def estimates(connection: duckdb.DuckDBPyConnection, unit: str) -> dict[Key, Estimate]:
    """Ours by question, answer and row of a breakdown."""
    rows = connection.execute(
        "select question_id, answer_code, breakdown_id, weighted_share, se_fpc "
        "from int_shares_estimated where unit = ?",
        [unit],
    ).fetchall()
    return {row[:3]: row[3:] for row in rows}


def reference(
    connection: duckdb.DuckDBPyConnection, case: str, kinds: tuple[str, ...]
) -> dict[Key, tuple[float, float]]:
    """R's by question, answer and row of a breakdown."""
    rows = connection.execute(
        f'select statistic, key, estimate, se from {read("reference.csv")} where "case" = ?', [case]
    ).fetchall()
    found = {}
    for statistic, key, estimate, error in rows:
        if statistic.split("_")[0] in kinds:
            row, _, answer = f"all|{key}".removesuffix("|all").rpartition("|q2=") if "q2=" in key else (key, "", "")
            found["q2" if answer else "q1", answer or "1", row.removeprefix("all|") or "all"] = (estimate, error)
    return found
