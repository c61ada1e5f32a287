"""A form as its file describes it: the questions of a codebook before anybody has decided anything of them."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from faults.errors import MARK, FaultList
from ingest.proposals.conditions import Rewriting
from ingest.proposals.headers import as_id
from ingest.proposals.writing import Doubt

FORM_TYPES = Path(__file__).with_name("form_types.csv")
TAG = re.compile(r"</?[A-Za-z][^<>]*>")
Texts = Mapping[str, str]  # by language
FORMS = (
    "an XLSForm (.xlsx), a survey structure of LimeSurvey (.txt), an SPSS file (.sav) or an export of Qualtrics (.csv)"
)
OTHER = {"fi": "Muu", "sv": "Annat", "en": "Other"}


@dataclass(frozen=True)
class Option:
    """An option of a list. A label that begins with ? waits for a person, as every other value here."""

    code: str
    labels: Texts
    is_missing: str = ""


NOT_THERE = (Option(MARK, {}),)  # a list whose options the file does not have


@dataclass(frozen=True)
class Asked:
    """A question, conditions as its tool writes them; `reason` says why its type or id is marked."""

    question_id: str
    type: str
    labels: Texts
    list_name: str = ""
    required: str = ""
    relevant: str = ""
    constraint: str = ""
    min_value: str = ""
    max_value: str = ""
    other_of: str = ""
    group_id: str = ""
    section: str = ""
    reason: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.question_id, *self.labels.values())

    def other(self) -> Asked:
        """The question for the words of those who chose Other."""
        labels = {
            language: f"{text} [{OTHER.get(language, OTHER['en'])}]".strip() for language, text in self.labels.items()
        }
        return Asked(f"{self.question_id}_other", "text", labels, other_of=self.question_id, section=self.section)


@dataclass
class Form:
    """What a file says of a form, what of it a person decides, what is left out, by why, and what else to know."""

    languages: Sequence[str]
    rewriting: Rewriting = ()  # how its tool writes conditions
    title: Texts = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    lists: dict[str, list[Option]] = field(default_factory=dict)
    sections: dict[str, Texts] = field(default_factory=dict)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def leave_out(self, name: str, reason: str) -> None:
        self.left_out.setdefault(reason, []).append(name)

    def add(self, asked: Asked) -> None:
        """Add a question; of two with one id the second is marked."""
        if any(each.question_id == asked.question_id for each in self.asked):
            asked = replace(asked, question_id=MARK + asked.question_id, reason="two questions have this name")
        self.asked.append(asked)

    def add_other(self, list_name: str) -> None:
        """Add the option Other to a list that has none of this code; its label is the tool's own, in its languages."""
        options = self.lists.setdefault(list_name, [])
        if "other" not in {each.code for each in options}:
            options.append(Option("other", {each: OTHER.get(each, MARK + OTHER["en"]) for each in self.languages}))


@dataclass(frozen=True)
class FormType:
    """A line of form_types.csv: what a tool's type of question becomes in a codebook, `each` one of it for every row of
    a grid; why it, or what is beside it or in it, is left out. Options that the tool has for every question of the type
    are code=label, with | between.
    """

    tool: str
    type: str
    becomes: str
    options: str
    reason: str


@cache
def form_types() -> Mapping[tuple[str, str], FormType]:
    """Every line of form_types.csv, by tool and type."""
    with FORM_TYPES.open(encoding="utf-8", newline="") as handle:
        found = [FormType(**row) for row in csv.DictReader(handle)]
    return {(each.tool, each.type): each for each in found}


def add_no_form(file: Path, found: str, advice: str, faults: FaultList) -> None:
    faults.add("no-form", file, "", found, forms=FORMS, advice=advice)


def plain(text: str) -> str:
    """A wording on one line, without markup."""
    return " ".join(html.unescape(TAG.sub(" ", text)).split())


def as_code(text: str) -> str:
    """The code of an option that a file has by its wording."""
    return text if re.fullmatch(r"[^\s?]\S{0,19}", text) else as_id(text)
