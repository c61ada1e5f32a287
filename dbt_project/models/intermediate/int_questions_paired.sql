-- Each question of a round beside the last round before it that asked the same, and whether the two may be compared.
-- Both are told on the later division: a round on an earlier one is shown on the frame of the other.
with questions as (
    select * from {{ ref('stg_codebook__questions') }}
    where question_type in ('select_one', 'select_multiple')
),

columns as (
    select
        survey_id,
        round_id,
        question_id,
        coalesce({{ sorted_list('part') }}, {{ empty_list('string') }}) as parts
    from {{ ref('stg_codebook__columns') }}
    group by survey_id, round_id, question_id
),

asked as (
    select
        rounds.survey_id,
        rounds.round_id,
        rounds.opens_on,
        rounds.division_date,
        rounds.scope,
        rounds.is_synthetic,
        questions.question_id,
        questions.question_type,
        columns.parts,
        coalesce(declared.earlier_question_id, questions.question_id) as earlier_question_id,
        declared.comparability,
        declared.reason
    from {{ ref('stg_codebook__rounds') }} as rounds
    inner join columns using (survey_id, round_id)
    inner join questions using (survey_id, question_id)
    left join {{ ref('stg_codebook__comparability') }} as declared using (survey_id, question_id, round_id)
),

paired as (
    select
        later.*,
        earlier.round_id as earlier_round_id,
        earlier.division_date as earlier_division_date,
        earlier.is_synthetic as earlier_is_synthetic,
        earlier.scope as earlier_scope,
        earlier.parts as earlier_parts
    from asked as later
    inner join asked as earlier
        on
            later.survey_id = earlier.survey_id
            and later.earlier_question_id = earlier.question_id
            and (later.opens_on, later.round_id) > (earlier.opens_on, earlier.round_id)
    qualify
        row_number() over (
            partition by later.survey_id, later.round_id, later.question_id
            order by earlier.opens_on desc, earlier.round_id desc
        ) = 1
)

select
    survey_id,
    question_id,
    round_id,
    earlier_question_id,
    earlier_round_id,
    is_synthetic,
    greatest(division_date, earlier_division_date) as division_date,
    case when division_date < earlier_division_date then earlier_round_id else round_id end as frame_round_id,
    case when division_date > earlier_division_date then round_id else earlier_round_id end as earlier_frame_round_id,
    case
        when is_synthetic <> earlier_is_synthetic then 'broken'
        when comparability is not null then comparability
        when parts <> earlier_parts then 'similar'
        when scope <> earlier_scope then 'similar'
        else 'same'
    end as comparability,
    case
        when is_synthetic <> earlier_is_synthetic then 'one of the rounds is made up'
        when comparability is not null then reason
        when parts <> earlier_parts then 'the options with a column of their own are not the same in both rounds'
        when scope <> earlier_scope
            then 'the frame is ' || earlier_scope || ' in one round and ' || scope || ' in the other'
        else 'the same question of the codebook in both rounds'
    end as reason
from paired
