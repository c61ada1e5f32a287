{{ config(materialized='view', contract={'enforced': false}) }}
-- Catalog-less names: the view must open in a release under any file name.
-- By response; of real answers by municipality where fewer are hidden then.
with of_all as (
    select
        *,
        count(*) filter (where cell_status like 'hidden%')
            over (partition by survey_id, round_id, question_id, unit) as n_hidden
    from {{ ref('answer_distribution').include(database=false) }}
    where breakdown = 'all' and cell_status <> 'not_asked'
),

results as (
    select * from of_all
    qualify rank() over (partition by survey_id, round_id, question_id order by n_hidden asc, unit desc) = 1
),

rounds as (
    select * from {{ ref('dim_round').include(database=false) }}
),

questions as (
    select * from {{ ref('dim_question').include(database=false) }}
),

answers as (
    select * from {{ ref('dim_answer').include(database=false) }}
)

select
    results.survey_id,
    results.round_id,
    results.question_id,
    results.level,
    results.answer_code,
    results.unit,
    rounds.title_fi as round_fi,
    rounds.title_sv as round_sv,
    rounds.title_en as round_en,
    questions.label_fi as question_fi,
    questions.label_sv as question_sv,
    questions.label_en as question_en,
    answers.label_fi as answer_fi,
    answers.label_sv as answer_sv,
    answers.label_en as answer_en,
    results.is_synthetic,
    questions.sort_order as question_order,
    answers.sort_order as answer_order,
    results.n,
    results.base_n,
    results.share,
    results.pct,
    results.pct_sum100,
    results.weighted_share,
    results.ci_low,
    results.ci_high,
    results.ci_low_counts,
    results.ci_high_counts,
    results.is_reliable,
    results.is_reliable_for_frame,
    results.cell_status
from results
inner join rounds on results.round_key = rounds.round_key
inner join questions on results.question_key = questions.question_key
inner join answers on results.answer_key = answers.answer_key
