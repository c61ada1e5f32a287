"""The demonstration round and its follow-up on another division: what changed, and what may be compared."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from store.paths import PROJECT_ROOT, DataPaths
from store.warehouse import opened
from tests.pipeline.build import build_anew

FOLLOW_UP = Path(__file__).parents[1] / "follow_up"
SURVEY = Path("surveys/koto_kuntakysely")
CONTACT_NAMED = ("Kotoutumisen yhteyshenkilöt on nimetty", "Kuntamme on nimennyt kotoutumisen yhteyshenkilöt")


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    paths = DataPaths(tmp_path_factory.mktemp("over_time") / "data")
    for name in ("registry", "systems", "practices", SURVEY):
        shutil.copytree(PROJECT_ROOT / "data" / name, paths.root / name)
    shutil.copytree(FOLLOW_UP / "2025-02", paths.root / SURVEY / "rounds" / "2025-02")
    shutil.copy(FOLLOW_UP / "comparability.csv", paths.root / SURVEY)
    return build_anew(paths)


@pytest.fixture
def warehouse(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(paths.warehouse_file, read_only=True) as connection:
        yield connection


def answers(file: Path, column: str, *, successors: dict[str, str]) -> list[tuple[str, str]]:
    """Municipality (on the later division) and answer of every row that answered."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter=";"))
    return [(successors.get(row["Kuntanumero"], row["Kuntanumero"]), row[column]) for row in rows if row[column]]


def test_the_change_is_what_the_two_files_say(paths: DataPaths, warehouse: duckdb.DuckDBPyConnection) -> None:
    """By employment area, which the earlier round did not have: both rounds are told on the division of 2025."""
    with (paths.registry / "2025-01-01" / "municipalities.csv").open(encoding="utf-8", newline="") as handle:
        area = {row["municipality_code"]: row["employment_area_code"] for row in csv.DictReader(handle)}
    counts = [
        Counter((area[code], answer) for code, answer in answers(file, column, successors={"588": "507"}))
        for file, column in zip(
            [FOLLOW_UP / "2025-02" / "responses.csv", paths.root / SURVEY / "rounds" / "2023-01" / "responses.csv"],
            reversed(CONTACT_NAMED),
            strict=True,
        )
    ]
    found = warehouse.execute(
        "select breakdown_id, label_fi, n, base_n, earlier_n, earlier_base_n, delta from marts.round_change "
        "join marts.dim_answer using (survey_id, question_id, level, answer_code) where breakdown = 'employment_area' "
        "and unit = 'response' and question_id = 'contact_named'"
    ).fetchall()
    bases = [Counter(code for code, _ in one.elements()) for one in counts]
    assert len(found) > 100
    for code, answer, n, base_n, earlier_n, earlier_base_n, delta in found:
        assert (n, base_n) == (counts[0][code, answer], bases[0][code])
        assert (earlier_n, earlier_base_n) == (counts[1][code, answer], bases[1][code])
        assert delta == pytest.approx(100 * (n / base_n - earlier_n / earlier_base_n))


