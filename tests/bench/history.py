"""What the bench found each time it ran whole: a line of JSON per run, in the repository."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from store.paths import PROJECT_ROOT
from tests.bench.results import Part

FILE = Path(__file__).with_name("history.jsonl")


@dataclass(frozen=True)
class Run:
    """When, of which commit, on how many cores and within how much memory, and its tables."""

    run_on: str
    commit: str
    cores: int
    most_gb: float
    parts: Sequence[Part]

    @classmethod
    def of_now(cls, parts: Sequence[Part], most_gb: float) -> Run:
        asked = ["git", "describe", "--always", "--dirty"]
        commit = subprocess.run(asked, cwd=PROJECT_ROOT, check=True, capture_output=True, text=True).stdout.strip()
        return cls(f"{datetime.now(UTC):%Y-%m-%d}", commit, len(os.sched_getaffinity(0)), most_gb, parts)

    @classmethod
    def of_line(cls, line: str) -> Run:
        given = json.loads(line)
        return cls(**{**given, "parts": [Part.of_json(title, rows) for title, rows in given["parts"].items()]})

    def line(self) -> str:
        """Its numbers in one line."""
        return json.dumps({**vars(self), "parts": {part.title: part.as_json() for part in self.parts}}) + "\n"


def append(run: Run, file: Path = FILE) -> None:
    with file.open("a", encoding="utf-8") as handle:
        handle.write(run.line())


def runs(file: Path = FILE) -> list[Run]:
    """In the order in which they were made."""
    return [Run.of_line(line) for line in file.read_text("utf-8").splitlines()]
