{{ config(materialized='incremental') }}
-- noqa: disable=ST03
-- The municipalities asked, and who answered for them.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

frame as (
    select * from {{ ref('int_frame_classified') }}
),

responses as (
    select * from {{ ref('int_responses_disposed') }}
),

columns as (
    select distinct
        survey_id,
        round_id,
        question_id
    from {{ ref('stg_codebook__columns') }}
),

surveys as (
    select * from {{ ref('stg_codebook__surveys') }}
),

municipalities as (
    select * from {{ ref('stg_registry__municipalities') }}
),

population as (
    select * from {{ ref('int_population_on_division') }}
),

counties as (
    select * from {{ ref('stg_registry__municipality_areas') }}
    where area_level = 'county'
),

asked as (
    select * from {{ ref('int_questions_in_round') }}
    where is_asked
),

answers as (
    select * from {{ ref('int_answers_judged') }}
    where answer_status = 'valid'
),

frame_complete as (
    select
        survey_id,
        round_id,
        count(*) as observed,
        'all classified' as threshold,
        sum(case when population is not null and size_class_id is null then 1 else 0 end)
        + count(*) - count(distinct municipality_code) as n_failed
    from frame
    group by survey_id, round_id
),

population_known as (
    select
        survey_id,
        round_id,
        count(population) || ' of ' || count(*) as observed,
        'all' as threshold,
        count(*) - count(population) as n_failed
    from frame
    group by survey_id, round_id
),

-- A division may have no counties at all.
placed as (
    select
        frame.survey_id,
        frame.round_id,
        frame.municipality_code,
        count(counties.area_code) as n_counties
    from frame
    left join counties
        on frame.division_date = counties.division_date and frame.municipality_code = counties.municipality_code
    group by frame.survey_id, frame.round_id, frame.municipality_code
),

frame_one_county as (
    select
        survey_id,
        round_id,
        count(*) as observed,
        'one county each' as threshold,
        case when sum(n_counties) > 0 then sum(case when n_counties = 1 then 0 else 1 end) else 0 end as n_failed
    from placed
    group by survey_id, round_id
),

division as (
    select
        rounds.survey_id,
        rounds.round_id,
        population.population,
        case when frame.municipality_code is null then 1 else 0 end as is_left_out
    from rounds
    inner join municipalities on rounds.division_date = municipalities.division_date
    left join population
        on
            municipalities.division_date = population.division_date
            and municipalities.municipality_code = population.municipality_code
            and rounds.population_year = population.population_year
    left join frame
        on
            rounds.survey_id = frame.survey_id
            and rounds.round_id = frame.round_id
            and municipalities.municipality_code = frame.municipality_code
),

under_coverage as (
    select
        survey_id,
        round_id,
        sum(is_left_out) || ' of ' || count(*) || ', '
        || {{ percent('sum(is_left_out * population) / nullif(sum(population), 0.0)') }} || ' of the inhabitants'
            as observed,
        '0' as threshold,
        sum(is_left_out) as n_failed
    from division
    group by survey_id, round_id
),

reported as (
    select
        answers.survey_id,
        answers.round_id,
        answers.row_id,
        case when answers.code <> frame.size_class_id then 1 else 0 end as is_different
    from answers
    inner join surveys
        on answers.survey_id = surveys.survey_id and answers.question_id = surveys.size_class_question
    inner join frame
        on
            answers.survey_id = frame.survey_id
            and answers.round_id = frame.round_id
            and answers.municipality_code = frame.municipality_code
),

size_class_as_reported as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(reported.row_id) as observed,
        0 as threshold,
        case when max(asked.question_id) is not null then coalesce(sum(reported.is_different), 0) end as n_failed
    from rounds
    left join surveys on rounds.survey_id = surveys.survey_id
    left join asked
        on
            rounds.survey_id = asked.survey_id
            and rounds.round_id = asked.round_id
            and surveys.size_class_question = asked.question_id
    left join reported
        on rounds.survey_id = reported.survey_id and rounds.round_id = reported.round_id
    group by rounds.survey_id, rounds.round_id
),

{% for check, name, fault in [
    ('roles_known', '_role', 'responses.is_role_unknown'),
    ('municipalities_not_closed', '_municipality', 'responses.is_municipality_closed'),
] %}
{{ check }} as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(responses.row_id) as observed,
        0 as threshold,
        case
            when max(columns.question_id) is not null
                then sum(case when responses.row_id is not null and {{ fault }} then 1 else 0 end)
        end as n_failed
    from rounds
    left join columns
        on
            rounds.survey_id = columns.survey_id
            and rounds.round_id = columns.round_id
            and columns.question_id = '{{ name }}'
    left join responses
        on
            rounds.survey_id = responses.survey_id
            and rounds.round_id = responses.round_id
            and responses.disposition = 'accepted'
    group by rounds.survey_id, rounds.round_id
),
{% endfor %}

{{ checked() }}
