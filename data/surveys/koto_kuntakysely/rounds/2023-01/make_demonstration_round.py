"""Write responses.csv and codings.csv, the demonstration round of the survey koto_kuntakysely, 2023-01.

Who answered the real survey is not public. Every row written here is invented, and says so.

Calibrated, each to a printed figure: 172 responses from 157 municipalities by size class, 143 / 13 / 1
municipalities answering once, twice and three times, the roles, every cell of demonstration_cells.csv (solved
from the printed counts, shares and bases; source: the report on survey 1/2023 and the forum of 20.1.2023),
19 counties, the four counties where the division of duties was felt clearest, contact persons counted by
municipality (113 yes, 36 no, 8 don't know), and 18 different systems.

Invented: which municipalities answer, which two counties are silent, who answers what inside a cell, how a
printed group splits over its two options, the times, the texts and what they are coded as, who uses which system,
ten of the 18 names.

Standard library only. The order of everything comes from SHA-256 of fixed words, so the same inputs give the
same bytes on any machine. Run it from anywhere: python make_demonstration_round.py
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path

ROUND = Path(__file__).resolve().parent
SURVEY = ROUND.parents[1]
REGISTRY = ROUND.parents[3] / "registry"
OUTPUT = ROUND / "responses.csv"
CODINGS = ROUND / "codings.csv"

FRAME_YEAR = "2019"
HELSINKI = "091"
SILENT_COUNTIES = {"04", "11"}
CLEAREST_COUNTIES = {"18", "12", "20", "02"}
MUNICIPALITIES_BY_CLASS = {
    "under_5000": 58,
    "5000_10000": 34,
    "10001_20000": 22,
    "20001_50000": 30,
    "50001_100000": 7,
    "over_100000": 6,
}
UPPER_BOUNDS = {
    "under_5000": 4999,
    "5000_10000": 10000,
    "10001_20000": 20000,
    "20001_50000": 50000,
    "50001_100000": 100000,
}
ROLES = {"johtaja": 62, "paallikko": 31, "koordinaattori": 53, "muu": 26}

BLANK = ""
OPEN = "(dealt)"
# Municipalities that answer more than once: (role, contact_named) of each response, in order of submission.
# OPEN is the answer that the rule lead_role picks for the municipality; it is dealt with all the others. The
# answers beside it are 6 blank, 6 yes, 2 no and 1 don't know: 172 responses less these 15 make 157.
SEVERAL_RESPONSES = {
    "under_5000": [
        [("johtaja", BLANK), ("koordinaattori", OPEN)],
        [("johtaja", OPEN), ("muu", BLANK)],
    ],
    "5000_10000": [
        [("paallikko", BLANK), ("koordinaattori", OPEN)],
        [("johtaja", OPEN), ("koordinaattori", "yes")],
        [("koordinaattori", "yes"), ("paallikko", OPEN)],
        [("koordinaattori", "no"), ("koordinaattori", OPEN)],
        [("muu", "dont_know"), ("johtaja", OPEN)],
    ],
    "10001_20000": [[("paallikko", OPEN), ("muu", "no")]],
    "20001_50000": [
        [("koordinaattori", OPEN), ("koordinaattori", BLANK)],
        [("paallikko", OPEN), ("koordinaattori", "yes")],
        [("muu", "yes"), ("koordinaattori", OPEN)],
    ],
    "50001_100000": [
        [("johtaja", BLANK), ("paallikko", OPEN)],
        [("johtaja", "yes"), ("johtaja", OPEN)],
    ],
    "over_100000": [[("koordinaattori", "yes"), ("muu", BLANK), ("paallikko", OPEN)]],
}

SUBMITTED_BY_DAY = {
    "2022-12-20": 17,
    "2022-12-21": 19,
    "2022-12-22": 12,
    "2022-12-23": 5,
    "2022-12-27": 2,
    "2022-12-28": 3,
    "2022-12-29": 4,
    "2022-12-30": 2,
    "2023-01-02": 6,
    "2023-01-03": 8,
    "2023-01-04": 9,
    "2023-01-05": 6,
    "2023-01-09": 19,
    "2023-01-10": 15,
    "2023-01-11": 11,
    "2023-01-12": 14,
    "2023-01-13": 20,
}

# The names as respondents might write them: names and aliases of the inventory, and spellings of recodes.csv.
SYSTEM_SPELLINGS = [
    "ProConsona",
    "Pro Consona",
    "Pro Consona (CGI)",
    "Pro-Consona",
    "CGI ProConsona",
    "Abilita",
    "Abilita",
    "Abilita-ohjelma",
    "Abilita, asiakastiedot",
    "D365 Dynamics CRM",
    "Dynamics 365",
    "Dynamics-CRM (365)",
    "Sofia",
    "Sofia-järjestelmä",
    "Sofia asiakasjärj.",
    "Walmu",
    "Walmu-järjestelmä",
    "Maire",
    "Maire-ohjelma",
    "Forekoto",
    "Fore-Koto",
    "UMA",
    "UMA (Migri)",
    "Keksitty Kotokortti",
    "Tulijalista (keksitty)",
    "Keksitty Alkukartta",
    "Keksitty Neuvontavihko",
    "Palvelumuistio (keksitty)",
    "Keksitty Koto-päiväkirja",
    "Keksitty Asiakasruutu",
    "Keksitty Suunnitelmapohja",
    "Kielilokero - keksitty",
    "Keksitty Viestikori",
]

# Each text with what a person would code it as: highlights of the comments, themes of the practices, or other.
TEXTS: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("role_comments", "fi"): {
        "Vastuut on käyty läpi yhteisessä kokouksessa, mutta kirjaus puuttuu vielä.": ("h02",),
        "Aiempi yhteinen yksikkö auttaa: työnjako on meillä selvä jo vuosien takaa.": ("h01",),
        "Työnjako hakee muotoaan; palataan asiaan keväällä.": ("h02",),
        "Kunnan ja hyvinvointialueen yhteinen palaveri on sovittu helmikuulle.": ("other",),
        "Emme tiedä, kuka hyvinvointialueella vastaa kotoutumisesta.": ("h04",),
        "Roolit ovat paperilla selvät, arjessa vielä epäselvät.": ("h02",),
        "Pienessä kunnassa sama henkilö hoitaa monta tehtävää.": ("h06",),
        "Tarvitsisimme mallin siitä, kuka tekee alkukartoituksen.": ("h02",),
        "Asiantuntijat siirtyivät hyvinvointialueelle; pieneltä kunnalta puuttuu nyt osaamista.": ("h05",),
        "Yhteyshenkilöt on nimetty, sijaisia ei vielä ole.": ("h02",),
        'Toivomme yhteistä "kuka tekee mitä" -taulukkoa; tieto on nyt ristiriitaista.': ("h02", "h03"),
        "Saimme kahdet ohjeet, jotka sanovat eri asiaa.": ("h03",),
        "Kesken:\n- vastuiden kirjaaminen\n- yhteyshenkilöiden sijaiset": ("h02",),
        "Ei lisättävää.": ("other",),
    },
    ("role_comments", "sv"): {
        "Ansvarsfördelningen har diskuterats, men ett skriftligt avtal saknas.": ("h02",),
        "Rollerna klarnar efter hand; vi återkommer under våren.": ("h02",),
        "I en liten kommun sköter samma person många uppgifter.": ("h06",),
    },
    ("good_practices", "fi"): {
        "Kuukausittainen yhteinen verkostotapaaminen.": ("meetings",),
        "Yhteinen neuvontapiste kirjastossa kerran viikossa.": ("client_work",),
        "Sovittu yhteydenottotapa: yksi puhelinnumero kaikille.": ("roles",),
        "Kunnan ja järjestöjen yhteinen kielikahvila.": ("other",),
        "Yhteinen perehdytys uusille työntekijöille; samat ohjeet kaikille.": ("development",),
        "Viikkopalaverissa sovitaan, kuka tekee mitä.": ("meetings", "roles"),
        "Alkukartoitus tehdään yhdessä samalla käynnillä.": ("client_work",),
        "Koulun, varhaiskasvatuksen ja neuvonnan yhteinen aloitustapaaminen.": ("meetings",),
        "Selkokielinen opas palveluista asukkaille.": ("other",),
        "Työpari kunnasta ja hyvinvointialueelta.": ("client_work",),
    },
    ("good_practices", "sv"): {
        "Gemensamma nätverksträffar varje månad.": ("meetings",),
        "Rådgivning på biblioteket en gång i veckan.": ("client_work",),
        "Gemensam introduktion för nya medarbetare.": ("development",),
    },
}
CODED_AS = {"role_comments": "role_highlights", "good_practices": "practice_themes"}
CODED_BY = "The kuntakysely project: made up, as the texts are"
ONE_IN = {"role_comments": 4, "good_practices": 3}

MADE_UP = "Keksitty demonstraatiovastaus – ei todellinen"
DEALT_QUESTIONS = [
    "resource_location",
    "clients_per_year",
    "staff_count",
    "group_home",
    "resources_sufficient",
    "full_readiness",
    "case_system",
]
QUESTIONS_IN_ORDER = [
    "resource_location",
    "clients_per_year",
    "staff_count",
    "group_home",
    "resources_sufficient",
    "responsibility_clear",
    "full_readiness",
    "contact_named",
    "role_comments",
    "case_system",
    "case_system_name",
    "good_practices",
]


@dataclass
class Response:
    """One invented response: where it comes from, who gives it, and its answers as codes."""

    municipality: dict[str, str]
    size_class: str
    order: int
    role: str
    answers: dict[str, str]
    started: datetime = datetime.min
    submitted: datetime = datetime.min

    @property
    def key(self) -> str:
        """Municipality and turn: tells the responses apart."""
        return f"{self.municipality['municipality_code']}-{self.order}"

    @property
    def county(self) -> str:
        """Code of the wellbeing services county; Helsinki has an area of its own."""
        return self.municipality["county_code"]

    @property
    def language(self) -> str:
        """Swedish where Swedish is the language of the majority: an invented rule."""
        return "sv" if self.municipality["language_status_code"] in {"2", "3"} else "fi"


Cells = dict[tuple[str, str], Counter[str]]


def number(*words: object) -> int:
    """A fixed large number for these words: the only source of chance in this file."""
    text = "|".join(map(str, words))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def read_rows(path: Path) -> list[dict[str, str]]:
    """One dict per row of a UTF-8 CSV file with a header; all text."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def read_cells() -> Cells:
    """(question, size class) -> how many responses give each answer; '' is a blank."""
    cells: Cells = defaultdict(Counter)
    for row in read_rows(ROUND / "demonstration_cells.csv"):
        answer = BLANK if row["answer"] == "(blank)" else row["answer"]
        cells[row["question_id"], row["size_class_id"]][answer] += int(row["n"])
    return cells


