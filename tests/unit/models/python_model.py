"""A dbt model in Python as a module: dbt reads the file, so it lies in no package."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

from store.paths import PROJECT_ROOT


def python_model(layer: str, name: str) -> ModuleType:
    """The module of a model."""
    file = PROJECT_ROOT / "dbt_project" / "models" / layer / f"{name}.py"
    spec = spec_from_file_location(name, file)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
