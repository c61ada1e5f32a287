"""A drafted folder: written whole beside its place, then put there by a rename; never over another."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from faults.errors import MARK

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
LONGEST_LINE = 200  # a hash stands on the line of its file


@dataclass(frozen=True)
class Doubt:
    """One thing that a person has to decide: where it stands, and why. No answer of a respondent is in it."""

    file: str
    place: str
    reason: str


@dataclass(frozen=True)
class Draft:
    """A drafted folder, what `validate` calls it, what it holds, what is left to decide in it, and what else to know:
    sentences."""

    folder: Path
    key: str
    holds: str
    doubts: Sequence[Doubt]
    remarks: Sequence[str] = ()


def csv_text(columns: Sequence[str], lines: Iterable[object]) -> str:
    """The lines as CSV: dictionaries, or objects whose fields are the columns."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(line if isinstance(line, dict) else vars(line) for line in lines)
    return text.getvalue()


def yaml_text(settings: Mapping[str, Any]) -> str:
    """The settings as YAML."""
    text, yaml = io.StringIO(), YAML(typ="rt", pure=True)
    yaml.width = LONGEST_LINE
    yaml.dump(_in_quotes(settings), text)
    return text.getvalue()


def _in_quotes(value: Any) -> Any:
    """What is marked is in quotes, so that it is the same text when somebody takes the ? away."""
    if isinstance(value, Mapping):
        return {key: _in_quotes(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return list(map(_in_quotes, value))
    return DoubleQuotedScalarString(value) if isinstance(value, str) and value.startswith(MARK) else value


def write_folder(folder: Path, texts: Mapping[str, str], copied: Mapping[str, Path]) -> None:
    """For the owner only: a file holds what people answered, and options may be made of it."""
    building = folder.with_name(f".{folder.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=PRIVATE_FOLDER, parents=True)
    for name, file in copied.items():
        shutil.copyfile(file, building / name)
    for name, text in texts.items():
        (building / name).write_text(text, encoding="utf-8")
    for path in building.iterdir():
        path.chmod(PRIVATE_FILE)
    building.rename(folder)
