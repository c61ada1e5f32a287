"""The recipes of CONTRIBUTING.md as data: their numbered steps, and the commands and files that a step names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from store.paths import PROJECT_ROOT

PAGE = (PROJECT_ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
STEP = re.compile(r"^(\d+)\. (.+(?:\n +\S.*)*)", re.MULTILINE)
COMMAND = re.compile(r"`((?:kuntakysely|make|\.venv/bin/\S+)(?: [^`]+)?)`")
DATA_FILE = re.compile(r"`(data/[^`]+\.\w+)`")


@dataclass(frozen=True)
class Step:
    """A numbered step of a recipe, as the page has it."""

    recipe: str
    number: int
    text: str

    @property
    def commands(self) -> list[str]:
        return COMMAND.findall(self.text)

    @property
    def data_files(self) -> list[str]:
        """Every file of the data folder that the step says to write."""
        return DATA_FILE.findall(self.text)


def steps(page: str, recipe: str) -> list[Step]:
    """The steps of a recipe in their order; none when the page has no such recipe."""
    _, _, section = page.partition(f"\n### {recipe}\n")
    text, *_ = re.split(r"^##", section, maxsplit=1, flags=re.MULTILINE)
    return [Step(recipe, int(number), said) for number, said in STEP.findall(text)]


def differences(page: str, performed: Iterable[tuple[str, int]]) -> list[str]:
    """Each step that is on the page and not performed, or performed and not on the page."""
    done = Counter(list(performed))
    recipes = {recipe for recipe, _ in done}
    written = Counter((step.recipe, step.number) for recipe in recipes for step in steps(page, recipe))
    return [
        *(f"{recipe}, step {number}: on the page, not performed" for recipe, number in written - done),
        *(f"{recipe}, step {number}: performed, not on the page" for recipe, number in done - written),
    ]
