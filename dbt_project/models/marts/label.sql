-- The texts of all that has a name, in every language of its survey or registry.
with texts as (
    {% for thing, model, key_columns, texts in [
        ('survey', 'stg_codebook__surveys', ['survey_id'], 'title'),
        ('publisher', 'stg_codebook__surveys', ['survey_id'], 'publisher'),
        ('population', 'stg_codebook__surveys', ['survey_id'], 'population'),
        ('funder', 'stg_codebook__surveys', ['survey_id'], 'funder'),
        ('carried_out_by', 'stg_codebook__surveys', ['survey_id'], 'carried_out_by'),
        ('sent_to', 'stg_codebook__surveys', ['survey_id'], 'sent_to'),
        ('round', 'stg_codebook__rounds', ['survey_id', 'round_id'], 'title'),
        ('not_computable', 'stg_codebook__claims', ['survey_id', 'claim_id'], 'not_computable'),
        ('reading_note', 'stg_codebook__rounds', ['survey_id', 'round_id'], 'reading_note'),
        ('section', 'stg_codebook__sections', ['survey_id', 'section_id'], 'titles'),
        ('question', 'stg_codebook__questions', ['survey_id', 'question_id'], 'labels'),
        ('answer', 'int_answer_levels', ['survey_id', 'question_id', 'answer_level', 'answer_code'], 'labels'),
        ('breakdown', 'int_breakdowns_labelled', ['survey_id', 'breakdown', 'breakdown_id'], 'labels'),
        ('area', 'stg_registry__areas', ['area_level', 'area_code'], 'names'),
        ('area_short', 'stg_registry__areas', ['area_level', 'area_code'], 'short_names'),
        ('theme', 'stg_practices__themes', ['theme_id'], 'labels'),
        ('practice', 'stg_practices__practices', ['practice_id'], 'labels'),
        ('practice_who', 'stg_practices__practices', ['practice_id'], 'who'),
        ('practice_rhythm', 'stg_practices__practices', ['practice_id'], 'rhythms'),
        ('interview_chosen', 'stg_codebook__interviews', ['survey_id', 'round_id', 'interview_id'], 'chosen'),
        ('interview_topics', 'stg_codebook__interviews', ['survey_id', 'round_id', 'interview_id'], 'topics'),
        ('municipality', 'stg_registry__municipalities', ['division_date', 'municipality_code'], 'names'),
    ] %}
    select
        '{{ thing }}' as thing,
        {{ key(key_columns) }} as thing_key,
        {{ texts }} as texts
    from {{ ref(model) }}
    {% if not loop.last %}union{% endif %}
    {% endfor %}
),

by_language as (
    select
        thing,
        thing_key,
        texts,
        {{ languages_of('texts') }} as language
    from texts
)

select
    thing,
    thing_key,
    language,
    {{ text_in('texts', 'language') }} as label
from by_language
