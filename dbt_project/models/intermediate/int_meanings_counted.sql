-- How many accepted responses of a municipality gave an answer, in every group that no area decides, and what their
-- provider says that they weigh. Each response gives one answer to a question: a count of answers is a sum of these.
with given as (
    select * from {{ ref('int_meanings_given') }}
),

placed as (
    select
        responses.row_key,
        grouped.survey_id,
        grouped.round_id,
        grouped.municipality_code,
        grouped.breakdown,
        grouped.breakdown_id,
        weights.millionths
    from {{ ref('int_responses_disposed') }} as responses
    inner join {{ ref('int_units_grouped') }} as grouped
        on
            responses.survey_id = grouped.survey_id
            and responses.round_id = grouped.round_id
            and responses.response_id = grouped.unit_id
            and grouped.unit = 'response'
    left join {{ ref('int_responses_weighed') }} as weights
        on
            responses.survey_id = weights.survey_id
            and responses.round_id = weights.round_id
            and responses.response_id = weights.response_id
    where responses.disposition = 'accepted'
),

-- Numbers in place of names: what stands once for each answer of each response is to be small.
numbered as (
    select
        *,
        dense_rank() over (
            order by survey_id, round_id, municipality_code, breakdown, breakdown_id
        ) as group_number
    from placed
),

named as (
    select distinct
        group_number,
        survey_id,
        round_id,
        municipality_code,
        breakdown,
        breakdown_id
    from numbered
),

counted as (
    select
        given.meaning_id,
        numbered.group_number,
        count(*) as n,
        cast(sum(numbered.millionths) as bigint) as millionths
    from given
    inner join numbered on given.row_key = numbered.row_key
    group by given.meaning_id, numbered.group_number
)

select
    counted.meaning_id,
    named.survey_id,
    named.round_id,
    named.municipality_code,
    named.breakdown,
    named.breakdown_id,
    counted.n,
    counted.millionths
from counted
inner join named on counted.group_number = named.group_number
