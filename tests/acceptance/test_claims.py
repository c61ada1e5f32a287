"""Printed sentences of the shipped rounds: what each rests on is estimated as by a reference that shares no code with
the models, and a round in which it is not so turns its verdict."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pytest
from scipy.stats import f as f_distribution
from scipy.stats import t as t_distribution

from orchestration.engines.functions import bounded
from store.paths import PROJECT_ROOT, DataPaths
from tests.pipeline.models import Model, models
from tests.rendered import teach

pytestmark = pytest.mark.slow
SURVEYS = PROJECT_ROOT / "data" / "surveys"
Row = dict[str, str]
Connection = duckdb.DuckDBPyConnection
AGAINST_ROWS = ("is_max", "is_min", "in_top_4", "more_than_rest", "less_than_rest")
LESS = ("is_min", "less_than_rest")


def table(name: str) -> list[Row]:
    """The lines of a file that surveys may have."""
    found: list[Row] = []
    for file in sorted(SURVEYS.glob(f"*/{name}")):
        with file.open(encoding="utf-8", newline="") as handle:
            found += csv.DictReader(handle)
    return found


CLAIMS = {row["claim_id"]: row for row in table("claims.csv")}
FIGURES = {(row["survey_id"], row["figure_id"]): row for row in table("published_figures.csv")}
COMPUTABLE = [claim_id for claim_id, claim in CLAIMS.items() if claim["figures"]]


@pytest.fixture(scope="module")
def warehouse(published: DataPaths, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    copy = tmp_path_factory.mktemp("claims") / "warehouse.duckdb"
    shutil.copyfile(published.warehouse_file, copy)
    with duckdb.connect(str(copy)) as connection:
        yield connection


def verdicts(connection: Connection, claim_id: str) -> tuple[str, str]:
    (found,) = connection.execute(
        "select verdict, frame_verdict from marts.claim where claim_id = ?", [claim_id]
    ).fetchall()
    return found


def test_every_sentence_has_a_verdict_or_a_reason(warehouse: Connection) -> None:
    found = warehouse.execute(
        "select claim_id, verdict, not_computable_en from marts.claim "
        "inner join marts.printed_sentence using (survey_id, claim_id)"
    ).fetchall()
    assert {claim_id for claim_id, *_ in found} == {*CLAIMS} and len(found) == len(CLAIMS)
    assert {claim_id for claim_id, verdict, _ in found if verdict == "holds"} == {*COMPUTABLE}
    assert [claim_id for claim_id, verdict, reason in found if verdict == "not_computable" and not reason] == []


# The reference: every unit that answered, its municipality, what it said and in which rows it is.


def units(connection: Connection, figure: Row, codes: Sequence[str]) -> dict[str, Any]:
    """Of each unit that answered the question: its municipality and whether it gave one of these answers."""
    options = [
        option
        for code in codes
        for (option,) in connection.execute(
            "select option_code from intermediate.int_answer_levels where survey_id = ? and question_id = ? "
            "and answer_level = ? and answer_code = ?",
            [figure["survey_id"], figure["question_id"], figure["level"], code],
        ).fetchall()
    ]
    rows = connection.execute(
        "select unit_id, municipality_code, bool_or(list_contains(?, code)) from intermediate.int_answers_by_unit "
        "where survey_id = ? and round_id = ? and question_id = ? and unit = ? and code is not null group by all",
        [options, figure["survey_id"], figure["round_id"], figure["question_id"], figure["unit"]],
    ).fetchall()
    return {unit: (town, said) for unit, town, said in rows}


def in_row(connection: Connection, figure: Row, breakdown: str, breakdown_ids: Sequence[str]) -> set[str]:
    sql = (
        "select unit_id from intermediate.int_units_broken_down where survey_id = ? and round_id = ? and unit = ? "
        "and breakdown = ? and list_contains(?, breakdown_id)"
    )
    of_figure = [figure[name] for name in ("survey_id", "round_id", "unit")]
    return {unit for (unit,) in connection.execute(sql, [*of_figure, breakdown, [*breakdown_ids]]).fetchall()}


def classes(connection: Connection, figure: Row) -> dict[str, str]:
    """The size class of each municipality of the frame."""
    sql = "select municipality_code, size_class_id from intermediate.int_frame_classified"
    of_round = [figure["survey_id"], figure["round_id"]]
    return dict(connection.execute(f"{sql} where survey_id = ? and round_id = ?", of_round).fetchall())


def reference(
    connection: Connection, figure: Row, own: tuple[dict[str, Any], set[str]], other: tuple[dict[str, Any], set[str]]
) -> tuple[float, float]:
    """The difference of two weighted shares in points, and its error: each side is what units said, and its units."""
    class_of = classes(connection, figure)
    answered = {town for town, _ in own[0].values()}
    frame = {each: sum(of == each for of in class_of.values()) for each in {*class_of.values()}}
    there = {each: sum(class_of[town] == each for town in answered) for each in frame}
    z: dict[str, float] = dict.fromkeys(answered, 0.0)
    shares, unseen = [], 0.0
    for sign, (said, of_side) in ((1, own), (-1, other)):
        kept = [(town, gave) for unit, (town, gave) in said.items() if unit in of_side]
        weight = {town: frame[class_of[town]] / there[class_of[town]] for town, _ in kept}
        total = sum(weight[town] for town, _ in kept)
        share = sum(weight[town] * gave for town, gave in kept) / total
        shares.append(share)
        for town, gave in kept:
            z[town] += sign * weight[town] * (gave - share) / total
        if share in (0, 1):
            towns = {town: sum(of == town for of, _ in kept) for town, _ in kept}
            squares = np.array([(weight[town] * n) ** 2 for town, n in towns.items()])
            left = np.array([1 - there[class_of[town]] / frame[class_of[town]] for town in towns])
            m = len(towns)
            unseen += 2 / (m + 4) * (m + 2) / (m + 4) / (m + 4) * (squares @ left) / squares.sum()
    variance = 0.0
    for each, n in there.items():
        of_class = np.array([z[town] for town in answered if class_of[town] == each])
        variance += (1 - n / frame[each]) * n * of_class.var(ddof=1) if n > 1 else 0.0
    return 100 * (shares[0] - shares[1]), 100 * float(np.sqrt(variance + unseen))


def contrasts(connection: Connection, figure: Row) -> Iterator[tuple[str, tuple[float, float]]]:
    """The differences that a comparison is about, each with its error."""
    survey, breakdown, row = (figure[name] for name in ("survey_id", "breakdown", "breakdown_id"))
    said = units(connection, figure, figure["answer"].split("+"))
    own = (said, in_row(connection, figure, breakdown, [row]))
    if figure["statistic"] == "above_each":
        for code in figure["than"].split("+"):
            yield code, reference(connection, figure, own, (units(connection, figure, [code]), own[1]))
        return
    sql = "select distinct breakdown, breakdown_id from marts.dim_breakdown where survey_id = ?"
    named = connection.execute(sql, [survey]).fetchall()
    among = "size_class" if breakdown == "size_class_group" else breakdown
    others = [each for of, each in named if of == among and not in_row(connection, figure, among, [each]) <= own[1]]
    if figure["statistic"] in ("more_than_rest", "less_than_rest"):
        yield "rest", reference(connection, figure, own, (said, in_row(connection, figure, among, others)))
    else:
        for each in others:
            yield each, reference(connection, figure, own, (said, in_row(connection, figure, among, [each])))


COMPARISONS = [
    key
    for key, row in FIGURES.items()
    if row["statistic"] in (*AGAINST_ROWS, "above_each") and row["breakdown"] != "county"
]


@pytest.mark.parametrize("key", COMPARISONS, ids=lambda key: key[1])
def test_a_difference_and_its_error_are_those_of_the_reference(warehouse: Connection, key: tuple[str, str]) -> None:
    figure = FIGURES[key]
    sign = -1 if figure["statistic"] in LESS else 1
    sql = "select contrast, difference, se from intermediate.int_figures_differences"
    of_figure = warehouse.execute(f"{sql} where survey_id = ? and figure_id = ?", [*key]).fetchall()
    found = {name: of for name, *of in of_figure}
    expected = {name: [sign * difference, se] for name, (difference, se) in contrasts(warehouse, figure)}
    assert found.keys() == expected.keys() != set()
    for name, of in found.items():
        assert of == pytest.approx(expected[name], abs=1e-6), name


DIFFERS = [key for key, row in FIGURES.items() if row["statistic"] == "differs"]


@pytest.mark.parametrize("key", DIFFERS, ids=lambda key: key[1])
def test_the_test_of_what_differs_is_rao_and_scotts(warehouse: Connection, key: tuple[str, str]) -> None:
    """By matrices: the residuals of each municipality in each row, less its part of all of them."""
    figure = FIGURES[key]
    said = units(warehouse, figure, [figure["answer"]])
    sql = "select breakdown_id from marts.dim_breakdown where survey_id = ? and breakdown = ?"
    named = [each for (each,) in warehouse.execute(sql, [key[0], figure["breakdown"]]).fetchall()]
    row_of = {unit: each for each in named for unit in in_row(warehouse, figure, figure["breakdown"], [each])}
    kept = [(row_of[unit], town, gave) for unit, (town, gave) in said.items() if unit in row_of]
    rows, towns = sorted({row for row, _, _ in kept}), sorted({town for _, town, _ in kept})
    share = np.mean([gave for _, _, gave in kept])
    residuals, bases = np.zeros((len(towns), len(rows))), np.zeros(len(rows))
    for row, town, gave in kept:
        residuals[towns.index(town), rows.index(row)] += gave - share
        bases[rows.index(row)] += 1
    apart = residuals - np.outer(residuals.sum(axis=1), bases / bases.sum())
    expected = (apart**2 / bases).sum() * len(towns) / (len(towns) - 1)
    ratio = (residuals.sum(axis=0) ** 2 / bases).sum() / expected
    p = f_distribution.sf(ratio, len(rows) - 1, (len(rows) - 1) * (len(towns) - 1))
    (found,) = warehouse.execute(
        "select frame_p from marts.publication_reconciliation where survey_id = ? and figure_id = ?", [*key]
    ).fetchall()
    assert found[0] == pytest.approx(p)


def test_an_order_is_bounded_by_all_its_differences_at_once() -> None:
    of_three = [(10.0, 2.0, 30), (20.0, 2.0, 30), (-5.0, 2.0, 30)]
    single = t_distribution.ppf(0.975, 30) * 2
    of_all = t_distribution.ppf(1 - 0.025 / 3, 30) * 2
    of_two = t_distribution.ppf(1 - 0.025 / 2, 30) * 2
    assert bounded(of_three, 1) == pytest.approx((-5, -5 - single, -5 + of_all))
    assert bounded(of_three, 2) == pytest.approx((10, 10 - of_two, 10 + of_two))
    assert bounded([*of_three, (None, None, None)], 1) == (
        None,
        -100,
        pytest.approx(-5 + t_distribution.ppf(1 - 0.025 / 4, 30) * 2),
    )
    assert bounded(of_three, 4) == (None, 100, 100)


# Mutant rounds.

ANSWERS = "intermediate.int_answers_by_unit"
AS_TABLE = (
    f"create table intermediate.said as from {ANSWERS}",
    f"drop view {ANSWERS}",
    "alter table intermediate.said rename to int_answers_by_unit",
)
# Who is in which row stays as it was; what responses mean is said anew from their altered answers.
KEPT = ("int_units_grouped", "int_units_broken_down", "int_meanings_judged", "int_meanings_counted")
MEANT = (
    f"""create or replace table intermediate.int_meanings_judged as
        select hash(unit_id, question_id) as meaning_id, 'valid' as answer_status, *
        from {ANSWERS} where unit = 'response'""",
    """create or replace table intermediate.int_meanings_counted as
        select meanings.meaning_id, meanings.survey_id, meanings.round_id, grouped.municipality_code,
            grouped.breakdown, grouped.breakdown_id, count(distinct meanings.unit_id) as n,
            null::bigint as millionths
        from intermediate.int_meanings_judged as meanings
        inner join intermediate.int_units_grouped as grouped using (survey_id, round_id, unit, unit_id)
        group by all""",
    f"create or replace table intermediate.int_municipality_answers_resolved as from {ANSWERS} "
    "where unit = 'municipality'",
)
OF_ANSWERS = ("int_answers_by_unit", "int_municipality_answers_resolved")


@cache
def downstream(*names: str) -> tuple[Model, ...]:
    """The models between those that are altered and the printed figures."""
    by_name = {model.name: model for model in models()}

    def reads(model: Model) -> set[str]:
        return {model.name}.union(*(reads(by_name[each]) for each in model.reads if each in by_name))

    needed = reads(by_name["publication_reconciliation"])
    return tuple(
        model for model in models()
        if model.name in needed and model.name not in (*names, *KEPT) and reads(model) & {*names}
    )  # fmt: skip


@contextmanager
def mutant(connection: Connection, figure: Row, *statements: str) -> Iterator[None]:
    """The round of a figure altered so, and built again as far as printed figures go."""
    names = OF_ANSWERS if figure["question_id"] else ("int_response_rates",)
    teach(connection)
    connection.execute("begin")
    try:
        for statement in AS_TABLE:
            connection.execute(statement)
        connection.execute("delete from raw.ingest__rounds_to_build")
        connection.execute(
            "insert into raw.ingest__rounds_to_build by name select ? as survey_id, ? as round_id",
            [figure["survey_id"], figure["round_id"]],
        )
        for statement in (*statements, *MEANT):
            connection.execute(statement)
        for model in downstream(*names):
            model.make(connection)
        yield
    finally:
        connection.execute("rollback")


def altered(connection: Connection, figure: Row, claim: Row) -> Iterator[str]:
    """What makes a figure untrue: nobody gave the answer that many gave, or everybody did; in a row, or but there. Of
    other questions only those of the sentence are kept."""
    of_round = " and ".join(f"{name} = '{figure[name]}'" for name in ("survey_id", "round_id"))
    statistic, low = figure["statistic"], float(figure["value"]) < 50
    if not figure["question_id"]:
        counted = "n_responses = 0, n_municipalities = 1, n_municipalities_with_one_response = 0, pct = 0, "
        yield f"update intermediate.int_response_rates set {counted} foreign_language_coverage_pct = 0 where {of_round}"
        return
    kept = [FIGURES[claim["survey_id"], each]["question_id"] for each in claim["figures"].split("+")]
    yield f"delete from {ANSWERS} where {of_round} and not list_contains({kept}, question_id)"
    gave, other = answers_of(connection, figure)
    row = in_row(connection, figure, figure["breakdown"], [figure["breakdown_id"]])
    inside = f"list_contains({[*row]}, unit_id)"
    where = f"where code is not null and {of_round} and question_id = '{figure['question_id']}'"
    everybody, nobody = f"set code = '{gave}' {where}", f"set code = '{other}' {where}"
    if statistic == "n_distinct_systems":
        yield f"update {ANSWERS} set code = 'one' {where}"
    elif statistic in AGAINST_ROWS:
        is_less = statistic in LESS
        yield f"update {ANSWERS} {everybody if is_less else nobody} and {inside}"
        yield f"update {ANSWERS} {nobody if is_less else everybody} and not {inside}"
    else:
        is_everybody = statistic == "differs" or (statistic == "pct" and low and figure["rounding"] != "at_least")
        yield f"update {ANSWERS} {everybody if is_everybody else nobody}"


def answers_of(connection: Connection, figure: Row) -> tuple[str, str]:
    """An option that is the figure's answer, and one that is not: of those that it is above, where it is."""
    if figure["statistic"] == "n_distinct_systems":
        return "", ""
    sql = (
        "select answer_code, option_code from intermediate.int_answer_levels where survey_id = ? and question_id = ? "
        "and answer_level = ? order by sort_order"
    )
    levels = connection.execute(sql, [figure["survey_id"], figure["question_id"], figure["level"]]).fetchall()
    named = figure["answer"].split("+")
    gave = [option for answer, option in levels if answer in named]
    than = (figure.get("than") or "").split("+")
    others = [option for answer, option in levels if answer not in named]
    return gave[0], next((each for each in others if each in than), others[0])


