"""A new mart is refused until it says what it is, told as far as its cells are told, and missed when it goes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from publish.gate.refusals import PublishRefused
from publish.releases.release import publish
from store import marts
from store.fingerprint import code_sha256
from store.paths import DataPaths
from store.warehouse import opened, table_signature
from tests.acceptance.project import copy_data, rows
from tests.disclosed import survey

MART = """
create table marts.n_by_county as
select survey_id, round_id, question_id, answer_code, breakdown_id as county_code, is_synthetic, n
from marts.answer_distribution
where unit = 'municipality' and breakdown = 'county' and level = 'option'
"""
COMMENTS = {"n_by_county": "Municipalities that gave an answer, by county. One row per round, question and county."}
KEY = "survey_id, round_id, question_id, answer_code, county_code"
CELL = """cells: [{unit: "'municipality'", breakdown: "'county'", breakdown_id: county_code, level: "'option'"}]"""
KINDS = {"is_synthetic": "label", "n": "count"}
WRONG = "select * replace (n + 1 as n) from marts.n_by_county"


pytestmark = pytest.mark.usefixtures("tables_only")


@pytest.fixture
def paths(real: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    """A warehouse of real answers with one mart more, built and signed as a refresh would; its words are in a copy of
    the models' folder."""
    found = copy_data(real, tmp_path / "data")
    models = shutil.copytree(marts.FOLDER, tmp_path / "models" / "marts")
    monkeypatch.setattr(marts, "FOLDER", models)
    monkeypatch.setattr("publish.gate.declared.PROJECT_ROOT", tmp_path)
    monkeypatch.setattr("publish.gate.declared.FOLDER", models)
    change(found, MART)
    marts.declared_marts.cache_clear()
    return found


@pytest.fixture(autouse=True)
def reread() -> Callable[[], None]:
    """Read the words of the marts anew, now and after the test."""
    yield marts.declared_marts.cache_clear
    marts.declared_marts.cache_clear()


def change(paths: DataPaths, statement: str) -> None:
    """Build one mart anew: with comments, its test and its signature."""
    with opened(paths.warehouse_file) as connection:
        connection.execute(statement)
        connection.execute("delete from checks.declared_results where asset = 'n_by_county'")
        connection.execute("delete from checks.signatures where table_name = 'marts.n_by_county'")
        if connection.execute("from duckdb_tables() where table_name = 'n_by_county'").fetchall():
            describe(connection)
            connection.execute(
                "insert into checks.declared_results select * replace ('n_by_county' as asset, "
                "'as_declared.n_by_county' as check_id) from checks.declared_results where asset = 'dim_round' limit 1"
            )
            sign(connection, "marts.n_by_county")
        connection.execute("delete from checks.signatures where table_name = 'checks.declared_results'")
        sign(connection, "checks.declared_results")


def describe(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"comment on table marts.n_by_county is '{COMMENTS['n_by_county']}'")
    for column in (*KEY.split(", "), *KINDS):
        connection.execute(f"comment on column marts.n_by_county.{column} is 'The {column}.'")


