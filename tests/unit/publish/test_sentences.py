"""Findings as a release tells them: its own figures in the words of the language, and nothing of what it hides."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import pytest

from publish.catalogue import create_new
from publish.releases.own_tables import OWN_TABLES
from publish.results import sentences

# The source has what the release hides: of 'few' and of the county.
TABLES = """
    attach ':memory:' as source; create schema source.raw; create schema source.marts;
    attach ':memory:' as release; create schema release.marts;
    create table source.raw.codebook__findings (survey_id text, round_id text, finding_number text, texts text);
    create table release.marts.dim_round as select 's' as survey_id, '1' as round_id, 's/1' as round_key,
        false as is_synthetic
    union all select 's', 'waits', 's/waits', false;
    attach ':memory:' as protected; create schema protected.disclosure;
    create table protected.disclosure.unsigned_rounds as select 's' as survey_id, 'waits' as round_id;
    create table source.marts.answer_distribution as
    select 's' as survey_id, '1' as round_id, 'q' as question_id, 'response' as unit, *
    from (values
        ('all', 'all', 'option', 'many', 1900, 4000, 48, true, true),
        ('all', 'all', 'group', 'both', 3000, 4000, 75, true, true),
        ('all', 'all', 'option', 'both', 1100, 4000, 28, true, true),
        ('all', 'all', 'option', 'few', 2, 4000, 0, true, true),
        ('size_class', 'small', 'option', 'many', 9, 15, 60, false, true),
        ('county', '01', 'option', 'many', 3, 4, 75, true, false)
    ) as cells (breakdown, breakdown_id, level, answer_code, n, base_n, pct, is_reliable, is_reliable_for_frame);
    create table release.marts.answer_distribution as
    select * replace (if(answer_code = 'few', null, n) as n, if(answer_code = 'few', null, pct) as pct)
    from source.marts.answer_distribution
"""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        for statement in TABLES.split(";\n"):
            made.execute(statement)
        made.execute("use release.marts")
        for table in OWN_TABLES:
            create_new(made, table)
        yield made


def told(connection: duckdb.DuckDBPyConnection, text: str, language: str = "en") -> tuple[object, ...]:
    values = ["s", "1", "1", json.dumps({language: text})]
    connection.execute("insert into source.raw.codebook__findings values (?, ?, ?, ?)", values)
    for other in ("gone", "waits"):
        connection.execute("insert into source.raw.codebook__findings values (?, ?, ?, ?)", ["s", other, *values[2:]])
    sentences.fill(connection)
    ((*key, sentence, bases, is_shown, is_reliable),) = connection.execute("from marts.finding").fetchall()
    assert key == ["s", "1", "s/1", False, 1, language]
    return sentence, bases, is_shown, is_reliable


@pytest.mark.parametrize(
    ("text", "language", "sentence", "bases"),
    [
        ("{q, many, pct, response} of {q,many,base_n,response}", "en", "48% of 4,000", "4,000"),
        ("{q, many, pct, response} eli {q, many, n, response}", "fi", "48\xa0% eli 1\xa0900", "4\xa0000"),
        ("{q, both, pct, response}", "en", "75%", "4,000"),
        ("{q, few, base_n, response}", "en", "4,000", None),
        ("100 % %s \\1 #: {q, many, n, response}", "en", "100 % %s \\1 #: 1,900", None),
    ],
    ids=["measures", "numbers of the language", "a group is before an option", "a base is told", "signs stay"],
)  # fmt: skip
def test_figures_are_filled_in(
    connection: duckdb.DuckDBPyConnection, text: str, language: str, sentence: str, bases: str | None
) -> None:
    assert told(connection, text, language) == (sentence, bases, True, True)


@pytest.mark.parametrize(
    "of", ["few, pct, response", "few, n, response", "many, n, municipality", "many, pct, response, county 02"]
)
def test_a_sentence_with_a_figure_that_is_not_told_is_not_shown(connection: duckdb.DuckDBPyConnection, of: str) -> None:
    """Hidden, or of a row or unit that is not there: the other figure of the sentence is not told there either."""
    assert told(connection, f"{{q, many, n, response}}, {{q, {of}}}") == (None, None, False, None)


@pytest.mark.parametrize("row", ["size_class small", "county 01"])
def test_a_figure_that_is_not_reliable_marks_its_sentence(connection: duckdb.DuckDBPyConnection, row: str) -> None:
    assert told(connection, f"{{q, many, n, response, {row}}}")[3] is False


def test_what_a_sentence_tells_is_read_in_the_release_alone(connection: duckdb.DuckDBPyConnection) -> None:
    """The hidden count lies beside it: a slip that reads it is seen."""
    wrong = sentences.CELLS.replace("release.marts", "source.marts")
    assert wrong != sentences.CELLS
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sentences, "CELLS", wrong)
        assert told(connection, "{q, few, n, response}")[0] == "2"
