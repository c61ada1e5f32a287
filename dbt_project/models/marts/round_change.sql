{{ config(
    materialized='incremental', kept_by=['survey_id', 'round_id', 'earlier_round_id'],
    pre_hook="{{ forget_pairs(ref('int_questions_paired')) }}"
) }}
-- The change of a share since the last round that asked the same, in points, both rounds told on the later division.
-- A pair that is there already is carried over. Tests are corrected over the questions of a row of a breakdown. Beside
-- each change stands the one with size classes weighed, where the row is of no area.
{%- set family = 'survey_id, round_id, unit, breakdown, breakdown_id, answer_level, is_weighted' %}
with tested as (
    select
        change_number,
        is_weighted as is_of_weighted,
        test,
        p_value
    from {{ ref('int_changes_tested') }}
),

stepped as (
    select
        estimated.*,
        tested.test,
        tested.p_value,
        {{ holm_step('p_value', family) }} as holm_step
    from {{ ref('int_changes_estimated') }} as estimated
    inner join tested
        on estimated.change_number = tested.change_number and estimated.is_weighted = tested.is_of_weighted
),

changes as (
    select
        *,
        case
            when p_value is not null
                then max(holm_step) over (partition by {{ family }} order by p_value nulls last)
        end as p_holm,
        case when se >= 0 then greatest(100 * (change - t_975 * se), -100) end as ci_low,
        case when se >= 0 then least(100 * (change + t_975 * se), 100) end as ci_high
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
    cast(changes.n as bigint) as n,
    cast(changes.base_n as bigint) as base_n,
    changes.share,
    cast(changes.earlier_n as bigint) as earlier_n,
    cast(changes.earlier_base_n as bigint) as earlier_base_n,
    changes.earlier_share,
    case when changes.unit = 'municipality' then changes.n_paired end as n_paired,
    100 * changes.change as delta,
    100 * changes.se as se,
    changes.ci_low,
    changes.ci_high,
    changes.test,
    changes.p_value,
    changes.p_holm,
    weighted.share as weighted_share,
    weighted.earlier_share as earlier_weighted_share,
    100 * weighted.change as weighted_delta,
    100 * weighted.se as weighted_se,
    weighted.ci_low as weighted_ci_low,
    weighted.ci_high as weighted_ci_high,
    weighted.p_value as weighted_p_value,
    weighted.p_holm as weighted_p_holm
from changes
left join changes as weighted
    on changes.change_number = weighted.change_number and weighted.is_weighted
inner join {{ ref('int_pairs_to_build') }} as pairs
    on
        changes.survey_id = pairs.survey_id
        and changes.round_id = pairs.round_id
        and changes.question_id = pairs.question_id
where not changes.is_weighted
