{{ config(materialized='table') }}
-- noqa: disable=ST03,LT08
-- What differs from the round before and from the release that readers have. Made of all rounds on each build: a round
-- that comes between two others, or a release, changes what a round is held against.
with rounds as (
    select
        *,
        lag(round_id) over earlier as earlier_round_id,
        lag(division_date) over earlier as earlier_division_date,
        lag(is_synthetic) over earlier as earlier_is_synthetic
    from {{ ref('stg_codebook__rounds') }}
    window earlier as (partition by survey_id order by opens_on, round_id)
),

drift as (
    select * from {{ ref('question_drift') }}
),

pairs as (
    select * from {{ ref('comparability') }}
),

counts as (
    select * from {{ ref('dim_round') }}
),

source_rows as (
    select * from {{ ref('stg_surveys__rows') }}
),

published_rows as (
    select * from {{ ref('stg_release__rows') }}
),

-- A made-up round and a real one are never compared.
compared as (
    select
        survey_id,
        round_id,
        earlier_round_id,
        division_date,
        earlier_division_date,
        greatest(division_date, earlier_division_date) as later_division_date
    from rounds
    where is_synthetic = earlier_is_synthetic
),

share_change as ({{ share_change() }}),
distribution_drift as ({{ distribution_drift() }}),
wording_unchanged as ({{ wording_unchanged() }}),
base_jumps_between_rounds as ({{ base_jumps_between_rounds() }}),
panel_overlap as ({{ panel_overlap() }}),
response_curve as ({{ response_curve() }}),
frozen_figures as ({{ frozen_figures() }}),
frozen_verdicts as ({{ frozen_verdicts() }}),
delivery_not_shrunk as ({{ delivery_not_shrunk() }}),
responses_kept as ({{ responses_kept() }}),

{{ checked() }}
