"""The table of the published tables in docs/reading.md, from what they say of themselves:
python -m publish.releases.reading_page."""

from __future__ import annotations

import re

from publish.releases.own_tables import OWN_TABLES
from store.marts import published_marts
from store.paths import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs/reading.md"
BEGIN, END = "<!-- made by make docs -->\n", "<!-- until here -->"


def page() -> str:
    """The page as it should be."""
    text = PAGE.read_text("utf-8")
    return re.sub(f"(?<={BEGIN}).*?(?={END})", lambda _: _table(), text, count=1, flags=re.DOTALL)


def _table() -> str:
    described = [(mart.name, mart.description) for mart in published_marts()]
    described += [(table.name, table.comment) for table in OWN_TABLES]
    rows = [f"| `{name}` | {_first_sentence(text)} |" for name, text in described]
    return "\n".join(["| table | what it holds |", "|---|---|", *rows, ""])


def _first_sentence(text: str) -> str:
    return " ".join(text.split()).split(". ")[0].removesuffix(".")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
