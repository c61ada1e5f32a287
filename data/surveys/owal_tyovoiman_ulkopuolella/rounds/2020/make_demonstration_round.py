"""Write responses.csv, the demonstration round of the survey owal_tyovoiman_ulkopuolella, 2020.

Who answered the real survey is not public. Every row written here is invented, and says so.

Made to agree with what TEM publications 2020:32 print: 153 municipalities that hold 95 % of the foreign-language
population, the shares of the printed answers by municipality (of transfer problems: by response), 139 municipalities
that tell their services, and three comparisons: problems are more frequent in the largest cities and rarer where
social services are responsible, four channels are used more than three others, and a fifth in the largest cities.

Invented: which municipalities answer, which of them through a joint authority, who answers what, every other share,
everything of the 14 rows that were never submitted, the times, the shape of the export. The note of each question in
questions.csv says what of it is printed.

Standard library only. The order of everything comes from SHA-256 of fixed words, so the same inputs give the
same bytes on any machine. Run it from anywhere: python make_demonstration_round.py
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

ROUND = Path(__file__).resolve().parent
REGISTRY = ROUND.parents[3] / "registry"
OUTPUT = ROUND / "responses.csv"
DIVISION, YEAR = "2020-01-01", "2020"

# How many municipalities answer, by population at the end of 2020. Nearly all of the larger ones, or the share of
# the foreign-language population would not be 95 %.
RESPONDING = {"under_10000": 59, "10000_50000": 73, "over_50000": 21}
JOINT_AUTHORITIES = 24  # for as many of the small municipalities a joint authority answers,
TWICE = 11  # and as many of those have answered by themselves before it: 164 responses of 153 municipalities
UNFINISHED = 14

CODE, FORM = "G01Q01", "G01Q02"
BY_ITSELF, JOINT = "A1", "A2"
DEFINED, RESPONSIBILITY = "G02Q03", "G02Q04"
YES, SOCIAL_SERVICES = "A1", "A1"
COOPERATION, TARGETS, CHANNELS, SOLUTIONS = "G02Q06", "G03Q07", "G03Q08", "G05Q15"
SERVICES, PROVIDERS = "G04Q11", "G04Q12"
TRANSFER = "G05Q14"
FIRST = "SQ001"
BLANK = ""

# Question -> how many give each answer code. The last code of each list is don't know.
DEALT = {
    DEFINED: {YES: 112, "A2": 30, "A3": 9, BLANK: 2},
    "G02Q05": {YES: 101, "A2": 40, "A3": 9, BLANK: 3},  # integration programme: 101 of 150 yes
    "G04Q09": {"A1": 37, "A2": 69, "A3": 23, "A4": 24},  # initial assessment: 37, 69, 23 of 153
    "G04Q10": {"A1": 36, "A2": 68, "A3": 21, "A4": 26, BLANK: 2},  # integration plan: 36, 68, 21 of 151
    "G05Q13": {YES: 110, "A2": 24, "A3": 17, BLANK: 2},  # client register: 110 of 151 yes
}
BRANCHES = {SOCIAL_SERVICES: 46, "A2": 21, "A3": 25, "A4": 14, "A5": 6}  # of those where it is defined
# Of all responses, 80 of 160 yes; whoever is likely to have problems has the first of these answers.
PROBLEMS = {YES: 80, "A3": 29, BLANK: 4, "A2": 51}
IN_LARGE_CITIES, WITH_SOCIAL_SERVICES = 25, -25  # how much more likely, in points

# Question -> how many municipalities tick anything, and how many per cent of them each option, in their order.
TICKED = {
    COOPERATION: (147, [58, 74, 41]),
    TARGETS: (150, [52, 61, 66, 37, 29, 79, 24]),
    CHANNELS: (151, [78, 71, 64, 69, 22, 33, 38, 19]),
    SERVICES: (139, [88, 64, 39, 31, 27, 47]),
    SOLUTIONS: (141, [67, 58, 26, 9]),
}
CHANNELS_IN_LARGEST = [78, 71, 64, 69, 85, 33, 38, 19]
PROVIDED = [71, 28, 34, 43]  # of the services offered, by whom

# Monday of each wave of answers. Joint authorities answer in the last, after their municipalities.
WAVES = ["2019-12-09", "2020-01-13", "2020-02-03", "2020-03-02", "2020-04-20"]
LAST_WAVE = "2020-05-11"
LAST_PAGE = 5

MADE_UP = "Keksitty demonstraatiovastaus – ei todellinen"


def numbered(pcts: list[int]) -> dict[str, int]:
    """Per cent by option, under the codes that the survey tool gives them."""
    return {f"SQ{turn:03}": pct for turn, pct in enumerate(pcts, start=1)}


def columns_of(question: str) -> list[str]:
    """The columns of a question of several options."""
    return [f"{question}[{option}]" for option in numbered(TICKED[question][1])]


HEADER = [
    *("id", "submitdate", "lastpage", "startlanguage", "startdate", "datestamp"),
    *(CODE, FORM, DEFINED, RESPONSIBILITY, "G02Q05"),
    *(*columns_of(COOPERATION), *columns_of(TARGETS), *columns_of(CHANNELS)),
    *("G04Q09", "G04Q10", *columns_of(SERVICES)),
    *(
        f"{PROVIDERS}[{service}_{provider}]"
        for service in numbered(TICKED[SERVICES][1])
        for provider in numbered(PROVIDED)
    ),
    *("G05Q13", TRANSFER, *columns_of(SOLUTIONS)),
    "keksitty",
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


@cache
def read_population() -> dict[str, int]:
    """Inhabitants by municipality; those counted on the frame's own division take the place of merged ones."""
    rows = [row for row in read_rows("population.csv") if row["year"] == YEAR]
    rows.sort(key=lambda row: row["municipal_division"] == DIVISION)
    return {row["municipality_code"]: int(row["population"]) for row in rows}


