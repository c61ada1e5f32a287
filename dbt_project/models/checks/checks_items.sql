{{ config(materialized='incremental') }}
-- noqa: disable=ST03
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

-- A rule can be judged in a round that asks every question that it speaks of.
rules as (
    select
        rounds.survey_id,
        rounds.round_id,
        rules.rule_id,
        rules.kind
    from rounds
    inner join {{ ref('stg_codebook__plausibility') }} as rules on rounds.survey_id = rules.survey_id
    inner join {{ ref('int_questions_in_round') }} as spoken_of
        on
            rounds.survey_id = spoken_of.survey_id
            and rounds.round_id = spoken_of.round_id
            and position('${' || spoken_of.question_id || '}' in rules.expression) > 0
    group by rounds.survey_id, rounds.round_id, rules.rule_id, rules.kind
    having min(case when spoken_of.is_asked then 1 else 0 end) = 1
),

met as (
    select
        row_key,
        question_id as rule_id
    from {{ ref('int_conditions_met') }}
    where is_met and purpose in ('impossible', 'implausible')
),

{% for kind in ['impossible', 'implausible'] %}
{{ kind }}_parts as (
    select
        rules.survey_id,
        rules.round_id,
        'question' as part,
        rules.rule_id as part_id,
        count(met.row_key) || ' of ' || count(responses.row_id) as observed,
        '0' as threshold,
        count(met.row_key) as n_failed
    from rules
    left join responses
        on rules.survey_id = responses.survey_id and rules.round_id = responses.round_id
    left join met
        on responses.row_key = met.row_key and rules.rule_id = met.rule_id
    where rules.kind = '{{ kind }}'
    group by rules.survey_id, rules.round_id, rules.rule_id
),

{{ kind }}_pairs as (
    {{ whole_of(kind ~ '_parts') }}
),
{% endfor %}

answers as (
    select * from {{ ref('int_answers_judged') }}
),

judged_parts as (
    select
        answers.survey_id,
        answers.round_id,
        'question' as part,
        answers.question_id as part_id,
        count(distinct case when constraints.is_met is null then answers.row_id end) || ' of '
        || count(distinct answers.row_id) as observed,
        '0' as threshold,
        count(distinct case when constraints.is_met is null then answers.row_id end) as n_failed
    from answers
    inner join {{ ref('int_conditions_met') }} as constraints
        on
            answers.row_key = constraints.row_key
            and answers.question_id = constraints.question_id
            and constraints.purpose = 'constraint'
    where answers.answer_status = 'valid'
    group by answers.survey_id, answers.round_id, answers.question_id
),

constraints_judged as (
    {{ whole_of('judged_parts') }}
),

choices as (
    select * from {{ ref('stg_codebook__choices') }}
),

doubtful as (
    select * from {{ ref('int_answers_doubtful') }}
),

spellings as (
    select * from {{ ref('int_spellings_unknown') }}
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
    inner join questions
        on asked.survey_id = questions.survey_id and asked.question_id = questions.question_id
    where asked.is_asked
),

-- What a response says to a question as a whole, where it applied: a doubtful answer is one too.
replied as (
    select
        survey_id,
        round_id,
        row_id,
        question_id,
        max(case when answer_status in ('blank', 'declared_missing') then 0 else 1 end) as has_answer,
        min(case when answer_status = 'blank' then 1 else 0 end) as is_blank
    from answers
    where answer_status not in ('not_asked', 'not_applicable')
    group by survey_id, round_id, row_id, question_id
),

{% for severity in var('severities') %}
answers_doubtful_{{ severity }} as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(doubtful.row_id) as observed,
        0 as threshold,
        count(doubtful.row_id) as n_failed
    from rounds
    left join questions
        on rounds.survey_id = questions.survey_id and questions.severity = '{{ severity }}'
    left join doubtful
        on
            rounds.survey_id = doubtful.survey_id
            and rounds.round_id = doubtful.round_id
            and questions.question_id = doubtful.question_id
    group by rounds.survey_id, rounds.round_id
),
{% endfor %}

