{{ config(
    materialized='incremental', kept_by=['survey_id', 'round_id', 'earlier_round_id'],
    pre_hook="{{ forget_pairs(ref('round_change')) }}"
) }}
-- noqa: disable=RF03
-- Whether the answers to a question moved since the last round that asked the same: p-values of each pair of rounds.
-- Options that do not exclude each other (select_multiple) have no distribution. A pair that is there is carried over.
with tested as (
    select
        survey_id,
        round_id,
        earlier_round_id,
        question_id,
        {{ rows_in_order(['n', 'base_n', 'earlier_n', 'earlier_base_n']) }} as counts
    from {{ ref('round_change') }}
    where
        unit = 'response' and breakdown = 'all' and level = 'option'
        and (
            {{ is_built_now() }}
            or {{ is_built_now('survey_id', 'earlier_round_id') }}
            or {{ is_pair_new('checks', 'question_drift', ref('round_change')) }}
        )
    group by survey_id, round_id, earlier_round_id, question_id
),

found as (
    select
        tested.*,
        share_test(tested.counts) as shares,
        distribution_test(case when questions.question_type = 'select_one' then tested.counts end) as distribution
    from tested
    left join {{ ref('stg_codebook__questions') }} as questions using (survey_id, question_id)
)

select
    survey_id,
    round_id,
    earlier_round_id,
    question_id,
    shares.p as share_p,
    shares.largest_change,
    distribution.test,
    distribution.p as distribution_p
from found
