"""The pattern of a round: what is hidden of each question, kept by the content of what it follows from."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from publish.disclosure import layout, printed
from publish.disclosure.counts import Question, RoundCounts
from publish.disclosure.knowledge import PRIMARY, TELLS, Knowledge
from publish.disclosure.pattern import Search, collapsed, given_away, primary, shattered
from publish.disclosure.printed import NO_RELATIONS, Printed, Relations
from publish.disclosure.rules import few_apart, few_further
from store.fingerprint import sha256_of

SEED = 20230113  # fixed: the same counts are hidden alike; which number it is does not matter


@dataclass(frozen=True)
class Pattern:
    """What is hidden of one question: `hidden` is rows x answers (TELLS, PRIMARY or COMPLEMENTARY).

    `given` marks the cells that are told because print tells them; `base_hidden` has one value per row.
    """

    question: Question
    hidden: np.ndarray
    given: np.ndarray
    base_hidden: np.ndarray

    @property
    def whole(self) -> np.ndarray:
        """Cells in a row of which no option above zero, or no group above zero, is told; rows x answers.

        Their labels are one, because two would tell something.
        """
        tells_something = (self.hidden == TELLS) & (self.question.n > 0) & ~self.given
        found, n_options = np.zeros(self.hidden.shape, dtype=bool), self.question.n_options
        for part in (slice(0, n_options), slice(n_options, None)):
            found[:, part] = ~tells_something[:, part].any(axis=1)[:, None]
        return found


class Store:
    """Patterns in a private folder, each under a hash of everything that it follows from. Safe to delete."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.used: set[str] = set()

    def find(self, key: str, shape: tuple[int, ...]) -> np.ndarray | None:
        """The pattern of this key; None when it is not there or not whole."""
        self.used.add(key)
        file = self.folder / f"{key}.json"
        if not file.is_file():
            return None
        try:
            found = np.array(json.loads(file.read_text(encoding="ascii")), dtype=np.int64)
        except ValueError:
            return None
        return found if found.shape == shape else None

    def keep(self, key: str, pattern: np.ndarray) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        building = self.folder / f".{key}.building"
        building.write_text(json.dumps(pattern.tolist()), encoding="ascii")
        building.replace(self.folder / f"{key}.json")

    def forget_unused(self) -> None:
        """Remove the patterns that nobody asked for."""
        for file in self.folder.glob("*.json"):
            if file.stem not in self.used:
                file.unlink()


def of_round(
    counts: RoundCounts, figures: Printed, store: Store, closed: Collection[tuple[str, ...]] = ()
) -> Iterator[Pattern]:
    """The pattern of each question of a round that is not told whole. Raises Unprotected and Undecided.

    `figures` are what printed.read gives, `closed` the rows (question, unit, breakdown, row) that nobody is told.
    """
    hidden_rows = small_rows(counts)
    for question in counts.questions:
        if question.kind == "public_fact":
            continue
        base_hidden = np.array(
            [row[1:] in hidden_rows or (question.question_id, *row) in closed for row in question.rows]
        )
        if question.kind == "personal":
            everything = np.full(question.n.shape, PRIMARY)
            yield Pattern(question, everything, np.zeros(everything.shape, dtype=bool), base_hidden)
        else:
            hidden, given = _of_opinion(question, counts, figures, base_hidden, store)
            yield Pattern(question, hidden, given.astype(bool), base_hidden)


def _of_opinion(
    question: Question, counts: RoundCounts, figures: Printed, base_hidden: np.ndarray, store: Store
) -> np.ndarray:
    intervals, relations = printed.intervals(question, figures), printed.relations(question, figures)
    key = _key(question, counts, intervals, relations, base_hidden)
    found = store.find(key, (2, *question.n.shape))
    if found is None:
        found = solve(question, counts, intervals, base_hidden, relations)
        store.keep(key, found)
    return found


def solve(
    question: Question,
    counts: RoundCounts,
    intervals: tuple[np.ndarray, np.ndarray],
    base_hidden: np.ndarray,
    relations: Relations = NO_RELATIONS,
) -> np.ndarray:
    """What to hide of one opinion question, and what is told because print tells it; 2 x rows x answers."""
    parts = layout.of_round(question.rows, counts.responded)
    knowledge = Knowledge(question, parts, counts.rule, intervals, ~base_hidden, relations)
    hidden = primary(knowledge)
    hidden[base_hidden] = PRIMARY
    hidden[few_further(question.rows, question.bases, counts.rule)] = PRIMARY
    hidden[few_apart(question.rows, question.bases, question.n, counts.rule)] = PRIMARY
    given = given_away(knowledge, np.random.default_rng(SEED))
    hidden = shattered(knowledge, collapsed(knowledge, hidden))
    return np.stack([Search(knowledge, hidden, np.random.default_rng(SEED), given).run(), given.astype(np.int64)])


def small_rows(counts: RoundCounts) -> set[tuple[str, str]]:
    """Rows of a breakdown by what respondents say that are told of by nobody: their base is itself a small count.

    With one of them goes the smallest of the others, so that it is no difference.
    """
    areas, found = set(counts.responded["breakdown"]), set()
    public = {question.question_id for question in counts.questions if question.kind == "public_fact"}
    for breakdown, sizes in _sizes(counts, areas | public).items():
        small = {row for row, is_small in sizes if is_small}
        if small:
            found |= {(breakdown, row) for row in {*small, *[row for row, is_small in sizes if not is_small][:1]}}
    return found


def _sizes(counts: RoundCounts, left_out: set[str]) -> Mapping[str, list[tuple[str, bool]]]:
    """Rows of each breakdown from the smallest to the largest, each with whether it is under the rule."""
    largest: dict[tuple[str, str], tuple[int, int]] = {}
    for question in counts.questions:
        for place, (unit, breakdown, row) in enumerate(question.rows):
            if unit == "response" and breakdown not in left_out:
                n = (int(question.base_responses[place]), int(question.base_municipalities[place]))
                largest[breakdown, row] = max(largest.get((breakdown, row), (0, 0)), n)
    found: dict[str, list[tuple[str, bool]]] = {}
    for (breakdown, row), (responses, municipalities) in sorted(largest.items(), key=lambda item: (item[1], item[0])):
        is_small = responses < counts.rule.min_responses or municipalities < counts.rule.min_municipalities
        if responses > 0:
            found.setdefault(breakdown, []).append((row, is_small))
    return found


def _key(
    question: Question,
    counts: RoundCounts,
    intervals: tuple[np.ndarray, np.ndarray],
    relations: Relations,
    base_hidden: np.ndarray,
) -> str:
    told = (counts.rule, question.is_partition, question.rows, question.answers, question.groups, relations)
    grids = (question.n, question.n_municipalities, question.n_responses, question.bases, question.base_municipalities)
    arrays = (*grids, question.base_responses, *intervals, base_hidden)
    columns = ["municipality_code", "breakdown", "breakdown_id", "n_responses"]
    responded = counts.responded[columns].sort_values(columns).to_csv(index=False)
    return sha256_of(CODE, repr(told), *(np.ascontiguousarray(each).tobytes() for each in arrays), responded)


def _code() -> str:
    """What the patterns are made by: the modules of this package and the solver."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return sha256_of(version("scipy"), *(file.read_bytes() for file in files))


CODE = _code()
