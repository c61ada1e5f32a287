select
    survey_id,
    title_fi,
    title_sv,
    title_en,
    publisher_fi,
    publisher_sv,
    publisher_en,
    population_fi,
    population_sv,
    population_en,
    licence
from {{ ref('stg_codebook__surveys') }}
