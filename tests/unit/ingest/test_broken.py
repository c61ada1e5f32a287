"""Each folder of tests/broken is an input laid over a valid data root, with the messages it gives or what is read."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from faults.errors import FaultList
from ingest.readers import FORMATS, CsvLayout, TextTable, sav
from ingest.readers.text_csv import read_csv
from store.paths import DataPaths
from tests.broken.make_inputs import MADE
from tests.broken.outcomes import (
    CORPUS,
    Outcome,
    Workshop,
    cases,
    each_file_parsed_once,
    expected,
    no_longer_than,
    outcomes,
    set_up,
)
from tests.loading import validate

pytestmark = pytest.mark.slow
CASES = cases()
KINDS = ("accepted", "quarantined", "refused")
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return set_up(tmp_path_factory.mktemp("workshop") / "data")


@pytest.fixture(scope="module")
def found(
    request: pytest.FixtureRequest, workshop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Outcome]:
    """What comes of the inputs whose tests were chosen: a person who adds one does not wait for all."""
    chosen = {item.name for item in request.session.items}
    with each_file_parsed_once():
        names = [name for name in CASES if f"{test_input_has_its_outcome.__name__}[{name}]" in chosen]
        return outcomes(workshop, tmp_path_factory.mktemp("corpus"), names or CASES)


def test_valid_data_root_has_no_fault(paths: DataPaths) -> None:
    assert validate(paths) == ()


@pytest.mark.parametrize("name", CASES)
def test_input_has_its_outcome(found: Mapping[str, Outcome], name: str, record_property: Record) -> None:
    assert list(found[name].lines) == expected(name)
    assert found[name].kind in KINDS
    record_property("tried", ["bad inputs", found[name].kind, 1])


def test_corpus_is_not_lost(found: Mapping[str, Outcome]) -> None:
    assert len(CASES) >= 150
    assert {outcome.kind for outcome in found.values()} == set(KINDS)


def test_many_different_reasons(found: Mapping[str, Outcome], record_property: Record) -> None:
    """Codes of faults, dispositions of rows and statuses of answers that an input of the corpus really gives."""
    reasons = sum((outcome.reasons for outcome in found.values()), Counter[str]())
    assert len(reasons) >= 60
    record_property("told", f"bad inputs: {len(reasons)} different reasons")


def test_made_inputs_say_what_comes_of_them() -> None:
    assert [name for name in MADE if not (CORPUS / name / "expected.txt").is_file()] == []


def test_hanging_is_ended() -> None:
    with pytest.raises(TimeoutError), no_longer_than(1):
        while True:
            pass


# Readers that do what none may do: the corpus sees each of them.

Read = Callable[[Path, CsvLayout, FaultList], TextTable | None]


def row_lost(path: Path, layout: CsvLayout, faults: FaultList) -> TextTable | None:
    table = read_csv(path, layout, faults)
    return table and replace(table, rows=table.rows[:-1])


def zeros_put_back(path: Path, layout: CsvLayout, faults: FaultList) -> TextTable | None:
    return _changed(path, layout, faults, lambda cell: cell.zfill(3) if cell.isdecimal() else cell)


def digits_made_plain(path: Path, layout: CsvLayout, faults: FaultList) -> TextTable | None:
    return _changed(path, layout, faults, lambda cell: unicodedata.normalize("NFKC", cell))


def odd_row_left_out(path: Path, layout: CsvLayout, faults: FaultList) -> TextTable | None:
    table = read_csv(path, layout, faults)
    return table and replace(table, rows=tuple(row for row in table.rows if row.problem is None))


def fault_kept_quiet(path: Path, layout: CsvLayout, _: FaultList) -> TextTable | None:
    return read_csv(path, layout, FaultList())


def bytes_replaced(path: Path, layout: CsvLayout, faults: FaultList) -> TextTable | None:
    text = path.read_bytes().decode(layout.encoding, errors="replace").encode(layout.encoding)
    path.write_bytes(text)
    return read_csv(path, layout, faults)


def _changed(path: Path, layout: CsvLayout, faults: FaultList, change: Callable[[str], str]) -> TextTable | None:
    table = read_csv(path, layout, faults)
    return table and replace(table, rows=tuple(row._replace(cells=tuple(map(change, row.cells))) for row in table.rows))


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (row_lost, "line_ends_crlf"),
        (zeros_put_back, "cells_code_without_zeros"),
        (digits_made_plain, "cells_code_look_alike_digits"),
        (odd_row_left_out, "rows_cut_and_long"),
        (fault_kept_quiet, "csv_unclosed_quote"),
        (bytes_replaced, "encoding_mixed"),
    ],
)
def test_wrong_reader_is_seen(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: Read, name: str
) -> None:
    monkeypatch.setitem(FORMATS, "csv", FORMATS["csv"]._replace(read=wrong))
    assert list(outcomes(workshop, tmp_path, [name])[name].lines) != expected(name)


def test_parser_that_believes_the_header_is_seen(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sav, "is_sav_safe", lambda *_: True)
    (outcome,) = outcomes(workshop, tmp_path, ["sav_fewer_cases_told"]).values()
    assert [line for line in outcome.lines if line.startswith("line")] == ["line 1: accepted"]


def test_crash_is_seen(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(FORMATS, "csv", FORMATS["csv"]._replace(read=crash))
    (outcome,) = outcomes(workshop, tmp_path, ["line_ends_crlf"]).values()
    assert outcome.kind == "crashed"
