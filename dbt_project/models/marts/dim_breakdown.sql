-- A breakdown that is a survey's own is one of its questions, and is called as that is worded.
with codes as (
    select * from {{ ref('codes') }}
    where code_list = 'breakdown'
)

select
    breakdown_rows.survey_id,
    breakdown_rows.breakdown,
    breakdown_rows.breakdown_id,
    {{ key(['breakdown_rows.survey_id', 'breakdown_rows.breakdown', 'breakdown_rows.breakdown_id']) }} as breakdown_key,
    {% for language in var('published_languages') %}
    coalesce(
        codes.label_{{ language }},
        {{ text_in('questions.labels', "'" ~ language ~ "'") }},
        breakdown_rows.breakdown
    ) as breakdown_{{ language }},
    {% endfor %}
    {{ in_published_languages('breakdown_rows.labels', 'label') }},
    breakdown_rows.is_counted,
    -- Unions of size classes: a class is in several.
    breakdown_rows.breakdown = 'size_class_group' as is_overlapping,
    cast(
        dense_rank() over (
            partition by breakdown_rows.survey_id
            order by codes.sort_order asc nulls last, questions.sort_order asc, breakdown_rows.breakdown asc
        ) as integer
    ) as breakdown_order,
    cast(breakdown_rows.sort_order as integer) as sort_order
from {{ ref('int_breakdowns_labelled') }} as breakdown_rows
left join codes on breakdown_rows.breakdown = codes.code
left join {{ ref('stg_codebook__questions') }} as questions
    on breakdown_rows.survey_id = questions.survey_id and breakdown_rows.breakdown = questions.question_id
