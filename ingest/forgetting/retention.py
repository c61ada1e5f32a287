"""How long what people wrote is kept: after that their texts and ids go, the coded answers stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from faults.errors import FaultList
from ingest.codebook.round import IGNORED, Coding, Correction, Round, every_version
from ingest.codebook.survey import Survey
from ingest.forgetting.rewriting import Cells, Change, rewrite
from ingest.landing import privacy
from ingest.landing.inputs import Scope, SurveyInputs, read_inputs
from ingest.landing.responses import ResponseFile, read_responses
from ingest.readers import CsvLayout
from store.paths import DataPaths


@dataclass(frozen=True)
class Due:
    """A response file that holds more than may be kept: how many cells, in which columns, since which day."""

    round_: Round
    file: ResponseFile
    closed_on: date
    due_on: date
    columns: Sequence[str]
    n_cells: int

    @property
    def is_editable(self) -> bool:
        """Only CSV is edited by the program; in other files a person writes REMOVED into the cells."""
        return isinstance(self.round_.settings.layout(), CsvLayout)


def due(paths: DataPaths, today: date) -> list[Due]:
    """The response files, signed ones too, whose texts and ids are kept for longer than their surveys say. Writes no
    input.

    Raises InputFaults.
    """
    faults = FaultList(paths.shown)
    surveys = [each for each in read_inputs(paths, Scope(), faults).surveys if each.survey.settings.retention]
    versions = [(each, version) for each in surveys for own in each.rounds for version in every_version(own, faults)]
    read = [(each, round_, read_responses(round_, faults)) for each, round_ in versions]
    faults.raise_if_any()
    return [
        found
        for each, round_, files in read
        for file in files
        for found in _due_of_file(paths, each, round_, file, today)
    ]


def remove(paths: DataPaths, found: Due) -> None:
    """Take the texts and ids of people out of a CSV file. The warehouse is to be built anew afterwards."""
    layout, round_ = found.round_.settings.layout(), found.round_
    assert isinstance(layout, CsvLayout)
    asked = {use.question_id for use in round_.columns if use.source_column in found.columns}
    remarks = {round_.corrections_file: _without_texts_of(asked)}
    remarks |= dict.fromkeys((round_.codings_file, round_.second_codings_file), _without_hash)
    for path, change in remarks.items():  # before the texts: cut off in between, they are still due
        if path.is_file():
            rewrite(path, CsvLayout(), change)
    rewrite(found.file.path, layout, _change(privacy.of_survey(paths, found.round_.survey_id), found))


def _without_texts_of(asked: AbstractSet[str]) -> Change:
    """Nor is a text of these questions kept in what corrected it."""
    question, *values = (Correction.columns().index(each) for each in ("question_id", "old_value", "new_value"))
    return lambda _, cells: tuple(
        privacy.REMOVED if place in values and cell and cells[question] in asked else cell
        for place, cell in enumerate(cells)
    )


def _without_hash(_: int, cells: Cells) -> Cells:
    """A coding stays without the hash of its text: with the key, short texts can be tried out."""
    place = Coding.columns().index("text_hash")
    return (*cells[:place], *("" for _ in cells[place:]))


def _due_of_file(
    paths: DataPaths, inputs: SurveyInputs, round_: Round, file: ResponseFile, today: date
) -> Iterator[Due]:
    retention, closed_on = inputs.survey.settings.retention, round_.settings.field_window.closes_on
    assert retention is not None
    due_on = closed_on + timedelta(days=retention.texts_days)
    if today < due_on:
        return
    columns = [name for name in file.table.header if _is_personal(round_, inputs.survey, name)]
    found = Due(round_, file, closed_on, due_on, columns, 0)
    change = _change(privacy.of_survey(paths, round_.survey_id), found)
    n_cells = sum(
        old != new
        for row in file.table.rows
        for old, new in zip(row.cells, change(row.line, row.cells) or (), strict=True)
    )
    if n_cells:
        yield Due(round_, file, closed_on, due_on, columns, n_cells)


def _is_personal(round_: Round, survey: Survey, column: str) -> bool:
    """A text, an id of a person, or a column that nobody reads and that may hold anything."""
    fed = [use.question_id for use in round_.columns if use.source_column == column]
    types = {survey.questions_by_id[each].type for each in fed if each in survey.questions_by_id}
    return bool({IGNORED, privacy.RESPONDENT} & {*fed}) or types == {"text"}


def _change(kept: privacy.Privacy, found: Due) -> Change:
    header = found.file.table.header
    respondent = found.round_.source_column(privacy.RESPONDENT, header)

    def change(_: int, cells: Cells) -> Cells:
        if len(cells) != len(header):
            return ("",) * len(cells)  # it fits no column: any cell may be a text
        return tuple(
            _kept_cell(kept, cell, name == respondent) if name in found.columns and cell.strip() else cell
            for name, cell in zip(header, cells, strict=True)
        )

    return change


def _kept_cell(kept: privacy.Privacy, cell: str, is_respondent: bool) -> str:
    return kept.pseudonym(cell) if is_respondent else privacy.REMOVED
