"""What a page is made of, whatever it is written in. Every text is plain: the templates escape it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


class Text(str):
    """A text that is in another language than its page, or stands out as a word of its kind."""

    language: str
    word: str

    def __new__(cls, text: str, language: str = "", word: str = "") -> Text:
        made = super().__new__(cls, text)
        made.language, made.word = language, word
        return made


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
    """Rows of texts; the columns named in `numbers` are set to the right."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[str] = ()
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Bar:
    """A percentage, in figures and as it is written, and the counts that it is made of."""

    label: str
    pct: int
    written: str
    said: str


@dataclass(frozen=True)
class Bars:
    """Percentages to be looked at; a line marks the one of the whole."""

    caption: str
    bars: Sequence[Bar]
    whole: Bar
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
    """The whole report; `left_out` are headings of the form under which the release holds nothing."""

    title: str
    round_title: str
    is_synthetic: bool
    made_from: str
    summary: Mapping[str, str]
    sections: Sequence[Section]
    left_out: Sequence[str]