def size_class_of(population: int) -> str:
    """Size class of a population; the bounds are inclusive."""
    return next((name for name, top in UPPER_BOUNDS.items() if population <= top), "over_100000")


def read_frame() -> dict[str, list[dict[str, str]]]:
    """Mainland municipalities of the frame by size class, invented order; the silent counties left out."""
    rows = [row for row in read_rows(REGISTRY / "population.csv") if row["year"] == FRAME_YEAR]
    population = {row["municipality_code"]: int(row["population"]) for row in rows}
    frame: dict[str, list[dict[str, str]]] = {name: [] for name in MUNICIPALITIES_BY_CLASS}
    for row in read_rows(REGISTRY / "2023-01-01" / "municipalities.csv"):
        if row["is_mainland"] == "1" and row["county_code"] not in SILENT_COUNTIES:
            frame[size_class_of(population[row["municipality_code"]])].append(row)
    for rows in frame.values():
        rows.sort(key=lambda row: number("frame", row["municipality_code"]))
    return frame


def pick_municipalities() -> dict[str, list[dict[str, str]]]:
    """The 157 that answer, by size class: Helsinki, then the first of the invented order."""
    picked = {}
    for name, rows in read_frame().items():
        helsinki_first = sorted(rows, key=lambda row: row["municipality_code"] != HELSINKI)
        picked[name] = helsinki_first[: MUNICIPALITIES_BY_CLASS[name]]
    return picked


