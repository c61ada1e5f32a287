"""round_quality and round_quality_detail: the result of every check with what is decided of it, and of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import duckdb

from publish.disclosure.checks import telling
from publish.gate.findings import findings_sql
from store.days import local_day
from store.state import CheckKey

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
    union
    -- A check names each part that failed, with what was found of it: of some of its questions nothing is told.
    select survey_id, round_id, check_id
    from source.checks.round_checks
    where part = 'question' and (survey_id, round_id, part_id) in ({all_tells})
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
    results.message_sv,
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
left join protected using (survey_id, round_id, check_id)
order by all
"""

# Questions of which all counts tell of another one.
ALL_TELLS = """
    select (survey_id, round_id, question_id) from protected.disclosure.routed_rows where breakdown = 'all'
"""
NOT_TOLD = "not told: it may say how somebody answered"
# A part that is no question is not told either.
IS_PROTECTED = f"""
    parts.part = 'question' and (parts.survey_id, parts.round_id, parts.part_id) in ({ALL_TELLS})
    or (
        list_contains($telling::varchar[], parts.check_id)
        and (
            closed.question_id is not null
            or (dim_round.is_protected and parts.part <> 'question')
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
    case when parts.part = 'question' then concat_ws('/', parts.survey_id, parts.part_id) end as question_key,
    case when parts.part in ('size_class', 'county')
        then concat_ws('/', parts.survey_id, parts.part, parts.part_id) end as breakdown_key,
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
        FILL.format(findings=findings_sql("source."), all_tells=ALL_TELLS),
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
