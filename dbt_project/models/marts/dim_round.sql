with counts as (
    select * from {{ ref('response_rate') }}
    where breakdown = 'all'
),

signed as (
    select
        survey_id,
        round_id,
        max(signed_on) as signed_off_on
    from {{ ref('stg_ingest__sign_offs') }}
    group by survey_id, round_id
)

select
    rounds.survey_id,
    rounds.round_id,
    {{ key(['rounds.survey_id', 'rounds.round_id']) }} as round_key,
    {{ in_published_languages('rounds.title', 'title') }},
    {{ in_published_languages('rounds.reading_note', 'reading_note') }},
    rounds.scope as frame_scope,
    rounds.is_synthetic,
    not rounds.is_synthetic or surveys.disclosure_applies_to = 'synthetic' as is_protected,
    rounds.opens_on,
    rounds.closes_on,
    rounds.division_date,
    rounds.population_date,
    cast(row_number() over (partition by rounds.survey_id order by rounds.opens_on, rounds.round_id) as integer)
        as sort_order,
    counts.n_frame,
    counts.n_responses,
    counts.n_municipalities,
    signed.signed_off_on
from {{ ref('stg_codebook__rounds') }} as rounds
inner join {{ ref('stg_codebook__surveys') }} as surveys using (survey_id)
inner join counts using (survey_id, round_id)
left join signed using (survey_id, round_id)
