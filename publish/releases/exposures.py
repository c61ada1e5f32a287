"""Where the marts go, for dbt's documentation: dbt_project/models/exposures.yml, from what they say of themselves and
what the pages read: python -m publish.releases.exposures. A BI tool reads the release, and any table of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from store.marts import published_marts
from store.paths import PROJECT_ROOT

FILE = PROJECT_ROOT / "dbt_project" / "models" / "exposures.yml"
HEAD = "# Made by `make docs` (publish/releases/exposures.py).\nexposures:\n"
IN_SQL, AS_WORD = re.compile(r"marts\.(\w+)"), re.compile(r'"(\w+)"')


def text() -> str:
    """The file as it should be."""
    publish = PROJECT_ROOT / "publish"
    return HEAD + "".join(
        (
            _exposure("release", "application", "What readers and BI tools open (docs/reading.md).", _published()),
            _exposure(
                "pages_of_results", "dashboard", "Pages and workbooks of rounds.", read_in(publish / "results", IN_SQL)
            ),
            _exposure(
                "quality_reports", "dashboard", "Quality reports of rounds.", read_in(publish / "report", AS_WORD)
            ),
        )
    )


def read_in(room: Path, naming: re.Pattern[str]) -> Iterator[str]:
    """The published marts that the code of some pages names."""
    named = {name for file in room.rglob("*.py") for name in naming.findall(file.read_text("utf-8"))}
    return (name for name in _published() if name in named)


def _published() -> Iterator[str]:
    return (mart.name for mart in published_marts())


def _exposure(name: str, kind: str, description: str, marts: Iterable[str]) -> str:
    refs = "".join(f"      - ref('{mart}')\n" for mart in marts)
    return (
        f"  - name: {name}\n    type: {kind}\n    description: {description}\n    owner: {{name: kuntakysely}}\n"
        f"    depends_on:\n{refs}"
    )


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
