"""A round that is watched: what the page says, and the two private lists, from a small warehouse made by hand."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import duckdb
import pytest

from faults.told import WrongUsage
from orchestration.commands.watch import print_watch, write_faults, write_missing
from orchestration.dagster.progress import Terminal
from store.paths import DataPaths
from store.warehouse import WarehouseHeld, opened

TODAY = date(2025, 2, 4)
TABLES = {
    "marts.dim_round(survey_id, round_id, title_en, title_fi, title_sv, is_synthetic, opens_on, closes_on, "
    "division_date, sort_order, n_frame, n_responses, n_municipalities)": """
        ('s', '2024', 'Before', 'A', 'B', true, date '2024-03-01', date '2024-03-20', date '2024-01-01', 1, 8, 9, 7),
        ('s', '2025', null, 'Kysely', 'B', false, date '2025-02-01', date '2025-02-10', date '2025-01-01', 2, 5, 4, 3),
        ('t', '2025', 'Other', null, null, true, date '2025-02-01', date '2025-02-10', date '2025-01-01', 1, 5, 0, 0)
    """,
    "marts.response_curve(survey_id, round_id, day, submitted_on, n_responses, n_responses_so_far, "
    "n_municipalities_so_far)": """
        ('s', '2024', 1, date '2024-03-01', 3, 3, 1), ('s', '2024', 3, date '2024-03-03', 6, 9, 7),
        ('s', '2025', 0, date '2025-01-31', 1, 1, 1), ('s', '2025', 2, date '2025-02-02', 2, 3, 2),
        ('s', '2025', 3, date '2025-02-03', 1, 4, 3)
    """,
    "marts.response_rate(survey_id, round_id, breakdown, breakdown_id, n_frame, n_municipalities)": """
        ('s', '2025', 'size_class', 'small', 3, 3), ('s', '2025', 'size_class', 'none', 0, 0),
        ('s', '2025', 'county', '02', 1, 0), ('s', '2025', 'county', '01', 4, 3), ('s', '2025', 'region', '09', 1, 0),
        ('s', '2024', 'county', '03', 4, 0)
    """,
    "marts.dim_breakdown(survey_id, breakdown, breakdown_id, label_fi, label_sv, label_en, sort_order)": """
        ('s', 'size_class', 'small', 'Pienet, alle 5 000', 'Små', 'Small', 1),
        ('s', 'size_class', 'large', 'Suuret', 'Stora', 'Large', 2), ('s', 'size_class', 'none', 'Ei', 'Ej', 'None', 3),
        ('s', 'county', '01', 'Itä', 'Öst', 'East', 2), ('s', 'county', '02', 'Länsi', null, null, 1),
        ('s', 'county', '03', 'Etelä', 'Syd', 'South', 3), ('s', 'region', '09', 'Alue', 'Region', 'Region', 1)
    """,
    "marts.frame_municipality(survey_id, round_id, municipality_code, size_class_id, county_code, division_date, "
    "population)": """
        ('s', '2025', '001', 'large', '01', date '2025-01-01', 70000),
        ('s', '2025', '002', 'small', '01', date '2025-01-01', 2000),
        ('s', '2025', '003', 'small', '02', date '2025-01-01', 3000),
        ('s', '2025', '004', 'small', '02', date '2025-01-01', 4000),
        ('s', '2024', '004', 'large', '02', date '2024-01-01', 9000)
    """,
    "marts.dim_municipality(municipality_code, division_date, name_fi, name_sv, name_en, language_status_code, "
    "county_code)": """
        ('001', date '2025-01-01', 'Yksi', 'Ett', 'One', '0', '01'),
        ('002', date '2025-01-01', 'Kaksi', 'Två', 'Two', '3', '01'),
        ('003', date '2025-01-01', 'Kolme', 'Tre', 'Three', null, '02'),
        ('004', date '2025-01-01', 'Neljä', 'Fyra', 'Four', '1', '02'),
        ('004', date '2024-01-01', 'Vanha', 'Gammal', 'Old', '2', '02')
    """,
    "marts.dim_question(survey_id, question_id, label_fi, label_sv, label_en, sort_order)": """
        ('s', 'staff', 'Henkilöstö?', 'Personal?', 'Staff?', 2), ('s', 'since', 'Alkaen?', 'Sedan?', 'Since?', 3)
    """,
    "intermediate.int_municipalities_silent(survey_id, round_id, municipality_code)": """
        ('s', '2025', '001'), ('s', '2025', '002'), ('s', '2025', '003'), ('s', '2024', '004')
    """,
    "intermediate.int_faults_located(survey_id, round_id, municipality_code, response_id, question_id, place, "
    "reason)": """
        ('s', '2025', '002', 'R2', 'staff', 'r.csv:3, Staff', 'expected a whole number'),
        ('s', '2025', '002', 'R2', 'since', 'r.csv:3, Since', 'expected a date'),
        ('s', '2025', null, 'R9', null, 'r.csv:9', 'municipality as given is not in the division'),
        ('s', '2025', '004', 'R1', 'staff', 'r.csv:2, Staff', 'expected a number'),
        ('s', '2024', '004', 'R7', 'staff', 'old.csv:2, Staff', 'expected another')
    """,
    "checks.results(survey_id, round_id, check_id, severity, status, observed, message_en, n_failed)": """
        ('s', '2025', 'rare', 'info', 'fail', '1', 'Something is rare', 1),
        ('s', '2025', 'wrong', 'gate', 'fail', '2', 'Something is wrong', 2),
        ('s', '2025', 'known', 'warn', 'fail', '3', 'Something is known', 3),
        ('s', '2025', 'right', 'block', 'pass', '0', 'Something is right', 0),
        ('s', '2024', 'past', 'warn', 'fail', '5', 'Something was wrong', 5)
    """,
    "checks.history(survey_id, round_id, check_id, status)": "('s', '2025', 'right', 'fail')",
    "raw.codebook__decisions(survey_id, round_id, check_id, observed, decided_by, valid_until, reason)": """
        ('s', '2025', 'known', '3', 'A. Person', '2025-02-04', 'it is so')
    """,
}


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    found = DataPaths(tmp_path / "data")
    found.prepare_private()
    with opened(found.warehouse_file) as connection:
        for table, rows in TABLES.items():
            name, _, columns = table.partition("(")
            connection.execute(f"create table {name} as select * from (values {rows}) as t({columns}")
    return found


def page(paths: DataPaths, name: str = "s/2025", today: date = TODAY) -> list[str]:
    """The lines of the page, runs of spaces made one."""
    file = io.StringIO()
    print_watch(paths, name, today, Terminal(file))
    return [" ".join(line.split()) for line in file.getvalue().splitlines()]


def test_how_the_round_stands(paths: DataPaths) -> None:
    assert page(paths)[:3] == [
        "s/2025: Kysely",
        "In the field 2025-02-01 to 2025-02-10: 7 days left, today among them.",
        "4 responses from 3 of 5 municipalities, 60 %.",
    ]


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2025, 1, 31), "opens in 1 day"),
        (date(2025, 2, 1), "10 days left, today among them"),
        (date(2025, 2, 10), "1 day left, today among them"),
        (date(2025, 2, 13), "closed 3 days ago"),
    ],
)
def test_how_much_of_the_field_window_is_left(paths: DataPaths, today: date, said: str) -> None:
    assert page(paths, today=today)[1] == f"In the field 2025-02-01 to 2025-02-10: {said}."


def test_the_curve_stands_beside_the_round_before_on_the_same_day(paths: DataPaths) -> None:
    """The day between two days with answers has what was there by then; bars are of 40 characters."""
    days = [line for line in page(paths) if "━" in line and line.startswith("│")]
    assert [line.split("│")[1:-1] for line in days] == [
        [" 0 ", " 2025-01-31 ", " 1 ", " 1 ", " 20 % ", f" {'━' * 8} ", " 0 % ", " "],
        [" 2 ", " 2025-02-02 ", " 2 ", " 3 ", " 40 % ", f" {'━' * 16} ", " 13 % ", f" {'━' * 5} "],
        [" 3 ", " 2025-02-03 ", " 1 ", " 4 ", " 60 % ", f" {'━' * 24} ", " 88 % ", f" {'━' * 35} "],
    ]


def test_the_first_round_stands_alone(paths: DataPaths) -> None:
    days = [line.split("│")[1:-1] for line in page(paths, "s/2024") if "━" in line and line.startswith("│")]
    assert [day[:5] for day in days] == [
        [" 1 ", " 2024-03-01 ", " 3 ", " 3 ", " 13 % "],
        [" 3 ", " 2024-03-03 ", " 6 ", " 9 ", " 88 % "],
    ]
    assert {len(day) for day in days} == {6}


def test_only_the_latest_days_are_shown(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.commands.watch.DAYS_SHOWN", 1)
    said = page(paths)
    assert [line[2:16] for line in said if "━ │" in line] == ["3 │ 2025-02-03"]
    assert "and 2 days with responses before them." in said


def test_a_round_without_times_has_no_curve(paths: DataPaths) -> None:
    said = page(paths, "t/2025")
    assert "No response has a time of submission: there is no response curve." in said
    assert said[1] == "The answers of this round are made up, and so is which municipalities have answered."


def test_size_classes_and_counties_with_the_empty_ones_named(paths: DataPaths) -> None:
    said = page(paths)
    assert "│ Small │ 3 of 3 │ 100 % │ │ Länsi │ 0 of 1 │ 0 % │" in said
    assert any(line.endswith("│ East │ 3 of 4 │ 75 % │") for line in said)
    assert [line for line in said if line.startswith("No answer from")] == ["No answer from county: Länsi."]
    assert not any("None" in line or "Region" in line or "South" in line for line in said)


def test_open_findings_gravest_first_and_accepted_ones_counted(paths: DataPaths) -> None:
    assert page(paths)[-3:] == [
        "Open findings: 2. Accepted: 1.",
        "gate: wrong: Something is wrong (found: 2)",
        "info: rare: Something is rare (found: 1)",
    ]


def test_a_decision_that_holds_no_more_accepts_nothing(paths: DataPaths) -> None:
    assert page(paths, today=date(2025, 2, 5))[-4] == "Open findings: 3. Accepted: 0."


def test_who_has_not_answered(paths: DataPaths) -> None:
    file, aside = io.StringIO(), io.StringIO()
    write_missing(paths, "s/2025", file, aside)
    assert file.getvalue() == (
        "county,size_class,municipality_code,name_fi,name_sv,population\n"
        'Länsi,"Pienet, alle 5 000",003,Kolme,Tre,3000\n'
        'Itä,"Pienet, alle 5 000",002,Kaksi,Två,2000\n'
        "Itä,Suuret,001,Yksi,Ett,70000\n"
    )
    assert aside.getvalue() == "Private, not to be published: who has not answered in s/2025.\n"


def test_what_to_ask_again_in_the_language_of_the_municipality(paths: DataPaths) -> None:
    file, aside = io.StringIO(), io.StringIO()
    write_faults(paths, "s/2025", file, aside)
    assert file.getvalue() == (
        "municipality_code,municipality,language,response_id,question,place,sentence\n"
        '002,Två,sv,R2,Personal?,"r.csv:3, Staff",expected a whole number\n'
        '002,Två,sv,R2,Sedan?,"r.csv:3, Since",expected a date\n'
        '004,Neljä,fi,R1,Henkilöstö?,"r.csv:2, Staff",expected a number\n'
        ",,fi,R9,,r.csv:9,municipality as given is not in the division\n"
    )
    assert aside.getvalue() == "Private, not to be published: which answers are doubtful in s/2025.\n"


def test_the_lists_of_a_made_up_round_say_so(paths: DataPaths) -> None:
    file, aside = io.StringIO(), io.StringIO()
    write_missing(paths, "s/2024", file, aside)
    assert aside.getvalue().splitlines() == [
        "Private, not to be published: who has not answered in s/2024.",
        "The answers of this round are made up, and so is which municipalities have answered.",
    ]


def test_others_may_read_meanwhile(paths: DataPaths) -> None:
    with opened(paths.warehouse_file, read_only=True):
        assert page(paths)


def test_nothing_is_written_to_disk(paths: DataPaths) -> None:
    before = {path: path.stat().st_mtime_ns for path in paths.root.rglob("*")}
    write_faults(paths, "s/2025", io.StringIO(), io.StringIO())
    page(paths)
    assert {path: path.stat().st_mtime_ns for path in paths.root.rglob("*")} == before


@pytest.mark.parametrize("name", ["s/2026", "s", ""])
def test_a_round_that_is_not_there(paths: DataPaths, name: str) -> None:
    with pytest.raises(WrongUsage, match="Expected SURVEY/ROUND, one of: s/2024, s/2025, t/2025") as raised:
        page(paths, name)
    assert str(raised.value).startswith(f"There is no round {name} in the private warehouse")


def test_a_warehouse_that_cannot_be_read(paths: DataPaths) -> None:
    with opened(paths.warehouse_file) as connection:
        connection.execute("drop table marts.response_curve")
    with pytest.raises(WrongUsage, match=r"warehouse\.duckdb has no table marts\.response_curve: .* refresh\.$"):
        page(paths)
    paths.warehouse_file.write_bytes(b"not a database at all" * 1000)
    with pytest.raises(WrongUsage, match=r"is damaged\. Build it: kuntakysely refresh\.$"):
        page(paths)
    paths.warehouse_file.unlink()
    with pytest.raises(WrongUsage, match=r"^There is no data/warehouse/private/warehouse\.duckdb yet\. Build it"):
        page(paths)


def test_a_warehouse_that_another_program_holds(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(*_: object, **__: object) -> duckdb.DuckDBPyConnection:
        raise duckdb.IOException("Could not set lock on file")

    monkeypatch.setattr(duckdb, "connect", held)
    with pytest.raises(WarehouseHeld, match="is open in another program"):
        page(paths)
