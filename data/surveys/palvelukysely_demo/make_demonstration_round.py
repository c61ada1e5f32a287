"""Write responses.csv of both rounds of the survey palvelukysely_demo.

The survey was never carried out: questions, answers, who answered and when are invented, and every row says so.
It is there so that what the other rounds cannot show can be seen in the shipped release: change between rounds on
two divisions, a question whose series is broken, numbers, and small cells that are hidden.

50 municipalities answer each time, once each. 44 of them answer both times; Pertunmaa answers in 2023, before it
joined Mäntyharju, which answers both times.

Standard library only. The order of everything comes from SHA-256 of fixed words, so the same inputs give the
same bytes on any machine. Run it from anywhere: python make_demonstration_round.py
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

SURVEY = Path(__file__).resolve().parent
REGISTRY = SURVEY.parents[1] / "registry"
POPULATION_OF = {"2023": "2022", "2025": "2024"}  # round -> 31 December of the year that decides the size classes

# Of each size class: how many answer both times, and how many only in one round. Two of the first class are named.
SMALLEST_OF = {"under_10000": 0, "10000_30000": 10000, "over_30000": 30001}
BOTH, ONCE = {"under_10000": 15, "10000_30000": 14, "over_30000": 14}, 2
PERTUNMAA, MANTYHARJU = "588", "507"

# Question -> round -> how many give each answer.
DEALT = {
    "Resurssit": {
        "2023": {"Riittävät": 29, "En osaa sanoa": 6, "Eivät riittävät": 15},
        "2025": {"Riittävät": 15, "En osaa sanoa": 7, "Eivät riittävät": 28},
    },
    "Odotusaika": {
        "2023": {"Ei päivääkään": 11, "Enintään viikko": 25, "Yli viikko": 14},
        "2025": {"Ei päivääkään": 19, "Enintään viikko": 24, "Yli viikko": 7},
    },
}
TICKED_PCT = {
    "Puhelin": {"2023": 92, "2025": 88},
    "Käynti neuvontapisteessä": {"2023": 70, "2025": 62},
    "Verkkokeskustelu": {"2023": 22, "2025": 50},
    "Verkkolomake": {"2023": 38, "2025": 60},
}
STAFF = {"under_10000": 4, "10000_30000": 14, "over_30000": 45}  # tenths of a person-year, at least

MADE_UP = "Keksitty esimerkkivastaus – ei todellinen"
CODE = "Kuntanumero"
HEADER = ["Vastaus", "Lähetetty", CODE, "Kanavat", "Henkilötyövuodet", "Resurssit", "Odotusaika", "keksitty"]

Row = dict[str, str]


def number(*words: object) -> int:
    """A fixed large number for these words: the only source of chance in this file."""
    text = "|".join(map(str, words))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def read_rows(name: str) -> list[Row]:
    """One dict per row of a file of the registry; all text."""
    with (REGISTRY / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def size_classes(round_id: str) -> dict[str, str]:
    """The size class of each mainland municipality in the frame of a round."""
    year, frame = POPULATION_OF[round_id], read_rows(f"{round_id}-01-01/municipalities.csv")
    people = {
        row["municipality_code"]: int(row["population"]) for row in read_rows("population.csv") if row["year"] == year
    }
    codes = [row["municipality_code"] for row in frame if row["is_mainland"] == "1"]
    return {
        code: max(SMALLEST_OF, key=lambda name: (people[code] >= SMALLEST_OF[name], SMALLEST_OF[name]))
        for code in codes
    }


def respondents(round_id: str) -> dict[str, str]:
    """The municipalities that answer a round, with their size class: most are the same each time."""
    first, last = (size_classes(each) for each in POPULATION_OF)
    stable = sorted((code for code in last if first[code] == last[code]), key=lambda code: number("frame", code))
    stable = [code for code in stable if code != MANTYHARJU]
    of_round = list(POPULATION_OF).index(round_id)
    found = {MANTYHARJU: last[MANTYHARJU]} | ({PERTUNMAA: first[PERTUNMAA]} if round_id == "2023" else {})
    for name, n in BOTH.items():
        codes = [code for code in stable if last[code] == name]
        once = ONCE - (name == "under_10000" and round_id == "2023")  # Pertunmaa is one of them
        start = n + of_round * ONCE
        found |= dict.fromkeys([*codes[:n], *codes[start : start + once]], name)
    return found


def deal(question: str, round_id: str, rows: list[Row]) -> None:
    """Give each response one answer, so that the counts of DEALT come out; most municipalities keep to theirs."""
    in_order = sorted(rows, key=lambda row: number(question, row[CODE]))
    for row, answer in zip(in_order, Counter(DEALT[question][round_id]).elements(), strict=True):
        row[question] = answer


def response(code: str, size_class: str, round_id: str) -> Row:
    """What a municipality says of its channels and staff, and when."""
    ticked = [text for text, pct in TICKED_PCT.items() if number(text, code) % 100 < pct[round_id]] or ["Verkkolomake"]
    tenths = STAFF[size_class] * (100 + number("staff", code) % 150 + 10 * (round_id == "2025")) // 100
    minutes = number("minute", code, round_id) % (7 * 60)
    sent = datetime.fromisoformat(f"{round_id}-03-01") + timedelta(days=number("day", code, round_id) % 30, hours=8)
    return {
        CODE: code,
        "Lähetetty": f"{sent + timedelta(minutes=minutes):%d.%m.%Y %H.%M}",
        "Kanavat": ";".join(ticked),
        "Henkilötyövuodet": f"{tenths // 10},{tenths % 10}",
        "keksitty": MADE_UP,
    }


def make_rows(round_id: str) -> list[Row]:
    """All responses of a round, in order of submission."""
    rows = [response(code, size_class, round_id) for code, size_class in respondents(round_id).items()]
    for question in DEALT:
        deal(question, round_id, rows)
    rows.sort(key=lambda row: (datetime.strptime(row["Lähetetty"], "%d.%m.%Y %H.%M"), row[CODE]))
    return [row | {"Vastaus": f"{round_id}-{turn}"} for turn, row in enumerate(rows, start=1)]


def response_file(round_id: str) -> bytes:
    """The whole of a round's responses.csv."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADER, delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(make_rows(round_id))
    return text.getvalue().encode("utf-8")


def main() -> None:
    """Write responses.csv of both rounds."""
    for round_id in POPULATION_OF:
        output = SURVEY / "rounds" / round_id / "responses.csv"
        output.write_bytes(response_file(round_id))
        print(f"{output.relative_to(SURVEY)}: written; if it changed, its sha256 in source.yml must follow")


if __name__ == "__main__":
    main()
