"""What is wrong with an input: one Fault per fault, all of them told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import fill
from typing import NamedTuple

COPIED = " " * 4  # a line that stands in so far is to be copied
MARK = "?"  # a value that begins with it waits for a person: `kuntakysely new-round` is unsure of it
UNDECIDED = "undecided"  # the code of the fault that it is
CATALOGUE = Path(__file__).with_name("catalogue.csv")


class Words(NamedTuple):
    """What is said of a fault, wherever it is."""

    code: str
    found: str
    expected: str
    advice: str


@cache
def catalogue() -> Mapping[str, tuple[str, str]]:
    """What is expected and advised of each fault, by its code; braces hold the names of what each place says itself."""
    import csv  # where nothing is wrong nobody waits for it

    with CATALOGUE.open(encoding="utf-8", newline="") as handle:
        return {line["code"]: (line["expected"], line["advice"]) for line in csv.DictReader(handle)}


def worded(code: str, found: str, /, advice: str = "", **values: object) -> Words:
    """The words of a fault: what was found, and what the catalogue says. An advice that is given takes the place of the
    one there."""
    expected, usual = (each.format_map(values) for each in catalogue()[code])
    return Words(code, found, expected, advice or usual)


@dataclass(frozen=True)
class Fault:
    """One fault of one input file. `found`, `expected` and `advice` end with a full stop; `advice` may be empty.

    A value that a respondent gave is never in a fault: messages end up in logs. A note is told like a fault and stops
    nothing; it expects nothing.
    """

    code: str
    file: str
    place: str
    found: str
    expected: str
    advice: str
    is_note: bool = False

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.place) if part)
        expected = "" if self.is_note else f"Expected: {_begun_small(self.expected)} "
        return visible(f"{'Note: ' * self.is_note}{where}: {self.found} {expected}{self.advice}".rstrip())

    def __lt__(self, other: Fault) -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[object, ...]:
        return (self.file, counted(self.place), self.code, self.found)


def counted(text: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts texts as people count: line 9 before line 10."""
    parts = re.split(r"([0-9]+)", text)
    digits = [part.lstrip("0") if place % 2 else None for place, part in enumerate(parts)]
    return tuple((-1, part) if own is None else (len(own), own) for own, part in zip(digits, parts, strict=True))


def visible(text: str) -> str:
    """A text on one line, with characters that cannot be seen written out: none of them reaches a terminal or a log as
    it is, where it could move the cursor, end a line or turn the order of what is read."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def visible_lines(text: str) -> str:
    """The same of a text of several lines."""
    return "\n".join(map(visible, text.split("\n")))


def wrapped(text: str, width: int) -> str:
    """Its lines broken between words, none of which is cut: an id or a path that is longer goes whole."""
    return "\n".join(line if line.startswith(COPIED) else _filled(line, width) for line in text.split("\n"))


def _filled(line: str, width: int) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return fill(line, width, subsequent_indent=f"{indent}  ", break_long_words=False, break_on_hyphens=False)


def _begun_small(sentence: str) -> str:
    is_word = sentence[:1].isalpha() and not sentence[1:2].isupper()
    return sentence[:1].lower() + sentence[1:] if is_word else sentence


class InputFaults(Exception):
    """The inputs cannot be used; `faults` says why, in the order of files and lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class FaultList:
    """Collects faults while everything is read, so that all are told at once.

    `shown` turns a path into the name that messages use.
    """

    def __init__(self, shown: Callable[[Path], str] = Path.as_posix) -> None:
        self._shown = shown
        self._faults: set[Fault] = set()
        self._notes: set[Fault] = set()

    def add(self, code: str, file: Path, place: str, found: str, /, advice: str = "", **values: object) -> None:
        """Note one fault in the words of the catalogue. The same fault noted twice is told once."""
        self.put(file, place, worded(code, found, advice, **values))

    def put(self, file: Path, place: str, words: Words) -> None:
        """Note one fault whose words are there already."""
        self._faults.add(Fault(words.code, self._shown(file), place, words.found, words.expected, words.advice))

    def note(self, code: str, file: Path, found: str) -> None:
        """Note what should be known of a file and stops nothing."""
        words = worded(code, found)
        self._notes.add(Fault(code, self._shown(file), "", found, words.expected, words.advice, is_note=True))

    @property
    def notes(self) -> tuple[Fault, ...]:
        return tuple(sorted(self._notes))

    def __len__(self) -> int:
        return len(self._faults)

    def __iter__(self) -> Iterator[Fault]:
        return iter(sorted(self._faults))

    def raise_if_any(self) -> None:
        """Raise InputFaults when anything was noted."""
        if self._faults:
            raise InputFaults(tuple(self._faults))


def line_place(line: int, column: str = "") -> str:
    """A place in a text file, as messages say it."""
    return f"line {line}, column {column}" if column else f"line {line}"
