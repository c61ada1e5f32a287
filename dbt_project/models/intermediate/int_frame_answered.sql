-- Each municipality of the frame for a question, in the whole frame and in each area that it lies in: its size class,
-- and what answered for it, if anybody did. Municipalities whose population is unknown stand as a class below the
-- smallest.
with frame as (
    select * from {{ ref('int_frame_broken_down') }}
    where breakdown = strata_of
),

municipalities as (
    select * from {{ ref('int_frame_classified') }}
),

size_classes as (
    select * from {{ ref('stg_codebook__size_classes') }}
),

answered as (
    select * from {{ ref('int_bases_clustered') }}
    where unit = 'municipality' and breakdown = 'all'
),

questions as (
    select distinct
        survey_id,
        round_id,
        question_id
    from answered
)

select
    frame.survey_id,
    frame.round_id,
    questions.question_id,
    frame.breakdown,
    frame.breakdown_id,
    frame.municipality_code,
    coalesce(size_classes.sort_order, 0) as class_order,
    answered.cluster_code
from frame
inner join questions
    on frame.survey_id = questions.survey_id and frame.round_id = questions.round_id
inner join municipalities
    on
        frame.survey_id = municipalities.survey_id
        and frame.round_id = municipalities.round_id
        and frame.municipality_code = municipalities.municipality_code
left join size_classes
    on
        municipalities.survey_id = size_classes.survey_id
        and municipalities.size_class_id = size_classes.size_class_id
left join answered
    on
        questions.survey_id = answered.survey_id
        and questions.round_id = answered.round_id
        and questions.question_id = answered.question_id
        and frame.municipality_code = answered.municipality_code
