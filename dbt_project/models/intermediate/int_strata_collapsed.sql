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
        bases.cluster_code,
        classified.class_order
    from {{ ref('int_bases_clustered') }} as bases
    inner join classified
        on
            bases.survey_id = classified.survey_id
            and bases.round_id = classified.round_id
            and bases.municipality_code = classified.municipality_code
    where bases.unit = 'municipality' and bases.breakdown = 'all'
),

counted as (
    select
        survey_id,
        round_id,
        question_id,
        class_order,
        count(*) as n_municipalities,
        count(distinct cluster_code) as n_clusters
    from answered
    group by survey_id, round_id, question_id, class_order
),

questions as (
    select distinct
        survey_id,
        round_id,
        question_id
    from counted
),

placed as (
    select
        questions.survey_id,
        questions.round_id,
        questions.question_id,
        classes.class_order,
        classes.n_frame,
        coalesce(counted.n_municipalities, 0) as n_municipalities,
        {{ nearest_that('coalesce(counted.n_clusters, 0) >= ' ~ var('least_clusters'), 'classes.class_order',
            'questions.survey_id, questions.round_id, questions.question_id') }} as stratum
    from questions
    inner join classes
        on questions.survey_id = classes.survey_id and questions.round_id = classes.round_id
    left join counted
        on
            questions.survey_id = counted.survey_id
            and questions.round_id = counted.round_id
            and questions.question_id = counted.question_id
            and classes.class_order = counted.class_order
),

strata as (
    select
        survey_id,
        round_id,
        question_id,
        stratum,
        sum(n_frame) as n_frame,
        sum(n_municipalities) as n_municipalities
    from placed
    group by survey_id, round_id, question_id, stratum
),

-- Those that share the answer of a joint authority are one cluster of the stratum.
clusters as (
    select
        placed.survey_id,
        placed.round_id,
        placed.question_id,
        placed.stratum,
        count(distinct answered.cluster_code) as n_clusters
    from placed
    inner join answered
        on
            placed.survey_id = answered.survey_id
            and placed.round_id = answered.round_id
            and placed.question_id = answered.question_id
            and placed.class_order = answered.class_order
    group by placed.survey_id, placed.round_id, placed.question_id, placed.stratum
)

select
    strata.survey_id,
    strata.round_id,
    strata.question_id,
    classified.municipality_code,
    strata.stratum,
    cast(strata.n_frame as bigint) as n_frame,
    clusters.n_clusters,
    cast(strata.n_municipalities as bigint) as n_municipalities,
    strata.n_frame / cast(strata.n_municipalities as double) as weight
from placed
inner join strata
    on
        placed.survey_id = strata.survey_id
        and placed.round_id = strata.round_id
        and placed.question_id = strata.question_id
        and placed.stratum = strata.stratum
inner join clusters
    on
        strata.survey_id = clusters.survey_id
        and strata.round_id = clusters.round_id
        and strata.question_id = clusters.question_id
        and strata.stratum = clusters.stratum
inner join classified
    on
        placed.survey_id = classified.survey_id
        and placed.round_id = classified.round_id
        and placed.class_order = classified.class_order
