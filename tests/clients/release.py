"""A published folder for tests of clients, made of any release file, and the blocks of docs/reading.md for them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from store.paths import PROJECT_ROOT


def swing(published: Path, number: int, file: Path) -> None:
    """Put a release in as a refresh does: a folder of its own, and links that lead to it."""
    folder = published / "releases" / f"{number}_abcdef12"
    folder.mkdir(parents=True)
    shutil.copyfile(file, folder / "current.duckdb")
    (folder / "current.duckdb").chmod(0o444)
    link(published / "current", folder.relative_to(published))
    link(published / "current.duckdb", Path("current/current.duckdb"))


def link(place: Path, target: Path) -> None:
    new = place.with_name("new")
    new.symlink_to(target)
    new.replace(place)


def reading_block(language: str, word: str = "lock_configuration") -> str:
    """The one block of docs/reading.md in this language that has the word."""
    text = (PROJECT_ROOT / "docs/reading.md").read_text(encoding="utf-8")
    (block,) = [each for each in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL) if word in each]
    return block
