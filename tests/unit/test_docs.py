"""What README and docs/ say is so."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from orchestration.commands.cli import app
from publish.releases import reading_page
from store.marts import published_marts
from store.paths import PROJECT_ROOT

# Without those of checks and measures, which are made.
PAGES = [page.relative_to(PROJECT_ROOT) for page in (*PROJECT_ROOT.glob("*.md"), *PROJECT_ROOT.glob("docs/**/*.md"))]


def test_the_page_of_readers_has_every_published_table() -> None:
    text = reading_page.PAGE.read_text("utf-8")
    assert text == reading_page.page(), "run make docs"
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) >= {mart.name for mart in published_marts()}


def test_readme_is_short() -> None:
    assert len((PROJECT_ROOT / "README.md").read_text("utf-8").splitlines()) <= 120


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_to_a_file(page: Path) -> None:
    text = (PROJECT_ROOT / page).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in link]
    assert [link for link in links if not (PROJECT_ROOT / page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_prose_wraps(page: Path) -> None:
    """But for code, tables, and a link or picture that stands on a line alone."""
    prose = re.sub(r"(?ms)^```.*?^```", "", (PROJECT_ROOT / page).read_text("utf-8"))
    lines = [line.strip() for line in prose.splitlines() if not line.lstrip().startswith(("|", "!["))]
    assert [line for line in lines if len(line) > 120 or "|---|" in line] == []


def test_the_page_of_operating_has_every_command() -> None:
    table = (PROJECT_ROOT / "docs/operating.md").read_text("utf-8")
    named = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert set(re.findall(r"^\| `([\w-]+)", table, re.MULTILINE)) == named


def test_each_decision_is_in_the_index_and_says_what_it_supersedes() -> None:
    text = (PROJECT_ROOT / "DECISIONS.md").read_text("utf-8")
    assert Counter(re.findall(r"^\| [\w ]+ \| (\d+\. .+) \| [\w, ]+ \|$", text, re.MULTILINE)) == Counter(
        re.findall(r"^## (\d+\. .+)$", text, re.MULTILINE)
    )
    entries = {int(entry.split(".")[0]): entry for entry in re.split(r"^## (?=\d)", text, flags=re.MULTILINE)[1:]}
    older = [
        (number, int(old))
        for number, entry in entries.items()
        for said in re.findall(r"Supersedes ([^.:]+)[.:]", " ".join(entry.split()))
        for old in re.findall(r"\d+", said)
    ]
    assert older
    assert [pair for pair in older if str(pair[0]) not in entries[pair[1]].splitlines()[1]] == []
