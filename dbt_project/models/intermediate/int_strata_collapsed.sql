-- The stratum of each municipality of the frame for a question: its size class, in the whole frame and in each area
-- that it lies in. A class with fewer than two clusters says nothing of the spread within it: it joins the nearest
-- smaller class that does, or else the next larger. Those that share the answer of a joint authority are one cluster,
-- but each is a municipality that was answered for.
with frame as (
    select * from {{ ref('int_frame_answered') }}
),

classes as (
    select
        survey_id,
        round_id,
        question_id,
        breakdown,
        breakdown_id,
        class_order,
        count(distinct cluster_code) as n_clusters
    from frame
    group by survey_id, round_id, question_id, breakdown, breakdown_id, class_order
),

placed as (
    select
        *,
        {{ nearest_that('n_clusters >= ' ~ var('least_clusters'), 'class_order',
            'survey_id, round_id, question_id, breakdown, breakdown_id') }} as stratum
    from classes
),

stratified as (
    select
        frame.*,
        placed.stratum
    from frame
    inner join placed using (survey_id, round_id, question_id, breakdown, breakdown_id, class_order)
),

strata as (
    select
        survey_id,
        round_id,
        question_id,
        breakdown,
        breakdown_id,
        stratum,
        count(*) as n_frame,
        count(cluster_code) as n_municipalities,
        count(distinct cluster_code) as n_clusters
    from stratified
    group by survey_id, round_id, question_id, breakdown, breakdown_id, stratum
)

select
    stratified.survey_id,
    stratified.round_id,
    stratified.question_id,
    stratified.breakdown,
    stratified.municipality_code,
    stratified.stratum,
    strata.n_frame,
    strata.n_clusters,
    strata.n_municipalities,
    strata.n_frame / cast(strata.n_municipalities as double) as weight
from stratified
inner join strata using (survey_id, round_id, question_id, breakdown, breakdown_id, stratum)
where strata.n_municipalities > 0
