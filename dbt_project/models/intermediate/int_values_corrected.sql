-- What the cells of a round can say: the texts that were delivered, and those that corrections write instead.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

delivered as (
    select delivered.*
    from {{ ref('stg_surveys__values') }} as delivered
    inner join rounds on delivered.survey_id = rounds.survey_id and delivered.round_id = rounds.round_id
),

written as (
    select distinct
        corrections.survey_id,
        corrections.round_id,
        columns.source_column,
        corrections.new_value as cell_value
    from {{ ref('stg_codebook__corrections') }} as corrections
    inner join {{ ref('stg_codebook__columns') }} as columns
        on
            corrections.survey_id = columns.survey_id
            and corrections.round_id = columns.round_id
            and corrections.question_id = columns.question_id
    where corrections.action = 'replace'
),

last_of_rounds as (
    select
        survey_id,
        round_id,
        max(value_id) as value_id
    from delivered
    group by survey_id, round_id
)

select
    value_id,
    survey_id,
    round_id,
    source_column,
    cell_value,
    false as is_written
from delivered
union all
select
    last_of_rounds.value_id + row_number() over (
        partition by written.survey_id, written.round_id order by written.source_column, written.cell_value
    ) as value_id,
    written.survey_id,
    written.round_id,
    written.source_column,
    written.cell_value,
    true as is_written
from written
inner join last_of_rounds
    on written.survey_id = last_of_rounds.survey_id and written.round_id = last_of_rounds.round_id