answers_within_soft_bounds as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(answers.row_id) as observed,
        'soft_min to soft_max' as threshold,
        case
            when max(bounded.question_id) is not null
                then sum(
                    case
                        when answers.number_value < bounded.soft_min or answers.number_value > bounded.soft_max then 1
                        else 0
                    end
                )
        end as n_failed
    from rounds
    left join asked as bounded
        on
            rounds.survey_id = bounded.survey_id
            and rounds.round_id = bounded.round_id
            and coalesce(bounded.soft_min, bounded.soft_max) is not null
    left join answers
        on
            bounded.survey_id = answers.survey_id
            and bounded.round_id = answers.round_id
            and bounded.question_id = answers.question_id
            and answers.answer_status = 'valid'
    group by rounds.survey_id, rounds.round_id
),

required_answered as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(replied.row_id) as observed,
        'none left blank' as threshold,
        case when max(required.question_id) is not null then coalesce(sum(replied.is_blank), 0) end as n_failed
    from rounds
    left join asked as required
        on
            rounds.survey_id = required.survey_id
            and rounds.round_id = required.round_id
            and required.is_required
    left join replied
        on
            required.survey_id = replied.survey_id
            and required.round_id = replied.round_id
            and required.question_id = replied.question_id
    group by rounds.survey_id, rounds.round_id
),

other_texts_belong as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(texts.row_id) as observed,
        'each beside an answer to its question' as threshold,
        case when max(others.question_id) is not null then count(texts.row_id) - count(owners.row_id) end as n_failed
    from rounds
    left join asked as others
        on
            rounds.survey_id = others.survey_id
            and rounds.round_id = others.round_id
            and others.other_of is not null
    left join replied as texts
        on
            others.survey_id = texts.survey_id
            and others.round_id = texts.round_id
            and others.question_id = texts.question_id
            and texts.has_answer = 1
    left join replied as owners
        on
            texts.row_id = owners.row_id
            and others.other_of = owners.question_id
            and owners.has_answer = 1
    group by rounds.survey_id, rounds.round_id
),

system_names_matched as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(spellings.row_id) as observed,
        0 as threshold,
        count(spellings.row_id) as n_failed
    from rounds
    left join spellings
        on
            rounds.survey_id = spellings.survey_id
            and rounds.round_id = spellings.round_id
            and spellings.list_name <> '_role'
    group by rounds.survey_id, rounds.round_id
),

-- Per question what the accepted responses did with it.
replied_to as (
    select
        replied.survey_id,
        replied.round_id,
        replied.question_id,
        questions.sort_order,
        questions.question_type,
        asked.is_voluntary,
        count(*) as n_applicable,
        sum(replied.is_blank) as n_blank,
        sum(replied.has_answer) as n_answered
    from replied
    inner join questions
        on replied.survey_id = questions.survey_id and replied.question_id = questions.question_id
    inner join asked
        on
            replied.survey_id = asked.survey_id
            and replied.round_id = asked.round_id
            and replied.question_id = asked.question_id
    group by
        replied.survey_id, replied.round_id, replied.question_id, questions.sort_order, questions.question_type,
        asked.is_voluntary
),

nonresponse_parts as (
    select
        survey_id,
        round_id,
        'question' as part,
        question_id as part_id,
        n_blank || ' of ' || n_applicable as observed,
        '{{ var('monitor').item_nonresponse }}' as threshold,
        case when n_blank > {{ var('monitor').item_nonresponse }} * n_applicable then 1 else 0 end as n_failed
    from replied_to
    where not is_voluntary
),

item_nonresponse as (
    {{ whole_of('nonresponse_parts') }}
),

routed as (
    select distinct question_id
    from {{ ref('stg_codebook__conditions') }}
    where purpose = 'relevant'
),

beside as (
    select
        *,
        cast(n_answered as double) / n_applicable as answered_share,
        lag(cast(n_answered as double) / n_applicable) over (
            partition by survey_id, round_id order by sort_order
        ) as share_before
    from replied_to
    where not is_voluntary and question_id not in (select routed.question_id from routed)
),

jump_parts as (
    select
        survey_id,
        round_id,
        'question' as part,
        question_id as part_id,
        {{ percent('share_before') }} || ' to ' || {{ percent('answered_share') }} as observed,
        '{{ var('monitor').base_jump }}' as threshold,
        case when abs(answered_share - share_before) > {{ var('monitor').base_jump }} then 1 else 0 end as n_failed
    from beside
    where share_before is not null
),

base_jumps_between_questions as (
    {{ whole_of('jump_parts') }}
),

