"""What a finding suggests: the name or code that people and tools wrote otherwise; nothing where two are as likely."""

from __future__ import annotations

import csv

import pytest

from faults.suggestions import nearest, nearest_name
from store.paths import PROJECT_ROOT

MUNICIPALITIES = PROJECT_ROOT / "data" / "registry" / "2023-01-01" / "municipalities.csv"


@pytest.fixture(scope="module")
def names() -> list[str]:
    with MUNICIPALITIES.open(encoding="utf-8", newline="") as handle:
        return [row[f"name_{language}"] for row in csv.DictReader(handle) for language in ("fi", "sv")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Koski Tl.", "Koski Tl"),
        ("Helsingin kaupunki", "Helsinki"),
        ("Kemijärven kaupunki", "Kemijärvi"),
        ("Turku (Åbo)", "Turku"),
        ("Korsholm kommun", "Korsholm"),
        ("Hyvinvointialue", None),
        ("ei mikään", None),
        ("564", None),
    ],
)
def test_name_of_a_municipality(names: list[str], written: str, meant: str | None) -> None:
    assert nearest_name(written, names) == meant


@pytest.mark.parametrize(
    ("written", "meant"), [("1", "01"), ("1.0", "01"), ("10,0", "10"), ("-1", None), ("3.5", None), ("", None)]
)
def test_code_of_a_list(written: str, meant: str | None) -> None:
    assert nearest_name(written, ["01", "02", "10"]) == meant


def test_two_codes_with_the_same_digits_are_as_likely() -> None:
    assert nearest_name("1.0", ["1", "01"]) is None


def test_a_number_below_zero_is_near_to_none() -> None:
    assert nearest("-3", ["3", "-9", "no answer"]) is None
