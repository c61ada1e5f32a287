-- Municipality by municipality: how many units answered a question. Its inhabitants are a unit too: they live in a
-- municipality that answered. So are the weights of its responses, where the provider gave any, in millionths.
with answers as (
    select
        survey_id,
        round_id,
        question_id,
        unit,
        breakdown,
        breakdown_id,
        municipality_code,
        cluster_code,
        n as base_n
    from {{ ref('int_answers_grouped') }}
    where answer_level = 'base' and {{ is_built_now() }}
),

frame as (
    select * from {{ ref('int_frame_classified') }}
)

select * from answers
union all
select
    answers.survey_id,
    answers.round_id,
    answers.question_id,
    'inhabitant' as unit,
    answers.breakdown,
    answers.breakdown_id,
    answers.municipality_code,
    answers.cluster_code,
    frame.population as base_n
from answers
inner join frame
    on
        answers.survey_id = frame.survey_id
        and answers.round_id = frame.round_id
        and answers.municipality_code = frame.municipality_code
        and frame.population > 0
where answers.unit = 'municipality'
