"""The same ten answers as each tool exports them, as rounds of one survey: the warehouse makes the same of them all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from store.paths import DataPaths
from store.warehouse import opened
from tests.acceptance.project import copy_data, replace
from tests.exports.data_root import copy_exports
from tests.exports.make_exports import ANSWERS, EXPORTS, SERVICES, Answers, response_id
from tests.pipeline.build import build, make_all
from tests.pipeline.models import models

JUDGED = """
    select response_id, question_id, part, answer_status, municipality_code, role_id, submitted_at,
        case
            when question_type = 'select_multiple' then cast(is_ticked as varchar)
            when question_type = 'text' then raw_value
            else coalesce(code, cast(date_value as varchar), cast(cast(number_value as double) as varchar), '')
        end as answer
    from intermediate.int_answers_judged
    where round_id = ?
"""
Judged = set[tuple[Any, ...]]
CHANGES = [
    ("plain_csv", "responses.csv", ";12,125;", ";12,126;"),
    ("limesurvey_text", "responses.csv", '"Yes","Yes","No","5"', '"Yes","No","No","5"'),
    ("webropol_json", "responses.json", "2023-03-26T04:10:10", "2023-03-26T04:10:11"),
    ("forms_csv", "responses.csv", ",1/31/2020,", ",31/1/2020,"),
]


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The fixtures, and some of them again with one answer or time changed."""
    paths = copy_exports(tmp_path_factory.mktemp("exports"))
    rounds = paths.surveys / "exports" / "rounds"
    for tool, file_name, old, new in CHANGES:
        changed = rounds / f"{tool}_changed"
        shutil.copytree(rounds / tool, changed)
        replace(changed / "round.yml", f"round_id: {tool}", f"round_id: {tool}_changed")
        replace(changed / file_name, old, new)
    return build(paths)


