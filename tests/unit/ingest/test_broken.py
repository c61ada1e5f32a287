"""Each folder of tests/broken is a fault laid over a valid data root, with the messages it must give."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingest.load import validate
from ingest.paths import PROJECT_ROOT, DataPaths

CORPUS = PROJECT_ROOT / "tests" / "broken"
FOLDERS = sorted(folder for folder in CORPUS.iterdir() if (folder / "expected.txt").is_file())
NOT_INPUT = ("expected.txt", "remove.txt")


def lay_over(paths: DataPaths, fault: Path) -> None:
    """Put the files of a fault over a data root, and take away those that remove.txt lists."""
    shutil.copytree(fault, paths.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NOT_INPUT))
    removed = fault / "remove.txt"
    for name in removed.read_text(encoding="utf-8").split() if removed.exists() else ():
        (paths.root / name).unlink()


def test_valid_data_root_has_no_fault(paths: DataPaths) -> None:
    assert validate(paths) == ()


@pytest.mark.parametrize("fault", FOLDERS, ids=lambda folder: folder.name)
def test_fault_gives_its_messages(paths: DataPaths, fault: Path) -> None:
    lay_over(paths, fault)
    messages = [str(found) for found in validate(paths)]
    assert messages == (fault / "expected.txt").read_text(encoding="utf-8").splitlines()


def test_corpus_is_not_lost() -> None:
    assert len(FOLDERS) > 80
