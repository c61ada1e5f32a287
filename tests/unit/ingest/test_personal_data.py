"""What is personal data in a text and what only looks like it. Every person, number and code here is made up."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.readers.personal_data import kinds_in
from store.paths import DataPaths
from tests.broken.make_workbooks import ALPHA, HEADER, sheet_xml, write_workbook
from tests.loading import validate

Edit = Callable[[Path, str, str], None]

PERSONAL = [
    ("Kysy osoitteesta maija.meikalainen@example.org, kiitos", ["email"]),
    ("soita 040 1234567", ["phone"]),
    ("puh. +358 9 310 1691.", ["phone"]),
    ("+46 8 123 456 78", ["phone"]),
    ("tunnus on 131052-308T", ["identity_code"]),
    ("131052a308t", ["identity_code"]),
    ("uusi merkki: 131052Y308T", ["identity_code"]),
    ("maksu tilille FI21 1234 5600 0007 85 kiitos", ["iban"]),
    ("fi2112345600000785", ["iban"]),
    ("sopimus AB12 DE89370400440532013000", ["iban"]),
    ("matti@example.org tai 050-1234567", ["email", "phone"]),
    ("2023-01-15 soita 040 1234567", ["phone"]),
    ("0401234567/2023-01-15", ["phone"]),
]
HARMLESS = [
    "Kiitos kyselystä",
    "kokous @ kunnantalo klo 14.30",
    "vuosina 2020-2023 noin 1 200 000 euroa",
    "Y-tunnus 0201256-6",
    "131052-308U",
    "310252-308Y",
    "FI21 1234 5600 0007 86",
    "päätös 20.3.2023 § 45",
    "2021-01-01/016",
    "2021-01-01 2022-02-02",
]


@pytest.mark.parametrize(("text", "kinds"), PERSONAL)
def test_personal_data_is_seen(text: str, kinds: list[str]) -> None:
    assert list(kinds_in(text)) == kinds


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert list(kinds_in(text)) == []


@pytest.mark.parametrize("sign", ["a", "a.", "1", "FI12"])
def test_a_text_is_looked_through_in_the_time_of_its_length(sign: str) -> None:
    """In the square of it, this would take a minute."""
    begun = time.process_time()
    assert list(kinds_in(f"@ 1234567 {sign * (100_000 // len(sign))}")) == []
    assert time.process_time() - begun < 5


# What is published of codebooks, rounds and inventory.

SURVEY = Path("surveys/palvelukysely")
OFFICE = "kirjaamo@example.org"


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "of"),
    [
        ("survey.yml", "publisher: {fi: Testit", f"publisher: {{fi: '{OFFICE}'", "line 3, publisher.fi", ""),
        ("questions.csv", "Personal,Staff,", f"Personal,Staff,ask {OFFICE}", "line 4, column note", "staff"),
        ("choices.csv", "Advice,,", f"{OFFICE},,", "line 7, column label_en", ""),
        ("choices.csv", "mieltä,Av samma åsikt,Agree", f"{OFFICE},x,Agree", "line 4, column group_label_fi", ""),
        (
            "published_figures.csv",
            "half_up_0,published,,",
            f"half_up_0,published,,{OFFICE}",
            "line 3, column note",
            "satisfied",
        ),
        ("plausibility.csv", "A large staff", f"Ask {OFFICE}", "line 2, column message_en", ""),
        ("rounds/2024/round.yml", "en: Survey of services 2024", f"en: '{OFFICE}'", "line 2, title.en", ""),
    ],
)
def test_text_to_be_published_is_looked_at_and_the_contact_of_an_office_may_stay(
    paths: DataPaths, edit: Edit, file: str, old: str, new: str, place: str, of: str
) -> None:
    folder = paths.root / SURVEY
    edit(folder / file, old, new)
    (fault,) = [each for each in validate(paths) if each.code == "personal-data"]
    assert (fault.file, fault.place) == (f"data/{SURVEY}/{file}", place)
    assert (
        fault.found == f"The text{of and f' of the question {chr(34)}{of}{chr(34)}'} looks like personal data (email)."
    )
    assert OFFICE not in str(fault)
    edit(folder / "survey.yml", "limits:", f'allowed_contacts: ["{OFFICE}"]\nlimits:')
    assert [each for each in validate(paths) if each.code == "personal-data"] == []


def test_number_of_a_person_beside_that_of_an_office_is_seen(paths: DataPaths, edit: Edit) -> None:
    edit(paths.root / SURVEY / "questions.csv", "Personal,Staff,", "Personal,Staff,029 55 36000 or 040 1234567")
    edit(paths.root / SURVEY / "survey.yml", "limits:", 'allowed_contacts: ["029 55 36000"]\nlimits:')
    assert [each.place for each in validate(paths)] == ["line 4, column note"]


def test_inventory_is_looked_at(paths: DataPaths) -> None:
    rows = [HEADER, (*ALPHA[:-1], f"ask {OFFICE}")]
    write_workbook(paths.inventory, "systems", sheet_xml(rows))
    assert [(each.code, each.place) for each in validate(paths)] == [("personal-data-of-no-survey", "row 2")]
