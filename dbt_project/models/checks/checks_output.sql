{{ config(materialized='incremental') }}
-- noqa: disable=ST03,LT08
-- The figures that go out.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

figures as (
    select * from {{ ref('publication_reconciliation') }}
),

cells as (
    select * from {{ ref('answer_distribution') }}
    where {{ is_built_now() }}
),

questions as (
    select * from {{ ref('int_questions_in_round') }}
    where is_asked
),

-- A question in one row of a breakdown: its options together.
question_rows as (
    select
        survey_id,
        round_id,
        question_id,
        unit,
        breakdown,
        breakdown_id,
        max(base_n) as base_n,
        {{ any_true('is_reliable_for_frame') }} as is_known,
        sum(pct_sum100) as pct_sum,
        count(*) as n_cells
    from cells
    where level = 'option'
    group by survey_id, round_id, question_id, unit, breakdown, breakdown_id
),

figures_reconciled as ({{ figures_reconciled() }}),
figures_right_in_print as ({{ figures_right_in_print() }}),
percent_sums as ({{ percent_sums() }}),
bases_present as ({{ bases_present() }}),
unreliable_shares as ({{ unreliable_shares() }}),
cells_complete as ({{ cells_complete() }}),

{{ checked() }}
