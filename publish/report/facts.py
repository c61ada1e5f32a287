"""What a release says of a round, read from its own tables. A release of an earlier program may lack some of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

import duckdb

from publish.catalogue import described, quoted
from publish.report.blocks import Text
from publish.report.numbers import NONE, pct
from publish.writing.rounds import LastChange, last_changes
from publish.writing.words import Words

Row = Mapping[str, Any]
ALL = "all"
ROUND = ("survey_id", "round_id")
LANGUAGES = ("en", "fi", "sv")  # of labels, in the order of preference; any other comes after them
LABELLED = (
    "survey", "publisher", "population", "funder", "carried_out_by", "sent_to", "round", "reading_note", "question",
    "breakdown",
)  # fmt: skip


class ReleaseTables:
    """The tables of one release. Each is read once, for all rounds, and looked up by survey and round."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        found = described(connection, "current_database()")
        self.columns = {name: {column.name for column in table.columns} for name, table in found.items()}
        self.by = cache(self._by)
        self.counted = cache(self._counted)
        self.labels = self._labels()
        self.codes = {key: row for key, (row,) in self.by("dim_code", "code_list", "code").items()}
        self.last_changes = last_changes(connection)

    def _by(self, table: str, *key: str) -> Mapping[tuple[str, ...], list[Row]]:
        """The rows of marts.`table` by the values of these columns; none where the release lacks it or one of them."""
        found: dict[tuple[str, ...], list[Row]] = {}
        if table in self.columns and self.columns[table].issuperset(key):
            read = self.connection.execute(f"from marts.{quoted(table)} order by all")
            names = [name for name, *_ in read.description or []]
            for values in read.fetchall():
                row = dict(zip(names, values, strict=True))
                found.setdefault(tuple(row[name] for name in key), []).append(row)
        return found

    def _counted(self, table: str, column: str) -> Mapping[tuple[str, str], Counter[str]]:
        """How many rows of each round there are with each value of a column, of a table too long to be read."""
        found: dict[tuple[str, str], Counter[str]] = {}
        if {column, *ROUND} <= self.columns.get(table, set()):
            counts = f"select {', '.join(ROUND)}, {quoted(column)}, count(*) from marts.{quoted(table)} group by all"
            for survey_id, round_id, value, n in self.connection.execute(counts).fetchall():
                found.setdefault((survey_id, round_id), Counter())[value] = n
        return found

    def _labels(self) -> dict[tuple[str, str], dict[str, str]]:
        found: dict[tuple[str, str], dict[str, str]] = {}
        for thing in LABELLED:
            for row in self.by("label", "thing").get((thing,), []):
                found.setdefault((thing, row["thing_key"]), {})[row["language"]] = row["label"]
        return found


@dataclass(frozen=True)
class RoundFacts:
    """What the release says of one round. Each property is read when a heading asks for it."""

    tables: ReleaseTables
    survey_id: str
    round_id: str
    words: Words

    def say(self, text: str, **values: object) -> str:
        return self.words.say(text, **values)

    def of_round(self, table: str) -> list[Row]:
        return self.tables.by(table, *ROUND).get((self.survey_id, self.round_id), [])

    def of_survey(self, table: str) -> list[Row]:
        return self.tables.by(table, "survey_id").get((self.survey_id,), [])

    def counted(self, table: str, column: str) -> Counter[str]:
        return self.tables.counted(table, column).get((self.survey_id, self.round_id), Counter())

    @cached_property
    def round(self) -> Row:
        return self.of_round("dim_round")[0]

    @cached_property
    def survey(self) -> Row:
        return next(iter(self.of_survey("dim_survey")), {})

    @property
    def last_change(self) -> LastChange:
        return self.tables.last_changes[self.survey_id, self.round_id]

    @cached_property
    def response(self) -> dict[str, list[Row]]:
        """Rows of response_rate by breakdown, in the survey's order, without those that tell of one municipality."""
        order = {row["breakdown_key"]: row["sort_order"] for row in self.of_survey("dim_breakdown")}
        found: dict[str, list[Row]] = {}
        for row in sorted(self.of_round("response_rate"), key=lambda row: order.get(row["breakdown_key"], 0)):
            if row["breakdown_key"] not in self.lone_areas:
                found.setdefault(row["breakdown"], []).append(row)
        return found

    @cached_property
    def lone_areas(self) -> set[str]:
        """Keys of areas of one municipality in a round of made-up answers: a row of it would name a municipality."""
        rows = self.of_round("response_rate") if self.is_synthetic else []
        return {row["breakdown_key"] for row in rows if row["n_frame"] == 1 and row["breakdown"] != ALL}

    @cached_property
    def checks(self) -> list[Row]:
        return self.of_round("round_quality")

    @cached_property
    def warehouse_checks(self) -> list[Row]:
        return self.tables.by("round_quality", *ROUND).get((ALL, ALL), [])

    @cached_property
    def statuses(self) -> dict[str, Counter[str]]:
        """Number of answers of each status, by question; 0 where it is not told."""
        found: dict[str, Counter[str]] = {}
        for row in self.of_round("answer_status_count"):
            found.setdefault(row["question_id"], Counter())[row["status"]] += row["n"] or 0
        return found

    @cached_property
    def figures(self) -> list[Row]:
        return self.of_round("publication_reconciliation")

    @property
    def is_synthetic(self) -> bool:
        return bool(self.round["is_synthetic"])

    @property
    def is_protected(self) -> bool:
        return bool(self.round["is_protected"])

    @property
    def key(self) -> str:
        return f"{self.survey_id}/{self.round_id}"

    def label(self, thing: str, key: str) -> str:
        """The label to show, in the language of the page or in the first that there is; the id where it has none."""
        return self.said(thing, key) or key.rpartition("/")[2]

    def said(self, thing: str, key: str) -> str | None:
        """What the survey or round says of a thing; None where it says nothing."""
        found = self.tables.labels.get((thing, key), {})
        own = self.words.language
        for language in (own, *LANGUAGES, *sorted(found)):
            if found.get(language):
                return Text(found[language], "" if language == own else language)
        return None

    def code(self, code_list: str, code: str) -> str:
        """What a code of the published tables is called; without its underscores where it has no name."""
        row = self.tables.codes.get((code_list, code), {})
        return row.get(f"label_{self.words.language}") or row.get("label_en") or code.replace("_", " ")

    def english(self, text: str | None) -> str:
        """A text that the release has in English alone; a dash where it has none."""
        return Text(text, "" if self.words.language == "en" else "en") if text else NONE

    def count_of(self, found: Mapping[str, int]) -> str:
        """How many there are of each, by name."""
        return "; ".join(f"{name}: {self.words.count(n)}" for name, n in found.items())

    def share(self, n: int, base_n: int) -> str:
        return self.words.percent(pct(n, base_n)) if base_n else NONE

    def days(self, first: date | None, last: date | None) -> str:
        return self.words.days(first, last) if first and last else NONE
