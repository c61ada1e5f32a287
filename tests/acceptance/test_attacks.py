"""Attacks on the release of a made-up survey that is marked as real: none finds what is hidden.

Each attack is shown to work: on a copy of the release in which what it looks at is as in the private warehouse, it
finds something, and what it finds is so.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb
import pytest

from publish.catalogue import described
from publish.disclosure import printed, routed
from publish.disclosure.apply import protect
from publish.disclosure.checks import telling
from publish.releases.folder import write_pages
from publish.releases.release import publish
from publish.writing.files import FOLDER
from store.marts import published_marts
from store.paths import DataPaths
from tests.acceptance.project import copy_data, kuntakysely, rows
from tests.attacker import told_of_hidden
from tests.disclosed import attacks, sieve, spread, survey
from tests.disclosed.release import Pinned, Released
from tests.disclosed.truth import pinned, truths, unprotected, with_earlier_counts
from tests.pipeline.build import build_and_publish
from tests.planted.base import figure
from tests.sharing import Shared

Attack = Callable[[Released], Iterable[Pinned]]
Tried = Callable[[str, object], None]
ATTACKS: dict[str, Attack] = {
    "counts and print": attacks.counts_and_print,
    "bases of follow-ups": attacks.bases_of_follow_ups,
    "statuses of follow-ups": attacks.statuses_of_follow_ups,
    "checks of follow-ups": attacks.checks_of_follow_ups,
    "lines of codings": attacks.lines_of_codings,
    "shares in hidden cells": attacks.shares_in_hidden_cells,
    "estimates in hidden cells": attacks.estimates_in_hidden_cells,
    "verdicts on closed questions": attacks.verdicts_on_closed_questions,
    "verdicts of sentences": attacks.verdicts_of_sentences,
    "inhabitants of follow-ups": attacks.inhabitants_of_follow_ups,
    "sizes of small rows": attacks.sizes_of_small_rows,
    "numbers of few": attacks.numbers_of_few,
    "spread of few": attacks.spread_of_few,
    "switches": attacks.switches,
    "answers inside municipalities": spread.answers_inside_municipalities,
    "units apart": attacks.units_apart,
    "few further answers": attacks.few_further_answers,
    "few who left blank": attacks.few_left_blank,
    "conflicts": attacks.conflicts,
    "conflicts by check": attacks.conflicts_by_check,
    "statuses of parts": partial(attacks.statuses_of_parts, telling=telling()),
    "statuses of rounds": partial(attacks.statuses_of_rounds, telling=telling()),
}
COUNTS = ("n", "base_n")
# What each attack looks at: a table, and the columns of it that are as in the private warehouse.
MUTANTS: list[tuple[str, str, tuple[str, ...]]] = [
    ("bases of follow-ups", "answer_distribution", ("base_n",)),
    ("bases of follow-ups", "number_summary", ("n",)),
    ("bases of follow-ups", "inhabitant_share", ("base_municipalities",)),
    ("bases of follow-ups", "round_change", ("base_n",)),
    ("statuses of follow-ups", "answer_status_count", ("n",)),
    ("checks of follow-ups", "round_quality_detail", ("observed",)),
    ("checks of follow-ups", "round_quality", ("observed",)),
    ("lines of codings", "release_input", ("n_rows",)),
    ("shares in hidden cells", "answer_distribution", ("weighted_share",)),
    ("shares in hidden cells", "round_change", ("weighted_share",)),
    ("shares in hidden cells", "round_change", ("earlier_weighted_share",)),
    ("estimates in hidden cells", "publication_reconciliation", ("frame_estimate",)),
    ("verdicts on closed questions", "publication_reconciliation", ("frame_verdict",)),
    ("verdicts of sentences", "publication_reconciliation", ("frame_verdict",)),
    ("inhabitants of follow-ups", "inhabitant_share", ("base_inhabitants",)),
    ("sizes of small rows", "number_summary", ("n",)),
    ("numbers of few", "number_summary", ("n", "quartile_1", "median", "quartile_3")),
    ("numbers of few", "number_summary", ("min",)),
    ("numbers of few", "number_summary", ("max",)),
    ("spread of few", "number_summary", ("n", "total", "sd")),
    ("switches", "round_change", ("n", "base_n", "earlier_n", "earlier_base_n", "test", "p_value")),
    *(
        ("switches", "round_change", ("n", "base_n", "earlier_n", "earlier_base_n", error))
        for error in ("se", "weighted_se", "weighted_p_value")
    ),
    *(("answers inside municipalities", "answer_distribution", (*COUNTS, column)) for column in spread.SPREAD),
    ("units apart", "answer_distribution", COUNTS),
    ("few further answers", "answer_distribution", COUNTS),
    ("conflicts", "answer_distribution", ("n_conflicts",)),
    ("conflicts", "number_summary", ("n", "n_conflicts")),
    ("conflicts by check", "round_quality_detail", ("status",)),
    ("statuses of parts", "round_quality_detail", ("status",)),
    ("statuses of rounds", "round_quality", ("status",)),
]


@pytest.fixture(scope="module")
def published_again(real: DataPaths, tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The same, published when the release before told every count: as if the rule had been another then."""
    paths = copy_data(real, tmp_path_factory.mktemp("again") / "data")
    with_counts(paths, paths.root / "everything").replace(paths.current.resolve())
    publish(paths, datetime.now(UTC), 1)
    return paths


