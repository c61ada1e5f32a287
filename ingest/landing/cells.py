"""The rows and cells of a round as numbers: each text of a column stands once, and a cell says which it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
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
TokensOf: TypeAlias = Callable[[ResponseFile], Sequence[str | None]]
Column: TypeAlias = pa.Array | pa.ChunkedArray | Sequence[str | None]


def round_number(key: str) -> int:
    """The number of a round (survey/round), whatever else is in the warehouse. Two rounds of one number are told of by
    the check of the keys of rows: it is as likely as one in two thousand million."""
    return int(sha256_of(key)[:8], 16) >> 1


def first_key(key: str) -> int:
    """Where the keys of a round begin."""
    return round_number(key) * ROOM


def row_columns(
    round_: Round, files: Sequence[ResponseFile], names: Sequence[str], tokens_of: TokensOf
) -> Iterator[dict[str, Column]]:
    """The columns of raw.surveys__rows, file by file; `names` is what the raw tables call the files, `tokens_of` gives
    the tokens of the response ids of a file."""
    n_before = 0
    for file, name in zip(files, names, strict=True):
        rows, n_rows = file.table.rows, len(file.table.rows)
        yield {
            **_of_round(round_, n_rows),
            "row_key": pa.array(first_key(round_.key) + n_before + np.arange(n_rows)),
            "source_file": _alike(name, n_rows),
            "source_sha256": _alike(file.sha256, n_rows),
            "source_line": [*map(str, rows.lines.tolist())],
            "row_status": file.statuses,
            "reason": [*rows.problems()],
            "content_sha256": pa.array(file.contents).cast(pa.string()),
            "started_at": file.started_at,
            "submitted_at": file.submitted_at,
            "response_token": tokens_of(file),
        }
        n_before += n_rows


def cell_columns(round_: Round, files: Sequence[ResponseFile]) -> Iterator[tuple[dict[str, Column], dict[str, Column]]]:
    """The columns of raw.surveys__values and raw.surveys__cells, source column by source column: each stands
    together. Names of survey and round at each cell would cost more than all numbers."""
    first, n_values = first_key(round_.key), 0
    for name, found in _columns(files).items():
        known: dict[str, int] = {}
        rows = np.concatenate([places for places, _ in found])
        values = [_numbers_in(known, column) for _, column in found]
        said = {
            "value_id": pa.array(first + n_values + np.arange(len(known))),
            "source_column": _alike(name, len(known)),
            "cell_text": pa.array(known, pa.string()),
        }
        yield (
            _of_round(round_, len(known)) | said,
            {
                "round_number": pa.repeat(pa.scalar(round_number(round_.key), pa.int64()), len(rows)),
                "row_key": pa.array(first + rows, pa.int64()),
                "value_id": pa.array(first + n_values + np.concatenate(values), pa.int64()),
            },
        )
        n_values += len(known)
        if n_values > ROOM:
            raise ValueError(f"{round_.key} has {n_values} different texts, and there is room for {ROOM}")


def _numbers_in(known: dict[str, int], column: Cells) -> np.ndarray:
    """Which of the known texts each row has; new ones become known. Whole numbers also where there is no row: beside
    others they would make fractions of all, which have no room for keys."""
    numbers: np.ndarray = np.array([known.setdefault(text, len(known)) for text in column.texts], np.int64)[
        column.numbers
    ]
    return numbers


def _of_round(round_: Round, n_rows: int) -> dict[str, Column]:
    return {"survey_id": _alike(round_.survey_id, n_rows), "round_id": _alike(round_.round_id, n_rows)}


def _alike(text: str, n_rows: int) -> Column:
    return pa.repeat(pa.scalar(text), n_rows)


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
                columns[name].append((np.array([n_before + place]), Cells((cell,), np.zeros(1, int))))
        n_before += len(rows)
    return columns
