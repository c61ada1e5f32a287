{{ config(materialized='view', contract={'enforced': false}) }}
-- A sentence holds where all that it says does. What is hidden of one of its figures is hidden of it.
with figures as (
    select
        claim_figures.survey_id,
        claim_figures.claim_id,
        figures.status,
        figures.computed_value,
        figures.frame_verdict
    from {{ ref('claim_figure') }} as claim_figures
    inner join {{ ref('publication_reconciliation') }} as figures using (survey_id, figure_id)
)

select
    sentences.survey_id,
    sentences.round_id,
    sentences.round_key,
    sentences.claim_id,
    coalesce(rounds.is_synthetic, false) as is_synthetic,
    case
        when count(figures.status) = 0 or count(figures.computed_value) < count(figures.status) then 'not_computable'
        when {{ any_true("figures.status <> 'match'") }} then 'does_not_hold'
        else 'holds'
    end as verdict,
    case
        when count(figures.status) = 0 or {{ any_true("figures.frame_verdict = 'not_computable'") }}
            then 'not_computable'
        when {{ any_true("figures.frame_verdict = 'does_not_hold'") }} then 'does_not_hold'
        when {{ any_true("figures.frame_verdict = 'open'") }} then 'open'
        else 'holds'
    end as frame_verdict,
    count(figures.status) as n_figures,
    count(figures.computed_value) as n_figures_computed
from {{ ref('printed_sentence') }} as sentences
left join {{ ref('dim_round') }} as rounds using (round_key)
left join figures on sentences.survey_id = figures.survey_id and sentences.claim_id = figures.claim_id
group by sentences.survey_id, sentences.round_id, sentences.round_key, sentences.claim_id, rounds.is_synthetic
