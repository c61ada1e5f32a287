from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import shim as fault_shim


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that makes operations of a process fail, for its LD_PRELOAD."""
    return fault_shim.built(tmp_path_factory.mktemp("shim"))
