"""The workbooks of a release: each number is the release's, whoever opens them finds them beside the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from publish.releases.folder import page_files
from publish.results import sheets, site, workbook
from publish.results.evidence import Evidence
from publish.results.page import Said, workbook_name
from publish.results.reading import ROWS, Labels, RoundResults, Row
from publish.writing.rounds import SHOWN_IN
from publish.writing.words import Words
from store.paths import DataPaths
from tests.acceptance.project import kuntakysely, rows
from tests.acceptance.test_result_pages import words_in
from tests.workbooks import cells, differences


def files(paths: DataPaths) -> list[Path]:
    return sorted((paths.current_folder / "report").glob("*.xlsx"))


def of_round(release: duckdb.DuckDBPyConnection, *key: str) -> tuple[str, RoundResults]:
    """A round in Finnish, with the name of its page."""
    return next(
        (name, found)
        for name, found in site.rounds(release)
        if (found.survey_id, found.round_id, found.labels.language) == (*key, "fi")
    )


def test_each_page_of_a_round_has_one(published: DataPaths, release: duckdb.DuckDBPyConnection) -> None:
    """A release that lacks one is not whole."""
    pages = {file.stem for file in published.current_folder.glob("report/*_*.html") if "quality-" not in file.name}
    assert {file.stem for file in files(published)} == pages
    assert {f"report/{file.name}" for file in files(published)} < {file.place for file in page_files(release)}


def test_every_number_is_the_one_of_the_release(published: DataPaths, release: duckdb.DuckDBPyConnection) -> None:
    assert {file.name: found for file in files(published) if (found := differences(release, file))} == {}


@pytest.mark.parametrize(
    ("owner", "name", "wrong"),
    [
        (sheets, "_share", lambda pct: None if pct is None else (pct + 1) / 100),
        (sheets.Sheets, "_hidden", lambda *_: None),
        (sheets.Sheets, "_unsure", lambda *_: None),
        (sheets.RoundResults, "rows_of", lambda self, name: [*reversed(self._rows(ROWS[name], self._key))]),
    ],
    ids=["a share", "the word for what is hidden", "what is unsure", "the order of rows"],
)
def test_a_workbook_that_says_otherwise_is_seen(
    owner: object, name: str, wrong: object, release: duckdb.DuckDBPyConnection, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    page, results = of_round(release, "palvelukysely_demo", "2025")
    file = tmp_path / workbook_name(page)
    file.write_bytes(workbook.workbook(results))
    assert differences(release, file) == []
    monkeypatch.setattr(owner, name, wrong)
    file.write_bytes(workbook.workbook(results))
    assert differences(release, file)


@pytest.mark.parametrize("name", ["practice_rows", "sentence_rows"])
@pytest.mark.parametrize("wrong", [lambda rows: [*reversed(rows)], lambda rows: rows[1:]], ids=["order", "one less"])
def test_practices_and_sentences_that_are_others_are_seen(
    name: str, wrong: Callable[[list[Row]], list[Row]], release: duckdb.DuckDBPyConnection, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    page, results = of_round(release, "koto_kuntakysely", "2023-01")
    file, right = tmp_path / workbook_name(page), getattr(Evidence, name)
    monkeypatch.setattr(Evidence, name, lambda self: iter(wrong([*right(self)])))
    file.write_bytes(workbook.workbook(results))
    assert differences(release, file)


def words_of_no_catalogue(release: duckdb.DuckDBPyConnection, folder: Path) -> set[str]:
    """What is left of the workbooks where every name and every text of a catalogue says nothing."""
    texts = []
    for key in (("koto_kuntakysely", "2023-01"), ("palvelukysely_demo", "2025")):
        _, results = of_round(release, *key)
        (folder / "read.xlsx").write_bytes(workbook.workbook(results))
        texts += [cell.value for sheet in load_workbook(folder / "read.xlsx").worksheets for cell in cells(sheet)]
    own = "select system_name || ' ' || coalesce(vendor, '') from marts.dim_system union all "
    own += "select distinct document from marts.publication_reconciliation union all "
    own += "select document || ' ' || sentence from marts.printed_sentence"
    return words_in(str([text for text in texts if isinstance(text, str)])) - words_in(
        str(release.execute(own).fetchall())
    )


def test_every_text_is_in_the_catalogues(
    release: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Words, "say", lambda *_, **__: ".")
    for name in ("of", "of_code"):
        monkeypatch.setattr(Labels, name, lambda *_: "")
    monkeypatch.setattr(sheets.Sheets, "_codes", lambda _: iter(()))
    monkeypatch.setattr(Said, "findings", lambda _: [])
    assert words_of_no_catalogue(release, tmp_path) == set()
    monkeypatch.setattr(sheets.Sheets, "_how_to_read", lambda _: iter(["Said in no catalogue"]))
    assert {"Said", "catalogue"} <= words_of_no_catalogue(release, tmp_path)


def test_it_says_what_it_is(published: DataPaths) -> None:
    """It was created on the day on which its figures last changed."""
    ((title, changed),) = rows(
        published,
        "select title_sv, changed_at from marts.dim_round inner join marts.release_round using (round_key) "
        "where round_key = 'palvelukysely_demo/2025'",
    )
    (file,) = (file for file in files(published) if file.match("palvelukysely_demo*2025.sv.xlsx"))
    book = load_workbook(file)
    assert (book.properties.title, book.custom_doc_props["Language"].value) == (title, "sv")
    assert book.properties.created.date() == changed.replace(tzinfo=UTC).astimezone(SHOWN_IN).date()
    for sheet in book.worksheets:
        assert sheet["A2"].value == title
        assert sheet["A3"].value.startswith("Exempel: svaren är påhittade.")
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)


def test_the_command_says_where(published: DataPaths) -> None:
    done = kuntakysely(published, "report", "koto_kuntakysely/2023-01", "--language", "fi", "--format", "xlsx")
    assert Path(done.stdout.strip().removeprefix("file://")).name == "koto_kuntakysely.2023-01.fi.xlsx"
    assert Path(done.stdout.strip().removeprefix("file://")).is_file()
    assert "name it as survey/round" in kuntakysely(published, "report", "--format", "xlsx").stdout
