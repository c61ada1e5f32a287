"""What another engine made comes back as DuckDB would have made it, and nothing vouches for a lake that was left half
made. Needs no engine: the files are made by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from upath import UPath

from faults.told import WrongUsage
from orchestration.commands.forgetting import _alone
from orchestration.engines import lake, spark
from orchestration.engines.functions import FUNCTIONS
from orchestration.engines.lake import (
    ADDRESS,
    OWN,
    LakeBehind,
    LakeUnreachable,
    bring_back,
    check_lake,
    duckdb_type,
    files_of,
    land,
    made_of,
    new_files,
    remove,
)
from orchestration.engines.spark import EngineMissing, check_engine
from store.builds import KEPT, note_tables
from store.environment import ENGINE, LAKE
from store.fingerprint import code_sha256
from store.paths import DataPaths
from store.warehouse import opened

NOBODY = "__HIVE_DEFAULT_PARTITION__"  # how engines name the partition of null


@pytest.fixture(params=["", "memory://store"])
def paths(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataPaths]:
    """The files of the lake lie in the data folder, and in an object store."""
    monkeypatch.setenv(LAKE, request.param)
    found = DataPaths(tmp_path / "data")
    found.prepare_private()
    new_files(found)
    yield found
    remove(found)


@pytest.fixture
def on_spark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENGINE, "spark")


@pytest.fixture
def kept(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with one table that keeps rounds, and a lake that holds what it does."""
    with opened(paths.warehouse_file) as connection:
        connection.execute("create table marts.told as select 1 as n")
        note_tables(connection, ["marts.told"])
        lake.end(connection, paths)
        yield connection


def node(**said: Any) -> dict[str, Any]:
    """A model as dbt's manifest says it."""
    config = {"materialized": "table", "contract": {"enforced": False}, "persist_docs": {}}
    plain = {"schema": "marts", "name": "told", "description": "", "columns": {}}
    return plain | said | {"config": config | said.get("config", {})}


def column(type_: str, description: str = "", *constraints: str) -> dict[str, Any]:
    return {"data_type": type_, "description": description, "constraints": [{"type": each} for each in constraints]}


def write(paths: DataPaths, place: str, **columns: Any) -> None:
    file = files_of(paths) / "tables" / "marts.db" / "told" / place / "part.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as handle:
        pq.write_table(pa.table(columns), handle)


def brought(
    paths: DataPaths, model: Mapping[str, Any], types: Mapping[str, str], asked: str = "from marts.told"
) -> Any:
    bring_back(paths.warehouse_file, [made_of(model, types, files_of(paths))])
    with opened(paths.warehouse_file, read_only=True) as connection:
        return connection.execute(asked).fetchall()


def test_partitions_are_columns_again_and_texts(paths: DataPaths) -> None:
    """They stand first, as in models; ids that look like numbers and days are none."""
    for survey, round_id, n in (("s", "2020", 1), ("s", "2023-01-01", 2), ("007", NOBODY, 3)):
        write(paths, f"survey_id={survey}/round_id={round_id}", n=[n])
    types = {"n": "bigint", "survey_id": "string", "round_id": "string"}
    model = node(config={"materialized": "incremental"})
    expected = [("007", None, 3), ("s", "2020", 1), ("s", "2023-01-01", 2)]
    assert brought(paths, model, types, "from marts.told order by n = 3 desc, n") == expected


def test_a_contract_says_the_columns_their_order_and_what_is_never_null(paths: DataPaths) -> None:
    write(paths, "", b=pa.array([1], pa.int32()), a=["x"])
    columns = {"a": column("string", "", "not_null"), "b": column("bigint")}
    model = node(columns=columns, config={"contract": {"enforced": True}})
    asked = "select name, type, \"notnull\" from pragma_table_info('marts.told')"
    types = {"b": "int", "a": "string"}
    assert brought(paths, model, types, asked) == [("a", "VARCHAR", True), ("b", "BIGINT", False)]


