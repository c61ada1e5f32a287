{# What readers were told nothing of, because it was hidden or not computed, has not turned. #}
{% macro frozen_verdicts() %}
    with said_again as (
        select
            survey_id, round_id, claim_id,
            case
                when released.verdict <> 'not_computable' and claims.verdict <> released.verdict
                    then claim_id || ': ' || released.verdict || ' to ' || claims.verdict
                when released.frame_verdict <> 'not_computable' and claims.frame_verdict <> released.frame_verdict
                    then claim_id || ' for the frame: ' || released.frame_verdict || ' to ' || claims.frame_verdict
            end as turn
        from {{ ref('claim') }} as claims
        inner join {{ ref('stg_release__claims') }} as released using (survey_id, round_id, claim_id)
    )

    select
        survey_id, round_id,
        case
            when count(said.turn) > 0 then {{ texts_in_order('said.turn', '; ', 'said.claim_id') }}
            else 'none of ' || count(said.claim_id)
        end as observed,
        0 as threshold,
        case when count(said.claim_id) > 0 then count(said.turn) end as n_failed
    from rounds
    left join said_again as said using (survey_id, round_id)
    group by survey_id, round_id
{% endmacro %}
