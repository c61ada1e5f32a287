select
    survey_id,
    question_id,
    round_id,
    earlier_question_id,
    earlier_round_id,
    {{ key(['survey_id', 'round_id']) }} as round_key,
    {{ key(['survey_id', 'earlier_round_id']) }} as earlier_round_key,
    {{ key(['survey_id', 'question_id']) }} as question_key,
    is_synthetic,
    division_date,
    comparability,
    reason
from {{ ref('int_questions_paired') }}
