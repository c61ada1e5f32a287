"""A release as its readers and its operators meet it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from publish.gate.refusals import PublishRefused
from publish.releases import folder, release
from publish.releases.own_tables import OWN_TABLES
from store import lock, marts, state, warehouse
from store.paths import DataPaths
from tests.unit.publish.conftest import FEW_TABLES, declared

pytestmark = pytest.mark.slow

Rebuild = Callable[[DataPaths, int], None]
OWN = {table.name for table in OWN_TABLES}
DAY = timedelta(days=1)
EVERY_TABLE = tuple(mart.name for mart in marts.published_marts())


@contextmanager
def reading(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection


def markers_of(file: Path) -> set[int]:
    """The markers in every published table of a release: one, when it is whole."""
    with reading(file) as connection:
        found = [connection.execute(f"select n from marts.{table}").fetchall() for table in marts.declared_marts()]
    return {marker for rows in found for (marker,) in rows}


def withhold(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A mart that says that it is not published."""
    silent = marts.Mart(name, marts.TableWords(published=False), {})
    words = marts.declared_marts() | {name: silent}
    monkeypatch.setattr(marts, "declared_marts", lambda: words)


def test_holds_the_published_tables_in_marts_and_nothing_else(
    paths: DataPaths, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    withhold(monkeypatch, "int_respondent")
    with warehouse.opened(paths.warehouse_file) as connection:
        connection.execute("create table marts.int_respondent as select 'anna@example.fi' as email")
    release.publish(paths, now, refresh_id=1)
    with reading(paths.current) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables() where not internal").fetchall()
        views = connection.execute("select schema_name, view_name from duckdb_views() where not internal").fetchall()
        schemas = connection.execute("select schema_name from duckdb_schemas() where not internal").fetchall()
    assert views == [("marts", "headline_result")]
    assert set(tables) == {("marts", name) for name in {*FEW_TABLES, *OWN} - {"headline_result"}}
    assert schemas == [("marts",)]
    assert b"anna@example.fi" not in paths.current.read_bytes()


DELIVERED = """
create table raw.codebook__corrections (survey_id text, round_id text, response_id text, action text);
create table raw.surveys__rows as
select 'koto' as survey_id, '2023-01' as round_id, 'f' as source_file, n::varchar as source_line, 'read' as row_status,
    't' || n as response_token
from range(3) as t (n)
"""


def test_a_delivery_is_the_last_one_once_it_is_published(paths: DataPaths, now: datetime) -> None:
    """One that is refused is not: it would be held against itself when it is tried again."""
    deliver(paths, DELIVERED)
    release.publish(paths, now, refresh_id=1)
    assert tokens_published(paths) == ["t0", "t1", "t2"]
    deliver(paths, "delete from raw.surveys__rows where source_line <> '0'")
    deliver(paths, "update marts.dim_round set n = 2")
    with pytest.raises(PublishRefused):
        release.publish(paths, now + DAY, refresh_id=2)
    assert tokens_published(paths) == ["t0", "t1", "t2"]
    deliver(paths, "update marts.dim_round set n = 1")
    release.publish(paths, now + DAY, refresh_id=3)
    assert tokens_published(paths) == ["t0"]


def deliver(paths: DataPaths, sql: str) -> None:
    with warehouse.opened(paths.warehouse_file) as connection:
        connection.execute(sql)


def tokens_published(paths: DataPaths) -> list[str | None]:
    with state.opened(paths) as memory:
        return [token for *_, token in state.published_rows(memory)]


def test_a_release_is_a_folder_named_by_its_hash_with_nothing_else_in_it(published: DataPaths) -> None:
    sha256 = hashlib.sha256(published.current.read_bytes()).hexdigest()
    (folder,) = published.releases.iterdir()
    assert folder.name == f"1_{sha256[:8]}"
    assert {path.name for path in folder.iterdir()} == {"current.duckdb", "csv", "parquet", "report"}
    assert {path.name for path in published.published.iterdir()} == {"current", "current.duckdb", "releases"}


def test_links_are_relative_so_the_folder_can_be_moved(released: DataPaths) -> None:
    assert released.current_folder.readlink() == Path("releases") / released.current_folder.resolve().name
    assert released.current.readlink() == Path("current/current.duckdb")
    moved = released.published.rename(released.root / "elsewhere")
    assert markers_of(moved / "current.duckdb") == {1}


def test_the_catalogue_is_current_in_every_client(released: DataPaths, now: datetime) -> None:
    """Also after the next release, and by either way to the file."""
    release.publish(released, now, refresh_id=1)
    for file in (released.current, released.current_folder / "current.duckdb"):
        with reading(file) as connection:
            assert connection.execute("select current_database()").fetchall() == [("current",)]
        with duckdb.connect() as connection:
            connection.execute(f"attach '{file}' (read_only)")
            assert connection.execute("select n from current.marts.dim_round").fetchall() == [(1,)]


def test_is_written_for_readers_from_duckdb_1_2_on(published: DataPaths) -> None:
    with reading(published.current) as connection:
        (tags,) = connection.execute("select tags from duckdb_databases() where not internal").fetchall()
    assert tags[0]["storage_version"].startswith("v1.2.0")


def test_types_constraints_and_comments_are_those_of_the_warehouse(published: DataPaths) -> None:
    with reading(published.current) as connection:
        sql, comment = connection.execute(
            "select sql, comment from duckdb_tables() where table_name = 'response_rate'"
        ).fetchall()[0]
        bare = connection.execute(
            "select table_name, column_name from duckdb_columns() where not internal and coalesce(comment, '') = ''"
        ).fetchall()
    assert sql == 'CREATE TABLE marts.response_rate(id VARCHAR, n INTEGER NOT NULL, "share" DOUBLE, PRIMARY KEY(id));'
    assert comment == "Kunnan response_rate. One row per it's id."
    assert bare == []


def test_view_opens_under_any_file_name(published: DataPaths, tmp_path: Path) -> None:
    file = published.current.resolve()
    other = tmp_path / "kopio.duckdb"
    other.write_bytes(file.read_bytes())
    with reading(other) as connection:
        assert connection.execute("from marts.headline_result order by id").fetchall() == [
            ("005", 1),
            ("020", 1),
        ]


def test_view_that_reads_a_table_left_out_is_not_published(
    paths: DataPaths, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    withhold(monkeypatch, "answer_distribution")
    with pytest.raises(release.ReleaseUnsound, match=r"marts.headline_result cannot be made in the release"):
        release.publish(paths, now, refresh_id=1)
    assert not paths.current.exists()


def test_every_table_of_the_contract_can_be_published(
    paths: DataPaths, now: datetime, rebuild: Rebuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marts, "declared_marts", lambda: declared(EVERY_TABLE))
    rebuild(paths, 2)
    release.publish(paths, now, refresh_id=1)
    assert markers_of(paths.current) == {2}


def test_says_what_it_was_made_from(published: DataPaths, now: datetime) -> None:
    file = published.current.resolve()
    digest = hashlib.sha256(b"registry/areas.csv\0ab12\nsurveys/koto/survey.yml\0cd34\n").hexdigest()
    with reading(file) as connection:
        rows = connection.execute("select * exclude (code_version) from marts.release").fetchall()
        inputs = connection.execute("select source_file, n_rows from marts.release_input").fetchall()
    assert rows == [(1, 2, now.replace(tzinfo=None), "c0de" * 16, digest, 5, 0, 0, None, True)]
    assert inputs == [("registry/areas.csv", 20), ("surveys/koto/survey.yml", 1)]


def test_round_quality_tells_since_when_a_check_fails(paths: DataPaths, now: datetime) -> None:
    with warehouse.opened(paths.warehouse_file) as connection:
        connection.execute("update checks.results set status = 'fail' where severity = 'warn'")
    with state.opened(paths) as memory:
        refresh_id = state.begin_refresh(memory, now - 3 * DAY, "fp")
        late = state.CheckOutcome("koto", "2023-01", "answered_late", "fail", "1", 1)
        state.record_checks(memory, refresh_id, now - 3 * DAY, [late])
    release.publish(paths, now, refresh_id)
    with reading(paths.current) as connection:
        rows = connection.execute(
            "select check_id, round_key, is_synthetic, status, first_seen from marts.round_quality order by check_id"
        ).fetchall()
    three_days_ago = (now - 3 * DAY).replace(tzinfo=None)
    assert rows == [
        ("answered_late", "koto/2023-01", True, "fail", three_days_ago),
        ("answers_in_codebook", "koto/2023-01", True, "pass", None),
        ("as_declared.dim_round", None, True, "pass", None),
        ("rows_conserved", "koto/2023-01", True, "pass", None),
        ("signed_off", "koto/2023-01", True, "pass", None),
    ]


def test_a_failure_without_history_is_first_seen_now(paths: DataPaths, now: datetime) -> None:
    with warehouse.opened(paths.warehouse_file) as connection:
        connection.execute("update checks.results set status = 'fail' where severity = 'warn'")
    release.publish(paths, now, refresh_id=1)
    with reading(paths.current) as connection:
        rows = connection.execute("select first_seen from marts.round_quality where status = 'fail'").fetchall()
    assert rows == [(now.replace(tzinfo=None),)]


def test_numbers_grow_also_after_the_state_is_lost(paths: DataPaths, now: datetime) -> None:
    assert [release.publish(paths, now, refresh_id=1).number for _ in range(2)] == [1, 2]
    paths.state_file.unlink()
    assert release.publish(paths, now, refresh_id=1).number == 3
    with state.opened(paths) as memory:
        remembered = [(record.number, record.superseded_at) for record in state.releases(memory)]
    assert remembered == [(1, now), (2, now), (3, None)]


def test_numbers_grow_also_after_the_files_are_lost(released: DataPaths, now: datetime) -> None:
    released.current.resolve().unlink()
    assert release.publish(released, now, refresh_id=1).number == 2


def test_release_is_remembered_with_the_fingerprint_of_its_refresh(paths: DataPaths, now: datetime) -> None:
    with state.opened(paths) as memory:
        refresh_id = state.begin_refresh(memory, now, "a fingerprint")
    made = release.publish(paths, now, refresh_id)
    with state.opened(paths) as memory:
        assert state.releases(memory) == [
            state.ReleaseRecord(1, made.folder.name, made.sha256, "a fingerprint", now, None)
        ]


def test_old_releases_go_by_the_time_since_they_were_superseded(paths: DataPaths, now: datetime) -> None:
    days = (0, 30, 36, 38)  # 1 is superseded on day 30, 2 on day 36, 3 on day 38
    lying = []
    for day in days:
        release.publish(paths, now + day * DAY, refresh_id=1)
        lying.append(sorted(state.release_files(paths.releases)))
    assert lying == [[1], [1, 2], [1, 2, 3], [2, 3, 4]]


def test_the_current_release_is_never_removed(released: DataPaths, now: datetime) -> None:
    release.publish(released, now, refresh_id=1)
    release.rollback(released, now, 1)
    release.repair(released, now + 400 * DAY)
    assert list(state.release_files(released.releases)) == [1]
    assert state.current_release(released) == 1


def test_rollback_goes_to_the_release_before_with_its_files(paths: DataPaths, now: datetime, remark: Rebuild) -> None:
    for marker in (1, 2, 3):
        remark(paths, marker)
        release.publish(paths, now, refresh_id=1)
    assert release.rollback(paths, now + DAY) == 2
    assert markers_of(paths.current) == {2}
    assert folder.is_whole(paths.current_folder)
    assert (paths.current_folder / "csv" / "dim_county.csv").read_bytes() == b"id,n,share\n005,2,0.5\n020,2,\n"
    with state.opened(paths) as memory:
        assert [(number, cause) for _, number, cause in state.current_history(memory)][-1] == (2, "rollback")
        assert [record.superseded_at for record in state.releases(memory)] == [now, None, now + DAY]
    assert release.rollback(paths, now + DAY, 3) == 3


def test_rollback_names_the_releases_there_are(paths: DataPaths, now: datetime) -> None:
    with pytest.raises(release.RollbackRefused, match="There are: none"):
        release.rollback(paths, now)
    release.publish(paths, now, refresh_id=1)
    with pytest.raises(release.RollbackRefused, match=r"no release before 1 is left to go back to. There are: 1\."):
        release.rollback(paths, now)
    release.publish(paths, now, refresh_id=1)
    with pytest.raises(release.RollbackRefused, match=r"there is no release 9. There are: 1, 2: name one of them\."):
        release.rollback(paths, now, 9)
    with pytest.raises(release.RollbackRefused, match="release 2 is the current one already"):
        release.rollback(paths, now, 2)


def test_only_one_publishes_at_a_time(paths: DataPaths, now: datetime) -> None:
    with (
        lock.publish_lock(paths, now),
        pytest.raises(lock.RefreshRunning, match="another publish or rollback"),
    ):
        release.publish(paths, now, refresh_id=1)


@pytest.mark.parametrize("gone", [("current",), ("current.duckdb",), ("current", "current.duckdb")])
def test_a_removed_symlink_comes_back(released: DataPaths, now: datetime, gone: tuple[str, ...]) -> None:
    for name in gone:
        (released.published / name).unlink()
    release.repair(released, now)
    assert markers_of(released.current) == {1}
    assert folder.is_whole(released.current_folder)


@pytest.mark.parametrize("place", ["releases/.building", "releases/.removed_1_0123abcd", ".current.building"])
def test_what_a_kill_left_goes(released: DataPaths, now: datetime, place: str) -> None:
    (released.published / place / "csv").mkdir(parents=True)
    (released.published / place / "csv" / "half.csv").touch()
    release.repair(released, now)
    assert not (released.published / place).exists()
    assert folder.is_whole(released.current_folder)


def test_a_log_that_a_killed_reader_left_does_not_lock_readers_out(released: DataPaths, now: datetime) -> None:
    for log in (released.current, released.current.resolve()):
        log.with_name(f"{log.name}.wal").write_bytes(b"rubbish" * 100)
    release.repair(released, now)
    assert markers_of(released.current) == {1}


def test_a_release_that_is_not_its_source_is_not_published(
    paths: DataPaths, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = release._fill_own_tables

    def losing(connection: duckdb.DuckDBPyConnection, *rest: object) -> release.Signatures:
        connection.execute("delete from release.marts.dim_county where id = '005'")
        connection.execute("comment on column release.marts.dim_role.n is 'other'")
        connection.execute("create schema release.raw")
        return whole(connection, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(release, "_fill_own_tables", losing)
    with pytest.raises(release.ReleaseUnsound) as caught:
        release.publish(paths, now, refresh_id=1)
    for message in (
        "marts.dim_county: (1, ",
        "marts.dim_role was not made again",
        "schema raw does not belong",
    ):
        assert message in str(caught.value)
    assert not paths.current.exists()
