{# The municipalities that had responded on the last day there is of the round, against the same day of the one
   before. #}
{% macro response_curve() %}
    with curve as (
        select * from {{ ref('response_curve') }}
    ),

    last_day as (
        select survey_id, round_id, max(day) as last_day, max(n_municipalities_so_far) as n_municipalities
        from curve
        group by survey_id, round_id
    ),

    same_day as (
        select
            compared.survey_id, compared.round_id, last_day.last_day, last_day.n_municipalities,
            max(earlier.n_municipalities_so_far) as earlier_n_municipalities
        from compared
        inner join last_day
            on compared.survey_id = last_day.survey_id and compared.round_id = last_day.round_id
        inner join curve as earlier
            on
                compared.survey_id = earlier.survey_id
                and compared.earlier_round_id = earlier.round_id
                and last_day.last_day >= earlier.day
        group by compared.survey_id, compared.round_id, last_day.last_day, last_day.n_municipalities
    )

    select
        survey_id, round_id,
        same_day.n_municipalities || ' by day ' || same_day.last_day || ', '
        || same_day.earlier_n_municipalities || ' in the round before' as observed,
        {{ percent(var('monitor').response_curve) }} as threshold,
        case
            when same_day.n_municipalities < {{ var('monitor').response_curve }} * same_day.earlier_n_municipalities
                then 1
            when same_day.n_municipalities is not null then 0
        end as n_failed
    from rounds
    left join same_day using (survey_id, round_id)
{% endmacro %}
