{{ config(materialized='incremental') }}
-- noqa: disable=ST03,LT08
-- Answers, question by question.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

responses as (
    select * from {{ ref('int_responses_disposed') }}
    where disposition = 'accepted'
),

-- Questions with a bound that is not hard, or with a constraint.
limited as (
    select
        survey_id,
        question_id
    from questions
    where coalesce(soft_min, soft_max) is not null
    union
    select
        survey_id,
        question_id
    from {{ ref('stg_codebook__conditions') }}
    where purpose = 'constraint'
),

answers as (
    select judged.*
    from {{ ref('int_answers_judged') }} as judged
    inner join limited using (survey_id, question_id)
    where judged.answer_status = 'valid'
),

doubtful as (
    select * from {{ ref('int_answers_doubtful') }}
),

asked as (
    select
        asked.survey_id,
        asked.round_id,
        questions.question_id,
        questions.other_of,
        questions.is_required,
        questions.soft_min,
        questions.soft_max,
        -- Nobody need write a text.
        questions.question_type = 'text' or asked.is_coded is true as is_voluntary
    from {{ ref('int_questions_in_round') }} as asked
    inner join questions using (survey_id, question_id)
    where asked.is_asked
),

counted as (
    select
        meaning_id,
        sum(n) as n
    from {{ ref('int_meanings_counted') }}
    where breakdown = 'all'
    group by meaning_id
),

-- Per question what the accepted responses did with it, where it applied: a doubtful answer is one too.
replied_to as (
    select
        meanings.survey_id,
        meanings.round_id,
        meanings.question_id,
        questions.sort_order,
        meanings.question_type,
        questions.list_name,
        asked.is_voluntary,
        sum(counted.n) as n_applicable,
        sum(case when meanings.is_blank then counted.n else 0 end) as n_blank,
        sum(case when meanings.has_answer then counted.n else 0 end) as n_answered
    from {{ ref('int_meanings_whole') }} as meanings
    inner join counted using (meaning_id)
    inner join questions using (survey_id, question_id)
    inner join asked using (survey_id, round_id, question_id)
    where meanings.is_applicable
    group by
        meanings.survey_id, meanings.round_id, meanings.question_id, questions.sort_order, meanings.question_type,
        questions.list_name, asked.is_voluntary
),

used as (
    select
        meanings.survey_id,
        meanings.round_id,
        meanings.question_id,
        meanings.code,
        sum(counted.n) as n
    from {{ ref('int_meanings_judged') }} as meanings
    inner join counted using (meaning_id)
    where
        meanings.answer_status = 'valid'
        and meanings.question_type in ('select_one', 'select_multiple')
        and meanings.code is not null
    group by meanings.survey_id, meanings.round_id, meanings.question_id, meanings.code
),

-- The options of each closed question, and how many gave them.
closed as (
    select
        replied_to.survey_id,
        replied_to.round_id,
        replied_to.question_id,
        replied_to.question_type,
        replied_to.n_answered,
        choices.code,
        choices.is_exclusive,
        coalesce(used.n, 0) as n
    from replied_to
    inner join {{ ref('stg_codebook__choices') }} as choices using (survey_id, list_name)
    left join used using (survey_id, round_id, question_id, code)
    where replied_to.question_type in ('select_one', 'select_multiple') and not choices.is_missing
),

exclusive as (
    select distinct
        survey_id,
        round_id,
        question_id
    from closed
    where is_exclusive
),

faults as (
    select
        doubtful.survey_id,
        doubtful.round_id,
        doubtful.question_id,
        case
            when doubtful.answer_status = 'constraint_failed' and exclusive.question_id is not null
                then 'not_exclusive'
            else doubtful.answer_status
        end as fault,
        count(distinct doubtful.row_id) as n
    from doubtful
    left join exclusive
        on
            doubtful.survey_id = exclusive.survey_id
            and doubtful.round_id = exclusive.round_id
            and doubtful.question_id = exclusive.question_id
    group by doubtful.survey_id, doubtful.round_id, doubtful.question_id, fault
),

impossible_pairs as ({{ rule_met('impossible') }}),
implausible_pairs as ({{ rule_met('implausible') }}),
constraints_judged as ({{ constraints_judged() }}),
{% for severity in var('severities') %}
answers_doubtful_{{ severity }} as ({{ answers_doubtful(severity) }}),
{% endfor %}
answers_within_soft_bounds as ({{ answers_within_soft_bounds() }}),
required_answered as ({{ required_answered() }}),
other_texts_belong as ({{ other_texts_belong() }}),
system_names_matched as ({{ system_names_matched() }}),
item_nonresponse as ({{ item_nonresponse() }}),
base_jumps_between_questions as ({{ base_jumps_between_questions() }}),
dont_know as ({{ dont_know() }}),
answers_vary as ({{ answers_vary() }}),
options_used as ({{ options_used() }}),
other_specify as ({{ other_specify() }}),
codes_in_list as ({{ answers_without('code_not_in_list', ['select_one', 'select_multiple', 'system']) }}),
numbers_readable as ({{ answers_without('not_a_number', ['integer', 'decimal']) }}),
numbers_in_range as ({{ answers_without('out_of_range', ['integer', 'decimal']) }}),
dates_readable as ({{ answers_without('not_a_date', ['date']) }}),
exclusive_options_alone as ({{ answers_without('not_exclusive', ['select_multiple']) }}),
constraints_hold as ({{ answers_without('constraint_failed') }}),
routing_followed as ({{ answers_without('answered_but_not_applicable') }}),

{{ checked() }}
