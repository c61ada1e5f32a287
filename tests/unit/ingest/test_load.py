"""Loading: all or nothing, twice the same, round by round."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from faults.errors import InputFaults
from ingest.landing.load import LoadResult, faults_of_rounds, load_practices, load_registry, load_rounds, load_systems
from ingest.landing.raw_tables import COLUMNS
from ingest.landing.replacements import stored_rounds
from store.fingerprint import file_sha256
from store.paths import PROJECT_ROOT, DataPaths
from store.warehouse import columns_of, opened
from tests.delivered import CELLS
from tests.loading import load_all, validate

pytestmark = pytest.mark.slow

CORPUS = PROJECT_ROOT / "tests" / "broken"
KEY = "palvelukysely/2024"
OTHER = "palvelukysely/2025"
Edit = Callable[[Path, str, str], None]
SATISFIED = "max(case when question_id = 'satisfied' and raw_value <> '' then coalesce(code, ' ' || question_id) end)"
STAFF = "max(case when question_id = 'staff' and number_value = floor(number_value) then number_value end)"
SIZE_QUESTION = "select_one,size_class,,,,,,,,,,,warn,public_fact,,Kokoluokka,Storleksklass,Size class,"
SIZE = "size_class,{0},,0,0,{1},{0},{0},{0},,,"


def contents(paths: DataPaths) -> dict[str, list[tuple[object, ...]]]:
    with opened(paths.warehouse_file, read_only=True) as connection:
        return {
            table: connection.execute(f"select * from {table} order by all").fetchall()
            for table in COLUMNS
            if columns_of(connection, table)
        }


def query(paths: DataPaths, sql: str) -> list[tuple[object, ...]]:
    with opened(paths.warehouse_file, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def outcomes(result: LoadResult) -> dict[str, str]:
    return {each.key: each.outcome for each in result.rounds}


@pytest.fixture
def two_rounds(paths: DataPaths, round_folder: Path, edit: Edit) -> DataPaths:
    other = round_folder.with_name("2025")
    shutil.copytree(round_folder, other)
    edit(other / "round.yml", 'round_id: "2024"', 'round_id: "2025"')
    return paths


def test_every_raw_table_has_its_columns_and_text_only_but_for_keys(paths: DataPaths) -> None:
    load_all(paths)
    with opened(paths.warehouse_file, read_only=True) as connection:
        for table, columns in COLUMNS.items():
            assert columns_of(connection, table) == list(columns)
        types = connection.execute(
            "select distinct data_type from duckdb_columns() "
            "where schema_name = 'raw' and column_name not in ('round_number', 'row_key', 'value_id')"
        ).fetchall()
    assert types == [("VARCHAR",)]


def test_rows_know_where_they_come_from(paths: DataPaths) -> None:
    result = load_all(paths)
    assert (result.n_rows, outcomes(result)) == (6, {KEY: "loaded"})
    assert query(paths, "select source_file, source_line from raw.surveys__rows order by all limit 1") == [
        ("surveys/palvelukysely/rounds/2024/responses.csv", "2")
    ]
    assert query(paths, f"select count(*), count(distinct source_line) from {CELLS}") == [(60, 6)]
    assert query(paths, "select sha256 = card_sha256, n_rows from raw.ingest__sources where kind = 'responses'") == [
        (True, "6")
    ]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The valid data root, loaded once. Not to be changed."""
    root = tmp_path_factory.mktemp("loaded") / "data"
    shutil.copytree(CORPUS / "_base", root)
    load_all(DataPaths(root))
    return DataPaths(root)


@pytest.mark.parametrize("table", [table for table, columns in COLUMNS.items() if "source_line" in columns])
def test_every_row_says_its_file_line_and_hash(loaded: DataPaths, table: str) -> None:
    for source_file, sha256, line in query(loaded, f"select source_file, source_sha256, source_line from {table}"):
        file = loaded.root / str(source_file)
        assert sha256 == file_sha256(file)
        n_lines = 1_000 if file.suffix == ".xlsx" else len(file.read_bytes().splitlines())
        assert 1 <= int(str(line)) <= n_lines


def test_a_row_of_the_codebook_stands_on_its_line(paths: DataPaths) -> None:
    load_all(paths)
    places = "select source_file || ':' || source_line from raw.codebook__{} where {}"
    survey = "surveys/palvelukysely"
    for table, condition, file, text in (
        ("questions", "question_id = 'staff'", "questions.csv", "staff,"),
        ("conditions", "question_id = 'comment'", "questions.csv", "comment,"),
        ("size_classes", "id = 'middle'", "survey.yml", "id: middle"),
        ("roles", "role_id = 'director'", "survey.yml", "lead_order"),
        ("columns", "source_column = 'Kuntanumero'", "rounds/2024/columns.csv", "Kuntanumero"),
    ):
        ((place,),) = query(paths, places.format(table, condition))
        name, _, line = str(place).rpartition(":")
        assert name == f"{survey}/{file}"
        assert text in (paths.root / name).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_leading_zeros_survive_to_the_warehouse(paths: DataPaths) -> None:
    load_all(paths)
    cells = query(paths, f"select cell_text from {CELLS} where source_column = 'Kuntanumero' order by all")
    assert cells == [("001",), ("005",), ("020",), ("050",), ("050",), ("090",)]
    codes = query(paths, "select distinct municipality_code from raw.registry__population order by all limit 3")
    assert codes == [("001",), ("005",), ("020",)]


