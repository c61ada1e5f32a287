"""What is to be coded: the texts of a question, the codes, and what has been coded so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from faults.errors import FaultList
from faults.suggestions import did_you_mean, listed, quoted
from faults.told import WrongUsage
from ingest.codebook.round import Coding, Round
from ingest.codebook.round_checks import codable_questions, texts_of_round
from ingest.codebook.survey import Choice, Question, Survey
from ingest.landing import privacy
from ingest.landing.inputs import Scope, read_inputs
from ingest.landing.privacy import REMOVED, Privacy
from ingest.landing.responses import read_responses
from ingest.landing.texts import texts_of
from store.paths import DataPaths

Codes = tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """The texts of one question of a round as they are delivered now, for one of two coders."""

    survey: Survey
    round_: Round
    kept: Privacy
    question_id: str
    coded_as: Question
    texts: Mapping[str, str]
    is_second: bool

    @property
    def file(self) -> Path:
        """What this coder has read, in the folder of the round."""
        return self.round_.second_codings_file if self.is_second else self.round_.codings_file

    @property
    def codings(self) -> Sequence[Coding]:
        return self.round_.second_codings if self.is_second else self.round_.codings

    @cached_property
    def choices(self) -> Sequence[Choice]:
        return sorted(self.survey.choices_of(self.coded_as), key=lambda choice: int(choice.sort_order))

    def hash_of(self, response_id: str) -> str | None:
        return self.kept.text_hash(self.round_, response_id, self.question_id, self.texts[response_id])

    def is_own(self, coding: Coding) -> bool:
        """Whether a line is of this question, coded as that one."""
        return (coding.question_id, coding.coded_question_id) == (self.question_id, self.coded_as.question_id)

    @cached_property
    def coded(self) -> Mapping[str, Codes]:
        """The codes of each text that was coded as it stands now; none where it has none of them."""
        found: dict[str, list[str]] = {}
        for coding in filter(self.is_own, self.codings):
            id_ = coding.response_id
            if id_ in self.texts and coding.text_hash in (None, self.hash_of(id_)):
                found.setdefault(id_, []).extend(filter(None, [coding.code]))
        return {response_id: tuple(codes) for response_id, codes in found.items()}


def find_task(paths: DataPaths, key: str, question_id: str, coded_as: str | None, *, is_second: bool) -> Task:
    """The texts of a question of a round (survey/round), as they are delivered now. Raises InputFaults and
    WrongUsage."""
    faults = FaultList(paths.shown)
    inputs = read_inputs(paths, Scope([key.split("/")[0]], [key], as_delivered=True), faults)
    read = [(each.survey, own, read_responses(own, faults)) for each in inputs.surveys for own in each.rounds]
    faults.raise_if_any()
    ((survey, round_, files),) = read
    _check_question(survey, round_, question_id)
    kept = privacy.of_survey(paths, survey.survey_id)
    texts = texts_of(round_, [kept.kept(round_, file) for file in files], question_id)
    written = {response_id: text for response_id, text in texts.items() if text and text != REMOVED}
    if not written:
        raise WrongUsage(
            f"{key} has no text of {quoted(question_id)} to be coded: nothing was written, or it is not kept any more."
        )
    return Task(survey, round_, kept, question_id, _coded_as(survey, round_, question_id, coded_as), written, is_second)


def _check_question(survey: Survey, round_: Round, question_id: str) -> None:
    texts = texts_of_round(round_, survey)
    if question_id not in texts:
        offer = did_you_mean(question_id, texts) or f"There are: {listed(sorted(texts)) or 'none'}."
        raise WrongUsage(f"{quoted(question_id)} is no text question that {round_.key} asks. {offer}")
    if "_response_id" not in round_.uses:
        raise WrongUsage(f"{round_.key} has no response ids: nobody could say which text a code is of.")


def _coded_as(survey: Survey, round_: Round, question_id: str, asked: str | None) -> Question:
    """The question that publishes the codes: the one asked for, the one that the text is coded as, or the only one."""
    there_are = codable_questions(round_, survey)
    used = {each.coded_question_id for each in round_.codings if each.question_id == question_id}
    of_others = {each.coded_question_id for each in round_.codings if each.question_id != question_id}
    chosen = {asked} if asked else used & there_are.keys() or there_are.keys() - of_others
    if len(chosen) == 1 and chosen <= there_are.keys():
        return there_are[chosen.pop()]
    to_do = f"{listed(sorted(there_are))}. Name one: --as QUESTION" if there_are else "none. Add one."
    raise WrongUsage(
        f"{quoted(question_id)} of {round_.key} is coded as a select_multiple of questions.csv that the round has no "
        f"column of, and {f'{quoted(asked)} is none' if asked else 'which one is not said'}. There are: {to_do}"
    )
