{{ config(materialized='incremental') }}
-- noqa: disable=ST03
-- How responses were given: signs that nobody read the questions, or that one text served many.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

asked as (
    select
        asked.survey_id,
        asked.round_id,
        asked.question_id,
        asked.question_type,
        questions.group_id
    from {{ ref('int_questions_in_round') }} as asked
    inner join questions
        on asked.survey_id = questions.survey_id and asked.question_id = questions.question_id
    where asked.is_asked
),

responses as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
),

answers as (
    select * from {{ ref('int_answers_judged') }}
    where answer_status = 'valid'
),

items as (
    select
        *,
        count(*) over (partition by survey_id, round_id, group_id) as n_items
    from asked
    where group_id is not null and question_type = 'select_one'
),

batteries as (
    select distinct
        survey_id,
        round_id,
        group_id
    from items
    where n_items >= {{ var('monitor').battery_items }}
),

-- A response that answered the whole of a battery.
answered_whole as (
    select
        items.survey_id,
        items.round_id,
        items.group_id,
        answers.row_id,
        count(distinct answers.code) as n_codes
    from items
    inner join answers
        on
            items.survey_id = answers.survey_id
            and items.round_id = answers.round_id
            and items.question_id = answers.question_id
    group by items.survey_id, items.round_id, items.group_id, items.n_items, answers.row_id
    having count(*) = items.n_items
),

straight_parts as (
    select
        batteries.survey_id,
        batteries.round_id,
        'question' as part,
        batteries.group_id as part_id,
        sum(case when answered_whole.n_codes = 1 then 1 else 0 end) || ' of ' || count(answered_whole.row_id)
            as observed,
        '0' as threshold,
        sum(case when answered_whole.n_codes = 1 then 1 else 0 end) as n_failed
    from batteries
    left join answered_whole
        on
            batteries.survey_id = answered_whole.survey_id
            and batteries.round_id = answered_whole.round_id
            and batteries.group_id = answered_whole.group_id
    group by batteries.survey_id, batteries.round_id, batteries.group_id
),

straight_lining as (
    {{ whole_of('straight_parts') }}
),

timed as (
    select
        *,
        {{ natural_log('seconds_taken') }} as log_seconds
    from responses
    where seconds_taken is not null
),

medians as (
    select
        survey_id,
        round_id,
        {{ quantile('log_seconds', 0.5) }} as median
    from timed
    group by survey_id, round_id
),

-- The median absolute deviation says nothing where most responses took the same time: the floor alone is left.
limits as (
    select
        timed.survey_id,
        timed.round_id,
        count(*) as n_timed,
        coalesce(
            exp(
                medians.median
                - {{ var('monitor').speeding_deviations }} * 1.4826
                * nullif({{ quantile('abs(timed.log_seconds - medians.median)', 0.5) }}, 0)
            ),
            0
        ) as fastest_seconds
    from timed
    inner join medians
        on timed.survey_id = medians.survey_id and timed.round_id = medians.round_id
    group by timed.survey_id, timed.round_id, medians.median
    having count(*) >= {{ var('monitor').timed_responses }}
),

speeding as (
    select
        rounds.survey_id,
        rounds.round_id,
        limits.n_timed as observed,
        printf('%.0f s', greatest(limits.fastest_seconds, {{ var('monitor').speeding_floor }})) as threshold,
        case
            when limits.n_timed is not null then sum(
                case
                    when timed.seconds_taken < greatest(limits.fastest_seconds, {{ var('monitor').speeding_floor }})
                        then 1
                    else 0
                end
            )
        end as n_failed
    from rounds
    left join limits
        on rounds.survey_id = limits.survey_id and rounds.round_id = limits.round_id
    left join timed
        on rounds.survey_id = timed.survey_id and rounds.round_id = timed.round_id
    group by rounds.survey_id, rounds.round_id, limits.n_timed, limits.fastest_seconds
),

text_rounds as (
    select distinct
        survey_id,
        round_id
    from asked
    where question_type = 'text'
),

texts as (
    select
        answers.survey_id,
        answers.round_id,
        answers.row_id,
        answers.municipality_code,
        lower(answers.raw_value) as text_value
    from answers
    where
        answers.question_type = 'text'
        and length(answers.raw_value) >= {{ var('monitor').repeated_text_characters }}
),

repeated as (
    select
        survey_id,
        round_id,
        text_value
    from texts
    group by survey_id, round_id, text_value
    having count(distinct municipality_code) > 1
),

repeated_texts as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(distinct repeated.text_value) as observed,
        0 as threshold,
        case
            when max(text_rounds.round_id) is not null
                then count(distinct case when repeated.text_value is not null then texts.row_id end)
        end as n_failed
    from rounds
    left join text_rounds
        on rounds.survey_id = text_rounds.survey_id and rounds.round_id = text_rounds.round_id
    left join texts
        on rounds.survey_id = texts.survey_id and rounds.round_id = texts.round_id
    left join repeated
        on
            texts.survey_id = repeated.survey_id
            and texts.round_id = repeated.round_id
            and texts.text_value = repeated.text_value
    group by rounds.survey_id, rounds.round_id
),

{{ checked() }}
