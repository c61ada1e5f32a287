"""The cells of raw tables as they stood in the files: what a test looks at is text, whatever it is kept as."""

CELLS = """(
    select rows.survey_id, rows.round_id, rows.source_file, rows.source_line, said.source_column, said.cell_text,
        said.value_id
    from raw.surveys__cells as cells
    inner join raw.surveys__values as said on cells.value_id = said.value_id
    inner join raw.surveys__rows as rows on cells.row_key = rows.row_key
)"""
