{# The status of one answer, in the order in which doubts are raised. The words are the contract's. #}
{% macro answer_status() -%}
    case
        when not is_relevant and is_column_relevant then 'not_asked'
        when is_blank and not is_relevant then 'not_applicable'
        when is_blank then 'blank'
        when not is_relevant then 'answered_but_not_applicable'
        when is_missing_code then 'declared_missing'
        when question_type = 'select_one' and code is null then 'code_not_in_list'
        when question_type = 'select_multiple' and is_ticked is null then 'code_not_in_list'
        when question_type in ('integer', 'decimal') and number_value is null then 'not_a_number'
        when question_type = 'integer' and {{ is_like('raw_value', '.*[.,]0*[1-9].*') }} then 'not_a_number'
        when question_type = 'date' and date_value is null then 'not_a_date'
        when question_type in ('integer', 'decimal')
            and (number_value < min_value or number_value > max_value or {{ is_too_long('number_value') }})
            then 'out_of_range'
        when not is_constraint_met or is_contradictory then 'constraint_failed'
        else 'valid'
    end
{%- endmacro %}
