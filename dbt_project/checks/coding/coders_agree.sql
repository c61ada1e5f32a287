{# A code that both read in no text, or in each, is one that nobody can disagree on: it has no alpha. #}
{% macro coders_agree() %}
    with {% call whole_of() %}
        select
            survey_id, round_id, 'question' as part, agreement.question_id as part_id,
            max(agreement.n_texts) || ' texts; ' || {{ texts_in_order(
                "agreement.code || ' ' || " ~ with_decimals('agreement.alpha', 3), ', ', 'agreement.code'
            ) }} as observed,
            cast(max(rounds.least_agreement) as string) as threshold,
            sum(case when agreement.alpha < rounds.least_agreement then 1 else 0 end) as n_failed
        from {{ ref('coding_agreement') }} as agreement
        inner join rounds using (survey_id, round_id)
        where agreement.alpha is not null
        group by survey_id, round_id, agreement.question_id
    {% endcall %}
{% endmacro %}
