"""A survey as its folder describes it: settings, questions, choices, published figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from faults.errors import FaultList
from ingest.codebook.expressions import Vocabulary
from ingest.readers.cells import (
    ONCE,
    Code,
    Codes,
    Count,
    Flag,
    FolderName,
    Labels,
    Language,
    Languages,
    Number,
    OptionalText,
    PositiveInt,
    QuestionId,
    Share,
    Text,
    Whole,
    WholeNumber,
    refused,
)
from ingest.readers.rows import SourceRow, read_optional_rows, read_rows
from ingest.readers.settings import Settings, SettingsPlaces, read_settings

ALL_LABEL = {"fi": "Kaikki", "sv": "Alla", "en": "All"}
NUMBER_TYPES = ("integer", "decimal")
CLOSED_TYPES = ("select_one", "select_multiple")
QUESTION_TYPES = (*CLOSED_TYPES, *NUMBER_TYPES, "text", "date", "system")

MunicipalityRule = Literal["lead_role", "any_yes", "union", "latest"]


class SizeClass(Settings):
    """A class of municipalities by population; bounds are inclusive, no max means open."""

    id: Code
    min: Whole
    max: Whole | None = None
    label: Labels


class SizeClassGroup(Settings):
    """A named union of size classes."""

    id: Code
    members: Codes
    label: Labels


class Roles(Settings):
    """Which choices are the respondents' roles, and in what order they speak for their municipality."""

    list_name: QuestionId
    lead_order: Codes


class Section(Settings):
    """A part of the form: its questions in their order, open ones where they are to be seen there."""

    id: QuestionId
    title: Labels
    questions: Annotated[tuple[QuestionId, ...], Field(min_length=1), ONCE]


class Disclosure(Settings):
    """How few may stand behind a figure of real answers, or with `synthetic` of made-up ones too, as an example."""

    min_municipalities: Whole
    min_responses: Whole
    applies_to: Literal["real", "synthetic"] = "real"


class Limits(Settings):
    """quarantined_share: 0-1 of the rows; small_base: answers; half_width: 0-1, of the interval of a reliable share;
    agreement: the least alpha of two coders. Krippendorff (Content Analysis, 2004, p. 241) relies on 0.8 and more, and
    takes 0.667 for the lowest of which anything may be concluded."""

    quarantined_share: Share
    small_base: Whole
    half_width: Share = 0.1
    agreement: Share = 0.667


class Retention(Settings):
    """For how many days after the field closes the texts of respondents and the ids of people are kept."""

    texts_days: PositiveInt


class SurveySettings(Settings):
    """survey.yml."""

    survey_id: QuestionId
    title: Labels
    publisher: Labels
    population: Labels
    funder: Labels | None = None
    carried_out_by: Labels | None = None
    sent_to: Labels | None = None
    languages: Languages
    all_label: Labels | None = None
    licence: Text
    size_classes: tuple[SizeClass, ...]
    size_class_groups: tuple[SizeClassGroup, ...] = ()
    roles: Roles | None = None
    breakdowns: Annotated[tuple[QuestionId, ...], ONCE] = ()
    sections: tuple[Section, ...] = ()
    size_class_question: QuestionId | None = None
    municipality_rule: MunicipalityRule
    none_ticked: Literal["blank", "valid"] = "blank"
    ordered_lists: Annotated[tuple[QuestionId, ...], ONCE] = ()  # from little to much, never to daily
    disclosure: Disclosure
    limits: Limits
    retention: Retention | None = None
    allowed_contacts: tuple[Text, ...] = ()

    @property
    def label_of_all(self) -> Labels:
        """What the row of all municipalities is called; the program itself has words for it in some languages."""
        return self.all_label or {each: ALL_LABEL[each] for each in self.languages if each in ALL_LABEL}


def _refuse_roster(value: Any) -> Any:
    if value in ("begin_repeat", "end_repeat", "begin repeat", "end repeat"):
        raise refused(
            "repeated-group",
            "Each question is asked once of a respondent; groups that repeat (rosters) are not supported.",
            "Ask them as questions of their own, or as a survey of its own.",
        )
    return value


QuestionType = Annotated[
    Literal["select_one", "select_multiple", "integer", "decimal", "text", "date", "system"],
    BeforeValidator(_refuse_roster),
]


