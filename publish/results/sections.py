"""The parts of a page: the questions of a round as its form has them, section by section, and what stands below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from publish.results.evidence import Evidence, Interview, Sentence, Theme
from publish.results.reading import Question, RoundResults, Row
from publish.results.tables import Table, Tables
from publish.writing.words import Words

Shown = Table | Theme | Interview | Sentence


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


def below(results: RoundResults, words: Words) -> Sequence[tuple[str, str, Sequence[Shown]]]:
    """Id, heading and content of each part below the questions that has any."""
    say, tables, evidence = words.say, Tables(results, words), Evidence(results, words)
    found: Sequence[tuple[str, str, Iterator[Shown]]] = [
        ("change", say("Change since the round before"), tables.changes()),
        ("practices", say("Good practices"), evidence.themes()),
        ("interviews", say("Interviews"), evidence.interviews()),
        ("who-answered", say("Who answered"), tables.response()),
        ("sentences", say("Printed sentences"), evidence.sentences()),
        ("printed", say("Printed and computed figures"), tables.printed()),
    ]
    read = [(section, title, list(content)) for section, title, content in found]
    return [(section, title, content) for section, title, content in read if content]
