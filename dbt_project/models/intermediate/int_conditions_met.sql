-- Whether relevant, constraint and eligible hold, row by row.
{{ conditions_met(ref('int_answers_coded'), ref('stg_codebook__conditions')) }}
