"""How clients of other versions read a release, and what other people's SQL can do in them, as docs/reading.md says.

`make test-clients` runs this in an environment for each version. What the locked version shows stands in
tests/unit/publish/test_reading.py.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy
from sqlalchemy.engine import Engine

from store.paths import PROJECT_ROOT, DataPaths
from tests import attempts
from tests.attempts import ATTEMPTS, Attempt, Ground
from tests.clients.release import reading_block, swing

RELEASE = Path(os.environ.get("KUNTAKYSELY_DATA", PROJECT_ROOT / "data")) / "published" / "current.duckdb"
VERSION = tuple(int(part) for part in duckdb.__version__.split(".")[:2])
NOBODY = 65534
Maker = Callable[[Path], Engine]
Record = Callable[[str, object], None]

# What the settings alone do not hold. `enable_logging` to a file ends the process, whoever it belongs to (1.2 has none,
# 2.0 refuses it); the release and the logs beside it are written where the file system lets the process do so.
ENDS_THE_PROCESS = {
    text for text in attempts.FILES_WRITTEN if "enable_logging(" in text and "storage = 'file'" in text
} if (1, 2) < VERSION < (2, 0) else set()  # fmt: skip
# What the settings let be written: before 1.3 beside the link, and from 2.0 on nothing of a database that is open.
LET = "@release@" if VERSION > (1, 2) else "@current@.wal"
WRITES_THE_RELEASE = {text for text in attempts.FILES_WRITTEN if VERSION < (2, 0) and f"to '{LET}" in text}


def recipe(file: Path) -> Engine:
    """The engine that the Python of docs/reading.md makes."""
    return engine_of(reading_block("python"), file)


def pooled(file: Path) -> Engine:
    """The mutant: the same engine, with connections that go from one user to the next."""
    return engine_of(reading_block("python").replace("NullPool", "QueuePool"), file)


def engine_of(block: str, file: Path) -> Engine:
    names: dict[str, Any] = {}
    exec(block.replace("data/published/current.duckdb", str(file)), names)
    return names["engine"]


def settings_only(file: Path) -> Engine:
    """The engine that Superset makes of the page's JSON: with no pool, and its own name among the settings."""
    parameters = json.loads(reading_block("json"))
    parameters["connect_args"]["config"]["custom_user_agent"] = "apache-superset/6"
    return sqlalchemy.create_engine(f"duckdb:///{file}", poolclass=sqlalchemy.NullPool, **parameters)


def plain(file: Path) -> Engine:
    """The engine for those who read only, in the section before."""
    return engine_of(reading_block("python", '"duckdb:///data'), file)


ENGINES = pytest.mark.parametrize("engine_for", [plain, recipe, settings_only], ids=lambda maker: maker.__name__)


@pytest.fixture(autouse=True)
def told(request: pytest.FixtureRequest, record_property: Record) -> None:
    """A line of the table for everything that is no attempt."""
    if "attempt" not in request.fixturenames:
        name = request.node.originalname.removeprefix("test_").replace("_", " ")
        record_property("tried", [name[:70], "held", 1])


@pytest.fixture
def published(tmp_path: Path) -> Path:
    swing(tmp_path, 1, RELEASE)
    return tmp_path


@pytest.fixture
def file(published: Path) -> Path:
    return published / "current.duckdb"


def swing_another(published: Path) -> None:
    """A second release, which says so."""
    changed = shutil.copyfile(RELEASE, published / "changed.duckdb")
    changed.chmod(0o644)
    with duckdb.connect(str(changed)) as connection:
        connection.execute("update marts.release set number = 999")
    swing(published, 2, changed)


def rows(engine: Engine, query: str) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sqlalchemy.text(query))]


def release_number(engine: Engine) -> int:
    return int(rows(engine, "select number from current.marts.release")[0][0])


def test_the_catalogue_is_current_in_duckdb(file: Path) -> None:
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute("select count(*) from current.marts.headline_result").fetchone() > (0,)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{file}' (read_only)")
        assert connection.execute("select count(*) from current.marts.headline_result").fetchone() > (0,)


