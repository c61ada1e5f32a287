"""A sound survey of made-up municipalities that uses all that the checks look at."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from store.paths import PROJECT_ROOT, DataPaths
from tests.signing import sign

Row = dict[str, str]
EARLIER, ROUND = "2022", "2023"
COUNTIES = ("north", "south")
CARD: dict[str, Any] = {
    "producer": "The project", "licence": "CC0", "received_from": "Made by the tests", "received_on": "2023-02-01",
}  # fmt: skip
SMALL, LARGE = 2_000, 30_000
N_MUNICIPALITIES = 24
QUESTIONS = (
    "question_id", "type", "list_name", "unit", "min_value", "max_value", "soft_min", "soft_max", "required",
    "relevant", "constraint", "other_of", "group_id", "severity", "disclosure", "municipality_rule", "label_en", "note",
)  # fmt: skip
COLUMNS = ["source_column", "question_id", "part", "ticked", "not_ticked", "list_separator"]
BATTERY = tuple(f"item_{number}" for number in range(1, 6))
LISTS = {
    "yes_no": ("yes", "no", "dont_know"),
    "kind": ("own", "bought", "other"),
    "scale": ("1", "2", "3", "4"),
    "means": ("phone", "paper", "none"),
    "themes": ("time", "money"),
    "class": ("small", "large"),
}
RESERVED = {
    "id": "_response_id", "person": "_respondent", "started": "_started_at", "sent": "_submitted_at",
    "form": "_form_version", "weight": "_weight", "finished": "_completion",
}  # fmt: skip


def codes() -> list[str]:
    return [f"M{number:02}" for number in range(1, N_MUNICIPALITIES + 1)]


def is_large(index: int) -> bool:
    return index % 3 == 0


def county_of(index: int) -> str:
    return COUNTIES[index % 2]


def question(question_id: str, kind: str, **more: str) -> Row:
    plain = dict.fromkeys(QUESTIONS, "")
    named = {"question_id": question_id, "type": kind, "label_en": f"{question_id}?"}
    return plain | {"severity": "warn", "disclosure": "public_fact"} | named | more


def questions() -> list[Row]:
    return [
        question("offers", "select_one", list_name="yes_no", required="1"),
        question("how", "select_one", list_name="yes_no", relevant="${offers} = 'yes'"),
        question("kind", "select_one", list_name="kind"),
        question("kind_other", "text", other_of="kind", disclosure="personal"),
        question("means", "select_multiple", list_name="means"),
        question("staff", "integer", unit="persons", min_value="0", max_value="1000", soft_max="500"),
        question("share", "integer", unit="percent", constraint=". <= 100"),
        question("since", "date"),
        question("size", "select_one", list_name="class"),
        *(question(item, "select_one", list_name="scale", group_id="battery") for item in BATTERY),
        question("comments", "text", disclosure="personal"),
        question("themes", "select_multiple", list_name="themes"),
        question("system", "system"),
    ]


def choices() -> list[Row]:
    return [
        {
            "list_name": name, "code": code, "group_code": "", "is_missing": "0",
            "is_exclusive": str(int((name, code) == ("means", "none"))), "sort_order": str(order), "label_en": code,
            "group_label_en": "",
        }
        for name, listed in LISTS.items()
        for order, code in enumerate(listed, start=1)
    ]  # fmt: skip


def columns() -> list[Row]:
    use = dict.fromkeys(COLUMNS, "")
    reserved = [use | {"source_column": column, "question_id": name} for column, name in RESERVED.items()]
    municipality = use | {"source_column": "code", "question_id": "_municipality", "part": "code"}
    ticks = [
        use | {"source_column": f"means_{code}", "question_id": "means", "part": code, "ticked": "1", "not_ticked": "0"}
        for code in LISTS["means"]
    ]
    asked = [row["question_id"] for row in questions() if row["question_id"] not in ("means", "themes")]
    return [*reserved, municipality, *(use | {"source_column": q, "question_id": q} for q in asked), *ticks]


def response(index: int, year: str) -> Row:
    """What the municipality of this index answers: nothing a check would remark on."""
    offers = ("yes", "no", "yes", "no", "yes", "dont_know")[index % 6]
    kind = "other" if index % 8 == 0 else ("own", "bought")[index % 2]
    return {
        "id": f"r{index:02}", "person": f"p{index:02}", "form": "1", "weight": "1.5", "finished": "yes",
        "started": f"{year}-01-{index % 20 + 1:02} 10:{index % 50:02}:00",
        "sent": f"{year}-01-{index % 20 + 1:02} 10:{index % 50 + 9:02}:{index:02}",
        "code": codes()[index], "offers": offers,
        "how": ("yes", "no", "dont_know")[index // 6 % 3] if offers == "yes" else "",
        "kind": kind, "kind_other": f"kind {index}" if kind == "other" else "",
        "means_phone": str(int(index % 5 > 0)), "means_paper": str(int(index % 3 == 1 and index % 5 > 0)),
        "means_none": str(int(index % 5 == 0)),
        "staff": str(10 + index), "share": str(index), "since": f"2020-0{index % 9 + 1}-01",
        "size": "large" if is_large(index) else "small",
        **{item: str((index + number * (index % 3 + 1)) % 4 + 1) for number, item in enumerate(BATTERY)},
        "comments": f"A comment of municipality {index}, of its own", "system": "Keksitty Kirja",
    }  # fmt: skip


@dataclass
class Survey:
    """The files of one survey, to be changed before they are written."""

    survey_id: str
    settings: dict[str, Any] = field(default_factory=dict)
    questions: list[Row] = field(default_factory=questions)
    choices: list[Row] = field(default_factory=choices)
    columns: list[Row] = field(default_factory=columns)
    rounds: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    earlier_rows: list[Row] = field(default_factory=list)
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    codings: list[Row] = field(default_factory=list)
    second_codings: list[Row] = field(default_factory=list)
    corrections: list[Row] = field(default_factory=list)
    figures: list[Row] = field(default_factory=list)
    claims: list[Row] = field(default_factory=list)
    plausibility: list[Row] = field(default_factory=list)
    comparability: list[Row] = field(default_factory=list)
    signed: Sequence[str | None] = ()  # the reason, if any, of each sign-off of the round

    def __post_init__(self) -> None:
        self.settings = survey_settings(self.survey_id)
        self.rounds = {ROUND: round_settings(ROUND)}
        self.cards = {ROUND: {**CARD}, EARLIER: CARD | {"received_on": f"{EARLIER}-02-01"}}
        self.rows = [response(index, ROUND) for index in range(N_MUNICIPALITIES)]
        self.earlier_rows = [response(index, EARLIER) for index in range(N_MUNICIPALITIES)]
        self.codings = [
            {
                "response_id": row["id"],
                "question_id": "comments",
                "coded_question_id": "themes",
                "code": code,
                "by": "a person",
            }
            for index, row in enumerate(self.rows)
            for code in [LISTS["themes"][index % 2]]
        ]
        self.figures = [figure(self.survey_id, "answered", "n_responses", str(N_MUNICIPALITIES))]
        self.claims = [claim(self.survey_id, "all_answered", "answered")]
        self.plausibility = [
            rule("no_staff", "impossible", "${staff} = 0 and ${offers} = 'yes'"),
            rule("all_staff", "implausible", "${staff} > 400 and ${offers} = 'no'"),
        ]

    def answer(self, column: str, value: str, *indexes: int) -> None:
        """Give these responses (all without indexes) another value in a column."""
        for index in indexes or range(len(self.rows)):
            self.rows[index][column] = value

    def choose(self, question_id: str) -> Row:
        return next(row for row in self.questions if row["question_id"] == question_id)

    def use(self, source_column: str, question_id: str, part: str = "") -> None:
        """Map a column of the export."""
        plain = dict.fromkeys(COLUMNS, "")
        self.columns = [row for row in self.columns if row["source_column"] != source_column]
        self.columns.append(plain | {"source_column": source_column, "question_id": question_id, "part": part})

    def with_earlier_round(self) -> None:
        """A round a year before, with the same answers."""
        self.rounds[EARLIER] = round_settings(EARLIER)

    def with_roles(self) -> None:
        """A column that says who answered."""
        self.settings["roles"] = {"list_name": "role", "lead_order": ["manager", "adviser"]}
        label = {"group_code": "", "is_missing": "0", "is_exclusive": "0", "group_label_en": ""}
        self.choices += [
            {"list_name": "role", "code": code, "sort_order": str(order), "label_en": code} | label
            for order, code in enumerate(("manager", "adviser"), start=1)
        ]
        self.use("role", "_role")
        for row in (*self.rows, *self.earlier_rows):
            row["role"] = "manager"

    def write(self, paths: DataPaths) -> None:
        folder = paths.surveys / self.survey_id
        folder.mkdir(parents=True)
        write_yaml(folder / "survey.yml", self.settings)
        write_csv(folder / "questions.csv", self.questions)
        write_csv(folder / "choices.csv", self.choices)
        write_csv(folder / "published_figures.csv", self.figures)
        printed = {row["figure_id"] for row in self.figures}
        write_csv(folder / "claims.csv", [row for row in self.claims if row["figures"] in printed])
        write_csv(folder / "plausibility.csv", self.plausibility)
        write_csv(folder / "comparability.csv", self.comparability)
        for year in self.rounds:
            self._write_round(folder / "rounds" / year, year, self.rows if year == ROUND else self.earlier_rows)
        for accepted in self.signed:
            sign(paths, f"{self.survey_id}/{ROUND}", accepted)

    def _write_round(self, folder: Path, year: str, rows: Sequence[Row]) -> None:
        folder.mkdir(parents=True)
        write_yaml(folder / "round.yml", self.rounds[year])
        write_yaml(folder / "source.yml", self.cards[year])
        write_csv(folder / "columns.csv", self.columns)
        ids = {row.get("id") for row in rows}
        for name, codings in (("codings", self.codings), ("second_codings", self.second_codings)):
            write_csv(folder / f"{name}.csv", [row for row in codings if row["response_id"] in ids])
        if year == ROUND:
            write_csv(folder / "corrections.csv", self.corrections)
        write_csv(folder / "responses.csv", rows)


def survey_settings(survey_id: str) -> dict[str, Any]:
    return {
        "survey_id": survey_id,
        "title": {"en": "A survey"},
        "publisher": {"en": "The project"},
        "population": {"en": "Made-up municipalities"},
        "languages": ["en"],
        "all_label": {"en": "All"},
        "licence": "CC0",
        "size_classes": [
            {"id": "small", "min": 0, "max": 9999, "label": {"en": "Small"}},
            {"id": "large", "min": 10000, "label": {"en": "Large"}},
        ],
        "size_class_question": "size",
        "municipality_rule": "latest",
        "disclosure": {"min_municipalities": 3, "min_responses": 5},
        "limits": {"quarantined_share": 0.1, "small_base": 1},
    }


def round_settings(year: str) -> dict[str, Any]:
    return {
        "round_id": year,
        "title": {"en": f"Round of {year}"},
        "field_window": {"opens_on": f"{year}-01-01", "closes_on": f"{year}-01-31"},
        "delivery": {"due_on": f"{year}-03-01"},
        "timezone": "Europe/Helsinki",
        "frame": {"division_date": "2022-01-01", "population_date": "2021-12-31", "scope": "all"},
        "files": ["responses.csv"],
        "format": "csv",
        "timestamp_format": "%Y-%m-%d %H:%M:%S",
        "completed_values": ["yes"],
        "duplicates": "keep_last",
        "is_synthetic": True,
    }


def figure(survey_id: str, figure_id: str, statistic: str, value: str, **more: str) -> Row:
    plain = dict.fromkeys(FIGURES, "")
    named = {"survey_id": survey_id, "round_id": ROUND, "figure_id": figure_id, "statistic": statistic}
    given = {"value": value, "document": "The report", "figure_status": "published", "known_discrepancy": ""}
    return plain | {"unit": "response", "breakdown": "all", "breakdown_id": "all"} | named | given | more


FIGURES = tuple(
    (PROJECT_ROOT / "data" / "surveys" / "owal_tyovoiman_ulkopuolella" / "published_figures.csv")
    .read_text(encoding="utf-8")
    .splitlines()[0]
    .split(",")
)


def claim(survey_id: str, claim_id: str, figures: str, round_id: str = ROUND, reason: str = "") -> Row:
    return {
        "survey_id": survey_id, "round_id": round_id, "claim_id": claim_id, "document": "The report", "place": "5",
        "language": "en", "sentence": f"A sentence, {claim_id}", "is_shortened": "1", "figures": figures,
        "not_computable_en": reason,
    }  # fmt: skip


def rule(rule_id: str, kind: str, expression: str) -> Row:
    return {
        "rule_id": rule_id,
        "kind": kind,
        "expression": expression,
        "message_fi": f"{rule_id}.",
        "message_en": f"{rule_id}.",
    }


def write_registry(paths: DataPaths) -> None:
    """Municipalities of two counties and two size classes, and an inventory of systems."""
    folder = paths.registry / "2022-01-01"
    folder.mkdir(parents=True)
    indexed = list(enumerate(codes()))
    write_csv(
        folder / "municipalities.csv",
        [
            {
                "municipality_code": code, "name_en": f"Municipality {code}",
                "is_mainland": str(int(code != codes()[-1])), "county_code": county_of(index),
            }
            for index, code in indexed
        ],
    )  # fmt: skip
    write_csv(
        paths.registry / "areas.csv",
        [
            {"area_level": "county", "area_code": county, "name_en": county.title(), "is_counted": "1"}
            for county in COUNTIES
        ],
    )
    people = [
        {"municipality_code": code, "year": "2021", "population": str(LARGE if is_large(index) else SMALL)}
        for index, code in indexed
    ]
    write_csv(paths.registry / "population.csv", [row | {"municipal_division": "2022-01-01"} for row in people])
    write_csv(
        paths.registry / "foreign_language_share.csv",
        [
            {
                "municipality_code": code, "year": "2021", "foreign_language_pct": "20.0" if is_large(index) else "2.0",
                "municipal_division": "2022-01-01",
            }
            for index, code in indexed
        ],
    )  # fmt: skip
    for card in (folder / "source.yml", paths.registry / "source.yml"):
        write_yaml(card, CARD)
    shutil.copytree(PROJECT_ROOT / "tests" / "pipeline" / "sample" / "systems", paths.root / "systems")


def write_csv(file: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Nothing without rows; what a row has more than the first is written behind it, under no name."""
    if rows:
        names = list(rows[0])
        with file.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(names)
            writer.writerows([*map(row.get, names), *(row[name] for name in row if name not in names)] for row in rows)


def write_yaml(file: Path, content: Mapping[str, Any]) -> None:
    YAML().dump(dict(content), file)
