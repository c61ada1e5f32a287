"""Findings: what became of every check, with what people decided of it, as of a day.

A check that fails is open, or accepted by a decision of its round that still holds; one that passes and has failed
before is fixed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import duckdb

from store.state import CheckKey

Verdict = Literal["open", "accepted", "fixed"]
COLUMNS = ("check_id", "observed", "decided_by", "decided_on", "valid_until", "reason")

# A decision is of what the check showed: it holds no more when that changes, or when its day has passed. A block is
# never accepted.
FINDINGS = """
with failed_before as (
    select distinct survey_id, round_id, check_id
    from {catalogue}checks.history
    where status = 'fail'
),

in_force as (
    select survey_id, round_id, check_id, observed, decided_by, cast(valid_until as date) as decided_until, reason
    from {catalogue}raw.codebook__decisions
    where cast(valid_until as date) >= $today
)

select
    results.*,
    case
        when in_force.check_id is not null then 'accepted'
        when results.status = 'fail' then 'open'
        when results.status = 'pass' and failed_before.check_id is not null then 'fixed'
    end as decision,
    in_force.decided_by,
    in_force.decided_until,
    in_force.reason as decision_reason
from {catalogue}checks.results as results
left join failed_before using (survey_id, round_id, check_id)
left join in_force
    on results.survey_id = in_force.survey_id
    and results.round_id = in_force.round_id
    and results.check_id = in_force.check_id
    and results.observed = in_force.observed
    and results.status = 'fail'
    and results.severity <> 'block'
"""


@dataclass(frozen=True)
class Decided:
    """What is decided of the result of one check; all is None of one that never failed."""

    decision: Verdict | None
    decided_by: str | None
    decided_until: date | None
    decision_reason: str | None


def findings_sql(catalogue: str = "") -> str:
    """checks.results with decision, decided_by, decided_until and decision_reason on the day $today.

    `catalogue` is the attached warehouse with its dot; without it, the default one is read.
    """
    return FINDINGS.format(catalogue=catalogue)


def decisions(connection: duckdb.DuckDBPyConnection, today: date) -> dict[CheckKey, Decided]:
    """What is decided of each check, by (survey_id, round_id, check_id)."""
    rows = connection.execute(
        "select survey_id, round_id, check_id, decision, decided_by, decided_until, decision_reason "
        f"from ({findings_sql()})",
        {"today": today},
    ).fetchall()
    return {(survey_id, round_id, check_id): Decided(*rest) for survey_id, round_id, check_id, *rest in rows}


@dataclass(frozen=True)
class Made:
    """A decision as it is written, whether it holds or not."""

    file: str
    line: int
    observed: str
    valid_until: date

    @property
    def place(self) -> str:
        return f"{self.file}, line {self.line}"


def decisions_made(connection: duckdb.DuckDBPyConnection) -> dict[CheckKey, Made]:
    """Every decision of every decisions.csv, by (survey_id, round_id, check_id)."""
    rows = connection.execute(
        "select survey_id, round_id, check_id, source_file, source_line, observed, valid_until "
        "from raw.codebook__decisions order by source_file, cast(source_line as integer)"
    ).fetchall()
    return {
        (survey_id, round_id, check_id): Made(file, int(line), observed, date.fromisoformat(valid_until))
        for survey_id, round_id, check_id, file, line, observed, valid_until in rows
    }


def how_to_accept(key: CheckKey, observed: str, made: Mapping[CheckKey, Made], today: date) -> str:
    """What to write where so that a failed gate is accepted: a line to copy, whose ? are for a person to fill in."""
    survey_id, round_id, check_id = key
    earlier, line = made.get(key), _csv_line([check_id, observed, "?", today.isoformat(), "?", "?"])
    file = f"surveys/{survey_id}/rounds/{round_id}/decisions.csv"
    if earlier is not None:
        where = f"{_why_not_in_force(earlier, today)}: in the data folder, replace line {earlier.line} of {file} by"
    elif any((survey, round_) == (survey_id, round_id) for survey, round_, _ in made):
        where = f"in the data folder, add to {file} the line"
    else:
        where = f"in the data folder, make {file} of the two lines\n    {_csv_line(COLUMNS)}"
    return (
        f"Correct the input, or accept what was found; {where}\n    {line}\n"
        "  and write who decides, until which day and why in place of each ?. The file is reviewed like code; "
        "then run `kuntakysely refresh`"
    )


def _why_not_in_force(made: Made, today: date) -> str:
    if made.valid_until < today:
        return f"its decision held until {made.valid_until}"
    return f"its decision is of {made.observed}, not of what is found now"


def _csv_line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()
