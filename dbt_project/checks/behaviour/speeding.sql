{% macro speeding() %}
    with timed as (
        select survey_id, round_id, seconds_taken, {{ natural_log('seconds_taken') }} as log_seconds
        from {{ ref('int_responses_disposed') }}
        where disposition = 'accepted' and seconds_taken is not null
    ),

    medians as (
        select survey_id, round_id, {{ quantile('log_seconds', 0.5) }} as median
        from timed
        group by survey_id, round_id
    ),

    -- The median absolute deviation says nothing where most responses took the same time: the floor alone is left.
    limits as (
        select
            survey_id, round_id, count(*) as n_timed,
            coalesce(
                exp(
                    medians.median
                    - {{ var('monitor').speeding_deviations }} * 1.4826
                    * nullif({{ quantile('abs(timed.log_seconds - medians.median)', 0.5) }}, 0)
                ),
                0
            ) as fastest_seconds
        from timed
        inner join medians using (survey_id, round_id)
        group by survey_id, round_id, medians.median
        having count(*) >= {{ var('monitor').timed_responses }}
    )

    select
        survey_id, round_id,
        limits.n_timed as observed,
        {{ with_decimals('greatest(limits.fastest_seconds, ' ~ var('monitor').speeding_floor ~ ')', 0) }} || ' s' as threshold,
        case
            when limits.n_timed is not null then sum(
                case
                    when timed.seconds_taken < greatest(limits.fastest_seconds, {{ var('monitor').speeding_floor }})
                        then 1
                    else 0
                end
            )
        end as n_failed
    from rounds
    left join limits using (survey_id, round_id)
    left join timed using (survey_id, round_id)
    group by survey_id, round_id, limits.n_timed, limits.fastest_seconds
{% endmacro %}
