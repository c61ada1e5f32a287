-- The stratum of each municipality that answered a question in either round of a pair: its size class in the later one,
-- or in the earlier where the later frame lacks it. Classes join their neighbour as in int_strata_collapsed. In a round
-- whose frame lacks it a municipality weighs nothing.
with clustered as (
    select * from {{ ref('int_changes_clustered') }}
    where unit = 'municipality' and breakdown = 'all' and answer_level = 'base'
),

weighted as (
    select * from {{ ref('int_pairs_weighted') }}
),

classified as (
    select
        clustered.survey_id,
        clustered.round_id,
        clustered.question_id,
        clustered.municipality_code,
        coalesce(nullif(later.class_order, 0), earlier.class_order, 0) as class_order,
        coalesce(later.weight, 0) as weight,
        coalesce(earlier.weight, 0) as earlier_weight
    from clustered
    left join weighted as later
        on
            clustered.survey_id = later.survey_id
            and clustered.round_id = later.round_id
            and clustered.question_id = later.question_id
            and clustered.municipality_code = later.municipality_code
            and later.is_later
    left join weighted as earlier
        on
            clustered.survey_id = earlier.survey_id
            and clustered.round_id = earlier.round_id
            and clustered.question_id = earlier.question_id
            and clustered.municipality_code = earlier.municipality_code
            and not earlier.is_later
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
    classified.weight,
    classified.earlier_weight,
    placed.stratum,
    count(*) over (
        partition by classified.survey_id, classified.round_id, classified.question_id, placed.stratum
    ) as n_clusters
from classified
inner join placed using (survey_id, round_id, question_id, class_order)
