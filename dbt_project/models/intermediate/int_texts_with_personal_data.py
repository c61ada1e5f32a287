"""Texts in which a respondent gave personal data: e-mail addresses, phone numbers, identity codes, IBANs. Private."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from ingest.readers.personal_data import kinds_in

PLACE = ("row_id", "survey_id", "round_id", "response_id", "question_id", "source_column")
SCHEMA = pa.schema([(name, pa.string()) for name in (*PLACE, "kind")])


def model(dbt: Any, session: Any) -> pa.Table:  # noqa: ARG001
    """One row per text and kind; the text itself is not copied. Each kind has a digit or an @ in it."""
    dbt.config(materialized="table")
    texts = dbt.ref("int_answers_judged").filter(
        "question_type = 'text' and answer_status = 'valid' and regexp_matches(raw_value, '[0-9@]')"
    )
    rows = texts.project(f"raw_value, {', '.join(PLACE)}").fetchall()
    surveys = dbt.ref("stg_codebook__surveys").project("survey_id, allowed_contacts").fetchall()
    allowed = {survey_id: json.loads(contacts) for survey_id, contacts in surveys}
    found = [(*place, kind) for text, *place in rows for kind in kinds_in(text, allowed[place[1]])]
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in found], SCHEMA)
