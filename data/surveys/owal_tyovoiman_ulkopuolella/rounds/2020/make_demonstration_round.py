"""Write responses.csv, the demonstration round of the survey owal_tyovoiman_ulkopuolella, 2020.

Who answered the real survey is not public. Every row written here is invented, and says so.

Calibrated, each to a printed figure of TEM publications 2020:32: 153 municipalities that hold 95 % of the
foreign-language population, the answers of DEALT counted by municipality (transfer problems: by response), and
139 municipalities that tell their services.

Invented: which municipalities answer, which of them through a joint authority, who answers what, everything of the
14 rows that were never submitted, the times, the texts, which services are offered, the shape of the export.

Standard library only. The order of everything comes from SHA-256 of fixed words, so the same inputs give the
same bytes on any machine. Run it from anywhere: python make_demonstration_round.py
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

ROUND = Path(__file__).resolve().parent
REGISTRY = ROUND.parents[3] / "registry"
OUTPUT = ROUND / "responses.csv"

# How many municipalities answer, by population at the end of 2019. Nearly all of the larger ones, or the share of
# the foreign-language population would not be 95 %.
RESPONDING = {"under_10000": 59, "10000_50000": 73, "over_50000": 21}
JOINT_AUTHORITIES = 24  # for as many of the small municipalities a joint authority answers,
TWICE = 11  # and as many of those have answered by themselves before it: 164 responses of 153 municipalities
UNFINISHED = 14

CODE, FORM = "G01Q01", "G01Q02"
BY_ITSELF, JOINT = "A1", "A2"
SERVICES = "G04Q09"
TRANSFER = "G05Q11"
BLANK = ""

# Question -> how many give each answer code. The last code of each list is don't know.
DEALT = {
    "G03Q06": {"A1": 101, "A2": 40, "A3": 9, BLANK: 3},  # integration programme: 101 of 150 yes
    "G03Q07": {"A1": 37, "A2": 69, "A3": 23, "A4": 24},  # initial assessment: 37, 69, 23 of 153
    "G03Q08": {"A1": 36, "A2": 68, "A3": 21, "A4": 26, BLANK: 2},  # integration plan: 36, 68, 21 of 151
    "G05Q10": {"A1": 110, "A2": 24, "A3": 17, BLANK: 2},  # register description: 110 of 151 yes
    TRANSFER: {"A1": 80, "A2": 51, "A3": 29, BLANK: 4},  # transfer problems: 80 of 160 responses yes
}
TELLING_SERVICES = 139
TICKED_PCT = {"SQ001": 88, "SQ002": 64, "SQ003": 71, "SQ004": 39, "SQ005": 22, "SQ006": 47}

TEXTS = {
    ("G02Q03", "fi"): [
        "Sosiaalipalvelut yhdessä sivistyspalvelujen kanssa.",
        "Maahanmuuttokoordinaattori; pienessä kunnassa muita ei ole.",
        "Vastuu on jaettu: kunta ohjaa, järjestöt järjestävät toimintaa.",
        'Ei nimetty. Käytännössä "se, jonka luo asiakas ensin tulee".',
    ],
    ("G02Q03", "sv"): ["Socialservicen, tillsammans med bildningstjänsterna.", "Integrationskoordinatorn."],
    ("G02Q04", "fi"): [
        "Kotivanhemmat, ikääntyneet ja pitkään sairaana olleet.",
        "Kotona lasta hoitavat:\n- äidit\n- isät",
        "Kaikki, jotka eivät ole TE-toimiston asiakkaina.",
    ],
    ("G02Q04", "sv"): ["Hemmaföräldrar och äldre.", "Alla som inte är arbetssökande."],
    ("G02Q05", "fi"): [
        "Neuvolan, päiväkodin ja koulun kautta.",
        "Neuvontapisteestä, järjestöistä ja tuttavien kertomana.",
        "Asiakas ottaa itse yhteyttä; joskus viesti tulee terveysasemalta.",
    ],
    ("G02Q05", "sv"): ["Via rådgivningen och skolan.", "Klienten tar själv kontakt."],
}

# Monday of each wave of answers. Joint authorities answer in the last, after their municipalities.
WAVES = ["2019-12-09", "2020-01-13", "2020-02-03", "2020-03-02", "2020-04-20"]
LAST_WAVE = "2020-05-11"
LAST_PAGE = 5

MADE_UP = "Keksitty demonstraatiovastaus – ei todellinen"
HEADER = [
    *("id", "submitdate", "lastpage", "startlanguage", "startdate", "datestamp"),
    *(CODE, FORM, "G02Q03", "G02Q04", "G02Q05", "G03Q06", "G03Q07", "G03Q08"),
    *(f"{SERVICES}[{option}]" for option in TICKED_PCT),
    *("G05Q10", TRANSFER, "keksitty"),
]

Row = dict[str, str]


def number(*words: object) -> int:
    """A fixed large number for these words: the only source of chance in this file."""
    text = "|".join(map(str, words))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def chance(row: Row, *words: object) -> int:
    """A fixed large number for these words and this respondent."""
    return number(*words, row[CODE], row[FORM])


def read_rows(name: str) -> list[Row]:
    """One dict per row of a file of the registry; all text."""
    with (REGISTRY / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def read_frame() -> dict[str, list[str]]:
    """Codes of the mainland municipalities by size class, in an invented order."""
    population = {
        row["municipality_code"]: int(row["population"]) for row in read_rows("population.csv") if row["year"] == "2019"
    }
    frame: dict[str, list[str]] = {name: [] for name in RESPONDING}
    for row in read_rows("2021-01-01/municipalities.csv"):
        if row["is_mainland"] == "1":
            n = population[row["municipality_code"]]
            name = "under_10000" if n < 10000 else "10000_50000" if n <= 50000 else "over_50000"
            frame[name].append(row["municipality_code"])
    return {name: sorted(codes, key=lambda code: number("frame", code)) for name, codes in frame.items()}


def deal(question: str, rows: list[Row]) -> None:
    """Give each response one answer, so that the counts of DEALT come out."""
    in_order = sorted(rows, key=lambda row: chance(row, question))
    for row, answer in zip(in_order, Counter(DEALT[question]).elements(), strict=True):
        row[question] = answer


def tick_services(rows: list[Row]) -> None:
    """Tick what is offered, guidance where nothing else is; those who do not tell tick nothing."""
    for row in sorted(rows, key=lambda row: chance(row, SERVICES))[:TELLING_SERVICES]:
        ticked = [option for option, pct in TICKED_PCT.items() if chance(row, option) % 100 < pct]
        row.update({f"{SERVICES}[{option}]": "Y" for option in ticked or ["SQ001"]})


def of_municipalities() -> list[Row]:
    """One response per municipality, the one that counts for it: small ones first, joint authorities first of all."""
    codes = [code for name, codes in read_frame().items() for code in codes[: RESPONDING[name]]]
    rows = [{CODE: code, FORM: JOINT if turn < JOINT_AUTHORITIES else BY_ITSELF} for turn, code in enumerate(codes)]
    for question in DEALT:
        if question != TRANSFER:
            deal(question, rows)
    tick_services(rows)
    return rows


def own_answer(row: Row) -> Row:
    """What the municipality had answered before its joint authority: the same, but it knew less."""
    own = row | {FORM: BY_ITSELF}
    for question, counts in DEALT.items():
        if own.get(question) and chance(own, "knew less", question) % 3 == 0:
            own[question] = max(counts)
    return own


def write_texts(rows: list[Row]) -> None:
    """Note the language of each response, and an invented sentence for about half of the open questions."""
    swedish = {
        row["municipality_code"]
        for row in read_rows("2023-01-01/municipalities.csv")
        if row["language_status_code"] in {"2", "3"}
    }
    for row in rows:
        row["startlanguage"] = "sv" if row[CODE] in swedish else "fi"
        for (question, language), texts in TEXTS.items():
            if language == row["startlanguage"]:
                row[question] = [*texts, *[BLANK] * len(texts)][chance(row, question) % (2 * len(texts))]


def give_up(row: Row, code: str) -> Row:
    """The same answers begun in another municipality and given up before the last page: never submitted."""
    page = 1 + number("page", code) % (LAST_PAGE - 1)
    seen = {name: text for name, text in row.items() if not name.startswith("G") or int(name[1:3]) <= page}
    return seen | {CODE: code, "lastpage": str(page)}


def unfinished(rows: list[Row]) -> list[Row]:
    """The rows that the survey tool kept though nobody submitted them, of any municipality of the frame."""
    codes = [code for codes in read_frame().values() for code in codes]
    codes.sort(key=lambda code: number("unfinished", code))
    return [give_up(row, code) for row, code in zip(rows[-UNFINISHED:], codes, strict=False)]


def set_times(row: Row) -> None:
    """Begin in office hours of the respondent's wave, be 8 to 47 minutes at it, and submit what is whole."""
    draw = partial(chance, row, row["lastpage"])
    monday = LAST_WAVE if row[FORM] == JOINT else WAVES[draw("wave") % len(WAVES)]
    clock = timedelta(days=draw("day") % 5, hours=8, seconds=draw("second") % (7 * 3600))
    started = datetime.fromisoformat(monday) + clock
    last_seen = started + timedelta(seconds=480 + draw("duration") % 2400)
    row["startdate"], row["datestamp"] = str(started), str(last_seen)
    row["submitdate"] = str(last_seen) if row["lastpage"] == str(LAST_PAGE) else BLANK


def make_rows() -> list[Row]:
    """All rows of the export, in order of starting."""
    counted = of_municipalities()
    rows = [*counted, *map(own_answer, counted[:TWICE])]
    deal(TRANSFER, rows)
    write_texts(rows)
    rows = [*(row | {"lastpage": str(LAST_PAGE)} for row in rows), *unfinished(counted)]
    for row in rows:
        set_times(row)
    rows.sort(key=lambda row: (row["startdate"], row[CODE]))
    return [row | {"id": str(turn), "keksitty": MADE_UP} for turn, row in enumerate(rows, start=1)]


def response_file() -> bytes:
    """The whole of responses.csv as LimeSurvey writes it: UTF-8 with a byte order mark, every cell in quotes."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADER, restval=BLANK, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(make_rows())
    return text.getvalue().encode("utf-8-sig")


def main() -> None:
    """Write responses.csv beside this file."""
    OUTPUT.write_bytes(response_file())
    print(f"{OUTPUT.name}: written; if it changed, its sha256 in source.yml must follow")


if __name__ == "__main__":
    main()
