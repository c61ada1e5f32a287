{# Which of several answers is the municipality's, by the rule of the question: the one with the least of these, and of
   equal ones the latest. By union, an option is ticked when any response ticked it, so options compete one by one. #}
{% macro preference(answers, rule) -%}
    case {{ rule }}
        when 'lead_role' then {{ answers }}.role_order
        when 'any_yes'
            then case when {{ answers }}.question_type = 'select_one' then {{ answers }}.choice_order else 0 end
        when 'union' then case when {{ answers }}.is_ticked then 0 else 1 end
        else 0
    end
{%- endmacro %}

{% macro competes_for(answers, rule) -%}
    case when {{ rule }} = 'union' then {{ answers }}.part end
{%- endmacro %}

{# The order of responses: the latest first; content decides ties. #}
{% macro latest_first(responses) -%}
    {{ responses }}.submitted_at desc nulls last, {{ responses }}.response_id asc
{%- endmacro %}

{# Rank 1 is the municipality's. The best of the best is the best of all: municipalities that merge are ranked again in the
   same way. #}
{% macro municipality_rank(answers, municipality, rule) -%}
    dense_rank() over (
        partition by
            {{ answers }}.survey_id, {{ answers }}.round_id, {{ municipality }}, {{ answers }}.question_id,
            {{ competes_for(answers, rule) }}
        order by {{ preference(answers, rule) }} asc, {{ latest_first(answers) }}
    )
{%- endmacro %}
