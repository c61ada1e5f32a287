-- Questions of two rounds whose change is computed now: of rounds that this build makes, and of pairs that are new
-- because a round between them has gone. The others are carried over.
select * from {{ ref('int_questions_paired') }}
where
    comparability <> 'broken'
    and (
        {{ is_built_now() }}
        or {{ is_built_now('survey_id', 'earlier_round_id') }}
        or {{ is_pair_new('marts', 'round_change', ref('int_questions_paired')) }}
    )
