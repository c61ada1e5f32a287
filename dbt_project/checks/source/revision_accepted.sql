{% macro revision_accepted() %}
    with signed as (
        select survey_id, round_id, signed_on, accepted
        from {{ ref('stg_ingest__sign_offs') }}
        qualify row_number() over (partition by survey_id, round_id order by signed_on desc, signed_at desc) = 1
    )

    select
        survey_id, round_id,
        cast(signed.signed_on as string) || coalesce(': ' || signed.accepted, '') as observed,
        'signed off without a reason' as threshold,
        case when signed.signed_on is null then null when signed.accepted is null then 0 else 1 end as n_failed
    from rounds
    left join signed using (survey_id, round_id)
{% endmacro %}