used as (
    select
        survey_id,
        round_id,
        question_id,
        code,
        count(*) as n
    from answers
    where answer_status = 'valid' and question_type in ('select_one', 'select_multiple') and code is not null
    group by survey_id, round_id, question_id, code
),

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
    inner join questions
        on replied_to.survey_id = questions.survey_id and replied_to.question_id = questions.question_id
    inner join choices
        on
            questions.survey_id = choices.survey_id
            and questions.list_name = choices.list_name
            and not choices.is_missing
    left join used
        on
            replied_to.survey_id = used.survey_id
            and replied_to.round_id = used.round_id
            and replied_to.question_id = used.question_id
            and choices.code = used.code
    where replied_to.question_type in ('select_one', 'select_multiple')
),

dont_know_parts as (
    select
        survey_id,
        round_id,
        'question' as part,
        question_id as part_id,
        sum(n) || ' of ' || max(n_answered) as observed,
        '{{ var('monitor').dont_know }}' as threshold,
        case when sum(n) > {{ var('monitor').dont_know }} * max(n_answered) then 1 else 0 end as n_failed
    from closed
    where code in ({{ quoted(var('monitor').dont_know_codes) }})
    group by survey_id, round_id, question_id
),

dont_know as (
    {{ whole_of('dont_know_parts') }}
),

constant_parts as (
    select
        survey_id,
        round_id,
        'question' as part,
        question_id as part_id,
        sum(case when n > 0 then 1 else 0 end) || ' options in ' || max(n_answered) || ' answers' as observed,
        'more than one option' as threshold,
        case when sum(case when n > 0 then 1 else 0 end) = 1 then 1 else 0 end as n_failed
    from closed
    where question_type = 'select_one' and n_answered >= {{ var('monitor').least_answers }}
    group by survey_id, round_id, question_id
),

answers_vary as (
    {{ whole_of('constant_parts') }}
),

unused_parts as (
    select
        survey_id,
        round_id,
        'question' as part,
        question_id as part_id,
        coalesce(string_agg(case when n = 0 then code end, ', ' order by code), 'none') as observed,
        'every option' as threshold,
        sum(case when n = 0 then 1 else 0 end) as n_failed
    from closed
    where n_answered >= {{ var('monitor').least_answers }}
    group by survey_id, round_id, question_id
),

options_used as (
    {{ whole_of('unused_parts') }}
),

specified_parts as (
    select
        asked.survey_id,
        asked.round_id,
        'question' as part,
        asked.other_of as part_id,
        sum(replied.has_answer) || ' of ' || max(replied_to.n_answered) as observed,
        '{{ var('monitor').other_specify }}' as threshold,
        case
            when sum(replied.has_answer) > {{ var('monitor').other_specify }} * max(replied_to.n_answered) then 1
            else 0
        end as n_failed
    from asked
    inner join replied
        on
            asked.survey_id = replied.survey_id
            and asked.round_id = replied.round_id
            and asked.question_id = replied.question_id
    inner join replied_to
        on
            asked.survey_id = replied_to.survey_id
            and asked.round_id = replied_to.round_id
            and asked.other_of = replied_to.question_id
    group by asked.survey_id, asked.round_id, asked.other_of
),

other_specify as (
    {{ whole_of('specified_parts') }}
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

{% for check, fault, types in [
    ('codes_in_list', 'code_not_in_list', ['select_one', 'select_multiple', 'system']),
    ('numbers_readable', 'not_a_number', ['integer', 'decimal']),
    ('numbers_in_range', 'out_of_range', ['integer', 'decimal']),
    ('dates_readable', 'not_a_date', ['date']),
    ('exclusive_options_alone', 'not_exclusive', ['select_multiple']),
    ('constraints_hold', 'constraint_failed', []),
    ('routing_followed', 'answered_but_not_applicable', []),
] %}
{{ check }}_parts as (
    select
        replied_to.survey_id,
        replied_to.round_id,
        'question' as part,
        replied_to.question_id as part_id,
        coalesce(faults.n, 0) || ' of ' || replied_to.n_applicable as observed,
        '0' as threshold,
        coalesce(faults.n, 0) as n_failed
    from replied_to
    left join faults
        on
            replied_to.survey_id = faults.survey_id
            and replied_to.round_id = faults.round_id
            and replied_to.question_id = faults.question_id
            and faults.fault = '{{ fault }}'
    {% if types %}where replied_to.question_type in ({{ quoted(types) }}){% endif %}
),

{{ check }} as (
    {{ whole_of(check ~ '_parts') }}
),
{% endfor %}

{{ checked() }}
