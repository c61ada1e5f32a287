{{ config(materialized='incremental') }}
-- noqa: disable=ST03,LT08
-- When the answers came, and by which form.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

accepted as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
),

submitted_in_field_window as ({{ submitted_in_field_window() }}),
delivery_on_time as ({{ delivery_on_time() }}),
form_versions as ({{ form_versions() }}),
submission_times_readable as ({{ submission_times_readable() }}),

{{ checked() }}
