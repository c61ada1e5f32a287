"""What anybody knows of municipalities, and the rows of a release in which that can be used: those by what respondents
say. How such a row lies over size classes and municipalities is hidden, or told where enough are behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np

from tests.disclosed.release import SIZE, WHOLE, Pinned, Released, Row, rows_of

KNOWN = """
select round_id, question_id, municipality_code, list(distinct coalesce(code, 'unmatched')) as codes,
    max(number_value) as number
from intermediate.int_answers_by_unit inner join marts.dim_question as questions using (survey_id, question_id)
where survey_id = ? and unit = 'municipality' and disclosure = 'public_fact'
group by all
"""
GROUPS = """
select round_id, unit, breakdown, list(distinct breakdown_id order by breakdown_id) as names
from marts.answer_distribution where survey_id = ? and breakdown in (select unnest(?::varchar[]))
group by all order by all
"""


@dataclass(frozen=True)
class Fact:
    """What is known of a municipality by one question: the answers it gave, or a number."""

    codes: frozenset[str]
    number: float | None


# By round and question: of each municipality that answered.
Facts = Mapping[tuple[str, str], Mapping[str, Fact]]
Attack = Callable[[Released, Facts], Iterable[Pinned]]


def public_facts(warehouse: Path, survey_id: str) -> Facts:
    """What anybody could ask a municipality and be told."""
    found: dict[tuple[str, str], dict[str, Fact]] = {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for row in rows_of(connection, KNOWN, survey_id):
            of_question = found.setdefault((row["round_id"], row["question_id"]), {})
            of_question[row["municipality_code"]] = Fact(frozenset(row["codes"]), row["number"])
    return found


@dataclass(frozen=True)
class Group:
    """Those in a row of a round by role or by an opinion."""

    round_id: str
    unit: str
    breakdown: str
    breakdown_id: str

    @property
    def of(self) -> tuple[str, str, str, str]:
        return (self.round_id, self.unit, self.breakdown, self.breakdown_id)


def groups(release: Released) -> Iterator[list[Group]]:
    """The rows of each round by role and by each opinion, those of a breakdown and unit together."""
    for row in release.rows(GROUPS, release.folder.name, ["role", *sorted(release.closed)]):
        yield [Group(row["round_id"], row["unit"], row["breakdown"], name) for name in row["names"]]


@dataclass(frozen=True)
class Members:
    """The municipalities that answered in a round, in one order, and their facts."""

    rows: Sequence[Row]
    facts: Facts
    round_id: str

    @classmethod
    def of(cls, release: Released, facts: Facts, round_id: str) -> Members:
        return cls(release.members(round_id, WHOLE), facts, round_id)

    def _facts(self, question_id: str) -> list[Fact | None]:
        known = self.facts.get((self.round_id, question_id), {})
        return [known.get(row["municipality_code"]) for row in self.rows]

    def are_known(self, question_id: str) -> bool:
        return (self.round_id, question_id) in self.facts

    def having(self, question_id: str, code: str | None = None) -> np.ndarray:
        """Which answered a question, or gave one answer to it."""
        return np.array([fact is not None and code in (None, *fact.codes) for fact in self._facts(question_id)])

    def numbers(self, question_id: str) -> np.ndarray:
        return np.array([float(fact.number or 0) if fact else 0.0 for fact in self._facts(question_id)])

    @cached_property
    def sizes(self) -> np.ndarray:
        return np.array([row[SIZE] for row in self.rows])

    @cached_property
    def populations(self) -> np.ndarray:
        return np.array([row["population"] for row in self.rows])

    @cached_property
    def classes(self) -> np.ndarray:
        return np.array([row["size_class_id"] for row in self.rows])
