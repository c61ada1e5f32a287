"""What a release says of the release before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from publish.releases import release
from publish.releases.changes import changes_between
from store import state, warehouse
from store.paths import DataPaths
from tests.unit.publish.conftest import sign

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
Remark = Callable[[DataPaths, int], None]


def change(paths: DataPaths, *statements: str) -> None:
    """Edit the marts of the warehouse and sign them again."""
    with warehouse.opened(paths.warehouse_file) as connection, warehouse.transaction(connection):
        for statement in statements:
            connection.execute(statement)
        sign(connection)


def changes(paths: DataPaths) -> list[tuple[object, ...]]:
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        return connection.execute("select * exclude (is_synthetic) from marts.release_change order by all").fetchall()


def compared_with(paths: DataPaths) -> object:
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        return connection.execute("select compared_with from marts.release").fetchall()[0][0]


def test_the_first_release_has_nothing_to_compare_with(published: DataPaths) -> None:
    assert (compared_with(published), changes(published)) == (None, [])


def test_nothing_differs_when_nothing_changed(released: DataPaths, now: datetime) -> None:
    release.publish(released, now, refresh_id=2)
    assert (compared_with(released), changes(released)) == (1, [])


def test_every_value_that_differs_is_told_with_its_row(released: DataPaths, now: datetime) -> None:
    change(
        released,
        "update marts.response_rate set n = 7, share = null where id = '005'",
        "update marts.response_rate set share = 0.25 where id = '020'",
    )
    release.publish(released, now, refresh_id=2)
    assert changes(released) == [
        ("response_rate", "all", "all", "value_changed", "id=005", "n", "1", "7"),
        ("response_rate", "all", "all", "value_changed", "id=005", "share", "0.5", None),
        ("response_rate", "all", "all", "value_changed", "id=020", "share", None, "0.25"),
    ]


def test_rows_that_came_and_went_are_told(released: DataPaths, now: datetime) -> None:
    change(
        released,
        "delete from marts.system_use where id = '005'",
        "insert into marts.system_use values ('078', 1, 0.5)",
    )
    release.publish(released, now, refresh_id=2)
    assert changes(released) == [
        ("system_use", "all", "all", "row_added", "id=078", "n_rows", "0", "1"),
        ("system_use", "all", "all", "row_removed", "id=005", "n_rows", "1", "0"),
    ]


def test_a_round_that_came_is_told_whole(released: DataPaths, now: datetime) -> None:
    change(
        released,
        "insert into marts.dim_round values ('koto', '2025-02', 'koto/2025-02', true, false, 1)",
        "insert into checks.results from (from checks.results select * replace ('2025-02' as round_id)"
        " where round_id = '2023-01')",
    )
    release.publish(released, now, refresh_id=2)
    assert changes(released) == [("dim_round", "koto", "2025-02", "round_added", "all", "n_rows", "0", "1")]
    earlier, later = state.release_files(released.releases).values()
    assert [found["change"] for found in changes_between(later, earlier)] == ["round_removed"]


def test_after_a_rollback_the_next_release_is_compared_with_what_readers_had(
    released: DataPaths, now: datetime, remark: Remark
) -> None:
    remark(released, 2)
    release.publish(released, now, refresh_id=2)
    release.rollback(released, now)
    release.publish(released, now, refresh_id=3)
    assert compared_with(released) == 1
    assert {(column, old, new) for *_, column, old, new in changes(released)} == {("n", "1", "2")}


def test_tables_and_columns_that_came_and_went_are_told(tmp_path: Path) -> None:
    first, second = made_up_release(tmp_path / "1.duckdb", 5), made_up_release(tmp_path / "2.duckdb", 5)
    with duckdb.connect(str(second)) as connection:
        connection.execute("create table marts.came as select 1 as n")
        connection.execute("alter table marts.dim_question add column note varchar")
        connection.execute("alter table marts.dim_question alter survey_id type integer using 1")
    told = [tuple(each.values()) for each in changes_between(first, second)]
    assert told == [
        ("came", "all", "all", "table_added", "all", "all", None, None, None),
        ("dim_question", "all", "all", "column_added", "all", "note", None, "VARCHAR", None),
        ("dim_question", "all", "all", "column_added", "all", "survey_id", None, "INTEGER", None),
        ("dim_question", "all", "all", "column_removed", "all", "survey_id", "VARCHAR", None, None),
    ]
    back = {each["change"] for each in changes_between(second, first)}
    assert back == {"table_removed", "column_added", "column_removed"}


def test_two_releases_compare_the_same_later(released: DataPaths, now: datetime, remark: Remark) -> None:
    first = released.current.resolve()
    remark(released, 2)
    release.publish(released, now, refresh_id=2)
    found = changes_between(first, released.current.resolve())
    assert [tuple(each.values())[:-1] for each in found] == changes(released)


def test_after_an_erasure_nothing_is_compared(released: DataPaths, now: datetime, remark: Remark) -> None:
    """The difference would be the answers of who was erased. The release after it is compared again."""
    remark(released, 2)
    with state.opened(released) as memory:
        state.record_tombstone(memory, "koto", "a token", now)
    release.publish(released, now + HOUR, refresh_id=2)
    assert (compared_with(released), changes(released)) == (None, [])
    remark(released, 3)
    release.publish(released, now + 2 * HOUR, refresh_id=3)
    assert (compared_with(released), len(changes(released)) > 0) == (2, True)


def made_up_release(file: Path, n: int) -> Path:
    """Two rounds, real and invented, of an opinion and a public fact; n is the first count of each."""
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.release_table as from (values "
            "('answer_distribution', 'survey_id, round_id, question_id, answer_code')) as t (table_name, key_columns)"
        )
        connection.execute(
            "create table marts.dim_round as "
            "from (values ('s', '1', true), ('s', '2', false)) as t (survey_id, round_id, is_protected)"
        )
        connection.execute(
            "create table marts.dim_question as from (values ('s', 'fact', 'public_fact'), ('s', 'view', 'opinion')) "
            "as t (survey_id, question_id, disclosure)"
        )
        connection.execute(
            "create table marts.answer_distribution as "
            "select survey_id, round_id, question_id, code as answer_code, round_id = '2' as is_synthetic, "
            f"case when code = 'yes' then {n} else 9 end as n "
            "from marts.dim_round inner join marts.dim_question using (survey_id), (values ('yes'), ('no')) as c (code)"
        )
        connection.execute(f"delete from marts.answer_distribution where answer_code = 'no' and {n} > 5")
    return file


def test_of_real_answers_only_that_they_differ_is_told(tmp_path: Path) -> None:
    """A late answer to an opinion moves the cells of that answer: to say which would say what it was."""
    found = changes_between(made_up_release(tmp_path / "1.duckdb", 5), made_up_release(tmp_path / "2.duckdb", 6))
    told = {(each["round_id"], each["row"].split("question_id=")[1], each["change"]) for each in found}
    assert told == {
        ("1", "view", "answers_changed"),
        *((round_id, f"{question}, answer_code=yes", "value_changed") for round_id, question in OPEN),
        *((round_id, f"{question}, answer_code=no", "row_removed") for round_id, question in OPEN),
    }
    closed = [each for each in found if each["change"] == "answers_changed"]
    assert [(each["column_name"], each["old_value"], each["new_value"]) for each in closed] == [("all", None, None)]


OPEN = (("1", "fact"), ("2", "fact"), ("2", "view"))
