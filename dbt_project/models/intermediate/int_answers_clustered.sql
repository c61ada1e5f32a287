-- Municipality by municipality: how many units gave an answer, beside how many answered the question. All inhabitants
-- of a municipality count for the answer of their municipality; a response that its provider weighs, by its weight too.
with answers as (
    select * from {{ ref('int_answers_grouped') }}
),

given as (
    select
        answers.*,
        levels.answer_level,
        levels.answer_code
    from answers
    inner join {{ ref('int_answer_levels') }} as levels
        on
            answers.survey_id = levels.survey_id
            and answers.question_id = levels.question_id
            and answers.code = levels.option_code
    union all
    select
        answers.*,
        'system' as answer_level,
        answers.code as answer_code
    from answers
    where answers.question_type = 'system'
),

weighted as (
    select distinct
        given.survey_id,
        given.round_id,
        given.question_id,
        given.breakdown,
        given.breakdown_id,
        given.municipality_code,
        given.answer_level,
        given.answer_code,
        given.unit_id,
        weights.millionths
    from given
    inner join {{ ref('int_responses_weighed') }} as weights
        on
            given.survey_id = weights.survey_id
            and given.round_id = weights.round_id
            and given.unit_id = weights.response_id
    where given.unit = 'response'
),

counted as (
    select
        survey_id,
        round_id,
        question_id,
        unit,
        breakdown,
        breakdown_id,
        municipality_code,
        answer_level,
        answer_code,
        count(distinct unit_id) as n
    from given
    group by
        survey_id, round_id, question_id, unit, breakdown, breakdown_id, municipality_code, answer_level, answer_code
    union all
    select
        survey_id,
        round_id,
        question_id,
        'weighted_response' as unit,
        breakdown,
        breakdown_id,
        municipality_code,
        answer_level,
        answer_code,
        cast(sum(millionths) as bigint) as n
    from weighted
    group by survey_id, round_id, question_id, breakdown, breakdown_id, municipality_code, answer_level, answer_code
)

select
    counted.survey_id,
    counted.round_id,
    counted.question_id,
    bases.unit,
    counted.breakdown,
    counted.breakdown_id,
    counted.municipality_code,
    bases.cluster_code,
    counted.answer_level,
    counted.answer_code,
    case when bases.unit = 'inhabitant' then bases.base_n else counted.n end as n,
    bases.base_n
from counted
inner join {{ ref('int_bases_clustered') }} as bases
    on
        counted.survey_id = bases.survey_id
        and counted.round_id = bases.round_id
        and counted.question_id = bases.question_id
        and counted.breakdown = bases.breakdown
        and counted.breakdown_id = bases.breakdown_id
        and counted.municipality_code = bases.municipality_code
        and (counted.unit = bases.unit or (counted.unit = 'municipality' and bases.unit = 'inhabitant'))
