{% macro panel_overlap() %}
    with responded as (
        select survey_id, round_id, municipality_code from {{ ref('frame_municipality') }}
        except
        select survey_id, round_id, municipality_code from {{ ref('int_municipalities_silent') }}
    ),

    -- Both rounds on the later division: a municipality that has merged since responded with the one it merged into.
    either as (
        select
            compared.survey_id, compared.round_id, successors.successor_code,
            max(case when responded.round_id = compared.round_id then 1 else 0 end) as is_in_later,
            max(case when responded.round_id = compared.round_id then 0 else 1 end) as is_in_earlier
        from compared
        inner join responded
            on
                compared.survey_id = responded.survey_id
                and responded.round_id in (compared.round_id, compared.earlier_round_id)
        inner join {{ ref('int_municipality_successors') }} as successors
            on
                responded.municipality_code = successors.municipality_code
                and compared.later_division_date = successors.later_division_date
                and case
                    when compared.round_id = responded.round_id then compared.division_date
                    else compared.earlier_division_date
                end = successors.division_date
        group by compared.survey_id, compared.round_id, successors.successor_code
    ),

    panel as (
        select
            survey_id, round_id,
            sum(is_in_later) as n_responded,
            sum(is_in_later * is_in_earlier) as n_in_both
        from either
        group by survey_id, round_id
    )

    select
        survey_id, round_id,
        panel.n_in_both || ' of ' || panel.n_responded as observed,
        {{ percent(var('monitor').panel_overlap) }} as threshold,
        case
            when panel.n_in_both < {{ var('monitor').panel_overlap }} * panel.n_responded then 1
            when panel.n_responded > 0 then 0
        end as n_failed
    from rounds
    left join panel using (survey_id, round_id)
{% endmacro %}
