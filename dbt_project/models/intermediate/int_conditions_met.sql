{{ conditions_met(ref('int_answers_coded')) }}
