-- Municipality by municipality: how many units gave an answer, beside how many answered the question. All inhabitants
-- of a municipality count for the answer of their municipality; a response that its provider weighs, by its weight too.
with answers as (
    select * from {{ ref('int_answers_grouped') }}
    where answer_level <> 'base' and {{ is_built_now() }}
),

bases as (
    select * from {{ ref('int_bases_clustered') }}
)

select
    answers.survey_id,
    answers.round_id,
    answers.question_id,
    bases.unit,
    answers.breakdown,
    answers.breakdown_id,
    answers.municipality_code,
    bases.cluster_code,
    answers.answer_level,
    answers.answer_code,
    case when bases.unit = 'inhabitant' then bases.base_n else answers.n end as n,
    bases.base_n
from answers
inner join bases
    on
        answers.survey_id = bases.survey_id
        and answers.round_id = bases.round_id
        and answers.question_id = bases.question_id
        and answers.breakdown = bases.breakdown
        and answers.breakdown_id = bases.breakdown_id
        and answers.municipality_code = bases.municipality_code
        and (answers.unit = bases.unit or (answers.unit = 'municipality' and bases.unit = 'inhabitant'))
