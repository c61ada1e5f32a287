-- The whole grid of a round's closed questions, zeros included: every answer in every row of every breakdown, rounded.
with questions as (
    select * from {{ ref('int_questions_in_round') }}
),

cube as (
    select * from {{ ref('int_answer_cube') }}
),

units as (
    select distinct
        questions.survey_id,
        questions.round_id,
        units_of_analysis.unit
    from questions
    cross join (values ('response'), ('municipality'), ('inhabitant')) as units_of_analysis (unit)
    union all
    select distinct
        survey_id,
        round_id,
        'weighted_response' as unit
    from {{ ref('int_responses_weighed') }}
),

-- What can be answered: by the codebook, and every system that somebody named.
answers as (
    select
        questions.survey_id,
        questions.round_id,
        questions.question_id,
        levels.answer_level,
        levels.answer_code,
        min(levels.sort_order) as sort_order,
        questions.is_asked and {{ any_true('not_offered.part is null') }} as is_asked
    from questions
    inner join {{ ref('int_answer_levels') }} as levels using (survey_id, question_id)
    left join {{ ref('stg_codebook__not_offered') }} as not_offered
        on
            questions.survey_id = not_offered.survey_id
            and questions.round_id = not_offered.round_id
            and questions.question_id = not_offered.question_id
            and levels.option_code = not_offered.part
    where not levels.is_missing
    group by
        questions.survey_id, questions.round_id, questions.question_id, questions.is_asked, levels.answer_level,
        levels.answer_code
    union all
    select distinct
        survey_id,
        round_id,
        question_id,
        answer_level,
        answer_code,
        0 as sort_order,
        true as is_asked
    from cube
    where answer_level = 'system'
),

cells as (
    select
        questions.survey_id,
        questions.round_id,
        questions.is_synthetic,
        questions.question_id,
        questions.question_type,
        answers.is_asked,
        units.unit,
        breakdowns.breakdown,
        breakdowns.breakdown_id,
        breakdowns.is_of_municipality,
        answers.answer_level,
        answers.answer_code,
        answers.sort_order,
        case when answers.is_asked then coalesce(cube.n, 0) end as n,
        case when answers.is_asked then coalesce(bases.base_n, 0) end as base_n,
        case when answers.is_asked and units.unit = 'municipality' then coalesce(conflicts.n_conflicts, 0) end
            as n_conflicts,
        coalesce(cube.weighted_n, 0) as weighted_n,
        coalesce(cube.squares, 0) as squares,
        coalesce(cube.squares_fpc, 0) as squares_fpc,
        coalesce(cube.products, 0) as products,
        coalesce(cube.products_fpc, 0) as products_fpc
    from questions
    inner join answers using (survey_id, round_id, question_id)
    inner join units using (survey_id, round_id)
    inner join {{ ref('int_breakdowns_in_round') }} as breakdowns
        on
            questions.survey_id = breakdowns.survey_id
            and questions.round_id = breakdowns.round_id
            and (units.unit in ('response', 'weighted_response') or breakdowns.has_municipalities)
    left join cube using (survey_id, round_id, question_id, unit, breakdown, breakdown_id, answer_level, answer_code)
    left join {{ ref('int_answer_bases') }} as bases
        using (survey_id, round_id, question_id, unit, breakdown, breakdown_id)
    left join {{ ref('int_conflicts_counted') }} as conflicts
        using (survey_id, round_id, question_id, breakdown, breakdown_id)
)

select
    survey_id,
    round_id,
    is_synthetic,
    question_id,
    question_type,
    unit,
    breakdown,
    breakdown_id,
    answer_level,
    answer_code,
    n,
    base_n,
    {{ share('n', 'base_n') }} as share,
    cast({{ pct_half_up('n', 'base_n') }} as integer) as pct,
    case
        when question_type = 'select_one' and unit <> 'inhabitant'
            then
                cast({{ pct_largest_remainder(
                    'n', 'base_n',
                    'survey_id, round_id, question_id, unit, breakdown, breakdown_id, answer_level',
                    'sort_order, answer_code'
                ) }} as integer)
    end as pct_sum100,
    case
        when not is_asked then 'not_asked'
        when n = 0 then 'zero'
        else 'shown'
    end as cell_status,
    n_conflicts,
    is_of_municipality,
    weighted_n,
    squares,
    squares_fpc,
    products,
    products_fpc
from cells
