"""What the first person sees: the numbers, the status, the no-change answer."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime

import duckdb
import pytest

from orchestration.dagster.unchanged import release_if_unchanged
from store import fingerprint
from store.fingerprint import made_of
from store.marts import published_marts
from store.paths import DataPaths
from store.warehouse import opened
from tests.acceptance.project import ROUND, copy_project, kuntakysely, replace, rows


def test_who_answered(published: DataPaths) -> None:
    found = rows(
        published,
        "select r.breakdown_id, n_frame, n_municipalities, n_responses from marts.response_rate r "
        "join marts.dim_breakdown using (breakdown_key) where r.breakdown in ('all', 'size_class') "
        "order by r.survey_id, r.round_id, r.breakdown, sort_order",
    )
    assert found == [
        ("all", 293, 157, 172),
        ("under_5000", 123, 58, 60),
        ("5000_10000", 73, 34, 39),
        ("10001_20000", 41, 22, 23),
        ("20001_50000", 35, 30, 33),
        ("50001_100000", 12, 7, 9),
        ("over_100000", 9, 6, 8),
        ("all", 294, 153, 164),
        ("under_10000", 198, 59, 70),
        ("10000_50000", 75, 73, 73),
        ("over_50000", 21, 21, 21),
        ("all", 293, 50, 50),
        ("under_10000", 197, 18, 18),
        ("10000_30000", 60, 16, 16),
        ("over_30000", 36, 16, 16),
        ("all", 292, 50, 50),
        ("under_10000", 196, 18, 18),
        ("10000_30000", 60, 16, 16),
        ("over_30000", 36, 16, 16),
    ]


def test_resources_sufficient_in_both_roundings(published: DataPaths) -> None:
    found = rows(
        published,
        "select answer_code, n, base_n, pct, pct_sum100 from marts.headline_result "
        "where question_id = 'resources_sufficient' and level = 'group' order by answer_order",
    )
    assert found == [
        ("sufficient", 65, 157, 41, 42),
        ("neither", 19, 157, 12, 12),
        ("insufficient", 68, 157, 43, 43),
        ("dont_know", 5, 157, 3, 3),
    ]


def test_a_share_on_a_small_base_says_how_sure_it_is(published: DataPaths) -> None:
    """16 of 30 prints as 53 %, and could be anything from 35 to 70 % elsewhere or next year. Of the 35 municipalities
    of the class 27 answered the question: what the class as it is would have said is known better."""
    found = rows(
        published,
        "select n, base_n, pct, round(100 * ci_low), round(100 * ci_high), round(100 * ci_low_fpc), "
        "round(100 * ci_high_fpc), is_reliable from marts.answer_distribution "
        "where question_id = 'resources_sufficient' "
        "and unit = 'response' and breakdown_id = '20001_50000' and answer_code = 'sufficient'",
    )
    assert found == [(16, 30, 53, 35, 70, 44, 62, False)]


def test_no_share_is_told_without_its_doubt(published: DataPaths) -> None:
    """Shares of 0 and 1 keep an interval of positive width; the base is there wherever a share is."""
    ((n_shares, n_sure, n_without_base, n_at_the_ends),) = rows(
        published,
        "select count(weighted_share), count(*) filter (ci_low >= ci_high), "
        "count(*) filter (share is not null and coalesce(base_n, 0) = 0), count(*) filter (share in (0, 1)) "
        "from marts.answer_distribution",
    )
    assert (n_sure, n_without_base) == (0, 0)
    assert n_shares > 10_000 and n_at_the_ends > 1_000


def test_a_group_is_the_sum_of_its_options(published: DataPaths) -> None:
    with opened(published.warehouse_file, read_only=True) as connection:
        found = connection.execute(
            """
            select grouped.n = sum(options.n), grouped.base_n = max(options.base_n), count(*)
            from marts.answer_distribution as grouped
            inner join intermediate.int_answer_levels as levels
                on levels.answer_level = 'group' and grouped.level = 'group' and levels.question_type = 'select_one'
                and (grouped.survey_id, grouped.question_id, grouped.answer_code)
                = (levels.survey_id, levels.question_id, levels.answer_code)
            inner join marts.answer_distribution as options
                on options.level = 'option' and options.answer_code = levels.option_code
                and (options.round_key, options.question_key, options.unit, options.breakdown_key)
                = (grouped.round_key, grouped.question_key, grouped.unit, grouped.breakdown_key)
            group by grouped.round_key, grouped.question_key, grouped.unit, grouped.breakdown_key, grouped.answer_code,
                grouped.n, grouped.base_n
            """
        ).fetchall()
    assert len(found) > 1000
    assert {row[:2] for row in found} == {(True, True)}
    assert max(row[2] for row in found) > 1


def test_inhabitants_are_a_measure_of_their_own(published: DataPaths) -> None:
    found = rows(
        published,
        "select breakdown, is_dominated, bool_or(is_reliable) from marts.inhabitant_share "
        "where round_id = '2023-01' and cell_status <> 'not_asked' group by all",
    )
    assert ("all", False, True) in found
    assert {reliable for _, dominated, reliable in found if dominated} == {False}
    assert {dominated for _, dominated, _ in found} == {True, False}


def test_every_printed_figure_is_reconciled(published: DataPaths) -> None:
    counted = rows(published, "select survey_id, status, count(*) from marts.publication_reconciliation group by all")
    assert sorted(counted) == [
        ("koto_kuntakysely", "known_discrepancy", 2),
        ("koto_kuntakysely", "match", 184),
        ("owal_tyovoiman_ulkopuolella", "match", 19),
    ]
    known = rows(
        published,
        "select published_value, computed_value, explanation from marts.publication_reconciliation "
        "where status = 'known_discrepancy' order by figure_id",
    )
    assert [(int(p), int(c)) for p, c, _ in known] == [(46, 47), (91, 86)]  # type: ignore[call-overload]
    assert all("prints as" in str(explanation) for *_, explanation in known)


def test_the_shipped_release_shows_change_numbers_and_hidden_cells(published: DataPaths) -> None:
    """Of the invented survey alone: two municipalities of its first round are one in the second, and its small cells
    are hidden, made up as they are."""
    of_demo = "survey_id = 'palvelukysely_demo'"
    changed = rows(
        published,
        "select unit, answer_code, n, base_n, earlier_n, earlier_base_n, round(delta)::int from marts.round_change "
        f"where {of_demo} and breakdown = 'all' and answer_code in ('chat', 'enough', 'same_day') order by all",
    )
    assert changed == [
        ("municipality", "chat", 25, 50, 14, 49, 21),  # of 50: two have merged
        ("municipality", "enough", None, None, None, None, None),  # what those two said would be the difference
        ("response", "chat", 25, 50, 14, 50, 22),
        ("response", "enough", 15, 50, 29, 50, -28),
    ], "waiting_time is broken"
    compared = rows(published, f"select question_id, comparability from marts.comparability where {of_demo}")
    assert sorted(compared) == [("channels", "same"), ("resources_enough", "same"), ("waiting_time", "broken")]
    hidden = rows(
        published,
        "select question_id, bool_or(breakdown = 'all'), bool_or(is_synthetic), count(n), count(share) from ("
        "select survey_id, question_id, breakdown, is_synthetic, cell_status, n, share from marts.answer_distribution "
        "union all by name select survey_id, question_id, breakdown, is_synthetic, cell_status, mean as n, total as "
        f"share from marts.number_summary) where cell_status like 'hidden%' and {of_demo} group by all order by all",
    )
    assert hidden == [("resources_enough", False, True, 0, 0), ("staff", False, True, 0, 0)]
    elsewhere = "select count(*) from marts.answer_distribution where cell_status like 'hidden%' and not "
    assert rows(published, elsewhere + of_demo) == [(0,)]
    protected = rows(published, "select distinct survey_id, is_synthetic from marts.dim_round where is_protected")
    assert protected == [("palvelukysely_demo", True)]


def test_responses_can_be_told_apart_by_a_question_of_the_survey(published: DataPaths) -> None:
    """respondent_form is a breakdown of the second survey alone; a municipality has the form of who spoke for it."""
    found = rows(
        published,
        "select survey_id, unit, breakdown_id, n, base_n from marts.answer_distribution "
        "where breakdown = 'respondent_form' and question_id = 'transfer_problems' and answer_code = 'yes' "
        "order by all",
    )
    assert found == [
        ("owal_tyovoiman_ulkopuolella", "municipality", "joint_authority", 11, 24),
        ("owal_tyovoiman_ulkopuolella", "municipality", "municipality", 65, 126),
        ("owal_tyovoiman_ulkopuolella", "response", "joint_authority", 11, 23),
        ("owal_tyovoiman_ulkopuolella", "response", "municipality", 69, 137),
    ]


def test_every_published_table_has_a_key_to_be_compared_by(published: DataPaths) -> None:
    told = rows(published, "select table_name from marts.release_table order by all")
    assert told == sorted((mart.name,) for mart in published_marts())


def test_synthetic_is_said_in_every_row_that_has_a_figure(published: DataPaths) -> None:
    with duckdb.connect(str(published.current), read_only=True) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "select distinct table_name from duckdb_columns() where column_name = 'is_synthetic'"
            ).fetchall()
        ]
        said = {
            name: connection.execute(f"select count(*) filter (is_synthetic), count(*) from marts.{name}").fetchone()
            for name in tables
            if name != "release"
        }
    full = {"answer_distribution", "response_rate", "system_use", "frame_municipality", "dim_round"}
    assert {name for name, counts in said.items() if counts != (0, 0)} >= full
    assert all(synthetic == n for synthetic, n in said.values())


def test_what_is_told_in_one_language_is_told_in_the_others(published: DataPaths) -> None:
    """In every row of every table; which columns there are is what test_languages looks at."""
    with duckdb.connect(str(published.current), read_only=True) as connection:
        told = connection.execute(
            "select table_name, stem, list(column_name) from (select table_name, column_name, "
            "regexp_extract(column_name, '^(.+)_(fi|sv|en)$', 1) as stem from duckdb_columns() "
            "where schema_name = 'marts') where stem <> '' group by all"
        ).fetchall()
        lacking = {
            f"{table}.{stem}": connection.execute(
                f"select count(*) from marts.{table} where len(list_filter([{', '.join(names)}], lambda each: "
                f"each is not null)) not in (0, {len(names)})"
            ).fetchone()
            for table, stem, names in told
        }
    assert "round_quality.message" in lacking
    assert {place for place, found in lacking.items() if found != (0,)} == set()


def test_release_is_read_only_and_holds_marts_alone(published: DataPaths) -> None:
    target = published.current.resolve()
    assert stat.S_IMODE(target.stat().st_mode) == 0o444
    assert not list(published.releases.rglob("*.wal"))
    schemas = rows(published, "select distinct schema_name from duckdb_tables() union select schema_name from "
                   "duckdb_views() where not internal")  # fmt: skip
    assert schemas == [("marts",)]
    uncommented = rows(published, "select table_name, column_name from duckdb_columns() where comment is null "
                       "and not internal")  # fmt: skip
    assert uncommented == []


def test_exports_are_the_same_tables(published: DataPaths) -> None:
    names = {str(name) for (name,) in rows(published, "select table_name from information_schema.tables")}
    assert {path.stem for path in published.current_folder.glob("parquet/*.parquet")} == names
    assert {path.stem for path in published.current_folder.glob("csv/*.csv")} == names


def test_status_names_release_round_and_every_check(published: DataPaths) -> None:
    status = json.loads(kuntakysely(published, "status", "--json").stdout)
    assert status["release"]["number"] == 1
    assert [(r["survey_id"], r["round_id"]) for r in status["rounds"]] == [
        ("koto_kuntakysely", "2023-01"),
        ("owal_tyovoiman_ulkopuolella", "2020"),
        ("palvelukysely_demo", "2023"),
        ("palvelukysely_demo", "2025"),
    ]
    assert len(status["checks"]) == rows(published, "select count(*) from marts.round_quality")[0][0]
    assert {check["tool"] for check in status["checks"]} == {"gx", "sql"}
    assert all(check["status"] in ("pass", "fail", "not_computable") for check in status["checks"])
    assert all(check["is_new"] == (check["status"] == "fail") for check in status["checks"])
    accepted = {"survey_id": "koto_kuntakysely", "round_id": "2023-01", "severity": "gate", "open": 0, "accepted": 1}
    assert accepted in status["findings"]
    n_findings = sum(each["open"] + each["accepted"] for each in status["findings"])
    assert n_findings == sum(check["status"] == "fail" for check in status["checks"])


def test_a_second_refresh_has_nothing_to_do(published: DataPaths) -> None:
    done = kuntakysely(published, "refresh")
    assert (done.returncode, done.stdout[:43]) == (0, "Nothing has changed since release 1 of 2026"[:43])
    assert len(list(published.releases.iterdir())) == 1


def test_the_same_bytes_again_change_nothing(fresh: DataPaths) -> None:
    """A file that is delivered anew, at another time, is the file that was read."""
    file = fresh.root / ROUND / "responses.csv"
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content)
    os.utime(file, (1, 1))
    assert release_if_unchanged(fresh, made_of(fresh), datetime.now(UTC))


def test_a_label_that_is_changed_reaches_the_release(published: DataPaths, published_twice: DataPaths) -> None:
    sql = "select label from marts.label where thing_key like 'owal%/under_10000' and language = 'fi'"
    assert rows(published, sql) == [("Alle 10 000 asukasta",)]
    assert rows(published_twice, sql) == [("Alle 10 000 asukkaan kunnat",)]


@pytest.mark.parametrize(
    "statement",
    [
        "drop table intermediate.int_answer_cube",
        "delete from raw.surveys__cells",
        "drop view staging.stg_surveys__rows",
    ],
)
def test_harm_to_the_warehouse_is_noticed(fresh: DataPaths, statement: str) -> None:
    assert release_if_unchanged(fresh, made_of(fresh), datetime.now(UTC))
    with opened(fresh.warehouse_file) as connection:
        connection.execute(statement)
    assert release_if_unchanged(fresh, made_of(fresh), datetime.now(UTC)) is None


@pytest.mark.parametrize("file", ["surveys/koto_kuntakysely/questions.csv", "registry/areas.csv", ROUND / "round.yml"])
def test_an_edited_input_is_noticed(fresh: DataPaths, file: str) -> None:
    path = fresh.root / file
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert release_if_unchanged(fresh, made_of(fresh), datetime.now(UTC)) is None


def test_a_decision_that_holds_no_more_is_noticed(fresh: DataPaths) -> None:
    assert release_if_unchanged(fresh, made_of(fresh), datetime(2099, 12, 31, 21, 0, tzinfo=UTC))
    assert release_if_unchanged(fresh, made_of(fresh), datetime(2099, 12, 31, 22, 0, tzinfo=UTC)) is None


def test_a_harmed_release_is_noticed(fresh: DataPaths) -> None:
    target = fresh.current.resolve()
    target.chmod(0o644)
    with target.open("ab") as handle:
        handle.write(b"x")
    assert release_if_unchanged(fresh, made_of(fresh), datetime.now(UTC)) is None


def test_a_damaged_warehouse_or_release_is_said_in_words(fresh: DataPaths) -> None:
    fresh.warehouse_file.write_bytes(b"no database at all " * 1000)
    assert release_if_unchanged(fresh, made_of(fresh), datetime.now(UTC)) is None
    assert kuntakysely(fresh, "status").returncode == 0, "the release is whole"
    target = fresh.current.resolve()
    target.chmod(0o644)
    target.write_bytes(b"no database at all " * 1000)
    done = kuntakysely(fresh, "status")
    assert (done.returncode, "the release is damaged" in done.stdout, "Traceback" in done.stdout) == (2, True, False)
    done = kuntakysely(fresh, "refresh")
    assert done.returncode == 0, done.stdout
    assert rows(fresh, "select number from marts.release") == [(2,)]


def test_an_edited_model_is_noticed(
    fresh: DataPaths, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = copy_project(tmp_path_factory.mktemp("project"))
    monkeypatch.setattr(fingerprint, "PROJECT_ROOT", copy)
    assert release_if_unchanged(fresh, made_of(fresh), datetime.now(UTC))
    replace(copy / "dbt_project/models/marts/dim_role.sql", "role_id,", "role_id, ")
    assert release_if_unchanged(fresh, made_of(fresh), datetime.now(UTC)) is None
