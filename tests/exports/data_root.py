"""A data root in which the fixtures of all tools are rounds of one survey."""

from __future__ import annotations

import shutil
from pathlib import Path

from store.paths import DataPaths
from tests.exports.make_exports import EXPORTS, FOLDER
from tests.pipeline.build import SAMPLE


def copy_exports(folder: Path) -> DataPaths:
    """The fixtures in `folder`, with the registry of the sample survey; they need no inventory."""
    paths = DataPaths(folder / "data")
    shutil.copytree(SAMPLE / "registry", paths.registry)
    survey = paths.surveys / "exports"
    shutil.copytree(FOLDER / "survey", survey)
    for tool in EXPORTS:
        shutil.copytree(FOLDER / tool, survey / "rounds" / tool)
    return paths
