"""A made-up survey that is marked as real, with what no shipped round has: two real rounds of a panel, questions that
were asked of some only, a text of theirs that is coded, numbers, a personal question, a role of two people, and printed
figures: hard to read ones, of several answers together, and of a county against the rest.

Every answer follows from the index of its municipality, so that a person can look up why a cell is small.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from store.paths import DataPaths
from tests.planted import base
from tests.planted.base import CARD, COLUMNS, Row, claim, figure, question, write_csv, write_yaml
from tests.signing import sign

SURVEY = "small_survey"
ROUNDS = ("2024", "2025")
DIVISION = "2022-01-01"
CLASSES = {"small": 2_000, "middle": 12_000, "large": 40_000}  # inhabitants of the smallest municipality of the class
IN_CLASS, SILENT = 12, 2  # municipalities of a class, and the last of them, which do not answer
SEVERAL = {0: 2, 12: 2, 24: 2, 25: 3}  # responses of those municipalities that gave more than one
ISLES = (*SEVERAL,)  # a county of four municipalities
MAYORS = (3, 17)
LISTS = {
    "yes_no": {"yes": "", "no": ""},
    "scale": {"fully": "agree", "partly": "agree", "hardly": "disagree", "never": "disagree"},
    "means": {"phone": "", "paper": "", "web": "", "fax": ""},
    "cause": {"money": "", "people": ""},
    "role": {"mayor": "", "adviser": "", "clerk": ""},
}
# Who says otherwise in the later round: of a class one municipality comes and one goes, or two come.
SWITCHED = {"happy": (1, 5, 14, 18), "trust": (16, 30), "offers": (5,)}
# Answers that are printed together, of the large class; and counties that print sets against the rest in one of them.
TOGETHER = {"trust": ("fully", "partly", "never"), "means": ("phone", "fax")}
COMPARED = {"isles": "less_than_rest", "north": "more_than_rest"}
AT_ONE = (12,)  # of those with several responses, the one whose respondents agree
OPTIONAL, BLANK = "known_since", (6, 7)  # what the municipalities of these places in their classes leave blank
JOINT_AUTHORITY = "Union of the silent"
ERASED = ("2025", "r2025_00_1")  # the second respondent of the first municipality


def codes() -> list[str]:
    return [f"M{number:02}" for number in range(1, IN_CLASS * len(CLASSES) + 1)]


def class_of(index: int) -> str:
    return [*CLASSES][index // IN_CLASS]


def population(index: int) -> int:
    """Uneven, as populations are."""
    return CLASSES[class_of(index)] + 37 * index**2 % 1009


def county_of(index: int) -> str:
    return "isles" if index in ISLES else ("north", "south")[index % 2]


def questions() -> list[Row]:
    opinion, personal = {"disclosure": "opinion"}, {"disclosure": "personal"}
    unhappy, ill = {"relevant": "${happy} = 'no'"}, {"relevant": "${illness} = 'yes'"}
    return [
        question("offers", "select_one", list_name="yes_no"),
        question("happy", "select_one", list_name="yes_no", **opinion),
        question("why", "select_one", list_name="scale", **opinion, **unhappy),
        question(OPTIONAL, "select_one", list_name="yes_no", **unhappy),
        question("cost", "integer", unit="euros", min_value="0", max_value="1000", **unhappy),
        question("words", "text", **opinion, **unhappy),
        question("causes", "select_multiple", list_name="cause", **opinion),
        question("trust", "select_one", list_name="scale", **opinion),
        question("means", "select_multiple", list_name="means", **opinion),
        question("illness", "select_one", list_name="yes_no", **personal),
        question("support", "select_one", list_name="scale", **opinion, **ill),
        question("paid_leave", "select_one", list_name="yes_no", **ill),
        question("hours", "integer", unit="hours", min_value="0", max_value="100", **opinion),
        question("staff", "integer", unit="persons", min_value="0", max_value="1000"),
    ]


def choices() -> list[Row]:
    return [
        {"list_name": name, "code": code, "group_code": group, "is_missing": "0", "is_exclusive": "0",
         "sort_order": str(order), "label_en": code, "group_label_en": group}
        for name, listed in LISTS.items()
        for order, (code, group) in enumerate(listed.items(), start=1)
    ]  # fmt: skip


def columns() -> list[Row]:
    use = dict.fromkeys(COLUMNS, "")
    reserved = {"id": "_response_id", "person": "_respondent", "sent": "_submitted_at", "role": "_role"}
    asked = {row["question_id"]: row["question_id"] for row in questions() if row["type"] != "select_multiple"}
    ticked = {"ticked": "1", "not_ticked": "0"}
    return [
        *(use | {"source_column": column, "question_id": name} for column, name in (reserved | asked).items()),
        use | {"source_column": "code", "question_id": "_municipality", "part": "code"},
        *(use | {"source_column": f"means_{code}", "question_id": "means", "part": code} | ticked
          for code in LISTS["means"]),
    ]  # fmt: skip


def responses(year: str) -> list[Row]:
    """One of each municipality that answers, and the further ones of some."""
    return [
        response(index, further, year)
        for index in range(len(codes()))
        if index % IN_CLASS < IN_CLASS - SILENT
        for further in range(SEVERAL.get(index, 1))
    ]


def response(index: int, further: int, year: str) -> Row:
    is_other = says(year, index, "happy") ^ (further > 0 and index not in AT_ONE)
    happy = yes_if((index % IN_CLASS < 5) ^ is_other)
    ill = yes_if((index + further) % 4 < 2)
    scale = [*LISTS["scale"]]
    trust = scale[3] if index in (4, 20) else scale[(index % 7 + says(year, index, "trust")) % 3]
    return {
        "id": f"r{year}_{index:02}_{further}",
        "person": f"p{index:02}_{further}",
        "sent": f"{year}-01-{index % 28 + 1:02} 10:{index:02}:{further:02}",
        "code": codes()[index],
        "role": "mayor" if index in MAYORS else ("adviser", "clerk")[(index + further) % 2],
        "offers": yes_if((index % 4 > 0) ^ says(year, index, "offers")),
        "happy": happy,
        "why": scale[(index + further) % 3] if happy == "no" else "",
        OPTIONAL: yes_if(index % 2 > 0) if happy == "no" and index % IN_CLASS not in BLANK else "",
        "cost": str(10 * index) if happy == "no" else "",
        "words": "No money" if happy == "no" else "",
        "trust": trust,
        "means_phone": str(int(index % 3 > 0)),
        "means_paper": str(int(index % 2 > 0)),
        "means_web": str(int(index % 3 == 0 or index % 5 == 0)),
        "means_fax": str(int(index in (7, 19))),
        "illness": ill,
        "support": scale[index % 3] if ill == "yes" else "",
        "paid_leave": yes_if(index % 9 == 4) if ill == "yes" else "",
        "hours": str(3 + 7 * index % 40 + further) if tells_hours(index) else "",
        "staff": str(10 + index + further),
    }


def codings(rows: Sequence[Row]) -> list[Row]:
    """What a person read in each text."""
    return [
        {"response_id": row["id"], "question_id": "words", "coded_question_id": "causes",
         "code": [*LISTS["cause"]][place % 2], "by": "a person"}
        for place, row in enumerate(rows) if row["words"]
    ]  # fmt: skip


def members() -> list[Row]:
    silent = [code for index, code in enumerate(codes()) if index % IN_CLASS >= IN_CLASS - SILENT]
    return [{"respondent": JOINT_AUTHORITY, "municipality_code": code} for code in silent]


def of_joint_authority() -> Row:
    index = codes().index(members()[0]["municipality_code"])
    return response(index, 0, ROUNDS[1]) | {"code": JOINT_AUTHORITY}


def says(year: str, index: int, question_id: str) -> bool:
    """Whether this municipality says otherwise than it did."""
    return year == ROUNDS[1] and index in SWITCHED[question_id]


def tells_hours(index: int) -> bool:
    """Two of the middle class, and three in the isles."""
    return index > 0 and (class_of(index) != "middle" or index in (12, 13))


def yes_if(is_so: bool) -> str:
    return "yes" if is_so else "no"


def figures() -> Iterator[Row]:
    """Printed figures in a bad copy: the number and the percentage of a small cell agree, so that both are right.

    They are of the round in which nobody is erased: without a respondent they would not be met.
    """
    said = [row["trust"] for row in responses(ROUNDS[0])]
    for answer, n in Counter(said).items():
        if answer in ("never", "hardly"):
            for statistic, value in (("n", n), ("pct", int(100 * n / len(said) + 0.5))):
                yield figure(
                    SURVEY, f"{answer}_{statistic}", statistic, str(value), round_id=ROUNDS[0], question_id="trust",
                    level="option", answer=answer, rounding="half_up_0", figure_status="reading_uncertain",
                )  # fmt: skip

    place = {"round_id": ROUNDS[0], "level": "option"}
    for name, codes in TOGETHER.items():
        of_class = [row for row in responses(ROUNDS[0]) if class_of(int(row["id"].split("_")[1])) == "large"]
        n = sum(any(gave(row, name, code) for code in codes) for row in of_class)
        yield figure(
            SURVEY, f"{name}_together", "n", str(n), question_id=name, answer="+".join(codes), breakdown="size_class",
            breakdown_id="large", **place,
        )  # fmt: skip
    for county, statistic in COMPARED.items():
        yield figure(
            SURVEY, f"{county}_{statistic}", statistic, "1", question_id="trust", answer="hardly", breakdown="county",
            breakdown_id=county, **place,
        )  # fmt: skip
    # What is said in words, of a cell of one, and orders: of opinions nothing of the frame is told, of a fact all is.
    of_trust = place | {"question_id": "trust"}
    yield figure(
        SURVEY, "some_never", "pct", "5", answer="never", breakdown="size_class", breakdown_id="small",
        rounding="at_least", **of_trust,
    )  # fmt: skip
    yield figure(SURVEY, "more_fully", "above_each", "1", answer="fully", than="never", **of_trust)
    yield figure(SURVEY, "trust_differs", "differs", "1", answer="fully", breakdown="county", **of_trust)
    yield figure(
        SURVEY, "offers_differ", "differs", "1", question_id="offers", answer="yes", breakdown="county", **place
    )


def claims() -> Iterator[Row]:
    for name, of in {"trust": "some_never+more_fully", "differs": "trust_differs", "offers": "offers_differ"}.items():
        yield claim(SURVEY, name, of, ROUNDS[0])


def gave(row: Row, question_id: str, code: str) -> bool:
    return row.get(f"{question_id}_{code}") == "1" or row.get(question_id) == code


def settings() -> dict[str, Any]:
    of_planted = base.survey_settings(SURVEY)
    del of_planted["size_class_question"]
    return of_planted | {
        "size_classes": [
            {"id": "small", "min": 0, "max": 9999, "label": {"en": "Small"}},
            {"id": "middle", "min": 10000, "max": 29999, "label": {"en": "Middle"}},
            {"id": "large", "min": 30000, "label": {"en": "Large"}},
        ],
        "size_class_groups": [{"id": "up_to_middle", "members": ["small", "middle"], "label": {"en": "Up to middle"}}],
        "roles": {"list_name": "role", "lead_order": [*LISTS["role"]]},
        "municipality_rule": "lead_role",
    }


def round_settings(year: str) -> dict[str, Any]:
    return base.round_settings(year) | {"is_synthetic": False}


def write(paths: DataPaths, *, has_joint_authority: bool = False) -> DataPaths:
    """The inputs of the survey, its rounds signed off, and its registry. In the later round a joint authority may
    answer for all that are silent."""
    write_registry(paths)
    folder = paths.surveys / SURVEY
    folder.mkdir(parents=True)
    write_yaml(folder / "survey.yml", settings())
    write_csv(folder / "questions.csv", questions())
    write_csv(folder / "choices.csv", choices())
    write_csv(folder / "published_figures.csv", [*figures()])
    write_csv(folder / "claims.csv", [*claims()])
    for year in ROUNDS:
        of_round = folder / "rounds" / year
        of_round.mkdir(parents=True)
        write_yaml(of_round / "round.yml", round_settings(year))
        write_yaml(of_round / "source.yml", CARD | {"received_on": f"{year}-02-01"})
        write_csv(of_round / "columns.csv", columns())
        has_members = has_joint_authority and year == ROUNDS[1]
        delivered = [*responses(year), *([of_joint_authority()] if has_members else [])]
        write_csv(of_round / "responses.csv", delivered)
        write_csv(of_round / "codings.csv", codings(delivered))
        if has_members:
            write_csv(of_round / "members.csv", members())
        sign(paths, f"{SURVEY}/{year}")
    return paths


def write_registry(paths: DataPaths) -> None:
    """Municipalities of three size classes and three counties."""
    folder = paths.registry / DIVISION
    folder.mkdir(parents=True)
    indexed = list(enumerate(codes()))
    write_csv(
        folder / "municipalities.csv",
        [{"municipality_code": code, "name_en": f"Municipality {code}", "is_mainland": "1",
          "county_code": county_of(index)} for index, code in indexed],
    )  # fmt: skip
    counties = dict.fromkeys(county_of(index) for index, _ in indexed)
    write_csv(
        paths.registry / "areas.csv",
        [{"area_level": "county", "area_code": name, "name_en": name.title(), "is_counted": "1"} for name in counties],
    )
    write_csv(
        paths.registry / "population.csv",
        [{"municipality_code": code, "year": "2021", "population": str(population(index)),
          "municipal_division": DIVISION} for index, code in indexed],
    )  # fmt: skip
    for card in (folder / "source.yml", paths.registry / "source.yml"):
        write_yaml(card, CARD)
