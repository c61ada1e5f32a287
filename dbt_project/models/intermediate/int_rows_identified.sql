-- Where the export has no response id, the content is the id and equal rows are numbered: never the place in the file.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

source_rows as (
    select source_rows.*
    from {{ ref('stg_surveys__rows') }} as source_rows
    inner join rounds on source_rows.survey_id = rounds.survey_id and source_rows.round_id = rounds.round_id
),

reserved as (
    select * from {{ ref('int_reserved_cells') }}
),

roles as (
    select * from {{ ref('stg_codebook__roles') }}
),

spellings as (
    select * from {{ ref('int_values_accepted') }}
),

recodes as (
    select * from {{ ref('stg_codebook__recodes') }}
    where list_name = '_municipality'
),

role_lists as (
    select distinct
        survey_id,
        list_name
    from roles
),

-- The list of roles may hold an option that means no answer: known, and no role.
role_spellings as (
    select
        spellings.survey_id,
        spellings.round_id,
        spellings.source_value,
        roles.role_id,
        roles.sort_order
    from spellings
    inner join role_lists
        on spellings.survey_id = role_lists.survey_id and spellings.list_name = role_lists.list_name
    left join roles
        on
            spellings.survey_id = roles.survey_id
            and spellings.list_name = roles.list_name
            and spellings.code = roles.role_id
),

repeated as (
    select
        survey_id,
        round_id,
        content_sha256
    from source_rows
    group by survey_id, round_id, content_sha256
    having count(*) > 1
),

copies as (
    select
        source_rows.row_key,
        row_number() over (
            partition by source_rows.survey_id, source_rows.round_id, source_rows.content_sha256
            order by source_rows.source_file, source_rows.source_line
        ) as content_copy
    from source_rows
    inner join repeated
        on
            source_rows.survey_id = repeated.survey_id
            and source_rows.round_id = repeated.round_id
            and source_rows.content_sha256 = repeated.content_sha256
),

numbered as (
    select
        source_rows.*,
        coalesce(copies.content_copy, 1) as content_copy
    from source_rows
    left join copies on source_rows.row_key = copies.row_key
)

select
    numbered.row_key,
    numbered.row_id,
    numbered.survey_id,
    numbered.round_id,
    coalesce(
        reserved.response_id, substr(numbered.content_sha256, 1, 16) || '-' || numbered.content_copy
    ) as response_id,
    reserved.respondent_id,
    coalesce(recodes.code, reserved.municipality_value, '') as municipality_value,
    reserved.municipality_part,
    role_spellings.role_id,
    coalesce(reserved.role_value, '') <> '' and role_spellings.source_value is null as is_role_unknown,
    numbered.row_status,
    numbered.reason as unreadable_reason,
    numbered.content_sha256,
    coalesce(role_spellings.sort_order, {{ var('last_role_order') }}) as role_order,
    reserved.response_id is not null and numbered.content_copy > 1 as is_exact_copy,
    {{ text_to_number('reserved.weight_value', 'rounds.decimal_sign') }} as provider_weight,
    reserved.weight_value,
    reserved.completion,
    reserved.form_version,
    numbered.started_at,
    numbered.submitted_at,
    case
        when numbered.submitted_at >= numbered.started_at
            then {{ seconds_between('numbered.started_at', 'numbered.submitted_at') }}
    end as seconds_taken
from numbered
inner join rounds on numbered.survey_id = rounds.survey_id and numbered.round_id = rounds.round_id
left join reserved on numbered.row_key = reserved.row_key
left join recodes
    on
        numbered.survey_id = recodes.survey_id
        and numbered.round_id = recodes.round_id
        and reserved.municipality_value = recodes.source_value
left join role_spellings
    on
        numbered.survey_id = role_spellings.survey_id
        and numbered.round_id = role_spellings.round_id
        and reserved.role_value = role_spellings.source_value
