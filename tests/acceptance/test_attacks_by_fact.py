"""Attacks by somebody who knows every public fact, on releases of rounds that are marked as real: none finds who holds
a role or an opinion. The surveys that ship, an opinion and a public fact as breakdowns, and rounds drawn by chance.

Each attack is shown to work: on a copy of a release in which what it looks at is as in the private warehouse, it finds
something, and what it finds is so.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice
from pathlib import Path

import duckdb
import pytest

from ingest.codebook.rounds import round_keys
from publish.releases.folder import write_pages
from publish.results import site
from store.paths import DataPaths
from tests.acceptance.told import known_of, walked
from tests.disclosed import attacks, classes, populations, sieve, sums
from tests.disclosed.exported import differences
from tests.disclosed.facts import Attack, Facts, public_facts
from tests.disclosed.release import Pinned, Released
from tests.disclosed.shipped import KOTO, OPINIONS, OWAL
from tests.disclosed.spread import SPREAD
from tests.disclosed.truth import pinned, unprotected
from tests.pipeline.build import build_and_publish
from tests.sharing import Shared
from tests.signing import sign
from tests.workbooks import differences as workbook_differences

Tried = Callable[[str, object], None]
Made = Callable[[str], DataPaths]
Sieve = Callable[[Path], list[sieve.Told]]
SHIPPED, CHANCE = "shipped", "chance"
OPINION = OPINIONS[KOTO]
SURVEYS = [(SHIPPED, KOTO), (SHIPPED, OWAL), (CHANCE, populations.SURVEY)]
TELLERS = (sums.inhabitants, sums.numbers, sums.counts, sums.changes)
CHECKS = ("groups_of_one", "municipalities_reconciled")
ENOUGH = 3  # found on an unprotected copy


def checks_of_roles(release: Released, _: Facts) -> Iterable[Pinned]:
    """Whether somebody is the only one of a municipality with a role, or shares it."""
    return attacks.statuses_of_rounds(release, CHECKS)


def left_out_tests(release: Released, _: Facts) -> Iterable[Pinned]:
    """Changes that no test was made of."""
    return attacks.tests_left_out(release)


def without_facts(release: Released, _: Facts, attack: Callable[[Released], Iterable[Pinned]]) -> Iterable[Pinned]:
    """An attack that needs no facts of municipalities."""
    return attack(release)


WITHOUT_FACTS = (attacks.rows_of_answers, attacks.few_left_blank, attacks.few_further_answers)
ATTACKS: dict[str, Attack] = {
    **{f"{tell.__name__} of facts": partial(sums.who_is_in_a_row, tellers=[tell]) for tell in TELLERS},
    "all sums of facts": partial(sums.who_is_in_a_row, tellers=TELLERS),
    "weighted shares of facts": classes.by_weighted_shares,
    **{f"{column} of facts": partial(classes.by_errors, column=column) for column in SPREAD},
    "checks of roles": checks_of_roles,
    **{attack.__name__: partial(without_facts, attack=attack) for attack in WITHOUT_FACTS},
    "tests left out": left_out_tests,
}
COUNTS, INHABITANTS = ("n", "base_n"), ("base_inhabitants", "base_municipalities")
# What each attack looks at: whose release, a table, and the columns of it that are as in the private warehouse.
MUTANTS: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("inhabitants of facts", KOTO, "inhabitant_share", INHABITANTS),
    ("inhabitants of facts", populations.SURVEY, "inhabitant_share", ("base_inhabitants",)),
    ("numbers of facts", populations.SURVEY, "number_summary", ("n", "total")),
    ("numbers of facts", populations.SURVEY, "number_summary", ("n", "mean")),
    ("counts of facts", KOTO, "answer_distribution", COUNTS),
    ("counts of facts", KOTO, "system_use", COUNTS),
    ("counts of facts", populations.SURVEY, "answer_distribution", COUNTS),
    ("changes of facts", populations.SURVEY, "round_change", (*COUNTS, "earlier_n", "earlier_base_n")),
    ("weighted shares of facts", KOTO, "answer_distribution", (*COUNTS, "weighted_share")),
    ("weighted shares of facts", KOTO, "system_use", (*COUNTS, "weighted_share")),
    ("weighted shares of facts", OWAL, "answer_distribution", (*COUNTS, "weighted_share")),
    ("weighted shares of facts", populations.SURVEY, "answer_distribution", (*COUNTS, "weighted_share")),
    ("weighted shares of facts", populations.SURVEY, "round_change", (*COUNTS, "weighted_share")),
    *((f"{column} of facts", populations.SURVEY, "answer_distribution", (*COUNTS, column)) for column in SPREAD),
    ("checks of roles", KOTO, "round_quality", ("status",)),
    ("rows_of_answers", KOTO, "answer_distribution", ("base_n",)),
    ("few_left_blank", KOTO, "answer_distribution", ("base_n",)),
    ("few_further_answers", KOTO, "answer_distribution", COUNTS),
    ("rows_of_answers", populations.SURVEY, "answer_distribution", ("base_n",)),
    ("few_further_answers", populations.SURVEY, "answer_distribution", COUNTS),
    ("tests left out", populations.SURVEY, "round_change", ("test",)),
]


@pytest.fixture(scope="session")
def made(shared: Shared, shipped_as_real: DataPaths) -> Made:
    """Data folders of rounds that are marked as real, built and published once. Not to be changed."""
    return {SHIPPED: shipped_as_real, CHANCE: shared("by_chance", _publish_by_chance)}.__getitem__


def _publish_by_chance(folder: Path) -> DataPaths:
    paths = populations.write(DataPaths(folder))
    for key in round_keys(paths):
        sign(paths, key)
    return build_and_publish(paths)


def attacked(attack: Attack, paths: DataPaths, survey_id: str, file: Path | None = None, n: int | None = None) -> int:
    """How much an attack finds, all of it so; no more than n."""
    facts = public_facts(paths.warehouse_file, survey_id)
    release = Released(file or paths.current.resolve(), paths.surveys / survey_id)
    return len(pinned(lambda known: islice(attack(known, facts), n), release, paths.warehouse_file))


@pytest.mark.parametrize(("name", "survey_id"), SURVEYS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_by_facts_pins_nothing(
    attack: str, name: str, survey_id: str, made: Made, record_property: Tried
) -> None:
    n = attacked(ATTACKS[attack], made(name), survey_id)
    record_property("tried", ["attacks by public facts", "pinned it" if n else "in vain", 1])
    assert n == 0


@pytest.mark.parametrize(
    ("attack", "survey_id", "table", "columns"), MUTANTS, ids=["-".join((*each[:3], each[3][-1])) for each in MUTANTS]
)
def test_an_attack_by_facts_pins_what_is_not_protected(
    attack: str, survey_id: str, table: str, columns: tuple[str, ...], made: Made, tmp_path: Path,
    record_property: Tried,
) -> None:  # fmt: skip
    paths = made(next(name for name, each in SURVEYS if each == survey_id))
    file = unprotected(paths.current, paths.warehouse_file, tmp_path / "release.duckdb", table, columns)
    n = attacked(ATTACKS[attack], paths, survey_id, file, ENOUGH)
    record_property("tried", ["by public facts, on unprotected columns", "pinned it" if n else "in vain", 1])
    assert n


def test_whoever_adds_up_all_that_is_not_protected_names_every_opinion(made: Made, tmp_path: Path) -> None:
    """As it was before a row had the stricter rule of its question and its breakdown."""
    paths = made(SHIPPED)
    file = paths.current.resolve()
    for table, columns in (("inhabitant_share", INHABITANTS), ("answer_distribution", COUNTS)):
        file = unprotected(file, paths.warehouse_file, tmp_path / f"{table}.duckdb", table, columns)
    release = Released(file, paths.surveys / KOTO)
    attack = partial(sums.who_is_in_a_row, facts=public_facts(paths.warehouse_file, KOTO), tellers=TELLERS)
    found = {each.of for each in pinned(attack, release, paths.warehouse_file)}
    sql = f"""
        select municipality_code from intermediate.int_answers_by_unit
        where question_id = '{OPINION}' and unit = 'municipality' order by all
    """
    with duckdb.connect(str(paths.warehouse_file), read_only=True) as connection:
        gave = [code for (code,) in connection.execute(sql).fetchall()]
    assert sorted(code for _, unit, *_, code in found if unit == "municipality") == gave


RELEASES = (SHIPPED, CHANCE)
SIEVES = (sieve.told_of_facts, sieve.told_of_classes, sieve.told_of_hidden_cells)


@pytest.mark.parametrize("name", RELEASES)
@pytest.mark.parametrize("told", SIEVES, ids=lambda told: told.__name__)
def test_no_column_tells_where_nothing_may_be_told(told: Sieve, name: str, made: Made) -> None:
    assert told(made(name).current) == []


def test_a_new_column_is_seen_wherever_it_tells(made: Made, tmp_path: Path) -> None:
    file = tmp_path / "release.duckdb"
    shutil.copyfile(made(CHANCE).current, file)
    tables = ("answer_distribution", "number_summary", "inhabitant_share", "round_change")
    with duckdb.connect(str(file)) as connection:
        for table in tables:
            connection.execute(f"alter table marts.{table} add column likely boolean default true")
    seen = {table for table, column, _ in sieve.told_of_facts(file) if column == "likely"}
    hidden = {table for table, column, _ in sieve.told_of_hidden_cells(file) if column == "likely"}
    assert (seen, hidden) == ({*tables}, {*tables} - {"round_change"})


def test_a_figure_that_weighs_classes_is_seen(made: Made, tmp_path: Path) -> None:
    paths, columns = made(CHANCE), ("weighted_share", *SPREAD, *sieve.PROVIDED)
    file = unprotected(paths.current, paths.warehouse_file, tmp_path / "release.duckdb", "answer_distribution", columns)
    assert {column for _, column, _ in sieve.told_of_classes(file)} == {*columns}


def test_shares_by_the_weights_of_a_provider_are_told_of_public_facts_only(made: Made) -> None:
    sql = """
        select disclosure, count(provider_share) > 0, count(provider_share) = count(provider_ci_low)
        from marts.answer_distribution inner join marts.dim_question using (question_key)
        where unit = 'response' and breakdown = 'all' group by all order by all
    """
    with duckdb.connect(str(made(CHANCE).current), read_only=True) as connection:
        assert connection.execute(sql).fetchall() == [("opinion", False, True), ("public_fact", True, True)]


@pytest.mark.parametrize("name", RELEASES)
def test_no_delivered_file_of_real_answers_is_named(name: str, made: Made) -> None:
    sql = "select count(*), count(*) filter (source_file like '%responses%') from marts.release_input"
    paths = made(name)
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        ((n, named),) = connection.execute(f"{sql} where kind = 'responses'").fetchall()
    assert (n, named) == (len(round_keys(paths)), 0)


@pytest.mark.parametrize("name", RELEASES)
def test_the_files_beside_a_release_tell_no_more(name: str, made: Made) -> None:
    assert differences(made(name).current, made(name).current_folder) == []


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_file_that_tells_more_is_seen(suffix: str, made: Made, tmp_path: Path) -> None:
    shutil.copytree(made(CHANCE).current_folder, tmp_path / "files")
    file = tmp_path / "files" / suffix / f"number_summary.{suffix}"
    told = tmp_path / f"told.{suffix}"
    with duckdb.connect() as connection:
        connection.execute(f"copy (select * replace (coalesce(total, 1) as total) from '{file}') to '{told}'")
    told.replace(file)
    found = differences(made(CHANCE).current, tmp_path / "files")
    assert {(name, column) for name, column, _ in found} == {(file.name, "total")}


@pytest.mark.parametrize("name", RELEASES)
def test_the_workbooks_tell_what_the_release_tells(name: str, made: Made) -> None:
    """Every figure of real answers in them is in the release, and what is hidden is a word."""
    files = sorted(made(name).current_folder.glob("report/*.xlsx"))
    with duckdb.connect(str(made(name).current), read_only=True) as release:
        assert {file.name: found for file in files if (found := workbook_differences(release, file))} == {}
    assert files != []


@pytest.mark.parametrize("name", RELEASES)
def test_the_pages_are_made_of_the_release_alone(name: str, made: Made, tmp_path: Path) -> None:
    current = made(name).current_folder.resolve()
    with duckdb.connect(shutil.copy(current / "current.duckdb", tmp_path), read_only=True) as release:
        write_pages(release, tmp_path, current.name)
    anew, told = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in
                  (tmp_path / "report", current / "report"))  # fmt: skip
    assert anew == told


def told_beside(release: Path, pages: Iterable[tuple[str, str]]) -> list[str]:
    """What pages tell in their texts, text alternatives, attributes and comments that the release does not."""
    with duckdb.connect(str(release), read_only=True) as connection:
        return [
            f"{name}: {each}" for name, text in pages for each in walked(known_of(connection, name), text).unexplained
        ]


@pytest.mark.parametrize("name", RELEASES)
def test_the_pages_tell_no_more_than_the_release(name: str, made: Made) -> None:
    """Whoever attacks the release has all that its pages tell."""
    paths = made(name)
    pages = {file for file in (paths.current_folder / "report").glob("*.html") if not file.name.startswith("quality-")}
    assert pages
    assert told_beside(paths.current, ((file.name, file.read_text(encoding="utf-8")) for file in sorted(pages))) == []


def test_a_page_that_tells_more_is_seen(made: Made, tmp_path: Path) -> None:
    paths = made(CHANCE)
    file = unprotected(paths.current, paths.warehouse_file, tmp_path / "release.duckdb", "answer_distribution", COUNTS)
    with duckdb.connect(str(file), read_only=True) as connection:
        assert told_beside(paths.current, site.pages(connection, ""))
