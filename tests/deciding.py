"""What a person does with a drafted round: each line and setting that is marked becomes that of a finished round."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from ruamel.yaml import YAML

Line = tuple[str, ...]


def lines(file: Path) -> list[Line]:
    """The rows of a CSV file, its header among them."""
    with file.open(encoding="utf-8", newline="") as handle:
        return [tuple(row) for row in csv.reader(handle)]


def by_column(file: Path) -> dict[str, list[Line]]:
    """The lines of columns.csv by the column of the export."""
    found: dict[str, list[Line]] = {}
    for column, *rest in lines(file):
        found.setdefault(column, []).append(tuple(rest))
    return found


def decide(drafted: Path, finished: Path) -> None:
    """Decide everything in the folder `drafted` as it is in the folder `finished`; what is not marked stands.

    Odd spellings in a column that the draft did not know are not marked: a person writes the recodes that are needed.
    """
    _decide_columns(drafted / "columns.csv", by_column(finished / "columns.csv"))
    shutil.copyfile(finished / "recodes.csv", drafted / "recodes.csv")
    for name in ("round.yml", "source.yml"):
        settings, right = (YAML().load(folder / name) for folder in (drafted, finished))
        for key in [key for key, value in settings.items() if "?" in str(value)]:
            settings[key] = right[key]
        YAML().dump(settings, drafted / name)


def is_marked(line: Line) -> bool:
    return any(cell.startswith("?") for cell in line)


def _decide_columns(file: Path, right: dict[str, list[Line]]) -> None:
    decided = [
        (column, *found)
        for column, rows in by_column(file).items()
        for found in (right[column] if any(map(is_marked, rows)) else rows)
    ]
    with file.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(decided)
