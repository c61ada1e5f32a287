{{ config(materialized='incremental') }}
-- noqa: disable=ST03
-- One CTE per check, named as the check; round_checks.yml says what each speaks of and how grave a failure is.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

surveys as (
    select * from {{ ref('stg_codebook__surveys') }}
),

sources as (
    select * from {{ ref('stg_ingest__sources') }}
    where round_id is null or {{ is_built_now() }}
),

responses as (
    select * from {{ ref('int_responses_disposed') }}
),

frame as (
    select * from {{ ref('int_frame_classified') }}
),

cells as (
    select * from {{ ref('int_cells_corrected') }}
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

choices as (
    select * from {{ ref('stg_codebook__choices') }}
),

doubtful as (
    select * from {{ ref('int_answers_doubtful') }}
),

answers as (
    select * from {{ ref('int_answers_judged') }}
),

spellings as (
    select * from {{ ref('int_spellings_unknown') }}
),

codings as (
    select * from {{ ref('stg_codebook__codings') }}
),

coded as (
    select distinct
        survey_id,
        round_id,
        question_id
    from codings
),

asked as (
    select
        asked.survey_id,
        asked.round_id,
        questions.question_id,
        questions.other_of,
        questions.is_required,
        questions.soft_min,
        questions.soft_max
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

corrections as (
    select
        *,
        row_number() over (order by survey_id, round_id, response_id, question_id, old_value) as correction_id
    from {{ ref('stg_codebook__corrections') }}
),

columns as (
    select * from {{ ref('stg_codebook__columns') }}
),

figures as (
    select * from {{ ref('publication_reconciliation') }}
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

delivered as (
    select
        survey_id,
        round_id,
        sum(n_rows) as n_rows
    from sources
    where kind = 'responses'
    group by survey_id, round_id
),

rows_conserved as (
    select
        delivered.survey_id,
        delivered.round_id,
        delivered.n_rows || ' = ' || coalesce(disposed.n_accepted, 0) || ' + ' || coalesce(disposed.n_quarantined, 0)
        || ' + ' || coalesce(disposed.n_set_aside, 0) as observed,
        'equal' as threshold,
        abs(
            delivered.n_rows - coalesce(disposed.n_accepted + disposed.n_quarantined + disposed.n_set_aside, 0)
        ) + abs(delivered.n_rows - coalesce(disposed.n_rows, 0)) as n_failed
    from delivered
    left join disposed
        on delivered.survey_id = disposed.survey_id and delivered.round_id = disposed.round_id
),

quarantined_share as (
    select
        rounds.survey_id,
        rounds.round_id,
        coalesce(disposed.n_quarantined, 0) || ' of ' || coalesce(disposed.n_rows, 0) as observed,
        surveys.quarantined_share_limit as threshold,
        case
            when disposed.n_quarantined > surveys.quarantined_share_limit * disposed.n_rows
                then disposed.n_quarantined
            else 0
        end as n_failed
    from rounds
    inner join surveys on rounds.survey_id = surveys.survey_id
    left join disposed
        on rounds.survey_id = disposed.survey_id and rounds.round_id = disposed.round_id
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

{% for disposition in var('quarantined') + var('set_aside') %}
rows_{{ disposition }} as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(responses.row_id) as observed,
        0 as threshold,
        count(responses.row_id) as n_failed
    from rounds
    left join responses
        on
            rounds.survey_id = responses.survey_id
            and rounds.round_id = responses.round_id
            and responses.disposition = '{{ disposition }}'
    group by rounds.survey_id, rounds.round_id
),
{% endfor %}

frame_complete as (
    select
        survey_id,
        round_id,
        count(*) as observed,
        'all classified' as threshold,
        sum(case when population is null or size_class_id is null then 1 else 0 end)
        + count(*) - count(distinct municipality_code) as n_failed
    from frame
    group by survey_id, round_id
),

submitted_in_field_window as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(responses.row_id) as observed,
        rounds.opens_on || ' to ' || rounds.closes_on as threshold,
        sum(
            case
                when responses.row_id is null then 0
                when
                    {{ local_date('responses.submitted_at', 'rounds.timezone') }}
                    between rounds.opens_on and rounds.closes_on then 0
                else 1
            end
        ) as n_failed
    from rounds
    left join responses
        on
            rounds.survey_id = responses.survey_id
            and rounds.round_id = responses.round_id
            and responses.disposition = 'accepted'
            and responses.submitted_at is not null
    group by rounds.survey_id, rounds.round_id, rounds.opens_on, rounds.closes_on
),

{% for check, name, fault in [
    ('submission_times_readable', '_submitted_at', 'responses.submitted_at is null'),
    ('roles_known', '_role', 'responses.is_role_unknown'),
    ('weights_readable', '_weight', 'responses.is_weight_wrong'),
    ('municipalities_not_closed', '_municipality', 'responses.is_municipality_closed'),
] %}
{{ check }} as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(responses.row_id) as observed,
        0 as threshold,
        case
            when max(columns.question_id) is not null
                then sum(case when responses.row_id is not null and {{ fault }} then 1 else 0 end)
        end as n_failed
    from rounds
    left join columns
        on
            rounds.survey_id = columns.survey_id
            and rounds.round_id = columns.round_id
            and columns.question_id = '{{ name }}'
    left join responses
        on
            rounds.survey_id = responses.survey_id
            and rounds.round_id = responses.round_id
            and responses.disposition = 'accepted'
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

texts_coded as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(distinct answers.response_id) as observed,
        'each text has a code' as threshold,
        case
            when max(coded.question_id) is not null
                then count(distinct answers.response_id) - count(distinct codings.response_id)
        end as n_failed
    from rounds
    left join coded
        on rounds.survey_id = coded.survey_id and rounds.round_id = coded.round_id
    left join answers
        on
            coded.survey_id = answers.survey_id
            and coded.round_id = answers.round_id
            and coded.question_id = answers.question_id
            and answers.answer_status = 'valid'
    left join codings
        on
            answers.survey_id = codings.survey_id
            and answers.round_id = codings.round_id
            and answers.response_id = codings.response_id
            and answers.question_id = codings.question_id
    group by rounds.survey_id, rounds.round_id
),

codebook_fits as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(columns.source_column) as observed,
        'each is of a question or option of the codebook' as threshold,
        sum(
            case
                when columns.source_column is null or columns.question_id like '\_%' escape '\' then 0
                when columns.question_id = 'ignored' then 0
                when questions.question_id is null then 1
                when questions.question_type = 'select_multiple' and columns.part is not null and choices.code is null
                    then 1
                else 0
            end
        ) as n_failed
    from rounds
    left join columns
        on rounds.survey_id = columns.survey_id and rounds.round_id = columns.round_id
    left join questions
        on columns.survey_id = questions.survey_id and columns.question_id = questions.question_id
    left join choices
        on
            questions.survey_id = choices.survey_id
            and questions.list_name = choices.list_name
            and columns.part = choices.code
    group by rounds.survey_id, rounds.round_id
),

