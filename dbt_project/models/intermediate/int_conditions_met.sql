-- Whether relevant, constraint, eligible and the rules of plausibility hold, row by row.
{{ conditions_met(
    ref('int_answers_coded'), ref('stg_codebook__conditions'), ref('int_answers_given'), ref('int_rows_identified')
) }}