def responses_of(size_class: str, municipalities: list[dict[str, str]]) -> list[Response]:
    """One response per municipality, and several for those that the table of several responses names."""
    municipalities = sorted(municipalities, key=lambda row: number("several", row["municipality_code"]))
    plans = SEVERAL_RESPONSES[size_class]
    plans = plans + [[(OPEN, OPEN)]] * (len(municipalities) - len(plans))
    return [
        Response(row, size_class, order, role, {"contact_named": contact})
        for row, plan in zip(municipalities, plans, strict=True)
        for order, (role, contact) in enumerate(plan)
    ]


def make_responses() -> list[Response]:
    """All 172 responses with nothing dealt yet but what the table of several responses fixes."""
    return [one for name, rows in pick_municipalities().items() for one in responses_of(name, rows)]


def by_class(responses: Iterable[Response]) -> dict[str, list[Response]]:
    """The responses of each size class, in the order of the classes."""
    groups: dict[str, list[Response]] = {name: [] for name in MUNICIPALITIES_BY_CLASS}
    for one in responses:
        groups[one.size_class].append(one)
    return groups


def deal_roles(responses: list[Response]) -> None:
    """Give a role to those without one, so that the printed margins come out."""
    left = Counter(ROLES)
    left.subtract(one.role for one in responses if one.role != OPEN)
    without = sorted((one for one in responses if one.role == OPEN), key=lambda one: number("role", one.key))
    for one, role in zip(without, left.elements(), strict=True):
        one.role = role


