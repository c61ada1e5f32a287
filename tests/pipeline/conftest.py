from __future__ import annotations

import pytest

from ingest.paths import DataPaths
from tests.pipeline.build import build, copy_sample
from tests.sharing import Shared


@pytest.fixture(scope="session")
def built_sample(shared: Shared) -> DataPaths:
    """The sample survey, built and checked once."""
    return shared("built_sample", lambda folder: build(copy_sample(folder.parent)))
