"""release and release_input: which release this is and what it was made from."""

from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path

import duckdb

from ingest.codebook.sign_offs import REMARKS
from publish.releases.quality import utc_timestamp
from store.environment import engine, is_duckdb
from store.fingerprint import sha256_of

SCHEMA_VERSION = 2  # 1: from before rounds of real answers were signed off
GIT_SECONDS = 10  # a release waits no longer for the version of its code

FILL_INPUT = """
insert into release.marts.release_input by name
select
    case
        when kind = 'responses' and not is_synthetic then concat(
            'surveys/', survey_id, '/rounds/', round_id, '/delivered file ',
            row_number() over (partition by survey_id, round_id, kind order by source_file)
        )
        else source_file
    end as source_file,
    kind, survey_id, round_id, sha256, producer, licence,
    -- A line of these is of an answer: their number counts ticks of which each may be hidden.
    case
        when not coalesce(is_protected, false) or not list_contains($remarks, split_part(source_file, '/', -1))
            then n_rows::bigint
    end as n_rows
from source.raw.ingest__sources
left join source.marts.dim_round using (survey_id, round_id)
order by source_file
"""

# Checks are counted as they are told: all but those would be the others.
FILL_RELEASE = """
insert into release.marts.release by name
select
    $number as number,
    $schema_version as schema_version,
    $created_at as created_at,
    $code_version as code_version,
    $code_sha256 as code_sha256,
    $inputs_sha256 as inputs_sha256,
    count(*) filter (where status = 'pass') as n_checks_passed,
    count(*) filter (where status = 'fail') as n_checks_failed,
    count(*) filter (where status = 'not_computable') as n_checks_not_computable,
    $compared_with as compared_with,
    (select coalesce(bool_and(is_synthetic), false) from source.marts.dim_round) as is_synthetic_only
from release.marts.round_quality
"""


def code_version(project: Path) -> str:
    """The code's version as git describes it, 'unknown' without git or outside a repository; and the engine, if any
    other than DuckDB."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--tags", "--dirty"],
            cwd=project,
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    described = done.stdout.strip() or "unknown"
    return described if is_duckdb() else f"{described}, models run by {engine()}"


def fill(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    compared_with: int | None,
    now: datetime,
    code_sha256: str,
    version: str,
) -> None:
    """Fill release.marts.release_input and release.marts.release from the warehouse attached as `source`; round_quality
    is there."""
    connection.execute(FILL_INPUT, {"remarks": [*REMARKS]})
    connection.execute(
        FILL_RELEASE,
        {
            "number": number,
            "compared_with": compared_with,
            "schema_version": SCHEMA_VERSION,
            "created_at": utc_timestamp(now),
            "code_version": version,
            "code_sha256": code_sha256,
            "inputs_sha256": _inputs_sha256(connection),
        },
    )


def _inputs_sha256(connection: duckdb.DuckDBPyConnection) -> str:
    """Of what was read, not of what lies in the folders now: a file may have changed since."""
    rows = connection.execute(
        "select source_file, sha256 from release.marts.release_input order by source_file"
    ).fetchall()
    return sha256_of(*(f"{source_file}\0{sha256}\n" for source_file, sha256 in rows))
