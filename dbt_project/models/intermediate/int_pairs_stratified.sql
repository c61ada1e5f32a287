-- The stratum of each municipality that answered a question in either round of a pair: its size class in the later one,
-- or in the earlier where the later frame lacks it. Classes join their neighbour as in int_strata_collapsed.
with pairs as (
    select * from {{ ref('int_pairs_to_build') }}
),

clustered as (
    select * from {{ ref('int_changes_clustered') }}
    where unit = 'municipality' and breakdown = 'all' and answer_level = 'base'
),

frame as (
    select * from {{ ref('int_frame_broken_down') }}
    where breakdown = 'size_class'
),

size_classes as (
    select * from {{ ref('stg_codebook__size_classes') }}
),

classified as (
    select
        clustered.survey_id,
        clustered.round_id,
        clustered.question_id,
        clustered.municipality_code,
        coalesce(size_classes.sort_order, 0) as class_order
    from clustered
    inner join pairs
        on
            clustered.survey_id = pairs.survey_id
            and clustered.round_id = pairs.round_id
            and clustered.question_id = pairs.question_id
    left join frame as later
        on
            pairs.survey_id = later.survey_id
            and pairs.frame_round_id = later.round_id
            and clustered.municipality_code = later.municipality_code
    left join frame as earlier
        on
            pairs.survey_id = earlier.survey_id
            and pairs.earlier_frame_round_id = earlier.round_id
            and clustered.municipality_code = earlier.municipality_code
    left join size_classes
        on
            clustered.survey_id = size_classes.survey_id
            and coalesce(later.breakdown_id, earlier.breakdown_id) = size_classes.size_class_id
),

counted as (
    select
        survey_id,
        round_id,
        question_id,
        class_order,
        count(*) as n_clusters
    from classified
    group by survey_id, round_id, question_id, class_order
),

placed as (
    select
        *,
        {{ nearest_that('n_clusters >= ' ~ var('least_clusters'), 'class_order', 'survey_id, round_id, question_id') }}
            as stratum
    from counted
)

select
    classified.survey_id,
    classified.round_id,
    classified.question_id,
    classified.municipality_code,
    placed.stratum,
    count(*) over (
        partition by classified.survey_id, classified.round_id, classified.question_id, placed.stratum
    ) as n_clusters
from classified
inner join placed
    on
        classified.survey_id = placed.survey_id
        and classified.round_id = placed.round_id
        and classified.question_id = placed.question_id
        and classified.class_order = placed.class_order