def deal(question: str, responses: list[Response], cells: Cells) -> None:
    """Give every response without an answer one, so that each size class has exactly its cells."""
    for name, group in by_class(responses).items():
        left = Counter(cells[question, name])
        left.subtract(one.answers[question] for one in group if one.answers.get(question, OPEN) != OPEN)
        without = [one for one in group if one.answers.get(question, OPEN) == OPEN]
        without.sort(key=lambda one: number(question, one.key))
        for one, answer in zip(without, left.elements(), strict=True):
            one.answers[question] = answer


def skip_together(responses: list[Response]) -> None:
    """The six who leave contact_named empty leave the two statements before it empty too: invented."""
    for one in responses:
        if one.answers["contact_named"] == BLANK:
            one.answers["responsibility_clear"] = one.answers["full_readiness"] = BLANK


class Agreement:
    """Shares of 'agree' by county while the answers to responsibility_clear are being given."""

    def __init__(self, responses: Iterable[Response]) -> None:
        self.answered = Counter(one.county for one in responses if "responsibility_clear" not in one.answers)
        self.agreeing: Counter[str] = Counter()

    def claim(self, one: Response) -> tuple[int, float, int]:
        """Sorts first who agrees next: the clearest counties but one answer each, then the lowest share."""
        share = (self.agreeing[one.county] + 1) / self.answered[one.county]
        clearest = one.county in CLEAREST_COUNTIES
        tier = 0 if clearest and share < 1 else 2 if clearest else 1
        return tier, share, number("agree", one.key)


def let_agree(responses: list[Response], cells: Cells) -> None:
    """Give 'agree' by size class so that the four printed counties lead; largest municipalities first."""
    agreement = Agreement(responses)
    for name, group in reversed(by_class(responses).items()):
        free = [one for one in group if "responsibility_clear" not in one.answers]
        for _ in range(cells["responsibility_clear", name]["agree"]):
            one = min(free, key=agreement.claim)
            free.remove(one)
            one.answers["responsibility_clear"] = "agree"
            agreement.agreeing[one.county] += 1


def read_labels() -> dict[tuple[str, str], list[str]]:
    """(question, answer) -> Finnish labels of the options: one for an option, two for a printed group."""
    lists: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in read_rows(SURVEY / "choices.csv"):
        lists[row["list_name"], row["group_code"] or row["code"]].append(row["label_fi"])
    return {
        (question["question_id"], answer): labels
        for question in read_rows(SURVEY / "questions.csv")
        for (list_name, answer), labels in lists.items()
        if list_name == question["list_name"]
    }


def name_answers(question: str, responses: list[Response], labels: dict[tuple[str, str], list[str]]) -> None:
    """Turn codes into the labels of the export; a printed group takes its two options two to one."""
    turns: dict[str, Iterator[str]] = {}
    for one in sorted(responses, key=lambda one: number("option", question, one.key)):
        answer = one.answers[question]
        if answer != BLANK:
            options = labels[question, answer]
            mild_first = options if answer in {"insufficient", "disagree"} else options[::-1]
            turn = turns.setdefault(answer, cycle([mild_first[0], mild_first[-1], mild_first[0]]))
            one.answers[question] = next(turn)


def name_systems(responses: list[Response]) -> None:
    """Give the 33 users of a system one spelling each of the 18 systems."""
    users = [one for one in responses if one.answers["case_system"] == "in_use"]
    users.sort(key=lambda one: number("system", one.key))
    for one, spelling in zip(users, SYSTEM_SPELLINGS, strict=True):
        one.answers["case_system_name"] = spelling


def write_texts(responses: list[Response]) -> None:
    """Give some responses an invented sentence, in turn from the list of their language."""
    for question, one_in in ONE_IN.items():
        turns = {language: cycle(TEXTS[question, language]) for language in ("fi", "sv")}
        for one in sorted(responses, key=lambda one: number(question, one.key)):
            if number("text", question, one.key) % one_in == 0:
                one.answers[question] = next(turns[one.language])


