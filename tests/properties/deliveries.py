"""Made-up rows of the sample survey, right and wrong, and the ways in which the same rows can be delivered."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random

from hypothesis import strategies as st

from ingest.landing.load import load_practices, load_registry, load_rounds, load_systems
from store.paths import DataPaths
from tests.acceptance.project import replace
from tests.pipeline.build import copy_sample

SURVEY, ROUND = "sample", "2023"
Row = tuple[str, ...]
Table = Sequence[Row]

# Few values a column, some more often, so that rows tie: one person, or one municipality, twice at the same time.
VALUES: Mapping[str, Sequence[str]] = {
    "Henkilö": ("", "p1", "", "p2"),
    "Lähetetty": (*5 * ("02.02.2023 10:00",), "01.03.2023 00:01", "not a time"),
    "Kunta": (*4 * ("001", "002"), "090", "Etelis", "20", "900", ""),
    "Tehtävä": ("Johtaja", "Mestari", "Johtaja", "Harjoittelija", ""),
    "Lomake": ("Pitkä", "Lyhyt", ""),
    "Mielipide": ("Täysin samaa mieltä", "täysin samaa", "Osin samaa mieltä", "Eri mieltä", "Ei vastausta", "Ehkä", ""),
    "Nimetty": ("Kyllä", "Ei", ""),
    "Kanava: puhelin": ("Puhelin", "0", ""),
    "Kanava: verkko": ("Verkko", "0", "Puhelin"),
    "Kanava: ei mikään": ("1", "0", ""),
    "Muu kanava": ("Kirje", ""),
    "Aiheet": ("Työ", "Koti", "Työ|Koti", "Työ|Ei tietoa", "Ei tietoa", "Puutarha", ""),
    "Henkilöstö": ("0", "5", "2.0", "101", "-999", "n. 3", ""),
    "Budjetti": ("1,5", "1000", "-1", "1.000", ""),
    "Alkaen": ("2020-01-31", "31.1.2020", "30.2.2020", "1.3.2023", *4 * ("",)),
    "Järjestelmä": ("Kyllä", "Ei", ""),
    "Järjestelmän nimi": ("kirjanen", "Pilvipalvelu", "Tuntematon ohjelma", ""),
    "Hyöty": ("Kyllä", "Ei", ""),
    "Kommentti": ('a; "quoted" remark', "Kiitos", ""),
    "Paino": ("1,25", "0.8", "-1", ""),
    "Huomautus": ("made up",),
}
HEADER = ("Tunnus", *VALUES)
ANSWERS = st.tuples(*(st.sampled_from(values) for values in VALUES.values()))
COLUMNS = st.integers(0, len(VALUES) - 1)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Header and rows: each response has an id of its own. Some differ in one cell, some are delivered again."""
    answers = draw(st.lists(ANSWERS, min_size=4, max_size=8))
    alike = draw(st.lists(st.tuples(st.sampled_from(answers), ANSWERS, COLUMNS), min_size=2, max_size=6))
    answers += [(*row[:place], other[place], *row[place + 1 :]) for row, other, place in alike]
    rows = [(f"R{number:02}", *each) for number, each in enumerate(answers)]
    return [HEADER, *rows, *draw(st.lists(st.sampled_from(rows), min_size=1, max_size=3))]


def as_csv(table: Iterable[Row]) -> bytes:
    """The form that round.yml of the sample declares."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(table)
    return text.getvalue().encode()


def rows_turned(table: Table, chance: Random) -> list[Table]:
    header, *rows = table
    chance.shuffle(rows)
    return [[header, *rows]]


def columns_turned(table: Table, chance: Random) -> list[Table]:
    order = chance.sample(range(len(HEADER)), len(HEADER))
    return [[tuple(row[index] for index in order) for row in table]]


def split_in_two(table: Table, chance: Random) -> list[Table]:
    header, *rows = table
    place = chance.randint(0, len(rows))
    return [[header, *rows[:place]], [header, *rows[place:]]]


def delivered_twice(table: Table, _chance: Random) -> list[Table]:
    return [table, table]


WAYS: Mapping[str, Callable[[Table, Random], list[Table]]] = {
    way.__name__: way for way in (rows_turned, columns_turned, split_in_two, delivered_twice)
}


def prepare(folder: Path) -> DataPaths:
    """The sample's codebook, registry and inventory; what speaks of the ids of its responses is left out."""
    paths = copy_sample(folder)
    for name in ("corrections.csv", "codings.csv"):
        (round_folder(paths, ROUND) / name).unlink()
    figures = paths.surveys / SURVEY / "published_figures.csv"
    figures.write_text(figures.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    load_registry(paths)
    load_systems(paths)
    load_practices(paths)
    return paths


def round_folder(paths: DataPaths, round_id: str) -> Path:
    return paths.surveys / SURVEY / "rounds" / round_id


def add_round(paths: DataPaths, round_id: str) -> Path:
    """The sample's round under another name, with the same files."""
    folder = round_folder(paths, round_id)
    shutil.copytree(round_folder(paths, ROUND), folder)
    replace(folder / "round.yml", f'round_id: "{ROUND}"', f'round_id: "{round_id}"')
    return folder


def deliver(paths: DataPaths, rounds: Mapping[str, Sequence[Table]]) -> None:
    """Make these tables the files of their rounds, and read them."""
    for round_id, files in rounds.items():
        folder = round_folder(paths, round_id)
        for old in folder.glob("responses*"):
            old.unlink()
        names = ["responses.csv", *(f"responses_{number}.csv" for number in range(2, len(files) + 1))]
        for name, table in zip(names, files, strict=True):
            (folder / name).write_bytes(as_csv(table))
        settings = (folder / "round.yml").read_text(encoding="utf-8")
        before = next(line for line in settings.splitlines() if line.startswith("files:"))
        replace(folder / "round.yml", before, f"files: [{', '.join(names)}]")
    load_rounds(paths, [f"{SURVEY}/{round_id}" for round_id in rounds])
