-- Whether the share of an answer is above that of each of others in the same row, and whether that of an answer is the
-- same in all rows of a breakdown.
with figures as (
    select * from {{ ref('stg_codebook__published_figures') }}
    where statistic in ('above_each', 'differs')
),

cells as (
    select * from {{ ref('int_cells_printed') }}
    where base_n > 0
),

above as (
    select
        survey_id,
        figure_id,
        breakdown_id,
        {{ split_to_rows('than', "'+'") }} as other_code
    from figures
    where statistic = 'above_each'
),

own as (
    select
        figures.survey_id,
        figures.figure_id,
        figures.than,
        cells.round_id,
        cells.question_id,
        cells.unit,
        cells.answer_level,
        cells.breakdown,
        cells.breakdown_id,
        cells.share,
        cells.base_n
    from figures
    inner join cells
        on
            figures.survey_id = cells.survey_id
            and figures.round_id = cells.round_id
            and figures.question_id = cells.question_id
            and figures.answer_level = cells.answer_level
            and figures.answer_code = cells.answer_code
            and figures.unit = cells.unit
            and figures.breakdown = cells.breakdown
            and (figures.breakdown_id = cells.breakdown_id or figures.statistic = 'differs')
)

select
    own.survey_id,
    own.figure_id,
    own.base_n as computed_base_n,
    cast(case
        when count(others.share) = count(*) then min(case when own.share > others.share then 1 else 0 end)
    end as decimal(18, 3)) as computed_value
from own
inner join above using (survey_id, figure_id)
left join cells as others
    on
        own.survey_id = others.survey_id
        and own.round_id = others.round_id
        and own.question_id = others.question_id
        and own.unit = others.unit
        and own.answer_level = others.answer_level
        and own.breakdown = others.breakdown
        and own.breakdown_id = others.breakdown_id
        and above.other_code = others.answer_code
group by own.survey_id, own.figure_id, own.base_n
union all
select
    survey_id,
    figure_id,
    cast(sum(base_n) as bigint) as computed_base_n,
    cast(case when max(share) > min(share) then 1 else 0 end as decimal(18, 3)) as computed_value
from own
where than is null
group by survey_id, figure_id
having count(*) > 1
