"""The rows of each round as they were published last, and as a refresh begins with them."""

from __future__ import annotations

import pytest

from ingest.landing import privacy
from ingest.landing.deliveries import TABLE, land_published_rows, note_published_rows
from store import state
from store.paths import DataPaths
from store.warehouse import opened
from tests.loading import load_all

pytestmark = pytest.mark.slow

SURVEY, ROUND = "palvelukysely", "2024"
WITHDRAWN = "\nA2,,,,withdraw,asked for it,a person,2024-02-01\n"


def published(paths: DataPaths) -> list[state.PublishedRow]:
    load_all(paths)
    with opened(paths.warehouse_file) as connection, state.opened(paths) as memory:
        note_published_rows(paths, connection, memory)
        return state.published_rows(memory)


def token(paths: DataPaths, id_: str) -> str:
    return privacy.of_survey(paths, SURVEY).token(privacy.RESPONSE, ROUND, id_)


def landed(paths: DataPaths) -> list[tuple[object, ...]]:
    land_published_rows(paths)
    with opened(paths.warehouse_file, read_only=True) as connection:
        return connection.execute(f"from {TABLE} order by all").fetchall()


def test_rows_are_noted_by_keyed_hashes(paths: DataPaths) -> None:
    assert sorted(published(paths)) == sorted((SURVEY, ROUND, token(paths, f"A{number}")) for number in range(1, 7))


def test_copies_empty_rows_and_what_is_withdrawn_are_not_noted(paths: DataPaths) -> None:
    folder = paths.surveys / SURVEY / "rounds" / ROUND
    lines = (folder / "responses.csv").read_text(encoding="utf-8").splitlines()
    (folder / "responses.csv").write_text("\n".join([*lines, lines[3], ";" * lines[0].count(";")]) + "\n", "utf-8")
    corrections = (folder / "corrections.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "corrections.csv").write_text(corrections + WITHDRAWN, encoding="utf-8")
    assert sorted(published(paths)) == sorted(
        (SURVEY, ROUND, token(paths, f"A{number}")) for number in range(1, 7) if number != 2
    )


def test_they_are_landed_again_when_the_warehouse_is_gone(paths: DataPaths) -> None:
    noted = published(paths)
    paths.warehouse_file.unlink()
    assert landed(paths) == noted


def test_a_delivery_that_was_only_read_is_not_noted(paths: DataPaths) -> None:
    assert published(paths)
    file = paths.surveys / SURVEY / "rounds" / ROUND / "responses.csv"
    file.with_name("corrections.csv").unlink()
    file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    load_all(paths)
    assert len(landed(paths)) == 6


def test_without_a_release_there_are_none(paths: DataPaths) -> None:
    load_all(paths)
    assert landed(paths) == []


@pytest.mark.parametrize("id_", ["A3", "A6"])
def test_a_row_that_does_not_fit_and_one_without_an_id_have_no_token(paths: DataPaths, id_: str) -> None:
    file = paths.surveys / SURVEY / "rounds" / ROUND / "responses.csv"
    file.with_name("corrections.csv").unlink()
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f"\n{id_};", "\n;") if id_ == "A3" else text.replace(f"\n{id_};", f"\n{id_};;"))
    tokens = [row[2] for row in published(paths)]
    assert len(tokens) == 6
    assert None in tokens
    assert token(paths, id_) not in tokens
