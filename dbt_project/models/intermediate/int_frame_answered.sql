-- Each municipality of the frame for a question, in the whole frame and in each area that it lies in: its size class,
-- and what answered for it, if anybody did. Municipalities whose population is unknown stand as a class below the
-- smallest.
with frame as (
    select * from {{ ref('int_frame_broken_down') }}
    where breakdown = strata_of
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
inner join questions using (survey_id, round_id)
inner join {{ ref('int_frame_classified') }} using (survey_id, round_id, municipality_code)
left join {{ ref('stg_codebook__size_classes') }} as size_classes using (survey_id, size_class_id)
left join answered using (survey_id, round_id, question_id, municipality_code)
