{{ config(materialized='incremental') }}
-- Only days with an answer have a row. A response without a readable time is in no day.
with responses as (
    select
        *,
        row_number() over (
            partition by survey_id, round_id, municipality_code
            order by submitted_at asc, response_id asc
        ) as nth_of_municipality
    from {{ ref('int_municipalities_answered_for') }}
    where submitted_at is not null
),

-- Where a minute falls is looked up once for all its responses.
minutes as (
    select
        survey_id,
        round_id,
        date_trunc('minute', submitted_at) as minute,
        sum(case when is_at_home then 1 else 0 end) as n_responses,
        sum(case when nth_of_municipality = 1 then 1 else 0 end) as n_municipalities
    from responses
    group by survey_id, round_id, date_trunc('minute', submitted_at)
),

dated as (
    select
        rounds.survey_id,
        rounds.round_id,
        rounds.is_synthetic,
        rounds.opens_on,
        minutes.n_responses,
        minutes.n_municipalities,
        {{ local_date('minutes.minute', 'rounds.timezone') }} as submitted_on
    from minutes
    inner join {{ ref('int_rounds_to_build') }} as rounds using (survey_id, round_id)
),

days as (
    select
        survey_id,
        round_id,
        is_synthetic,
        opens_on,
        submitted_on,
        cast(sum(n_responses) as bigint) as n_responses,
        sum(n_municipalities) as n_municipalities
    from dated
    group by survey_id, round_id, is_synthetic, opens_on, submitted_on
)

select
    survey_id,
    round_id,
    {{ key(['survey_id', 'round_id']) }} as round_key,
    is_synthetic,
    cast({{ days_between('opens_on', 'submitted_on') }} + 1 as integer) as day,
    submitted_on,
    n_responses,
    cast(sum(n_responses) over (partition by survey_id, round_id order by submitted_on) as bigint)
        as n_responses_so_far,
    cast(sum(n_municipalities) over (partition by survey_id, round_id order by submitted_on) as bigint)
        as n_municipalities_so_far
from days
