"""Everything that one load reads, with every check; nothing here writes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from faults.errors import UNDECIDED, Fault, FaultList
from faults.suggestions import among, quoted
from ingest.codebook.borrowing import with_borrowed
from ingest.codebook.conditions import Condition, survey_conditions
from ingest.codebook.contacts import check_contacts
from ingest.codebook.round import Round, read_round
from ingest.codebook.round_checks import check_round, compile_eligible
from ingest.codebook.rounds import round_folder, round_folders, round_keys, split_key, survey_folders
from ingest.codebook.survey import Survey, read_survey
from ingest.codebook.survey_checks import check_survey
from ingest.reference.practices import Practices, read_practices
from ingest.reference.registry import Registry, read_registry
from ingest.reference.sources import SourceFile, describe_files
from ingest.reference.systems import Systems, read_systems
from store.paths import DataPaths


@dataclass(frozen=True)
class Scope:
    """Which surveys and rounds to read: None means all of them. Signed rounds may be read as delivered."""

    surveys: Collection[str] | None = None
    keys: Collection[str] | None = None
    as_delivered: bool = False

    def has_survey(self, survey_id: str) -> bool:
        return self.surveys is None or survey_id in self.surveys

    def has_round(self, key: str) -> bool:
        return self.keys is None or key in self.keys


@dataclass(frozen=True)
class SurveyInputs:
    """A survey with its compiled expressions and its rounds."""

    survey: Survey
    conditions: Sequence[Condition]
    rounds: Sequence[Round]


@dataclass(frozen=True)
class Inputs:
    """The sources. With faults noted they must not be loaded."""

    registry: Registry | None
    systems: Systems | None
    practices: Practices | None
    surveys: Sequence[SurveyInputs]

    @property
    def rounds(self) -> list[Round]:
        return [round_ for each in self.surveys for round_ in each.rounds]


def chosen_scope(paths: DataPaths, survey: str | None, round_id: str | None, faults: FaultList) -> Scope:
    """The scope that a person asked for; an unknown name is a fault that offers the nearest one."""
    surveys = [folder.name for folder in survey_folders(paths)]
    if survey is not None and survey not in surveys:
        _add_unknown(paths.surveys, "survey", survey, surveys, faults)
        return Scope((), ())
    if round_id is None:
        return Scope(None if survey is None else [survey])
    keys = [key for key in round_keys(paths) if survey is None or split_key(key)[0] == survey]
    chosen = [key for key in keys if split_key(key)[1] == round_id]
    if not chosen:
        _add_unknown(paths.surveys, "round", round_id, [split_key(key)[1] for key in keys], faults)
    return Scope([split_key(key)[0] for key in chosen], chosen)


def _add_unknown(folder: Path, thing: str, name: str, known: Iterable[str], faults: FaultList) -> None:
    known = sorted(set(known))
    faults.add("unknown-folder", folder, "", f"There is no {thing} {quoted(name)}.", **among(name, known))


def scope_of_rounds(paths: DataPaths, keys: Collection[str], faults: FaultList) -> Scope:
    """The scope of some rounds, and of the surveys that have no rounds: nobody else would load their codebooks."""
    known = round_keys(paths)
    for key in sorted(set(keys) - set(known)):
        _add_unknown(paths.surveys, "round", key, known, faults)
    without_rounds = surveys_without_rounds(paths)
    ready = {*without_rounds} - drafts(paths, without_rounds).keys()
    return Scope({split_key(key)[0] for key in keys} | ready, keys)


def surveys_without_rounds(paths: DataPaths) -> list[str]:
    """The surveys whose codebook is all there is of them."""
    return [folder.name for folder in survey_folders(paths) if not round_folders(folder)]


def drafts(paths: DataPaths, keys: Iterable[str]) -> dict[str, list[Fault]]:
    """Those of the rounds (survey/round) and surveys in whose files or codebook values wait for a person, with what is
    told of each such value. What else may be wrong with a draft is for `validate` to tell."""

    def marks(read: Callable[[FaultList], object]) -> list[Fault]:
        faults = FaultList(paths.shown)
        read(faults)
        return [fault for fault in faults if fault.code == UNDECIDED]

    def of_key(key: str) -> list[Fault]:
        survey_id, round_id = split_key(key)
        of_round = marks(partial(read_round, survey_id, round_folder(paths, key))) if round_id else []
        return of_survey(survey_id) + of_round

    of_survey = cache(lambda survey_id: marks(partial(read_survey, paths.surveys / survey_id)))
    return {key: found for key in keys if (found := of_key(key))}


def read_inputs(paths: DataPaths, scope: Scope, faults: FaultList) -> Inputs:
    """Registry, inventory, practices, and the surveys and rounds in scope; response files are read by themselves."""
    registry, systems = read_registry(paths, faults), read_systems(paths, faults)
    practices = read_practices(paths, registry, faults)
    surveys = [
        read
        for folder in survey_folders(paths)
        if scope.has_survey(folder.name)
        and (read := _read_survey(folder, scope, registry, systems, practices, faults)) is not None
    ]
    return Inputs(registry, systems, practices, surveys)


def _read_survey(
    folder: Path,
    scope: Scope,
    registry: Registry | None,
    systems: Systems | None,
    practices: Practices | None,
    faults: FaultList,
) -> SurveyInputs | None:
    survey = read_survey(folder, faults)
    rounds = [
        round_
        for round_folder in round_folders(folder)
        if scope.has_round(f"{folder.name}/{round_folder.name}")
        and (round_ := read_round(folder.name, round_folder, faults, as_delivered=scope.as_delivered)) is not None
    ]
    survey = with_borrowed(survey, practices) if survey else None
    if survey is None:
        return None
    check_survey(survey, registry, systems, faults)
    for round_ in rounds:
        check_round(round_, survey, registry, systems, faults)
    check_contacts(survey, rounds, faults)
    unmatched = survey.settings.limits.quarantined_share
    compiled = [
        replace(round_, eligible=compile_eligible(round_, survey, faults), unmatched_share=unmatched)
        for round_ in rounds
    ]
    return SurveyInputs(survey, survey_conditions(survey, faults), compiled)


def survey_sources(survey: Survey) -> tuple[SourceFile, ...]:
    """The files of a survey's codebook."""
    counts = {
        survey.folder / "survey.yml": None,
        survey.questions_file: len(survey.questions),
        survey.choices_file: len(survey.choices),
        survey.figures_file: len(survey.figures),
        survey.claims_file: len(survey.claims),
        survey.comparability_file: len(survey.comparisons),
        survey.plausibility_file: len(survey.rules),
    }
    return describe_files(counts, "codebook", None, survey.survey_id)


def round_sources(round_: Round) -> tuple[SourceFile, ...]:
    """The files that describe a round."""
    counts = {
        round_.places.path: None,
        round_.columns_file: len(round_.columns) + len(round_.not_offered),
        round_.recodes_file: len(round_.recodes),
        round_.members_file: len(round_.members),
        round_.corrections_file: len(round_.corrections),
        round_.codings_file: len(round_.codings),
        round_.interviews_file: len(round_.interviews),
        round_.second_codings_file: len(round_.second_codings),
        round_.decisions_file: len(round_.decisions),
        **({round_.weights_file: None} if round_.weights_file else {}),
        **{each.card_file: None for each in round_.sign_offs},
    }
    return describe_files(counts, "codebook", round_.card_as_read, round_.survey_id, round_.round_id)
