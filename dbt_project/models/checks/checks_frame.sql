{{ config(materialized='incremental') }}
-- noqa: disable=ST03,LT08
-- The municipalities asked, and who answered for them.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

frame as (
    select * from {{ ref('int_frame_classified') }}
),

accepted as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
),

surveys as (
    select * from {{ ref('stg_codebook__surveys') }}
),

frame_complete as ({{ frame_complete() }}),
population_known as ({{ population_known() }}),
frame_one_county as ({{ frame_one_county() }}),
under_coverage as ({{ under_coverage() }}),
size_class_as_reported as ({{ size_class_as_reported() }}),
roles_known as ({{ roles_known() }}),
municipalities_not_closed as ({{ municipalities_not_closed() }}),

{{ checked() }}
