"""Texts of codebooks, rounds and inventory, which are published, in which somebody can be reached or recognised."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ingest.errors import FaultList, line_place
from ingest.personal_data import kinds_in
from ingest.round import Round
from ingest.rows import SourceRow, column_of
from ingest.settings import Settings, SettingsPlaces
from ingest.suggestions import listed, quoted
from ingest.survey import Survey


def check_contacts(survey: Survey, rounds: Iterable[Round], faults: FaultList) -> None:
    """Note each text that the gate would refuse to publish."""
    allowed = survey.settings.allowed_contacts
    _check_settings(survey.places, survey.settings, allowed, faults)
    for path, rows in (
        (survey.questions_file, survey.questions),
        (survey.choices_file, survey.choices),
        (survey.figures_file, survey.figures),
        (survey.comparability_file, survey.comparisons),
        (survey.plausibility_file, survey.rules),
        *((round_.decisions_file, round_.decisions) for round_ in rounds),
    ):
        check_rows(path, rows, allowed, faults)
    for round_ in rounds:
        _check_settings(round_.places, round_.settings, allowed, faults)


def check_rows(
    path: Path,
    rows: Sequence[SourceRow],
    allowed: Sequence[str],
    faults: FaultList,
    place: Callable[[int, str], str] = line_place,
) -> None:
    """Note each text of a table that looks like personal data."""
    for row in rows:
        question = getattr(row, "question_id", None)
        of = f" of the question {quoted(question)}" if question else ""
        for location, text in _texts_in(row.values(), ()):
            _check_text(text, allowed, path, place(row.line, column_of(type(row), location)), of, faults)


def _check_settings(places: SettingsPlaces, settings: Settings, allowed: Sequence[str], faults: FaultList) -> None:
    for location, text in _texts_in(settings.model_dump(by_alias=True, exclude={"allowed_contacts"}), ()):
        _check_text(text, allowed, places.path, places.place(location), "", faults)


def _texts_in(value: Any, location: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield location, value
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, tuple) else ()
    for step, each in inner:
        yield from _texts_in(each, (*location, step))


def _check_text(text: str, allowed: Sequence[str], path: Path, place: str, of: str, faults: FaultList) -> None:
    if kinds := list(kinds_in(text, allowed)):
        faults.add(
            "personal-data",
            path,
            place,
            found=f"The text{of} looks like personal data ({listed(kinds)}).",
            expected="Nobody can be reached or recognised by a text that is published.",
            advice="Take it out. The contact of an office may stay: write it, as it stands in the text, "
            "into allowed_contacts of survey.yml.",
        )
