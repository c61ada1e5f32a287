"""What somebody wrote never becomes code: labels, titles and names of columns arrive as they are, and do nothing."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from publish.catalogue import quoted
from publish.releases.spreadsheets import is_formula
from store.paths import PROJECT_ROOT, DataPaths
from tests.acceptance.project import kuntakysely, replace

FORMULA = "=cmd|' /C touch pwned'!A0"
TEMPLATE = "{{ 7 * 7 }}{% include '/etc/passwd' %} {{ env_var('HOME') }} {{ ref('pwned') }}"
PAGE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
STATEMENT = "'; drop table marts.dim_round; --"
SHELL = "$(touch pwned) `touch pwned` && touch pwned"
FORM = "{0.__class__} %s %n ${enough_staff}"
MARKUP = "[red]x[/red] [link=http://x]y[/link] :warning:"
PATH = "../../../pwned"
TEXTS = (FORMULA, TEMPLATE, PAGE, STATEMENT, SHELL, FORM, MARKUP, PATH)
SURVEY = Path("surveys/omavalitsused")
ROUND = SURVEY / "rounds/2024"
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """The other country, whose labels, titles and a column are what nobody should write; refreshed."""
    paths = DataPaths(tmp_path_factory.mktemp("hostile") / "data")
    shutil.copytree(PROJECT_ROOT / "tests/other_country/data", paths.root)
    survey, questions, choices = (paths.root / SURVEY / name for name in ("survey.yml", "questions.csv", "choices.csv"))
    replace(questions, "Does the municipality offer an integration service?", _cell(PAGE))
    replace(questions, "There is enough staff", _cell(TEMPLATE))
    replace(choices, "Mayor", _cell(FORM))
    replace(choices, "Adviser", _cell(FORMULA))
    replace(survey, '"Under 11,000 inhabitants"', f'"{MARKUP}"')
    replace(survey, "en: Survey of municipalities", f'en: "{STATEMENT}"')
    replace(paths.root / ROUND / "round.yml", "Round of 2024 (made up)", f'"{SHELL}"')
    finding = f'"{FORMULA} {PAGE} %s {{has_service, yes, n, response}}"'
    with (paths.root / ROUND / "round.yml").open("a", encoding="utf-8") as handle:
        handle.write(f"findings: [{{et: {finding}, en: {finding}}}]\n")
    replace(paths.root / ROUND / "source.yml", "licence: CC0", f'licence: "{PATH}"')
    _rename_a_column(paths.root / ROUND)
    done = kuntakysely(paths, "refresh")
    assert done.returncode == 0, done.stdout
    assert "\x1b" not in done.stdout
    return paths


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _rename_a_column(folder: Path) -> None:
    """The last column of the file is named after all of them."""
    name = " ".join(TEXTS).replace(";", " ").replace(",", " ")
    header = (folder / "responses.csv").read_text(encoding="utf-8").splitlines()[0]
    last = header.rpartition(";")[2]
    replace(folder / "responses.csv", header, header.removesuffix(last) + name)
    replace(folder / "columns.csv", f"\n{last},", f"\n{name},")


def _texts_in(connection: duckdb.DuckDBPyConnection, relations: list[str]) -> set[str]:
    """Every different text of the relations."""
    found: set[str] = set()
    for relation in relations:
        columns = connection.execute(f"select column_name from (describe {relation}) where column_type = 'VARCHAR'")
        for (column,) in columns.fetchall():
            found |= {
                text for (text,) in connection.execute(f"select distinct {quoted(column)} from {relation}").fetchall()
            }
    return found


def test_texts_are_stored_as_they_are(hostile: DataPaths, record_property: Record) -> None:
    with duckdb.connect(str(hostile.current), read_only=True) as connection:
        tables = [
            f"marts.{name}" for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()
        ]
        stored = _texts_in(connection, tables)
        assert "marts.dim_round" in tables
    with duckdb.connect() as connection:
        copied = _texts_in(connection, [f"'{file}'" for file in sorted(hostile.current_folder.glob("parquet/*"))])
    assert [text for text in TEXTS if text not in stored] == []
    assert [text for text in TEXTS if text not in copied] == []
    record_property("tried", ["hostile texts", "arrived as data", len(TEXTS)])


def _formulas_in(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as handle:
        return [cell for row in csv.reader(handle) for cell in row if is_formula(cell)]


def test_no_cell_of_a_csv_file_is_a_formula(hostile: DataPaths) -> None:
    files = sorted(hostile.current_folder.glob("csv/*"))
    assert [file.name for file in files if _formulas_in(file)] == []
    assert any(f"'{FORMULA}" in file.read_text(encoding="utf-8") for file in files)


def test_export_without_the_rule_is_seen(hostile: DataPaths, tmp_path: Path) -> None:
    with duckdb.connect(str(hostile.current), read_only=True) as connection:
        connection.execute(f"copy marts.dim_role to '{tmp_path / 'dim_role.csv'}' (format csv, header)")
    assert FORMULA in _formulas_in(tmp_path / "dim_role.csv")


def test_no_cell_of_a_workbook_is_a_formula(hostile: DataPaths) -> None:
    cells = [
        cell
        for file in hostile.current_folder.glob("report/*.en.xlsx")
        for sheet in load_workbook(file).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert [cell.coordinate for cell in cells if cell.data_type not in ("s", "n") or cell.hyperlink] == []
    assert {PAGE, TEMPLATE, MARKUP, SHELL} - {cell.value for cell in cells} == set()


class Elements(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def is_page_harmless(page: str) -> bool:
    elements = Elements(page)
    return not elements.names & {"script", "img", "iframe"} and not any(a.startswith("on") for a in elements.attributes)


def test_pages_show_texts_and_run_none(hostile: DataPaths) -> None:
    pages = {file: file.read_text(encoding="utf-8") for file in (hostile.current_folder / "report").glob("*.html")}
    assert [file.name for file, page in pages.items() if not is_page_harmless(page)] == []
    qualities = [Elements(page).text for file, page in pages.items() if file.name.startswith("quality-")]
    (results,) = (Elements(page).text for file, page in pages.items() if file.name == "omavalitsused.2024.en.html")
    assert [STATEMENT in quality and SHELL in quality for quality in qualities].count(True) == 1  # the one in English
    assert [text for text in (STATEMENT, SHELL, f"{FORMULA} {PAGE} %s") if text not in results] == []
    assert "49" not in [*" ".join(qualities).split(), *results.split()]
    for markdown in (hostile.current_folder / "report").glob("*.md"):
        assert "<script>" not in markdown.read_text(encoding="utf-8").replace(r"\<", "")


def test_page_without_escapes_is_seen(hostile: DataPaths) -> None:
    for file in (hostile.current_folder / "report").glob("*.html"):
        assert not is_page_harmless(file.read_text(encoding="utf-8").replace("</body>", f"{PAGE}</body>"))


def test_terminal_shows_markup_as_text(hostile: DataPaths) -> None:
    done = kuntakysely(hostile, "watch", "omavalitsused/2024")
    assert done.returncode == 0, done.stdout
    assert SHELL in done.stdout
    assert "[red]x[/red]" in done.stdout
    assert "\x1b" not in done.stdout


def test_nothing_was_run(hostile: DataPaths) -> None:
    assert list(hostile.root.parent.rglob("*pwned*")) == []
    assert [
        folder for folder in (PROJECT_ROOT, PROJECT_ROOT / "dbt_project", Path.home()) if (folder / "pwned").exists()
    ] == []
