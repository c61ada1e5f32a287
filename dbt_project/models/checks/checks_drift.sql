{{ config(materialized='table') }}
-- noqa: disable=ST03
-- What differs from the round before and from the release that readers have. Made of all rounds on each build: a round
-- that comes between two others, or a release, changes what a round is held against.
with rounds as (
    select
        *,
        lag(round_id) over earlier as earlier_round_id,
        lag(division_date) over earlier as earlier_division_date,
        lag(is_synthetic) over earlier as earlier_is_synthetic
    from {{ ref('stg_codebook__rounds') }}
    window earlier as (partition by survey_id order by opens_on, round_id)
),

drift as (
    select * from {{ ref('question_drift') }}
),

pairs as (
    select * from {{ ref('comparability') }}
),

counts as (
    select * from {{ ref('dim_round') }}
),

curve as (
    select * from {{ ref('response_curve') }}
),

successors as (
    select * from {{ ref('int_municipality_successors') }}
),

figures as (
    select * from {{ ref('publication_reconciliation') }}
),

released as (
    select * from {{ ref('stg_release__figures') }}
),

claims as (
    select * from {{ ref('claim') }}
),

released_claims as (
    select * from {{ ref('stg_release__claims') }}
),

source_rows as (
    select * from {{ ref('stg_surveys__rows') }}
),

published_rows as (
    select * from {{ ref('stg_release__rows') }}
),

released_rounds as (
    select * from {{ ref('stg_release__rounds') }}
),

responded as (
    select
        survey_id,
        round_id,
        municipality_code
    from {{ ref('frame_municipality') }}
    except
    select
        survey_id,
        round_id,
        municipality_code
    from {{ ref('int_municipalities_silent') }}
),

-- A made-up round and a real one are never compared.
compared as (
    select
        survey_id,
        round_id,
        earlier_round_id,
        division_date,
        earlier_division_date,
        greatest(division_date, earlier_division_date) as later_division_date
    from rounds
    where is_synthetic = earlier_is_synthetic
),

share_moved as (
    select
        survey_id,
        round_id,
        'question' as part,
        question_id as part_id,
        'p ' || printf('%.4f', share_p) || ', largest change ' || printf('%.1f', largest_change) || ' points'
            as observed,
        'p {{ var('monitor').drift_p }}' as threshold,
        case when share_p < {{ var('monitor').drift_p }} then 1 else 0 end as n_failed
    from drift
),

share_change as (
    {{ whole_of('share_moved') }}
),

ranked as (
    select
        *,
        row_number() over (partition by survey_id, round_id order by distribution_p, question_id) as nth,
        count(*) over (partition by survey_id, round_id) as n_tests
    from drift
    where distribution_p is not null
),

corrected as (
    select
        *,
        least(1, max((n_tests - nth + 1) * distribution_p) over (
            partition by survey_id, round_id order by nth
        )) as holm_p
    from ranked
),

distribution_moved as (
    select
        survey_id,
        round_id,
        'question' as part,
        question_id as part_id,
        test || ', p ' || printf('%.4f', holm_p) as observed,
        'p {{ var('monitor').drift_p }}' as threshold,
        case when holm_p < {{ var('monitor').drift_p }} then 1 else 0 end as n_failed
    from corrected
),

distribution_drift as (
    {{ whole_of('distribution_moved') }}
),

wording as (
    select
        survey_id,
        round_id,
        'question' as part,
        question_id as part_id,
        comparability as observed,
        'same' as threshold,
        case when comparability = 'same' then 0 else 1 end as n_failed
    from pairs
),

wording_unchanged as (
    {{ whole_of('wording') }}
),

bases as (
    select distinct
        cells.survey_id,
        cells.round_id,
        cells.question_id,
        100 * {{ share('cells.base_n', 'counts.n_responses') }} as answered_pct
    from {{ ref('answer_distribution') }} as cells
    inner join counts
        on cells.survey_id = counts.survey_id and cells.round_id = counts.round_id
    where cells.unit = 'response' and cells.breakdown = 'all' and cells.level = 'option'
),

