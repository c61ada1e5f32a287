"""What a person should look at after a refresh: rows in quarantine, answers that do not count, figures that differ.

The terminal shows places and what to do. The values themselves are in findings.csv in the private warehouse folder.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from rich.console import Console

from ingest.paths import DataPaths
from ingest.warehouse import columns_of, opened

SHOWN = 10
CODE = re.compile("[0-9]{1,5}")
HEADER = ("place", "column", "value", "what", "advice")
NEEDED = ("intermediate.int_rows_quarantined", "intermediate.int_answers_doubtful", "marts.publication_reconciliation")
QUARANTINED = """
    select row_id, 'the row', municipality_value, disposition, reason
    from intermediate.int_rows_quarantined order by row_id
"""
DOUBTFUL = """
    select row_id, source_column, raw_value, answer_status, advice
    from intermediate.int_answers_doubtful order by all
"""
MISMATCHED = """
    select 'surveys/' || survey_id || '/published_figures.csv', figure_id, computed_value, 'mismatch', explanation
    from marts.publication_reconciliation where status = 'mismatch' order by all
"""
CHANGED_FILES = """
    select source_file, 'sha256', sha256, 'not_as_on_card',
        'the file is not the one that source.yml beside it describes: was it edited or cut? '
        || 'A new delivery needs a new card'
    from staging.stg_ingest__sources where sha256 <> card_sha256 order by all
"""


def show_findings(paths: DataPaths, console: Console) -> None:
    """Write all findings with their values to the private side and show the first of them without."""
    if not paths.warehouse_file.exists():
        return
    with opened(paths.warehouse_file, read_only=True) as connection:
        if not all(columns_of(connection, table) for table in NEEDED):
            return
        found = [
            row
            for sql in (CHANGED_FILES, QUARANTINED, DOUBTFUL, MISMATCHED)
            for row in connection.execute(sql).fetchall()
        ]
    file = paths.warehouse / "findings.csv"
    _write(file, found)
    for place, column, value, what, advice in found[:SHOWN]:
        said = _without_value(advice, value)
        console.print(
            f"{paths.root.name}/{place}, {column}: {what}; {said}.", highlight=False, markup=False, soft_wrap=True
        )
    if found:
        console.print(f"{len(found)} in all; with the values found: {paths.shown(file)} (private)", highlight=False)


def _without_value(advice: str, value: object) -> str:
    """A municipality cell may hold anything that a respondent typed: only what looks like a code is shown."""
    text = str(value)
    return advice if not text or CODE.fullmatch(text) else advice.replace(f'"{text}"', "as given")


def _write(file: Path, found: list[tuple[str, ...]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(found)
