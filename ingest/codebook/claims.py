"""Whether the printed sentences rest on figures that the survey has, and say why where they are not computable."""

from __future__ import annotations

from collections import Counter

from faults.errors import FaultList
from faults.suggestions import did_you_mean, listed, quoted
from ingest.codebook.survey import Claim, Survey
from ingest.readers.rows import check_unique


def check_claims(survey: Survey, faults: FaultList) -> None:
    """Note every sentence that is of another survey, rests on nothing, or on a figure that is not there."""
    check_unique(survey.claims_file, survey.claims, ("claim_id",), faults)
    for claim in survey.claims:
        _check_survey_id(survey, claim, faults)
        _check_figures(survey, claim, faults)
        _check_reason(survey, claim, faults)


def _check_survey_id(survey: Survey, claim: Claim, faults: FaultList) -> None:
    if claim.survey_id != survey.folder.name:
        found = f"There is no survey {quoted(claim.survey_id)}."
        own = quoted(survey.folder.name)
        faults.add("unknown-survey-id", survey.claims_file, claim.at("survey_id"), found, folder=own)


def _check_figures(survey: Survey, claim: Claim, faults: FaultList) -> None:
    known = [figure.figure_id for figure in survey.figures if figure.round_id == claim.round_id]
    for figure_id, n in Counter(claim.figure_ids()).items():
        if figure_id not in known:
            found = f"There is no figure {quoted(figure_id)} of the round {claim.round_id}."
            near = did_you_mean(figure_id, known)
            faults.add("unknown-figure", survey.claims_file, claim.at("figures"), found, advice=near)
        elif n > 1:
            found = f"The figure {quoted(figure_id)} is named {n} times."
            faults.add("repeated-figure", survey.claims_file, claim.at("figures"), found)


def _check_reason(survey: Survey, claim: Claim, faults: FaultList) -> None:
    """A sentence that rests on nothing says why; a reason is there in each language or in none."""
    given = [language for language, text in claim.not_computable.items() if text]
    missing = [language for language in claim.not_computable if language not in given]
    if missing and (given or not claim.figures):
        found = (
            f"Why the sentence is not computable is not said in {listed(missing)}."
            if given
            else "The sentence names no figure, and no reason."
        )
        faults.add("missing-reason", survey.claims_file, claim.at(f"not_computable_{missing[0]}"), found)
