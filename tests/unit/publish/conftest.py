"""A small private warehouse whose checks pass, so that a release can be made of it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from publish.gate import refusals
from publish.releases import release
from store import marts, warehouse
from store.paths import DataPaths

CODE = "c0de" * 16
FEW_TABLES = (
    "dim_round",
    "dim_county",
    "dim_role",
    "answer_distribution",
    "headline_result",
    "response_rate",
    "system_use",
)
KEYS = {"dim_round": "round_key"}
COLUMNS = ("survey_id", "round_id", "round_key", "is_synthetic", "is_protected", "id", "n", "share")
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

DIM_ROUND = """
    create or replace table marts.dim_round (
        survey_id varchar not null, round_id varchar not null, round_key varchar, is_synthetic boolean not null,
        is_protected boolean not null, n integer, primary key (round_key)
    )
"""
PLAIN = "create or replace table marts.{name} (id varchar, n integer not null, share double, primary key (id))"
VIEW = "create or replace view marts.headline_result as select id, n from marts.answer_distribution"
RESULTS = """
    create or replace table checks.results (
        survey_id varchar, round_id varchar, check_id varchar, family varchar, tool varchar, asset varchar,
        severity varchar, status varchar, observed varchar, threshold varchar, n_failed bigint, message_en varchar,
        message_fi varchar, message_sv varchar, definition varchar, formula varchar
    )
"""
PASSING = (
    ("koto", "2023-01", "rows_conserved", "sql", "block"),
    ("koto", "2023-01", "answers_in_codebook", "gx", "block"),
    ("koto", "2023-01", "answered_late", "sql", "warn"),
    ("koto", "2023-01", "signed_off", "sql", "gate"),
    ("all", "all", "as_declared.dim_round", "sql", "block"),
)
SIGNATURES = """
    create or replace table checks.signatures (
        table_name varchar, n_rows bigint, content_hash varchar, code_sha256 varchar, checked_at timestamp
    )
"""
SOURCES = """
    create or replace table raw.ingest__sources (
        source_file varchar, kind varchar, survey_id varchar, round_id varchar, sha256 varchar, card_sha256 varchar,
        producer varchar, licence varchar, received_on varchar, n_rows varchar
    )
"""


RECORDS = """
    create or replace table checks.builds as
        select 3 as n_models, 3 as n_models_built, '{code}' as code_sha256, '{sources}' as sources_hash;
    create or replace table checks.of_each_round as
        select unnest(['rows_conserved', 'answers_in_codebook']) as check_id;
    create or replace table checks.round_checks as
        select 'koto' as survey_id, '2023-01' as round_id, check_id, part, part_id, '0' as observed, '0' as threshold,
            0::bigint as n_failed, 'pass' as status
        from (values
            ('rows_conserved', 'all', 'all'), ('rows_conserved', 'county', '04'), ('rows_conserved', 'county', '11')
        ) as parts (check_id, part, part_id);
    create or replace table checks.history (
        refresh_id bigint, survey_id varchar, round_id varchar, check_id varchar, status varchar, observed varchar,
        n_failed bigint, checked_at varchar
    );
    create or replace table raw.codebook__decisions (
        survey_id varchar, round_id varchar, check_id varchar, observed varchar, decided_by varchar,
        decided_on varchar, valid_until varchar, reason varchar, source_file varchar, source_sha256 varchar,
        source_line varchar
    );
    create or replace table raw.codebook__findings (
        survey_id varchar, round_id varchar, finding_number varchar, texts varchar
    );
    create or replace table raw.codebook__surveys as select 'koto' as survey_id, '[]' as allowed_contacts;
    create or replace table checks.declared_results as
        select 'as_declared.' || name as check_id, name as asset
        from (
            select table_name as name from duckdb_tables() where schema_name = 'marts'
            union all
            select view_name from duckdb_views() where schema_name = 'marts'
        );