class Question(SourceRow):
    """One question of questions.csv."""

    question_id: QuestionId
    type: QuestionType
    list_name: QuestionId | None
    unit: OptionalText
    min_value: Number | None
    max_value: Number | None
    soft_min: Number | None
    soft_max: Number | None
    required: Flag
    relevant: OptionalText
    constraint: OptionalText
    other_of: QuestionId | None
    group_id: QuestionId | None
    severity: Literal["block", "gate", "warn", "info"] | None
    disclosure: Literal["public_fact", "opinion", "personal"] | None
    municipality_rule: MunicipalityRule | None
    labels: Labels
    note: OptionalText

    @classmethod
    def translated_columns(cls) -> Mapping[str, str]:
        return {"labels": "label"}

    def spellings(self) -> tuple[str, ...]:
        """What a column may be called for this question."""
        return (self.question_id, *filter(None, self.labels.values()))


class Choice(SourceRow):
    """One option of choices.csv."""

    list_name: QuestionId
    code: Code
    group_code: Code | None
    is_missing: Flag
    is_exclusive: Flag
    sort_order: WholeNumber
    labels: Labels
    group_labels: Labels

    @classmethod
    def translated_columns(cls) -> Mapping[str, str]:
        return {"labels": "label", "group_labels": "group_label"}

    def spellings(self) -> tuple[str, ...]:
        """What a cell may say for this option without a recode."""
        return (self.code, *filter(None, self.labels.values()))


Statistic = Literal[
    "n", "pct", "base_n", "n_responses", "n_municipalities", "n_counties", "n_frame",
    "n_municipalities_without_response", "n_municipalities_with_one_response", "responses_per_municipality",
    "response_rate_pct", "foreign_language_coverage_pct", "n_distinct_systems", "is_max", "is_min", "in_top_4",
    "more_than_rest", "less_than_rest", "above_each", "differs",
]  # fmt: skip
Rounding = Literal[
    "half_up_0", "half_up_1", "largest_remainder_0", "words_within_5", "words_nearly", "words_nearly_all", "at_least",
]  # fmt: skip


class PublishedFigure(SourceRow):
    """One printed figure of published_figures.csv. `value` is text as printed; `answer` may join several by +, and
    `than` those that the answer is above."""

    survey_id: QuestionId
    round_id: FolderName
    figure_id: Code
    document: Text
    statistic: Statistic
    question_id: QuestionId | None
    level: Literal["option", "group"] | None
    answer: Code | None
    than: Code | None = None
    unit: Literal["response", "municipality"]
    breakdown: QuestionId
    breakdown_id: Code
    value: Number
    base_n: Count | None
    rounding: Rounding | None
    figure_status: Literal["published", "reading_uncertain", "approximate"]
    known_discrepancy: OptionalText
    note: OptionalText

    @classmethod
    def optional_columns(cls) -> frozenset[str]:
        return frozenset({"than"})


class Claim(SourceRow):
    """One printed sentence of claims.csv, and the printed figures that it says, joined by +."""

    survey_id: QuestionId
    round_id: FolderName
    claim_id: Code
    document: Text
    place: OptionalText
    language: Language
    sentence: Text
    is_shortened: Flag
    figures: Code | None
    not_computable: dict[str, OptionalText]

    @classmethod
    def translated_columns(cls) -> Mapping[str, str]:
        return {"not_computable": "not_computable"}

    def figure_ids(self) -> tuple[str, ...]:
        """The figures that the sentence rests on, in their order."""
        return tuple(self.figures.split("+")) if self.figures else ()


class Comparison(SourceRow):
    """What a person decided about comparing a question, from one round on, with the last round before that asked it;
    earlier_question_id when it had another id then."""

    question_id: QuestionId
    round_id: FolderName
    earlier_question_id: QuestionId | None
    comparability: Literal["same", "similar", "broken"]
    reason: Text


class PlausibilityRule(SourceRow):
    """Answers of one response that cannot go together, or hardly can: the expression holds for such a response."""

    rule_id: QuestionId
    kind: Literal["impossible", "implausible"]
    expression: Text
    messages: dict[str, Text]

    @classmethod
    def translated_columns(cls) -> Mapping[str, str]:
        return {"messages": "message"}


