"""The response files of one round: every row and cell as delivered, with where it stood."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain, repeat
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from faults.errors import FaultList, line_place
from faults.suggestions import listed, quoted
from ingest.codebook.round import IGNORED, RESERVED_NAMES, TIMESTAMP_NAMES, Coding, ColumnUse, Correction, Round
from ingest.readers import TextRow, TextTable, read_table
from ingest.readers.cells import ISO_TIMES
from ingest.readers.columns import BATCH, Column
from ingest.readers.tables import (
    add_garbled_name,
    add_wrong_delimiter,
    garbled_name,
    header_hint,
    is_delimiter_wrong,
)
from store.fingerprint import file_sha256, sha256_of

TIMESTAMP_TEXT = "%Y-%m-%d %H:%M:%S"
T = TypeVar("T")
_AS_JSON = json.JSONEncoder(ensure_ascii=False)
# What is known of a row before anybody looks at its answers.
RowStatus = Literal["read", "unreadable", "erased", "empty_row", "set_aside_by_value"]


class ResponseRow(NamedTuple):
    """One row of a response file. started_at and submitted_at are UTC text, None where they cannot be read.

    Of a respondent who was erased nothing is left but that there is a row.
    """

    row: TextRow
    content_sha256: str
    status: RowStatus
    started_at: str | None = None
    submitted_at: str | None = None


@dataclass(frozen=True)
class ResponseFile:
    """One response file of a round with all its rows; nothing is left out. What is known of the rows stands by place:
    as ResponseRow says."""

    table: TextTable
    sha256: str
    contents: np.ndarray  # as bytes of one length: texts of Python would take twice as much
    statuses: Sequence[RowStatus]
    started_at: Sequence[str | None]
    submitted_at: Sequence[str | None]

    @property
    def path(self) -> Path:
        return self.table.path

    @property
    def rows(self) -> Sequence[ResponseRow]:
        """The rows one by one: of few."""
        return [self.row(place) for place in range(len(self.statuses))]

    def row(self, place: int) -> ResponseRow:
        known = (self.statuses, self.started_at, self.submitted_at)
        return ResponseRow(self.table.rows[place], self.contents[place].decode(), *(each[place] for each in known))  # type: ignore[arg-type]

    def without(self, erased: Collection[int]) -> ResponseFile:
        """Without what stands in these rows."""
        if not erased:
            return self
        rows = self.table.rows
        gone = {place: TextRow(int(rows.lines[place]), ()) for place in erased}

        def but(said: Sequence[T], left: T) -> list[T]:
            return [left if place in gone else each for place, each in enumerate(said)]

        contents = self.contents.copy()
        contents[[*gone]] = b""
        return replace(
            self, table=replace(self.table, rows=rows.with_apart(gone)), contents=contents,
            statuses=but(self.statuses, "erased"), started_at=but(self.started_at, None),
            submitted_at=but(self.submitted_at, None),
        )  # fmt: skip


def read_responses(round_: Round, faults: FaultList) -> list[ResponseFile]:
    """The response files of a round. Faults name lines and columns, never what a respondent answered.

    A row with a wrong number of fields is no fault here: it is kept as unreadable. Nobody is missed in files that could
    not be read whole: who is named elsewhere may be in what is lost.
    """
    n_before = len(faults)
    tables = [table for path in round_.response_files if (table := _read_table(round_, path, faults)) is not None]
    n_read = len(faults)
    for table in tables:
        _check_mapped(round_, table, faults)
    if len(tables) == len(round_.response_files):
        _check_absent(round_, tables, faults)
    is_mapped = len(faults) == n_read and len(tables) == len(round_.response_files)
    files = [_described(round_, table, faults) for table in tables]
    is_whole = len(faults) == n_before
    if is_mapped:
        _check_all_pages(files, faults)
        _check_repeated_files(round_, files, faults)
        _check_repeated_ids(round_, files, faults)
    if is_whole:
        _check_corrections(round_, files, faults)
        _check_members(round_, files, faults)
        _check_codings(round_, round_.codings_file, round_.codings, files, faults)
        _check_codings(round_, round_.second_codings_file, round_.second_codings, files, faults)
    return files


def _read_table(round_: Round, path: Path, faults: FaultList) -> TextTable | None:
    """The rows of a file that has columns of the round."""
    table = read_table(path, round_.settings.layout(), faults)
    if table is None:
        return None
    table = table.named_apart()
    if table.is_sparse:
        ignored = [[use] for use in round_.uses.get(IGNORED, ())]
        kept = (uses for uses in (*round_.sources.values(), *ignored) if not columns_in(table, uses))
        table = table.with_columns(uses[0].source_column for uses in kept)
    return table if _has_header(round_, table, faults) else None


def columns_in(table: TextTable, uses: Sequence[ColumnUse]) -> list[str]:
    """Those of the columns that a file has."""
    return [use.source_column for use in uses if use.source_column in table.header]


def _described(round_: Round, table: TextTable, faults: FaultList) -> ResponseFile:
    if round_.settings.decimal_sign != ".":
        table = table.with_decimal_sign(round_.settings.decimal_sign)
    sha256 = file_sha256(table.path)
    _check_whole(round_, table, sha256, faults)
    table = _with_whole_ids(round_, table)
    started, submitted = (_times(round_, table, round_.place_of(name, table.header)) for name in TIMESTAMP_NAMES)
    return ResponseFile(table, sha256, _contents(round_, table), _statuses(round_, table), started, submitted)


def _with_whole_ids(round_: Round, table: TextTable) -> TextTable:
    place = round_.place_of("_response_id", table.header)
    if place is None:
        return table
    whole = table.rows.columns[place].mapped(partial(round_.response_id, table.path))
    return replace(table, rows=table.rows.with_column_at(place, whole))


def _check_whole(round_: Round, table: TextTable, sha256: str, faults: FaultList) -> None:
    """A file cut inside its last field has all its fields: only the missing line end and the card tell."""
    card = round_.card_as_read
    on_card = card.sha256.get(table.path.name, sha256) if card else sha256
    is_fitting = not table.rows or table.rows[-1].problem is None
    if is_fitting and not table.ends_in_line_end and sha256 != on_card:
        found = "The last line has no line end, and the file is not the one that source.yml describes: it looks cut."
        faults.add("cut-file", table.path, line_place(table.rows[-1].line if table.rows else table.header_line), found)


def _has_header(round_: Round, table: TextTable, faults: FaultList) -> bool:
    """Note a file whose names of columns are none, or not those of the round."""
    mapped, unmapped = dict.fromkeys(use.source_column for use in round_.columns), _unmapped(round_, table)
    absent = [name for name in mapped if name not in table.header]
    if is_delimiter_wrong(table.header, list(mapped)):
        add_wrong_delimiter(table, faults)
    elif garbled := garbled_name(absent, unmapped):
        add_garbled_name(table, garbled, faults)
    elif len(absent) == len(mapped):
        add_no_known = _add_no_header if table.header_line else _add_other_file
        add_no_known(round_, table, faults)
    else:
        return True
    return False


def _check_mapped(round_: Round, table: TextTable, faults: FaultList) -> None:
    """Note every column of the file that columns.csv does not map."""
    for name in _unmapped(round_, table):
        found = f"The column {quoted(name)} is not in columns.csv{table.given_name(name)}."
        other = "" if table.has_heading(name) else ", ignored if it is a note"
        faults.add("unmapped-column", table.path, table.header_place(), found, or_else=other)


def _check_absent(round_: Round, tables: Sequence[TextTable], faults: FaultList) -> None:
    """Note every column that is in no file, and every question that a file lacks though one before it has it."""
    found = {name for table in tables for name in table.header}
    for use in round_.columns:
        if use.source_column not in found and not any(table.is_sparse for table in tables):
            hints = (header_hint(use.source_column, _unmapped(round_, table)) for table in tables)
            near, names = next(filter(None, hints), ""), listed(table.path.name for table in tables)
            said = f"The column {quoted(use.source_column)} is not in {names}."
            faults.add("column-of-no-file", round_.columns_file, use.at("source_column"), said, advice=near)
    for (name, part), uses in round_.sources.items():
        _check_asked(round_, f"{part} of {name}" if part else name, uses, tables, faults)


def _check_asked(
    round_: Round, what: str, uses: Sequence[ColumnUse], tables: Sequence[TextTable], faults: FaultList
) -> None:
    """A later form may ask more than an earlier one, never less; a reserved name has one column in every file."""
    is_reserved = uses[0].question_id in RESERVED_NAMES
    columns = {table.path.name: columns_in(table, uses) for table in tables}
    first = next((name for name, found in columns.items() if found), None)
    is_due, path = False, round_.columns_file
    for table in tables if first else ():
        name, found = table.path.name, columns[table.path.name]
        is_due = is_due or is_reserved or name == first
        if is_due and not found:
            order = "" if is_reserved else f"; if its form did not ask it, name {name} before {first} in round.yml"
            hints = (header_hint(use.source_column, _unmapped(round_, table)) for use in uses)
            near, place = next(filter(None, hints), ""), uses[0].at("source_column")
            said = f"{name} has no column for {what}, and {first} has one."
            faults.add("column-of-other-files", path, place, said, advice=near, name=name, order=order)
        if is_reserved and len(found) > 1:
            said = f"{what} comes from the columns {listed(map(quoted, found))} of {name}."
            faults.add("mapped-twice", round_.columns_file, uses[0].at("source_column"), said)


def _unmapped(round_: Round, table: TextTable) -> list[str]:
    mapped = {use.source_column for use in round_.columns}
    return [name for name in table.header if name not in mapped and name not in table.spare]


def _add_no_header(round_: Round, table: TextTable, faults: FaultList) -> None:
    """A row without a single known name may be somebody's answers: it is not shown."""
    found = "The row has none of the column names of columns.csv."
    faults.add("no-header", table.path, table.header_place(), found, row=round_.settings.name_row)


