-- What the warehouse computes for each printed figure about who answered.
with rates as (
    select * from {{ ref('int_response_rates') }}
),

areas as (
    select * from {{ ref('stg_registry__areas') }}
    where area_level = 'county' and is_counted
),

counties as (
    select
        rates.survey_id,
        rates.round_id,
        count(*) as n_counties
    from rates
    inner join areas
        on rates.breakdown = 'county' and rates.breakdown_id = areas.area_code
    where rates.n_municipalities > 0
    group by rates.survey_id, rates.round_id
)

select
    figures.survey_id,
    figures.figure_id,
    case figures.statistic
        when 'n_responses' then rates.n_municipalities
        when 'response_rate_pct' then rates.n_frame
        when 'responses_per_municipality' then rates.n_municipalities
        when 'n_municipalities' then rates.n_frame
        when 'n_municipalities_without_response' then rates.n_frame
        when 'n_municipalities_with_one_response' then rates.n_municipalities
    end as computed_base_n,
    cast(case figures.statistic
        when 'n_responses' then rates.n_responses
        when 'n_municipalities' then rates.n_municipalities
        when 'n_frame' then rates.n_frame
        when 'n_municipalities_without_response' then rates.n_frame - rates.n_municipalities
        when 'n_municipalities_with_one_response' then rates.n_municipalities_with_one_response
        when 'response_rate_pct' then rates.pct
        when 'responses_per_municipality'
            then {{ half_up('rates.n_responses', 'rates.n_municipalities', 10) }} / cast(10 as decimal(3, 0))
        when 'foreign_language_coverage_pct' then rates.foreign_language_coverage_pct
        when 'n_counties' then counties.n_counties
    end as decimal(18, 3)) as computed_value
from {{ ref('stg_codebook__published_figures') }} as figures
inner join rates using (survey_id, round_id, breakdown, breakdown_id)
left join counties using (survey_id, round_id)
where
    figures.statistic in (
        'n_responses', 'n_municipalities', 'n_frame', 'n_municipalities_without_response',
        'n_municipalities_with_one_response', 'response_rate_pct', 'responses_per_municipality',
        'foreign_language_coverage_pct', 'n_counties'
    )
