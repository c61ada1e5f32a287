"""What the provider of a round says that each response weighs, where it comes in a file of its own: joined to the
answers by response id, as a column of theirs."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from faults.errors import FaultList
from faults.suggestions import did_you_mean, quoted
from ingest.codebook.round import Round
from ingest.landing.responses import ResponseFile
from ingest.readers import TextTable, read_table
from ingest.readers.rows import is_fit
from ingest.readers.tables import add_wrong_delimiter, is_delimiter_wrong

LEAST, LARGEST = Decimal("0.000001"), 1_000_000  # as largest_weight of the models
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def weighed(round_: Round, files: Sequence[ResponseFile], faults: FaultList) -> Sequence[ResponseFile]:
    """The answers with what each response weighs, if a file of the round says so; nothing where a response has none."""
    n_before = len(faults)
    weights = _read(round_, faults)
    if weights is None or len(faults) > n_before:
        return files
    found = [_with_weights(round_, file, weights) for file in files]
    _check_matched(round_, found, faults)
    return found


def lines_of(round_: Round, ids: Collection[str]) -> list[int]:
    """Where the file of weights names one of these responses."""
    settings, path = round_.settings.weights, round_.weights_file
    table = read_table(path, settings.layout(), FaultList()) if settings and path else None
    if settings is None or table is None or settings.key not in table.header:
        return []
    key = table.header.index(settings.key)
    return [row.line for row in table.rows if row.problem is None and row.cells[key].strip() in ids]


def _read(round_: Round, faults: FaultList) -> Mapping[str, str] | None:
    """The weight of each response id, as written; None where the round has no such file, or one that cannot be read."""
    settings, path = round_.settings.weights, round_.weights_file
    table = read_table(path, settings.layout(), faults) if settings and path else None
    if settings is None or table is None or not _has_columns(table, (settings.key, settings.column), faults):
        return None
    weights: dict[str, str] = {}
    for row in table.rows:
        if not is_fit(table, row, faults):
            continue
        id_, weight = (row.cells[table.header.index(name)].strip() for name in (settings.key, settings.column))
        weight = weight.replace(settings.decimal_sign, ".")
        if not id_ or id_ in weights:
            found = "The response has a weight already." if id_ else "There is no response id."
            place = table.place(row.line, settings.key)
            faults.add("wrong-weight-key", table.path, place, found, least=LEAST, largest=LARGEST)
        elif not _is_weight(weight):
            found = f"The weight is {quoted(weight)}." if weight else "There is no weight."
            place = table.place(row.line, settings.column)
            faults.add("wrong-weight", table.path, place, found, least=LEAST, largest=LARGEST)
        weights[id_] = weight
    return weights


def _has_columns(table: TextTable, names: Sequence[str], faults: FaultList) -> bool:
    absent = [name for name in names if name not in table.header]
    if is_delimiter_wrong(table.header, names):
        add_wrong_delimiter(table, faults)
        return False
    for name in absent:
        found = f"There is no column {quoted(name)}."
        faults.add("absent-column", table.path, table.header_place(), found, advice=did_you_mean(name, table.header))
    return not absent


def _is_weight(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and LEAST <= Decimal(text) <= LARGEST


def _with_weights(round_: Round, file: ResponseFile, weights: Mapping[str, str]) -> ResponseFile:
    """The file with one column more, written as the numbers of the round are. A row that cannot be read is left as it
    is."""
    place, rows = round_.place_of("_response_id", file.table.header), file.table.rows
    if place is None:
        return file
    sign = round_.settings.decimal_sign
    found = (weights.get(id_.strip(), "").replace(".", sign) for id_ in rows.columns[place].cells())
    table = replace(file.table, header=(*file.table.header, round_.weights_column), rows=rows.with_column(found))
    return replace(file, table=table)


def _check_matched(round_: Round, files: Sequence[ResponseFile], faults: FaultList) -> None:
    """Note weights that are not of these responses: the figures by them would be of a few."""
    read = [
        weight
        for file in files
        for weight, row in zip(file.table.rows.columns[-1].cells(), file.table.rows.places.tolist(), strict=True)
        if file.statuses[row] == "read"
    ]
    n_without = sum(not weight for weight in read)
    if n_without > round_.unmatched_share * len(read) and round_.settings.weights and round_.weights_file:
        place, share = f"column {round_.settings.weights.key}", f"{round_.unmatched_share:.0%}"
        found = f"{n_without} of {len(read)} responses have no weight in the file."
        faults.add("unmatched-weights", round_.weights_file, place, found, share=share)