def _add_other_file(round_: Round, table: TextTable, faults: FaultList) -> None:
    """The names of a file that describes itself are nobody's answers."""
    found = f"The file has none of the columns of columns.csv. Its columns are {listed(table.header)}."
    faults.add("no-known-column", table.path, "", found, file=round_.columns_file.name)


def _statuses(round_: Round, table: TextTable) -> list[RowStatus]:
    settings, header = round_.settings, table.header

    def filled(names: Collection[str]) -> list[np.ndarray]:
        columns = [column for name, column in zip(header, table.rows.columns, strict=True) if name in names]
        return [each.holds(lambda text: bool(text.strip())) for each in columns]

    nothing = np.zeros(len(table.rows.places), bool)
    answered = filled({use.source_column for use in round_.columns if use.question_id != IGNORED})
    is_read = np.logical_and.reduce([np.logical_or.reduce([nothing, *answered]), *filled(settings.skip_rows_without)])
    skipped = [(values, header.index(name)) for name, values in settings.skip_rows_where.items() if name in header]
    is_skipped = np.logical_or.reduce([nothing, *(table.rows.columns[at].is_in(values) for values, at in skipped)])
    words: tuple[RowStatus, ...] = ("empty_row", "read", "set_aside_by_value")
    found: Iterator[RowStatus] = map(words.__getitem__, (is_read * (1 + is_skipped)).tolist())
    unreadable: RowStatus = "unreadable"
    return [*table.rows.spread(found, repeat(unreadable))]


