{# Printed figures beside the computed ones: how far from its value a figure is met, and what is said of the frame. #}

{# How many points below and above the printed value what is computed meets it. #}
{% macro tolerance_below(rounding) -%}
    case {{ rounding }}
        when 'words_within_5' then {{ var('words_within') }}
        when 'words_nearly' then {{ var('words_within') }}
        when 'words_nearly_all' then {{ var('nearly_all_within') }}
        else 0
    end
{%- endmacro %}

{% macro tolerance_above(rounding) -%}
    case {{ rounding }} when 'words_within_5' then {{ var('words_within') }} else 0 end
{%- endmacro %}

{% macro is_met(value, printed, rounding) -%}
    ({{ value }} >= {{ printed }} - {{ tolerance_below(rounding) }}
    and (coalesce({{ rounding }}, '') = 'at_least' or {{ value }} <= {{ printed }} + {{ tolerance_above(rounding) }}))
{%- endmacro %}

{# By how much a share prints otherwise than it is. #}
{% macro rounded_by(rounding) -%}
    case {{ rounding }} when 'half_up_1' then 0.05 when 'largest_remainder_0' then 1 else 0.5 end
{%- endmacro %}

{# Whether a share holds for the frame: its interval lies in what the print says, apart from it, or over its edge. #}
{% macro share_verdict(low, high, printed, rounding) -%}
    {%- set from_ = printed ~ ' - ' ~ tolerance_below(rounding) ~ ' - ' ~ rounded_by(rounding) -%}
    {%- set to = printed ~ ' + ' ~ tolerance_above(rounding) ~ ' + ' ~ rounded_by(rounding) -%}
    case
        when {{ low }} >= {{ from_ }} and (coalesce({{ rounding }}, '') = 'at_least' or {{ high }} <= {{ to }}) then 'holds'
        when {{ high }} < {{ from_ }} or (coalesce({{ rounding }}, '') <> 'at_least' and {{ low }} > {{ to }}) then 'does_not_hold'
        else 'open'
    end
{%- endmacro %}

{# Whether a comparison holds for the frame, by the interval of its difference: a tie is none that is larger. #}
{% macro comparison_verdict(low, high, printed, is_strict) -%}
    case
        when {{ low }} > 0 or ({{ low }} = 0 and not {{ is_strict }})
            then case when {{ printed }} = 1 then 'holds' else 'does_not_hold' end
        when {{ high }} < 0 or ({{ high }} = 0 and {{ is_strict }})
            then case when {{ printed }} = 1 then 'does_not_hold' else 'holds' end
        else 'open'
    end
{%- endmacro %}

{# What is said of the frame: of a share by its interval, of a comparison by that of its difference, of a difference by a
   breakdown by its test. Counts of responses hold or not without chance; what somebody named, others may have named too. #}
{% macro frame_verdict() -%}
    case
        when status = 'not_computable' then 'not_computable'
        when statistic = 'pct' then {{ share_verdict('frame_low', 'frame_high', 'published_value', 'rounding') }}
        when statistic = 'differs' and frame_p <= {{ var('frame_p') }}
            then case when published_value = 1 then 'holds' else 'does_not_hold' end
        when statistic in ('is_max', 'is_min', 'in_top_4', 'more_than_rest', 'less_than_rest', 'above_each')
            then {{ comparison_verdict(
                'frame_low', 'frame_high', 'published_value', "statistic in ('more_than_rest', 'less_than_rest', 'above_each')"
            ) }}
        when statistic = 'differs' then 'open'
        when statistic in ('n', 'n_distinct_systems') and coalesce(rounding, '') = 'at_least' and not is_value_met
            then 'open'
        when statistic = 'n_distinct_systems' and coalesce(rounding, '') <> 'at_least' and computed_value <= published_value
            then 'open'
        when is_value_met then 'holds'
        else 'does_not_hold'
    end
{%- endmacro %}
