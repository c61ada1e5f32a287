"""The card beside raw files (source.yml), their hashes, and what git must not hold."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import Field

from faults.errors import FaultList
from faults.suggestions import did_you_mean, quoted
from ingest.readers.cells import Day, FileName, OptionalText, Sha256, Text
from ingest.readers.settings import Settings, read_settings
from store.fingerprint import file_sha256

CARD_NAME = "source.yml"


class SourceCard(Settings):
    """Where the files of a folder come from."""

    producer: Text
    """Who made the files."""
    licence: Text
    """Under which licence."""
    received_from: Text
    """Who sent them, or where they were fetched."""
    received_on: Day
    """The day on which they came."""
    note: OptionalText = None
    """A remark on them."""
    sha256: dict[FileName, Sha256] = Field(default_factory=dict)
    """The hash of a file as it came: a check tells of one that differs."""


@dataclass(frozen=True)
class SourceFile:
    """One input file as it is now, with what its card says of it.

    kind is codebook, responses, registry, systems or practices. A hash that differs from the card's is told by a later
    check.
    """

    path: Path
    kind: str
    sha256: str
    n_rows: int | None
    survey_id: str | None = None
    round_id: str | None = None
    card_sha256: str | None = None
    producer: str | None = None
    licence: str | None = None
    received_on: date | None = None


def read_card(folder: Path, faults: FaultList) -> SourceCard | None:
    """The card of a folder; a file that the card names and the folder lacks is a fault."""
    read = read_settings(folder / CARD_NAME, SourceCard, faults)
    if read is None:
        return None
    card, places = read
    names = [file.name for file in folder.iterdir()]
    for name in card.sha256:
        if name not in names:
            found = f"The card names {quoted(name)}, which is not in the folder."
            faults.add("missing-file-of-card", *places.where("sha256", name), found, advice=did_you_mean(name, names))
    return card


def describe_file(
    path: Path,
    kind: str,
    n_rows: int | None,
    card: SourceCard | None,
    survey_id: str | None = None,
    round_id: str | None = None,
) -> SourceFile:
    """A file with its hash and its card."""
    return SourceFile(
        path=path,
        kind=kind,
        sha256=file_sha256(path),
        n_rows=n_rows,
        survey_id=survey_id,
        round_id=round_id,
        card_sha256=card.sha256.get(path.name) if card else None,
        producer=card.producer if card else None,
        licence=card.licence if card else None,
        received_on=card.received_on if card else None,
    )


def describe_files(
    counts: Mapping[Path, int | None],
    kind: str,
    card: SourceCard | None,
    survey_id: str | None = None,
    round_id: str | None = None,
) -> tuple[SourceFile, ...]:
    """Those files of a folder that exist, with their numbers of rows (None where rows mean nothing)."""
    return tuple(
        describe_file(path, kind, n_rows, card, survey_id, round_id)
        for path, n_rows in counts.items()
        if path.is_file()
    )


def tracked_files(files: Iterable[Path]) -> tuple[Path, ...]:
    """Those of the files that git tracks; none where git or a work tree is missing."""
    return tuple(file for file in files if file.is_file() and _is_tracked(file))


def _is_tracked(file: Path) -> bool:
    command = ["git", "-C", str(file.parent), "ls-files", "--error-unmatch", "--", file.name]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def check_untracked(files: Iterable[Path], faults: FaultList) -> None:
    """Note response files of real people that git tracks."""
    for file in tracked_files(files):
        faults.add("tracked-responses", file, "", "Git tracks this file, and its round is not synthetic.")
