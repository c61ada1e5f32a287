{{ config(materialized='incremental') }}
-- noqa: disable=ST03,LT08
-- What became of the rows that were delivered.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

responses as (
    select * from {{ ref('int_responses_disposed') }}
),

accepted as (
    select * from responses
    where disposition = 'accepted'
),

disposed as (
    select
        survey_id,
        round_id,
        count(*) as n_rows,
        sum(case when disposition = 'accepted' then 1 else 0 end) as n_accepted,
        sum(case when disposition in ({{ quoted(var('quarantined')) }}) then 1 else 0 end) as n_quarantined,
        sum(case when disposition in ({{ quoted(var('set_aside')) }}) then 1 else 0 end) as n_set_aside
    from responses
    group by survey_id, round_id
),

rows_conserved as ({{ rows_conserved() }}),
quarantined_share as ({{ quarantined_share() }}),
{% for disposition in var('quarantined') + var('set_aside') %}
rows_{{ disposition }} as ({{ rows_of_disposition(disposition) }}),
{% endfor %}
weights_readable as ({{ weights_readable() }}),
unfinished_counted as ({{ unfinished_counted() }}),
codebook_fits as ({{ codebook_fits() }}),
corrections_applied as ({{ corrections_applied() }}),

{{ checked() }}