@pytest.fixture
def warehouse(paths: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(paths.warehouse_file, read_only=True) as connection:
        yield connection


def judged(warehouse: duckdb.DuckDBPyConnection, round_id: str) -> Judged:
    """The answers of a round with the numbers of the responses in place of the tool's ids."""
    tool = round_id.removesuffix("_changed")
    numbers = {response_id(tool, each.number): each.number for each in ANSWERS}
    return {(numbers[row[0]], *row[1:]) for row in warehouse.execute(JUDGED, [round_id]).fetchall()}


def given(each: Answers) -> Judged:
    """What the warehouse is to make of one response: the truth that the fixtures were written from."""
    who = (each.municipality, each.role, each.submitted_at.replace(tzinfo=None))

    def status(answer: object, missing: str = "") -> str:
        return "blank" if answer in (None, "") else "declared_missing" if str(answer) == missing else "valid"

    staff = "-999" if each.staff == -999 else "" if each.staff is None else str(float(each.staff))
    return {
        (each.number, "opinion", "", status(each.opinion, "99"), *who, each.opinion or ""),
        (each.number, "staff", "", status(each.staff, "-999"), *who, staff),
        (each.number, "budget", "", status(each.budget), *who, "" if each.budget is None else str(each.budget)),
        (each.number, "since", "", status(each.since), *who, str(each.since or "")),
        (each.number, "comment", "", status(each.comment), *who, each.comment or ""),
        *(
            (each.number, "services", code, status(each.services or None), *who, str(code in each.services).lower())
            for code in SERVICES
        ),
    }


TRUTH = set().union(*map(given, ANSWERS))


@pytest.mark.parametrize("tool", EXPORTS)
def test_every_tool_gives_the_same_answers(warehouse: duckdb.DuckDBPyConnection, tool: str) -> None:
    assert judged(warehouse, tool) == TRUTH


def test_the_answers_are_of_every_kind() -> None:
    assert len(TRUTH) == 10 * (5 + len(SERVICES))
    assert {row[3] for row in TRUTH} == {"valid", "blank", "declared_missing"}
    assert {row[1] for row in TRUTH if row[3] == "valid"} == {
        "opinion", "services", "staff", "budget", "since", "comment",
    }  # fmt: skip


def other_number(row: tuple[Any, ...]) -> bool:
    return row[0] == 5 and row[1] == "budget" and row[-1] == "12.126"


def other_tick(row: tuple[Any, ...]) -> bool:
    return row[:3] == (1, "services", "training") and row[-1] == "false"


def other_time(row: tuple[Any, ...]) -> bool:
    return row[0] == 7 and row[6] == datetime(2023, 3, 26, 1, 10, 11)


def no_date(row: tuple[Any, ...]) -> bool:
    return row[:2] == (1, "since") and row[3] == "not_a_date" and row[-1] == ""


@pytest.mark.parametrize(
    ("tool", "is_changed", "n_changed"),
    [
        ("plain_csv", other_number, 1),
        ("limesurvey_text", other_tick, 1),
        ("webropol_json", other_time, 8),
        ("forms_csv", no_date, 1),
    ],
)
def test_a_change_in_one_file_is_seen(
    warehouse: duckdb.DuckDBPyConnection, tool: str, is_changed: Callable[[tuple[Any, ...]], bool], n_changed: int
) -> None:
    different = judged(warehouse, f"{tool}_changed") - TRUTH
    assert len(different) == n_changed
    assert all(map(is_changed, different))


def test_incomplete_responses_are_set_aside(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute(
        "select round_id, disposition, count(*) from intermediate.int_responses_disposed "
        "where disposition <> 'accepted' group by all order by all"
    ).fetchall()
    styles = ("code", "code_text", "text", "text_changed")
    assert found == [(f"limesurvey_{style}", "empty_row", 3) for style in styles]


def test_every_tool_is_compared(paths: DataPaths) -> None:
    folders = {folder.name for folder in (paths.surveys / "exports" / "rounds").iterdir()}
    assert folders == {*EXPORTS, *(f"{tool}_changed" for tool, *_ in CHANGES)}
    fixtures = Path(__file__).parents[1] / "exports"
    assert {path.parent.name for path in fixtures.glob("*/round.yml")} == set(EXPORTS)


def test_great_expectations_reads_the_answers_as_sql_does(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Dates with their midnight, month first, and none at all are among them."""
    found = warehouse.execute(
        "select round_id, status, n_failed from checks.results where check_id = 'sql_and_gx_agree' "
        "and survey_id = 'exports' order by all"
    ).fetchall()
    assert found == [(round_id, "pass", 0) for round_id in sorted([*EXPORTS, *(f"{c[0]}_changed" for c in CHANGES)])]


# What a table is, beside its rows: what is asked of it and said of it.
SAID = {
    "duckdb_tables()": "schema_name, table_name, comment",
    "duckdb_views()": "schema_name, view_name, comment",
    "duckdb_columns()": "schema_name, table_name, column_name, column_index, comment, is_nullable, data_type",
    "duckdb_constraints()": "schema_name, table_name, constraint_text",
}


def differences(paths: DataPaths, other: DataPaths) -> list[str]:
    """In which tables two warehouses differ, and in what is said of them."""
    with duckdb.connect() as connection:
        for name, each in (("a", paths), ("b", other)):
            connection.execute(f"attach '{each.warehouse_file}' as {name} (read_only)")
        tables = [model.relation for model in models() if model.kind == "table"]
        compared = {table: [f"from {name}.{table}" for name in "ab"] for table in tables} | {
            what: [f"select {columns} from {what} where database_name = '{name}'" for name in "ab"]
            for what, columns in SAID.items()
        }
        return [what for what, (a, b) in compared.items() if _is_different(connection, a, b)]


def _is_different(connection: duckdb.DuckDBPyConnection, a: str, b: str) -> bool:
    sql = f"(({a}) except all ({b})) union all (({b}) except all ({a})) limit 1"
    return connection.execute(sql).fetchall() != []


def test_what_is_made_without_dbt_is_what_dbt_makes(paths: DataPaths, tmp_path: Path) -> None:
    """Other tests build by what dbt made of the sample. A figure and a remark that differ would be seen."""
    copy = copy_data(paths, tmp_path / "data")
    with opened(copy.warehouse_file) as connection:
        for model in models():
            connection.execute(f"drop {model.kind} {model.relation}")
    make_all(copy)
    assert differences(paths, copy) == []
    with opened(copy.warehouse_file) as connection:
        connection.execute("update marts.response_rate set n_responses = n_responses + 1")
        connection.execute("comment on column marts.dim_round.round_id is 'another'")
    assert sorted(differences(paths, copy)) == ["duckdb_columns()", "marts.response_rate"]
