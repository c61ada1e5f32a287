"""Weights of a provider in a file of their own: joined by response id, told when they are not of these responses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.codebook.sign_offs import CARD_NAME
from ingest.forgetting.erasure import erase
from ingest.landing.privacy import RESPONSE
from ingest.landing.weights import LARGEST
from store.paths import DataPaths
from store.warehouse import opened
from tests.delivered import CELLS
from tests.loading import load_all, validate
from tests.rendered import SETTINGS
from tests.signing import sign

pytestmark = pytest.mark.slow

KEY = "palvelukysely/2024"
NOW = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
COLUMN = "weights.csv: w"
WEIGHTS = ("A1,x,1.25", "A2,x,3", "A3,x,0.000001", "A4,x,1000000", "A5,x,2", "A6,x,0.5")
Edit = Callable[[Path, str, str], None]


@pytest.fixture
def folder(round_folder: Path, edit: Edit) -> Path:
    """A round whose weights come apart, all of them."""
    edit(round_folder / "round.yml", "files:", "weights: {file: weights.csv, key: id, column: w}\nfiles:")
    write(round_folder, *WEIGHTS)
    return round_folder


def write(folder: Path, *lines: str, header: str = "id,note,w") -> None:
    (folder / "weights.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")


def weights(paths: DataPaths) -> list[str]:
    """Of each row, in its order."""
    sql = f"select cell_text from {CELLS} where source_column = ? order by source_line"
    with opened(paths.warehouse_file, read_only=True) as connection:
        return [text for (text,) in connection.execute(sql, [COLUMN]).fetchall()]


def told(paths: DataPaths) -> list[tuple[str, str]]:
    return [(fault.code, fault.place) for fault in validate(paths)]


def test_a_response_has_the_weight_of_its_id(paths: DataPaths, folder: Path) -> None:
    write(folder, *reversed(WEIGHTS), "B1,of nobody here,4")
    assert told(paths) == []
    load_all(paths)
    assert weights(paths) == ["1.25", "3", "0.000001", "1000000", "2", "0.5"]
    sql = (
        "select source_file, source_line from raw.codebook__columns where source_column = ? and question_id = '_weight'"
    )
    with opened(paths.warehouse_file, read_only=True) as connection:
        ((file, line),) = connection.execute(sql, [COLUMN]).fetchall()
    settings = (folder / "round.yml").read_text(encoding="utf-8").splitlines()
    assert file.endswith("round.yml") and settings[int(line) - 1].startswith("weights:")


def test_weights_are_written_as_the_numbers_of_the_round(paths: DataPaths, folder: Path, edit: Edit) -> None:
    edit(folder / "round.yml", "format: csv", 'format: csv\ndecimal_sign: ","')
    load_all(paths)
    assert weights(paths)[0] == "1,25"


def test_a_file_of_weights_may_be_written_as_a_spreadsheet_writes(paths: DataPaths, folder: Path, edit: Edit) -> None:
    """With semicolons, decimal commas and a byte order mark; what is wrong says what to set."""
    lines = ["id;note;w", *(line.replace(",", ";").replace(".", ",") for line in WEIGHTS), ""]
    (folder / "weights.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    assert told(paths) == [("byte-order-mark", "line 1"), ("wrong-delimiter", "line 1")]
    assert all("weights set" in fault.advice for fault in validate(paths))
    edit(folder / "round.yml", "column: w", 'column: w, encoding: utf-8-sig, delimiter: ";", decimal_sign: ","')
    load_all(paths)
    assert weights(paths) == ["1.25", "3", "0.000001", "1000000", "2", "0.5"]
    erase(paths, [KEY], RESPONSE, "A1", NOW)
    assert (folder / "weights.csv").read_text(encoding="utf-8-sig").splitlines()[1] == "A2;x;3"


def test_the_largest_weight_is_that_of_the_models() -> None:
    assert SETTINGS["vars"]["largest_weight"] == LARGEST


def test_some_responses_may_have_no_weight(paths: DataPaths, folder: Path, edit: Edit) -> None:
    """As many as rows may be quarantined; how many there are, and where they are looked for, is said of more."""
    write(folder, *WEIGHTS[1:])
    (fault,) = validate(paths)
    assert (fault.code, Path(fault.file).name, fault.place) == ("unmatched-weights", "weights.csv", "column id")
    assert fault.found == "1 of 6 responses have no weight in the file."
    assert "5% are without: limits.quarantined_share" in fault.expected
    edit(paths.surveys / "palvelukysely" / "survey.yml", "quarantined_share: 0.05", "quarantined_share: 0.2")
    assert told(paths) == []
    load_all(paths)
    assert weights(paths)[0] == ""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("A1,x,2", ("wrong-weight-key", "line 8, column id")),
        (",x,2", ("wrong-weight-key", "line 8, column id")),
        *((f"B1,x,{text}", ("wrong-weight", "line 8, column w"))
          for text in ("0", "-1", "", "much", "1e3", "1000000.5", '"1,5"', "0.0000001")),
        ("B1,x", ("wrong-number-of-fields", "line 8")),
        ("", ("empty-line", "line 8")),
    ],
)  # fmt: skip
def test_a_line_that_says_no_weight_is_told(
    paths: DataPaths, folder: Path, line: str, expected: tuple[str, str]
) -> None:
    write(folder, *WEIGHTS, line)
    assert told(paths) == [expected]


def test_a_file_without_the_columns_is_told(paths: DataPaths, folder: Path) -> None:
    write(folder, *WEIGHTS, header="id,note,weight")
    assert told(paths) == [("absent-column", "line 1")]
    (folder / "weights.csv").unlink()
    (fault,) = validate(paths)
    assert Path(fault.file).name == "weights.csv"


def test_weights_come_in_one_form(paths: DataPaths, folder: Path, edit: Edit) -> None:
    edit(folder / "columns.csv", "Huomautus,ignored", "Huomautus,_weight")
    assert [code for code, _ in told(paths)] == ["weights-twice"]


def test_weights_need_a_response_id(paths: DataPaths, folder: Path, edit: Edit) -> None:
    edit(folder / "columns.csv", "Vastausnumero,_response_id", "Vastausnumero,ignored")
    (folder / "corrections.csv").unlink()  # it needs one too
    assert [code for code, _ in told(paths)] == ["missing-reserved-name"]


def test_an_erasure_reaches_the_weights(paths: DataPaths, folder: Path) -> None:
    write(folder, *WEIGHTS, "B1,names A1,4")
    load_all(paths)
    done = erase(paths, [KEY], RESPONSE, "A1", NOW)
    assert [Path(name).name for name in done.edited] == ["weights.csv", "responses.csv"]
    assert (folder / "weights.csv").read_text(encoding="utf-8").splitlines()[1:] == [*WEIGHTS[1:], "B1,names A1,4"]
    load_all(paths)
    assert weights(paths) == ["3", "0.000001", "1000000", "2", "0.5"]


def test_a_redelivered_weight_of_the_erased_is_not_kept(paths: DataPaths, folder: Path) -> None:
    before = (folder / "responses.csv").read_bytes()
    erase(paths, [KEY], RESPONSE, "A1", NOW)
    (folder / "responses.csv").write_bytes(before)
    write(folder, *WEIGHTS)
    load_all(paths)
    assert "1.25" not in weights(paths)


def test_signed_weights_are_those_that_were_signed(paths: DataPaths, folder: Path, edit: Edit) -> None:
    edit(folder / "round.yml", "is_synthetic: true", "is_synthetic: false")
    signed = sign(paths, KEY)
    assert {path.name for path in signed.folder.iterdir()} >= {"responses.csv", "weights.csv", CARD_NAME}
    write(folder, *("A1,x,9", *WEIGHTS[1:]))
    load_all(paths)
    assert weights(paths)[0] == "1.25"
    sign(paths, KEY)
    load_all(paths)
    assert weights(paths)[0] == "9"


def test_weights_that_came_after_the_sign_off_wait_for_the_next(paths: DataPaths, folder: Path, edit: Edit) -> None:
    edit(folder / "round.yml", "is_synthetic: true", "is_synthetic: false")
    settings = (folder / "round.yml").read_text(encoding="utf-8")
    edit(folder / "round.yml", "weights: {file: weights.csv, key: id, column: w}\n", "")
    sign(paths, KEY)
    (folder / "round.yml").write_text(settings, encoding="utf-8")
    assert told(paths) == []
    load_all(paths)
    assert weights(paths) == []
    sign(paths, KEY)
    load_all(paths)
    assert weights(paths)[0] == "1.25"
