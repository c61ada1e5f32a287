{{ config(materialized='incremental', pre_hook="{{ forget_pairs(ref('int_questions_paired')) }}") }}
-- The change of a share since the last round that asked the same, in points, both rounds told on the later division.
-- A pair that is there already is carried over. Tests are corrected over the questions of a row of a breakdown.
{%- set family = 'survey_id, round_id, unit, breakdown, breakdown_id, answer_level' %}
with pairs as (
    select * from {{ ref('int_pairs_to_build') }}
),

estimated as (
    select * from {{ ref('int_changes_estimated') }}
),

tested as (
    select * from {{ ref('int_changes_tested') }}
),

stepped as (
    select
        estimated.*,
        tested.test,
        tested.p_value,
        {{ holm_step('p_value', family) }} as holm_step
    from estimated
    inner join tested on estimated.change_number = tested.change_number
),

changes as (
    select
        *,
        case
            when p_value is not null
                then max(holm_step) over (partition by {{ family }} order by p_value nulls last)
        end as p_holm
    from stepped
)

select
    changes.survey_id,
    changes.question_id,
    changes.round_id,
    changes.earlier_round_id,
    pairs.earlier_question_id,
    changes.unit,
    changes.breakdown,
    changes.breakdown_id,
    changes.answer_level as level,
    changes.answer_code,
    {{ key(['changes.survey_id', 'changes.round_id']) }} as round_key,
    {{ key(['changes.survey_id', 'changes.earlier_round_id']) }} as earlier_round_key,
    {{ key(['changes.survey_id', 'changes.question_id']) }} as question_key,
    {{ key(['changes.survey_id', 'changes.question_id', 'changes.answer_level', 'changes.answer_code']) }}
        as answer_key,
    {{ key(['changes.survey_id', 'changes.breakdown', 'changes.breakdown_id']) }} as breakdown_key,
    pairs.comparability,
    pairs.is_synthetic,
    pairs.division_date,
    changes.n,
    changes.base_n,
    changes.share,
    changes.earlier_n,
    changes.earlier_base_n,
    changes.earlier_share,
    case when changes.unit = 'municipality' then changes.n_paired end as n_paired,
    100 * changes.change as delta,
    100 * changes.se as se,
    case when changes.se >= 0 then greatest(100 * (changes.change - changes.t_975 * changes.se), -100) end as ci_low,
    case when changes.se >= 0 then least(100 * (changes.change + changes.t_975 * changes.se), 100) end as ci_high,
    changes.test,
    changes.p_value,
    changes.p_holm
from changes
inner join pairs
    on
        changes.survey_id = pairs.survey_id
        and changes.round_id = pairs.round_id
        and changes.question_id = pairs.question_id