corrections_applied as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(distinct corrections.correction_id) as observed,
        'each meets its answer' as threshold,
        count(distinct corrections.correction_id) - count(distinct case
            when corrections.action = 'withdraw' and responses.row_id is not null then corrections.correction_id
            when cells.row_id is not null then corrections.correction_id
        end) as n_failed
    from rounds
    left join corrections
        on rounds.survey_id = corrections.survey_id and rounds.round_id = corrections.round_id
    left join responses
        on
            corrections.survey_id = responses.survey_id
            and corrections.round_id = responses.round_id
            and corrections.response_id = responses.response_id
    left join columns
        on
            corrections.survey_id = columns.survey_id
            and corrections.round_id = columns.round_id
            and corrections.question_id = columns.question_id
    left join cells
        on
            responses.row_id = cells.row_id
            and columns.source_column = cells.source_column
            and corrections.new_value = cells.cell_value
    group by rounds.survey_id, rounds.round_id
),

carded as (
    select
        coalesce(survey_id, 'all') as survey_id,
        coalesce(round_id, 'all') as round_id,
        case when sha256 <> card_sha256 then 1 else 0 end as n_differing
    from sources
    where card_sha256 is not null
),

places as (
    select
        survey_id,
        round_id
    from rounds
    union
    select
        survey_id,
        round_id
    from carded
),

source_matches_card as (
    select
        places.survey_id,
        places.round_id,
        count(carded.n_differing) as observed,
        'sha256 of source.yml' as threshold,
        sum(carded.n_differing) as n_failed
    from places
    left join carded
        on places.survey_id = carded.survey_id and places.round_id = carded.round_id
    group by places.survey_id, places.round_id
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

small_cells_hidden as (
    select
        survey_id,
        round_id,
        case when is_synthetic then 'synthetic: nothing to hide' else 'not synthetic' end as observed,
        'synthetic rounds only' as threshold,
        case when is_synthetic then 0 else 1 end as n_failed
    from rounds
),

checked as (
    {% for definition in model.config.meta.checks %}
    {{ check(definition) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from checked
