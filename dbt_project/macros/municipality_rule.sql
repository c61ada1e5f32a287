{# Which of several answers is the municipality's, by the rule of the question: rank 1 is. By union, an option is ticked when any
   response ticked it, so it is ranked option by option. The best of the best is the best of all: municipalities that
   merge are ranked again in the same way. #}
{% macro municipality_rank(answers, municipality, rule) -%}
    dense_rank() over (
        partition by
            {{ answers }}.survey_id, {{ answers }}.round_id, {{ municipality }}, {{ answers }}.question_id,
            case when {{ rule }} = 'union' then {{ answers }}.part end
        order by
            case {{ rule }}
                when 'lead_role' then {{ answers }}.role_order
                when 'any_yes'
                    then case when {{ answers }}.question_type = 'select_one' then {{ answers }}.choice_order end
                when 'union' then case when {{ answers }}.is_ticked then 0 else 1 end
                else 0
            end asc,
            {{ answers }}.submitted_at desc nulls last,
            {{ answers }}.response_id asc
    )
{%- endmacro %}
