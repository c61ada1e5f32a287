"""Readers who write their own SQL: what they get, and that they get nothing else."""

from __future__ import annotations

import ast
import json
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from publish.reading import asking, opening
from publish.reading.asking import QueryRefused, ask
from publish.reading.limits import Limits
from store.paths import PROJECT_ROOT, DataPaths
from tests import attempts
from tests.attempts import ATTEMPTS, Attempt, Ground
from tests.clients.release import reading_block, swing

pytestmark = pytest.mark.slow
Opener = Callable[[Ground], AbstractContextManager[duckdb.DuckDBPyConnection]]
Record = Callable[[str, object], None]
# How many attempts of a kind come to something on a plain read-only connection.
AT_LEAST_OPEN = {"files read": 25, "files written": 15, "databases": 4, "python": 4}


@pytest.fixture(scope="module")
def ground(published: DataPaths, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """One for all attempts: whatever comes of one is a failure anyhow."""
    return new_ground(published, tmp_path_factory.mktemp("ground"))


def new_ground(published: DataPaths, folder: Path) -> Ground:
    copied = DataPaths(folder / "data")
    shutil.copytree(published.published, copied.published, symlinks=True)
    return attempts.ground_at(copied)


def answered(file: Path, query: str, limits: Limits) -> str:
    """What `kuntakysely sql` would print of an answer."""
    answer = ask(file, query, limits)
    return str([answer.columns, *answer.rows])


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: "; ".join(attempt.statements)[:90])
def test_an_attempt_on_an_open_connection_comes_to_nothing(
    attempt: Attempt, ground: Ground, record_property: Record, capfd: pytest.CaptureFixture[str]
) -> None:
    with opening.opened(ground.paths.current) as connection:
        effects = attempts.tried_on(connection, attempt, ground)
        still = connection.cursor().execute("select count(*) from marts.dim_round").fetchall()
    effects += attempts.told(capfd.readouterr().out)
    record_property("tried", ["SQL attempts on a connection", "escaped" if effects else "held back", 1])
    assert effects == [] and still == [(1,)]


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: "; ".join(attempt.statements)[:90])
def test_an_attempt_by_the_command_comes_to_nothing(attempt: Attempt, ground: Ground, record_property: Record) -> None:
    def run(statement: str) -> str:
        with opening.opened(ground.release) as connection:
            asking.check(connection, statement)  # it runs in the process too: what it refuses needs none here
        return answered(ground.release, statement, Limits(seconds=5, memory_mb=64, rows=100))

    effects = attempts.tried_by(run, attempt, ground)
    record_property("tried", ["SQL attempts by kuntakysely sql", "escaped" if effects else "held back", 1])
    assert effects == []


def escapes(published: DataPaths, folder: Path, open_it: Opener, tried: list[Attempt]) -> Counter[str]:
    """How many attempts of each kind come to something on connections that are opened so."""
    found: Counter[str] = Counter()
    ground = None
    for number, attempt in enumerate(tried):
        ground = ground or new_ground(published, folder / str(number))
        with open_it(ground) as connection:
            effects = attempts.tried_on(connection, attempt, ground)
        found[attempt.kind] += bool(effects)
        if any(str(ground.paths.root) in effect for effect in effects):
            ground = None
        else:
            shutil.rmtree(ground.out)
            ground.out.mkdir()
    return found


def of_kinds(*kinds: str) -> list[Attempt]:
    return [attempt for attempt in ATTEMPTS if attempt.kind in kinds]