def _contents(round_: Round, table: TextTable) -> np.ndarray:
    """The hash of what each row says. Each different cell of a column is written once."""
    known = dict.fromkeys(use.source_column for use in round_.columns)
    names = (*table.header, *(name for name in known if name not in table.header))
    n_rows = len(table.rows.places)
    columns = (*table.rows.columns, *[Column(("",), np.zeros(n_rows, int))] * (len(names) - len(table.header)))
    chosen = [columns[index] for index in order_of_content(names) if names[index] in known]
    written = [([*map(_as_bytes, each.texts)], each.numbers) for each in chosen]
    batches = (
        zip(*(map(texts.__getitem__, numbers[at : at + BATCH].tolist()) for texts, numbers in written), strict=True)
        for at in range(0, n_rows, BATCH)
    )
    of_apart = (_content_sha256(map(_as_bytes, row.cells)) for row in table.rows.apart.values())
    found = table.rows.spread(map(_content_sha256, chain.from_iterable(batches)), of_apart)
    return np.fromiter(found, "S64", len(table.rows))


def order_of_content(header: Sequence[str]) -> list[int]:
    """The places of a row's cells in the order in which they are hashed: by name, whatever the order of the columns.

    A column that a file lacks is hashed as empty: a row is the same when it is delivered again with a later question.
    """
    return sorted(range(len(header)), key=lambda index: header[index])


