"""Every fixture of tests/exports as ingest reads it: no fault, every response, the same times in UTC, every answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from faults.errors import FaultList
from ingest.codebook.round import Round, read_round
from ingest.landing.responses import TIMESTAMP_TEXT, ResponseFile, read_responses
from ingest.readers import FORMATS
from store.paths import DataPaths
from tests.exports.data_root import copy_exports
from tests.exports.make_exports import ANSWERS, EXPORTS, FOLDER, SERVICES, response_id, round_files
from tests.loading import validate


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    return copy_exports(tmp_path_factory.mktemp("exports"))


def read_export(exports: DataPaths, tool: str) -> tuple[Round, ResponseFile]:
    faults = FaultList()
    round_ = read_round("exports", exports.surveys / "exports" / "rounds" / tool, faults)
    assert round_ is not None
    (file,) = read_responses(round_, faults)
    assert list(faults) == []
    return round_, file


def column(round_: Round, file: ResponseFile, name: str, part: str | None = None) -> list[str]:
    """The cells of a question (or an option of it) or a reserved name, of responses that are not empty."""
    (source,) = (use.source_column for use in round_.uses[name] if part is None or use.part == part)
    index = file.table.header.index(source)
    return [described.row.cells[index] for described in file.rows if described.status == "read"]


@pytest.mark.slow
def test_fixtures_have_no_fault(exports: DataPaths) -> None:
    assert validate(exports) == ()


@pytest.mark.parametrize("tool", EXPORTS)
def test_fixture_is_what_the_script_writes(tool: str) -> None:
    committed = {path.name: path.read_bytes() for path in (FOLDER / tool).iterdir()}
    assert committed == round_files(tool)


@pytest.mark.parametrize("tool", EXPORTS)
def test_every_response_is_read_with_its_times(exports: DataPaths, tool: str) -> None:
    round_, file = read_export(exports, tool)
    assert column(round_, file, "_response_id") == [response_id(tool, each.number) for each in ANSWERS]
    whole = [described for described in file.rows if described.status == "read"]
    assert [row.submitted_at for row in whole] == [f"{each.submitted_at:{TIMESTAMP_TEXT}}" for each in ANSWERS]
    if "_started_at" in round_.uses:
        assert [row.started_at for row in whole] == [f"{each.started_at:{TIMESTAMP_TEXT}}" for each in ANSWERS]


@pytest.mark.parametrize("tool", EXPORTS)
def test_texts_and_numbers_are_as_they_were_given(exports: DataPaths, tool: str) -> None:
    round_, file = read_export(exports, tool)
    assert column(round_, file, "comment") == [each.comment or "" for each in ANSWERS]
    staff = ["" if each.staff is None else str(each.staff) for each in ANSWERS]
    assert column(round_, file, "staff") == staff


@pytest.mark.parametrize("tool", EXPORTS)
def test_options_in_columns_or_in_one_cell(exports: DataPaths, tool: str) -> None:
    round_, file = read_export(exports, tool)
    uses = round_.uses["services"]
    if uses[0].list_separator is None:
        ticked = {use.part: use.ticked for use in uses}
        for code in SERVICES:
            found = [cell == ticked[code] for cell in column(round_, file, "services", code)]
            assert found == [code in each.services for each in ANSWERS]
    else:
        cells = column(round_, file, "services")
        n_chosen = [len([text for text in cell.split(uses[0].list_separator) if text]) for cell in cells]
        assert n_chosen == [len(each.services) for each in ANSWERS]


def test_only_limesurvey_has_incomplete_responses(exports: DataPaths) -> None:
    n_empty = {tool: sum(row.status == "empty_row" for row in read_export(exports, tool)[1].rows) for tool in EXPORTS}
    assert n_empty == {tool: 3 if tool.startswith("limesurvey") else 0 for tool in EXPORTS}


def test_every_format_has_a_fixture(exports: DataPaths) -> None:
    assert {read_export(exports, tool)[0].settings.format for tool in EXPORTS} == set(FORMATS)


def test_pages_of_an_export_are_files_of_the_round(tmp_path: Path) -> None:
    folder = copy_exports(tmp_path).surveys / "exports" / "rounds" / "webropol_json"
    first, second = folder / "responses.json", folder / "page2.json"
    second.write_bytes(first.read_bytes().replace(b'"TotalCount": 10', b'"TotalCount": 20'))
    settings = folder / "round.yml"
    settings.write_text(settings.read_text().replace("[responses.json]", "[responses.json, page2.json]"))
    faults = FaultList()
    round_ = read_round("exports", folder, faults)
    assert round_ is not None
    assert [len(file.rows) for file in read_responses(round_, faults)] == [10, 10]
    assert list(faults) == []