def test_a_null_where_there_is_to_be_none_changes_nothing(paths: DataPaths) -> None:
    """Neither this table nor those that came before it."""
    write(paths, "", a=pa.array([None], pa.string()))
    with opened(paths.warehouse_file) as connection:
        connection.execute("create table marts.other as select 'before' as a")
    model = node(columns={"a": column("string", "", "not_null")}, config={"contract": {"enforced": True}})
    other = made_of(node(name="other"), {"a": "string"}, files_of(paths))
    with pytest.raises(duckdb.ConstraintException):
        bring_back(paths.warehouse_file, [other, made_of(model, {"a": "string"}, files_of(paths))])
    with opened(paths.warehouse_file, read_only=True) as connection:
        assert connection.execute("from marts.other").fetchall() == [("before",)]


def test_a_table_without_rows_has_no_files_and_its_columns(paths: DataPaths) -> None:
    assert brought(paths, node(), {"a": "array<string>", "b": "timestamp"}) == []
    with opened(paths.warehouse_file, read_only=True) as connection:
        found = connection.execute("select name, type from pragma_table_info('marts.told')").fetchall()
    assert found == [("a", "VARCHAR[]"), ("b", "TIMESTAMP")]


def test_comments_are_the_manifests(paths: DataPaths) -> None:
    write(paths, "", a=["x"])
    said = {"description": "The reader's", "columns": {"a": column("string", "It's told")}}
    asked = "select comment from duckdb_tables() union all select comment from duckdb_columns() where column_name = 'a'"
    model = node(**said, config={"persist_docs": {"relation": True}})
    assert brought(paths, model, {"a": "string"}, asked) == [("The reader's",), ("It's told",)]
    assert brought(paths, node(**said), {"a": "string"}, asked) == [(None,), (None,)]


@pytest.mark.parametrize(
    ("spark_says", "duckdb_says"),
    [("array<array<bigint>>", "bigint[][]"), ("decimal(18,3)", "decimal(18,3)"), ("timestamp_ntz", "timestamp")],
)
def test_types_are_those_of_duckdb(spark_says: str, duckdb_says: str) -> None:
    assert duckdb_type(spark_says) == duckdb_says


def landed(paths: DataPaths) -> dict[str, tuple[UPath, str, list[dict[str, Any]]]]:
    """By table: its one file, its columns and the rows in the file."""
    found = {}
    for table, folder, columns in land(paths.warehouse_file, files_of(paths)):
        (file,) = folder.iterdir()
        with file.open("rb") as handle:
            found[table] = (file, columns, pq.read_table(handle).to_pylist())
    return found


def test_raw_tables_land_with_their_columns(paths: DataPaths) -> None:
    with opened(paths.warehouse_file) as connection:
        connection.execute("create table raw.surveys__rows as select 's' as survey_id, 7::bigint as row_key")
        connection.execute("create table raw.empty (a varchar)")
    found = landed(paths)
    assert found["raw.surveys__rows"][1:] == (
        "survey_id string, row_key bigint",
        [{"survey_id": "s", "row_key": 7}],
    )
    assert found["raw.empty"][2] == []


def test_what_lies_there_is_not_written_again(paths: DataPaths) -> None:
    """A store is far, and one more round changes few tables; what a table held before does not stay beside it."""
    with opened(paths.warehouse_file) as connection:
        connection.execute("create table raw.same as select 1 as n")
        connection.execute("create table raw.other as select 1 as n")
    before = landed(paths)
    with before["raw.same"][0].open("wb") as handle:
        pq.write_table(pa.table({"n": [0]}), handle)  # told apart by what is not looked at
    with opened(paths.warehouse_file) as connection:
        connection.execute("insert into raw.other values (2)")
    assert [rows for *_, rows in landed(paths).values()] == [[{"n": 1}, {"n": 2}], [{"n": 0}]]