def _as_bytes(text: str) -> bytes:
    return _AS_JSON.encode(text).encode("utf-8", "surrogatepass")


def _content_sha256(cells: Iterable[bytes]) -> str:
    return sha256_of(b"[" + b", ".join(cells) + b"]")


def _times(round_: Round, table: TextTable, place: int | None) -> list[str | None]:
    if place is None:
        return [None] * len(table.rows)
    column = table.rows.columns[place]
    moments = [*map(partial(_moment_in_utc, round_), column.texts, column.types_or_none())]
    return [*table.rows.spread(map(moments.__getitem__, column.numbers.tolist()), repeat(None))]


def _moment_in_utc(round_: Round, text: str, cell_type: str | None) -> str | None:
    """A moment as UTC text; a date cell of a workbook is read as such.

    Of a local time that came twice, when the clock was put back, the first is meant. One that never came, because the
    clock was put forward, is none.
    """
    zone, written, text = ZoneInfo(round_.settings.timezone), round_.settings.timestamp_format, text.strip()
    if not text.isascii():  # strptime takes the digits of every script
        return None
    try:
        if cell_type == "date" or written is None or written == ISO_TIMES:
            moment = datetime.fromisoformat(text)
        else:
            moment = datetime.strptime(text, written)
        local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        utc = local.astimezone(UTC)
        is_skipped = not moment.tzinfo and utc.astimezone(zone).replace(tzinfo=None) != moment
        return None if is_skipped else utc.strftime(TIMESTAMP_TEXT)
    except (ValueError, OverflowError):
        return None


def _check_all_pages(files: Sequence[ResponseFile], faults: FaultList) -> None:
    """An export that comes in pages says how many responses they hold together."""
    n_promised = max((file.table.n_promised or 0 for file in files), default=0)
    n_rows = sum(len(file.table.rows) for file in files)
    if n_rows < n_promised:
        found = f"The files of the round hold {n_rows} of {n_promised} responses."
        faults.add("missing-page", files[-1].path, "", found)


def _check_repeated_files(round_: Round, files: Sequence[ResponseFile], faults: FaultList) -> None:
    """Equal rows without an id are different responses: a file that is delivered twice would count twice."""
    first: dict[str, str] = {}
    without_ids = "its rows have no response id"
    if round_.settings.response_ids == "per_file":
        without_ids = "its ids are of the file, not of the round"
    elif "_response_id" in round_.uses:
        return
    for file in files:
        same = first.setdefault(file.sha256, file.path.name)
        if same != file.path.name:
            found = f"It is the same as {same}, byte for byte, and {without_ids}."
            faults.add("repeated-delivery", file.path, "", found)


def rows_by_id(
    round_: Round, files: Sequence[ResponseFile], wanted: Container[str] | None = None
) -> dict[str, list[tuple[ResponseFile, ResponseRow]]]:
    """The readable rows of each response id, or of those that are wanted, where the round has ids."""
    rows: dict[str, list[tuple[ResponseFile, ResponseRow]]] = defaultdict(list)
    for file, column in _columns_of_ids(round_, files):
        is_wanted = column.holds(lambda text: bool(text.strip()) and (wanted is None or text.strip() in wanted))
        for number in np.flatnonzero(is_wanted).tolist():
            described = file.row(int(file.table.rows.places[number]))
            rows[column.texts[column.numbers[number]].strip()].append((file, described))
    return rows


def _columns_of_ids(round_: Round, files: Iterable[ResponseFile]) -> Iterator[tuple[ResponseFile, Column]]:
    for file in files:
        index = round_.place_of("_response_id", file.table.header)
        if index is not None:
            yield file, file.table.rows.columns[index]