@pytest.fixture(scope="module")
def answered_for(shared: Shared) -> DataPaths:
    """The same, where a joint authority answers in the later round for the municipalities that are silent."""

    def make(folder: Path) -> DataPaths:
        return build_and_publish(survey.write(DataPaths(folder), has_joint_authority=True))

    return shared("disclosed_answered_for", make)


@pytest.fixture(scope="module")
def erased(real: DataPaths, shared: Shared) -> DataPaths:
    """The same, after a respondent asked to be forgotten."""

    def make(folder: Path) -> None:
        round_id, response_id = survey.ERASED
        paths = copy_data(real, folder)
        done = kuntakysely(paths, "erase", f"{survey.SURVEY}/{round_id}", response_id)
        assert done.returncode == 0, done.stdout

    return shared("disclosed_erased", make)


def released(paths: DataPaths, file: Path | None = None) -> Released:
    return Released(file or paths.current.resolve(), paths.surveys / survey.SURVEY)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_pins_nothing(name: str, real: DataPaths, record_property: Tried) -> None:
    found = pinned(ATTACKS[name], released(real), real.warehouse_file)
    record_property("tried", ["attacks on what a release hides", "in vain" if not found else "pinned it", 1])
    assert found == []


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_pins_nothing_where_a_joint_authority_answers(
    name: str, answered_for: DataPaths, record_property: Tried
) -> None:
    """What he takes there for the answers of municipalities are those of the responses, which are told by response."""

    def attack(release: Released) -> Iterable[Pinned]:
        by_municipality = {(survey.ROUNDS[1], "municipality")}
        found = ATTACKS[name](release)
        return (each for each in found if each.kind != "n" or (each.of[0], each.of[2]) not in by_municipality)

    found = pinned(attack, released(answered_for), answered_for.warehouse_file)
    record_property("tried", ["attacks on what a release hides", "in vain" if not found else "pinned it", 1])
    assert found == []


def test_where_a_joint_authority_answers_nothing_but_facts_is_told_by_municipality(answered_for: DataPaths) -> None:
    release = released(answered_for)
    for table in ("answer_distribution", "number_summary"):
        sql = f"select distinct round_id, question_id from marts.{table} where unit = 'municipality' and n is not null"
        told = {(row["round_id"], row["question_id"]) for row in release.rows(sql)}
        assert any(round_id == survey.ROUNDS[0] and each in release.closed for round_id, each in told)
        later = {each for round_id, each in told if round_id == survey.ROUNDS[1]}
        assert later and not later & release.closed


@pytest.mark.parametrize(
    ("name", "table", "columns"), MUTANTS, ids=["-".join((*each[:2], each[2][-1])) for each in MUTANTS]
)
def test_an_attack_pins_what_is_not_protected(
    name: str, table: str, columns: tuple[str, ...], real: DataPaths, tmp_path: Path, record_property: Tried
) -> None:
    file = unprotected(real.current, real.warehouse_file, tmp_path / "release.duckdb", table, columns)
    found = pinned(ATTACKS[name], released(real, file), real.warehouse_file)
    record_property("tried", ["the same on unprotected columns", "pinned it" if found else "in vain", 1])
    assert found


def test_what_holds_for_the_frame_is_told_of_facts_alone(real: DataPaths) -> None:
    """And a sentence of which something is hidden is not computable, whatever its other figures say."""
    told = rows(real, "select claim_id, verdict, frame_verdict from marts.claim order by all")
    assert told == [
        ("differs", "not_computable", "not_computable"),
        ("offers", "holds", "holds"),
        ("trust", "not_computable", "not_computable"),
    ]


def test_no_figure_stands_in_a_hidden_cell(real: DataPaths) -> None:
    assert told_of_hidden(real.current) == []


def test_a_figure_in_a_hidden_cell_is_seen(real: DataPaths, tmp_path: Path) -> None:
    columns = ("weighted_share", "n_conflicts")
    file = unprotected(real.current, real.warehouse_file, tmp_path / "release.duckdb", "answer_distribution", columns)
    assert {(table, column) for table, column, _ in told_of_hidden(file)} >= {
        ("answer_distribution", column) for column in columns
    }


