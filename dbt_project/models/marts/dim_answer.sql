select
    survey_id,
    question_id,
    answer_level as level,
    answer_code,
    {{ key(['survey_id', 'question_id', 'answer_level', 'answer_code']) }} as answer_key,
    {{ key(['survey_id', 'question_id']) }} as question_key,
    {{ in_published_languages('labels', 'label') }},
    is_missing,
    answer_code in ({{ quoted(var('monitor').dont_know_codes) }}) as is_dont_know,
    min(sort_order) as sort_order
from {{ ref('int_answer_levels') }}
group by survey_id, question_id, answer_level, answer_code, labels, is_missing
