select
    survey_id,
    round_id,
    {{ key(['survey_id', 'round_id']) }} as round_key,
    interview_id,
    organisation,
    n_people,
    began_on,
    ended_on,
    {{ in_published_languages('chosen', 'chosen') }},
    {{ in_published_languages('topics', 'topics') }},
    note,
    sort_order as interview_order
from {{ ref('stg_codebook__interviews') }}
