{{ config(materialized='incremental') }}
-- How many responses, or whether the municipality, gave an answer to a closed question or named a system: municipality
-- by municipality, in every group that no area decides. The base is counted like an answer that everybody gave.
with meanings as (
    select * from {{ ref('int_meanings_judged') }}
    where answer_status = 'valid' and question_type in ('select_one', 'select_multiple', 'system')
),

municipalities as (
    select * from {{ ref('int_municipality_answers_resolved') }}
    where question_type in ('select_one', 'select_multiple', 'system') and {{ is_built_now() }}
),

levels as (
    select * from {{ ref('int_answer_levels') }}
),

counted as (
    select * from {{ ref('int_meanings_counted') }}
),

grouped as (
    select * from {{ ref('int_units_grouped') }}
    where unit = 'municipality' and {{ is_built_now() }}
),

{% for answers, key in [('meanings', 'meaning_id'), ('municipalities', 'municipality_code, cluster_code')] %}
said_by_{{ answers }} as (
    select distinct
        {{ answers }}.survey_id,
        {{ answers }}.round_id,
        {{ answers }}.question_id,
        levels.answer_level,
        levels.answer_code,
        {{ key }}
    from {{ answers }}
    inner join levels
        on
            {{ answers }}.survey_id = levels.survey_id
            and {{ answers }}.question_id = levels.question_id
            and {{ answers }}.code = levels.option_code
    union all
    select distinct
        survey_id,
        round_id,
        question_id,
        'system' as answer_level,
        coalesce(code, 'unmatched') as answer_code,
        {{ key }}
    from {{ answers }}
    where question_type = 'system'
    union all
    select distinct
        survey_id,
        round_id,
        question_id,
        'base' as answer_level,
        'base' as answer_code,
        {{ key }}
    from {{ answers }}
),
{% endfor %}

by_responses as (
    select
        said.survey_id,
        said.round_id,
        said.question_id,
        counted.breakdown,
        counted.breakdown_id,
        counted.municipality_code,
        said.answer_level,
        said.answer_code,
        cast(sum(counted.n) as bigint) as n,
        cast(sum(counted.millionths) as bigint) as millionths
    from said_by_meanings as said
    inner join counted on said.meaning_id = counted.meaning_id
    group by
        said.survey_id, said.round_id, said.question_id, counted.breakdown, counted.breakdown_id,
        counted.municipality_code, said.answer_level, said.answer_code
)

select
    survey_id,
    round_id,
    question_id,
    'response' as unit,
    breakdown,
    breakdown_id,
    municipality_code,
    municipality_code as cluster_code,
    answer_level,
    answer_code,
    n
from by_responses
union all
select
    survey_id,
    round_id,
    question_id,
    'weighted_response' as unit,
    breakdown,
    breakdown_id,
    municipality_code,
    municipality_code as cluster_code,
    answer_level,
    answer_code,
    millionths as n
from by_responses
where millionths is not null
union all
select
    said.survey_id,
    said.round_id,
    said.question_id,
    'municipality' as unit,
    grouped.breakdown,
    grouped.breakdown_id,
    said.municipality_code,
    min(said.cluster_code) as cluster_code,
    said.answer_level,
    said.answer_code,
    cast(1 as bigint) as n
from said_by_municipalities as said
inner join grouped
    on
        said.survey_id = grouped.survey_id
        and said.round_id = grouped.round_id
        and said.municipality_code = grouped.unit_id
group by
    said.survey_id, said.round_id, said.question_id, grouped.breakdown, grouped.breakdown_id, said.municipality_code,
    said.answer_level, said.answer_code
