{% macro source_matches_card() %}
    with carded as (
        select
            coalesce(survey_id, 'all') as survey_id, coalesce(round_id, 'all') as round_id,
            case when sha256 <> card_sha256 then 1 else 0 end as n_differing
        from sources
        where card_sha256 is not null
    ),

    places as (
        select survey_id, round_id from rounds
        union
        select survey_id, round_id from carded
    )

    select
        survey_id, round_id,
        count(carded.n_differing) as observed,
        'sha256 of source.yml' as threshold,
        sum(carded.n_differing) as n_failed
    from places
    left join carded using (survey_id, round_id)
    group by survey_id, round_id
{% endmacro %}
