"""What a library loads and does not need: modules that it uses seldom, and those that it can do without."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """Stands for a module until something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def load_when_used(*names: str) -> None:
    """Let `import` of these modules cost nothing until something of them is used."""
    for name in names:
        sys.modules.setdefault(name, _Later(name))


@contextmanager
def without(name: str) -> Iterator[None]:
    """Let a library that can do without a module find that it is not installed, unless it is loaded already."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
