{{ config(materialized='incremental') }}
-- noqa: disable=ST03
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

systems as (
    select * from {{ ref('system_use') }}
    where {{ is_built_now() }}
),

surveys as (
    select * from {{ ref('stg_codebook__surveys') }}
),

questions as (
    select * from {{ ref('int_questions_in_round') }}
    where is_asked
),

levels as (
    select * from {{ ref('int_answer_levels') }}
),

breakdowns as (
    select * from {{ ref('int_breakdowns_in_round') }}
),

figures_reconciled as (
    select
        rounds.survey_id,
        rounds.round_id,
        sum(case when figures.status = 'match' then 1 else 0 end) || ' of ' || count(figures.figure_id) || ' match'
            as observed,
        'no mismatch' as threshold,
        sum(case when figures.status in ('mismatch', 'not_computable') then 1 else 0 end) as n_failed
    from rounds
    left join figures
        on rounds.survey_id = figures.survey_id and rounds.round_id = figures.round_id
    group by rounds.survey_id, rounds.round_id
),

figures_right_in_print as (
    select
        rounds.survey_id,
        rounds.round_id,
        sum(case when figures.status = 'known_discrepancy' then 1 else 0 end) as observed,
        0 as threshold,
        sum(case when figures.status = 'known_discrepancy' then 1 else 0 end) as n_failed
    from rounds
    left join figures
        on rounds.survey_id = figures.survey_id and rounds.round_id = figures.round_id
    group by rounds.survey_id, rounds.round_id
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

percent_sums as (
    select
        rounds.survey_id,
        rounds.round_id,
        sum(case when sums.pct_sum = 100 then 1 else 0 end) || ' of ' || count(sums.question_id) as observed,
        100 as threshold,
        count(sums.question_id) - sum(case when sums.pct_sum = 100 then 1 else 0 end) as n_failed
    from rounds
    left join questions
        on
            rounds.survey_id = questions.survey_id
            and rounds.round_id = questions.round_id
            and questions.question_type = 'select_one'
    left join question_rows as sums
        on
            questions.survey_id = sums.survey_id
            and questions.round_id = sums.round_id
            and questions.question_id = sums.question_id
            and sums.base_n > 0
    group by rounds.survey_id, rounds.round_id
),

shares as (
    select
        survey_id,
        round_id,
        base_n
    from cells
    where share is not null
    union all
    select
        survey_id,
        round_id,
        base_n
    from systems
    where share is not null
),

bases_present as (
    select
        rounds.survey_id,
        rounds.round_id,
        sum(case when shares.base_n > 0 then 1 else 0 end) || ' of ' || count(shares.round_id) as observed,
        'each share has its base' as threshold,
        count(shares.round_id) - sum(case when shares.base_n > 0 then 1 else 0 end) as n_failed
    from rounds
    left join shares
        on rounds.survey_id = shares.survey_id and rounds.round_id = shares.round_id
    group by rounds.survey_id, rounds.round_id
),

unreliable_shares as (
    select
        rounds.survey_id,
        rounds.round_id,
        sum(case when question_rows.base_n < surveys.small_base and not question_rows.is_known then 1 else 0 end)
        || ' of ' || count(question_rows.question_id) as observed,
        'base of ' || surveys.small_base as threshold,
        sum(case when question_rows.base_n < surveys.small_base and not question_rows.is_known then 1 else 0 end)
            as n_failed
    from rounds
    inner join surveys on rounds.survey_id = surveys.survey_id
    left join question_rows
        on
            rounds.survey_id = question_rows.survey_id
            and rounds.round_id = question_rows.round_id
            and question_rows.unit = 'response'
            and question_rows.base_n > 0
    group by rounds.survey_id, rounds.round_id, surveys.small_base
),

options as (
    select
        survey_id,
        question_id,
        count(*) as n_options
    from levels
    where answer_level = 'option' and not is_missing
    group by survey_id, question_id
),

units as (
    select 'response' as unit
    union all
    select 'municipality' as unit
),

cells_complete as (
    select
        rounds.survey_id,
        rounds.round_id,
        coalesce(sum(question_rows.n_cells), 0) || ' of ' || coalesce(sum(options.n_options), 0) as observed,
        'each option has a cell' as threshold,
        sum(case when options.n_options <> coalesce(question_rows.n_cells, 0) then 1 else 0 end) as n_failed
    from rounds
    left join questions
        on rounds.survey_id = questions.survey_id and rounds.round_id = questions.round_id
    left join options
        on questions.survey_id = options.survey_id and questions.question_id = options.question_id
    left join breakdowns
        on rounds.survey_id = breakdowns.survey_id and rounds.round_id = breakdowns.round_id
    left join units on units.unit = 'response' or breakdowns.has_municipalities
    left join question_rows
        on
            options.survey_id = question_rows.survey_id
            and rounds.round_id = question_rows.round_id
            and options.question_id = question_rows.question_id
            and units.unit = question_rows.unit
            and breakdowns.breakdown = question_rows.breakdown
            and breakdowns.breakdown_id = question_rows.breakdown_id
    group by rounds.survey_id, rounds.round_id
),

{{ checked() }}
