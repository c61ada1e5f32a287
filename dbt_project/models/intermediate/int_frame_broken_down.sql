with frame as (
    select * from {{ ref('int_frame_classified') }}
),

size_class_groups as (
    select * from {{ ref('stg_codebook__size_class_groups') }}
),

whole as (
    select
        survey_id,
        round_id,
        municipality_code,
        'all' as breakdown,
        'all' as breakdown_id
    from frame
),

unions as (
    select
        frame.survey_id,
        frame.round_id,
        frame.municipality_code,
        'size_class_group' as breakdown,
        size_class_groups.size_class_group_id as breakdown_id
    from frame
    inner join size_class_groups
        on
            frame.survey_id = size_class_groups.survey_id
            and frame.size_class_id = size_class_groups.size_class_id
),

{% for breakdown, column in area_breakdowns().items() %}
by_{{ breakdown }} as (
    select
        survey_id,
        round_id,
        municipality_code,
        '{{ breakdown }}' as breakdown,
        {{ column }} as breakdown_id
    from frame
    where {{ column }} is not null
),
{% endfor %}

combined as (
    select * from whole
    union all
    select * from unions
    {% for breakdown in area_breakdowns() %}
    union all
    select * from by_{{ breakdown }}
    {% endfor %}
)

select * from combined
