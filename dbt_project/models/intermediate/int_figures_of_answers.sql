-- What the warehouse computes for each printed figure about the answers to a question.
with figures as (
    select * from {{ ref('stg_codebook__published_figures') }}
    where statistic in ('n', 'pct', 'base_n', 'is_max', 'is_min', 'in_top_4')
)

select
    figures.survey_id,
    figures.figure_id,
    max(cells.base_n) as computed_base_n,
    cast(max(
        case figures.statistic
            when 'n' then cells.n
            when 'base_n' then cells.base_n
            when 'is_max' then ranks.is_max
            when 'is_min' then ranks.is_min
            when 'in_top_4' then case when ranks.county_rank <= 4 then 1 else 0 end
            when 'pct' then
                case figures.rounding
                    when 'largest_remainder_0' then cells.pct_sum100
                    when 'half_up_1'
                        then {{ half_up('cells.n', 'cells.base_n', 1000) }} / cast(10 as decimal(3, 0))
                    else cells.pct
                end
        end
    ) as decimal(18, 3)) as computed_value
from figures
inner join {{ ref('int_cells_printed') }} as cells
    on
        figures.survey_id = cells.survey_id
        and figures.round_id = cells.round_id
        and figures.question_id = cells.question_id
        and figures.unit = cells.unit
        and figures.breakdown = cells.breakdown
        and figures.breakdown_id = cells.breakdown_id
        and (
            figures.statistic = 'base_n'
            or (figures.answer_level = cells.answer_level and figures.answer_code = cells.answer_code)
        )
left join {{ ref('int_shares_ranked') }} as ranks
    on
        cells.survey_id = ranks.survey_id
        and cells.round_id = ranks.round_id
        and cells.question_id = ranks.question_id
        and cells.answer_level = ranks.answer_level
        and cells.answer_code = ranks.answer_code
        and cells.unit = ranks.unit
        and cells.breakdown = ranks.breakdown
        and cells.breakdown_id = ranks.breakdown_id
group by figures.survey_id, figures.figure_id
