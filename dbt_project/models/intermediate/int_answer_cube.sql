-- n of every answer in every row of every breakdown and unit, and what the variance of its share needs; only what was
-- answered: zeros come in the grid of int_answer_shares.
with answers as (
    select * from {{ ref('int_answers_stratified') }}
),

bases as (
    select * from {{ ref('int_bases_stratified') }}
)

select
    answers.survey_id,
    answers.round_id,
    answers.question_id,
    answers.unit,
    answers.breakdown,
    answers.breakdown_id,
    answers.answer_level,
    answers.answer_code,
    cast(sum(answers.n) as bigint) as n,
    sum(bases.weight * answers.n) as weighted_n,
    {{ sum_of_squares('answers.n', 'answers.n', 'answers.n_squared') }} as squares,
    {{ sum_of_squares('answers.n', 'answers.n', 'answers.n_squared', 'finite_population') }} as squares_fpc,
    {{ sum_of_squares('answers.n', 'bases.base_n', 'answers.n_times_base') }} as products,
    {{ sum_of_squares('answers.n', 'bases.base_n', 'answers.n_times_base', 'finite_population') }} as products_fpc
from answers
inner join bases
    on
        answers.survey_id = bases.survey_id
        and answers.round_id = bases.round_id
        and answers.question_id = bases.question_id
        and answers.unit = bases.unit
        and answers.breakdown = bases.breakdown
        and answers.breakdown_id = bases.breakdown_id
        and answers.stratum = bases.stratum
group by
    answers.survey_id, answers.round_id, answers.question_id, answers.unit, answers.breakdown, answers.breakdown_id,
    answers.answer_level, answers.answer_code
