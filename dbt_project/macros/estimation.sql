{# Estimates under the design: municipalities are clusters, size classes strata, the sample is taken as drawn by stratum.
   Sums over clusters come in, estimates go out; no model writes a formula of its own. METHODS.md says each in words. #}

{# Sum of (a - mean a)(b - mean b) over n clusters, from their sums, whose product may be too large for a whole number. #}
{% macro about_means(n, sum_a, sum_b, sum_ab) -%}
    ({{ sum_ab }} - cast({{ sum_a }} as double) * ({{ sum_b }}) / {{ n }})
{%- endmacro %}

{# What a municipality of a stratum weighs: the sums of a provider's weights are weighted already. #}
{% macro weight_of_unit(unit, weight) -%}
    case when {{ unit }} = 'weighted_response' then 1 else {{ weight }} end
{%- endmacro %}

{# What the squares of a stratum count for in a variance: weight w each, n clusters; null with one cluster. #}
{% macro stratum_factor(n, weight) -%}
    (({{ weight }}) * ({{ weight }}) * {{ n }} / cast(nullif({{ n }} - 1, 0) as double))
{%- endmacro %}

{# The part of a variance that is left when n of n_frame clusters were observed. #}
{% macro finite_population(n, n_frame) -%}
    (1 - {{ n }} / cast({{ n_frame }} as double))
{%- endmacro %}

{# A sum of fractions, cut to 15 decimals: so they add up to the same in any order, and the last digit does not change from
   build to build. To put them in order costs ten times as much. Whole numbers need neither. #}
{% macro sum_in_any_order(expression, over='') -%}
    cast(sum(cast({{ expression }} as decimal(38, 15))) {{ over }} as double)
{%- endmacro %}

{# The squares about means of all strata of a group, each by its factor and by `part` of it; needs the columns factor and
   n_clusters_of_stratum. Null when a stratum has one cluster, which says nothing of the spread within it. #}
{% macro sum_of_squares(a, b, ab, part='1') -%}
    case
        when count(factor) = count(*)
            then {{ sum_in_any_order('factor * ' ~ part ~ ' * ' ~ about_means('n_clusters_of_stratum', a, b, ab)) }}
    end
{%- endmacro %}

{# Variance of the ratio a/b by linearisation, from the strata's sums of squares about means (aa, ab, bb), each by its
   factor; total is the weighted sum of b. Where all cancels but the last digits there is no variance. #}
{% macro ratio_variance(ratio, total, aa, ab, bb) -%}
    {%- set squares = ratio ~ ' * ' ~ ratio ~ ' * ' ~ bb -%}
    case
        when {{ aa }} - 2 * {{ ratio }} * {{ ab }} + {{ squares }} <= {{ var('cancelled') }} * ({{ aa }} + {{ squares }}) then 0
        else ({{ aa }} - 2 * {{ ratio }} * {{ ab }} + {{ squares }}) / ({{ total }} * {{ total }})
    end
{%- endmacro %}

{# Variance of the sum of z over the clusters of all strata of a group, from its sums and sums of squares by stratum. Where
   all cancels but the last digits of `size` there is none. #}
{% macro variance_of_sum(factor, n, z, z_squared, size) -%}
    case
        when {{ sum_in_any_order(factor ~ ' * ' ~ about_means(n, z, z, z_squared)) }} <= {{ var('cancelled') }} * sum({{ size }})
            then 0
        else {{ sum_in_any_order(factor ~ ' * ' ~ about_means(n, z, z, z_squared)) }}
    end
{%- endmacro %}

{# Clusters less strata, at least one, and no more than the table of quantiles has. #}
{% macro degrees_of_freedom(n_clusters, n_strata) -%}
    greatest(least({{ n_clusters }} - {{ n_strata }}, {{ var('t_largest_df') }}), 1)
{%- endmacro %}

{# p times the number of tests of its family that have no smaller one: Holm's p is the largest of these so far. A test
   without a p-value is not counted. #}
{% macro holm_step(p, family) -%}
    least(1, {{ p }} * (
        count({{ p }}) over (partition by {{ family }})
        - rank() over (partition by {{ family }} order by {{ p }} nulls last) + 1
    ))
{%- endmacro %}

{# Variance of a share where all or nobody gave the answer, which shows no spread: Agresti and Coull's, as if two more
   clusters had said each, of the part that is open. #}
{% macro unseen_variance(share, n_clusters, weights_squared) -%}
    case
        when {{ share }} in (0, 1) then
            2 * ({{ n_clusters }} + 2) / power({{ n_clusters }} + 4, 3)
            * {{ sum_in_any_order(weights_squared ~ ' * finite_population') }} / {{ sum_in_any_order(weights_squared) }}
        else 0
    end
{%- endmacro %}

{# Variance of a share beside that of a simple random sample of base_n of n_population units without replacement. #}
{% macro design_effect(variance, share, base_n, n_population) -%}
    ({{ variance }} / nullif(
        ({{ share }}) * (1 - ({{ share }})) / nullif({{ base_n }} - 1, 0) * {{ finite_population(base_n, n_population) }}, 0
    ))
{%- endmacro %}

{# The bounds of Wilson's interval of a share on n units, which need not be a whole number; null without units. #}
{% macro wilson_low(share, n, quantile) -%}
    case when {{ n }} > 0 then least({{ share }}, greatest(0, {{ wilson('-', share, n, quantile) }})) end
{%- endmacro %}

{% macro wilson_high(share, n, quantile) -%}
    case when {{ n }} > 0 then greatest({{ share }}, least(1, {{ wilson('+', share, n, quantile) }})) end
{%- endmacro %}

{% macro wilson(side, share, n, quantile) -%}
    (({{ share }}) + power({{ quantile }}, 2) / (2 * ({{ n }})) {{ side }} {{ quantile }} * sqrt(greatest(
        ({{ share }}) * (1 - ({{ share }})) / ({{ n }}) + power({{ quantile }} / (2 * ({{ n }})), 2), 0
    ))) / (1 + power({{ quantile }}, 2) / ({{ n }}))
{%- endmacro %}

{# The bounds of a share of n_frame municipalities of whom some have answered, outward to whole ones: those that gave the
   answer are among them, and those that did not are not. #}
{% macro whole_low(bound, n, n_frame) -%}
    (greatest(floor(({{ bound }}) * {{ n_frame }} + {{ var('whole') }}), {{ n }}) / cast({{ n_frame }} as double))
{%- endmacro %}

{% macro whole_high(bound, n_others, n_frame) -%}
    (least(ceil(({{ bound }}) * {{ n_frame }} - {{ var('whole') }}), {{ n_frame }} - ({{ n_others }}))
        / cast({{ n_frame }} as double))
{%- endmacro %}

{# The place nearest before this one, or else after it, at which a condition holds; the first place where it holds nowhere. #}
{% macro nearest_that(condition, place, partition_by) -%}
    coalesce(
        max(case when {{ condition }} then {{ place }} end) over (
            partition by {{ partition_by }} order by {{ place }} rows between unbounded preceding and current row
        ),
        min(case when {{ condition }} then {{ place }} end) over (partition by {{ partition_by }}),
        min({{ place }}) over (partition by {{ partition_by }})
    )
{%- endmacro %}

{# CTEs that end in `stratified`: rows by municipality of a CTE `rows`, those of all municipalities also in the rows of the areas and
   size classes that their municipality is in, each with its stratum in the breakdown in which its strata are made, and
   with the code of its cluster where others share it. `bases` are those of all units. Needs CTEs `frame` and `strata`. #}
{% macro placed_in_strata(rows, bases) -%}
shared as (
    select
        survey_id,
        round_id,
        cluster_code as shared_code
    from {{ bases }}
    where unit = 'municipality'
    group by survey_id, round_id, cluster_code
    having min(municipality_code) <> max(municipality_code)
),

stratified as (
    select
        {{ all_but(rows, ['breakdown', 'breakdown_id']) }},
        case when {{ rows }}.breakdown = 'all' then frame.breakdown else {{ rows }}.breakdown end as breakdown,
        case when {{ rows }}.breakdown = 'all' then frame.breakdown_id else {{ rows }}.breakdown_id end as breakdown_id,
        frame.strata_of,
        shared.shared_code,
        strata.stratum,
        strata.n_frame,
        strata.n_clusters,
        strata.n_municipalities as n_municipalities_of_stratum,
        strata.weight
    from {{ rows }}
    inner join frame
        on
            {{ rows }}.survey_id = frame.survey_id
            and {{ rows }}.round_id = frame.round_id
            and {{ rows }}.municipality_code = frame.municipality_code
            and ({{ rows }}.breakdown = 'all' or frame.breakdown = 'all')
    inner join strata
        on
            {{ rows }}.survey_id = strata.survey_id
            and {{ rows }}.round_id = strata.round_id
            and {{ rows }}.question_id = strata.question_id
            and {{ rows }}.municipality_code = strata.municipality_code
            and frame.strata_of = strata.breakdown
    left join shared
        on
            {{ rows }}.survey_id = shared.survey_id
            and {{ rows }}.round_id = shared.round_id
            and {{ rows }}.cluster_code = shared.shared_code
)
{%- endmacro %}