def sign(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    signature = table_signature(connection, table)
    connection.execute(
        "insert into checks.signatures values (?, ?, ?, ?, ?)", [table, *signature, code_sha256(), str(datetime.now())]
    )


def unsign(paths: DataPaths, round_id: str) -> None:
    """As if nobody had signed the round off."""
    with opened(paths.warehouse_file) as connection:
        connection.execute("update marts.dim_round set signed_off_on = null where round_id = ?", [round_id])
        connection.execute("delete from checks.signatures where table_name = 'marts.dim_round'")
        sign(connection, "marts.dim_round")


def tables_with(paths: DataPaths, round_id: str) -> set[str]:
    """The published tables by round that have rows of one."""
    by_round = "select table_name from duckdb_columns() where schema_name = 'marts' and column_name = 'round_id'"
    of_round = f"where round_id = '{round_id}'"
    return {
        str(table)
        for (table,) in rows(paths, f"select distinct table_name from ({by_round})")
        if rows(paths, f"select count(*) from marts.{table} {of_round}") != [(0,)]
    }


def declare(kinds: dict[str, str], cell: str = CELL) -> None:
    """Write the words of the mart, as its YAML file has them."""
    columns = [f"      - {{name: {name}, config: {{meta: {{kind: key}}}}}}" for name in KEY.split(", ")]
    columns += [f"      - {{name: {name}, config: {{meta: {{kind: {kind}}}}}}}" for name, kind in kinds.items()]
    meta = f"      meta: {{published: true, order: 99, key: [{KEY}], {cell}}}".replace(", }", "}")
    lines = ["models:", "  - name: n_by_county", "    config:", meta, "    columns:", *columns]
    (marts.FOLDER / "n_by_county.yml").write_text("\n".join(lines), encoding="utf-8")
    marts.declared_marts.cache_clear()


def refused(paths: DataPaths) -> str:
    with pytest.raises(PublishRefused) as caught:
        publish(paths, datetime.now(UTC), 1)
    assert len(caught.value.refusals) == 1, str(caught.value)
    return str(caught.value.refusals[0])


def told(paths: DataPaths, condition: str = "true") -> list[tuple[object, ...]]:
    """Cells of the mart beside the same cells of answer_distribution."""
    return rows(
        paths,
        f"""
        select mine.n, theirs.n, theirs.cell_status
        from marts.n_by_county as mine inner join marts.answer_distribution as theirs using ({KEY.rpartition(",")[0]})
        where theirs.unit = 'municipality' and theirs.breakdown = 'county' and theirs.level = 'option'
            and theirs.breakdown_id = mine.county_code and {condition}
        """,
    )


def test_a_mart_is_refused_until_it_says_what_it_is(paths: DataPaths) -> None:
    silent = refused(paths)
    assert "marts.n_by_county does not say whether it is published" in silent
    assert f"key: [{KEY}]" in silent  # the line that is offered names the columns that tell the rows apart
    declare({"is_synthetic": "label"})
    assert re.search(r"n_by_county\.n does not say .* `config: {meta: {kind: count}}`", refused(paths))
    declare(KINDS, cell="")
    assert "has figures of answers (n) and no column breakdown, breakdown_id, level, unit" in refused(paths)
    declare(KINDS | {"n": "counts"})
    assert "n: kind: Input should be" in refused(paths)


def test_a_mart_that_says_it_is_hidden_cell_by_cell_and_missed_when_it_goes(paths: DataPaths) -> None:
    declare(KINDS)
    publish(paths, datetime.now(UTC), 1)
    found = told(paths)
    assert len(found) > 100
    assert [row for row in found if row[0] != row[1]] == []
    assert {row[0] for row in told(paths, "theirs.cell_status like 'hidden%'")} == {None}
    came = "select change from marts.release_change where table_name = 'n_by_county'"
    assert rows(paths, came) == [("table_added",)]
    change(paths, "drop table marts.n_by_county")
    (marts.FOLDER / "n_by_county.yml").unlink()
    marts.declared_marts.cache_clear()
    publish(paths, datetime.now(UTC), 1)
    assert rows(paths, came) == [("table_removed",)]


def test_a_count_that_no_judged_table_has_is_told_by_nobody(paths: DataPaths) -> None:
    """One municipality more or less beside the same cell elsewhere would be told by the difference."""
    declare(KINDS)
    change(paths, f"create or replace table marts.n_by_county as {WRONG}")
    publish(paths, datetime.now(UTC), 1)
    of_real = "not mine.is_synthetic and theirs.question_id in ('happy', 'trust')"
    assert {row[0] for row in told(paths, of_real)} == {None}
    assert {row[1] for row in told(paths, of_real)} > {None}


def test_of_a_round_that_nobody_signed_only_who_answered_is_told(paths: DataPaths) -> None:
    earlier, later = survey.ROUNDS
    declare(KINDS)
    publish(paths, datetime.now(UTC), 1)
    assert rows(paths, "select count(*) > 0 from marts.round_change") == [(True,)]
    had = tables_with(paths, earlier)
    unsign(paths, earlier)
    publish(paths, datetime.now(UTC), 1)
    of_who_answered = {"dim_round", "frame_municipality", "response_rate", "response_curve"}
    of_quality = {"round_quality", "round_quality_detail", "release_input", "release_change", "release_round"}
    of_print = {"printed_sentence", "claim_figure", "claim"}
    assert tables_with(paths, earlier) - of_quality - of_print == of_who_answered
    sql = f"select distinct verdict, frame_verdict from marts.claim where round_id = '{earlier}'"
    assert rows(paths, sql) == [("not_computable", "not_computable")]
    assert had > of_who_answered | {"answer_distribution", "number_summary", "headline_result", "n_by_county"}
    assert rows(paths, "select count(*) from marts.round_change") == [(0,)]
    assert tables_with(paths, later) >= {"answer_distribution", "comparability"}
