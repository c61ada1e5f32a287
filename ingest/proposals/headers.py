"""What the tools themselves write beside the answers: ids, times, states of a response (known_headers.csv)."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from faults.errors import MARK
from ingest.codebook.round import IGNORED

KNOWN_HEADERS = Path(__file__).with_name("known_headers.csv")


@dataclass(frozen=True)
class KnownHeader:
    """A line of known_headers.csv. not_responses and finished are what its cells say of a row, and are separated by |;
    what a person is to look at begins with ?. timezone: of the times, where the tool always writes the same.
    """

    header: str
    question_id: str
    not_responses: str
    finished: str
    timezone: str
    tool: str
    reason: str = ""

    def is_for(self, name: str) -> bool:
        """Whether a column has this header; a * stands for what the tool fills in. One of no tool may be in a group."""
        return fnmatchcase(
            normalised(name if self.tool else re.split("[/-]", name)[-1]), normalised(self.header, signs=" ?!:.")
        )

    @property
    def is_sure(self) -> bool:
        """Whether the tool is told by more than this header."""
        return not self.question_id.startswith(MARK)

    @property
    def is_reserved(self) -> bool:
        return self.question_id.startswith("_")


def normalised(text: str, signs: str = " ?!:.*") -> str:
    """A wording without case, line breaks and the signs at its end."""
    return " ".join(text.casefold().split()).rstrip(signs)


def as_id(name: str) -> str:
    """The id that a question or an option of this name has in a codebook: a name that is an id already is its own,
    but for the word that stands for no question."""
    plain = unicodedata.normalize("NFKD", name.strip().casefold()).encode("ascii", "ignore").decode()
    found = plain if re.fullmatch("[a-z][a-z0-9_]*", plain) else re.sub("[^a-z0-9]+", "_", plain).strip("_")
    return found if found[:1].isalpha() and found != IGNORED else f"q_{found}"


def is_municipality(names: Iterable[str]) -> bool:
    """Whether a question is that of the municipality, by what columns of no tool are called."""
    headers = [each for each in known_headers() if each.question_id == "_municipality"]
    return any(header.is_for(name) for name in names if name for header in headers)


def known_columns(names: Mapping[str, Iterable[str]]) -> dict[str, KnownHeader]:
    """The columns that a tool wrote, by each name that they go by. Who made the file is told by all of them together:
    a word like Status or Name is the tool's own only beside others of it."""
    found = {
        column: [each for each in known_headers() if any(map(each.is_for, spellings))]
        for column, spellings in names.items()
    }
    n_of_tool = Counter(tool for headers in found.values() for tool in {each.tool for each in headers})
    best = {column: max(headers, key=lambda each: n_of_tool[each.tool]) for column, headers in found.items() if headers}
    first = {each.question_id: each for each in reversed(known_headers()) if each in best.values()}
    return {
        column: _as_sure_as_it_is(each, first[each.question_id], n_of_tool[each.tool]) for column, each in best.items()
    }


def _as_sure_as_it_is(header: KnownHeader, first: KnownHeader, n_of_tool: int) -> KnownHeader:
    """Of several columns that a tool has for the same, as two ids of a response, the first in the list is meant."""
    if header.tool and n_of_tool == 1:
        reason = f"{header.tool} gives this name, and the file has no other of its names"
        return replace(header, question_id=MARK + header.question_id.removeprefix(MARK), reason=reason)
    if header.question_id.startswith(MARK):
        return replace(header, reason="it may be the id of a person, or of an invitation")
    is_second = header.is_reserved and header.tool and header.tool == first.tool and header != first
    return replace(header, question_id=IGNORED) if is_second else header


@cache
def known_headers() -> list[KnownHeader]:
    """Every line of known_headers.csv."""
    with KNOWN_HEADERS.open(encoding="utf-8", newline="") as handle:
        return [KnownHeader(**row) for row in csv.DictReader(handle)]
