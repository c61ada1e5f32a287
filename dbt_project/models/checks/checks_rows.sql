{{ config(materialized='incremental') }}
-- noqa: disable=ST03
-- What became of the rows that were delivered.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

surveys as (
    select * from {{ ref('stg_codebook__surveys') }}
),

responses as (
    select * from {{ ref('int_responses_disposed') }}
),

sources as (
    select * from {{ ref('stg_ingest__sources') }}
    where round_id is null or {{ is_built_now() }}
),

columns as (
    select * from {{ ref('stg_codebook__columns') }}
),

used as (
    select distinct
        survey_id,
        round_id,
        question_id
    from columns
),

questions as (
    select * from {{ ref('stg_codebook__questions') }}
),

choices as (
    select * from {{ ref('stg_codebook__choices') }}
),

cells as (
    select
        cells.row_key,
        written.source_column,
        written.cell_value
    from {{ ref('int_cells_corrected') }} as cells
    inner join {{ ref('int_values_corrected') }} as written on cells.value_id = written.value_id
),

corrections as (
    select
        *,
        row_number() over (order by survey_id, round_id, response_id, question_id, old_value) as correction_id
    from {{ ref('stg_codebook__corrections') }}
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

{% for check, name, fault, needed in [
    ('weights_readable', '_weight', 'responses.is_weight_wrong', 'used.question_id'),
    ('unfinished_counted', '_completion', 'responses.is_unfinished', 'rounds.completed_values'),
] %}
{{ check }} as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(responses.row_id) as observed,
        0 as threshold,
        case
            when max(used.question_id) is not null and max({{ needed }}) is not null
                then sum(case when responses.row_id is not null and {{ fault }} then 1 else 0 end)
        end as n_failed
    from rounds
    left join used
        on
            rounds.survey_id = used.survey_id
            and rounds.round_id = used.round_id
            and used.question_id = '{{ name }}'
    left join responses
        on
            rounds.survey_id = responses.survey_id
            and rounds.round_id = responses.round_id
            and responses.disposition = 'accepted'
    group by rounds.survey_id, rounds.round_id
),
{% endfor %}

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
            when cells.row_key is not null then corrections.correction_id
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
            responses.row_key = cells.row_key
            and columns.source_column = cells.source_column
            and corrections.new_value = cells.cell_value
    group by rounds.survey_id, rounds.round_id
),

{{ checked() }}
