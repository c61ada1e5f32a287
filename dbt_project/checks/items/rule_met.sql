{# <kind>_pairs: answers that cannot be, or hardly, together. A rule is judged in a round that asks all that it
   speaks of. #}
{% macro rule_met(kind) %}
    with rules as (
        select rounds.survey_id, rounds.round_id, rules.rule_id
        from rounds
        inner join {{ ref('stg_codebook__plausibility') }} as rules using (survey_id)
        inner join {{ ref('int_questions_in_round') }} as spoken_of
            on
                rounds.survey_id = spoken_of.survey_id
                and rounds.round_id = spoken_of.round_id
                and position('${' || spoken_of.question_id || '}' in rules.expression) > 0
        where rules.kind = '{{ kind }}'
        group by rounds.survey_id, rounds.round_id, rules.rule_id
        having min(case when spoken_of.is_asked then 1 else 0 end) = 1
    ),

    met as (
        select row_key, question_id as rule_id
        from {{ ref('int_conditions_met') }}
        where is_met and purpose = '{{ kind }}'
    ),

    {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, rule_id as part_id,
            count(met.row_key) || ' of ' || count(responses.row_key) as observed,
            '0' as threshold,
            count(met.row_key) as n_failed
        from rules
        left join responses using (survey_id, round_id)
        left join met using (row_key, rule_id)
        group by survey_id, round_id, rule_id
    {% endcall %}
{% endmacro %}
