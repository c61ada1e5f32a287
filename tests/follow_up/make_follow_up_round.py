"""Write 2025-02/responses.csv: a follow-up of the demonstration round, two years later, for tests of change over time.

Every row is made from a made-up row of round 2023-01: some respondents are left out, times move two years, some "no"
become "yes", one column has another heading and one question is not asked. Pertunmaa, which joined Mäntyharju in
between, still answers under its old code. Run it from anywhere: python make_follow_up_round.py
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
EARLIER = HERE.parents[1] / "data/surveys/koto_kuntakysely/rounds/2023-01/responses.csv"
OUTPUT = HERE / "2025-02" / "responses.csv"
NOT_ASKED = "Onko kunnassanne alaikäisenä ilman huoltajaa maahan tulleiden lasten ja nuorten perheryhmäkoti?"
RENAMED = {"Kotoutumisen yhteyshenkilöt on nimetty": "Kuntamme on nimennyt kotoutumisen yhteyshenkilöt"}
MOVED = {"12.2022": "02.2025", "01.2023": "02.2025"}
ALWAYS = {"588", "507"}


def draw(*words: str) -> int:
    """A number that follows from the words: the same on any machine."""
    return int.from_bytes(hashlib.sha256("/".join(words).encode()).digest()[:4], "big")


def follow_up(row: dict[str, str]) -> dict[str, str]:
    """The same respondent two years later."""
    later = {RENAMED.get(name, name): text for name, text in row.items() if name != NOT_ASKED}
    for name in ("Aloitusaika", "Lähetysaika"):
        day, _, rest = row[name].partition(".")
        later[name] = f"{int(day) % 28 + 1:02}." + MOVED[rest[:7]] + rest[7:]
    column = RENAMED["Kotoutumisen yhteyshenkilöt on nimetty"]
    if later[column] == "Ei" and draw("named", row["Vastaus-ID"]) % 2:
        later[column] = "Kyllä"
    return later


def rows() -> Iterator[dict[str, str]]:
    """Seven of eight respondents, and always those of the municipalities that merged."""
    with EARLIER.open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle, delimiter=";"):
            if row["Kuntanumero"] in ALWAYS or draw("answers", row["Vastaus-ID"]) % 8:
                yield follow_up(row)


def main() -> None:
    """Write the file."""
    made = list(rows())
    with OUTPUT.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, list(made[0]), delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(made)


if __name__ == "__main__":
    main()
