"""Pages of a round that has not changed are those of the release before; a round says since when it is as it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from publish.releases import release
from publish.releases.folder import write_pages
from publish.report import pages
from publish.writing.files import FOLDER, LIST
from publish.writing.round_hashes import hash_rounds
from store.paths import DataPaths
from tests.unit.publish.conftest import add_round
from tests.unit.publish.test_changes import change

pytestmark = pytest.mark.slow

Remark = Callable[[DataPaths, int], None]
PAGES = {f"quality-koto.2023-01.en.{form}" for form in pages.FORMATS}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The round of each page that is made anew from now on."""
    found: list[str] = []
    right = pages._page

    def noted(tables: object, key: tuple[str, str], *rest: object) -> bytes:
        found.append("/".join(key))
        return right(tables, key, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(pages, "_page", noted)
    return found


def faults(paths: DataPaths, folder: Path) -> list[str]:
    """Files that are not what they are when all are made anew."""
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        write_pages(connection, folder, paths.current_folder.resolve().name)
    anew = {file.name: file.read_bytes() for file in (folder / FOLDER).iterdir()}
    kept = {file.name: file.read_bytes() for file in (paths.current_folder / FOLDER).iterdir()}
    return sorted(name for name in anew.keys() | kept.keys() if anew.get(name) != kept.get(name))


def test_a_round_that_is_as_it_was_has_its_pages(
    released: DataPaths, now: datetime, made: list[str], tmp_path: Path
) -> None:
    add_round(released, "2024")
    release.publish(released, now, refresh_id=2)
    assert made == ["koto/2024"] * 2
    assert faults(released, tmp_path) == []
    page = released.current_folder / FOLDER / "quality-koto.2023-01.en.html"
    page.chmod(0o644)
    page.write_text("another page", encoding="utf-8")
    assert faults(released, tmp_path / "again") == [page.name]


def edited(folder: Path) -> None:
    (folder / "quality-koto.2023-01.en.html").chmod(0o644)
    with (folder / "quality-koto.2023-01.en.html").open("a", encoding="utf-8") as page:
        page.write("<p>Somebody's own words.</p>")


def gone(folder: Path) -> None:
    (folder / "quality-koto.2023-01.en.html").unlink()


def without_a_list(folder: Path) -> None:
    (folder / LIST).unlink()


def with_half_a_list(folder: Path) -> None:
    (folder / LIST).chmod(0o644)
    (folder / LIST).write_bytes((folder / LIST).read_bytes()[:100])


def with_another_list(folder: Path) -> None:
    (folder / LIST).chmod(0o644)
    (folder / LIST).write_text(json.dumps(["nothing that is known"]), encoding="utf-8")


@pytest.mark.parametrize("spoiled", [edited, gone, without_a_list, with_half_a_list, with_another_list])
def test_what_somebody_did_to_the_pages_goes_no_further(
    released: DataPaths, now: datetime, made: list[str], spoiled: Callable[[Path], None], tmp_path: Path
) -> None:
    spoiled(released.current_folder / FOLDER)
    release.publish(released, now, refresh_id=2)
    assert made
    assert faults(released, tmp_path) == []


def test_a_round_that_changed_has_new_pages(
    released: DataPaths, now: datetime, remark: Remark, made: list[str], tmp_path: Path
) -> None:
    remark(released, 7)
    release.publish(released, now, refresh_id=2)
    assert made == ["koto/2023-01"] * 2
    assert faults(released, tmp_path) == []


@pytest.mark.parametrize(
    ("statement", "is_told"),
    [
        ("update marts.release set code_sha256 = 'another program'", True),
        ("update marts.dim_county set share = 0.75 where id = '020'", True),
        ("update marts.round_quality set status = 'fail' where round_id = '2023-01'", True),
        ("update marts.release_round set changed_in = 7", True),
        ("update marts.release_input set n_rows = 7 where survey_id is null", True),
        ("update marts.release set number = 7, created_at = '2030-01-01', compared_with = 3", False),
        ("delete from marts.release_change; delete from marts.release_table", False),
    ],
)
def test_what_makes_another_page(published: DataPaths, tmp_path: Path, statement: str, is_told: bool) -> None:
    file = tmp_path / "release.duckdb"
    file.write_bytes(published.current.read_bytes())
    with duckdb.connect(str(file)) as connection:
        before = hash_rounds(connection)
        connection.execute(statement)
        assert (hash_rounds(connection) != before) == is_told


def last_change(paths: DataPaths, round_id: str = "2023-01") -> tuple[int, str]:
    """The release in which a round last changed, and the hash of its rows."""
    sql = "select changed_in, content_sha256 from marts.release_round where round_id = ?"
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        return connection.execute(sql, [round_id]).fetchall()[0]


def test_a_round_says_in_which_release_it_last_changed(released: DataPaths, now: datetime, remark: Remark) -> None:
    first = last_change(released)
    assert first[0] == 1
    add_round(released, "2024")
    release.publish(released, now, refresh_id=2)
    assert (last_change(released), last_change(released, "2024")[0]) == (first, 2)
    remark(released, 7)
    release.publish(released, now, refresh_id=3)
    third = last_change(released)
    assert third[0] == 3 and third[1] != first[1]
    release.rollback(released, now, number=1)
    assert last_change(released) == first
    release.publish(released, now, refresh_id=4)
    assert last_change(released) == (4, third[1])  # beside release 1, which readers had: the same rows, the same hash
    release.publish(released, now, refresh_id=5)
    assert last_change(released) == (4, third[1])


def test_the_hash_is_over_every_published_row_as_text(released: DataPaths, now: datetime) -> None:
    """As docs/reading.md says: made here of the Parquet files, without DuckDB's own hashes."""
    change(released, "alter table marts.system_use add column survey_id varchar default 'koto'")
    change(released, "alter table marts.system_use add column round_id varchar default '2023-01'")
    for column in ("survey_id", "round_id"):
        change(released, f"comment on column marts.system_use.{column} is 'The {column}.'")
    release.publish(released, now, refresh_id=2)
    lines = ""
    for table in ("dim_round", "system_use"):
        rows = duckdb.execute(
            f"select columns(*)::varchar from '{released.current_folder}/parquet/{table}.parquet' "
            "where (survey_id, round_id) = ('koto', '2023-01')"
        ).fetchall()
        texts = sorted("\x1f".join("\\N" if value is None else value for value in row) for row in rows)
        sha256 = hashlib.sha256("\n".join(texts).encode()).hexdigest()
        lines += f"{table} {sha256}\n"
    assert last_change(released) == (2, hashlib.sha256(lines.encode()).hexdigest())
