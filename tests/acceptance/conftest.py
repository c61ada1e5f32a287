from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.paths import DataPaths
from tests.acceptance.project import copy_data, copy_inputs, kuntakysely


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The data that ships, refreshed once. Not to be changed: take a copy with `fresh`."""
    paths = copy_inputs(tmp_path_factory.mktemp("published") / "data")
    done = kuntakysely(paths, "refresh")
    assert done.returncode == 0, done.stdout
    return paths


@pytest.fixture
def fresh(published: DataPaths, tmp_path: Path) -> DataPaths:
    """A copy of the published data folder that a test may harm."""
    return copy_data(published, tmp_path / "data")


@pytest.fixture
def release_of() -> Callable[[DataPaths], str]:
    """Which file `current` points at, after making sure that it opens."""

    def read(paths: DataPaths) -> str:
        from tests.acceptance.project import rows

        assert rows(paths, "select count(*) from marts.release") == [(1,)]
        return paths.current.readlink().name

    return read
