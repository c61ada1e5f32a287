"""Modules that a library names at its head and uses seldom."""

from __future__ import annotations

import importlib
import sys
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
