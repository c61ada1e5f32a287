"""round_quality and round_quality_detail: the result of every check with what is decided of it, and of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import duckdb

from publish.catalogue import NewColumn, NewTable
from publish.disclosure.checks import telling
from publish.gate.findings import findings_sql, local_day
from store.state import CheckKey

ROUND_QUALITY = NewTable(
    "round_quality",
    "Result of every check of the release. One row per round and check_id.",
    ("survey_id", "round_id", "check_id"),
    (
        NewColumn("survey_id", "varchar", "Survey that the check speaks of; 'all' for the whole warehouse."),
        NewColumn("round_id", "varchar", "Round that the check speaks of; 'all' for every round."),
        NewColumn("round_key", "varchar", "Key of dim_round; null for a check of every round."),
        NewColumn(
            "is_synthetic",
            "boolean not null",
            "True when every round that the check speaks of has invented answers.",
        ),
        NewColumn("check_id", "varchar", "Name of the check."),
        NewColumn("family", "varchar", "Kind of check, as its authors group them."),
        NewColumn("tool", "varchar not null", "Tool that ran the check: sql, gx (Great Expectations) or dbt."),
        NewColumn("asset", "varchar", "Table that the check looked at, as schema.table of the private warehouse."),
        NewColumn(
            "severity",
            "varchar not null",
            "What a failure does: block (no release), gate (needs a written decision), warn or info.",
        ),
        NewColumn("status", "varchar not null", "pass, fail, or not_computable where the round lacks what it needs."),
        NewColumn(
            "observed", "varchar", "What was found, as text; 'not told' where it could say how somebody answered."
        ),
        NewColumn("threshold", "varchar", "What was expected, as text."),
        NewColumn("n_failed", "bigint", "Number of rows or answers that failed; null where that is not told."),
        NewColumn(
            "first_seen",
            "timestamp",
            "UTC time since when the check has been failing; null when it does not.",
        ),
        NewColumn("message_en", "varchar", "What the result means, in English."),
        NewColumn("message_fi", "varchar", "What the result means, in Finnish."),
        NewColumn("definition", "varchar", "What the check looks for, in English."),
        NewColumn("formula", "varchar", "How it is computed; null for a check that states none."),
        NewColumn(
            "decision",
            "varchar",
            "open (fails), accepted (fails, and a person's decision holds), fixed (passes, and failed in an earlier "
            "refresh) or null (never failed, or not computable).",
        ),
        NewColumn("decided_by", "varchar", "Who accepted the failure; null unless accepted."),
        NewColumn("decided_until", "date", "Last day on which the acceptance holds; null unless accepted."),
        NewColumn("decision_reason", "varchar", "Why the failure was accepted; null unless accepted."),
    ),
)

ROUND_QUALITY_DETAIL = NewTable(
    "round_quality_detail",
    "Results of the parts of a round's checks. One row per round, check and part: a question, size class or county.",
    ("survey_id", "round_id", "check_id", "part", "part_id"),
    (
        NewColumn("survey_id", "varchar", "Survey of the round."),
        NewColumn("round_id", "varchar", "Round that was checked."),
        NewColumn("round_key", "varchar", "Key of dim_round."),
        NewColumn("is_synthetic", "boolean not null", "True when the answers of the round are invented."),
        NewColumn("check_id", "varchar", "Name of the check, as in round_quality."),
        NewColumn("part", "varchar", "What the check is made of: question, size_class or county."),
        NewColumn("part_id", "varchar", "Id of the question, size class or county."),
        NewColumn(
            "observed", "varchar", "What was found, as text; 'not told' where it could say how somebody answered."
        ),
        NewColumn("threshold", "varchar", "What was expected, as text."),
        NewColumn("n_failed", "bigint", "Number of rows or answers that failed; null where that is not told."),
        NewColumn("status", "varchar not null", "pass, fail, or not_computable where the part lacks what it needs."),
    ),
)

FILL = """
insert into release.marts.round_quality by name
with results as ({findings}),

failing as (
    select
        unnest($surveys::varchar[]) as survey_id,
        unnest($rounds::varchar[]) as round_id,
        unnest($checks::varchar[]) as check_id,
        unnest($times::timestamp[]) as first_seen
),

