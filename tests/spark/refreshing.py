"""The main job by Spark, from the outside: what readers get is what DuckDB makes of the same inputs, round by round and
after a kill. `make test-spark` runs it; it needs Java."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from math import isclose
from pathlib import Path

import duckdb
import pytest

from orchestration.engines.lake import AS_LEFT, TABLES, files_of
from store.environment import LAKE
from store.marts import published_marts
from store.paths import PROJECT_ROOT, DataPaths
from tests.acceptance.project import (
    ROUND,
    command,
    copy_data,
    copy_inputs,
    environment,
    kuntakysely,
    replace,
    touch_round,
)

FOLLOW_UP = PROJECT_ROOT / "tests" / "follow_up"
SURVEY = Path("surveys/koto_kuntakysely")
NEAR = 1e-12  # of a double: in what order it was summed
OF_THE_RELEASE = {"release", "release_input", "release_change"}  # these tell of when and after what it was made
PRIVATE = ("intermediate.int_answers_judged", "checks.round_checks", "checks.question_drift")
Rows = list[tuple[object, ...]]


def by_spark(paths: DataPaths, project: Path = PROJECT_ROOT) -> str:
    """Refresh; what it said."""
    done = kuntakysely(paths, "refresh", "--engine", "spark", project=project)
    assert done.returncode == 0, done.stdout
    return done.stdout


def by_duckdb(paths: DataPaths) -> None:
    assert kuntakysely(paths, "refresh").returncode == 0


def grow(paths: DataPaths, refresh: Callable[[DataPaths], object]) -> None:
    """A round more, on another division; then the round before it changed: two builds by round."""
    shutil.copytree(FOLLOW_UP / "2025-02", paths.root / SURVEY / "rounds" / "2025-02")
    shutil.copy(FOLLOW_UP / "comparability.csv", paths.root / SURVEY)
    refresh(paths)
    touch_round(paths)
    refresh(paths)


def contents(file: Path, table: str) -> tuple[list[tuple[str, str]], list[int], Rows]:
    """Columns with their types, the places of the doubles, and the rows in the order of the others."""
    with duckdb.connect(str(file), read_only=True) as connection:
        described = connection.execute(f"describe {table}").fetchall()
        columns = [(name, type_) for name, type_, *_ in described]
        doubles = [place for place, (_, type_) in enumerate(columns) if type_ == "DOUBLE"]
        in_order = ", ".join(f'"{name}"' for name, _ in sorted(columns, key=lambda column: column[1] == "DOUBLE"))
        return columns, doubles, connection.execute(f"from {table} order by {in_order}").fetchall()


def differences(one: Path, other: Path, tables: list[str]) -> list[str]:
    """What differs between the tables of two databases."""
    found = []
    for table in tables:
        (columns, doubles, rows), (their_columns, _, their_rows) = contents(one, table), contents(other, table)
        if columns != their_columns or len(rows) != len(their_rows):
            found.append(f"{table}: {len(rows)} and {len(their_rows)} rows, {set(columns) ^ set(their_columns)}")
            continue
        apart = [pair for pair in zip(rows, their_rows, strict=True) if not is_same(*pair, doubles)]
        found += [f"{table}: {len(apart)} rows, {apart[0]}"] if apart else []
    return found


def is_same(row: tuple[object, ...], other: tuple[object, ...], doubles: list[int]) -> bool:
    def is_near(place: int) -> bool:
        ours, theirs = row[place], other[place]
        if isinstance(ours, float) and isinstance(theirs, float):
            return isclose(ours, theirs, rel_tol=NEAR, abs_tol=NEAR)
        return ours is theirs is None

    exact = [place for place in range(len(row)) if place not in doubles]
    return all(row[place] == other[place] for place in exact) and all(map(is_near, doubles))


def assert_equal(paths: DataPaths, others: DataPaths, private: Iterable[str] = PRIVATE) -> None:
    """Readers get the same, and so do those who look at the private tables."""
    published = [f"marts.{mart.name}" for mart in published_marts() if mart.name not in OF_THE_RELEASE]
    assert len(published) > 20
    assert differences(paths.current, others.current, published) == []
    assert differences(paths.warehouse_file, others.warehouse_file, [*private]) == []


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataPaths]:
    """The shipped data, refreshed by Spark with a lake at an address; it goes on in this place, which its metastore
    knows."""
    paths = copy_inputs(tmp_path_factory.mktemp("by_spark") / "data")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(LAKE, tmp_path_factory.mktemp("lake").as_uri())
        by_spark(paths)
        yield paths


@pytest.fixture(scope="module")
def refreshed(live: DataPaths, tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """As the first refresh left it. Not to be changed."""
    return copy_data(live, tmp_path_factory.mktemp("refreshed") / "data")


@pytest.fixture(scope="module")
def grown(live: DataPaths, refreshed: DataPaths, tmp_path_factory: pytest.TempPathFactory) -> DataPaths:  # noqa: ARG001
    """Not to be changed."""
    grow(live, by_spark)
    return copy_data(live, tmp_path_factory.mktemp("grown") / "data")


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The same inputs, refreshed by DuckDB."""
    paths = copy_inputs(tmp_path_factory.mktemp("by_duckdb") / "data")
    by_duckdb(paths)
    return paths


