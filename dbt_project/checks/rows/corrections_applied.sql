{% macro corrections_applied() %}
    with corrections as (
        select
            *,
            row_number() over (order by survey_id, round_id, response_id, question_id, old_value) as correction_id
        from {{ ref('stg_codebook__corrections') }}
    )

    select
        rounds.survey_id, rounds.round_id,
        count(distinct corrections.correction_id) as observed,
        'each meets its answer' as threshold,
        count(distinct corrections.correction_id) - count(distinct case
            when corrections.action = 'withdraw' and responses.row_id is not null then corrections.correction_id
            when written.value_id is not null then corrections.correction_id
        end) as n_failed
    from rounds
    left join corrections using (survey_id, round_id)
    left join responses using (survey_id, round_id, response_id)
    left join {{ ref('stg_codebook__columns') }} as columns
        using (survey_id, round_id, question_id)
    left join {{ ref('int_cells_corrected') }} as cells using (row_key)
    left join {{ ref('int_values_corrected') }} as written
        on
            cells.value_id = written.value_id
            and columns.source_column = written.source_column
            and corrections.new_value = written.cell_value
    group by rounds.survey_id, rounds.round_id
{% endmacro %}
