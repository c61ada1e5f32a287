"""Whom the published tables of a round tell apart: the parts that every row of every breakdown is a sum of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from publish.disclosure.rules import MIXED, Row

NONE = ""


@dataclass(frozen=True)
class Layout:
    """`rows` x parts: a cell is the sum of the parts that its row holds.

    A part is what one kind of municipality gives: those in the same rows of every breakdown that gave one response;
    those that gave more, whose own answers and whose further responses are two parts. A breakdown by what respondents
    say (role, a question) has parts of its own, which together are the whole: `links` x parts is zero for each answer.
    One by a public fact is as good as an area, but for municipalities whose responses say different things of it: by
    response they have parts of their own.
    `limits` x parts is at most `capacity` when summed over the answers of a select_one.
    """

    rows: csr_matrix
    links: csr_matrix
    limits: csr_matrix
    capacity: np.ndarray

    @property
    def n_parts(self) -> int:
        return int(self.rows.shape[1])


def of_round(rows: Sequence[Row], responded: pd.DataFrame) -> Layout:
    """The layout of these rows; `responded` names every responding municipality and the rows it is in.

    Columns of `responded`: municipality_code, breakdown, breakdown_id, n_responses.
    """
    atoms = _atoms(responded)
    single = [(kept, size) for (kept, is_single), size, _ in atoms if is_single]
    several = [(kept, size, n) for (kept, is_single), size, n in atoms if not is_single]
    members = [*(kept for kept, _ in single), *(kept for kept, _, _ in several), *(kept for kept, _, _ in several)]
    capacity = [*(size for _, size in single), *(size for _, size, _ in several), *(n - size for _, size, n in several)]
    n_single, n_several = len(single), len(several)
    kinds = np.repeat([0, 1, 2], [n_single, n_several, n_several])
    areas = set(responded["breakdown"])
    own = sorted({breakdown for _, breakdown, _ in rows if breakdown not in areas})
    codes = {name: sorted({row[2] for row in rows if row[1] == name}) for name in own}
    mixed = {name: _are_in(members, (name, MIXED)) for name in sorted(areas)}
    mixed = {name: are_in for name, are_in in mixed.items() if are_in.any()}
    said = {name: sorted({row[2] for row in rows if row[1] == name}) for name in mixed}
    n_main, n_said = len(members), sum(len(found) + 1 for found in said.values())
    total = n_main + n_said + sum(3 * (len(found) + 1) for found in codes.values())
    matrix, links, begin = np.zeros((len(rows), total)), [], n_main
    for index, (unit, breakdown, breakdown_id) in enumerate(rows):
        if breakdown in areas:
            counted = kinds != 2 if unit == "municipality" else ~mixed.get(breakdown, kinds < 0)
            matrix[index, :n_main] = counted & _are_in(members, (breakdown, breakdown_id))
    for name, are_in in mixed.items():
        links.append(_fill_mixed(matrix, rows, name, said[name], begin, are_in))
        begin += len(said[name]) + 1
    for name in own:
        n_codes = len(codes[name]) + 1
        _fill_own(matrix, rows, name, codes[name], begin)
        links += _links(total, kinds, begin, n_codes)
        begin += 3 * n_codes
    limits = np.eye(n_main, total)
    return Layout(
        csr_matrix(matrix),
        csr_matrix(np.array(links).reshape(len(links), total)),
        csr_matrix(limits),
        np.array(capacity, dtype=float),
    )


def _fill_mixed(
    matrix: np.ndarray, rows: Sequence[Row], name: str, codes: Sequence[str], begin: int, are_in: np.ndarray
) -> np.ndarray:
    """By response, municipalities whose responses differ are in any row of a fact; the link that makes them whole."""
    for index, row in enumerate(rows):
        if row[:2] == ("response", name):
            matrix[index, begin + codes.index(row[2])] = 1
    link = np.zeros(matrix.shape[1])
    link[: len(are_in)] = are_in
    link[begin : begin + len(codes) + 1] = -1
    return link


def _are_in(members: Sequence[frozenset[tuple[str, str]]], row: tuple[str, str]) -> np.ndarray:
    return np.array([row in kept for kept in members], bool)


def _atoms(responded: pd.DataFrame) -> list[tuple[tuple[frozenset[tuple[str, str]], bool], int, int]]:
    """Kinds of municipalities, each with how many there are and how many responses they gave."""
    found: dict[tuple[frozenset[tuple[str, str]], bool], tuple[int, int]] = {}
    for _, rows in responded.groupby("municipality_code"):
        n = int(rows["n_responses"].iloc[0])
        key = (frozenset(zip(rows["breakdown"], rows["breakdown_id"], strict=True)), n == 1)
        size, n_so_far = found.get(key, (0, 0))
        found[key] = (size + 1, n_so_far + n)
    return [
        (key, size, n) for key, (size, n) in sorted(found.items(), key=lambda item: (sorted(item[0][0]), item[0][1]))
    ]


def _fill_own(matrix: np.ndarray, rows: Sequence[Row], name: str, codes: Sequence[str], begin: int) -> None:
    """By what respondents say, the further responses of a municipality need not say what the municipality says."""
    n_codes = len(codes) + 1
    for index, (unit, breakdown, breakdown_id) in enumerate(rows):
        if breakdown == name:
            place = codes.index(breakdown_id)
            others = 1 if unit == "municipality" else 2
            matrix[index, [begin + place, begin + others * n_codes + place]] = 1


def _links(total: int, kinds: np.ndarray, begin: int, n_codes: int) -> list[np.ndarray]:
    """Single responses, municipalities and responses of several: the parts of a breakdown are those of the whole."""
    found = []
    for block, of_main in enumerate((kinds == 0, kinds == 1, kinds > 0)):
        link = np.zeros(total)
        link[: len(kinds)] = of_main
        link[begin + block * n_codes : begin + (block + 1) * n_codes] = -1
        found.append(link)
    return found
