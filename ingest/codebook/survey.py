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
    """What tables call the class."""
    min: Whole
    """The fewest inhabitants; the first class begins at 0."""
    max: Whole | None = None
    """The most inhabitants; the last class has none."""
    label: Labels
    """What pages call the class."""


class SizeClassGroup(Settings):
    """A named union of size classes."""

    id: Code
    """What tables call the union."""
    members: Codes
    """The ids of its classes."""
    label: Labels
    """What pages call the union."""


class Roles(Settings):
    """Which choices are the respondents' roles, and in what order they speak for their municipality."""

    list_name: QuestionId
    """The list of choices.csv that holds the roles."""
    lead_order: Codes
    """Every role of the list, the one that speaks first for its municipality first."""


class Section(Settings):
    """A part of the form: its questions in their order, open ones where they are to be seen there. Every closed
    question is in one of them."""

    id: QuestionId
    """The id of the section."""
    title: Labels
    """What pages call the section."""
    questions: Annotated[tuple[QuestionId, ...], Field(min_length=1), ONCE]
    """Its questions in their order."""


class Disclosure(Settings):
    """How few may stand behind a figure of real answers, or with `synthetic` of made-up ones too, as an example."""

    min_municipalities: Whole
    """The fewest municipalities that may stand behind a figure."""
    min_responses: Whole
    """The fewest responses that may stand behind a figure."""
    applies_to: Literal["real", "synthetic"] = "real"
    """Small cells are hidden in rounds of real answers only, or in made-up ones too."""


class Limits(Settings):
    """From where on something is doubtful."""

    quarantined_share: Share
    """The largest share of the rows that may wait for a person."""
    small_base: Whole
    """A share of fewer answers is marked as not reliable."""
    half_width: Share = 0.1
    """The widest half of the interval of a reliable share."""
    agreement: Share = 0.667
    """The least alpha of two coders. Krippendorff (Content Analysis, 2004, p. 241) relies on 0.8 and more, and takes
    0.667 for the lowest of which anything may be concluded."""


class Retention(Settings):
    """For how many days after the field closes the texts of respondents and the ids of people are kept."""

    texts_days: PositiveInt
    """How many days."""


class SurveySettings(Settings):
    """What is true of a survey in every round."""

    survey_id: QuestionId
    """The id of the survey: the name of its folder."""
    title: Labels
    """What the survey is called."""
    publisher: Labels
    """Who publishes its results."""
    population: Labels
    """Of whom its figures tell."""
    funder: Labels | None = None
    """Who pays for it."""
    carried_out_by: Labels | None = None
    """Who carries it out."""
    sent_to: Labels | None = None
    """Whom it was sent to."""
    languages: Languages
    """The languages of all its texts."""
    all_label: Labels | None = None
    """What the row of all municipalities is called; needed in other languages than fi, sv and en."""
    licence: Text
    """The licence of its codebook and answers."""
    size_classes: tuple[SizeClass, ...]
    size_class_groups: tuple[SizeClassGroup, ...] = ()
    roles: Roles | None = None
    breakdowns: Annotated[tuple[QuestionId, ...], ONCE] = ()
    """Questions of one choice that figures are broken down by too."""
    sections: tuple[Section, ...] = ()
    size_class_question: QuestionId | None = None
    """The question in which a municipality reports its own size class: its codes are the ids of the classes."""
    municipality_rule: MunicipalityRule
    """Which of several answers speaks for a municipality: that of its first role, the first option of the list, every
    option that anybody ticked, or the one sent last. Of equal ones the last sent does."""
    none_ticked: Literal["blank", "valid"] = "blank"
    """What it means that no option of a select_multiple is ticked: a blank, or a valid answer of none."""
    ordered_lists: Annotated[tuple[QuestionId, ...], ONCE] = ()
    """Lists whose answers stand in an order, such as never to daily: pages show them in it, others by size."""
    disclosure: Disclosure
    limits: Limits
    retention: Retention | None = None
    allowed_contacts: tuple[Text, ...] = ()
    """Addresses and numbers of offices that may stand in texts which are published."""

    @property
    def label_of_all(self) -> Labels:
        """What the row of all municipalities is called; the program itself has words for it in some languages."""
        return self.all_label or {each: ALL_LABEL[each] for each in self.languages if each in ALL_LABEL}


def _refuse_roster(value: Any) -> Any:
    if value in ("begin_repeat", "end_repeat", "begin repeat", "end repeat"):
        raise refused("repeated-group")
    return value


QuestionType = Annotated[
    Literal["select_one", "select_multiple", "integer", "decimal", "text", "date", "system"],
    BeforeValidator(_refuse_roster),
]