base_moved as (
    select
        pairs.survey_id,
        pairs.round_id,
        'question' as part,
        pairs.question_id as part_id,
        printf('%.1f', earlier.answered_pct) || ' % to ' || printf('%.1f', later.answered_pct) || ' %' as observed,
        '{{ var('monitor').base_jump_between_rounds }} points' as threshold,
        case
            when
                abs(later.answered_pct - earlier.answered_pct) > {{ var('monitor').base_jump_between_rounds }}
                then 1
            when later.answered_pct is not null and earlier.answered_pct is not null then 0
        end as n_failed
    from pairs
    left join bases as later
        on
            pairs.survey_id = later.survey_id
            and pairs.round_id = later.round_id
            and pairs.question_id = later.question_id
    left join bases as earlier
        on
            pairs.survey_id = earlier.survey_id
            and pairs.earlier_round_id = earlier.round_id
            and pairs.earlier_question_id = earlier.question_id
    where pairs.comparability <> 'broken'
),

base_jumps_between_rounds as (
    {{ whole_of('base_moved') }}
),

-- Both rounds on the later division: a municipality that has merged since responded with the one it merged into.
either as (
    select
        compared.survey_id,
        compared.round_id,
        successors.successor_code,
        max(case when responded.round_id = compared.round_id then 1 else 0 end) as is_in_later,
        max(case when responded.round_id = compared.round_id then 0 else 1 end) as is_in_earlier
    from compared
    inner join responded
        on
            compared.survey_id = responded.survey_id
            and responded.round_id in (compared.round_id, compared.earlier_round_id)
    inner join successors
        on
            responded.municipality_code = successors.municipality_code
            and compared.later_division_date = successors.later_division_date
            and case
                when compared.round_id = responded.round_id then compared.division_date
                else compared.earlier_division_date
            end = successors.division_date
    group by compared.survey_id, compared.round_id, successors.successor_code
),

panel as (
    select
        survey_id,
        round_id,
        sum(is_in_later) as n_responded,
        sum(is_in_later * is_in_earlier) as n_in_both
    from either
    group by survey_id, round_id
),

panel_overlap as (
    select
        rounds.survey_id,
        rounds.round_id,
        panel.n_in_both || ' of ' || panel.n_responded as observed,
        {{ percent(var('monitor').panel_overlap) }} as threshold,
        case
            when panel.n_in_both < {{ var('monitor').panel_overlap }} * panel.n_responded then 1
            when panel.n_responded > 0 then 0
        end as n_failed
    from rounds
    left join panel
        on rounds.survey_id = panel.survey_id and rounds.round_id = panel.round_id
),

last_day as (
    select
        survey_id,
        round_id,
        max(day) as last_day,
        max(n_municipalities_so_far) as n_municipalities
    from curve
    group by survey_id, round_id
),

same_day as (
    select
        compared.survey_id,
        compared.round_id,
        last_day.last_day,
        last_day.n_municipalities,
        max(earlier.n_municipalities_so_far) as earlier_n_municipalities
    from compared
    inner join last_day
        on compared.survey_id = last_day.survey_id and compared.round_id = last_day.round_id
    inner join curve as earlier
        on
            compared.survey_id = earlier.survey_id
            and compared.earlier_round_id = earlier.round_id
            and last_day.last_day >= earlier.day
    group by compared.survey_id, compared.round_id, last_day.last_day, last_day.n_municipalities
),

response_curve as (
    select
        rounds.survey_id,
        rounds.round_id,
        same_day.n_municipalities || ' by day ' || same_day.last_day || ', '
        || same_day.earlier_n_municipalities || ' in the round before' as observed,
        {{ percent(var('monitor').response_curve) }} as threshold,
        case
            when
                same_day.n_municipalities < {{ var('monitor').response_curve }} * same_day.earlier_n_municipalities
                then 1
            when same_day.n_municipalities is not null then 0
        end as n_failed
    from rounds
    left join same_day
        on rounds.survey_id = same_day.survey_id and rounds.round_id = same_day.round_id
),

printed_again as (
    select
        figures.survey_id,
        figures.round_id,
        case when figures.computed_value = released.computed_value then 0 else 1 end as has_moved
    from figures
    inner join released
        on
            figures.survey_id = released.survey_id
            and figures.round_id = released.round_id
            and figures.figure_id = released.figure_id
),

frozen_figures as (
    select
        rounds.survey_id,
        rounds.round_id,
        sum(figures.has_moved) || ' of ' || count(figures.has_moved) as observed,
        0 as threshold,
        sum(figures.has_moved) as n_failed
    from rounds
    left join printed_again as figures
        on rounds.survey_id = figures.survey_id and rounds.round_id = figures.round_id
    group by rounds.survey_id, rounds.round_id
),

