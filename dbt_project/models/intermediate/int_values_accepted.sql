-- What a cell may say for each code of a list: a recoded spelling, the code, or the label in any language.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

choices as (
    select * from {{ ref('stg_codebook__choices') }}
),

recodes as (
    select * from {{ ref('stg_codebook__recodes') }}
),

role_lists as (
    select distinct
        survey_id,
        list_name
    from {{ ref('stg_codebook__roles') }}
),

spellings as (
    select
        survey_id,
        list_name,
        code as source_value,
        code
    from choices
    union
    select
        survey_id,
        list_name,
        {{ texts_of('labels') }} as source_value,
        code
    from choices
),

combined as (
    select
        rounds.survey_id,
        rounds.round_id,
        spellings.list_name,
        spellings.source_value,
        spellings.code,
        2 as precedence
    from rounds
    inner join spellings on rounds.survey_id = spellings.survey_id
    union all
    select
        recodes.survey_id,
        recodes.round_id,
        coalesce(role_lists.list_name, recodes.list_name) as list_name,
        recodes.source_value,
        recodes.code,
        1 as precedence
    from recodes
    left join role_lists
        on recodes.survey_id = role_lists.survey_id and recodes.list_name = '_role'
)

select
    survey_id,
    round_id,
    list_name,
    source_value,
    code
from combined
qualify
    row_number() over (partition by survey_id, round_id, list_name, source_value order by precedence, code) = 1