class Question(SourceRow):
    """One question; one that is no longer asked stays."""

    question_id: QuestionId
    """The id of the question: columns.csv, expressions and tables name it so."""
    type: QuestionType
    """What is answered: one or several options, a number, a text, a day, or a system of the inventory."""
    list_name: QuestionId | None
    """The list of its options, in choices.csv or borrowed of practices; of a number a list of codes that mean no
    answer."""
    unit: OptionalText
    """What a number counts."""
    min_value: Number | None
    """The smallest valid number, inclusive."""
    max_value: Number | None
    """The largest valid number, inclusive."""
    soft_min: Number | None
    """A smaller number is valid, and a check tells of it."""
    soft_max: Number | None
    """A larger number is valid, and a check tells of it."""
    required: Flag
    """Whether the form asked for an answer before it could be sent."""
    relevant: OptionalText
    """The condition of whoever is asked it."""
    constraint: OptionalText
    """The condition that a valid answer meets."""
    other_of: QuestionId | None
    """The question whose option for something else this text specifies."""
    group_id: QuestionId | None
    """The grid that it belongs to."""
    severity: Literal["block", "gate", "warn", "info"] | None
    """How grave a doubtful answer is; empty is warn."""
    disclosure: Literal["public_fact", "opinion", "personal"] | None
    """How sensitive the answers are, by which small cells are hidden (docs/privacy.md); empty is opinion."""
    municipality_rule: MunicipalityRule | None
    """The rule of this question, where it is not that of survey.yml."""
    labels: Labels
    """The question as it was worded, in every language of the survey."""
    note: OptionalText
    """A remark on it."""

    @classmethod
    def translated_columns(cls) -> Mapping[str, str]:
        return {"labels": "label"}

    def spellings(self) -> tuple[str, ...]:
        """What a column may be called for this question."""
        return (self.question_id, *filter(None, self.labels.values()))


class Choice(SourceRow):
    """One option of a list, or a code that means no answer."""

    list_name: QuestionId
    """The list that the option belongs to."""
    code: Code
    """What cells and tables call the option."""
    group_code: Code | None
    """The group that print counts it in; in a list with groups every answer is in one."""
    is_missing: Flag
    """Whether it means no answer, and is in no base."""
    is_exclusive: Flag
    """Whether nothing else can be ticked beside it."""
    sort_order: WholeNumber
    """Its place in the list."""
    labels: Labels
    """The option as it was worded, in every language: a cell may say it too."""
    group_labels: Labels
    """The group as it was printed, in every language."""

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
    """One printed figure, which every release is held against. Left out where nothing was printed."""

    survey_id: QuestionId
    """The id of the survey."""
    round_id: FolderName
    """The round that the figure is of."""
    figure_id: Code
    """The id of the figure: claims.csv names it so."""
    document: Text
    """Where it was printed."""
    statistic: Statistic
    """What was printed (dbt_project/seeds/codes.csv says each in words). The rest is all other rows of the breakdown
    together, of a union the classes outside it; differs says that the breakdown matters, and its row is all."""
    question_id: QuestionId | None
    """The question, where the figure is of one."""
    level: Literal["option", "group"] | None
    """Whether the answer is an option, or a group of options."""
    answer: Code | None
    """The code of the answer; several are joined by + where n, pct or a comparison is of units that gave one or more
    of them."""
    than: Code | None = None
    """The answers that above_each compares with, joined by +."""
    unit: Literal["response", "municipality"]
    """What counts once."""
    breakdown: QuestionId
    """By what it is broken down: all, size_class, size_class_group, a level of areas, role, or a question of
    breakdowns."""
    breakdown_id: Code
    """The row of the breakdown; all has the one row all."""
    value: Number
    """The figure as printed; of a comparison 1 where print says so, 0 where it denies it."""
    base_n: Count | None
    """The base as printed."""
    rounding: Rounding | None
    """How print rounded it, or said it in words: words_within_5 is "about", words_nearly "nearly"."""
    figure_status: Literal["published", "reading_uncertain", "approximate"]
    """How surely it was read; what print says in words is approximate."""
    known_discrepancy: OptionalText
    """Why the printed figure cannot be right."""
    note: OptionalText
    """A remark on it."""

    @classmethod
    def optional_columns(cls) -> frozenset[str]:
        return frozenset({"than"})


class Claim(SourceRow):
    """One printed sentence, and the printed figures that it says. Left out where nothing was printed."""

    survey_id: QuestionId
    """The id of the survey."""
    round_id: FolderName
    """The round that the sentence is about."""
    claim_id: Code
    """The id of the sentence."""
    document: Text
    """Where it was printed."""
    place: OptionalText
    """The page or place in the document."""
    language: Language
    """The language that it was printed in."""
    sentence: Text
    """The sentence."""
    is_shortened: Flag
    """Whether it is told shorter than it was printed, or may be: then it is no quotation."""
    figures: Code | None
    """The ids of the figures that it says, joined by +."""
    not_computable: dict[str, OptionalText]
    """Why nothing of it, or not all, can be computed."""

    @classmethod
    def translated_columns(cls) -> Mapping[str, str]:
        return {"not_computable": "not_computable"}

    def figure_ids(self) -> tuple[str, ...]:
        """The figures that the sentence rests on, in their order."""
        return tuple(self.figures.split("+")) if self.figures else ()


class Comparison(SourceRow):
    """What a person decided about comparing a question with the last round before that asked it. May be left out."""

    question_id: QuestionId
    """The question."""
    round_id: FolderName
    """The round that is compared with the one before."""
    earlier_question_id: QuestionId | None
    """The id that the question had in the earlier round, where it was another."""
    comparability: Literal["same", "similar", "broken"]
    """Whether its figures are compared: not where they are broken."""
    reason: Text
    """Why, in a sentence that is published."""


class PlausibilityRule(SourceRow):
    """Answers of one response that cannot go together, or hardly can. May be left out."""

    rule_id: QuestionId
    """The id of the rule."""
    kind: Literal["impossible", "implausible"]
    """Whether such answers cannot go together, or hardly can."""
    expression: Text
    """The condition that such a response meets."""
    messages: dict[str, Text]
    """What a check says of such responses."""

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
