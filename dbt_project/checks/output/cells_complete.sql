{% macro cells_complete() %}
    with options as (
        select survey_id, question_id, count(*) as n_options
        from {{ ref('int_answer_levels') }}
        where answer_level = 'option' and not is_missing
        group by survey_id, question_id
    ),

    units as (
        select 'response' as unit
        union all
        select 'municipality' as unit
    )

    select
        rounds.survey_id, rounds.round_id,
        coalesce(sum(question_rows.n_cells), 0) || ' of ' || coalesce(sum(options.n_options), 0) as observed,
        'each option has a cell' as threshold,
        sum(case when options.n_options <> coalesce(question_rows.n_cells, 0) then 1 else 0 end) as n_failed
    from rounds
    left join questions
        on rounds.survey_id = questions.survey_id and rounds.round_id = questions.round_id
    left join options
        on questions.survey_id = options.survey_id and questions.question_id = options.question_id
    left join {{ ref('int_breakdowns_in_round') }} as breakdowns
        on rounds.survey_id = breakdowns.survey_id and rounds.round_id = breakdowns.round_id
    left join units on units.unit = 'response' or breakdowns.has_municipalities
    left join question_rows
        on
            options.survey_id = question_rows.survey_id
            and rounds.round_id = question_rows.round_id
            and options.question_id = question_rows.question_id
            and units.unit = question_rows.unit
            and breakdowns.breakdown = question_rows.breakdown
            and breakdowns.breakdown_id = question_rows.breakdown_id
    group by rounds.survey_id, rounds.round_id
{% endmacro %}