def submission_times() -> list[datetime]:
    """172 invented local times: the first days, a quiet holiday, the reminder of 9.1. and the last day."""
    times: list[datetime] = []
    for day, n in SUBMITTED_BY_DAY.items():
        office_opens = datetime.fromisoformat(day) + timedelta(hours=8, minutes=42)
        minutes = sorted(range(460), key=partial(number, "minute", day))[:n]
        times += [office_opens + timedelta(minutes=minute) for minute in minutes]
    return sorted(times)


def arrival(one: Response) -> int:
    """Sorts responses by time; a municipality's own follow the order of the table of several responses."""
    code = one.municipality["municipality_code"]
    return sorted(number("arrival", code, turn) for turn in range(3))[one.order]


def set_times(responses: list[Response]) -> None:
    """Submit in the order of arrival; filling in takes 6 to 38 minutes, now and then two hours more."""
    for one, time in zip(sorted(responses, key=arrival), submission_times(), strict=True):
        minutes = 6 + number("duration", one.key) % 33
        minutes += 120 if number("pause", one.key) % 19 == 0 else 0
        one.submitted, one.started = time, time - timedelta(minutes=minutes)


def answer_everything(responses: list[Response]) -> None:
    """Deal roles, answers, systems, texts and times, in the one order that keeps every printed figure."""
    cells, labels = read_cells(), read_labels()
    deal_roles(responses)
    skip_together(responses)
    let_agree(responses, cells)
    for question in [*DEALT_QUESTIONS, "responsibility_clear", "contact_named"]:
        deal(question, responses, cells)
    name_systems(responses)
    for question in [*DEALT_QUESTIONS, "responsibility_clear", "contact_named"]:
        name_answers(question, responses, labels)
    write_texts(responses)
    set_times(responses)


def header() -> list[str]:
    """Column names of the export: the questions as worded, and the columns the survey tool adds."""
    wording = {row["question_id"]: row["label_fi"] for row in read_rows(SURVEY / "questions.csv")}
    before = ["Vastaus-ID", "Aloitusaika", "Lähetysaika", "Kuntanumero", "Kunta", wording["respondent_role"]]
    return [*before, *(wording[question] for question in QUESTIONS_IN_ORDER), "Vastauskieli", "Keksitty rivi"]


def local_time(time: datetime) -> str:
    """The export's form of a local time: 20.12.2022 09.14."""
    return time.strftime("%d.%m.%Y %H.%M")


def line_of(turn: int, one: Response, role: str) -> list[str]:
    """One row of the export, in the order of its header."""
    place = [one.municipality["municipality_code"], one.municipality["name_fi"]]
    times = [local_time(one.started), local_time(one.submitted)]
    answers = [one.answers.get(question, BLANK) for question in QUESTIONS_IN_ORDER]
    return [response_id(turn), *times, *place, role, *answers, one.language, MADE_UP]


def response_id(turn: int) -> str:
    return f"KOTO-{turn:04d}"


def finished_responses() -> list[Response]:
    """All responses, with everything, in the order of the export."""
    responses = make_responses()
    answer_everything(responses)
    return sorted(responses, key=lambda one: (one.started, one.key))


def response_file(responses: list[Response]) -> bytes:
    """The whole of responses.csv: UTF-8 with a byte order mark, semicolons, CRLF; one row per response."""
    roles = read_labels()
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header())
    for turn, one in enumerate(responses, start=1):
        writer.writerow(line_of(turn, one, roles["respondent_role", one.role][0]))
    return text.getvalue().encode("utf-8-sig")


def codings_of(turn: int, one: Response) -> list[list[str]]:
    """The lines of codings.csv for one response: one per code of each of its texts."""
    return [
        [response_id(turn), question, coded_question, code, CODED_BY]
        for question, coded_question in CODED_AS.items()
        if (text := one.answers.get(question, BLANK)) != BLANK
        for code in TEXTS[question, one.language][text]
    ]


def codings_file(responses: list[Response]) -> bytes:
    """The whole of codings.csv, in the order of the responses."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["response_id", "question_id", "coded_question_id", "code", "by"])
    for turn, one in enumerate(responses, start=1):
        writer.writerows(codings_of(turn, one))
    return text.getvalue().encode()


def main() -> None:
    """Write responses.csv and codings.csv beside this file."""
    responses = finished_responses()
    OUTPUT.write_bytes(response_file(responses))
    CODINGS.write_bytes(codings_file(responses))
    print(f"{OUTPUT.name} and {CODINGS.name}: written; if they changed, sha256 in source.yml must follow")


if __name__ == "__main__":
    main()
