"""The rows and cells of a round as numbers: each text of a column stands once, and a cell says which it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
import pyarrow as pa

from ingest.codebook.round import Round
from ingest.landing.responses import ResponseFile
from ingest.readers.tables import column_place
from store.fingerprint import sha256_of

# Keys of rows and values are whole numbers that no two rounds share: a round has room for so many of each.
ROOM = 2**28
VALUES = ("survey_id", "round_id", "value_id", "source_column", "cell_text")
CELLS = ("survey_id", "round_id", "row_key", "value_id")


def first_key(key: str) -> int:
    """Where the keys of a round (survey/round) begin, whatever else is in the warehouse. Two rounds that begin at one
    place are told of by the check of the keys of rows: it is as likely as one in two thousand million."""
    return (int(sha256_of(key)[:8], 16) >> 1) * ROOM


def row_cells(round_: Round, file: ResponseFile, source_file: str, n_before: int) -> Iterator[tuple[str | None, ...]]:
    """The rows of raw.surveys__rows for one file, in order; n_before stand in the files before it."""
    key = first_key(round_.key) + n_before
    for number, described in enumerate(file.rows):
        row = described.row
        yield (
            round_.survey_id,
            round_.round_id,
            str(key + number),
            source_file,
            file.sha256,
            str(row.line),
            described.status,
            row.problem,
            described.content_sha256,
            described.started_at,
            described.submitted_at,
            described.token,
        )


def value_tables(round_: Round, files: Sequence[ResponseFile]) -> tuple[pa.Table, pa.Table]:
    """raw.surveys__values and raw.surveys__cells of a round: column by column, so that each stands together."""
    first, n_values = first_key(round_.key), 0
    names, texts, rows, values = [], [], [], []
    for name, found in _columns(files).items():
        column = pa.chunked_array([pa.array(cells, pa.string()) for _, cells in found]).combine_chunks()
        encoded = column.dictionary_encode()
        names.append(pa.repeat(pa.scalar(name), len(encoded.dictionary)))
        texts.append(encoded.dictionary)
        rows.append(first + np.concatenate([places for places, _ in found]))
        values.append(first + n_values + encoded.indices.to_numpy().astype(np.int64))
        n_values += len(encoded.dictionary)
    return (
        _of_round(round_, VALUES, [first + np.arange(n_values), _joined(names), _joined(texts)]),
        _of_round(round_, CELLS, [_joined(rows, pa.int64()), _joined(values, pa.int64())]),
    )


def _columns(files: Sequence[ResponseFile]) -> dict[str, list[tuple[np.ndarray, Sequence[str]]]]:
    """Of each column the numbers of the rows that have a cell there, and the cells; one beyond the names of the columns
    is called by its number."""
    columns: dict[str, list[tuple[np.ndarray, Sequence[str]]]] = defaultdict(list)
    n_before = 0
    for file in files:
        header = file.table.header
        fitting = [each.row.problem is None for each in file.rows]
        places = n_before + np.flatnonzero(fitting)
        fit = (each.row.cells for each in file.rows if each.row.problem is None)
        for name, cells in zip(header, zip(*fit, strict=True), strict=False):
            columns[name].append((places, cells))
        for number in np.flatnonzero(~np.array(fitting, bool)).tolist():
            cells = file.rows[number].row.cells
            beyond = map(column_place, range(len(header) + 1, len(cells) + 1))
            for name, cell in zip(chain(header[: len(cells)], beyond), cells, strict=True):
                columns[name].append((np.array([n_before + number]), (cell,)))
        n_before += len(file.rows)
    return columns


def _joined(parts: Sequence[pa.Array | np.ndarray], type_: pa.DataType | None = None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(part) for part in parts], type_ or pa.string())


def _of_round(round_: Round, names: Sequence[str], columns: Sequence[pa.ChunkedArray | np.ndarray]) -> pa.Table:
    own = [pa.repeat(pa.scalar(each), len(columns[0])) for each in (round_.survey_id, round_.round_id)]
    return pa.table([*own, *columns], names=list(names))
