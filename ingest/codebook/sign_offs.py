"""What was signed of a round: its answers as they were then, in a folder with a card that has the hash of each file."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from ruamel.yaml import YAML

from faults.errors import FaultList
from faults.suggestions import quoted
from ingest.codebook.rounds import SIGNED_OFF
from ingest.readers.cells import FileName, Moment, OptionalText, Sha256, Text, Whole
from ingest.readers.settings import Settings, read_settings
from store.durable import sync, write_whole
from store.fingerprint import file_sha256

CARD_NAME = "sign_off.yml"
BUILDING = ".building"
REMARKS = ("corrections.csv", "codings.csv", "second_codings.csv", "members.csv")
CORRECTIONS, CODINGS, SECOND_CODINGS, MEMBERS = REMARKS
_NAME = re.compile(r"(\d{4}-\d\d-\d\d)(?:-([1-9]\d*))?")


class SignOffCard(Settings):
    """Who signed, when and why, what changed since the sign-off before, and the hash of each file, as
    `kuntakysely sign-off` writes it."""

    signed_at: Moment
    """When it was signed."""
    signed_by: Text
    """Who signed: a team."""
    why: Text
    """Why it was signed then."""
    accepted: OptionalText = None
    """Why rows may move by few, where they do."""
    n_responses_changed: Whole | None
    """How many responses differ from the sign-off before."""
    n_municipalities_changed: Whole | None
    """How many municipalities have such a response."""
    n_rows_moved: Whole | None
    """How many rows of tables moved by fewer than the rule of hiding."""
    weights: FileName | None = None
    """The file of weights among those below."""
    files: dict[FileName, Sha256]
    """The hash of each file, in the order of round.yml."""


@dataclass(frozen=True)
class SignOff:
    """One sign-off of a round, and where its files lie."""

    folder: Path
    card: SignOffCard

    @property
    def signed_on(self) -> str:
        """The local day of the round."""
        return self.folder.name[: len("2023-01-31")]

    @property
    def card_file(self) -> Path:
        return self.folder / CARD_NAME

    @property
    def response_files(self) -> list[Path]:
        """In the order in which they were signed: round.yml may name another one since."""
        others = (*REMARKS, self.card.weights)
        return [self.folder / name for name in self.card.files if name not in others]

    @property
    def weights_file(self) -> Path | None:
        return self.folder / self.card.weights if self.card.weights else None


def sign_off_folders(round_folder: Path) -> list[Path]:
    """The folder of each sign-off, oldest first; what has another name is none."""
    home = round_folder / SIGNED_OFF
    found = [(match, path) for path in _entries(home) if path.is_dir() and (match := _NAME.fullmatch(path.name))]
    return [path for *_, path in sorted((match[1], int(match[2] or 1), path) for match, path in found)]


def _entries(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def read_sign_offs(round_folder: Path, faults: FaultList) -> list[SignOff]:
    """The sign-offs of a round, oldest first. A broken card and what is no sign-off are faults: an erasure must reach
    each folder."""
    _check_names(round_folder / SIGNED_OFF, faults)
    read = [_read(folder, faults) for folder in sign_off_folders(round_folder)]
    return [sign_off for sign_off in read if sign_off is not None]


def _check_names(home: Path, faults: FaultList) -> None:
    for path in {path for path in _entries(home) if path.name != BUILDING} - {*sign_off_folders(home.parent)}:
        faults.add("not-a-sign-off", path, "", "This is no sign-off.")


def _read(folder: Path, faults: FaultList) -> SignOff | None:
    """A sign-off; one fault says what is wrong with its card."""
    found = FaultList()
    read = read_settings(folder / CARD_NAME, SignOffCard, found)
    if read is None:
        said = next(iter(found))
        card = folder / CARD_NAME
        faults.add("broken-sign-off", card, said.place, said.found, expected=said.expected, **_way_out(folder))
        return None
    return SignOff(folder, read[0])


def check_files(sign_off: SignOff, faults: FaultList) -> None:
    """Note each file that is not as it was signed: one that differs, is gone, or came after."""
    there = {path.name for path in _entries(sign_off.folder) if not path.name.startswith(".")} - {CARD_NAME}
    for name in sorted(there | sign_off.card.files.keys()):
        file = sign_off.folder / name
        if name not in there:
            found = "The file was signed and is not there."
            faults.add("signed-file-missing", file, "", found, **_way_out(sign_off.folder))
        elif name not in sign_off.card.files:
            found = f"{CARD_NAME} does not name the file."
            faults.add("unsigned-file", file, "", found, **_way_out(sign_off.folder))
        elif not file.is_file() or file_sha256(file) != sign_off.card.files[name]:
            found = f"The file does not have the hash that {CARD_NAME} has of it."
            faults.add("signed-file-differs", file, "", found, **_way_out(sign_off.folder))


def _way_out(folder: Path) -> dict[str, str]:
    """What the advice on a sign-off that is not whole names."""
    home = folder.parent.parent
    again = f"sign again: kuntakysely sign-off {home.parent.parent.name}/{home.name}"
    is_last = folder == sign_off_folders(home)[-1]
    return {"folder": quoted(folder.name), "otherwise": again if is_last else "delete it: a later one is read"}


class AnswersChanged(Exception):
    """A file is not any more as it was looked at."""


def write_sign_off(round_folder: Path, files: Mapping[Path, str], day: date, card: SignOffCard) -> SignOff:
    """Keep these files, each with its hash, and the card: whole, or not at all. They are for their owner.

    Raises AnswersChanged when a file has another hash by now.
    """
    home = round_folder / SIGNED_OFF
    remove_unfinished(round_folder)
    (home / BUILDING).mkdir(mode=0o700, parents=True)
    home.chmod(0o700)
    for file in files:
        write_whole(home / BUILDING / file.name, file.read_bytes())
    hashes = {file.name: file_sha256(home / BUILDING / file.name) for file in files}
    if [*hashes.values()] != [*files.values()]:
        remove_unfinished(round_folder)
        raise AnswersChanged
    signed = card.model_copy(update={"files": hashes})
    write_whole(home / BUILDING / CARD_NAME, _as_yaml(signed))
    folder = _new_folder(home, day.isoformat())
    (home / BUILDING).replace(folder)
    sync(home)
    sync(round_folder)
    return SignOff(folder, signed)


def remove_unfinished(round_folder: Path) -> None:
    """Take away what a sign-off that was cut off has left."""
    shutil.rmtree(round_folder / SIGNED_OFF / BUILDING, ignore_errors=True)


def _new_folder(home: Path, day: str) -> Path:
    names: Iterable[str] = (day, *(f"{day}-{number}" for number in range(2, len(_entries(home)) + 3)))
    return next(home / name for name in names if not (home / name).exists())


def _as_yaml(card: SignOffCard) -> bytes:
    written = io.BytesIO()
    optional = {"accepted", "weights"}
    given = {name: value for name, value in card.model_dump().items() if name not in optional or value is not None}
    YAML().dump(given, written)
    return written.getvalue()


def moment_text(now: datetime) -> str:
    """A time as the card has it."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