def test_a_lake_is_removed_wherever_it_was_put(
    paths: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it holds are answers: no erasure passes by a place that is no longer named. What else is there stays."""
    write(paths, "", a=["x"])
    before = files_of(paths)
    (before.parent / "of others").write_text("x")
    monkeypatch.setenv(LAKE, str(tmp_path / "elsewhere"))
    after = new_files(paths)
    assert not (before / "tables").exists()
    assert [each.read_text() for each in before.parent.glob("of others")] == ["x"]
    assert (after, after.exists()) == (UPath(tmp_path / "elsewhere" / OWN), True)
    monkeypatch.delenv(LAKE)
    with _alone(paths):  # before anything is erased
        assert (after.exists(), after.parent.exists()) == (False, True)


def test_nothing_is_erased_while_the_lake_is_out_of_reach(paths: DataPaths) -> None:
    """Or an erasure would end in the middle, and find nobody when it is told again."""
    (paths.lake / ADDRESS).write_text("s3a://bucket/kuntakysely_lake", encoding="utf-8")
    with pytest.raises(LakeUnreachable, match="cannot be reached"), _alone(paths):
        pytest.fail("it was begun")
    (paths.lake / ADDRESS).write_text(str(files_of(paths)), encoding="utf-8")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("folder", r"The lake's place folder is no whole path of a folder\. KUNTAKYSELY_LAKE names"),
        (__file__, "test_lake.py is no whole path of a folder"),
        ("s3a://bucket/folder", r"cannot be reached \(ImportError: Install s3fs to access S3\)"),
        ("ftb://host/folder", r"cannot be reached \(ValueError: Unsupported filesystem: 'ftb'\)"),
    ],
)
def test_a_place_that_cannot_be_used_is_told(address: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LAKE, address)
    with pytest.raises(LakeUnreachable, match=said):
        check_lake()


def count_kept(connection: duckdb.DuckDBPyConnection) -> object:
    return connection.execute(f"select count(*) from {KEPT}").fetchone()


@pytest.mark.usefixtures("on_spark")
def test_a_lake_as_it_was_left_is_gone_on_with(paths: DataPaths, kept: duckdb.DuckDBPyConnection) -> None:
    lake.end(kept, paths)
    lake.begin(kept, paths, is_whole=True)
    assert count_kept(kept) == (1,)


@pytest.mark.usefixtures("on_spark")
def test_a_build_that_did_not_end_leaves_nothing_to_go_on_with(
    paths: DataPaths, kept: duckdb.DuckDBPyConnection
) -> None:
    lake.end(kept, paths)
    lake.begin(kept, paths, is_whole=True)  # and is killed
    lake.begin(kept, paths, is_whole=True)
    assert count_kept(kept) == (0,)


@pytest.mark.usefixtures("on_spark")
def test_a_lake_of_another_warehouse_is_made_anew(paths: DataPaths, kept: duckdb.DuckDBPyConnection) -> None:
    lake.end(kept, paths)
    kept.execute("insert into marts.told values (2)")
    note_tables(kept, ["marts.told"])
    with pytest.raises(LakeBehind, match="kuntakysely refresh"):
        lake.begin(kept, paths, is_whole=False)
    lake.begin(kept, paths, is_whole=True)
    assert count_kept(kept) == (0,)


@pytest.mark.usefixtures("on_spark")
def test_a_lake_that_was_moved_is_made_anew(paths: DataPaths, kept: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """The metastore names its tables' files by their old places."""
    lake.end(kept, paths)
    moved = DataPaths(tmp_path / "other")
    moved.private.mkdir(parents=True)
    paths.lake.rename(moved.lake)
    lake.begin(kept, moved, is_whole=True)
    assert count_kept(kept) == (0,)


def test_duckdb_needs_no_lake(paths: DataPaths, kept: duckdb.DuckDBPyConnection) -> None:
    before = [*files_of(paths).rglob("*")]
    lake.begin(kept, paths, is_whole=False)
    lake.end(kept, paths)
    assert (count_kept(kept), [*files_of(paths).rglob("*")]) == ((1,), before)


@pytest.mark.usefixtures("on_spark")
def test_what_an_engine_lacks_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "find_spec", lambda _: None)
    with pytest.raises(EngineMissing, match=r"no pyspark .*Expected: .*`make \.spark/\.ready`"):
        check_engine()
    monkeypatch.setattr(spark, "find_spec", lambda _: object())
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EngineMissing, match=r"There is no java here\. .*apt-get install"):
        check_engine()
    monkeypatch.setenv("JAVA_HOME", "/usr/lib/jvm")
    check_engine()


def test_an_engine_that_nobody_knows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENGINE, "sparc")
    with pytest.raises(WrongUsage, match=r"no engine sparc\. There are: duckdb, spark"):
        check_engine()


def test_what_one_engine_built_is_built_anew_by_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    before = code_sha256()
    monkeypatch.setenv(ENGINE, "spark")
    assert code_sha256() != before


def test_of_nothing_known_the_functions_know_nothing() -> None:
    assert {each.as_asked()(*[None for _ in each.takes]) for each in FUNCTIONS} == {None}
