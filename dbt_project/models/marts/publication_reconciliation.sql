{{ config(materialized='incremental') }}
-- Every printed figure beside what the warehouse computes. The print is the judge; nothing is bent to meet it.
-- Figures of rounds that this build makes, and of rounds that nobody has.
with figures as (
    select * from {{ ref('stg_codebook__published_figures') }}
    where {{ is_built_now() }} or {{ is_gone() }}
),

computed as (
    select * from {{ ref('int_figures_of_answers') }}
    union all
    select * from {{ ref('int_figures_against_rest') }}
    union all
    select * from {{ ref('int_figures_above') }}
    union all
    select * from {{ ref('int_figures_of_responses') }}
    union all
    select * from {{ ref('int_figures_of_systems') }}
),

compared as (
    select
        figures.*,
        rounds.round_id is not null as has_round,
        coalesce(rounds.is_synthetic, false) as is_synthetic,
        computed.computed_value,
        computed.computed_base_n,
        {{ is_met('computed.computed_value', 'figures.published_value', 'figures.rounding') }} as is_value_met,
        bounds.p_value as frame_p,
        cast(coalesce(bounds.estimate, 100 * shares.weighted_share) as decimal(18, 3)) as frame_estimate,
        cast(coalesce(bounds.low, 100 * shares.ci_low_fpc) as decimal(18, 3)) as frame_low,
        cast(coalesce(bounds.high, 100 * shares.ci_high_fpc) as decimal(18, 3)) as frame_high,
        coalesce(figures.published_base_n = computed.computed_base_n, true) as is_base_met
    from figures
    left join {{ ref('int_rounds_to_build') }} as rounds using (survey_id, round_id)
    left join computed using (survey_id, figure_id)
    left join {{ ref('int_figures_bounded') }} as bounds using (survey_id, figure_id)
    left join {{ ref('int_shares_estimated') }} as shares
        on
            figures.survey_id = shares.survey_id
            and figures.round_id = shares.round_id
            and figures.question_id = shares.question_id
            and figures.answer_level = shares.answer_level
            and figures.answer_code = shares.answer_code
            and figures.unit = shares.unit
            and figures.breakdown = shares.breakdown
            and figures.breakdown_id = shares.breakdown_id
            and figures.statistic = 'pct'
),

judged as (
    select
        *,
        case
            when computed_value is null then 'not_computable'
            when is_value_met and is_base_met then 'match'
            when known_discrepancy is not null and is_base_met then 'known_discrepancy'
            else 'mismatch'
        end as status
    from compared
)

select
    survey_id,
    round_id,
    figure_id,
    document,
    statistic,
    question_id,
    answer_level as level,
    answer_code as answer,
    than,
    unit,
    breakdown,
    breakdown_id,
    {{ key(['survey_id', 'round_id']) }} as round_key,
    {{ key(['survey_id', 'question_id']) }} as question_key,
    case when statistic <> 'differs' then {{ key(['survey_id', 'breakdown', 'breakdown_id']) }} end as breakdown_key,
    rounding,
    figure_status,
    is_synthetic,
    published_value,
    published_base_n,
    computed_value,
    computed_base_n,
    frame_estimate,
    frame_low,
    frame_high,
    frame_p,
    {{ frame_verdict() }} as frame_verdict,
    status,
    case
        when status = 'known_discrepancy' then known_discrepancy || coalesce('; ' || note, '')
        when status = 'mismatch' and not is_base_met
            then 'printed on a base of ' || published_base_n || ', computed on ' || computed_base_n
        when status = 'mismatch'
            then
                'printed ' || {{ plain_number('published_value') }}
                || ', computed ' || {{ plain_number('computed_value') }}
        when status = 'not_computable' and not has_round then 'the round is not in this warehouse'
        when status = 'not_computable' then 'the round has no data for this figure'
        when is_synthetic then 'calibrated to this figure'
    end as explanation
from judged
