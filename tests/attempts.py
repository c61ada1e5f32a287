"""What somebody tries who may write SQL on a release and wants more than its tables; and who sees whether it worked.

An attempt is a list of statements, tried one after another. The watcher does not care whether they fail: it looks for
what came of them, in what was said, in every file around, and in the settings of the connection.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb
import pandas as pd

from store.paths import DataPaths

CANARY = "KANARIALINTU"
NEVER_NAMED = "lintulaudalla"  # in the name of a private file, in no statement: only a listing can tell it
PASSWORDS = "root:"
IN_ENVIRONMENT = "PATH="

FILES_READ = [
    "from read_csv('@private@/list.csv')",
    "from '@private@/list.csv'",
    "from '@private@/list.parquet'",
    "from read_parquet('@private@/list.parquet')",
    "from parquet_kv_metadata('@private@/list.parquet')",
    "from parquet_metadata('@private@/list.parquet')",
    "from read_text('@private@/list.csv')",
    "from read_blob('@private@/list.csv')",
    "from read_json('@private@/list.json')",
    "from read_json_objects('@private@/list.json')",
    "from read_ndjson('@private@/list.json')",
    "from sniff_csv('@private@/list.csv')",
    "from glob('@private@/*')",
    "select filename from read_text('@private@/*')",
    "from read_text('@relative@/list.csv')",
    "from read_text('file://@private@/list.csv')",
    "from read_text('/etc/passwd')",
    "from read_csv('/etc/passwd', sep = '|', header = false)",
    "from query('from read_text(''@private@/list.csv'')')",
    "from query_table(['@private@/list.csv'])",
    "explain analyze from read_text('@private@/list.csv')",
    "describe from '@private@/list.csv'",
    "summarize from '@private@/list.csv'",
    "select (select content from read_text('@private@/list.csv'))",
    "with found as materialized (from read_text('@private@/list.csv')) from found",
    "create temp table x as from read_csv('@private@/list.csv'); from x",
    "create temp view x as from read_text('@private@/list.csv'); from x",
    "create temp macro x() as table from read_text('@private@/list.csv'); from x()",
    "create temp table x (line varchar); copy x from '@private@/list.csv'; from x",
    "prepare x as from read_text(?); execute x('@private@/list.csv')",
    "execute immediate 'from read_text(''@private@/list.csv'')'",
    "set variable x = '@private@/list.csv'; from read_text(getvariable('x'))",
    "set file_search_path = '@private@'; from 'list.csv'",
    ".read @private@/list.csv",
    ".shell cat @private@/list.csv",
    "select 'PATH' || '=' || getenv('PATH')",
]
FILES_WRITTEN = [
    "copy (select 1) to '@out@/x.csv'",
    "copy (select 1) to '@out@/x.parquet' (format parquet)",
    "copy (select 1) to '@out@/x.json'",
    "copy (select 1 as a, 2 as b) to '@out@/parts' (format csv, partition_by a)",
    "copy (from marts.headline_result) to '@published@/current/csv/headline_result.csv'",
    "copy (select 1) to '@published@/current/report/x.html' (format csv)",
    "copy (select 1) to '@release@' (use_tmp_file false)",
    "copy (select 1) to '@release@.wal' (use_tmp_file false)",
    "copy (select 1) to '@release@.wal.recovery' (format parquet, use_tmp_file false)",
    "copy (select 1) to '@release@.wal.checkpoint' (use_tmp_file false)",
    "copy (select 1) to '@current@.wal' (use_tmp_file false)",
    "explain analyze copy (select 1) to '@out@/x.csv'",
    "prepare x as copy (select 1) to '@out@/x.csv'; execute x",
    "export database '@out@/all'",
    "import database '@out@'",
    "create temp table x as from range(9); export database '@out@/all' (format parquet)",
    "call enable_logging(storage = 'file', storage_path = '@out@/log'); select 1",
    "call enable_logging('QueryLog', storage = 'file', storage_path = '@release@.wal'); select 1",
    "from enable_logging(storage = 'file', storage_path = '@out@/log'); select 1",
    "call enable_profiling(save_location = '@out@/profile.json'); select 1",
    "set log_query_path = '@out@/queries.log'; select 1",
    "pragma enable_profiling = 'json'; pragma profiling_output = '@out@/profile.json'; select 1",
    "set profile_output = '@out@/profile.json'; pragma enable_profiling = 'json'; select 1",
    "set temp_directory = '@out@/spill'; create temp table x as from range(9)",
    "checkpoint; force checkpoint; pragma force_checkpoint; vacuum analyze",
]
DATABASES = [
    "attach '@warehouse@' as x (read_only); from x.raw.answers",
    "attach '@warehouse@' as x; create table x.raw.mine as select 1",
    "attach if not exists '@warehouse@' as x (read_only); use x.raw; from answers",
    "from read_duckdb('@warehouse@', table_name = 'answers')",
    "from '@warehouse@'",
    "attach '@out@/new.duckdb' as x; create table x.a as select 1",
    "attach ':memory:' as x; create table x.a as select 1; copy x.a to '@out@/x.csv'",
    "attach '@sqlite@' as x (type sqlite); from x.answers",
    "from sqlite_scan('@sqlite@', 'answers')",
    "attach '@release@' as x (read_write); create table x.marts.mine as select 1",
    "attach 'host=127.0.0.1 port=9' as x (type postgres)",
    "attach 'ducklake:@out@/lake.ducklake' as x",
    "copy from database x to y",
    "detach memory; detach temp; detach system",
]
NETWORK = [
    "from 'http://127.0.0.1:9/x.csv'",
    "from read_text('https://127.0.0.1:9/x.txt')",
    "from read_parquet('s3://bucket/x.parquet')",
    "copy (select 1) to 'http://127.0.0.1:9/x.csv'",
    "attach 'http://127.0.0.1:9/x.duckdb' as x",
    "install httpfs; load httpfs",
    "force install httpfs",
    "install h3 from community; load h3",
    "install httpfs from 'http://127.0.0.1:9'",
    "install '@private@/x.duckdb_extension'",
    "load '@private@/x.duckdb_extension'",
    "update extensions",
    "call dbgen(sf = 0.01)",
    "call start_ui()",
    "set custom_extension_repository = 'http://127.0.0.1:9'; install httpfs",
]
SECRETS = [
    "create secret x (type s3, key_id 'a', secret 'b')",
    "create persistent secret x (type http, bearer_token 'b')",
    "set allow_persistent_secrets = true",
    "set secret_directory = '@out@'",
    "set allow_unredacted_secrets = true; from duckdb_secrets(redact = false)",
    "drop secret x",
]
SETTINGS = [
    "set enable_external_access = true; from read_text('@private@/list.csv')",
    "reset enable_external_access; from read_text('@private@/list.csv')",
    "set global enable_external_access = true",
    "pragma enable_external_access = true",
    "set lock_configuration = false; set threads = 9",
    "reset lock_configuration; set threads = 9",
    "set disabled_filesystems = ''; from read_text('@release@')",
    "reset disabled_filesystems",
    "set allowed_paths = ['@private@/list.csv']",
    "set allowed_directories = ['@private@']; from read_text('@private@/list.csv')",
    "set allowed_configs = ['threads']; set threads = 9",
    "set memory_limit = '99GB'; pragma memory_limit = '99GB'; reset memory_limit",
    "set threads = 9; pragma threads = 9; set session threads = 9; reset threads",
    "set temp_directory = '@out@'; reset temp_directory",
    "set max_temp_directory_size = '99GB'",
    "set autoload_known_extensions = true; set autoinstall_known_extensions = true",
    "set allow_community_extensions = true; set allow_unsigned_extensions = true",
    "set extension_directory = '@out@'; set extension_directories = ['@out@']",
    "set home_directory = '@out@'",
    "set custom_user_agent = 'x'",
    "set python_enable_replacements = true; from frame",
    "set python_scan_all_frames = true; from frame",
    "set max_expression_depth = 999999999",
    "set enable_logging = true; set logging_storage = 'file'",
    "set http_proxy = 'http://127.0.0.1:9'; set http_logging_output = '@out@/http.log'",
    "set errors_as_json = true; set timezone = 'Europe/Helsinki'; set default_collation = 'nocase'",
    "set search_path = 'pg_catalog'; set schema = 'main'; use memory; use temp; use system.information_schema",
    "pragma enable_verification; pragma disable_optimizer; pragma enable_checkpoint_on_shutdown",
]
OBJECTS = [
    "create table marts.mine as select 1",
    "create or replace table marts.dim_county as select 1",
    "insert into marts.dim_county values ('x', 1, 1)",
    "update marts.dim_county set n = 0",
    "delete from marts.dim_county; truncate marts.dim_county",
    "merge into marts.dim_county using (select '005' as id) as x using (id) when matched then delete",
    "drop table marts.dim_county; drop view marts.headline_result; drop schema marts cascade",
    "alter table marts.dim_county add column mine integer; alter table marts.dim_county rename to mine",
    "comment on table marts.dim_county is 'mine'",
    "create view marts.mine as select 1; create macro marts.mine() as 1; create sequence marts.mine",
    "create type marts.mine as enum ('a'); create index mine on marts.dim_county (n); create schema mine",
    "create temp table dim_county as select 'mine' as id; create temp macro upper(x) as 'mine'",
    "begin; create table marts.mine as select 1; commit",
    "begin; abort; rollback; commit",
]
PYTHON = [
    "from frame",
    "from rows",
    "from whole",
    "select * from query_table('frame')",
    "describe frame",
    "create temp table x as from frame; from x",
    "from pandas_scan(1)",
    "from arrow_scan(1, 2, 3)",
    "from python_map_function(1)",
]


class Attempt(NamedTuple):
    """Statements of one kind."""

    kind: str
    statements: tuple[str, ...]


ATTEMPTS = [
    Attempt(kind, tuple(text.split("; ")))
    for kind, texts in {
        "files read": FILES_READ, "files written": FILES_WRITTEN, "databases": DATABASES, "network": NETWORK,
        "secrets": SECRETS, "settings": SETTINGS, "objects": OBJECTS, "python": PYTHON,
    }.items()
    for text in texts
]  # fmt: skip

# What a reader may change on a connection: it decides how names are found and what is told of a query, nothing else.
OWN_AFFAIR = {
    "search_path", "schema", "enable_logging", "logging_storage", "logging_level", "logging_mode", "enabled_log_types",
    "enable_profiling", "profiling_mode", "profiling_coverage", "custom_profiling_settings",
}  # fmt: skip

# A reader's program has data of its own around the connection.
frame = pd.DataFrame({"name": [CANARY]})
rows = {"name": [CANARY]}
whole = duckdb.sql(f"select '{CANARY}' as name").to_arrow_table()


@dataclass(frozen=True)
class Ground:
    """A data folder with a release, private files beside it, and a folder that would take what is written."""

    paths: DataPaths
    private: Path
    out: Path

    @property
    def release(self) -> Path:
        return self.paths.current.resolve()

    def filled(self, statement: str) -> str:
        """A statement with the places of this ground in it."""
        places = {
            "private": self.private,
            "relative": Path(os.path.relpath(self.private)),
            "out": self.out,
            "release": self.release,
            "current": self.paths.current,
            "published": self.paths.published,
            "warehouse": self.private / "warehouse.duckdb",
            "sqlite": self.private / "answers.sqlite",
        }
        for name, place in places.items():
            statement = statement.replace(f"@{name}@", str(place))
        return statement


def ground_at(paths: DataPaths) -> Ground:
    """Private files of every form that DuckDB reads, each with the canary in it."""
    ground = Ground(paths, paths.root.parent / "private", paths.root.parent / "out")
    ground.private.mkdir()
    ground.out.mkdir()
    (ground.private / "list.csv").write_text(f"{CANARY}\n{CANARY}\n", encoding="utf-8")
    (ground.private / "list.json").write_text(f'{{"name": "{CANARY}"}}\n', encoding="utf-8")
    (ground.private / f"{NEVER_NAMED}.txt").write_text("a\n", encoding="utf-8")
    (ground.private / "x.duckdb_extension").write_bytes(b"\0" * 1024)
    with duckdb.connect(str(ground.private / "warehouse.duckdb")) as warehouse:
        warehouse.execute("create schema raw")
        warehouse.execute(f"create table raw.answers as select '{CANARY}' as name")
        target = ground.private / "list.parquet"
        warehouse.execute(f"copy raw.answers to '{target}' (format parquet, kv_metadata {{canary: '{CANARY}'}})")
    with sqlite3.connect(ground.private / "answers.sqlite") as answers:
        answers.execute(f"create table answers as select '{CANARY}' as name")
    answers.close()
    return ground


def files_of(ground: Ground) -> dict[str, str]:
    """Every file, folder and link of the ground, and of the folder in which the tests run, with what a write changes;
    of the release, its content."""
    found = {str(ground.release): hashlib.sha256(ground.release.read_bytes()).hexdigest()}
    for path in [*ground.paths.root.parent.rglob("*"), *Path.cwd().glob("*")]:
        status = path.lstat()
        if not path.is_dir():
            found[f"{path} itself"] = f"{status.st_mode:o} {status.st_ino} {status.st_size} {status.st_mtime_ns}"
    return found


def settings_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The settings that are not a reader's own affair."""
    query = "select name, value from system.main.duckdb_settings()"  # found whatever has been detached
    found = dict(connection.execute(query).fetchall())
    return {name: value for name, value in found.items() if name not in OWN_AFFAIR}


