from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from store.fingerprint import code_sha256
from store.paths import DataPaths
from tests.acceptance.project import ROUND, SECOND, SURVEY_OF_2020, THIRD, copy_data, copy_inputs, kuntakysely, replace
from tests.acceptance.recipes import begin
from tests.disclosed import shipped, survey
from tests.pipeline.build import build_and_publish, without_pages
from tests.sharing import Shared


@pytest.fixture(scope="session")
def published(shared: Shared) -> DataPaths:
    """The data that ships, refreshed once. Not to be changed: take a copy with `fresh`."""
    return shared("published", lambda folder: _refresh(copy_inputs(folder)))


@pytest.fixture(scope="session")
def published_twice(published: DataPaths, shared: Shared) -> DataPaths:
    """The same with two more rounds of one survey and another label in the other, refreshed once more: release 2.

    Not to be changed: take a copy with `twice`."""

    def publish(folder: Path) -> None:
        paths = copy_data(published, folder)
        for new in (SECOND, THIRD):
            shutil.copytree(paths.root / ROUND, paths.root / new)
            replace(paths.root / new / "round.yml", f'round_id: "{ROUND.name}"', f'round_id: "{new.name}"')
        replace(paths.root / SURVEY_OF_2020 / "survey.yml", "Alle 10 000 asukasta", "Alle 10 000 asukkaan kunnat")
        _refresh(paths)

    return shared("published_twice", publish)


@pytest.fixture(scope="module")
def release(published: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """What readers have."""
    with duckdb.connect(str(published.current), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def begun(shared: Shared) -> DataPaths:
    """The made-up survey of Estonia, published by a person who follows the recipes with the code as it is."""

    def publish(folder: Path) -> None:
        code = code_sha256()
        begin(folder)
        assert code_sha256() == code

    return shared("begun", publish)


@pytest.fixture(scope="session")
def real(shared: Shared) -> DataPaths:
    """A made-up survey that is marked as real, built and published once. Not to be changed."""
    return shared(
        "disclosed",
        lambda folder: build_and_publish(survey.write(DataPaths(folder))),
    )


@pytest.fixture(scope="session")
def shipped_as_real(shared: Shared) -> DataPaths:
    """The surveys that ship, marked as real, built and published once. Not to be changed."""
    return shared("shipped_as_real", lambda folder: build_and_publish(shipped.write(folder)))


def _refresh(paths: DataPaths) -> None:
    done = kuntakysely(paths, "refresh")
    assert done.returncode == 0, done.stdout


@pytest.fixture
def fresh(published: DataPaths, tmp_path: Path) -> DataPaths:
    """A copy of the published data folder that a test may harm."""
    return copy_data(published, tmp_path / "data")


@pytest.fixture
def twice(published_twice: DataPaths, tmp_path: Path) -> DataPaths:
    """A copy of the data folder with two releases that a test may harm."""
    return copy_data(published_twice, tmp_path / "data")


@pytest.fixture
def tables_only() -> Iterator[None]:
    with without_pages():
        yield


@pytest.fixture
def release_of() -> Callable[[DataPaths], str]:
    """Which release `current` points at, after making sure that it opens."""

    def read(paths: DataPaths) -> str:
        from tests.acceptance.project import rows

        assert rows(paths, "select count(*) from marts.release") == [(1,)]
        return paths.current_folder.readlink().name

    return read
