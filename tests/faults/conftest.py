from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from publish.releases import release
from store import marts
from tests.acceptance.conftest import fresh, published  # noqa: F401  fixtures
from tests.faults import shim as fault_shim
from tests.faults import tiny
from tests.faults.driving import Driver

SOAK = "KUNTAKYSELY_SOAK"
MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that makes operations of a process fail, for its LD_PRELOAD."""
    return fault_shim.built(tmp_path_factory.mktemp("shim"))


@pytest.fixture(scope="session")
def is_soak() -> bool:
    """Whether everything is to be tried (`make soak`), and not what fits into `make test`."""
    return bool(os.environ.get(SOAK))


@pytest.fixture(scope="session")
def quick_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in memory where there is one: what is forced to a disk thousands of times need not wait for it."""
    if not os.access(MEMORY, os.W_OK):
        yield tmp_path_factory.mktemp("quick")
        return
    with tempfile.TemporaryDirectory(dir=MEMORY, prefix="kuntakysely_") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def drivers(shim: Path, quick_folder: Path) -> Iterator[Callable[[str], Driver]]:
    """The driver of a publish that writes its release whole, or that extends the one before; each is started once."""
    started: dict[str, Driver] = {}
    with ExitStack() as stack:

        def driver(begin: str) -> Driver:
            if begin not in started:
                started[begin] = Driver(shim, quick_folder, begin)
                stack.callback(started[begin].end)
            return started[begin]

        yield driver


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Publishes of the tiny warehouse in this process, and nothing of it left afterwards."""
    for module, name in ((tiny.duckdb, "connect"), (marts, "declared_marts"), (release, "code_sha256")):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(tiny.provenance, "code_version", tiny.provenance.code_version)
    tiny.be_small()
    yield