-- What readers were told nothing of, because it was hidden or not computed, has not turned.
said_again as (
    select
        claims.survey_id,
        claims.round_id,
        claims.claim_id,
        case
            when released.verdict <> 'not_computable' and claims.verdict <> released.verdict
                then claims.claim_id || ': ' || released.verdict || ' to ' || claims.verdict
            when released.frame_verdict <> 'not_computable' and claims.frame_verdict <> released.frame_verdict
                then claims.claim_id || ' for the frame: ' || released.frame_verdict || ' to ' || claims.frame_verdict
        end as turn
    from claims
    inner join released_claims as released
        on
            claims.survey_id = released.survey_id
            and claims.round_id = released.round_id
            and claims.claim_id = released.claim_id
),

frozen_verdicts as (
    select
        rounds.survey_id,
        rounds.round_id,
        case
            when count(said.turn) > 0 then string_agg(said.turn, '; ' order by said.claim_id)
            else 'none of ' || count(said.claim_id)
        end as observed,
        0 as threshold,
        case when count(said.claim_id) > 0 then count(said.turn) end as n_failed
    from rounds
    left join said_again as said
        on rounds.survey_id = said.survey_id and rounds.round_id = said.round_id
    group by rounds.survey_id, rounds.round_id
),

-- A response that is withdrawn is there as long as it is delivered; copies and empty rows are none.
delivered as (
    select
        survey_id,
        round_id,
        count(distinct response_token) + sum(case when response_token is null then 1 else 0 end) as n_rows
    from source_rows
    where row_status not in ('erased', 'empty_row')
    group by survey_id, round_id
),

published as (
    select
        survey_id,
        round_id,
        count(*) as n_rows
    from published_rows
    group by survey_id, round_id
),

sizes as (
    select
        published.survey_id,
        published.round_id,
        published.n_rows as n_rows_before,
        coalesce(released_rounds.n_responses, 0) as n_accepted_before,
        coalesce(delivered.n_rows, 0) as n_rows,
        coalesce(counts.n_responses, 0) as n_accepted
    from published
    left join released_rounds
        on published.survey_id = released_rounds.survey_id and published.round_id = released_rounds.round_id
    left join delivered
        on published.survey_id = delivered.survey_id and published.round_id = delivered.round_id
    left join counts
        on published.survey_id = counts.survey_id and published.round_id = counts.round_id
),

delivery_not_shrunk as (
    select
        rounds.survey_id,
        rounds.round_id,
        sizes.n_rows || ' rows, ' || sizes.n_accepted || ' accepted, after ' || sizes.n_rows_before || ' rows, '
        || sizes.n_accepted_before || ' accepted' as observed,
        'some, and at most {{ var('monitor').rows_lost }} rows or '
        || {{ percent(var('monitor').rows_lost_share) }} || ' fewer' as threshold,
        case
            when sizes.n_accepted = 0 and sizes.n_accepted_before > 0 then sizes.n_accepted_before
            when
                sizes.n_rows_before - sizes.n_rows
                > greatest({{ var('monitor').rows_lost }}, {{ var('monitor').rows_lost_share }} * sizes.n_rows_before)
                then sizes.n_rows_before - sizes.n_rows
            when sizes.n_rows is not null then 0
        end as n_failed
    from rounds
    left join sizes
        on rounds.survey_id = sizes.survey_id and rounds.round_id = sizes.round_id
),

tokens as (
    select distinct
        survey_id,
        round_id,
        response_token
    from source_rows
),

responses_kept as (
    select
        rounds.survey_id,
        rounds.round_id,
        count(published_rows.response_token) - count(tokens.response_token) || ' of '
        || count(published_rows.response_token) as observed,
        0 as threshold,
        case
            when count(published_rows.response_token) > 0
                then count(published_rows.response_token) - count(tokens.response_token)
        end as n_failed
    from rounds
    left join published_rows
        on rounds.survey_id = published_rows.survey_id and rounds.round_id = published_rows.round_id
    left join tokens
        on
            published_rows.survey_id = tokens.survey_id
            and published_rows.round_id = tokens.round_id
            and published_rows.response_token = tokens.response_token
    group by rounds.survey_id, rounds.round_id
),

{{ checked() }}