def told(said: str) -> Iterator[str]:
    """Which of the things that nobody may learn stand in what was said."""
    return (f"{secret} was told" for secret in (CANARY, NEVER_NAMED, PASSWORDS, IN_ENVIRONMENT) if secret in said)


def tried_on(connection: duckdb.DuckDBPyConnection, attempt: Attempt, ground: Ground) -> list[str]:
    """Try an attempt on a connection; what came of it that must not be."""
    files, before = files_of(ground), settings_of(connection.cursor())

    def run(statement: str) -> str:
        return str(connection.execute(statement).fetchmany(100))

    effects = [*told(_said(run, attempt, ground)), *changed(files, ground)]
    after = settings_of(connection.cursor())
    effects += [f"{name} became {after[name]}" for name in sorted(before) if before[name] != after[name]]
    return effects


def _said(run: Callable[[str], str], attempt: Attempt, ground: Ground) -> str:
    """Everything that the statements of an attempt said, without what they say themselves."""
    said = []
    for statement in map(ground.filled, attempt.statements):
        try:
            said.append(run(statement))
        except Exception as error:
            said.append(str(error).replace(statement, ""))
    return "\n".join(said)


def tried_by(run: Callable[[str], str], attempt: Attempt, ground: Ground) -> list[str]:
    """Try an attempt by a program that answers one statement; what came of it that must not be."""
    files = files_of(ground)
    return [*told(_said(run, attempt, ground)), *changed(files, ground)]


def changed(files: dict[str, str], ground: Ground) -> list[str]:
    """Files that are not as they were."""
    now = files_of(ground)
    return [f"{name} was written" for name in sorted({*files, *now}) if files.get(name) != now.get(name)]
