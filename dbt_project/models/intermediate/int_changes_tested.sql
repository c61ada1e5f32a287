-- p-values of the changes that are computed now: McNemar's exact test where every municipality is in both rounds and
-- few switched, else t with the error of the change; a weighted change always t. No p-value where there is no error,
-- and none of a change without one.
with changes as (
    select
        *,
        not is_weighted and unit = 'municipality' and n_paired = base_n and n_paired = earlier_base_n
        and n_came + n_went < {{ var('few_that_switched') }} as is_exact
    from {{ ref('int_changes_estimated') }}
),

tested as (
    select
        change_number,
        is_weighted,
        is_exact,
        case
            when is_exact then mcnemar(n_came, n_went)
            when se > 0 then two_sided_t(change / nullif(se, 0), df)
            when se = 0 and abs(change) < {{ var('no_change') }} then 1
        end as p_value
    from changes
)

select
    change_number,
    is_weighted,
    case when is_exact then 'mcnemar_exact' when p_value is not null then 't' end as test,
    p_value
from tested
