{{ config(materialized='view', contract={'enforced': false}) }}
-- By response; of real answers by municipality where fewer are hidden then.
with of_all as (
    select
        *,
        count(*) filter (where cell_status like 'hidden%')
            over (partition by survey_id, round_id, question_id, unit) as n_hidden
    from {{ ref('result') }}
    where breakdown = 'all' and cell_status <> 'not_asked'
)

select
    survey_id,
    round_id,
    question_id,
    level,
    answer_code,
    unit,
    {% for name in ['round', 'question', 'answer'] %}
    {% for language in var('published_languages') %}
    {{ name }}_{{ language }},
    {% endfor %}
    {% endfor %}
    is_synthetic,
    question_order,
    answer_order,
    n,
    base_n,
    share,
    pct,
    pct_sum100,
    weighted_share,
    ci_low,
    ci_high,
    ci_low_counts,
    ci_high_counts,
    is_reliable,
    is_reliable_for_frame,
    cell_status
from of_all
qualify rank() over (partition by survey_id, round_id, question_id order by n_hidden asc, unit desc) = 1
