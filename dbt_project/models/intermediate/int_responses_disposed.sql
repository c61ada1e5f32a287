-- Every row read ends with one disposition: rows read = accepted + quarantined + set aside.
{%- set respondent = "survey_id, round_id, respondent_id, "
    ~ "case when duplicates_among = 'all' then '' else first_disposition end" %}
with identified as (
    select * from {{ ref('int_rows_identified') }}
),

matched as (
    select * from {{ ref('int_municipalities_matched') }}
),

rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

conditions as (
    select * from {{ ref('int_conditions_met') }}
    where purpose = 'eligible'
),

withdrawals as (
    select distinct
        survey_id,
        round_id,
        response_id
    from {{ ref('stg_codebook__corrections') }}
    where action = 'withdraw'
),

judged as (
    select
        identified.*,
        matched.municipality_code,
        coalesce(matched.is_municipality_closed, false) as is_municipality_closed,
        coalesce(matched.is_joint_authority, false) as is_joint_authority,
        rounds.duplicates,
        rounds.duplicates_among,
        rounds.completed_values,
        case
            when identified.row_status = 'erased' then 'withdrawn'
            when identified.row_status <> 'read' then identified.row_status
            when not coalesce(conditions.is_met, true) then 'not_eligible'
            when withdrawals.response_id is not null then 'withdrawn'
            when identified.is_exact_copy then 'exact_duplicate'
            when matched.row_key is null then 'unknown_municipality'
            when not matched.is_in_frame then 'out_of_frame'
            else 'accepted'
        end as first_disposition
    from identified
    inner join rounds
        on identified.survey_id = rounds.survey_id and identified.round_id = rounds.round_id
    left join matched on identified.row_key = matched.row_key
    left join conditions on identified.row_key = conditions.row_key
    left join withdrawals
        on
            identified.survey_id = withdrawals.survey_id
            and identified.round_id = withdrawals.round_id
            and identified.response_id = withdrawals.response_id
),

-- Rows of one person compete where they would count; with duplicates_among all, those that do not count compete too.
ordered as (
    select
        row_key,
        row_number() over (
            partition by {{ respondent }} order by submitted_at asc nulls first, content_sha256 asc, response_id asc
        ) as nth_of_respondent,
        count(*) over (partition by {{ respondent }}) as n_of_respondent
    from judged
    where respondent_id is not null
)

select
    judged.row_key,
    judged.row_id,
    judged.survey_id,
    judged.round_id,
    judged.response_id,
    judged.role_id,
    judged.municipality_value,
    judged.municipality_code,
    case
        when judged.first_disposition <> 'accepted' then judged.first_disposition
        when judged.duplicates = 'keep_first' and ordered.nth_of_respondent > 1 then 'superseded_by_same_person'
        when judged.duplicates = 'keep_last' and ordered.nth_of_respondent < ordered.n_of_respondent
            then 'superseded_by_same_person'
        else 'accepted'
    end as disposition,
    judged.unreadable_reason,
    judged.is_role_unknown,
    judged.is_municipality_closed,
    judged.is_joint_authority,
    judged.role_order,
    judged.provider_weight,
    judged.weight_value is not null
    and not coalesce(judged.provider_weight between 0 and {{ var('largest_weight') }}, false) as is_weight_wrong,
    judged.completion,
    not {{ is_in_list("coalesce(judged.completion, '')", 'judged.completed_values') }} as is_unfinished,
    judged.form_version,
    judged.started_at,
    judged.submitted_at,
    judged.seconds_taken
from judged
left join ordered on judged.row_key = ordered.row_key
