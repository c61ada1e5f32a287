"""Rounds of one survey: a refresh of some neither loses the others nor vouches for them."""

from __future__ import annotations

from ingest.landing import rounds_to_read
from ingest.paths import DataPaths
from ingest.rounds import round_keys
from tests.acceptance.project import (
    ROUND,
    ROUND_OF_2020,
    SECOND,
    THIRD,
    kuntakysely,
    replace,
    rows,
    touch_round,
)

ALL = [("2023-01", 172), ("2023-02", 172), ("2023-03", 172)]


def rounds(paths: DataPaths) -> list[tuple[object, ...]]:
    return rows(paths, "select round_id, n_responses from marts.dim_round "
                "where survey_id = 'koto_kuntakysely' order by all")  # fmt: skip


def test_all_are_published(published_twice: DataPaths) -> None:
    assert rounds(published_twice) == ALL


def test_a_refresh_of_some_keeps_the_others_and_does_not_vouch_for_them(twice: DataPaths) -> None:
    """All are edited, one is faulty, and two that are no neighbours are refreshed: the others are still to do, and a
    full refresh of one does them too."""
    replace(twice.root / ROUND_OF_2020 / "source.yml", "producer: ", "producer: Another ")
    for folder in (ROUND, SECOND, THIRD):
        touch_round(twice, folder)
    replace(twice.root / THIRD / "responses.csv", ";Aloitusaika;", ";Lähetysaika;")
    done = kuntakysely(twice, "refresh", "--round", "2023-01", "--round", "2023-02")
    assert done.returncode == 0, done.stdout
    assert "Refreshing koto_kuntakysely/2023-01, koto_kuntakysely/2023-02\n" in done.stdout
    assert rounds(twice) == ALL
    left = ["koto_kuntakysely/2023-03", "owal_tyovoiman_ulkopuolella/2020"]
    assert list(rounds_to_read(twice, round_keys(twice))) == left
    assert kuntakysely(twice, "refresh").returncode == 2, "one of them is faulty"
    replace(twice.root / THIRD / "responses.csv", ";Lähetysaika;", ";Aloitusaika;")
    done = kuntakysely(twice, "refresh", "--full", "--round", "2023-01")
    assert done.returncode == 0, done.stdout
    assert rounds(twice) == ALL
    assert "Nothing has changed" in kuntakysely(twice, "refresh").stdout


def test_a_round_that_is_not_there(published: DataPaths) -> None:
    done = kuntakysely(published, "refresh", "--round", "2023-01", "--round", "nope")
    assert (done.returncode, "No round */nope" in done.stdout) == (2, True)
