-- What the variance of a change is made of, stratum by stratum: sums over municipalities of answers (n) and bases of
-- both rounds, and of their products. Products of the two rounds carry the covariance of municipalities in both. Those
-- that weigh otherwise are summed apart, so that sums are of whole numbers. In areas, which have no weighted change,
-- they weigh nothing.
with answers as (
    select distinct
        survey_id,
        question_id,
        answer_level,
        answer_code
    from {{ ref('int_answer_levels') }}
    where not is_missing
),

-- A municipality that did not give an answer counts for its change all the same, by its base.
cells as (
    select
        bases.survey_id,
        bases.round_id,
        bases.earlier_round_id,
        bases.question_id,
        bases.unit,
        bases.breakdown,
        bases.breakdown_id,
        bases.municipality_code,
        answers.answer_level,
        answers.answer_code,
        strata.stratum,
        strata.n_clusters,
        strata.weight,
        strata.earlier_weight,
        coalesce(given.n, 0) as n,
        bases.n as base_n,
        coalesce(given.earlier_n, 0) as earlier_n,
        bases.earlier_n as earlier_base_n
    from {{ ref('int_changes_clustered') }} as bases
    inner join answers using (survey_id, question_id)
    inner join {{ ref('int_pairs_stratified') }} as strata using (survey_id, round_id, question_id, municipality_code)
    left join {{ ref('int_changes_clustered') }} as given
        on
            bases.survey_id = given.survey_id
            and bases.round_id = given.round_id
            and bases.question_id = given.question_id
            and bases.unit = given.unit
            and bases.breakdown = given.breakdown
            and bases.breakdown_id = given.breakdown_id
            and bases.municipality_code = given.municipality_code
            and answers.answer_level = given.answer_level
            and answers.answer_code = given.answer_code
    where bases.answer_level = 'base'
),

-- Where a municipality is in the frame of each round: its size class may be another in the earlier one. In the row of
-- all it is in both.
placed_rounds as (
    select distinct
        pairs.survey_id,
        pairs.round_id,
        pairs.earlier_round_id,
        pairs.frame_round_id,
        pairs.earlier_frame_round_id
    from {{ ref('int_pairs_to_build') }} as pairs
),

places as (
    select
        rounds.survey_id,
        rounds.round_id,
        rounds.earlier_round_id,
        frame.municipality_code,
        frame.breakdown,
        frame.breakdown_id,
        case when frame.breakdown in ('all', 'size_class', 'size_class_group') then 1 else 0 end as is_weighted,
        max(case when frame.breakdown = 'all' or frame.round_id = rounds.frame_round_id then 1 else 0 end) as is_later,
        max(case when frame.breakdown = 'all' or frame.round_id = rounds.earlier_frame_round_id then 1 else 0 end)
            as is_earlier
    from placed_rounds as rounds
    inner join {{ ref('int_frame_broken_down') }} as frame
        on
            rounds.survey_id = frame.survey_id
            and frame.round_id in (rounds.frame_round_id, rounds.earlier_frame_round_id)
    group by
        rounds.survey_id, rounds.round_id, rounds.earlier_round_id, frame.municipality_code, frame.breakdown,
        frame.breakdown_id
),

placed as (
    select
        cells.survey_id,
        cells.round_id,
        cells.earlier_round_id,
        cells.question_id,
        cells.unit,
        coalesce(places.breakdown, cells.breakdown) as breakdown,
        coalesce(places.breakdown_id, cells.breakdown_id) as breakdown_id,
        cells.answer_level,
        cells.answer_code,
        cells.stratum,
        cells.n_clusters,
        cells.weight * coalesce(places.is_weighted, 1) as weight,
        cells.earlier_weight * coalesce(places.is_weighted, 1) as earlier_weight,
        cells.n * coalesce(places.is_later, 1) as n,
        cells.base_n * coalesce(places.is_later, 1) as base_n,
        cells.earlier_n * coalesce(places.is_earlier, 1) as earlier_n,
        cells.earlier_base_n * coalesce(places.is_earlier, 1) as earlier_base_n
    from cells
    left join places
        on
            cells.survey_id = places.survey_id
            and cells.round_id = places.round_id
            and cells.earlier_round_id = places.earlier_round_id
            and case when cells.breakdown = 'all' then cells.municipality_code end = places.municipality_code
)

select
    survey_id,
    round_id,
    earlier_round_id,
    question_id,
    unit,
    breakdown,
    breakdown_id,
    answer_level,
    answer_code,
    stratum,
    n_clusters as n_clusters_of_stratum,
    weight,
    earlier_weight,
    count(*) as n_clusters,
    cast(sum(n) as bigint) as n,
    cast(sum(base_n) as bigint) as base_n,
    cast(sum(earlier_n) as bigint) as earlier_n,
    cast(sum(earlier_base_n) as bigint) as earlier_base_n,
    sum({{ product('n', 'n') }}) as n_squared,
    sum({{ product('n', 'base_n') }}) as n_times_base,
    sum({{ product('base_n', 'base_n') }}) as base_squared,
    sum({{ product('earlier_n', 'earlier_n') }}) as earlier_n_squared,
    sum({{ product('earlier_n', 'earlier_base_n') }}) as earlier_n_times_base,
    sum({{ product('earlier_base_n', 'earlier_base_n') }}) as earlier_base_squared,
    sum({{ product('n', 'earlier_n') }}) as n_times_earlier_n,
    sum({{ product('n', 'earlier_base_n') }}) as n_times_earlier_base,
    sum({{ product('base_n', 'earlier_n') }}) as base_times_earlier_n,
    sum({{ product('base_n', 'earlier_base_n') }}) as base_times_earlier_base,
    -- Municipalities in both rounds, and those of them whose answer came or went.
    cast(sum(case when base_n > 0 and earlier_base_n > 0 then 1 else 0 end) as bigint) as n_paired,
    cast(sum(case when earlier_base_n > 0 and base_n > 0 and n > earlier_n then 1 else 0 end) as bigint) as n_came,
    cast(sum(case when earlier_base_n > 0 and base_n > 0 and n < earlier_n then 1 else 0 end) as bigint) as n_went
from placed
where base_n + earlier_base_n > 0
group by
    survey_id, round_id, earlier_round_id, question_id, unit, breakdown, breakdown_id, answer_level, answer_code,
    stratum, n_clusters, weight, earlier_weight
