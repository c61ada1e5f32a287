"""`kuntakysely sql` as a person and a program meet it."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.commands import cli, sql
from orchestration.dagster.progress import Terminal
from publish.reading.asking import Answer, QueryRefused
from publish.releases import release
from store.paths import DataPaths

pytestmark = pytest.mark.slow

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(published: DataPaths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command on a data folder with one release; exit code, standard output and standard error."""

    def run_it(*arguments: str, paths: DataPaths = published, written: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kuntakysely", "sql", *arguments, "--data", str(paths.root)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(written))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return run_it


def printed(answer: Answer, width: int, most: int | None = None) -> str:
    file = io.StringIO()
    sql.print_answer(answer, Terminal(file, width=width), most)
    return file.getvalue()


def test_answers_with_a_table_and_how_many_rows(run: Run) -> None:
    code, out, err = run("select id, n, share from dim_county order by id")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert [line.replace(" ", "") for line in lines if "│" in line] == ["│005│1│0.5│", "│020│1│null│"]
    assert lines[-1] == "2 rows"
    assert run("from marts.headline_result where false")[1].splitlines()[-1] == "0 rows"


def test_the_query_may_stand_on_standard_input(run: Run) -> None:
    assert run(written="select 'Äänekoski' as kunta")[1].splitlines()[3].split() == ["│", "Äänekoski", "│"]
    assert run("-", "--csv", written="select 'Äänekoski' as kunta") == (0, "kunta\nÄänekoski\n", "")


def test_programs_get_csv_and_json(run: Run) -> None:
    query = (
        "select id, n, share, n > 0 as some, [n] as list, 1.50::decimal(9, 2) as d, null from dim_county order by id"
    )
    assert run("--csv", query)[1] == "id,n,share,some,list,d,NULL\n005,1,0.5,true,[1],1.5,\n020,1,,true,[1],1.5,\n"
    assert json.loads(run("--json", query)[1])[0] == {
        "id": "005", "n": 1, "share": 0.5, "some": True, "list": [1], "d": 1.5, "NULL": None
    }  # fmt: skip
    assert json.loads(run("--json", "from dim_county where false")[1]) == []
    code, _, err = run("--json", "select 1 as a, 2 as a")
    assert (code, err) == (2, "Two columns are called a, and JSON needs names: give one another with AS.\n")


def test_pivot_is_one_statement(run: Run) -> None:
    assert run("--csv", "pivot dim_county on id using sum(n) group by n")[1] == "n,005,020\n1,1,1\n"


def test_says_when_there_is_more(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "ROWS_SHOWN", 3)
    monkeypatch.setattr(sql, "ROWS_WRITTEN", 3)
    assert run("from range(4)")[1].splitlines()[-1].startswith("The first 3 rows; there are more.")
    assert run("from range(3)")[1].splitlines()[-1] == "3 rows"
    code, out, err = run("--csv", "from range(4)")
    assert (code, out) == (2, "range\n0\n1\n2\n")  # a program that did not ask for a part must not take it for all
    assert err == "The first 3 rows were written, there are more: raise --limit.\n"
    assert run("--csv", "--limit", "2", "from range(4)")[:2] == (0, "range\n0\n1\n")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select 'ä',\n  nn from dim_county", 'line 2, column 3: Binder Error: Referenced column "nn" not found'),
        ("select n from nowhere", "line 1, column 15: Catalog Error: Table with name nowhere does not exist!"),
        ("selec 1", 'line 1, column 1: Parser Error: syntax error at or near "selec". Mend it there.'),
        ("select 'x'::integer", "line 1, column 11: Conversion Error: Could not convert string 'x' to INT32. Mend it"),
        ("from read_text('/etc/passwd')", "line 1, column 6: Permission Error: File system LocalFileSystem has been"),
        ("select '\x1b[31m'::integer", "line 1, column 15: Conversion Error: Could not convert string '\\u001b[31m'"),
        ("drop table marts.dim_county", "DROP is not run here, only what reads is: SELECT, FROM, WITH, PIVOT"),
        ("select 1; select 2", "There are 2 statements: an answer is one table. Run them one at a time."),
        (" -- nothing", "There is no statement to run. Write one, like: from headline_result."),
    ],
)
def test_what_is_wrong_is_said_in_a_line_with_its_place(run: Run, query: str, said: str) -> None:
    code, out, err = run(query)
    assert (code, out, err.count("\n")) == (2, "", 1) and err.startswith(said)