def size_class(code: str) -> str:
    """The size class of a municipality."""
    n = read_population()[code]
    return "under_10000" if n < 10000 else "10000_50000" if n <= 50000 else "over_50000"


def is_large(row: Row) -> bool:
    """Whether the municipality is of the largest class."""
    return size_class(row[CODE]) == "over_50000"


def read_frame() -> dict[str, list[str]]:
    """Codes of the mainland municipalities by size class, in an invented order."""
    frame: dict[str, list[str]] = {name: [] for name in RESPONDING}
    for row in read_rows(f"{DIVISION}/municipalities.csv"):
        if row["is_mainland"] == "1":
            frame[size_class(row["municipality_code"])].append(row["municipality_code"])
    return {name: sorted(codes, key=lambda code: number("frame", code)) for name, codes in frame.items()}


def deal(question: str, rows: list[Row], counts: dict[str, int], likely: Callable[[Row], int] = lambda _: 0) -> None:
    """Give each response one answer, so that the counts come out; the likely ones have the first answers."""
    in_order = sorted(rows, key=lambda row: (chance(row, question) % 100 - likely(row), chance(row, question)))
    for row, answer in zip(in_order, Counter(counts).elements(), strict=True):
        row[question] = answer


def likely_problems(row: Row) -> int:
    """How much more likely than elsewhere problems of transfer are, in points."""
    social_services = row.get(RESPONSIBILITY) == SOCIAL_SERVICES
    return is_large(row) * IN_LARGE_CITIES + social_services * WITH_SOCIAL_SERVICES


def tick(question: str, rows: list[Row]) -> None:
    """Tick options, the first where nothing else is; those who do not tell tick nothing."""
    n_telling, pcts = TICKED[question]
    for row in sorted(rows, key=lambda row: chance(row, question))[:n_telling]:
        of_row = CHANNELS_IN_LARGEST if question == CHANNELS and is_large(row) else pcts
        ticked = [option for option, pct in numbered(of_row).items() if chance(row, question, option) % 100 < pct]
        row.update({f"{question}[{option}]": "Y" for option in ticked or [FIRST]})


def tick_providers(row: Row) -> None:
    """Tick who provides each service that is offered, the municipality where nobody else does."""
    for service in numbered(TICKED[SERVICES][1]):
        if row.get(f"{SERVICES}[{service}]"):
            by = [who for who, pct in numbered(PROVIDED).items() if chance(row, PROVIDERS, service, who) % 100 < pct]
            row.update({f"{PROVIDERS}[{service}_{who}]": "1" for who in by or [FIRST]})


def of_municipalities() -> list[Row]:
    """One response per municipality, the one that counts for it: small ones first, joint authorities first of all."""
    codes = [code for name, codes in read_frame().items() for code in codes[: RESPONDING[name]]]
    rows = [{CODE: code, FORM: JOINT if turn < JOINT_AUTHORITIES else BY_ITSELF} for turn, code in enumerate(codes)]
    for question, counts in DEALT.items():
        deal(question, rows, counts)
    deal(RESPONSIBILITY, [row for row in rows if row[DEFINED] == YES], BRANCHES)
    for question in TICKED:
        tick(question, rows)
    for row in rows:
        tick_providers(row)
    return rows


def own_answer(row: Row) -> Row:
    """What the municipality had answered before its joint authority: the same, but it knew less."""
    own = row | {FORM: BY_ITSELF}
    for question, counts in DEALT.items():
        if own.get(question) and chance(own, "knew less", question) % 3 == 0:
            own[question] = max(counts)
    return own if own[DEFINED] == YES else own | {RESPONSIBILITY: BLANK}


def name_languages(rows: list[Row]) -> None:
    """Note the language of each response: Swedish where it is the language of the majority, an invented rule."""
    swedish = {
        row["municipality_code"]
        for row in read_rows(f"{DIVISION}/municipalities.csv")
        if row["language_status_code"] in {"2", "3"}
    }
    for row in rows:
        row["startlanguage"] = "sv" if row[CODE] in swedish else "fi"


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
    deal(TRANSFER, rows, PROBLEMS, likely_problems)
    name_languages(rows)
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