def test_a_merger_conserves_responses_and_makes_one_municipality_of_two(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Pertunmaa and Mäntyharju both named a contact person in 2023: 113 of 157 become 112 of 156."""
    found = warehouse.execute(
        "select unit, sum(earlier_n), max(earlier_base_n), sum(case when answer_code = 'yes' then earlier_n end) "
        "from marts.round_change where question_id = 'contact_named' and breakdown = 'all' group by all order by all"
    ).fetchall()
    assert found == [("municipality", 156, 156, 112), ("response", 166, 166, 119)]
    own = warehouse.execute(
        "select unit, sum(n), max(base_n) from marts.answer_distribution where question_id = 'contact_named' "
        "and breakdown = 'all' and round_id = '2023-01' group by all order by all"
    ).fetchall()
    assert own == [("municipality", 157, 157), ("response", 166, 166)]


def test_every_change_has_its_error_and_is_corrected_for_the_number_of_tests(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    rows = warehouse.execute(
        "select unit, se, ci_low <= delta and delta <= ci_high, test, p_value, p_holm, n_paired "
        "from marts.round_change where breakdown = 'all' and level = 'option'"
    ).fetchall()
    assert {(test, within) for _, _, within, test, *_ in rows} == {("t", True)}
    assert all(error > 0 and 0 <= p <= corrected <= 1 for _, error, _, _, p, corrected, _ in rows)
    assert any(p < corrected for *_, p, corrected, _ in rows)
    n_in_both = {unit: {row[-1] for row in rows if row[0] == unit} for unit in ("response", "municipality")}
    assert n_in_both["response"] == {None}
    assert all(0 < n < 157 for n in n_in_both["municipality"])
    ((smallest, n_tests),) = warehouse.execute(
        "select min((p_holm, p_value)), count(p_value) from marts.round_change "
        "where breakdown = 'all' and level = 'option' and unit = 'response'"
    ).fetchall()
    assert smallest[0] == pytest.approx(min(1, n_tests * smallest[1]))


def test_the_weighted_change_stands_beside_it_where_no_area_is_told(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The later round is on its own frame: its weighted shares are those of answer_distribution."""
    n, largest = warehouse.execute(
        "select count(*), max(abs(told.weighted_share - changes.weighted_share)) from marts.round_change as changes "
        "join marts.answer_distribution as told using (answer_key, unit, breakdown_key, round_key) "
        "where changes.weighted_share is not null"
    ).fetchone() or (0, 1)
    assert n > 500
    assert largest < 1e-12
    found = warehouse.execute(
        "select breakdown, count(weighted_share), count(weighted_se), count(weighted_p_value), count(weighted_p_holm), "
        "max(abs(weighted_delta - 100 * (weighted_share - earlier_weighted_share))), "
        "bool_and(weighted_ci_low <= weighted_delta and weighted_delta <= weighted_ci_high), "
        "bool_and(weighted_p_holm >= weighted_p_value), max(abs(weighted_delta - delta)) "
        "from marts.round_change group by all order by all"
    ).fetchall()
    weighted = {breakdown: figures for breakdown, *figures in found if figures[0]}
    assert {*weighted} == {"all", "size_class", "size_class_group", "role", "clients_per_year"}
    for n_shares, n_errors, n_tests, n_corrected, apart, within, is_corrected, _ in weighted.values():
        assert n_shares >= n_errors >= n_tests == n_corrected > 50
        assert within and is_corrected and apart < 1e-9
    assert weighted["all"][-1] > 1  # points: size classes answer otherwise, and are not answered for alike


def test_what_may_be_compared_is_said_with_its_reason(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = dict(warehouse.execute("select question_id, comparability from marts.comparability").fetchall())
    assert (found["resources_sufficient"], found["full_readiness"], found["contact_named"]) == (
        "similar", "broken", "same",
    )  # fmt: skip
    assert "group_home" not in found
    changed = {name for (name,) in warehouse.execute("select distinct question_id from marts.round_change").fetchall()}
    assert changed == {name for name, comparability in found.items() if comparability != "broken"}


def test_a_closed_municipality_counts_as_its_successor_and_is_counted(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute(
        "select round_id, n_failed from checks.round_checks where check_id = 'municipalities_not_closed' order by all"
    ).fetchall()
    assert found == [("2023-01", 0), ("2025-02", 1)]
    assert warehouse.execute(
        "select municipality_code from intermediate.int_responses_disposed where municipality_value = '588' "
        "and round_id = '2025-02'"
    ).fetchall() == [("507",)]


def test_each_round_is_on_its_own_frame(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute(
        "select round_id, n_frame, (select count(*) from marts.response_rate as rate where rate.round_id = r.round_id "
        "and breakdown = 'employment_area') from marts.dim_round as r order by all"
    ).fetchall()
    assert found == [("2023-01", 293, 0), ("2025-02", 292, 45)]