def test_limits_are_named_with_their_option(run: Run) -> None:
    code, _, err = run("--seconds", "1", "select count(*) from range(1000000000000)")
    assert (code, err.split(". ")[0]) == (2, "The query was ended after 1 s") and "--seconds 2" in err
    code, _, err = run("--memory", "64", "select list(range) from range(100000000)")
    assert (code, err.split(". ")[0]) == (2, "The query needs more memory than 64 MB") and "--memory 128" in err


def test_an_earlier_release_answers(run: Run, released: DataPaths, remark: Callable[..., None], now: datetime) -> None:
    remark(released, 2)
    release.publish(released, now, refresh_id=2)
    query = "select number, max(n) as n from release, dim_county group by all"
    assert run("--csv", query, paths=released)[1] == "number,n\n2,2\n"
    assert run("--csv", "--release", "1", query, paths=released)[1] == "number,n\n1,1\n"
    code, _, err = run("--release", "9", query, paths=released)
    assert (code, err) == (2, "There is no release 9 under data/published/releases. On disk: 1, 2.\n")


def test_no_release_and_a_damaged_one_are_said_in_words(run: Run, tmp_path: Path, published: DataPaths) -> None:
    code, _, err = run("select 1", paths=DataPaths(tmp_path / "data"))
    assert (code, err) == (2, "There is no release at data/published/current.duckdb. Make one: kuntakysely refresh.\n")
    damaged = DataPaths(tmp_path / "damaged")
    shutil.copytree(published.published, damaged.published, symlinks=True)
    damaged.current.resolve().chmod(0o600)
    damaged.current.resolve().write_bytes(b"no database")
    code, _, err = run("select 1", paths=damaged)
    assert code == 2 and err.startswith("The release cannot be opened: ") and "kuntakysely rollback" in err


def test_a_wide_answer_is_shown_row_by_row() -> None:
    answer = Answer(["first", "second_column"], iter([["a" * 50, 1.5], ["b" * 50, None], ["c", True]]))
    assert printed(answer, width=40, most=2).splitlines() == [
        "row 1", f"  first          {'a' * 50}", "  second_column  1.5",
        "row 2", f"  first          {'b' * 50}", "  second_column  null",
        "The first 2 of 3 rows. Name fewer columns, or see all with --limit, --csv or --json.",
    ]  # fmt: skip


def test_text_does_not_command_the_terminal() -> None:
    shown = printed(Answer(["a\x1b]0;b\x07"], iter([["\x1b[31mred\u202e\n[bold]x[/bold]"]])), width=80)
    assert "\\u001b[31mred\\u202e\\u000a[bold]x[/bold]" in shown and "a\\u001b]0;b\\u0007" in shown
    assert not {"\x1b", "\x07", "\u202e"} & {*shown}
    assert f"│ {'x' * 300}…" in printed(Answer(["a"], iter([["x" * 5000]])), width=400)


def test_csv_holds_no_formula() -> None:
    file = io.StringIO()
    sql.write_csv(Answer(["=a"], iter([["=b"], [None], [-1.5], ["-1"]])), file)
    assert file.getvalue().splitlines() == ["'=a", "'=b", '""', "-1.5", "-1"]


def test_input_that_is_no_text_is_refused() -> None:
    with pytest.raises(QueryRefused, match="not UTF-8"):
        sql.query_of(None, io.TextIOWrapper(io.BytesIO(b"select '\xe4'"), encoding="utf-8"))
    with pytest.raises(QueryRefused, match="not UTF-8"):
        sql.query_of("select '\udce4'", io.StringIO())
