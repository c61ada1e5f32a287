{{ config(materialized='incremental') }}
-- Rows that do not count until a person acts, each with a sentence that says what to do. Private.
with responses as (
    select * from {{ ref('int_responses_disposed') }}
),

rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

municipalities as (
    select * from {{ ref('stg_registry__municipalities') }}
),

closed as (
    select * from {{ ref('int_municipalities_closed') }}
),

hints as (
    select
        responses.row_id,
        max(municipalities.municipality_code) as hinted_code,
        max({{ first_text('municipalities.names') }}) as hinted_name
    from responses
    inner join rounds
        on responses.survey_id = rounds.survey_id and responses.round_id = rounds.round_id
    inner join municipalities
        on
            rounds.division_date = municipalities.division_date
            and {{ bare_digits('responses.municipality_value') }}
            = {{ bare_digits('municipalities.municipality_code') }}
    where responses.disposition = 'unknown_municipality'
    group by responses.row_id
    having count(*) = 1
)

select
    responses.row_id,
    responses.survey_id,
    responses.round_id,
    responses.response_id,
    responses.disposition,
    responses.municipality_value,
    case
        when responses.disposition = 'unreadable'
            then responses.unreadable_reason || '; look at the line, and fetch the file again if it was cut or edited'
        when responses.disposition = 'out_of_frame'
            then
                'municipality "' || responses.municipality_value || '" exists but is outside the frame of this round ('
                || rounds.scope || '); correct the code in recodes.csv if it is wrong'
        when responses.municipality_value = ''
            then
                'the municipality is empty; find out who answered and give the code in corrections.csv '
                || '(question_id _municipality)'
        when closed.municipality_code is not null
            then
                'municipality "' || responses.municipality_value || '" joined ' || closed.successor_code || ' on '
                || closed.effective_on || ', before the division of ' || rounds.division_date
                || '; give the right code in recodes.csv, or set frame.closed_municipalities: successor in round.yml'
        when hints.row_id is not null
            then
                'municipality "' || responses.municipality_value || '" is not a code of the division of '
                || rounds.division_date || ', and has the digits of "' || hints.hinted_code || '" ' || hints.hinted_name
                || ': a number loses the zeros before it; if that is meant, write _municipality,'
                || responses.municipality_value || ',' || hints.hinted_code
                || ' in recodes.csv, or export the column as text'
        else
            'municipality "' || responses.municipality_value || '" is not in the division of ' || rounds.division_date
            || '; give the right code in recodes.csv (list_name _municipality)'
    end as reason
from responses
inner join rounds
    on responses.survey_id = rounds.survey_id and responses.round_id = rounds.round_id
left join hints on responses.row_id = hints.row_id
left join closed
    on
        responses.survey_id = closed.survey_id
        and responses.round_id = closed.round_id
        and (
            responses.municipality_value = closed.municipality_code
            or {{ is_text_of('responses.municipality_value', 'closed.municipality_names') }}
        )
where responses.disposition in ({{ quoted(var('quarantined')) }})