@ENGINES
def test_what_superset_asks_of_a_release(engine_for: Maker, file: Path) -> None:
    """The calls of its DuckDB engine spec: the list of schemas, then tables, views and columns of the one chosen."""
    found = sqlalchemy.inspect(engine_for(file))
    assert {"current.marts"} == {name for name in found.get_schema_names() if name.endswith(".marts")}
    tables, views = set(found.get_table_names("current.marts")), set(found.get_view_names("current.marts"))
    assert "answer_distribution" in tables and "headline_result" in views
    (comment,) = {
        each["comment"] for each in found.get_columns("dim_round", "current.marts") if each["name"] == "round_id"
    }
    assert comment
    assert found.get_columns("headline_result", "marts")
    assert found.get_pk_constraint("dim_round", "current.marts") is not None
    assert found.get_foreign_keys("dim_round", "current.marts") == found.get_indexes("dim_round", "marts") == []


@ENGINES
def test_tables_are_reflected_and_selected(engine_for: Maker, file: Path) -> None:
    engine = engine_for(file)
    for schema in ("marts", "current.marts"):
        table = sqlalchemy.Table("headline_result", sqlalchemy.MetaData(), schema=schema, autoload_with=engine)
        with engine.connect() as connection:
            assert connection.execute(sqlalchemy.select(table.c.n, table.c.base_n)).fetchmany(2)


@pytest.mark.parametrize("engine_for", [recipe, settings_only], ids=lambda maker: maker.__name__)
def test_the_next_release_is_read_by_its_old_name(engine_for: Maker, published: Path, file: Path) -> None:
    engine = engine_for(file)
    assert release_number(engine) != 999
    swing_another(published)
    assert release_number(engine) == 999
    assert rows(engine, "select count(*) from current.marts.headline_result") > [(0,)]


def test_a_pooled_connection_keeps_the_old_release(published: Path, file: Path) -> None:
    engine = plain(file)
    assert release_number(engine) != 999
    swing_another(published)
    assert release_number(engine) != 999
    engine.dispose()
    assert release_number(engine) == 999


def test_who_comes_beside_another_reads_the_new_release(published: Path, file: Path) -> None:
    """With the settings alone, in DuckDB 1.2, he reads the old one: both have one DuckDB."""
    with recipe(file).connect(), settings_only(file).connect():
        swing_another(published)
        assert release_number(recipe(file)) == 999
        assert (release_number(settings_only(file)) == 999) == (VERSION > (1, 2))


def test_a_bare_connection_and_an_engine_of_one_file_clash(file: Path) -> None:
    clash = "Can't open a connection to same database file with a different configuration"
    engine = plain(file)
    with engine.connect(), pytest.raises(duckdb.ConnectionException, match=clash):
        duckdb.connect(str(file), read_only=True)
    engine.dispose()
    with duckdb.connect(str(file), read_only=True):
        with pytest.raises(sqlalchemy.exc.DBAPIError, match=clash):
            engine.connect()
        assert release_number(recipe(file)) > 0  # the way out


LEFT_BEHIND = [
    "create temp view headline_result as select 'mine' as question_en",
    "create temp macro round(x) as 'mine'",
    "create temp table dim_county as select 'mine' as county_code",
    "set variable own = 'mine'",
    "prepare own as select 'mine'",
    "begin",
    "attach ':memory:' as marts",
    "commit",
    "rollback",
]
READ = [
    "select question_en from headline_result order by all limit 1",
    "select question_en from marts.headline_result order by all limit 1",
    "select round(1.5)",
    "select county_code from dim_county order by all limit 1",
    "select getvariable('own')",
    "execute own",
]


def leave_behind(engine: Engine) -> sqlalchemy.PoolProxiedConnection:
    """What one user does for himself, by the DBAPI connection as Superset does."""
    own = engine.raw_connection()
    for statement in LEFT_BEHIND:
        with suppress(duckdb.Error):
            own.driver_connection.execute(statement)
    return own


def seen(engine: Engine) -> list[str]:
    """What the next one reads."""
    connection, said = engine.raw_connection(), []
    for query in READ:
        try:
            said.append(str(connection.driver_connection.execute(query).fetchall()))
        except duckdb.Error as error:
            said.append(type(error).__name__)
    connection.close()
    return said


