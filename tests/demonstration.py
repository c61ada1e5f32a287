"""What the tests of demonstration rounds share: the shipped files, read with the csv module alone, and the scripts."""

from __future__ import annotations

import csv
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from store.paths import PROJECT_ROOT

DATA = PROJECT_ROOT / "data"

Row = dict[str, str]


def read(path: Path, delimiter: str = ",", encoding: str = "utf-8") -> list[Row]:
    with path.open(encoding=encoding, newline="") as handle:
        return list(csv.DictReader(handle, delimiter=delimiter, strict=True))


def load_script(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script of a round as a module; no bytecode is left among the inputs, whose hash decides what is rebuilt."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    spec = importlib.util.spec_from_file_location("make_demonstration_round", folder / "make_demonstration_round.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module
