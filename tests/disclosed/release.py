"""A release as anybody has it, with the codebook, and what an attack says it has found in it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from tests.attacker import Codebook, codebook
from tests.disclosed.survey import OPTIONAL

Row = dict[str, Any]
Place = tuple[str, str]  # a breakdown and its row
WHOLE: Place = ("all", "all")
CODED_AS = {"words": "causes"}  # as whoever reads both wordings knows
SIZE = "n_responses"  # of a municipality in the frame


@dataclass(frozen=True)
class Pinned:
    """Something that is not told, and its value: `kind` is a name of TRUTH, `of` are the parameters of its query."""

    kind: str
    of: tuple[str, ...]
    value: float | str


@dataclass(frozen=True)
class Released:
    """A release with the folder of its survey's codebook, as anybody has them."""

    file: Path
    folder: Path

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.file), read_only=True)

    @cached_property
    def known(self) -> Codebook:
        return codebook(self.folder)

    def rows(self, sql: str, *values: object) -> list[Row]:
        return rows_of(self._connection, sql, *values)

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))

    @cached_property
    def closed(self) -> set[str]:
        """Questions that are no public facts."""
        return {row["question_id"] for row in self.table("questions.csv") if row["disclosure"] != "public_fact"}

    def follow_ups(self) -> Iterator[tuple[str, str, str]]:
        """Those that all answered who were asked. What a text was coded as is one with it."""
        for question_id, filter_id, code in self.asked_of_some():
            for follow_up in {question_id, CODED_AS.get(question_id, question_id)} - {OPTIONAL}:
                yield follow_up, filter_id, code

    def asked_of_some(self) -> Iterator[tuple[str, str, str]]:
        """A question that was asked of some only, and the answer to another question that they gave."""
        for row in self.table("questions.csv"):
            if row["relevant"]:
                filter_id, code = row["relevant"].removeprefix("${").removesuffix("'").split("} = '")
                yield row["question_id"], filter_id, code

    @cached_property
    def responded(self) -> dict[str, list[Row]]:
        """The municipalities that answered in each round."""
        found: dict[str, list[Row]] = {}
        for row in self.rows("select * from marts.frame_municipality where n_responses > 0 order by municipality_code"):
            found.setdefault(row["round_id"], []).append(row)
        return found

    def members(self, round_id: str, place: Place) -> list[Row]:
        """The municipalities that answered in a row of a breakdown by areas; none in another row."""
        return [row for row in self.responded[round_id] if _is_in(row, place, self.known.unions)]

    def several(self, round_id: str, place: Place) -> list[Row]:
        """Those that gave more than one response."""
        return [row for row in self.members(round_id, place) if row[SIZE] > 1]

    def n_responses(self, round_id: str, place: Place = WHOLE) -> int:
        return sum(row[SIZE] for row in self.members(round_id, place))

    def is_answered_by_all(self, round_id: str, question_id: str) -> bool:
        sql = "select status, n from marts.answer_status_count where round_id = ? and question_id = ? and n > 0"
        return self.rows(sql, round_id, question_id) == [{"status": "valid", "n": self.n_responses(round_id)}]


def rows_of(connection: duckdb.DuckDBPyConnection, sql: str, *values: object) -> list[Row]:
    found = connection.execute(sql, list(values))
    names = [name for name, *_ in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _is_in(municipality: Row, place: Place, unions: Mapping[str, frozenset[str]]) -> bool:
    breakdown, row = place
    if breakdown == "size_class_group":
        return municipality["size_class_id"] in unions[row]
    column = "size_class_id" if breakdown == "size_class" else f"{breakdown}_code"
    return place == WHOLE or municipality.get(column) == row
