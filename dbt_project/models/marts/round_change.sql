{{ config(materialized='incremental', pre_hook="{{ forget_pairs(ref('int_questions_paired')) }}") }}
-- The change of a share since the last round that asked the same, in points, both rounds told on the later division.
-- A pair that is there already is carried over.
with paired as (
    select pairs.* from {{ ref('int_questions_paired') }} as pairs
    where
        pairs.comparability <> 'broken'
        {% if is_incremental() %}
        and (pairs.survey_id, pairs.round_id, pairs.earlier_round_id, pairs.question_id) not in (
            select
                made.survey_id,
                made.round_id,
                made.earlier_round_id,
                made.question_id
            from {{ this }} as made
        )
        {% endif %}
),

realigned as (
    select * from {{ ref('int_shares_realigned') }}
),

breakdown_questions as (
    select * from {{ ref('stg_codebook__breakdowns') }}
),

-- By a breakdown question responses only: municipalities that merge would have to answer it anew.
own as (
    select
        cells.survey_id,
        cells.round_id,
        cells.round_id as frame_round_id,
        cells.question_id,
        cells.unit,
        cells.breakdown,
        cells.breakdown_id,
        cells.level as answer_level,
        cells.answer_code,
        cells.n,
        cells.base_n
    from {{ ref('answer_distribution') }} as cells
    left join breakdown_questions
        on cells.survey_id = breakdown_questions.survey_id and cells.breakdown = breakdown_questions.question_id
    where cells.base_n > 0 and (cells.unit = 'response' or breakdown_questions.question_id is null)
),

moved as (
    select distinct
        survey_id,
        round_id,
        frame_round_id,
        question_id
    from realigned
),

-- The role or answer of a response: the division does not matter to it.
of_responses as (
    select own.* replace (moved.frame_round_id as frame_round_id)
    from own
    inner join {{ ref('int_breakdowns_labelled') }} as labelled
        on
            own.survey_id = labelled.survey_id
            and own.breakdown = labelled.breakdown
            and own.breakdown_id = labelled.breakdown_id
            and labelled.breakdown_kind in ('role', 'answer')
    inner join moved
        on
            own.survey_id = moved.survey_id
            and own.round_id = moved.round_id
            and own.question_id = moved.question_id
),

cells as (
    select * from realigned
    union all by name
    select * from own
    union all by name
    select * from of_responses
)

select
    paired.survey_id,
    paired.question_id,
    paired.round_id,
    paired.earlier_round_id,
    later.unit,
    later.breakdown,
    later.breakdown_id,
    later.answer_level as level,
    later.answer_code,
    {{ key(['paired.survey_id', 'paired.round_id']) }} as round_key,
    {{ key(['paired.survey_id', 'paired.earlier_round_id']) }} as earlier_round_key,
    {{ key(['paired.survey_id', 'paired.question_id']) }} as question_key,
    {{ key(['paired.survey_id', 'paired.question_id', 'later.answer_level', 'later.answer_code']) }} as answer_key,
    {{ key(['paired.survey_id', 'later.breakdown', 'later.breakdown_id']) }} as breakdown_key,
    paired.comparability,
    paired.is_synthetic,
    paired.division_date,
    later.n,
    later.base_n,
    {{ share('later.n', 'later.base_n') }} as share,
    earlier.n as earlier_n,
    earlier.base_n as earlier_base_n,
    {{ share('earlier.n', 'earlier.base_n') }} as earlier_share,
    100 * ({{ share('later.n', 'later.base_n') }} - {{ share('earlier.n', 'earlier.base_n') }}) as delta
from paired
inner join cells as later
    on
        paired.survey_id = later.survey_id
        and paired.round_id = later.round_id
        and paired.frame_round_id = later.frame_round_id
        and paired.question_id = later.question_id
inner join cells as earlier
    on
        paired.survey_id = earlier.survey_id
        and paired.earlier_round_id = earlier.round_id
        and paired.earlier_frame_round_id = earlier.frame_round_id
        and paired.earlier_question_id = earlier.question_id
        and later.unit = earlier.unit
        and later.breakdown = earlier.breakdown
        and later.breakdown_id = earlier.breakdown_id
        and later.answer_level = earlier.answer_level
        and later.answer_code = earlier.answer_code
