"""The rows and cells of a round as numbers: each text of a column stands once, and a cell says which it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, repeat
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from ingest.codebook.round import Round
from ingest.landing.responses import ResponseFile
from ingest.readers.columns import Column as Cells
from ingest.readers.tables import column_place
from store.fingerprint import sha256_of

# Keys of rows and values are whole numbers that no two rounds share: a round has room for so many of each.
ROOM = 2**28
Column: TypeAlias = pa.Array | pa.ChunkedArray | Sequence[str | None]


def round_number(key: str) -> int:
    """The number of a round (survey/round), whatever else is in the warehouse. Two rounds of one number are told of by
    the check of the keys of rows: it is as likely as one in two thousand million."""
    return int(sha256_of(key)[:8], 16) >> 1


def first_key(key: str) -> int:
    """Where the keys of a round begin."""
    return round_number(key) * ROOM


def row_columns(round_: Round, files: Sequence[ResponseFile], names: Sequence[str]) -> dict[str, Column]:
    """The columns of raw.surveys__rows, file by file; `names` is what the raw tables call the files."""
    rows, lengths = [file.table.rows for file in files], [len(file.table.rows) for file in files]
    return {
        **_of_round(round_, sum(lengths)),
        "row_key": pa.array(first_key(round_.key) + np.arange(sum(lengths))),
        "source_file": list(chain.from_iterable(map(repeat, names, lengths))),
        "source_sha256": list(chain.from_iterable(map(repeat, (file.sha256 for file in files), lengths))),
        "source_line": [str(line) for each in rows for line in each.lines.tolist()],
        "row_status": [status for file in files for status in file.statuses],
        "reason": [problem for each in rows for problem in each.problems()],
        "content_sha256": [content for file in files for content in file.contents],
        "started_at": [moment for file in files for moment in file.started_at],
        "submitted_at": [moment for file in files for moment in file.submitted_at],
        "response_token": [token for file in files for token in file.tokens],
    }


def cell_columns(round_: Round, files: Sequence[ResponseFile]) -> tuple[dict[str, Column], dict[str, Column]]:
    """The columns of raw.surveys__values and raw.surveys__cells, source column by source column: each stands
    together. Names of survey and round at each cell would cost more than all numbers."""
    first, n_values = first_key(round_.key), 0
    names, texts, rows, values = [], [], [], []
    for name, found in _columns(files).items():
        known: dict[str, int] = {}
        for places, column in found:
            numbers = np.array([known.setdefault(text, len(known)) for text in column.texts], np.int64)
            rows.append(pa.array(first + places))
            values.append(pa.array(first + n_values + numbers[column.numbers]))
        names.append(pa.repeat(pa.scalar(name), len(known)))
        texts.append(pa.array(known, pa.string()))
        n_values += len(known)
    if n_values > ROOM:
        raise ValueError(f"{round_.key} has {n_values} different texts, and there is room for {ROOM}")
    said = {
        "value_id": pa.array(first + np.arange(n_values)),
        "source_column": pa.chunked_array(names, pa.string()),
        "cell_text": pa.chunked_array(texts, pa.string()),
    }
    cells = {
        "round_number": pa.repeat(pa.scalar(round_number(round_.key), pa.int64()), sum(map(len, rows))),
        "row_key": pa.chunked_array(rows, pa.int64()),
        "value_id": pa.chunked_array(values, pa.int64()),
    }
    return _of_round(round_, n_values) | said, cells


def _of_round(round_: Round, n_rows: int) -> dict[str, Column]:
    key = {"survey_id": round_.survey_id, "round_id": round_.round_id}
    return {name: pa.repeat(pa.scalar(value), n_rows) for name, value in key.items()}


def _columns(files: Sequence[ResponseFile]) -> dict[str, list[tuple[np.ndarray, Cells]]]:
    """Of each column the numbers of the rows that have a cell there, and the cells; one beyond the names of the columns
    is called by its number. Of who was erased there is none."""
    columns: dict[str, list[tuple[np.ndarray, Cells]]] = defaultdict(list)
    n_before = 0
    for file in files:
        header, rows = file.table.header, file.table.rows
        for name, column in zip(header, rows.columns, strict=True):
            columns[name].append((n_before + rows.places, column))
        for place, row in rows.apart.items():
            beyond = map(column_place, range(len(header) + 1, len(row.cells) + 1))
            for name, cell in zip(chain(header[: len(row.cells)], beyond), row.cells, strict=True):
                columns[name].append((np.array([n_before + place]), Cells((cell,), np.zeros(1, np.int32))))
        n_before += len(rows)
    return columns
