{# Everything that differs between engines, in one place. A model never calls an engine's own function for these. #}

{# Text without the spaces, tabs, line ends and no-break spaces around it. #}
{% macro trimmed(text) -%}
    trim({{ text }}, ' ' || chr(9) || chr(10) || chr(13) || chr(160))
{%- endmacro %}

{# Integer quotient of two non-negative integers. #}
{% macro int_div(numerator, denominator) -%}
    (({{ numerator }}) // ({{ denominator }}))
{%- endmacro %}

{# Text to an exact number, or null: only digits with an optional sign and one decimal sign count as a number. "2.0" is
   the integer 2 in every export, whatever the round's decimal sign; "1.000" under a decimal comma may be a thousand.
   It is exact to six decimals, and one with more than 15 digits before them is the first that has: out of any range. #}
{% macro text_to_number(text, decimal_sign) -%}
    case
        when {{ text }} is null
            or not regexp_full_match({{ text }}, '[+-]?[0-9]+([.,][0-9]+)?')
            or (position('.' in {{ text }}) > 0 and {{ decimal_sign }} <> '.' and {{ text }} = {{ without_zero_decimals(text) }})
            or (position(',' in {{ text }}) > 0 and {{ decimal_sign }} <> ',')
            then null
        when regexp_full_match({{ text }}, '[+-]?0*[0-9]{1,15}([.,][0-9]+)?')
            then cast(replace({{ text }}, ',', '.') as decimal(24, 6))
        when {{ text }} like '-%' then cast(-{{ too_long_a_number() }} as decimal(24, 6))
        else cast({{ too_long_a_number() }} as decimal(24, 6))
    end
{%- endmacro %}

{% macro too_long_a_number() -%} 1000000000000000 {%- endmacro %}

{% macro is_too_long(number) -%} abs({{ number }}) >= {{ too_long_a_number() }} {%- endmacro %}

{# "2.0" and "2,0" as "2". #}
{% macro without_zero_decimals(text) -%}
    regexp_replace({{ text }}, '^([+-]?[0-9]+)[.,]0{1,2}$', '\1')
{%- endmacro %}

{# The digits of a whole number without the zeros before them and without decimals; null of any other text. #}
{% macro bare_digits(text) -%}
    case
        when regexp_full_match({{ text }}, '[0-9]+([.]0+)?') then ltrim(regexp_replace({{ text }}, '[.]0+$', ''), '0')
    end
{%- endmacro %}

{# Text to a date, or null: ISO (2023-01-31) and the round's own form only, with a year of four digits. Some tools write
   the midnight that a day begins with behind it. The form is compared, not given: engines want it to be constant. #}
{% macro text_to_date(text, date_format) -%}
    case
        when regexp_full_match({{ text }}, '[1-9][0-9]{3}-[0-9]{1,2}-[0-9]{1,2}( 00:00:00)?')
            then cast(try_strptime(replace({{ text }}, ' 00:00:00', ''), '%Y-%m-%d') as date)
        {% for form in var('date_formats') -%}
        when {{ date_format }} = '{{ form }}' and regexp_full_match({{ text }}, '{{ date_pattern(form) }}')
            then cast(try_strptime({{ text }}, '{{ form }}') as date)
        {% endfor -%}
    end
{%- endmacro %}

{# What a text in a form of dates looks like. #}
{% macro date_pattern(form) -%}
    {{ form.replace('.', '[.]').replace('%Y', '[1-9][0-9]{3}').replace('%m', '[0-9]{1,2}').replace('%d', '[0-9]{1,2}') }}
{%- endmacro %}

{# A UTC timestamp as the local day in a named zone. #}
{% macro local_date(utc_timestamp, zone) -%}
    cast(timezone({{ zone }}, timezone('UTC', {{ utc_timestamp }})) as date)
{%- endmacro %}

{# The parts of a joined cell, one row each: to be used in a select list. #}
{% macro split_to_rows(text, separator) -%}
    unnest(string_split({{ text }}, {{ separator }}))
{%- endmacro %}

{# True where any row of the group meets the condition. #}
{% macro any_true(condition) -%}
    (max(case when {{ condition }} then 1 else 0 end) = 1)
{%- endmacro %}

{# The different values of a group as a list, in order; null where there is none. #}
{% macro sorted_list(value) -%}
    list_sort(list(distinct {{ value }}) filter (where {{ value }} is not null))
{%- endmacro %}

{# The value in a group with the least `first`, a whole number below 2^31, and of equal ones with the least `second`, one
   below 2^28. #}
{% macro first_by(value, first, second) -%}
    arg_min({{ value }}, cast({{ first }} as bigint) * 268435456 + {{ second }})
{%- endmacro %}

{% macro empty_list(type) -%} cast([] as {{ type }} []) {%- endmacro %}

{% macro is_element(value, list) -%} list_contains({{ list }}, {{ value }}) {%- endmacro %}

{# The values of a list, one row each: to be used in a select list. #}
{% macro rows_of_list(list) -%} unnest({{ list }}) {%- endmacro %}

{# An exact number as a person writes it: 100, not 100.000000. #}
{% macro plain_number(number) -%}
    rtrim(rtrim(cast({{ number }} as varchar), '0'), '.')
{%- endmacro %}

{# The day before a date. #}
{% macro day_before(day) -%}
    ({{ day }} - 1)
{%- endmacro %}

{# Days from one date to another. #}
{% macro days_between(first, second) -%}
    date_diff('day', {{ first }}, {{ second }})
{%- endmacro %}

{# Whole seconds from one timestamp to a later one. #}
{% macro seconds_between(first, second) -%}
    date_sub('second', {{ first }}, {{ second }})
{%- endmacro %}

{# Natural logarithm of a number that is not negative; below 1 it is taken as 1. #}
{% macro natural_log(number) -%}
    ln(greatest({{ number }}, 1))
{%- endmacro %}

{# The value below which a part of the values lie, between two values where it falls between them. #}
{% macro quantile(number, part) -%}
    quantile_cont(cast({{ number }} as double), {{ part }})
{%- endmacro %}

{# How far numbers lie from their mean, over n - 1; null with one number. In order: the last digit must not change from
   build to build. #}
{% macro standard_deviation(number) -%}
    stddev_samp(cast({{ number }} as double) order by {{ number }})
{%- endmacro %}

{# The different texts of a group as one text, in order. #}
{% macro list_in_order(text) -%}
    coalesce(string_agg(distinct {{ text }}, ' ' order by {{ text }}), '')
{%- endmacro %}

{# The place nearest before this one, or else after it, at which a condition holds; the first place where it holds nowhere. #}
{% macro nearest_that(condition, place, partition_by) -%}
    coalesce(
        last_value(case when {{ condition }} then {{ place }} end ignore nulls) over (
            partition by {{ partition_by }} order by {{ place }} rows between unbounded preceding and current row
        ),
        first_value(case when {{ condition }} then {{ place }} end ignore nulls) over (
            partition by {{ partition_by }} order by {{ place }} rows between current row and unbounded following
        ),
        min({{ place }}) over (partition by {{ partition_by }})
    )
{%- endmacro %}

{# CTE `stratified`: rows by municipality of a CTE `rows`, those of all municipalities also in the rows of the areas and
   size classes that their municipality is in, each with its stratum in the breakdown in which its strata are made. Needs
   CTEs `frame` and `strata`. #}
{% macro placed_in_strata(rows) -%}
placed as (
    select
        *,
        'all' as strata_of
    from {{ rows }}
    union all
    select
        {{ rows }}.* replace (frame.breakdown as breakdown, frame.breakdown_id as breakdown_id),
        frame.strata_of
    from {{ rows }}
    inner join frame
        on
            {{ rows }}.survey_id = frame.survey_id
            and {{ rows }}.round_id = frame.round_id
            and {{ rows }}.municipality_code = frame.municipality_code
            and {{ rows }}.breakdown = 'all'
            and frame.breakdown <> 'all'
),

stratified as (
    select
        placed.*,
        strata.stratum,
        strata.n_frame,
        strata.n_clusters,
        strata.n_municipalities as n_municipalities_of_stratum,
        strata.weight
    from placed
    inner join strata
        on
            placed.survey_id = strata.survey_id
            and placed.round_id = strata.round_id
            and placed.question_id = strata.question_id
            and placed.strata_of = strata.breakdown
            and placed.municipality_code = strata.municipality_code
)
{%- endmacro %}

{# A product of two whole numbers that may be too large for one. It is whole too: a sum of such needs no order. #}
{% macro product(first, second) -%}
    (cast({{ first }} as hugeint) * {{ second }})
{%- endmacro %}