WEIGHTED_CHANGES = """
select
    told.weighted_share is not null and earlier.weighted_share is not null as are_told, count(*),
    count(changes.weighted_share), count(changes.earlier_weighted_share), count(weighted_delta),
    count(weighted_p_value) > 0, count(weighted_se) + count(weighted_ci_low) + count(weighted_ci_high)
from marts.round_change as changes
inner join marts.answer_distribution as told using (round_key, question_key, unit, breakdown_key, level, answer_code)
inner join marts.answer_distribution as earlier
    on changes.earlier_round_key = earlier.round_key and changes.earlier_question_id = earlier.question_id
    and changes.unit = earlier.unit and changes.breakdown_key = earlier.breakdown_key and changes.level = earlier.level
    and changes.answer_code = earlier.answer_code
where changes.breakdown in ('all', 'size_class', 'size_class_group', 'role')
    and changes.question_key in (select question_key from marts.dim_question where disclosure = 'opinion')
group by all order by all desc
"""


def test_a_weighted_change_is_told_where_both_weighted_shares_are(real: DataPaths) -> None:
    """And has no error, as no change of opinions has."""
    told, hidden = rows(real, WEIGHTED_CHANGES)
    assert told == (True, told[1], told[1], told[1], told[1], True, 0)
    assert hidden == (False, hidden[1], 0, 0, 0, False, 0)
    assert min(told[1], hidden[1]) > 10


def test_a_weighted_share_on_another_frame_is_not_told(real: DataPaths, tmp_path: Path) -> None:
    """Beside the one on its own frame it would tell of the municipalities whose class differs."""
    paths = copy_data(real, tmp_path / "data")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{paths.warehouse_file}' as source; use source")
        connection.execute("update marts.round_change set earlier_weighted_share = earlier_weighted_share + 0.001")
        protect(connection, published_marts(), described(connection, "'source'"), paths.patterns)
        connection.execute("use protected")
        found = connection.execute(WEIGHTED_CHANGES).fetchall()
    assert {row[2:] for row in found} == {(0, 0, 0, False, 0)}


def test_print_that_the_release_did_not_know_of_pins_a_cell(real: DataPaths, tmp_path: Path) -> None:
    """A number and a percentage that are hard to read and agree."""
    release = Released(real.current.resolve(), tmp_path / survey.SURVEY)
    shutil.copytree(real.surveys / survey.SURVEY, release.folder)
    cell = print_anew(release, real.warehouse_file)
    assert cell in {each.of for each in pinned(attacks.counts_and_print, release, real.warehouse_file)}


