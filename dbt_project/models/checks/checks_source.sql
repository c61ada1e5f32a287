-- noqa: disable=ST03,LT08
-- Files, their cards and their age. Of every round on each build: a file grows old without being read.
with rounds as (
    select * from {{ ref('stg_codebook__rounds') }}
),

sources as (
    select * from {{ ref('stg_ingest__sources') }}
),

source_matches_card as ({{ source_matches_card() }}),
stale_source as ({{ stale_source() }}),
revision_accepted as ({{ revision_accepted() }}),

{{ checked() }}
