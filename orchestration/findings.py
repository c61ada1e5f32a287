"""What a person should look at after a refresh: rows in quarantine, answers that do not count, figures that differ.

The terminal shows places and what to do. The values themselves are in findings.csv in the folder warehouse/private.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import duckdb

from ingest.errors import counted
from ingest.paths import DataPaths
from ingest.suggestions import nearest
from ingest.warehouse import opened
from publish.spreadsheets import write_csv

SHOWN = 10
CODE = re.compile("[0-9]{1,5}")


class Finding(NamedTuple):
    """Something a person should look at: where it is, the value there, what is wrong with it and what to do."""

    place: str
    column: str
    value: str
    what: str
    advice: str


CHANGED_FILES = """
    select source_file, 'sha256', sha256, 'not_as_on_card',
        'the file is not the one that source.yml beside it describes: was it edited or cut? '
        || 'A new delivery needs a new card'
    from staging.stg_ingest__sources where sha256 <> card_sha256 order by all
"""
QUARANTINED = """
    select row_id, 'the row', municipality_value, disposition, reason
    from intermediate.int_rows_quarantined order by row_id
"""
UNKNOWN_SPELLINGS = """
    select row_id, source_column, spelling, list_name, survey_id
    from intermediate.int_spellings_unknown order by all
"""
KNOWN_SPELLINGS = """
    select '_role', survey_id, unnest(list_append(json_extract_string(labels, '$.*'), role_id)) as spelling, role_id
    from staging.stg_codebook__roles
    union
    select questions.question_id, questions.survey_id, aliases.alias, aliases.system_id
    from staging.stg_codebook__questions as questions, staging.stg_systems__aliases as aliases
    where questions.question_type = 'system' order by all
"""
DOUBTFUL = """
    select distinct row_id, source_column, raw_value, answer_status, advice
    from intermediate.int_answers_doubtful order by all
"""
PERSONAL = """
    select row_id, source_column, '', 'personal_' || kind,
        'the text holds personal data: take it out with a line in corrections.csv'
    from intermediate.int_texts_with_personal_data order by all
"""
NOT_REPRODUCED = """
    select 'surveys/' || survey_id || '/published_figures.csv', figure_id,
        coalesce(cast(computed_value as varchar), ''), status, coalesce(explanation, 'expected ' || published_value)
    from marts.publication_reconciliation
    inner join marts.dim_round using (survey_id, round_id)
    where status in ('mismatch', 'not_computable') order by all
"""


def write_findings(paths: DataPaths) -> list[Finding]:
    """All findings of a warehouse that was built and judged, kept with their values in the private findings.csv."""
    with opened(paths.warehouse_file, read_only=True) as connection:
        found = [
            Finding(*map(str, row))
            for sql in (CHANGED_FILES, QUARANTINED, DOUBTFUL, PERSONAL, NOT_REPRODUCED)
            for row in sorted(connection.execute(sql).fetchall(), key=lambda row: counted(str(row[0])))
        ]
        found += _unknown_spellings(connection)
    with paths.findings_file.open("w", encoding="utf-8", newline="") as handle:
        write_csv(handle, Finding._fields, found)
    return found


def _unknown_spellings(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Roles and systems that match nothing, each with the nearest name there is: a suggestion, accepted by nobody."""
    known: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for list_name, survey_id, spelling, code in connection.execute(KNOWN_SPELLINGS).fetchall():
        known[list_name, survey_id][spelling or code] = code
    for place, column, spelling, list_name, survey_id in connection.execute(UNKNOWN_SPELLINGS).fetchall():
        codes = known[list_name, survey_id]
        near = nearest(spelling, codes)
        what = "role_not_known" if list_name == "_role" else "system_not_in_inventory"
        suggested = f", perhaps {codes[near]}" if near is not None else ""
        yield Finding(place, column, spelling, what, f"give its code in recodes.csv (list_name {list_name}){suggested}")


def told(found: Sequence[Finding], paths: DataPaths) -> Iterator[str]:
    """The first findings as sentences without their values, and where the rest is."""
    for place, column, value, what, advice in found[:SHOWN]:
        yield f"{paths.root.name}/{place}, {column}: {what}; {_without_value(advice, value)}."
    if found:
        yield f"{len(found)} in all; with the values found: {paths.shown(paths.findings_file)} (private)"


def _without_value(advice: str, value: str) -> str:
    """A municipality cell may hold anything that a respondent typed: only what looks like a code is shown."""
    return advice if not value or CODE.fullmatch(value) else advice.replace(f'"{value}"', "as given")
