"""The files that a release holds for people. What is told of a round is carried over from the release that readers
have, byte for byte, while the round, every name and the program are as they were; all else is made anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from publish.writing.round_hashes import hash_rounds
from publish.writing.rounds import RoundKey
from store.fingerprint import sha256_of

FOLDER = "report"
LIST = "made.json"  # of a folder: its mark, and of each file what it tells and its own hash


@dataclass(frozen=True)
class PageFile:
    """A file of the folder, made with the mark of its release; `tells_of` is its round, None where it tells of more."""

    name: str
    make: Callable[[str], bytes]
    tells_of: RoundKey | None = None

    @property
    def place(self) -> str:
        """Where it lies in the folder of a release."""
        return f"{FOLDER}/{self.name}"


def write(
    connection: duckdb.DuckDBPyConnection, files: Iterable[PageFile], folder: Path, name: str, earlier: Path | None
) -> None:
    """Write the files of the release that is open to report/ of its new folder; `name` is its number and hash, and
    `earlier` the folder of the release that readers have."""
    (folder / FOLDER).mkdir(parents=True)
    mark, told, there = f"<!-- release {name} -->", hash_rounds(connection), Earlier(earlier)
    made: dict[str, Any] = {"mark": mark, "files": {}}
    for file in files:
        tells = told[file.tells_of] if file.tells_of else None
        content = there.content(file.name, tells, mark) or file.make(mark)
        (folder / file.place).write_bytes(content)
        made["files"][file.name] = {"tells": tells, "sha256": sha256_of(content)}
    (folder / FOLDER / LIST).write_text(json.dumps(made, indent=1), encoding="utf-8")


class Earlier:
    """The files of the release that readers have."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder / FOLDER if folder else Path()
        self._made: Mapping[str, Any] = {"files": {}}
        if folder:
            with suppress(OSError, ValueError):
                self._made = json.loads((self._folder / LIST).read_text(encoding="utf-8"))

    def content(self, name: str, tells: str | None, mark: str) -> bytes | None:
        """A file that told the same, with the new mark; None where it did not, or is not what was written."""
        with suppress(OSError, KeyError, TypeError):
            known, content = self._made["files"][name], (self._folder / name).read_bytes()
            if tells and known["tells"] == tells and known["sha256"] == sha256_of(content):
                return content.replace(str(self._made["mark"]).encode(), mark.encode(), 1)
        return None
