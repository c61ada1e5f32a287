{% macro codebook_fits() %}
    select
        rounds.survey_id, rounds.round_id,
        count(columns.source_column) as observed,
        'each is of a question or option of the codebook' as threshold,
        sum(
            case
                when columns.source_column is null or columns.question_id like '!_%' escape '!' then 0
                when columns.question_id = 'ignored' then 0
                when questions.question_id is null then 1
                when questions.question_type = 'select_multiple' and columns.part is not null and choices.code is null
                    then 1
                else 0
            end
        ) as n_failed
    from rounds
    left join {{ ref('stg_codebook__columns') }} as columns using (survey_id, round_id)
    left join {{ ref('stg_codebook__questions') }} as questions using (survey_id, question_id)
    left join {{ ref('stg_codebook__choices') }} as choices
        on
            questions.survey_id = choices.survey_id
            and questions.list_name = choices.list_name
            and columns.part = choices.code
    group by rounds.survey_id, rounds.round_id
{% endmacro %}
