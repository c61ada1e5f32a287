{{ config(materialized='incremental') }}
-- noqa: disable=ST03,LT08
-- Who answered more than once, and whether a municipality says one thing.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

accepted as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
),

response_ids_unique as ({{ response_ids_unique() }}),
deliveries_apart as ({{ deliveries_apart() }}),
responses_per_municipality as ({{ responses_per_municipality() }}),
municipalities_reconciled as ({{ municipalities_reconciled() }}),
answers_agree_within_municipality as ({{ answers_agree_within_municipality() }}),

{{ checked() }}
