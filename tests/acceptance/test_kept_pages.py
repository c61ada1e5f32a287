"""Pages that are carried over from release to release: what they tell is all in the hash that decides it."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from publish import catalogue
from publish.releases.folder import page_files, write_pages
from publish.writing import round_hashes
from publish.writing.files import FOLDER, LIST
from publish.writing.rounds import RoundKey, round_keys
from store.marts import published_marts
from store.paths import DataPaths


def cut_to(release: Path, key: RoundKey, file: Path) -> None:
    """A copy of a release in which nothing is left that the files of a round are not allowed to tell."""
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"attach '{release}' as whole (read_only)")
        connection.execute("create schema marts")
        relations, order = catalogue.described(connection, "'whole'"), [mart.name for mart in published_marts()]
        for name in sorted(relations, key=lambda name: (relations[name].is_view, name in order and order.index(name))):
            catalogue.create(connection, relations[name])
        connection.execute("use whole")
        for name, table in round_hashes.tables(connection).items():
            own = zip(round_hashes.scope(table), key, strict=True)
            is_told = " and ".join(f"coalesce({of}, 'all') in ('all', '{part}')" for of, part in own)
            connection.execute(f"insert into {file.stem}.marts.{name} from whole.marts.{name} where {is_told}")


def faults(release: Path, folder: Path, survey: str = "") -> list[str]:
    """Files that tell more than their hash is made of, of one survey or of all."""
    folder.mkdir()
    found = []
    with duckdb.connect(str(release), read_only=True) as connection:
        files = list(page_files(connection))
        for number, key in enumerate(key for key in round_keys(connection) if survey in key or not survey):
            cut_to(release, key, folder / f"cut_{number}.duckdb")
            with duckdb.connect(str(folder / f"cut_{number}.duckdb"), read_only=True) as cut:
                made = {file.name: file.make("") for file in page_files(cut) if file.tells_of == key}
            own = [file for file in files if file.tells_of == key]
            assert len(own) > len(round_keys(connection))
            found += [file.name for file in own if made.get(file.name) != file.make("")]
    return found


def test_the_files_of_a_round_tell_nothing_that_their_hash_does_not_know(
    published: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faults(published.current, tmp_path / "right") == []
    monkeypatch.setattr(round_hashes, "OF_THE_RELEASE", round_hashes.OF_THE_RELEASE | {"dim_code"})
    assert faults(published.current, tmp_path / "wrong", "palvelukysely_demo")


CHANGE = "update marts.response_rate set n_responses = n_responses + 1 where survey_id = 'owal_tyovoiman_ulkopuolella'"


def test_pages_that_are_carried_over_are_what_they_would_be(published: DataPaths, tmp_path: Path) -> None:
    """A release in which one round differs: the files of the others are carried over."""
    first, second, file = published.current_folder, tmp_path / "second", tmp_path / "second.duckdb"
    file.write_bytes(published.current.read_bytes())
    with duckdb.connect(str(file)) as release:
        release.execute(CHANGE)
        write_pages(release, second, "9_abc", first)
        write_pages(release, tmp_path / "anew", "9_abc")
        keys = {"/".join(key) for key in round_keys(release)}
    made = [json.loads((folder / FOLDER / LIST).read_text(encoding="utf-8"))["files"] for folder in (first, second)]
    tells = [{name: file["tells"] for name, file in files.items()} for files in made]
    carried = [name for name in tells[0] if tells[0][name] and tells[0][name] == tells[1][name]]
    rounds = {"/".join(name.removeprefix("quality-").split(".")[:2]) for name in carried}
    assert rounds == {key for key in keys if not key.startswith("owal")}
    assert [name for name in made[1] if content(second, name) != content(tmp_path / "anew", name)] == []
    for name in carried:
        before, after = (content(folder, name).partition(b"-->") for folder in (first, second))
        assert before[2] == after[2] and (before[0] == after[0]) == name.endswith(".xlsx"), name


@pytest.mark.parametrize(
    ("change", "surveys"),
    [
        ("update marts.interview set n_people = 3 where survey_id = 'koto_kuntakysely'", {"koto_kuntakysely"}),
        ("update marts.printed_sentence set is_shortened = not is_shortened where survey_id like 'owal%'",
         {"owal_tyovoiman_ulkopuolella"}),
        ("update marts.practice set place = '1' where practice_id = 'p01'",
         {"koto_kuntakysely", "owal_tyovoiman_ulkopuolella", "palvelukysely_demo"}),
        ("update marts.release set number = number + 1", set()),
    ],
    ids=["an interview", "a printed sentence", "a practice, which is of no round", "nothing that a round tells"],
)  # fmt: skip
def test_pages_are_made_anew_where_what_they_tell_has_changed(
    change: str, surveys: set[str], published: DataPaths, tmp_path: Path
) -> None:
    file = tmp_path / "other.duckdb"
    file.write_bytes(published.current.read_bytes())
    with duckdb.connect(str(file)) as release:
        before = round_hashes.hash_rounds(release)
        release.execute(change)
        after = round_hashes.hash_rounds(release)
    assert {survey for survey, round_id in before if before[survey, round_id] != after[survey, round_id]} == surveys


def content(folder: Path, name: str) -> bytes:
    return (folder / FOLDER / name).read_bytes()