def test_booleans_dates_and_blanks_are_written_as_agreed(paths: DataPaths) -> None:
    load_all(paths)
    assert query(paths, "select is_synthetic, opens_on, decimal_sign from raw.codebook__rounds") == [
        ("true", "2024-01-08", ".")
    ]
    assert query(paths, "select max from raw.codebook__size_classes order by sort_order") == [
        ("4999",), ("20000",), (None,)
    ]  # fmt: skip
    conditions = query(
        paths,
        "select round_id, question_id, purpose, predicate_sql from raw.codebook__conditions where purpose = 'relevant'",
    )
    assert conditions == [
        (
            None,
            "comment",
            "relevant",
            f"(coalesce({SATISFIED} = 'no', max(case when question_id = 'satisfied' then 1 end) = 0) and "
            f"coalesce({STAFF} < 10, max(case when question_id = 'staff' then 1 end) = 0))",
        )
    ]


def test_a_rule_of_plausibility_is_a_condition_of_its_kind(paths: DataPaths) -> None:
    load_all(paths)
    rules = query(
        paths,
        "select round_id, purpose, source_file, source_line, predicate_sql from raw.codebook__conditions "
        "where question_id = 'enough_without_staff'",
    )
    assert rules == [
        (
            None,
            "impossible",
            "surveys/palvelukysely/plausibility.csv",
            "3",
            f"(({SATISFIED} = 'fully') and ({STAFF} = 0))",
        )
    ]
    assert query(paths, "select messages from raw.codebook__plausibility where kind = 'implausible'") == [
        (
            '{"fi": "Paljon henkilöstöä eikä palveluja riittävästi", '
            '"en": "A large staff and services that are not sufficient"}',
        )
    ]


def test_delivery_and_the_question_of_the_size_class_are_optional(
    paths: DataPaths, round_folder: Path, edit: Edit
) -> None:
    delivery = "select due_on, stale_after_days from raw.codebook__rounds"
    question = "select size_class_question from raw.codebook__surveys"
    load_all(paths)
    assert (query(paths, delivery), query(paths, question)) == ([(None, "7")], [(None,)])
    edit(round_folder / "round.yml", "timezone:", "delivery: {due_on: 2024-02-05}\nstale_after_days: 3\ntimezone:")
    edit(paths.surveys / "palvelukysely" / "survey.yml", "roles:", "size_class_question: size\nroles:")
    edit(paths.surveys / "palvelukysely" / "questions.csv", "satisfied,", f"size,{SIZE_QUESTION}\nsatisfied,")
    for order, code in enumerate(("small", "middle", "large")):
        edit(
            paths.surveys / "palvelukysely" / "choices.csv",
            "role,director",
            f"{SIZE.format(code, order)}\nrole,director",
        )
    load_all(paths)
    assert (query(paths, delivery), query(paths, question)) == ([("2024-02-05", "3")], [("size",)])


