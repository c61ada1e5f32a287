-- Municipality by municipality: how many units answered a question. Its inhabitants are a unit too: they live in a
-- municipality that answered.
with answers as (
    select * from {{ ref('int_answers_grouped') }}
),

frame as (
    select * from {{ ref('int_frame_classified') }}
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
)

select * from counted
union all
select counted.* replace ('inhabitant' as unit, frame.population as base_n)
from counted
inner join frame
    on
        counted.survey_id = frame.survey_id
        and counted.round_id = frame.round_id
        and counted.municipality_code = frame.municipality_code
        and frame.population > 0
where counted.unit = 'municipality'