@pytest.mark.usefixtures("tables_only")
def test_print_of_several_cells_that_hiding_forgets_pins_one(
    real: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = copy_data(real, tmp_path / "data")
    monkeypatch.setattr(printed, "relations", lambda *_: printed.NO_RELATIONS)
    publish(paths, datetime.now(UTC), 1)
    assert pinned(attacks.counts_and_print, released(paths), real.warehouse_file)


@pytest.mark.usefixtures("tables_only")
def test_a_text_that_hiding_takes_for_one_of_all_pins_a_cell(
    real: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it was coded as has a base: those who were asked for it."""
    paths = copy_data(real, tmp_path / "data")
    asked, _, coded = routed.ROUTED.rpartition("union")
    assert "codings" in coded
    monkeypatch.setattr(routed, "ROUTED", asked)
    publish(paths, datetime.now(UTC), 1)
    assert pinned(attacks.bases_of_follow_ups, released(paths), real.warehouse_file)


def test_a_release_counts_its_checks_as_they_are_told(real: DataPaths) -> None:
    """Else the difference would be how many fail of which nothing is told."""
    told = rows(real, "select count(*) filter (status = 'fail') from marts.round_quality")
    assert rows(real, "select n_checks_failed from marts.release") == told
    with duckdb.connect(str(real.warehouse_file), read_only=True) as private:
        sql = "select count(*) filter (status = 'fail') from checks.results"
        assert private.execute(sql).fetchall() > told


def print_anew(release: Released, warehouse: Path) -> tuple[str, ...]:
    """Print a hidden cell, as a number and as a percentage that are hard to read; the cell."""
    sql = f"{attacks.HIDDEN} and base_n is not null and unit = 'response' and breakdown = 'county' order by all"
    row = next(row for row in release.rows(sql) if row["question_id"] == "trust")
    cell = tuple(map(str, row.values()))
    base, n = truths(warehouse, [Pinned("base_n", cell[:5], 0), Pinned("n", cell, 0)])
    place = {name: str(value) for name, value in row.items() if name != "answer_code"}
    more = place | {"answer": cell[-1], "rounding": "half_up_0", "figure_status": "reading_uncertain"}
    with (release.folder / "published_figures.csv").open("a", encoding="utf-8", newline="") as handle:
        for statistic, value in (("n", n), ("pct", int(100 * n / base + 0.5))):
            line = figure(survey.SURVEY, f"anew_{statistic}", statistic, str(value), **more)
            csv.DictWriter(handle, list(line), lineterminator="\n").writerow(line)
    return cell


def test_what_the_release_before_told_is_not_told_again(published_again: DataPaths) -> None:
    assert pinned(attacks.old_values, released(published_again), published_again.warehouse_file) == []


def test_what_the_release_before_told_is_found(published_again: DataPaths, real: DataPaths, tmp_path: Path) -> None:
    """By an attacker for whom release_change has every count of the release before."""
    before = with_counts(real, tmp_path / "before.duckdb")
    file = with_earlier_counts(published_again.current, before, tmp_path / "release.duckdb")
    assert pinned(attacks.old_values, released(published_again, file), real.warehouse_file)


def test_facts_that_the_release_before_told_by_role_are_not_told_again(
    published_again: DataPaths, real: DataPaths, tmp_path: Path
) -> None:
    before = with_counts(real, tmp_path / "before.duckdb")
    file = with_earlier_counts(published_again.current, before, tmp_path / "release.duckdb")
    told = [sieve.changes_of_facts(release) for release in (published_again.current, file)]
    assert (told[0], told[1] > 0) == (0, True)


def test_an_erasure_leaves_nothing_of_before(erased: DataPaths, record_property: Tried) -> None:
    found = [*attacks.values_before_an_erasure(released(erased), survey.ERASED[0])]
    record_property("tried", ["values from before an erasure", "told", len(found)])
    assert found == []


def left_of_before(paths: DataPaths, folder: Path) -> set[str]:
    """What lies there of an earlier release, or of the one who was erased."""
    found = {path.name for path in paths.releases.iterdir()} - {paths.current_folder.readlink().name}
    ((number, compared_with),) = rows(paths, "select number, compared_with from marts.release")
    exported = next(csv.DictReader((paths.current_folder / "csv" / "release.csv").read_text("utf-8").splitlines()))
    found |= {"release.csv"} if exported["number"] != str(number) else set()
    found |= {"compared_with"} if compared_with is not None else set()
    with duckdb.connect(str(paths.current), read_only=True) as release:
        write_pages(release, folder, paths.current_folder.readlink().name)
    kept, anew = paths.current_folder / FOLDER, folder / FOLDER
    found |= {page.name for page in kept.iterdir() if page.read_bytes() != (anew / page.name).read_bytes()}
    delivered = [path for path in paths.surveys.rglob("*.csv") if survey.ERASED[1] in path.read_text("utf-8")]
    return found | {path.relative_to(paths.surveys).as_posix() for path in delivered}


def test_after_an_erasure_no_earlier_release_export_or_page_is_left(
    erased: DataPaths, published_again: DataPaths, tmp_path: Path
) -> None:
    assert left_of_before(erased, tmp_path / "erased") == set()
    rounds = f"{survey.SURVEY}/rounds/{survey.ERASED[0]}"
    left = left_of_before(published_again, tmp_path / "again")
    assert left >= {"compared_with", f"{rounds}/responses.csv"}
    assert any(name.startswith("1_") for name in left)
    assert any(name.startswith(f"{rounds}/signed_off/") for name in left)


def test_the_answers_of_the_erased_are_not_told(erased: DataPaths) -> None:
    assert [*attacks.answers_of_the_erased(released(erased), survey.ERASED[0])] == []


def test_the_answers_of_the_erased_are_found(erased: DataPaths, real: DataPaths, tmp_path: Path) -> None:
    """By an attacker for whom release_change has the counts of the release before."""
    after = with_counts(erased, tmp_path / "after.duckdb")
    file = with_earlier_counts(after, with_counts(real, tmp_path / "before.duckdb"), tmp_path / "release.duckdb")
    found = {each.of for each in attacks.answers_of_the_erased(released(erased, file), survey.ERASED[0])}
    gave = next(row for row in survey.responses(survey.ERASED[0]) if row["id"] == survey.ERASED[1])
    assert {(name, gave[name]) for name in ("happy", "why", "trust", "illness")} <= found


def with_counts(paths: DataPaths, copy: Path) -> Path:
    """The release with every count of answers."""
    return unprotected(paths.current, paths.warehouse_file, copy, "answer_distribution", COUNTS)
