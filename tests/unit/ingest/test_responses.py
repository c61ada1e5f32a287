"""Responses: every row and cell as delivered, times in UTC, rows that do not fit kept and told apart."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from faults.errors import FaultList
from ingest.codebook.round import Round, read_round
from ingest.landing.raw_tables import CELLS, VALUES, response_rows
from ingest.landing.responses import TIMESTAMP_TEXT, ResponseFile, read_responses
from ingest.proposals.reading import TIMESTAMP_FORMATS
from ingest.readers.cells import TimestampFormat, is_valid
from store.paths import DataPaths

HEADER = (
    "Vastausnumero;Lähetetty;Kuntanumero;Tehtävä;Palvelut riittävät;Neuvonta;Koulutus;Henkilöstö;Kommentti;Huomautus"
)
Edit = Callable[[Path, str, str], None]


def round_of(folder: Path) -> Round:
    faults = FaultList()
    round_ = read_round("palvelukysely", folder, faults)
    assert round_ is not None
    assert list(faults) == []
    return round_


def read(folder: Path, *rows: str) -> ResponseFile:
    (folder / "responses.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    (folder / "corrections.csv").unlink(missing_ok=True)
    faults = FaultList()
    (file,) = read_responses(round_of(folder), faults)
    assert list(faults) == []
    return file


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("08.01.2024 09.15", "2024-01-08 07:15:00"),
        ("15.07.2024 00.30", "2024-07-14 21:30:00"),
        (" 08.01.2024 09.15 ", "2024-01-08 07:15:00"),
        ("8.1.2024 9.15", "2024-01-08 07:15:00"),
        ("2024-01-08 09:15", None),
        ("31.02.2024 09.15", None),
        ("", None),
        ("01.01.0001 00.00", None),
        ("31.03.2024 02.59", "2024-03-31 00:59:00"),
        ("31.03.2024 03.30", None),  # it never came: the clock was put forward
        ("31.03.2024 04.00", "2024-03-31 01:00:00"),
        ("27.10.2024 02.59", "2024-10-26 23:59:00"),
        ("27.10.2024 03.30", "2024-10-27 00:30:00"),  # the first of two
        ("27.10.2024 04.00", "2024-10-27 02:00:00"),
        ("31.12.2023 23.59", "2023-12-31 21:59:00"),
        ("01.01.2024 01.30", "2023-12-31 23:30:00"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/St_Johns"])
def test_times_become_utc_or_nothing(
    round_folder: Path, written: str, utc: str | None, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In whatever zone the machine is."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    file = read(round_folder, f"A1;{written};001;Johtaja;Eri mieltä;;;;;x")
    assert file.rows[0].submitted_at == utc
    assert file.rows[0].started_at is None
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2023-03-25T23:30:00+02:00", "2023-03-25 21:30:00"),
        ("2023-03-27T00:10:00+03:00", "2023-03-26 21:10:00"),
        ("2023-03-31T20:59:00Z", "2023-03-31 20:59:00"),
        ("2023-03-31T20:59:59.999+0000", "2023-03-31 20:59:59"),
        ("2023-03-31 23:59:00.1234567-01:30", "2023-04-01 01:29:00"),
        ("2023-03-31T23:59:00", "2023-03-31 20:59:00"),  # in the zone of the round
        ("2023-03-26T03:30:00", None),
        ("31.3.2023 23.59", None),
        ("0001-01-01T00:00:00+02:00", None),
    ],
)
def test_times_of_iso_tell_their_own_zone(round_folder: Path, edit: Edit, written: str, utc: str | None) -> None:
    edit(round_folder / "round.yml", '"%d.%m.%Y %H.%M"', "iso")
    assert read(round_folder, f"A1;{written};001;Johtaja;Eri mieltä;;;;;x").rows[0].submitted_at == utc


@pytest.mark.parametrize("form", [*TIMESTAMP_FORMATS, "%d.%m.%Y %H:%M:%S.%f", "%d.%m.%Y %H:%M %z"])
def test_every_form_that_a_draft_writes_is_taken_and_reads_its_own_times(
    round_folder: Path, edit: Edit, form: str
) -> None:
    """Of the afternoon and of the morning."""
    edit(round_folder / "round.yml", "%d.%m.%Y %H.%M", form)
    moments = [datetime(2024, 1, 31, hour, 5, tzinfo=ZoneInfo("Europe/Helsinki")) for hour in (0, 9, 12, 14)]
    rows = [f"A{moment.hour};{moment.strftime(form)};001;Johtaja;Eri mieltä;;;;;x" for moment in moments]
    assert [row.submitted_at for row in read(round_folder, *rows).rows] == [
        f"{moment.astimezone(UTC):{TIMESTAMP_TEXT}}" for moment in moments
    ]


@pytest.mark.parametrize("form", ["%d.%m.%Y %I.%M", "%Y-%m-%d %H:%M %Z", "%H:%M", "%m/%d %H:%M", "ISO", "%Q"])
def test_a_form_that_reads_other_times_than_it_writes_is_refused(form: str) -> None:
    """Half a day off, or as the machine's own zone would have it."""
    assert not is_valid(TimestampFormat, form)
    assert is_valid(TimestampFormat, "%d.%m.%Y")


