"""README's table of tables is the one that the tables make."""

from __future__ import annotations

import re

from publish.releases import readme
from store.marts import published_marts


def test_readme_has_every_published_table() -> None:
    text = readme.PAGE.read_text("utf-8")
    assert text == readme.page(), "run make docs"
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) >= {mart.name for mart in published_marts()}
