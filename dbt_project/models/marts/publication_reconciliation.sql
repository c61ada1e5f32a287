{{ config(materialized='incremental') }}
-- Every printed figure beside what the warehouse computes. The print is the judge; nothing is bent to meet it.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

-- Figures of rounds that this build makes, and of rounds that nobody has.
figures as (
    select * from {{ ref('stg_codebook__published_figures') }}
    where {{ is_built_now() }} or {{ is_gone() }}
),

computed as (
    select * from {{ ref('int_figures_of_answers') }}
    union all
    select * from {{ ref('int_figures_against_rest') }}
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
        case figures.rounding
            when
                'words_within_5'
                then abs(figures.published_value - computed.computed_value) <= {{ var('words_within') }}
            else figures.published_value = computed.computed_value
        end as is_value_met,
        coalesce(figures.published_base_n = computed.computed_base_n, true) as is_base_met
    from figures
    left join rounds
        on figures.survey_id = rounds.survey_id and figures.round_id = rounds.round_id
    left join computed
        on figures.survey_id = computed.survey_id and figures.figure_id = computed.figure_id
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
    unit,
    breakdown,
    breakdown_id,
    {{ key(['survey_id', 'round_id']) }} as round_key,
    {{ key(['survey_id', 'question_id']) }} as question_key,
    {{ key(['survey_id', 'breakdown', 'breakdown_id']) }} as breakdown_key,
    rounding,
    figure_status,
    is_synthetic,
    published_value,
    published_base_n,
    computed_value,
    computed_base_n,
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