@pytest.mark.parametrize("claim_id", COMPUTABLE)
def test_a_round_in_which_it_is_not_so_turns_the_verdict(warehouse: Connection, claim_id: str) -> None:
    claim = CLAIMS[claim_id]
    assert verdicts(warehouse, claim_id)[0] == "holds"
    figure_id = claim["figures"].split("+")[0]
    figure = FIGURES[claim["survey_id"], figure_id]
    with mutant(warehouse, figure, *altered(warehouse, figure, claim)):
        sql = "select status, frame_verdict from marts.publication_reconciliation where figure_id = ?"
        ((status, frame_verdict),) = warehouse.execute(sql, [figure_id]).fetchall()
        assert status == "mismatch"
        assert frame_verdict in ("does_not_hold", "open")
        assert verdicts(warehouse, claim_id)[0] == "does_not_hold"


def test_a_round_built_again_without_a_change_turns_none(warehouse: Connection) -> None:
    """What makes the tests above mean something."""
    claim_id = COMPUTABLE[1]
    figure = FIGURES[CLAIMS[claim_id]["survey_id"], CLAIMS[claim_id]["figures"].split("+")[0]]
    before = verdicts(warehouse, claim_id)
    with mutant(warehouse, figure):
        assert verdicts(warehouse, claim_id) == before
