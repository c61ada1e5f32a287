-- How far two people read the same in the texts of a round: Krippendorff's alpha of each code.
select
    survey_id,
    round_id,
    question_id,
    code,
    count(*) as n_texts,
    krippendorff_alpha({{ rows_in_order(['cast(is_first as bigint)', 'cast(is_second as bigint)']) }}) as alpha
from {{ ref('int_texts_coded_twice') }}
group by survey_id, round_id, question_id, code
