"""What is personal data in a text and what only looks like it. Every person, number and code here is made up."""

from __future__ import annotations

import pytest

from ingest.personal_data import kinds_in

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
]


@pytest.mark.parametrize(("text", "kinds"), PERSONAL)
def test_personal_data_is_seen(text: str, kinds: list[str]) -> None:
    assert list(kinds_in(text)) == kinds


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert list(kinds_in(text)) == []
