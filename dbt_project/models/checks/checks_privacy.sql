{{ config(materialized='incremental') }}
-- noqa: disable=ST03,LT08
-- What must not be told of a person.
with rounds as (
    select * from {{ ref('int_rounds_to_build') }}
),

questions as (
    select * from {{ ref('int_questions_in_round') }}
    where is_asked and question_type = 'text'
),

{% for kind in ['email', 'phone', 'identity_code', 'iban'] %}
personal_{{ kind }} as ({{ personal(kind) }}),
{% endfor %}
groups_of_one as ({{ groups_of_one() }}),

{{ checked() }}