"""


def declared(names: Sequence[str]) -> dict[str, marts.Mart]:
    """Published tables that say all that they must, and that they tell nothing of answers."""
    label = marts.ColumnWords(kind="label")
    return {
        name: marts.Mart(
            name, marts.TableWords(published=True, key=(KEYS.get(name, "id"),)), dict.fromkeys(COLUMNS, label)
        )
        for name in names
    }


def build(paths: DataPaths, marker: int) -> None:
    """Marts that carry `marker` in every row, checks that pass and signatures of what is there."""
    paths.prepare_private()
    with warehouse.opened(paths.warehouse_file) as connection, warehouse.transaction(connection):
        _build_marts(connection, marker)
        _build_checks(connection)
        connection.execute(SOURCES)
        connection.execute(
            "insert into raw.ingest__sources values "
            "('registry/areas.csv', 'registry', null, null, 'ab12', null, 'Tilastokeskus', 'CC BY 4.0', null, '20'), "
            "('surveys/koto/survey.yml', 'codebook', 'koto', null, 'cd34', null, 'Koto', 'CC BY 4.0', null, '1')"
        )
        _, sources = warehouse.table_signature(connection, "raw.ingest__sources")
        connection.execute(RECORDS.format(code=CODE, sources=sources))
        sign(connection)


def _build_marts(connection: duckdb.DuckDBPyConnection, marker: int) -> None:
    for name in marts.declared_marts():
        if name == "dim_round":
            connection.execute(DIM_ROUND)
            connection.execute(
                f"insert into marts.dim_round values ('koto', '2023-01', 'koto/2023-01', true, false, {marker})"
            )
        elif name != "headline_result":
            connection.execute(PLAIN.format(name=name))
            connection.execute(f"insert into marts.{name} values ('005', {marker}, 0.5), ('020', {marker}, null)")
    connection.execute(VIEW)
    for name in marts.declared_marts():
        describe(connection, name)


def describe(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """A comment on the table and on each of its columns."""
    kind = "view" if name == "headline_result" else "table"
    connection.execute(f"comment on {kind} marts.{name} is 'Kunnan {name}. One row per it''s id.'")
    for column in warehouse.columns_of(connection, f"marts.{name}"):
        connection.execute(f"comment on column marts.{name}.{column} is 'The {column}.'")


def _build_checks(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(RESULTS)
    connection.executemany(
        "insert into checks.results values (?, ?, ?, 'family', ?, 'marts.dim_round', ?, 'pass', '0', '0', 0, "
        "'All is well.', 'Kaikki hyvin.', 'Allt är bra.', 'What is looked for.', '')",
        PASSING,
    )


def sign(connection: duckdb.DuckDBPyConnection) -> None:
    """Signatures of the marts as they are now."""
    connection.execute(SIGNATURES)
    for table in [*(f"marts.{name}" for name in marts.declared_marts()), *refusals.MUST_BE_SIGNED]:
        signature = warehouse.table_signature(connection, table)
        connection.execute(
            "insert into checks.signatures values (?, ?, ?, ?, now()::timestamp)", [table, *signature, CODE]
        )


def mark(paths: DataPaths, marker: int) -> None:
    """Another marker in every row, signed again."""
    with warehouse.opened(paths.warehouse_file) as connection, warehouse.transaction(connection):
        for name in marts.declared_marts():
            if name != "headline_result":
                connection.execute(f"update marts.{name} set n = {marker}")
        sign(connection)


def add_round(paths: DataPaths, round_id: str) -> None:
    """One more round in dim_round, checked and signed."""
    with warehouse.opened(paths.warehouse_file) as connection, warehouse.transaction(connection):
        connection.execute(
            "insert into marts.dim_round values ('koto', $round, 'koto/' || $round, true, false, 1)",
            {"round": round_id},
        )
        connection.execute(
            "insert into checks.results select * replace ($round as round_id) from checks.results "
            "where round_id = '2023-01'",
            {"round": round_id},
        )
        sign(connection)


def be_of_old_form(paths: DataPaths) -> None:
    """The published folder and the state as they were when a release was a file."""
    with sqlite3.connect(paths.state_file) as memory:
        memory.execute("update releases set file = file || '.duckdb'")
        memory.execute("pragma user_version = 3")
    current = paths.current_folder.resolve()
    paths.current_folder.unlink()
    paths.current.unlink()
    paths.current_folder.mkdir()
    for file in (*current.glob("csv/*"), *current.glob("parquet/*")):
        file.rename(paths.current_folder / file.name)
    (current / "report").rename(paths.published / "report")
    paths.current.symlink_to(f"releases/{current.name}.duckdb")
    for folder in paths.releases.glob("[0-9]*"):
        (folder / "current.duckdb").rename(folder.with_name(f"{folder.name}.duckdb"))
        shutil.rmtree(folder)


@pytest.fixture
def rebuild() -> Callable[[DataPaths, int], None]:
    """Build the whole warehouse of a data folder, with a marker in its rows."""
    return build


@pytest.fixture
def remark() -> Callable[[DataPaths, int], None]:
    """Put another marker in the rows of a warehouse."""
    return mark


@pytest.fixture
def now() -> datetime:
    """The time of the first publish."""
    return NOW


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse file that each test gets a copy of."""
    found = DataPaths(tmp_path_factory.mktemp("built") / "data")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(marts, "declared_marts", lambda: declared(FEW_TABLES))
        build(found, marker=1)
    return found.warehouse_file


def copied(built: Path, folder: Path) -> DataPaths:
    """A data folder with a copy of the warehouse."""
    found = DataPaths(folder / "data")
    found.prepare_private()
    shutil.copy(built, found.warehouse_file)
    return found


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few of the tables, to keep the tests quick, and code that does not change while others write it."""
    monkeypatch.setattr(release, "code_sha256", lambda: CODE)
    monkeypatch.setattr(marts, "declared_marts", lambda: declared(FEW_TABLES))


@pytest.fixture
def paths(tmp_path: Path, built: Path) -> DataPaths:
    """A data folder with a warehouse that may be published."""
    return copied(built, tmp_path)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, built: Path) -> DataPaths:
    """A data folder with one release, for tests that only look at it."""
    found = copied(built, tmp_path_factory.mktemp("published"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(release, "code_sha256", lambda: CODE)
        patched.setattr(marts, "declared_marts", lambda: declared(FEW_TABLES))
        release.publish(found, NOW, refresh_id=1)
    return found


@pytest.fixture
def released(published: DataPaths, tmp_path: Path) -> DataPaths:
    """A data folder with release 1, made at NOW, for tests that go on from it."""
    found = DataPaths(tmp_path / "data")
    shutil.copytree(published.root, found.root, symlinks=True)
    return found
