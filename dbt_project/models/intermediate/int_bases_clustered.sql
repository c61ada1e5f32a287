-- Municipality by municipality: how many units answered a question. Its inhabitants are a unit too: they live in a
-- municipality that answered. So are the weights of its responses, where the provider gave any, in millionths.
with answers as (
    select * from {{ ref('int_answers_grouped') }}
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
        min(cluster_code) as cluster_code,
        count(distinct unit_id) as base_n
    from answers
    group by survey_id, round_id, question_id, unit, breakdown, breakdown_id, municipality_code
),

weighted as (
    select distinct
        answers.survey_id,
        answers.round_id,
        answers.question_id,
        answers.breakdown,
        answers.breakdown_id,
        answers.municipality_code,
        answers.cluster_code,
        answers.unit_id,
        weights.millionths
    from answers
    inner join {{ ref('int_responses_weighed') }} as weights
        on
            answers.survey_id = weights.survey_id
            and answers.round_id = weights.round_id
            and answers.unit_id = weights.response_id
    where answers.unit = 'response'
)

select * from counted
union all
select counted.* replace ('inhabitant' as unit, frame.population as base_n)
from counted
inner join {{ ref('int_frame_classified') }} as frame
    on
        counted.survey_id = frame.survey_id
        and counted.round_id = frame.round_id
        and counted.municipality_code = frame.municipality_code
        and frame.population > 0
where counted.unit = 'municipality'
union all
select
    survey_id,
    round_id,
    question_id,
    'weighted_response' as unit,
    breakdown,
    breakdown_id,
    municipality_code,
    min(cluster_code) as cluster_code,
    cast(sum(millionths) as bigint) as base_n
from weighted
group by survey_id, round_id, question_id, breakdown, breakdown_id, municipality_code
