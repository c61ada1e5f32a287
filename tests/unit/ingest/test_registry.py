"""Registries of other countries: codes of several lengths, and municipalities whose population nobody knows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ingest.landing.load import load_registry
from store.paths import DataPaths
from store.warehouse import opened
from tests.loading import validate

Edit = Callable[[Path, str, str], None]
OLD = ("001", "005", "020", "050", "090", "105", "210")


def recode(paths: DataPaths, codes: Mapping[str, str]) -> None:
    """The codes of the municipalities, in every file of the registry and in the answers."""
    for file in (*paths.registry.glob("*.csv"), *paths.registry.glob("*/*.csv"), *paths.surveys.rglob("responses.csv")):
        delimiter = ";" if file.name == "responses.csv" else ","
        with file.open(encoding="utf-8", newline="") as source:
            rows = list(csv.reader(source, delimiter=delimiter))
        names = ("municipality_code", "old_code", "new_code", "Kuntanumero")
        places = [place for place, name in enumerate(rows[0]) if name in names]
        for row in rows[1:]:
            for place in places:
                row[place] = codes.get(row[place], row[place])
        with file.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target, delimiter=delimiter, lineterminator="\n").writerows(rows)


@pytest.mark.parametrize(
    "codes",
    [
        ("1", "5", "20", "50", "90", "105", "210"),  # plain numbers
        ("K01", "K05", "K20", "B1", "B90", "B105X", "210"),  # letters and digits
        (
            "0101",
            "0105",
            "01020",
            "01050",
            "0190",
            "11105",
            "11210",
        ),  # of two levels, none shorter than those with zeros
    ],
)
def test_codes_may_differ_in_length(paths: DataPaths, codes: tuple[str, ...]) -> None:
    recode(paths, dict(zip(OLD, codes, strict=True)))
    assert validate(paths) == ()


@pytest.mark.parametrize("file", ["2024-01-01/municipalities.csv", "population.csv", "foreign_language_share.csv"])
def test_code_without_the_zeros_that_others_have_is_seen(paths: DataPaths, edit: Edit, file: str) -> None:
    edit(paths.registry / file, "\n020,", "\n20,")
    found = [each for each in validate(paths) if each.code == "short-municipality-code"]
    assert [each.advice for each in found] == ['Write "020" if that was meant.']
    edit(paths.registry / file, "\n20,", "\n020,")
    assert validate(paths) == ()


def test_population_may_be_unknown(paths: DataPaths, edit: Edit) -> None:
    edit(paths.registry / "population.csv", "020,2023,4800,", "020,2023,,")
    assert validate(paths) == ()
    load_registry(paths)
    with opened(paths.warehouse_file, read_only=True) as warehouse:
        sql = "select municipality_code from raw.registry__population where population is null"
        assert warehouse.execute(sql).fetchall() == [("020",)]


def test_population_without_a_line_is_told_and_the_advice_helps(paths: DataPaths, edit: Edit) -> None:
    edit(paths.registry / "population.csv", "020,2023,4800,2024-01-01\n", "")
    (fault,) = validate(paths)
    assert "020" in fault.found
    assert "left empty" in fault.advice
    edit(paths.registry / "population.csv", "050,2023", "020,2023,,2024-01-01\n050,2023")
    assert validate(paths) == ()
