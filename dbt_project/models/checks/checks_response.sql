{{ config(materialized='incremental') }}
-- noqa: disable=ST03,LT08
-- Unit response: which municipalities answered, and how far they got.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

rates as (
    select * from {{ ref('int_response_rates') }}
),

progress as (
    select * from {{ ref('int_responses_progressed') }}
),

response_rate as ({{ response_rate() }}),
no_empty_size_class as ({{ no_empty('size_class') }}),
no_empty_county as ({{ no_empty('county') }}),
population_coverage as ({{ coverage('population_coverage') }}),
foreign_language_coverage as ({{ coverage('foreign_language_coverage') }}),
dispositions_known as ({{ dispositions_known() }}),
blank_responses as ({{ blank_responses() }}),
break_offs as ({{ break_offs() }}),

{{ checked() }}
