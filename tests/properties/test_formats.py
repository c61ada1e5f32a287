"""The same answers as CSV, XLSX, SAV and JSON, and in other codes, give the same marts, whatever was answered."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from faults.errors import FaultList
from ingest import readers
from ingest.landing.load import load_rounds
from ingest.readers import Layout, TextRow, TextTable
from ingest.readers.columns import Rows
from ingest.readers.webropol import SEPARATOR
from store.paths import DataPaths
from store.warehouse import opened
from tests.acceptance.project import replace as in_file
from tests.exports.data_root import copy_exports
from tests.exports.make_exports import (
    ANSWERS,
    MUNICIPALITIES,
    SERVICES,
    Answers,
    Export,
    make_plain_csv,
    make_plain_xlsx,
    make_spss_sav,
    make_webropol_json,
)
from tests.loading import load_all
from tests.pipeline.models import Model, marts
from tests.properties.marts import marts_of
from tests.properties.models import built, needed
from tests.properties.properties import Property, holds, is_broken
from tests.rendered import Slip

N_EXAMPLES = 4
# A round may write every code of a list in its own way, and say so in recodes.csv.
OTHER_CODES = {"1": "3", "2": "99", "3": "1", "99": "2", None: None}


def make_other_codes(given: Sequence[Answers]) -> Export:
    return make_plain_csv([replace(each, opinion=OTHER_CODES[each.opinion]) for each in given])


def make_number_cells(given: Sequence[Answers]) -> Export:
    return make_plain_xlsx(given, int)


FORMATS: Mapping[str, Callable[[Sequence[Answers]], Export]] = {
    "plain_csv": make_plain_csv,
    "other_codes": make_other_codes,
    "plain_xlsx": make_plain_xlsx,
    "number_cells": make_number_cells,
    "spss_sav": make_spss_sav,
    "webropol_json": make_webropol_json,
}
OPENS_AT = datetime(2023, 3, 1, tzinfo=UTC)
SECONDS = 30 * 24 * 60 * 60

MARTS = ("answer_status_count", "answer_distribution", "number_summary")  # they show every slip
# Day and month, the decimal sign or the codes are read wrongly in the one export that has them so: where that is the
# reference, the first format that has them otherwise is told.
SLIPS = [
    ("plain_xlsx", Slip("int_answers_coded", "'%d.%m.%Y') as date", "'%m.%d.%Y') as date")),
    ("other_codes", Slip("int_values_accepted", "order by precedence, code", "order by precedence desc, code")),
    (
        "plain_xlsx",
        Slip("int_answers_coded", "replace(answers.raw_value, ',', '.')", "replace(answers.raw_value, ',', '')"),
    ),
]


def number_rounded(cell: str, cell_type: str) -> str:
    return str(round(float(cell))) if cell_type == "number" else cell


def number_with_decimals(cell: str, cell_type: str) -> str:
    return f"{cell}.0" if cell_type == "number" and cell.isdecimal() else cell


def user_missing_read_as_empty(cell: str, _cell_type: str) -> str:
    return "" if cell in ("99", "-999") else cell


def not_asked_read_as_zero(cell: str, _cell_type: str) -> str:
    return cell or "0"


def one_of_several_kept(cell: str, _cell_type: str) -> str:
    return cell.partition(SEPARATOR)[0]


# What a reader could do to the cells of one format only.
CellSlip = Callable[[str, str], str]
READER_SLIPS: Sequence[tuple[str, str, CellSlip]] = [
    ("plain_xlsx", "xlsx", number_rounded),
    ("number_cells", "xlsx", number_with_decimals),
    ("spss_sav", "sav", user_missing_read_as_empty),
    ("webropol_json", "webropol_json", not_asked_read_as_zero),
    ("webropol_json", "webropol_json", one_of_several_kept),
]


@st.composite
def answers(draw: st.DrawFn) -> list[Answers]:
    """A full answer and some made-up ones, no two at the same second: ids differ by tool and may not decide."""
    seconds = draw(st.lists(st.integers(0, SECONDS), unique=True, min_size=2, max_size=8))
    return [ANSWERS[0], *(draw(_answer(number, second)) for number, second in enumerate(seconds, start=2))]


def _answer(number: int, second: int) -> st.SearchStrategy[Answers]:
    at = OPENS_AT + timedelta(seconds=second)
    return st.builds(
        Answers, st.just(number), st.just(at - timedelta(minutes=5)), st.just(at),
        municipality=st.sampled_from(sorted(MUNICIPALITIES)),
        role=st.sampled_from("123"),
        opinion=st.sampled_from(["1", "2", "3", "99", None]),
        services=st.sets(st.sampled_from(SERVICES)).map(lambda chosen: tuple(sorted(chosen, key=SERVICES.index))),
        staff=st.none() | st.just(-999) | st.integers(-5, 1100),
        budget=st.none() | st.integers(-100, 99_999).map(lambda cents: cents / 100),
        since=st.none() | st.dates(date(1950, 1, 1), date(2023, 3, 1)),
        comment=st.none() | st.text("aÅ€ \n\"';,=+1-", max_size=12),
    )  # fmt: skip


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    paths = copy_exports(tmp_path_factory.mktemp("formats"))
    rounds = paths.surveys / "exports" / "rounds"
    add_round(rounds, "other_codes", "plain_csv")
    with (rounds / "other_codes" / "recodes.csv").open("a", encoding="utf-8") as handle:
        handle.writelines(f"scale,{other},{code}\n" for code, other in OTHER_CODES.items() if code)
    add_round(rounds, "number_cells", "plain_xlsx")
    for folder in rounds.iterdir():
        if folder.name not in FORMATS:
            shutil.rmtree(folder)
    load_all(paths)
    return paths


def add_round(rounds: Path, name: str, like: str) -> None:
    shutil.copytree(rounds / like, rounds / name)
    in_file(rounds / name / "round.yml", f"round_id: {like}", f"round_id: {name}")


def same_marts(paths: DataPaths, models: Sequence[Model]) -> Property:
    """A round for each format, and nothing in them but these answers."""

    def prop(given: Sequence[Answers]) -> None:
        for name, make in FORMATS.items():
            export = make(given)
            (paths.surveys / "exports" / "rounds" / name / export.file_name).write_bytes(export.content)
        with opened(paths.warehouse_file) as connection:  # a reader with a slip reads the same file otherwise
            connection.execute("delete from raw.ingest__loads")
        load_rounds(paths, [f"exports/{name}" for name in FORMATS])
        with built(paths, models) as connection:
            found = {name: marts_of(connection, name) for name in FORMATS}
        for name in FORMATS:
            assert found[name] == found["plain_csv"], name

    return prop


def test_the_marts_are_the_same(paths: DataPaths) -> None:
    holds(same_marts(paths, marts()), answers(), N_EXAMPLES)


@pytest.mark.parametrize(("name", "slip"), SLIPS)
def test_a_slip_is_seen(paths: DataPaths, name: str, slip: Slip) -> None:
    is_broken(same_marts(paths, needed(*MARTS, slip=slip)), answers(), where=name)


@pytest.mark.parametrize(("name", "format_name", "slip"), READER_SLIPS)
def test_a_slip_of_one_reader_is_seen(
    paths: DataPaths,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    format_name: str,
    slip: CellSlip,
) -> None:
    format_ = readers.FORMATS[format_name]
    monkeypatch.setitem(readers.FORMATS, format_name, format_._replace(read=with_slip(format_, slip)))
    is_broken(same_marts(paths, needed(*MARTS)), answers(), where=name)


def with_slip(format_: readers.Format, slip: CellSlip) -> Callable[[Path, Any, FaultList], TextTable | None]:
    """The reader of the format, whose every cell goes through the slip."""

    def slipped(row: TextRow) -> TextRow:
        return row._replace(cells=tuple(slip(*cell) for cell in zip(row.cells, row.types or (), strict=True)))

    def read(path: Path, layout: Layout, faults: FaultList) -> TextTable | None:
        table = format_.read(path, layout, faults)
        return table and replace(table, rows=Rows.of(map(slipped, table.rows), len(table.header)))

    return read
