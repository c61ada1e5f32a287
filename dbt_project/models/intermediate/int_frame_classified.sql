select
    rounds.survey_id,
    rounds.round_id,
    rounds.division_date,
    municipalities.municipality_code,
    size_classes.size_class_id,
    population.population,
    speakers.foreign_language_x1000
from {{ ref('int_rounds_to_build') }} as rounds
inner join {{ ref('stg_registry__municipalities') }} as municipalities
    on
        rounds.division_date = municipalities.division_date
        and (rounds.scope = 'all' or municipalities.is_mainland)
left join {{ ref('int_population_on_division') }} as population
    on
        municipalities.municipality_code = population.municipality_code
        and municipalities.division_date = population.division_date
        and rounds.population_year = population.population_year
left join {{ ref('stg_codebook__size_classes') }} as size_classes
    on
        rounds.survey_id = size_classes.survey_id
        and population.population >= size_classes.min_population
        and (size_classes.max_population is null or population.population <= size_classes.max_population)
left join {{ ref('int_foreign_language_speakers') }} as speakers
    on
        rounds.survey_id = speakers.survey_id
        and rounds.round_id = speakers.round_id
        and municipalities.municipality_code = speakers.municipality_code
