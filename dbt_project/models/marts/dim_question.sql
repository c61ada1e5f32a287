select
    questions.survey_id,
    questions.question_id,
    {{ key(['questions.survey_id', 'questions.question_id']) }} as question_key,
    questions.question_type,
    questions.list_name,
    questions.unit_of_measure,
    questions.other_of,
    questions.group_id,
    questions.municipality_rule,
    questions.disclosure,
    {{ in_published_languages('questions.labels', 'label') }},
    questions.note,
    questions.sort_order,
    questions.is_ordered,
    sections.section_id,
    sections.section_order,
    {{ in_published_languages('sections.titles', 'section') }}
from {{ ref('stg_codebook__questions') }} as questions
left join {{ ref('stg_codebook__sections') }} as sections using (survey_id, question_id)