def test_what_one_user_leaves_behind_is_not_there_for_the_next(file: Path) -> None:
    untouched = seen(recipe(file))
    engine = recipe(file)
    own = leave_behind(engine)
    assert seen(engine) == untouched  # at the same time
    own.close()
    assert seen(engine) == untouched


def test_on_a_pooled_connection_the_next_one_reads_it(file: Path) -> None:
    """The mutant, and why docs/reading.md says NullPool."""
    engine = pooled(file)
    leave_behind(engine).close()
    assert ["mine" in said for said in seen(engine)] == [True, False, True, True, True, True]


def test_with_the_settings_alone_one_in_1_2_can_take_the_schema_away(file: Path) -> None:
    untouched = seen(settings_only(file))
    engine = settings_only(file)
    own = leave_behind(engine)
    beside = seen(engine)
    own.close()
    assert seen(engine) == untouched
    assert not any("mine" in said for said in beside) and (beside == untouched) == (VERSION > (1, 2))


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """One for all attempts. Whoever runs the tests may write everything in it but what is published."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield ground_in(Path(folder))


def ground_in(folder: Path) -> Ground:
    paths = DataPaths(folder / "data")
    swing(paths.published, 1, RELEASE)
    made = attempts.ground_at(paths)
    for place in (made.private, made.out, *made.private.iterdir()):
        place.chmod(0o777)
    return made


def in_a_process(task: Callable[[], list[str]], user: int | None) -> list[str]:
    """What the task finds in a process of its own, which an attempt may end; `user` as whom, when we are root."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(60)
        try:
            if user and os.getuid() == 0:
                os.setgid(user)
                os.setuid(user)
            os.write(writer, pickle.dumps(task()))
        except Exception as error:
            os.write(writer, pickle.dumps([f"not tried: {error}"]))
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        found = pipe.read()
    _, status = os.waitpid(child, 0)
    return pickle.loads(found) if found and status == 0 else ["the process was ended"]


@lru_cache
def untouched(ground: Ground, maker: Maker) -> list[str]:
    return in_a_process(lambda: seen(maker(ground.paths.current)), user=None)


def came_of(attempt: Attempt, ground: Ground, maker: Maker, user: int | None = NOBODY) -> list[str]:
    """What came of an attempt that must not be, for the files, for who tried it, and for another user beside him."""
    before = untouched(ground, maker)

    def tried() -> list[str]:
        engine = maker(ground.paths.current)
        beside, own = engine.raw_connection(), engine.raw_connection()
        effects = attempts.tried_on(own.driver_connection.execute("select 1"), attempt, ground)
        beside.driver_connection.execute("select count(*) from marts.headline_result").fetchall()
        return effects if seen(engine) == before else [*effects, "another user reads something else"]

    return in_a_process(tried, user)


def name_of(attempt: Attempt) -> str:
    return "; ".join(attempt.statements)


ALL = pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: name_of(attempt)[:90])


@ALL
def test_an_attempt_in_the_recipe_comes_to_nothing(attempt: Attempt, ground: Ground, record_property: Record) -> None:
    effects = came_of(attempt, ground, recipe)
    record_property("tried", ["SQL attempts in the recipe", "escaped" if effects else "held back", 1])
    assert effects == []


@ALL
def test_an_attempt_with_the_settings_alone(attempt: Attempt, ground: Ground, record_property: Record) -> None:
    """By a user who owns nothing: nothing is read or written, and some end the process, as docs/reading.md says."""
    effects = came_of(attempt, ground, settings_only)
    record_property("tried", ["SQL attempts with the settings alone", effects[0] if effects else "held back", 1])
    assert effects == (["the process was ended"] if name_of(attempt) in ENDS_THE_PROCESS else [])


@pytest.mark.parametrize("text", [text for text in attempts.FILES_WRITTEN if "enable_logging" not in text])
def test_who_owns_the_release_can_write_it_with_the_settings_alone(text: str, tmp_path: Path) -> None:
    """Why docs/reading.md says: under a user that does not own data/."""
    ground = ground_in(tmp_path)
    effects = came_of(Attempt("files written", tuple(text.split("; "))), ground, settings_only, user=None)
    assert bool(effects) == (text in WRITES_THE_RELEASE), effects