def test_the_watcher_sees_what_a_plain_read_only_connection_lets_out(
    published: DataPaths, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The mutant: the same attempts without the settings. (What needs the network is left out.)"""

    def plain(ground: Ground) -> duckdb.DuckDBPyConnection:
        nobody_asked = {"custom_extension_repository": "http://127.0.0.1:9", "extension_directory": str(ground.out)}
        return duckdb.connect(str(ground.paths.current), read_only=True, config=nobody_asked)

    tried = of_kinds("files read", "files written", "databases", "python")
    found = escapes(published, tmp_path, plain, tried)
    capfd.readouterr()
    assert all(found[kind] >= n for kind, n in AT_LEAST_OPEN.items()), found


@pytest.mark.parametrize(
    ("setting", "kind"), [("disabled_filesystems", "files written"), ("lock_configuration", "settings")]
)
def test_without_one_setting_there_is_a_way_out(
    published: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, kind: str
) -> None:
    """Without disabled_filesystems a query overwrites the release that it reads, whatever enable_external_access says.

    Attempts with enable_logging are left out: in that case they end the whole process.
    """
    monkeypatch.setattr(opening, "ONCE_OPEN", {k: v for k, v in opening.ONCE_OPEN.items() if k != setting})
    tried = [attempt for attempt in of_kinds(kind) if "enable_logging" not in str(attempt)]
    found = escapes(published, tmp_path, lambda ground: opening.opened(ground.paths.current), tried)
    assert found[kind] >= 3, found


LONG = [
    "select sum(a.range * b.range) from range(10000000) as a, range(10000000) as b",
    "with recursive x as (select 1 as n union all select n + 1 from x where n > 0) select count(*) from x",
    "with recursive x as (select 1 as n union all select (n + 1) % 7 from x) select max(n) from x",
    "select count(*) from range(100000000000)",
    "select count(*) from range(10000000000) where regexp_matches(repeat(range::varchar, 100), '(a*)*(b|9)+$')",
    "select count(*) from marts.dim_county, range(10000000) as b, range(10000000) as c where b.range * c.range > n",
    "select levenshtein(repeat('ab', 1000000), repeat('ba', 1000000))",
    "select max(length(replace(repeat('a', 1000), 'a', repeat('b', range % 100)))) from range(10000000000)",
]
LARGE = [
    "select list(range) from range(1000000000)",
    "select length(repeat('x', 700000000))",
    "select string_agg(repeat('x', 1000000), ',') from range(10000)",
    "select hash(range), range from range(1000000000) order by 1",
    "select count(distinct hash(range)) from range(1000000000)",
    "select range(1000000000)",
]
DEEP = [
    f"select {'(' * 100_000}1{')' * 100_000}",
    f"select {'1 + ' * 100_000}1",
    f"select {'not ' * 100_000}true",
    "".join("select * from (" for _ in range(20_000)) + "select 1" + ")" * 20_000,
    f"select {'[' * 50_000}{']' * 50_000}",
    f"select '{'[' * 200_000}{']' * 200_000}'::json",
    " union all ".join(["select 1"] * 1_000),
    "select " + ", ".join(f"1 as c{i}" for i in range(5_000)),
]
NO_LIMITS = """
import os, sys, threading
sys.path.insert(0, sys.argv[1])
from publish.reading import asking
asking._limit = lambda limits: threading.Timer(limits.seconds + 1, os._exit, [99]).start()
asking.serve()
"""
NO_SETTINGS = """
import sys
sys.path.insert(0, sys.argv[1])
from publish.reading import asking, opening
opening.ONCE_OPEN = {"search_path": "marts"}
"""


ENDED = re.compile("--seconds|--memory|The query ended the process that ran it, and nothing else")


def limit_named(file: Path, query: str, limits: Limits) -> str:
    """The option of the limit that ended a query; or what was answered, or said else."""
    try:
        return f"answered: {answered(file, query, limits)}"
    except QueryRefused as refusal:
        said = str(refusal)
    ends = {"The query was ended after": "--seconds", "The query needs more memory than": "--memory"}
    return next((option for start, option in ends.items() if said.startswith(start) and option in said), said)


@pytest.mark.parametrize("query", LONG, ids=lambda query: query[:60])
def test_a_query_without_end_is_ended(query: str, published: DataPaths, record_property: Record) -> None:
    said = limit_named(published.current, query, Limits(seconds=0.25, memory_mb=128))
    record_property("tried", ["SQL without end", "ended" if said == "--seconds" else "escaped", 1])
    assert said == "--seconds"


@pytest.mark.parametrize("query", LARGE, ids=lambda query: query[:60])
def test_a_query_that_eats_memory_is_ended(query: str, published: DataPaths, record_property: Record) -> None:
    said = limit_named(published.current, query, Limits(seconds=20, memory_mb=64))
    record_property("tried", ["SQL that eats memory", "ended" if said == "--memory" else "escaped", 1])
    assert said == "--memory"


@pytest.mark.parametrize("query", DEEP, ids=lambda query: query[:30])
def test_a_query_nested_deeply_is_answered_or_ended(query: str, published: DataPaths, record_property: Record) -> None:
    said = limit_named(published.current, query, Limits(seconds=10, memory_mb=256))
    outcome = "answered" if said.startswith("answered") else "ended" if ENDED.match(said) else "refused"
    record_property("tried", ["SQL nested deeply", outcome, 1])
    assert outcome != "refused" or re.search(r"Error: .*\. .*show tables", said)


def test_limits_that_are_not_set_are_missed(published: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: a process without limits, which ends itself a second later than it must."""
    monkeypatch.setattr(asking, "PROGRAM", NO_LIMITS)
    assert limit_named(published.current, LONG[0], Limits(seconds=0.25, memory_mb=128)) != "--seconds"
    assert limit_named(published.current, LARGE[1], Limits(seconds=0.25, memory_mb=64)) != "--memory"


def test_an_answer_has_so_many_rows_and_characters(published: DataPaths) -> None:
    answer = ask(published.current, "from range(1000000000000)", Limits(rows=2500))
    assert [row[0] for row in answer.rows] == list(range(2500)) and answer.more
    answer = ask(published.current, "from range(2500)", Limits(rows=2500))
    assert len(list(answer.rows)) == 2500 and not answer.more
    answer = ask(published.current, "select repeat('x', 100) from range(100000)", Limits(characters=10_000, rows=9**9))
    with pytest.raises(QueryRefused, match="longer than 10,000 characters"):
        list(answer.rows)


def test_every_type_can_be_answered(published: DataPaths) -> None:
    """Without a module that would have to be read from a file when none can be opened any more."""
    least, most, nothing = ask(published.current, "from test_all_types()", Limits()).rows
    assert len(least) == len(most) > 50 and set(nothing) == {None}
    (row,) = ask(published.current, "select 0.1::decimal(3, 1), 12345678901234567890.5, 'nan'::float", Limits()).rows
    assert row == [0.1, "12345678901234567890.5", "nan"]


def test_the_process_of_a_query_opens_no_file_even_without_settings(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = f"from read_text('{ground.private / 'list.csv'}')"
    monkeypatch.setattr(asking, "PROGRAM", f"{NO_SETTINGS}asking.serve()")
    assert "Too many open files" in limit_named(ground.release, query, Limits())
    monkeypatch.setattr(asking, "PROGRAM", f"{NO_SETTINGS}asking._limit = lambda limits: None\nasking.serve()")
    assert attempts.CANARY in limit_named(ground.release, query, Limits())


OTHER_USER = """
import os, sys, duckdb
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from publish.reading.opening import opened
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
folder = Path(sys.argv[2])
for link in (folder / "current.duckdb", *folder.glob("releases/*/current.duckdb")):
    with opened(link) as connection:
        print("read", connection.execute("select count(*) from headline_result").fetchall()[0][0] > 0)
for path in filter(Path.is_file, folder.rglob("*")):
    try:
        path.open("r+b").close()
        print("wrote", path)
    except PermissionError:
        print("refused")
try:
    duckdb.connect(str(folder / "current.duckdb")).execute("create table marts.mine as select 1")
    print("wrote a table")
except duckdb.IOException:
    print("refused")
"""


def test_published_files_are_0444(published: DataPaths) -> None:
    files = [path for path in published.published.rglob("*") if path.is_file() and not path.is_symlink()]
    assert {path.suffix for path in files} == {".duckdb", ".csv", ".parquet", ".html", ".md", ".json"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o444}


def as_other_user(published: Path) -> list[str]:
    """What somebody else than root can do with a copy of the published files, as lines."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        copied = shutil.copytree(published, Path(folder) / "published", symlinks=True)
        command = [sys.executable, "-c", OTHER_USER, str(PROJECT_ROOT), str(copied)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()


def test_who_is_not_root_reads_a_release_and_does_not_write_it(published: DataPaths, tmp_path: Path) -> None:
    said = as_other_user(published.published)
    assert said[:2] == ["read True"] * 2 and set(said[2:]) == {"refused"}
    loose = shutil.copytree(published.published, tmp_path / "loose", symlinks=True)
    (loose / "current" / "csv" / "dim_county.csv").chmod(0o666)
    assert sum(line.startswith("wrote") for line in as_other_user(loose)) == 1


def test_the_page_gives_these_settings_to_python() -> None:
    block = reading_block("python")
    (config,) = [
        ast.literal_eval(node)
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Dict) and "memory_limit" in ast.unparse(node) and "config" not in ast.unparse(node)
    ]
    assert config == {**opening.WHEN_OPENING, **opening.WHEN_OPENING_IN_PYTHON}
    assert re.findall(r"\"set (\w+) = '(.*)'\"", block) == list(opening.ONCE_OPEN.items())


def test_the_page_gives_these_settings_in_sql(published: DataPaths) -> None:
    with duckdb.connect(str(published.current), read_only=True) as connection:
        connection.execute(reading_block("sql"))
        by_hand = attempts.settings_of(connection)
    with opening.opened(published.current) as connection:
        apart = {*opening.WHEN_OPENING_IN_PYTHON}
        expected = attempts.settings_of(connection)
    assert {k: v for k, v in by_hand.items() if k not in apart} == {k: v for k, v in expected.items() if k not in apart}


@pytest.fixture
def swung(published: DataPaths, tmp_path: Path) -> Path:
    """The release as tools find it: `make test-clients` asks more of it, by other versions and by SQLAlchemy."""
    swing(tmp_path, 1, published.current)
    return tmp_path / "current.duckdb"


def arguments() -> dict[str, Any]:
    """What the JSON of docs/reading.md gives to a connection."""
    found: dict[str, Any] = json.loads(reading_block("json"))["connect_args"]
    return found


def test_the_page_gives_these_settings_to_tools_that_take_settings_only() -> None:
    assert arguments() == {"read_only": True, "config": opening.by_config_alone()}


@pytest.mark.parametrize("name", sorted(opening.NOT_BY_CONFIG))
def test_no_setting_is_left_out_that_a_config_can_hold(swung: Path, name: str) -> None:
    """In every order: a tool may sort what it is given."""
    more = {name: {**opening.WHEN_OPENING, **opening.ONCE_OPEN}[name]}
    with pytest.raises(duckdb.Error, match=f"{name}|active database"):
        for config in (opening.by_config_alone() | more, more | opening.by_config_alone()):
            duckdb.connect(str(swung), read_only=True, config=config).close()


@pytest.mark.parametrize(("config", "least", "most"), [(opening.by_config_alone(), 0, 0), ({}, 40, 99)])
def test_the_settings_alone_let_nothing_be_read(
    published: DataPaths, tmp_path: Path, config: dict[str, str], least: int, most: int
) -> None:
    """Without them, the mutant, much is read. What is written stands in tests/clients/reading.py."""
    tried = of_kinds("files read", "databases", "secrets", "python")
    nobody_asked = {"custom_extension_repository": "http://127.0.0.1:9", "extension_directory": str(tmp_path)}

    def opened(ground: Ground) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(ground.paths.current), read_only=True, config={**nobody_asked, **config})

    assert least <= escapes(published, tmp_path, opened, tried).total() <= most


def test_each_connection_has_its_own_objects_and_the_catalogue_is_current(swung: Path) -> None:
    with duckdb.connect(str(swung), **arguments()) as one, duckdb.connect(str(swung), **arguments()) as other:
        one.execute("create temp macro round(x) as 'mine'")
        assert one.execute("select round(1.5)").fetchall() == [("mine",)]
        assert (
            other.execute("select round(1.5), n is null from current.marts.headline_result limit 1").fetchall()[0][0]
            == 2
        )


def test_two_configurations_of_one_file_clash_in_one_process(swung: Path) -> None:
    with duckdb.connect(str(swung), **arguments()):
        with pytest.raises(duckdb.ConnectionException, match="with a different configuration"):
            duckdb.connect(str(swung), read_only=True)
        with duckdb.connect() as beside:  # the way out that docs/reading.md gives
            beside.execute(f"attach '{swung}' as current (read_only)")
            assert beside.execute("from current.marts.headline_result").fetchall()