def _repeated_ids(round_: Round, files: Sequence[ResponseFile]) -> set[str]:
    """The ids of several rows: those whose hashes came twice, for to count all ids would take a hundred bytes of each.
    One that shares its hash with another is there too."""
    ids = [([*map(str.strip, column.texts)], column.numbers) for _, column in _columns_of_ids(round_, files)]
    of_rows = [np.fromiter(map(hash, texts), np.int64, len(texts))[numbers] for texts, numbers in ids]
    hashes = np.sort(np.concatenate([np.empty(0, np.int64), *of_rows]))
    twice = {*hashes[1:][hashes[1:] == hashes[:-1]].tolist()}
    return {text for texts, _ in ids if twice for text in texts if hash(text) in twice}


def _check_repeated_ids(round_: Round, files: Sequence[ResponseFile], faults: FaultList) -> None:
    """One id, one content. The same row delivered twice is no fault: it is set aside later."""
    for same in rows_by_id(round_, files, _repeated_ids(round_, files)).values():
        first_file, first = same[0]
        first_place = f"{first_file.table.row_word} {first.row.line}"
        for file, described in same[1:]:
            if described.content_sha256 != first.content_sha256:
                elsewhere = "" if file is first_file else f" of {first_file.path.name}"
                column = str(round_.source_column("_response_id", file.table.header))
                place = file.table.place(described.row.line, column)
                found = f"The response id of {first_place}{elsewhere} is used again, with other answers."
                if elsewhere:
                    faults.add("response-id-of-another-file", file.path, place, found)
                else:
                    faults.add("repeated-response-id", file.path, place, found)


def _check_corrections(round_: Round, files: Sequence[ResponseFile], faults: FaultList) -> None:
    by_id = rows_by_id(round_, files, {each.response_id for each in round_.corrections})
    path = round_.corrections_file
    for correction in round_.corrections:
        same = by_id.get(correction.response_id)
        if not same:
            found = "There is no response with this id."
            faults.add("correction-of-no-response", path, correction.at("response_id"), found)
        elif any(use.ticked for use in round_.uses.get(correction.question_id or "", ())):
            found = "The question has a column per option in this round, and a correction cannot say which."
            faults.add("ambiguous-correction", path, correction.at("question_id"), found)
        elif (
            correction.action == "replace"
            and correction.question_id in round_.uses
            and not any(_meets(round_, correction, *found) for found in same)
        ):
            found = "The delivered answer is not the old_value of this line."
            faults.add("correction-does-not-meet", path, correction.at("old_value"), found)


def respondents(round_: Round, files: Sequence[ResponseFile]) -> set[str]:
    """Who has responded: by the column of the municipality, a recode or a correction."""
    recodes = [each for each in round_.recodes if each.list_name == "_municipality"]
    found = {name for each in recodes for name in (each.source_value, each.code)}
    found |= {each.new_value or "" for each in round_.corrections if each.question_id == "_municipality"}
    for file in files:
        for name in columns_in(file.table, round_.uses.get("_municipality", ())):
            found |= {*map(str.strip, file.table.rows.columns[file.table.header.index(name)].texts)}
    return found


def _check_members(round_: Round, files: Sequence[ResponseFile], faults: FaultList) -> None:
    known = respondents(round_, files) if round_.members else set()
    for member in {each.respondent: each for each in reversed(round_.members)}.values():
        if member.respondent not in known:
            found = f"No response is of {quoted(member.respondent)}."
            faults.add("member-of-no-response", round_.members_file, member.at("respondent"), found)


def _check_codings(
    round_: Round, path: Path, codings: Sequence[Coding], files: Sequence[ResponseFile], faults: FaultList
) -> None:
    known = rows_by_id(round_, files, {each.response_id for each in codings})
    for coding in codings:
        if coding.response_id not in known:
            faults.add("coding-of-no-response", path, coding.at("response_id"), "There is no response with this id.")


def _meets(round_: Round, correction: Correction, file: ResponseFile, described: ResponseRow) -> bool:
    cells = dict(zip(file.table.header, described.row.cells, strict=True))
    old_value = (correction.old_value or "").strip()
    uses = round_.uses.get(correction.question_id or "", ())
    found = [cells[name].strip() for name in columns_in(file.table, uses)]
    return old_value in (list(filter(None, found)) or found)
