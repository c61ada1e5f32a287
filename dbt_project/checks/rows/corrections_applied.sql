{% macro corrections_applied() %}
    with corrections as (
        select
            *,
            row_number() over (order by survey_id, round_id, response_id, question_id, old_value) as correction_id
        from {{ ref('stg_codebook__corrections') }}
    ),

    applied as (
        select corrections.correction_id
        from corrections
        inner join responses using (survey_id, round_id, response_id)
        where corrections.action = 'withdraw'
        union
        select corrections.correction_id
        from corrections
        inner join responses using (survey_id, round_id, response_id)
        inner join {{ ref('stg_codebook__columns') }} as columns using (survey_id, round_id, question_id)
        inner join {{ ref('int_values_corrected') }} as written
            on
                corrections.survey_id = written.survey_id
                and corrections.round_id = written.round_id
                and columns.source_column = written.source_column
                and corrections.new_value = written.cell_value
        inner join {{ ref('int_cells_corrected') }} as cells
            on responses.row_key = cells.row_key and written.value_id = cells.value_id
    )

    select
        rounds.survey_id, rounds.round_id,
        count(corrections.correction_id) as observed,
        'each meets its answer' as threshold,
        count(corrections.correction_id) - count(applied.correction_id) as n_failed
    from rounds
    left join corrections using (survey_id, round_id)
    left join applied using (correction_id)
    group by rounds.survey_id, rounds.round_id
{% endmacro %}
