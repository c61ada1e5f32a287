-- What a share says of all municipalities: weighted by size class, with its error and intervals. Superpopulation: what
-- the same process would give elsewhere or next year; fpc: what the whole frame would have answered. A row of an area,
-- a frame of its own, is one that has an n_frame.
with weighted as (
    select
        shares.*,
        surveys.small_base,
        surveys.half_width,
        bases.n_clusters,
        bases.n_frame,
        bases.n_municipalities,
        bases.weighted_base,
        coalesce(bases.largest_weight / bases.weighted_base > {{ var('dominance') }}, false) as is_dominated,
        case
            when shares.n = shares.base_n and shares.n > 0 then 1
            else shares.weighted_n / bases.weighted_base
        end as weighted_share,
        power(bases.weighted_base, 2) / bases.weights_squared as kish_n,
        bases.weights_squared_fpc / bases.weights_squared as kish_fpc,
        bases.squares as base_squares,
        bases.squares_fpc as base_squares_fpc,
        quantiles.t_975 as quantile,
        case when shares.unit = 'response' then shares.base_n else bases.n_clusters end as most_units,
        case when shares.unit in ('response', 'municipality') then shares.base_n else bases.n_municipalities end
            as n_observed
    from {{ ref('int_answer_shares') }} as shares
    inner join {{ ref('stg_codebook__surveys') }} as surveys using (survey_id)
    left join {{ ref('int_answer_bases') }} as bases
        using (survey_id, round_id, question_id, unit, breakdown, breakdown_id)
    left join {{ ref('t_quantiles') }} as quantiles
        on quantiles.df = {{ degrees_of_freedom('bases.n_clusters', 'bases.n_strata') }}
),

varied as (
    select
        *,
        case
            when n_clusters > 1
                then {{ ratio_variance('weighted_share', 'weighted_base', 'squares', 'products', 'base_squares') }}
        end as variance,
        case
            when n_clusters > 1
                then {{ ratio_variance(
                    'weighted_share', 'weighted_base', 'squares_fpc', 'products_fpc', 'base_squares_fpc'
                ) }}
        end as variance_fpc
    from weighted
),

-- The number of units of a simple random sample with the same error. Where the answers do not differ they show no
-- error: there it is Kish's, by the weights alone. Never more than answered apart. In an area those that did not
-- answer may all be in strata whose answers do not differ: no less is open than by the weights.
sized as (
    select
        *,
        case
            when variance > 0 and n_frame is null then variance_fpc / variance
            when variance > 0 then greatest(variance_fpc / variance, kish_fpc)
            else kish_fpc
        end as part_open,
        least(
            case
                when variance > 0 and n < base_n then weighted_share * (1 - weighted_share) / variance
                else kish_n
            end,
            most_units
        ) as effective_n
    from varied
),

bounded as (
    select
        *,
        {{ wilson_low('weighted_share', 'effective_n', 'quantile') }} as low,
        {{ wilson_high('weighted_share', 'effective_n', 'quantile') }} as high,
        {{ wilson_low('weighted_share', '(effective_n / nullif(part_open, 0))', 'quantile') }} as low_fpc,
        {{ wilson_high('weighted_share', '(effective_n / nullif(part_open, 0))', 'quantile') }} as high_fpc
    from sized
),

-- Where all were answered for nothing is open. One of several in an area says nothing of the others. A share of the
-- municipalities of an area is one of whole municipalities.
framed as (
    select
        *,
        case when n_frame is null or n_clusters > 1 then low end as ci_low,
        case when n_frame is null or n_clusters > 1 then high end as ci_high,
        case
            when n_frame is null or part_open = 0 then coalesce(low_fpc, weighted_share)
            when n_clusters > 1 and unit = 'municipality' then {{ whole_low('low_fpc', 'n', 'n_frame') }}
            when n_clusters > 1 then low_fpc
        end as ci_low_fpc,
        case
            when n_frame is null or part_open = 0 then coalesce(high_fpc, weighted_share)
            when n_clusters > 1 and unit = 'municipality' then {{ whole_high('high_fpc', 'base_n - n', 'n_frame') }}
            when n_clusters > 1 then high_fpc
        end as ci_high_fpc
    from bounded
)

select
    survey_id,
    round_id,
    is_synthetic,
    question_id,
    question_type,
    unit,
    breakdown,
    breakdown_id,
    answer_level,
    answer_code,
    n,
    base_n,
    share,
    pct,
    pct_sum100,
    n_conflicts,
    weighted_share,
    case when n > 0 and n < base_n then sqrt(variance) end as se,
    ci_low,
    ci_high,
    case
        when n_frame is not null and part_open = 0 then 0
        when n > 0 and n < base_n or part_open = 0 then sqrt(variance_fpc)
    end as se_fpc,
    ci_low_fpc,
    ci_high_fpc,
    case
        when unit <> 'inhabitant'
            then {{ design_effect('variance_fpc', 'weighted_share', 'base_n', 'weighted_base') }}
    end as deff,
    coalesce((ci_high - ci_low) / 2 <= half_width and most_units >= small_base, false) as is_reliable,
    coalesce(
        (ci_high_fpc - ci_low_fpc) / 2 <= half_width
        and (is_of_municipality and kish_fpc = 0 or n_observed >= small_base),
        false
    ) as is_reliable_for_frame,
    n_clusters,
    n_municipalities,
    is_dominated,
    cell_status
from framed