def test_readers_get_what_duckdb_makes(refreshed: DataPaths, beside: DataPaths) -> None:
    assert_equal(refreshed, beside)


def test_the_release_says_what_made_it(refreshed: DataPaths) -> None:
    with duckdb.connect(str(refreshed.current), read_only=True) as connection:
        (version,) = connection.execute("select code_version from marts.release").fetchone() or ("",)
    assert version.endswith(", models run by spark")


def test_nothing_is_done_again_by_the_same_engine(refreshed: DataPaths) -> None:
    assert by_spark(refreshed).startswith("Nothing has changed since release 1 ")


def test_a_round_more_and_a_round_that_changed(grown: DataPaths, beside: DataPaths) -> None:
    """Only they were made: the pairs with them, and nothing of other surveys."""
    with duckdb.connect(str(grown.warehouse_file), read_only=True) as connection:
        built = connection.execute("select survey_id, round_id from raw.ingest__rounds_to_build").fetchall()
        pairs = connection.execute("select count(*) from marts.round_change where round_id = '2025-02'").fetchone()
    assert (built, pairs != (0,)) == ([("koto_kuntakysely", "2023-01")], True)
    grow(beside, by_duckdb)
    assert_equal(grown, beside)


def test_a_difference_is_seen(refreshed: DataPaths, tmp_path: Path) -> None:
    """The comparison can fail: by a count, and by the last digits of a share."""
    copied = copy_data(refreshed, tmp_path / "data")
    with duckdb.connect(str(copied.warehouse_file)) as connection:
        connection.execute("update marts.answer_distribution set n = n + 1 where n = 3")
        connection.execute("update marts.round_change set share = share + 1e-9")
    tables = ["marts.answer_distribution", "marts.round_change", "marts.dim_round"]
    found = differences(refreshed.warehouse_file, copied.warehouse_file, tables)
    assert [each.partition(":")[0] for each in found] == tables[:2]


def test_a_build_that_is_killed_vouches_for_nothing(live: DataPaths, grown: DataPaths) -> None:
    """Killed as it drops and adds partitions. What readers have stands, though the round is as it was again; the next
    refresh goes on with nothing of the lake."""
    paths = live
    recodes = paths.root / ROUND / "recodes.csv"
    before, release = recodes.read_bytes(), paths.current.resolve()
    replace(recodes, "Jokin muu", "Aivan muu")
    files = files_of(paths)
    tables = Path(files.path) / TABLES
    begun = time.time()
    with subprocess.Popen(
        command("refresh", "--engine", "spark"), cwd=PROJECT_ROOT, env=environment(paths), start_new_session=True
    ) as running:
        while running.poll() is None and not any(
            each.stat().st_mtime > begun for each in tables.glob("marts.db/*/*/*") if each.is_dir()
        ):
            time.sleep(0.2)
        assert running.poll() is None, "it ended before it could be killed"
        os.killpg(running.pid, signal.SIGKILL)
    recodes.write_bytes(before)
    assert paths.current.resolve() == release
    assert not (files / AS_LEFT).exists()
    assert kuntakysely(paths, "status").returncode in (0, 1)
    by_spark(paths)
    assert_equal(paths, grown, ["checks.question_drift"])  # the others tell of what was built, and after what
