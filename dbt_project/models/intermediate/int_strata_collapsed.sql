-- The stratum of each municipality of the frame for a question: its size class. A class in which fewer than two
-- answered says nothing of the spread within it: it joins the nearest smaller class that does, or else the next larger.
-- Municipalities whose population is unknown stand as a class below the smallest.
with frame as (
    select * from {{ ref('int_frame_classified') }}
),

size_classes as (
    select * from {{ ref('stg_codebook__size_classes') }}
),

classified as (
    select
        frame.survey_id,
        frame.round_id,
        frame.municipality_code,
        coalesce(size_classes.sort_order, 0) as class_order
    from frame
    left join size_classes
        on frame.survey_id = size_classes.survey_id and frame.size_class_id = size_classes.size_class_id
),

classes as (
    select
        survey_id,
        round_id,
        class_order,
        count(*) as n_frame
    from classified
    group by survey_id, round_id, class_order
),

answered as (
    select
        bases.survey_id,
        bases.round_id,
        bases.question_id,
        classified.class_order,
        count(*) as n_clusters
    from {{ ref('int_bases_clustered') }} as bases
    inner join classified
        on
            bases.survey_id = classified.survey_id
            and bases.round_id = classified.round_id
            and bases.municipality_code = classified.municipality_code
    where bases.unit = 'municipality' and bases.breakdown = 'all'
    group by bases.survey_id, bases.round_id, bases.question_id, classified.class_order
),

questions as (
    select distinct
        survey_id,
        round_id,
        question_id
    from answered
),

placed as (
    select
        questions.survey_id,
        questions.round_id,
        questions.question_id,
        classes.class_order,
        classes.n_frame,
        coalesce(answered.n_clusters, 0) as n_clusters,
        {{ nearest_that('coalesce(answered.n_clusters, 0) >= ' ~ var('least_clusters'), 'classes.class_order',
            'questions.survey_id, questions.round_id, questions.question_id') }} as stratum
    from questions
    inner join classes
        on questions.survey_id = classes.survey_id and questions.round_id = classes.round_id
    left join answered
        on
            questions.survey_id = answered.survey_id
            and questions.round_id = answered.round_id
            and questions.question_id = answered.question_id
            and classes.class_order = answered.class_order
),

strata as (
    select
        survey_id,
        round_id,
        question_id,
        stratum,
        sum(n_frame) as n_frame,
        sum(n_clusters) as n_clusters
    from placed
    group by survey_id, round_id, question_id, stratum
)

select
    strata.survey_id,
    strata.round_id,
    strata.question_id,
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
        and placed.stratum = strata.stratum
inner join classified
    on
        placed.survey_id = classified.survey_id
        and placed.round_id = classified.round_id
        and placed.class_order = classified.class_order
