-- noqa: disable=ST03
-- Files, their cards and their age. Of every round on each build: a file grows old without being read.
with rounds as (
    select * from {{ ref('stg_codebook__rounds') }}
),

sources as (
    select * from {{ ref('stg_ingest__sources') }}
),

carded as (
    select
        coalesce(survey_id, 'all') as survey_id,
        coalesce(round_id, 'all') as round_id,
        case when sha256 <> card_sha256 then 1 else 0 end as n_differing
    from sources
    where card_sha256 is not null
),

places as (
    select
        survey_id,
        round_id
    from rounds
    union
    select
        survey_id,
        round_id
    from carded
),

source_matches_card as (
    select
        places.survey_id,
        places.round_id,
        count(carded.n_differing) as observed,
        'sha256 of source.yml' as threshold,
        sum(carded.n_differing) as n_failed
    from places
    left join carded
        on places.survey_id = carded.survey_id and places.round_id = carded.round_id
    group by places.survey_id, places.round_id
),

received as (
    select
        survey_id,
        round_id,
        max(received_on) as last_received_on
    from sources
    where kind = 'responses'
    group by survey_id, round_id
),

stale_source as (
    select
        rounds.survey_id,
        rounds.round_id,
        received.last_received_on as observed,
        rounds.stale_after_days || ' days' as threshold,
        case
            when rounds.closes_on < {{ today() }} or received.last_received_on is null then null
            when {{ days_between('received.last_received_on', today()) }} > rounds.stale_after_days then 1
            else 0
        end as n_failed
    from rounds
    left join received
        on rounds.survey_id = received.survey_id and rounds.round_id = received.round_id
),

signed as (
    select *
    from {{ ref('stg_ingest__sign_offs') }}
    qualify row_number() over (partition by survey_id, round_id order by signed_on desc, signed_at desc) = 1
),

revision_accepted as (
    select
        rounds.survey_id,
        rounds.round_id,
        cast(signed.signed_on as varchar) || coalesce(': ' || signed.accepted, '') as observed,
        'signed off without a reason' as threshold,
        case when signed.signed_on is null then null when signed.accepted is null then 0 else 1 end as n_failed
    from rounds
    left join signed
        on rounds.survey_id = signed.survey_id and rounds.round_id = signed.round_id
),

{{ checked() }}
