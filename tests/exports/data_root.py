"""A data root in which the fixtures of all tools are rounds of one survey."""

from __future__ import annotations

import shutil
from pathlib import Path

from ingest.paths import DataPaths
from tests.exports.make_exports import EXPORTS, FOLDER
from tests.pipeline.build import SAMPLE


def copy_exports(folder: Path) -> DataPaths:
    """The fixtures in `folder`, with the registry and the inventory of the sample survey."""
    paths = DataPaths(folder / "data")
    for name in ("registry", "systems"):
        shutil.copytree(SAMPLE / name, paths.root / name)
    survey = paths.surveys / "exports"
    shutil.copytree(FOLDER / "survey", survey)
    for tool in EXPORTS:
        shutil.copytree(FOLDER / tool, survey / "rounds" / tool)
    return paths
