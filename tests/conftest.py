"""What all tests share: data folders that are made once, and (tests.telling) lines at the end of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from store.paths import DataPaths
from tests.acceptance.project import copy_data
from tests.sharing import Shared, make_once, one_at_a_time

pytest_plugins = ["tests.telling"]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Shared:
    """A data folder made by the first process of the run that asks for it; each process has a copy of its own."""
    own = tmp_path_factory.getbasetemp()
    of_all = own if worker_id == "master" else own.parent

    def copy_of(name: str, make: Callable[[Path], object]) -> DataPaths:
        folder = of_all / f"{name}_shared"
        with one_at_a_time(folder.with_suffix(".lock")):
            made = make_once(folder, make)
        return copy_data(made, tmp_path_factory.mktemp(name) / "data")

    return copy_of


@pytest.fixture(scope="session")
def built_sample(shared: Shared) -> DataPaths:
    """The sample survey, built and checked once. Not to be changed."""
    from tests.pipeline.build import build, copy_sample  # Great Expectations takes seconds to load

    return shared("built_sample", lambda folder: build(copy_sample(folder.parent)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The recipes go first: they need no data folder that another process makes, and take long."""
    items.sort(key=lambda item: item.path.name != "test_recipes.py")
