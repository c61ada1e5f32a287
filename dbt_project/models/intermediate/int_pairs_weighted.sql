-- What each municipality weighs for a question in the later and in the earlier round of a pair, if it answered: those
-- of its size class in the frame that the round is told on, over those of them that answered. Classes join their
-- neighbour as in int_strata_collapsed.
with pairs as (
    select * from {{ ref('int_pairs_to_build') }}
),

frame as (
    select * from {{ ref('int_frame_broken_down') }}
),

clustered as (
    select * from {{ ref('int_changes_clustered') }}
    where unit = 'municipality' and breakdown = 'all' and answer_level = 'base'
),

sides as (
    select
        survey_id,
        round_id,
        question_id,
        frame_round_id as side_frame_round_id,
        true as is_later
    from pairs
    union all
    select
        survey_id,
        round_id,
        question_id,
        earlier_frame_round_id as side_frame_round_id,
        false as is_later
    from pairs
),

classified as (
    select
        sides.survey_id,
        sides.round_id,
        sides.question_id,
        sides.is_later,
        everyone.municipality_code,
        coalesce(size_classes.sort_order, 0) as class_order,
        case when case when sides.is_later then clustered.n else clustered.earlier_n end > 0 then 1 else 0 end
            as n_clusters
    from sides
    inner join frame as everyone
        on
            sides.survey_id = everyone.survey_id
            and sides.side_frame_round_id = everyone.round_id
            and everyone.breakdown = 'all'
    left join frame as classes
        on
            everyone.survey_id = classes.survey_id
            and everyone.round_id = classes.round_id
            and everyone.municipality_code = classes.municipality_code
            and classes.breakdown = 'size_class'
    left join {{ ref('stg_codebook__size_classes') }} as size_classes
        on classes.survey_id = size_classes.survey_id and classes.breakdown_id = size_classes.size_class_id
    left join clustered
        on
            sides.survey_id = clustered.survey_id
            and sides.round_id = clustered.round_id
            and sides.question_id = clustered.question_id
            and everyone.municipality_code = clustered.municipality_code
),

counted as (
    select
        *,
        sum(n_clusters) over (
            partition by survey_id, round_id, question_id, is_later, class_order
        ) as n_clusters_of_class
    from classified
),

placed as (
    select
        *,
        {{ nearest_that('n_clusters_of_class >= ' ~ var('least_clusters'), 'class_order',
            'survey_id, round_id, question_id, is_later') }} as stratum
    from counted
)

select
    survey_id,
    round_id,
    question_id,
    is_later,
    municipality_code,
    class_order,
    count(*) over strata / cast(nullif(sum(n_clusters) over strata, 0) as double) as weight
from placed
window strata as (partition by survey_id, round_id, question_id, is_later, stratum)