-- What a check of real answers found may say how somebody answered a question that is not a public fact.
protected as (
    select distinct survey_id, round_id, unnest($telling::varchar[]) as check_id
    from protected.disclosure.closed_questions
),

spoken_of as (
    select
        results.survey_id,
        results.round_id,
        results.check_id,
        coalesce(bool_and(dim_round.is_synthetic), false) as is_synthetic
    from results
    left join source.marts.dim_round
        on results.survey_id in ('all', dim_round.survey_id) and results.round_id in ('all', dim_round.round_id)
    group by results.survey_id, results.round_id, results.check_id
)

select
    results.survey_id,
    results.round_id,
    dim_round.round_key,
    spoken_of.is_synthetic,
    results.check_id,
    results.family,
    results.tool,
    results.asset,
    results.severity,
    case when protected.survey_id is null then results.status else 'not_computable' end as status,
    case when protected.survey_id is null then results.observed else $not_told end as observed,
    results.threshold,
    case when protected.survey_id is null then results.n_failed end as n_failed,
    case when protected.survey_id is null and results.status = 'fail'
        then coalesce(failing.first_seen, $now) end as first_seen,
    results.message_en,
    results.message_fi,
    coalesce(nullif(results.definition, ''), results.message_en) as definition,
    nullif(results.formula, '') as formula,
    case when protected.survey_id is null then results.decision end as decision,
    case when protected.survey_id is null then results.decided_by end as decided_by,
    case when protected.survey_id is null then results.decided_until end as decided_until,
    case when protected.survey_id is null then results.decision_reason end as decision_reason
from results
inner join spoken_of using (survey_id, round_id, check_id)
left join source.marts.dim_round using (survey_id, round_id)
left join failing using (survey_id, round_id, check_id)
left join protected
    on results.survey_id = protected.survey_id and results.round_id = protected.round_id
    and results.check_id = protected.check_id
order by all
"""

NOT_TOLD = "not told: it may say how somebody answered"
# A part that is no question is not told either, nor one of which all counts tell of another question.
IS_PROTECTED = """
    parts.part = 'question' and (parts.survey_id, parts.round_id, parts.part_id) in (
        select (survey_id, round_id, question_id) from protected.disclosure.routed_rows where breakdown = 'all'
    )
    or (
        list_contains($telling::varchar[], parts.check_id)
        and (
            closed.question_id is not null
            or (not dim_round.is_synthetic and parts.part <> 'question')
            or (parts.survey_id, parts.round_id) in (from protected.disclosure.unsigned_rounds)
        )
    )
"""

FILL_DETAIL = """
insert into release.marts.round_quality_detail by name
select
    parts.survey_id,
    parts.round_id,
    dim_round.round_key,
    dim_round.is_synthetic,
    parts.check_id,
    parts.part,
    parts.part_id,
    case when {is_protected} then $not_told else parts.observed end as observed,
    parts.threshold,
    case when not ({is_protected}) then parts.n_failed end as n_failed,
    case when {is_protected} then 'not_computable' else parts.status end as status
from source.checks.round_checks as parts
inner join source.marts.dim_round using (survey_id, round_id)
left join protected.disclosure.closed_questions as closed
    on parts.survey_id = closed.survey_id and parts.round_id = closed.round_id
    and parts.part = 'question' and parts.part_id = closed.question_id
where parts.part <> 'all'
order by all
"""


def utc_timestamp(at: datetime) -> datetime:
    """An aware time as the release keeps it: UTC, to the second, without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def fill(connection: duckdb.DuckDBPyConnection, first_seen: Mapping[CheckKey, datetime], now: datetime) -> None:
    """Fill both tables of release.marts from the warehouse attached as `source`; a new failure is first seen now."""
    protected = {"telling": sorted(telling()), "not_told": NOT_TOLD}
    connection.execute(FILL_DETAIL.format(is_protected=IS_PROTECTED), protected)
    connection.execute(
        FILL.format(findings=findings_sql("source.")),
        protected
        | {
            "surveys": [survey_id for survey_id, _, _ in first_seen],
            "rounds": [round_id for _, round_id, _ in first_seen],
            "checks": [check_id for _, _, check_id in first_seen],
            "times": [utc_timestamp(at) for at in first_seen.values()],
            "now": utc_timestamp(now),
            "today": local_day(now),
        },
    )
