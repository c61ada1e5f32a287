"""What a page is made of, whatever it is written in. Every text is plain: the templates escape it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Sentence:
    """A paragraph."""

    text: str
    kind: ClassVar[str] = "sentence"


@dataclass(frozen=True)
class Terms:
    """Terms, each with what it is here."""

    values: Mapping[str, str]
    kind: ClassVar[str] = "terms"


@dataclass(frozen=True)
class Table:
    """Rows of texts; the columns named in `numbers` are set to the right, those in `words` stand out by their value."""

    caption: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numbers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Bar:
    """A percentage, and the counts that it is made of."""

    label: str
    pct: int
    said: str


@dataclass(frozen=True)
class Bars:
    """Percentages to be looked at; a line marks the one of the whole."""

    caption: str
    bars: Sequence[Bar]
    whole_pct: int
    kind: ClassVar[str] = "bars"


Block = Sentence | Terms | Table | Bars


@dataclass(frozen=True)
class Section:
    """A heading of the report and what stands under it."""

    number: str
    title: str
    blocks: Sequence[Block]

    @property
    def depth(self) -> int:
        return self.number.count(".")

    @property
    def anchor(self) -> str:
        return f"s{self.number.replace('.', '-')}" if self.number else "annex"


@dataclass(frozen=True)
class Page:
    """The whole report; titles are by language, the main one first."""

    titles: Mapping[str, str]
    round_titles: Mapping[str, str]
    is_synthetic: bool
    made_from: str
    summary: Mapping[str, str]
    sections: Sequence[Section]