@pytest.mark.parametrize(
    ("row", "is_empty"),
    [
        (";;;;;;;;;keksitty", True),
        (" ;;;;;;;;\t;keksitty", True),
        ("A1;;;;;;;;;keksitty", False),
        (";;;;;;;;hei;", False),
        ("", True),
    ],
)
def test_row_without_a_mapped_value_is_empty(round_folder: Path, row: str, is_empty: bool) -> None:
    assert read(round_folder, row).rows[0].status == ("empty_row" if is_empty else "read")


def test_row_without_a_needed_column_is_empty(round_folder: Path, edit: Edit) -> None:
    edit(round_folder / "round.yml", "is_synthetic", "skip_rows_without: [Palvelut riittävät]\nis_synthetic")
    file = read(round_folder, "A1;;001;Johtaja;;x;;5;;x", "A2;;001;Johtaja;Eri mieltä;;;;;x")
    assert [row.status for row in file.rows] == ["empty_row", "read"]


def test_row_with_a_value_is_set_aside_unless_it_is_empty(round_folder: Path, edit: Edit) -> None:
    """Values are compared as text, trimmed; one of several columns is enough."""
    where = 'skip_rows_where: {Huomautus: [testi, "0"], Kommentti: [kokeilu]}'
    edit(round_folder / "round.yml", "is_synthetic", f"{where}\nis_synthetic")
    rows = ("A1;;001;;x;;;;;testi", "A2;;001;;x;;;; kokeilu ;", "A3;;001;;x;;;;;00", ";;;;;;;;;testi")
    statuses = [row.status for row in read(round_folder, *rows).rows]
    assert statuses == ["set_aside_by_value", "set_aside_by_value", "read", "empty_row"]


def cells_of(tables: Mapping[str, pa.Table], row: dict[str, str]) -> list[tuple[str, str]]:
    said = {
        each["value_id"]: (each["source_column"], each["cell_text"])
        for each in tables["raw.surveys__values"].to_pylist()
    }
    cells = tables["raw.surveys__cells"].to_pylist()
    return [said[each["value_id"]] for each in cells if each["row_key"] == row["row_key"]]


def test_row_that_does_not_fit_is_kept(paths: DataPaths, round_folder: Path) -> None:
    file = read(round_folder, "A1;;001", "A2;;001;Johtaja;Eri mieltä;;;;;x;y;z", "A3;;001;Johtaja;Eri mieltä;;;;;x")
    parts = [*response_rows(round_of(round_folder), [file], lambda file: [None] * len(file.rows), paths)]
    tables = {name: pa.concat_tables(rows for table, rows in parts if table == name) for name, _ in parts}
    rows = tables["raw.surveys__rows"].to_pylist()
    assert [(row["source_line"], row["row_status"], row["reason"]) for row in rows] == [
        ("2", "unreadable", "3 fields where the header has 10"),
        ("3", "unreadable", "12 fields where the header has 10"),
        ("4", "read", None),
    ]
    assert cells_of(tables, rows[0]) == [("Vastausnumero", "A1"), ("Lähetetty", ""), ("Kuntanumero", "001")]
    assert cells_of(tables, rows[1])[-2:] == [("(column 11)", "y"), ("(column 12)", "z")]


def test_content_does_not_depend_on_the_place(round_folder: Path) -> None:
    same = ";;001;Johtaja;Eri mieltä;;;;;x"
    file = read(round_folder, same, same.replace("001", "005"), same)
    first, other, again = (row.content_sha256 for row in file.rows)
    assert first == again != other


def test_same_row_twice_is_no_fault(round_folder: Path) -> None:
    same = "A1;;001;Johtaja;Eri mieltä;;;;;x"
    assert len(read(round_folder, same, same).rows) == 2


def test_messages_show_no_answer(round_folder: Path) -> None:
    secret = "SALAISUUS"
    rows = [f"{secret};;001;Johtaja;{secret};;;;;x", f"{secret};;005;Johtaja;{secret}2;;;;;x"]
    (round_folder / "responses.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    correction = f"{secret},staff,{secret},{secret},replace,Asked,N. N.,2024-02-02\n"
    with (round_folder / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write(correction * 2)
    faults = FaultList()
    read_responses(round_of(round_folder), faults)
    assert {fault.code for fault in faults} >= {"repeated-response-id", "correction-does-not-meet"}
    assert not any(secret in str(fault) for fault in faults)


def test_file_without_header_shows_no_answer(round_folder: Path) -> None:
    (round_folder / "responses.csv").write_text("SALAISUUS;SALAISUUS;x\nb;c;d\n", encoding="utf-8")
    faults = FaultList()
    assert read_responses(round_of(round_folder), faults) == []
    assert [fault.code for fault in faults] == ["no-header"]
    assert "SALAISUUS" not in str(next(iter(faults)))


def test_a_file_without_rows_beside_others_spoils_no_key(paths: DataPaths, round_folder: Path) -> None:
    whole = read(round_folder, *(f"A{number};;001;;{number};;;;;x" for number in range(9)))
    empty = read(round_folder)
    parts = [*response_rows(round_of(round_folder), [empty, whole], lambda file: [None] * len(file.rows), paths)]
    cells = [value for table, rows in parts if table == CELLS for value in rows["value_id"].to_pylist()]
    values = [value for table, rows in parts if table == VALUES for value in rows["value_id"].to_pylist()]
    assert set(cells) == set(values)
    assert len(set(values)) == len(values)
