"""The questions of a round as its form has them: section by section, each with its pictures or its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from publish.results.reading import Question, RoundResults, Row
from publish.results.tables import Table


@dataclass(frozen=True)
class Entry:
    """A question: a closed one with its answers, one of systems or numbers with their table."""

    question_id: str
    wording: str
    closed: Question | None
    table: Table | None


@dataclass(frozen=True)
class Section:
    """A part of the form; without a title where the form has none, or the questions are in none."""

    title: str
    entries: Sequence[Entry]


def form(results: RoundResults, tables: Mapping[str, Table]) -> Sequence[Section]:
    """The sections in which there is something to show; `tables` are those of open questions by question_key."""
    closed = {question.question_id: question for question in results.questions}

    def entry(row: Row) -> Entry:
        wording = results.labels.of("question", row["question_key"])
        return Entry(row["question_id"], wording, closed.get(row["question_id"]), tables.get(row["question_key"]))

    found = []
    for section_id, rows in groupby(results.rows_of("form"), key=lambda row: row["section_id"]):
        entries = [each for each in map(entry, rows) if each.closed or each.table]
        title = results.labels.of("section", f"{results.survey_id}/{section_id}") if section_id else ""
        found += [Section(title, entries)] if entries else []
    return found