@dataclass(frozen=True)
class Survey:
    """One survey. With faults noted it serves further checks only; it must not be loaded."""

    folder: Path
    settings: SurveySettings
    places: SettingsPlaces
    questions: Sequence[Question]
    choices: Sequence[Choice]
    figures: Sequence[PublishedFigure]
    claims: Sequence[Claim]
    comparisons: Sequence[Comparison]
    rules: Sequence[PlausibilityRule]
    borrowed: Mapping[Path, Sequence[Choice]] = field(
        default_factory=dict
    )  # options that stand in other files, by file

    @property
    def survey_id(self) -> str:
        return self.settings.survey_id

    @property
    def questions_file(self) -> Path:
        return self.folder / "questions.csv"

    @property
    def choices_file(self) -> Path:
        return self.folder / "choices.csv"

    @property
    def figures_file(self) -> Path:
        return self.folder / "published_figures.csv"

    @property
    def claims_file(self) -> Path:
        return self.folder / "claims.csv"

    @property
    def comparability_file(self) -> Path:
        return self.folder / "comparability.csv"

    @property
    def plausibility_file(self) -> Path:
        return self.folder / "plausibility.csv"

    @cached_property
    def questions_by_id(self) -> Mapping[str, Question]:
        return {question.question_id: question for question in self.questions}

    @property
    def in_form_order(self) -> Sequence[Question]:
        """The questions as the sections have them, then those in none, in the order of the file."""
        order = [question_id for section in self.settings.sections for question_id in section.questions]
        place = {question_id: number for number, question_id in enumerate(order)}
        return sorted(self.questions, key=lambda question: place.get(question.question_id, len(place)))

    @property
    def options(self) -> Mapping[Path, Sequence[Choice]]:
        """The choices by the file that they stand in, those of the survey's own last."""
        return {**self.borrowed, self.choices_file: self.choices}

    @cached_property
    def lists(self) -> Mapping[str, Sequence[Choice]]:
        """The choices of each list, in the order of their files; a line without a code is told, and is none."""
        lists: dict[str, list[Choice]] = defaultdict(list)
        for choice in filter(lambda each: each.code, chain(*self.options.values())):
            lists[choice.list_name].append(choice)
        return lists

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What expressions may speak of."""
        codes = {name: frozenset(choice.code for choice in choices) for name, choices in self.lists.items()}
        return Vocabulary(self.questions_by_id, codes, none_is_answer=self.settings.none_ticked == "valid")

    def choices_of(self, question: Question | None) -> Sequence[Choice]:
        """The options of a question, in the order of the file; none of one without a list."""
        return self.lists.get(question.list_name or "", ()) if question else ()

    def codes(self, list_name: str | None) -> frozenset[str]:
        """The codes of a list; empty for an unknown one."""
        return self.vocabulary.codes.get(list_name or "", frozenset())

    def recoded_list(self, name: str) -> str:
        """The list whose answers are recoded under this name: those of the roles have a second one."""
        return self.settings.roles.list_name if name == "_role" and self.settings.roles else name

    def other_option(self, list_name: str, spelling: str, code: str) -> Choice | None:
        """The option that a spelling is a code or label of, where it is another than the one with this code."""
        choices = self.lists.get(list_name, ())
        return next((each for each in choices if spelling in each.spellings() and each.code != code), None)

    def group_codes(self, list_name: str | None) -> frozenset[str]:
        """The codes of the printed groups of a list."""
        return frozenset(choice.group_code for choice in self.lists.get(list_name or "", ()) if choice.group_code)


def read_survey(folder: Path, faults: FaultList) -> Survey | None:
    """A survey's own files, each row checked by itself; None when one of them cannot be read at all."""
    settings = read_settings(folder / "survey.yml", SurveySettings, faults)
    languages = settings[0].languages if settings is not None else ()
    questions = read_rows(folder / "questions.csv", Question, faults, languages=languages)
    choices = read_rows(folder / "choices.csv", Choice, faults, languages=languages)
    figures = read_optional_rows(folder / "published_figures.csv", PublishedFigure, faults)
    claims = read_optional_rows(folder / "claims.csv", Claim, faults, languages)
    comparisons = read_optional_rows(folder / "comparability.csv", Comparison, faults)
    rules = read_optional_rows(folder / "plausibility.csv", PlausibilityRule, faults)
    if settings is None or questions is None or choices is None:
        return None
    if figures is None or claims is None or comparisons is None or rules is None:
        return None
    return Survey(folder, *settings, questions, choices, figures, claims, comparisons, rules)
