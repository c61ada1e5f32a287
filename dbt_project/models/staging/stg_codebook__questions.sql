with questions as (
    select * from {{ source('raw', 'codebook__questions') }}
),

surveys as (
    select * from {{ ref('stg_codebook__surveys') }}
)

select
    questions.survey_id,
    questions.question_id,
    questions.type as question_type,
    questions.list_name,
    questions.unit as unit_of_measure,
    questions.other_of,
    questions.group_id,
    questions.labels,
    questions.note,
    surveys.none_ticked,
    coalesce(questions.severity, 'warn') as severity,
    coalesce(questions.disclosure, 'opinion') as disclosure,
    coalesce(questions.municipality_rule, surveys.municipality_rule) as municipality_rule,
    cast(questions.min_value as decimal(24, 6)) as min_value,
    cast(questions.max_value as decimal(24, 6)) as max_value,
    cast(questions.soft_min as decimal(24, 6)) as soft_min,
    cast(questions.soft_max as decimal(24, 6)) as soft_max,
    cast(questions.sort_order as integer) as sort_order,
    coalesce(questions.required, '0') = '1' as is_required,
    questions.is_ordered = '1' as is_ordered
from questions
inner join surveys on questions.survey_id = surveys.survey_id
