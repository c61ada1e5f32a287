{# What is in two files of a round was delivered again with what came since: without ids it counts twice. #}
{% macro deliveries_apart() %}
    with contents as (
        select survey_id, round_id, content_sha256, count(*) as n_rows, count(distinct source_file) as n_files
        from {{ ref('stg_surveys__rows') }}
        where row_status = 'read' and response_token is null
        group by survey_id, round_id, content_sha256
    )

    select
        survey_id, round_id,
        coalesce(sum(case when contents.n_files > 1 then contents.n_rows end), 0) || ' of '
        || coalesce(sum(contents.n_rows), 0) as observed,
        0 as threshold,
        coalesce(sum(case when contents.n_files > 1 then contents.n_rows end), 0) as n_failed
    from rounds
    left join contents using (survey_id, round_id)
    group by survey_id, round_id
{% endmacro %}
