{# A census has no unknown eligibility, and the frame no ineligible ones: RR1, RR3 and RR5 differ from RR2, RR4 and RR6
   by the partial responses only. #}
{% macro dispositions_known() %}
    select
        survey_id, round_id,
        'complete ' || sum(case when disposition = 'complete' then 1 else 0 end)
        || ', partial ' || sum(case when disposition = 'partial' then 1 else 0 end)
        || ', no response ' || sum(case when disposition = 'no_response' then 1 else 0 end)
        || '; RR1 ' || {{ percent("avg(case when disposition = 'complete' then 1 else 0 end)") }}
        || ', RR2 ' || {{ percent("avg(case when disposition <> 'no_response' then 1 else 0 end)") }} as observed,
        '{{ var('monitor').partial_share }}' as threshold,
        case
            when
                sum(case when disposition = 'partial' then 1 else 0 end)
                > {{ var('monitor').partial_share }} * sum(case when disposition <> 'no_response' then 1 else 0 end)
                then sum(case when disposition = 'partial' then 1 else 0 end)
            else 0
        end as n_failed
    from {{ ref('int_municipalities_disposed') }}
    group by survey_id, round_id
{% endmacro %}