def test_a_decision_is_loaded_with_its_round(paths: DataPaths, round_folder: Path) -> None:
    lines = "check_id,observed,decided_by,decided_on,valid_until,reason", "late,2,N. N.,2024-03-01,2024-12-31,Known"
    (round_folder / "decisions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    load_all(paths)
    assert query(paths, "select * exclude (source_sha256) from raw.codebook__decisions") == [
        (*KEY.split("/"), *lines[1].split(","), "surveys/palvelukysely/rounds/2024/decisions.csv", "2")
    ]


def test_loading_again_changes_nothing(paths: DataPaths) -> None:
    load_all(paths)
    before = contents(paths)
    assert outcomes(load_all(paths)) == {KEY: "unchanged"}
    assert contents(paths) == before


def test_loading_in_parts_equals_loading_whole(paths: DataPaths, tmp_path: Path) -> None:
    load_all(paths)
    parts = DataPaths.resolve(tmp_path / "parts" / "data")
    shutil.copytree(paths.root, parts.root, ignore=shutil.ignore_patterns("warehouse"))
    load_registry(parts)
    load_systems(parts)
    load_practices(parts)
    load_rounds(parts, [KEY])
    assert contents(parts) == contents(paths)


def test_changed_file_is_loaded_anew(paths: DataPaths, round_folder: Path, edit: Edit) -> None:
    load_all(paths)
    edit(round_folder / "responses.csv", "A6;31.01.2024 23.59", "A7;31.01.2024 23.58")
    assert outcomes(load_all(paths)) == {KEY: "loaded"}
    assert query(paths, "select count(*) from raw.surveys__rows") == [(6,)]


@pytest.mark.parametrize(
    "damage",
    [
        "delete from raw.surveys__cells where row_key = (select min(row_key) from raw.surveys__cells)",
        "delete from raw.surveys__values where cell_text = '001'",
        "drop table raw.surveys__rows",
    ],
)
def test_damaged_tables_are_loaded_anew(paths: DataPaths, damage: str) -> None:
    load_all(paths)
    before = contents(paths)
    with opened(paths.warehouse_file) as connection:
        connection.execute(damage)
    assert outcomes(load_all(paths)) == {KEY: "loaded"}
    assert contents(paths) == before


def test_nothing_is_written_with_a_fault(paths: DataPaths, round_folder: Path, edit: Edit) -> None:
    load_all(paths)
    before = contents(paths)
    edit(round_folder / "columns.csv", "Huomautus,ignored,,,,\n", "")
    edit(paths.registry / "population.csv", "60000", "60001")
    with pytest.raises(InputFaults, match="Huomautus"):
        load_rounds(paths, [KEY])
    assert contents(paths) == before


def test_faults_at_first_load_leave_nothing(paths: DataPaths, round_folder: Path) -> None:
    (round_folder / "columns.csv").unlink()
    with pytest.raises(InputFaults):
        load_rounds(paths, [KEY])
    assert stored_rounds(paths) == {}
    with opened(paths.warehouse_file, read_only=True) as connection:
        assert connection.execute("from duckdb_tables()").fetchall() == []


def test_faulty_round_does_not_stop_another(two_rounds: DataPaths, round_folder: Path, edit: Edit) -> None:
    load_all(two_rounds)
    edit(round_folder / "round.yml", "Europe/Helsinki", "Europe/Helsinkki")
    edit(round_folder.with_name("2025") / "responses.csv", "A6;31.01.2024 23.59", "A7;31.01.2024 23.58")
    assert outcomes(load_rounds(two_rounds, [OTHER])) == {OTHER: "loaded"}
    assert outcomes(load_rounds(two_rounds, [OTHER])) == {OTHER: "unchanged"}
    assert query(two_rounds, "select round_id, count(*) from raw.surveys__rows group by all order by all") == [
        ("2024", 6), ("2025", 6)
    ]  # fmt: skip
    assert query(two_rounds, "select round_id from raw.codebook__rounds order by all") == [("2024",), ("2025",)]
    assert validate(two_rounds, "palvelukysely", "2025") == faults_of_rounds(two_rounds, [OTHER]) == ()
    assert len(validate(two_rounds)) == len(faults_of_rounds(two_rounds, [KEY, OTHER])) == 1


def test_round_without_folder_is_removed(two_rounds: DataPaths, round_folder: Path) -> None:
    load_all(two_rounds)
    shutil.rmtree(round_folder.with_name("2025"))
    result = load_rounds(two_rounds, [KEY])
    assert outcomes(result) == {KEY: "unchanged", OTHER: "removed"}
    after = contents(two_rounds)
    assert not [table for table, rows in after.items() if any("2025" in row for row in rows)]
    assert len(after["raw.surveys__rows"]) == 6


def test_survey_without_folder_is_removed(paths: DataPaths) -> None:
    load_all(paths)
    shutil.rmtree(paths.surveys / "palvelukysely")
    load_all(paths)
    after = contents(paths)
    assert not [table for table, rows in after.items() if "codebook" in table and rows]
    assert len(after["raw.registry__municipalities"]) == 7


def test_survey_without_rounds_keeps_its_printed_figures(paths: DataPaths, round_folder: Path) -> None:
    shutil.rmtree(round_folder)
    load_rounds(paths, [])
    load_rounds(paths, [])
    assert query(paths, "select figure_id from raw.codebook__published_figures order by all") == [("f1",), ("f2",)]


@pytest.mark.parametrize(
    ("survey", "round_id", "message"),
    [
        ("palvelukysly", None, 'Did you mean "palvelukysely"?'),
        ("palvelukysely", "2042", 'Did you mean "2024"?'),
        (None, "1999", "Correct the name, or add its folder."),
    ],
)
def test_unknown_survey_or_round_is_told(
    paths: DataPaths, survey: str | None, round_id: str | None, message: str
) -> None:
    (fault,) = validate(paths, survey, round_id)
    assert str(fault).endswith(message)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("registry/2024-01-01/municipalities.csv", "municipality_code"),
        ("registry/population.csv", "municipality_code"),
        ("surveys/palvelukysely/choices.csv", "code"),
    ],
)
def test_a_line_without_its_code_is_told(paths: DataPaths, name: str, column: str) -> None:
    header, first, *rest = (paths.root / name).read_text(encoding="utf-8").splitlines()
    cells = first.split(",")
    cells[header.split(",").index(column)] = ""
    (paths.root / name).write_text("\n".join([header, ",".join(cells), *rest, ""]), encoding="utf-8")
    assert ("empty-value", f"line 2, column {column}") in {(fault.code, fault.place) for fault in validate(paths)}


def test_validate_writes_nothing(paths: DataPaths) -> None:
    before = sorted(paths.root.rglob("*"))
    validate(paths)
    assert sorted(paths.root.rglob("*")) == before
