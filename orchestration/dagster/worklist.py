"""What a person should look at after a refresh: rows in quarantine, answers that do not count, figures that differ.

The terminal shows places and what to do, of what is new since the checks ran before. The values themselves, and the
rest, are in findings.csv in the folder warehouse/private.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import duckdb

from faults.errors import counted
from faults.suggestions import nearest_name
from publish.releases.spreadsheets import as_cell, write_csv
from store.paths import DataPaths
from store.warehouse import opened

SHOWN = 10  # lines on the terminal; all are in findings.csv
CODE = re.compile("[0-9]{1,5}")


class ToLookAt(NamedTuple):
    """Something a person should look at: where it is, the value there, what is wrong with it and what to do."""

    place: str
    column: str
    value: str
    what: str
    advice: str
    is_new: bool = True

    @property
    def cells(self) -> tuple[str, ...]:
        """As findings.csv has it."""
        return tuple(str(as_cell(text)) for text in self[:-1])


CHANGED_FILES = """
    select source_file, 'sha256', sha256, 'not_as_on_card',
        'the file is not the one that source.yml beside it describes: was it edited or cut? '
        || 'A new delivery needs a new card'
    from staging.stg_ingest__sources where sha256 <> card_sha256 order by all
"""
# What match nothing: the list that says what would, and the survey and round whose list it is.
UNKNOWN = """
    select row_id, 'the row', municipality_value, disposition, reason, '_municipality', survey_id, round_id
    from intermediate.int_rows_quarantined
    union all
    select row_id, source_column, raw_value, answer_status, advice, list_name, survey_id, round_id
    from intermediate.int_answers_doubtful left join staging.stg_codebook__questions using (survey_id, question_id)
    union all
    select row_id, source_column, spelling,
        case list_name when '_role' then 'role_not_known' else 'system_not_in_inventory' end,
        'give its code in recodes.csv (list_name ' || list_name || ')',
        list_name, survey_id, round_id
    from intermediate.int_spellings_unknown
    order by all
"""
KNOWN = """
    select '_role', survey_id, round_id, unnest(list_append(json_extract_string(labels, '$.*'), role_id)), role_id
    from staging.stg_codebook__roles inner join staging.stg_codebook__rounds using (survey_id)
    union
    select questions.question_id, questions.survey_id, rounds.round_id, aliases.alias, aliases.system_id
    from staging.stg_codebook__questions as questions
    inner join staging.stg_codebook__rounds as rounds using (survey_id), staging.stg_systems__aliases as aliases
    where questions.question_type = 'system'
    union
    select '_municipality', survey_id, round_id, unnest(json_extract_string(names, '$.*')), municipality_code
    from staging.stg_registry__municipalities inner join staging.stg_codebook__rounds using (division_date)
    union
    select list_name, survey_id, round_id, source_value, code from intermediate.int_values_accepted
    order by all
"""
PERSONAL = """
    select row_id, source_column, '', 'personal_' || kind,
        'the text holds personal data: take it out with a line in corrections.csv'
    from intermediate.int_texts_with_personal_data order by all
"""
STALE = """
    select min(place), coded_question_id, '', 'text_changed_since_it_was_coded',
        'read the text and code it anew: kuntakysely code ' || survey_id || '/' || round_id || ' ' || question_id
    from staging.stg_codebook__codings where is_stale
    group by survey_id, round_id, question_id, coded_question_id, response_id order by all
"""
NOT_REPRODUCED = """
    select 'surveys/' || survey_id || '/published_figures.csv', figure_id,
        coalesce(cast(computed_value as varchar), ''), status, coalesce(explanation, 'expected ' || published_value)
    from marts.publication_reconciliation
    inner join marts.dim_round using (survey_id, round_id)
    where status in ('mismatch', 'not_computable') order by all
"""


def write_worklist(paths: DataPaths) -> list[ToLookAt]:
    """All there is to look at in a warehouse that was built and judged; with its values in the private findings.csv."""
    with opened(paths.warehouse_file, read_only=True) as connection:
        changed, personal, stale, not_reproduced = (
            [ToLookAt._make((*map(str, row), True)) for row in _in_order(connection, sql)]
            for sql in (CHANGED_FILES, PERSONAL, STALE, NOT_REPRODUCED)
        )
        # A cell that feeds two questions is told once.
        found = list(dict.fromkeys((*changed, *_unknown(connection), *personal, *stale, *not_reproduced)))
    before = _written(paths)
    with paths.findings_file.open("w", encoding="utf-8", newline="") as handle:
        write_csv(handle, ToLookAt._fields[:-1], [each.cells for each in found])
    return [each._replace(is_new=each.cells not in before) for each in found]


def _written(paths: DataPaths) -> set[tuple[str, ...]]:
    """What was found before; nothing where it was not kept."""
    if not paths.findings_file.exists():
        return set()
    with paths.findings_file.open(encoding="utf-8", newline="") as handle:
        return set(map(tuple, csv.reader(handle)))


def _in_order(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    """Rows of a query, those of line 9 before those of line 10."""
    return sorted(connection.execute(sql).fetchall(), key=lambda row: counted(row[0]))


def _unknown(connection: duckdb.DuckDBPyConnection) -> Iterator[ToLookAt]:
    """What matches nothing, each with the nearest name there is: a suggestion, accepted by nobody."""
    known: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for *key, spelling, code in connection.execute(KNOWN).fetchall():
        known[tuple(key)][spelling or code] = code
    for place, column, value, what, advice, *key in _in_order(connection, UNKNOWN):
        codes = known[tuple(key)] if "recodes.csv" in advice else {}
        near = None if value in codes else nearest_name(value, codes)
        hint = "" if near is None else f"; perhaps {codes[near]}" + (f" ({near})" if near != codes[near] else "")
        yield ToLookAt(place, column, value, what, advice + hint)


def describe_new(found: Sequence[ToLookAt], paths: DataPaths) -> Iterator[str]:
    """The first that are new, as sentences without their values, and where the rest is."""
    new = [each for each in found if each.is_new]
    for place, column, value, what, advice, _ in new[:SHOWN]:
        yield f"{paths.root.name}/{place}, {column}: {what}; {_without_value(advice, value)}."
    if found:
        counts = f"{len(found)} in all, {len(new)} of them new"
        yield f"{counts}; with the values found: {paths.shown(paths.findings_file)} (private)"


def _without_value(advice: str, value: str) -> str:
    """A municipality cell may hold anything that a respondent typed: only what looks like a code is shown."""
    return advice if not value or CODE.fullmatch(value) else advice.replace(f'"{value}"', "as given")
