"""Texts of codebooks, rounds and inventory, which are published, in which somebody can be reached or recognised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from faults.errors import FaultList
from ingest.codebook.round import Round
from ingest.codebook.survey import Survey
from ingest.readers.personal_data import check_rows, check_text, texts_in
from ingest.readers.settings import Settings, SettingsPlaces


def check_contacts(survey: Survey, rounds: Iterable[Round], faults: FaultList) -> None:
    """Note each text that the gate would refuse to publish."""
    allowed = survey.settings.allowed_contacts
    _check_settings(survey.places, survey.settings, allowed, faults)
    for path, rows in (
        (survey.questions_file, survey.questions),
        (survey.choices_file, survey.choices),
        (survey.figures_file, survey.figures),
        (survey.claims_file, survey.claims),
        (survey.comparability_file, survey.comparisons),
        (survey.plausibility_file, survey.rules),
        *((round_.decisions_file, round_.decisions) for round_ in rounds),
        *((round_.interviews_file, round_.interviews) for round_ in rounds),
    ):
        check_rows(path, rows, allowed, faults)
    for round_ in rounds:
        _check_settings(round_.places, round_.settings, allowed, faults)


def _check_settings(places: SettingsPlaces, settings: Settings, allowed: Sequence[str], faults: FaultList) -> None:
    for location, text in texts_in(settings.model_dump(by_alias=True, exclude={"allowed_contacts"}), ()):
        check_text(text, allowed, places.path, places.place(location), "", faults)
