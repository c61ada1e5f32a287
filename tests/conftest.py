"""What all tests share: data folders that are made once, and (tests.telling) lines at the end of a run."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from store.paths import DataPaths
from tests.acceptance.project import copy_data
from tests.pipeline.build import built_once
from tests.sharing import Shared, of_run, places

pytest_plugins = ["tests.telling"]


@pytest.fixture(scope="session", autouse=True)
def place_of_run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> None:
    """All processes of the run share what takes long to make."""
    own = tmp_path_factory.getbasetemp()
    places.append(own if worker_id == "master" else own.parent)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """A data folder made by the first process of the run that asks for it; each process has a copy of its own."""

    def copy_of(name: str, make: Callable[[Path], object]) -> DataPaths:
        return copy_data(of_run(name, make), tmp_path_factory.mktemp(name) / "data")

    return copy_of


@pytest.fixture(scope="session")
def built_sample(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The sample survey, built by dbt and checked once. Not to be changed."""
    return copy_data(built_once(), tmp_path_factory.mktemp("built_sample") / "data")


def pytest_configure() -> None:
    """Programs that are tried here are ended by Ctrl-C; what a shell runs in the background would not hear it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What is loaded stays: it is looked through no more, hundreds of times, for what is not used."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The recipes go first: they need no data folder that another process makes, and take long."""
    items.sort(key=lambda item: item.path.name != "test_recipes.py")
