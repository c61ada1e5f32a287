"""How far two people read the same in the texts of a round: Krippendorff's alpha of each code."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pyarrow as pa

KEY = ("survey_id", "round_id", "question_id", "code")
SCHEMA = pa.schema([*((name, pa.string()) for name in KEY), ("n_texts", pa.int64()), ("alpha", pa.float64())])


def model(dbt: Any, session: Any) -> pa.Table:  # noqa: ARG001
    """One row per code of a question that two people have coded."""
    dbt.config(materialized="table")
    rows = dbt.ref("int_texts_coded_twice").project(", ".join((*KEY, "is_first", "is_second"))).order("all").fetchall()
    by_code = groupby(rows, key=lambda row: row[: len(KEY)])
    found = [(*key, *agreement([row[len(KEY) :] for row in same])) for key, same in by_code]
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in found], SCHEMA)


def agreement(pairs: Sequence[tuple[bool, bool]]) -> tuple[int, float | None]:
    """How many texts both have coded, and alpha; none where all say the same of each text, for then it is 0 / 0."""
    if len({said for pair in pairs for said in pair}) < 2:
        return len(pairs), None
    from nltk.metrics.agreement import AnnotationTask

    said = [(coder, text, each) for text, pair in enumerate(pairs) for coder, each in enumerate(pair)]
    return len(pairs), float(AnnotationTask(said).alpha())
