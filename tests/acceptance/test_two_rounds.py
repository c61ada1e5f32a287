"""Two rounds of one survey: a refresh of one neither loses the other nor vouches for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingest.paths import DataPaths
from tests.acceptance.project import ROUND, copy_data, copy_inputs, kuntakysely, replace, rows, touch_round

SECOND = ROUND.with_name("2023-02")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """Round 2023-01 and the same responses again as round 2023-02, refreshed once."""
    paths = copy_inputs(tmp_path_factory.mktemp("both") / "data")
    shutil.copytree(paths.root / ROUND, paths.root / SECOND)
    replace(paths.root / SECOND / "round.yml", 'round_id: "2023-01"', 'round_id: "2023-02"')
    done = kuntakysely(paths, "refresh")
    assert done.returncode == 0, done.stdout
    return paths


@pytest.fixture
def two(both: DataPaths, tmp_path: Path) -> DataPaths:
    return copy_data(both, tmp_path / "data")


def rounds(paths: DataPaths) -> list[tuple[object, ...]]:
    return rows(paths, "select round_id, n_responses from marts.dim_round "
                "where survey_id = 'koto_kuntakysely' order by all")  # fmt: skip


def test_both_are_published(both: DataPaths) -> None:
    assert rounds(both) == [("2023-01", 172), ("2023-02", 172)]


def test_a_full_refresh_of_one_keeps_the_other(two: DataPaths) -> None:
    done = kuntakysely(two, "refresh", "--full", "--round", "2023-01")
    assert done.returncode == 0, done.stdout
    assert rounds(two) == [("2023-01", 172), ("2023-02", 172)]


def test_a_refresh_of_one_does_not_vouch_for_the_other(two: DataPaths) -> None:
    """All are edited, and two that are no neighbours are refreshed: the next refresh still has the third to do."""
    third = Path("surveys/owal_tyovoiman_ulkopuolella/rounds/2020")
    replace(two.root / third / "source.yml", "producer: ", "producer: Another ")
    for folder in (ROUND, SECOND):
        touch_round(two, folder)
    done = kuntakysely(two, "refresh", "--round", "2023-01", "--round", "2020")
    assert (done.returncode, f"Refreshing {ROUND.parts[1]}/2023-01, {third.parts[1]}/2020" in done.stdout) == (0, True)
    done = kuntakysely(two, "refresh")
    assert done.returncode == 0
    assert "Nothing has changed" not in done.stdout
    assert "Nothing has changed" in kuntakysely(two, "refresh").stdout


def test_a_faulty_round_is_carried_while_the_other_is_refreshed(two: DataPaths) -> None:
    replace(two.root / SECOND / "responses.csv", ";Aloitusaika;", ";Lähetysaika;")
    done = kuntakysely(two, "refresh", "--round", "2023-01")
    assert done.returncode == 0, done.stdout
    assert rounds(two) == [("2023-01", 172), ("2023-02", 172)]
    assert kuntakysely(two, "refresh").returncode == 2


def test_a_codebook_changed_for_one_round_does_not_empty_the_other(two: DataPaths) -> None:
    """A question gets another id, and only one round says so: the answers of the other would vanish."""
    for file in (two.surveys / "koto_kuntakysely" / "questions.csv", two.root / ROUND / "columns.csv"):
        replace(file, "contact_named", "contact_known", count=-1)
    replace(two.surveys / "koto_kuntakysely" / "published_figures.csv", "contact_named", "contact_known", count=-1)
    done = kuntakysely(two, "refresh", "--round", "2023-01")
    assert done.returncode == 1, done.stdout
    assert "block check codebook_fits of koto_kuntakysely/2023-02" in done.stdout
    assert rounds(two) == [("2023-01", 172), ("2023-02", 172)]


def test_the_faults_of_both_are_told_at_once(two: DataPaths) -> None:
    for folder in (ROUND, SECOND):
        replace(two.root / folder / "responses.csv", ";Aloitusaika;", ";Lähetysaika;")
    done = kuntakysely(two, "refresh")
    assert done.returncode == 2
    for folder in (ROUND, SECOND):
        assert f'{folder}/responses.csv, line 1: The column name "Lähetysaika" appears 2 times.' in done.stdout


def test_a_round_that_is_not_there(two: DataPaths) -> None:
    done = kuntakysely(two, "refresh", "--round", "2023-01", "--round", "nope")
    assert (done.returncode, "No round */nope" in done.stdout) == (2, True)
