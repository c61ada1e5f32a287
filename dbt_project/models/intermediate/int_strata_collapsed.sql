-- The stratum of each municipality of the frame for a question: its size class, in the whole frame and in each area
-- that it lies in. A class in which fewer than two answered says nothing of the spread within it: it joins the nearest
-- smaller class that does, or else the next larger. Municipalities whose population is unknown stand as a class below
-- the smallest.
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
),

classified as (
    select
        frame.*,
        coalesce(size_classes.sort_order, 0) as class_order
    from frame
    inner join municipalities
        on
            frame.survey_id = municipalities.survey_id
            and frame.round_id = municipalities.round_id
            and frame.municipality_code = municipalities.municipality_code
    left join size_classes
        on
            municipalities.survey_id = size_classes.survey_id
            and municipalities.size_class_id = size_classes.size_class_id
),

classes as (
    select
        classified.survey_id,
        classified.round_id,
        questions.question_id,
        classified.breakdown,
        classified.breakdown_id,
        classified.class_order,
        count(*) as n_frame,
        count(answered.municipality_code) as n_clusters
    from classified
    inner join questions
        on classified.survey_id = questions.survey_id and classified.round_id = questions.round_id
    left join answered
        on
            questions.survey_id = answered.survey_id
            and questions.round_id = answered.round_id
            and questions.question_id = answered.question_id
            and classified.municipality_code = answered.municipality_code
    group by
        classified.survey_id, classified.round_id, questions.question_id, classified.breakdown,
        classified.breakdown_id, classified.class_order
),

placed as (
    select
        *,
        {{ nearest_that('n_clusters >= ' ~ var('least_clusters'), 'class_order',
            'survey_id, round_id, question_id, breakdown, breakdown_id') }} as stratum
    from classes
),

strata as (
    select
        survey_id,
        round_id,
        question_id,
        breakdown,
        breakdown_id,
        stratum,
        sum(n_frame) as n_frame,
        sum(n_clusters) as n_clusters
    from placed
    group by survey_id, round_id, question_id, breakdown, breakdown_id, stratum
)

select
    strata.survey_id,
    strata.round_id,
    strata.question_id,
    strata.breakdown,
    classified.municipality_code,
    strata.stratum,
    cast(strata.n_frame as bigint) as n_frame,
    cast(strata.n_clusters as bigint) as n_clusters,
    strata.n_frame / cast(strata.n_clusters as double) as weight
from placed
inner join strata
    on
        placed.survey_id = strata.survey_id
        and placed.round_id = strata.round_id
        and placed.question_id = strata.question_id
        and placed.breakdown = strata.breakdown
        and placed.breakdown_id = strata.breakdown_id
        and placed.stratum = strata.stratum
inner join classified
    on
        placed.survey_id = classified.survey_id
        and placed.round_id = classified.round_id
        and placed.breakdown = classified.breakdown
        and placed.breakdown_id = classified.breakdown_id
        and placed.class_order = classified.class_order
where strata.n_clusters > 0
