"""A tiny valid data root: seven made-up municipalities, one survey, one round of six responses."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from faults.errors import FaultList
from store.paths import PROJECT_ROOT, DataPaths

CORPUS = PROJECT_ROOT / "tests" / "broken"
ROUND_FOLDER = Path("surveys/palvelukysely/rounds/2024")


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    """A copy of the valid data root."""
    shutil.copytree(CORPUS / "_base", tmp_path / "data")
    return DataPaths.resolve(tmp_path / "data")


@pytest.fixture
def round_folder(paths: DataPaths) -> Path:
    return paths.root / ROUND_FOLDER


@pytest.fixture
def faults() -> FaultList:
    return FaultList(lambda path: path.name)


@pytest.fixture
def edit() -> Callable[[Path, str, str], None]:
    """Replace one text by another in a file; the text must be there."""

    def replace(path: Path, old: str, new: str) -> None:
        text = path.read_bytes().decode()
        assert old in text
        path.write_bytes(text.replace(old, new, 1).encode())

    return replace
