"""Slips of SQL are seen by who made them; what can quote an answer is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.dagster.private_errors import keep_private
from orchestration.dagster.slips import describe_slip, slip_in_model
from store.paths import PROJECT_ROOT, DataPaths

ANSWER = "kanaria.1"
SLIPS = [
    ("selec answer from answers", 'Parser Error: syntax error at or near "selec"'),
    ("select anwser from answers", 'Binder Error: Referenced column "anwser" not found'),
    ("select sum(answer) from answers", "Binder Error: No function matches"),
    ("select * from anwsers", "Catalog Error: Table with name anwsers does not exist"),
    ("select trimm(answer) from answers", "Catalog Error: Scalar Function with name trimm does not exist"),
]
QUOTING = [
    "select cast(answer as integer) from answers",
    "select strptime(answer, '%Y') from answers",
    "select error(answer) from answers",
    "insert into answers from answers",
    "select * from answers where answer = 1",
]
# Only these put what a query found, or what a row holds, into the text of a statement: SQL with none of them is in the
# files as it is run, and its slips quote no value.
MAKES_SQL_OF_ROWS = re.compile(
    r"\b(run_query|statement_result|load_result|pivot|query|query_table|nextval|currval|getvariable|enum"
    r"|json_execute_serialized_sql|json_deserialize_sql|read_\w+)\s*\(|\bpivot\b",
    re.IGNORECASE,
)
# Its compiled conditions and the ids of its rounds, in which no answer stands.
OF_THE_CODEBOOK = {"macros/conditions.sql": {"run_query"}, "engines/spark/rounds.sql": {"run_query"}}


def raised(sql: str) -> duckdb.Error:
    with duckdb.connect() as connection:
        connection.execute(f"create table answers as select '{ANSWER}' as answer")
        connection.execute("create unique index one on answers (answer)")
        with pytest.raises(duckdb.Error) as caught:
            connection.execute(sql).fetchall()
    return caught.value


@pytest.mark.parametrize(("sql", "said"), SLIPS)
def test_a_slip_is_told_whole_with_its_place(sql: str, said: str, tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    paths.surveys.mkdir()
    assert said in keep_private(paths, raised(sql))
    model = f"Runtime Error in model a (models/a.sql)\n  {raised(sql)}"
    assert said in (slip_in_model(model, tmp_path) or "")
    assert not paths.errors_file.exists()


@pytest.mark.parametrize("sql", QUOTING)
def test_what_can_quote_an_answer_stays_private(sql: str, tmp_path: Path) -> None:
    """In a model and in our code, and where the answer is written like a slip."""
    error, paths = raised(sql), DataPaths(tmp_path)
    paths.surveys.mkdir()
    assert ANSWER in str(error)
    assert describe_slip(error) is None
    assert slip_in_model(f"Runtime Error in model a (models/a.sql)\n  {error}", tmp_path) is None
    like_a_slip = f"{error}\nRuntime Error in model a (models/a.sql)\n  Binder Error: x"
    assert slip_in_model(f"Runtime Error in model a (models/a.sql)\n  {like_a_slip}", tmp_path) is None
    said = keep_private(paths, error)
    assert ANSWER not in said
    assert ANSWER in paths.errors_file.read_text(encoding="utf-8")


def test_the_place_of_a_slip_is_the_line_of_the_model(tmp_path: Path) -> None:
    """DuckDB counts the lines of the statement that dbt made of it."""
    model = tmp_path / "models" / "a.sql"
    model.parent.mkdir()
    model.write_text("-- A model\nselect\n    answer,\n    anwser\nfrom answers\n", encoding="utf-8")
    made = "create table a as (\n\n\n" + model.read_text(encoding="utf-8") + ")"
    named = ('Binder Error: Referenced column "anwser" not found', "Catalog Error: Type with name anwser")
    for error in (raised(made), *named):
        message = f"Runtime Error in model a (models/a.sql)\n  {error}"
        assert f"{tmp_path.name}/models/a.sql, line 4: Runtime Error" in (slip_in_model(message, tmp_path) or "")


def test_a_slip_of_dbts_own_is_told_too(tmp_path: Path) -> None:
    message = "Compilation Error in model a (models/a.sql)\n  'trimmd' is undefined"
    assert "'trimmd' is undefined" in (slip_in_model(message, tmp_path) or "")


def made_of_rows(project: Path) -> Iterator[tuple[str, str]]:
    for file in (each for each in sorted(project.rglob("*")) if each.suffix in (".sql", ".py")):
        name, text = file.relative_to(project).as_posix(), file.read_text(encoding="utf-8")
        found = {match[0].rstrip("( ") for match in MAKES_SQL_OF_ROWS.finditer(text)}
        if not name.startswith("target/"):
            yield from ((name, word) for word in sorted(found - OF_THE_CODEBOOK.get(name, set())))


def test_no_row_is_ever_put_into_the_text_of_a_statement() -> None:
    assert [*made_of_rows(PROJECT_ROOT / "dbt_project")] == []


def test_a_row_in_the_text_of_a_statement_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("pivot answers on answer", encoding="utf-8")
    (tmp_path / "b.sql").write_text("{% set found = run_query('select answer from answers') %}", encoding="utf-8")
    assert [*made_of_rows(tmp_path)] == [("a.sql", "pivot"), ("b.sql", "run_query")]


@pytest.mark.parametrize("is_there", [False, True])
def test_what_cannot_be_kept_is_said_and_fails_nothing(tmp_path: Path, *, is_there: bool) -> None:
    """The folder is none, or the log is one."""
    paths = DataPaths(tmp_path)
    paths.surveys.mkdir()
    if is_there:
        paths.errors_file.mkdir(parents=True)
    else:
        paths.warehouse.touch()
    said = keep_private(paths, ValueError(ANSWER))
    assert "could not be kept in" in said
    assert ANSWER not in said
    assert "The release that readers have is whole." in said


def test_a_text_that_is_no_text_is_kept_all_the_same(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    paths.surveys.mkdir()
    assert "(private)" in keep_private(paths, ValueError("\ud800"))
    assert "\\ud800" in paths.errors_file.read_text(encoding="utf-8")
