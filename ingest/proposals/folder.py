"""The drafted folder of a round: written whole beside its place, then put there by a rename; never over another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from faults.errors import MARK, FaultList
from faults.suggestions import did_you_mean, listed, quoted
from ingest.codebook.round import NOT_OFFERED, TIMESTAMP_NAMES, USUAL_DATE_FORMAT, ColumnUse, Recode, Round, read_round
from ingest.codebook.round_checks import check_round
from ingest.codebook.rounds import round_folder, round_folders, survey_folders
from ingest.codebook.survey import Survey
from ingest.landing.inputs import Inputs, Scope, read_inputs
from ingest.proposals.columns import known_names, propose_columns, tools_columns
from ingest.proposals.headers import KnownHeader
from ingest.proposals.options import Proposed
from ingest.proposals.reading import Export, are_iso, date_formats, dates_in, read_export, timestamp_formats
from ingest.proposals.values import ProposedRecode, propose_recodes
from ingest.proposals.writing import Doubt, Draft, csv_text, write_folder, yaml_text
from ingest.readers.cells import FolderName, is_valid
from ingest.readers.files import is_plain_file
from ingest.reference.registry import Registry
from store.fingerprint import file_sha256
from store.paths import DataPaths

DECIMAL = re.compile(r"[+-]?[0-9]+(?P<sign>[.,])[0-9]+")
USUAL_TIMEZONE = "Europe/Helsinki"
IN_FIELD = {"opens_on": MARK, "closes_on": MARK}
FRAME = {"division_date": MARK, "population_date": MARK, "scope": MARK}


def draft_round(
    paths: DataPaths, survey_id: str, round_id: str, file: Path, today: date, faults: FaultList
) -> Draft | None:
    """Make the folder of a new round from an export file; None with faults, and nothing is written then."""
    if not _is_possible(paths, survey_id, round_id, file, faults):
        return None
    file = file.resolve() if file.is_symlink() else file  # a person named it, and sees where it leads
    folder = round_folder(paths, f"{survey_id}/{round_id}")
    inputs = read_inputs(paths, Scope([survey_id], ()), faults)
    if not is_plain_file(file, faults) or inputs.registry is None or inputs.systems is None or not inputs.surveys:
        return None
    survey = inputs.surveys[0].survey
    earlier, left_out = _earlier_rounds(survey, inputs)
    before = [use for round_ in earlier[-1:] for use in (*round_.columns, *round_.not_offered)]
    export = read_export(file, faults, known_names(survey, before))
    if export is None or len(faults):
        return None
    columns = propose_columns(export, survey, before, _wordings_of(earlier, export))
    known = [recode for round_ in earlier for recode in round_.recodes]
    recodes = propose_recodes(export, columns, survey, inputs.registry, inputs.systems, known)
    settings, doubts = _settings(export, survey, round_id, columns, inputs.registry)
    name = f"responses{file.suffix.lower()}"
    texts = {
        "round.yml": yaml_text(settings | {"files": [name]}),
        "columns.csv": csv_text(ColumnUse.columns(), columns),
        "recodes.csv": csv_text(Recode.columns(), recodes),
        "source.yml": yaml_text(_card(name, file, today)),
    }
    write_folder(folder, texts, {name: file})
    all_doubts = [*_doubts_of_columns(columns), *_doubts_of_recodes(recodes), *doubts, *CARD_DOUBTS]
    remarks = [f"Nothing was taken from {name}: it has faults, or places to decide." for name in left_out]
    return Draft(folder, f"{survey_id}/{round_id}", f"{len(export.table.header)} columns", all_doubts, remarks)


def _is_possible(paths: DataPaths, survey_id: str, round_id: str, file: Path, faults: FaultList) -> bool:
    surveys = [each.name for each in survey_folders(paths)]
    folder = round_folder(paths, f"{survey_id}/{round_id}")
    if not is_valid(FolderName, round_id):
        faults.add("wrong-id-of-round", paths.surveys / survey_id, "", f"The id of the round is {quoted(round_id)}.")
    elif survey_id not in surveys:
        found, near = f"There is no survey {quoted(survey_id)}.", did_you_mean(survey_id, surveys)
        faults.add("unknown-survey", paths.surveys, "", found, advice=near, survey_id=survey_id)
    elif folder.exists():
        faults.add("round-exists", folder, "", "The round has a folder.")
    elif not file.is_file():
        faults.add("missing-export", file, "", "There is no such file.")
    return not len(faults)


def _earlier_rounds(survey: Survey, inputs: Inputs) -> tuple[list[Round], list[str]]:
    """The rounds to learn from, in their order, and those that have faults, or are drafts that nobody decided yet."""
    sound, left_out = [], []
    for folder in round_folders(survey.folder):
        faults = FaultList()
        round_ = read_round(survey.survey_id, folder, faults)
        if round_ is not None:
            check_round(round_, survey, inputs.registry, inputs.systems, faults)
        if round_ is None or len(faults):
            left_out.append(f"{survey.survey_id}/{folder.name}")
        else:
            sound.append(round_)
    return sorted(sound, key=lambda round_: round_.settings.field_window.opens_on), left_out


def _wordings_of(earlier: Sequence[Round], export: Export) -> Mapping[str, str]:
    """What the file of the last round said of its columns, where the new one says it too."""
    files = [path for round_ in earlier[-1:] for path in round_.response_files if is_plain_file(path, FaultList())]
    before = read_export(files[0], FaultList()) if files and export.table.wordings else None
    return before.table.wordings if before else {}


def _settings(
    export: Export, survey: Survey, round_id: str, columns: Sequence[Proposed], registry: Registry
) -> tuple[dict[str, Any], list[Doubt]]:
    """round.yml, and what is left to decide in it."""
    tools = tools_columns(export)
    settings: dict[str, Any] = {
        "round_id": round_id,
        "title": dict.fromkeys(survey.settings.languages, MARK),
        "field_window": IN_FIELD,
        "timezone": _timezone(export, columns, tools),
        "frame": FRAME,
        "files": [],
        **export.settings(),
        "decimal_sign": _decimal_sign(_cells_of(export, survey, columns, "decimal")),
    }
    doubts = [
        Doubt("round.yml", "title, field_window", "the file does not say them"),
        Doubt("round.yml", "frame", _frames(registry)),
        Doubt("round.yml", "is_synthetic", "true only when every answer is made up"),
    ]
    forms = {
        "timestamp_format": _timestamp_format(export, columns),
        "date_format": _date_format(_cells_of(export, survey, columns, "date")),
    }
    settings |= {name: form for name, form in forms.items() if form}
    doubts += [
        Doubt("round.yml", name, reason) for name, reason in TOLD_BY_THE_FILE.items()
        if str(settings.get(name)).startswith(MARK)
    ]  # fmt: skip
    states, doubts_of_states = _states(export, columns, tools)
    return settings | states | {"duplicates": "keep_all", "is_synthetic": MARK}, doubts + doubts_of_states


def _timezone(export: Export, columns: Sequence[Proposed], tools: Mapping[str, KnownHeader]) -> str:
    """The zone that the file names, or that the tool writes its times in."""
    used = [tools[line.source_column] for line in columns if line.source_column in tools and line.is_reserved]
    named = next((header.timezone for header in used if header.timezone), MARK + USUAL_TIMEZONE)
    return export.timezone or named


def _states(
    export: Export, columns: Sequence[Proposed], tools: Mapping[str, KnownHeader]
) -> tuple[dict[str, Any], list[Doubt]]:
    """What the file says of whole rows: previews, tests, and responses that were begun and not sent."""
    settings: dict[str, Any] = {}
    doubts = []
    if unfinished := _columns_with_gaps(export, columns):
        settings["skip_rows_without"] = [MARK + column for column in unfinished]
        doubts.append(Doubt("round.yml", "skip_rows_without", "some rows have no time of submission"))
    if unwanted := _rows_to_skip(export, tools):
        settings["skip_rows_where"] = unwanted
        doubts += _doubts_of_rows(export, unwanted)
    completion = [line.source_column for line in columns if line.question == "_completion"]
    if finished := [value for column in completion for value in _finished(export.column(column), tools.get(column))]:
        settings["completed_values"] = list(dict.fromkeys(finished))
    return settings, doubts


def _rows_to_skip(export: Export, tools: Mapping[str, KnownHeader]) -> dict[str, list[str]]:
    """By column, the values that say that a row is no response. Where they surely do, later deliveries are meant too;
    what a person decides is asked only where there is such a row."""
    found = {}
    for column, header in tools.items():
        cells = set(export.column(column))
        listed_values = header.not_responses.split("|") if header.is_sure else []
        values = [
            value for value in listed_values
            if value.removeprefix(MARK) in cells
            or (not value.startswith(MARK) and cells and value.isdigit() == all(map(str.isdigit, cells)))
        ]  # fmt: skip
        if any(values):
            found[column] = values
    return found


def _doubts_of_rows(export: Export, unwanted: Mapping[str, Sequence[str]]) -> list[Doubt]:
    """What the tool itself says of a row is no answer of anybody."""
    return [
        Doubt(
            "round.yml",
            f"skip_rows_where, {quoted(column)}",
            f"take the line out if rows with {value[1:]} ({n}) are responses",
        )
        for column, values in unwanted.items()
        for value in values
        if value.startswith(MARK) and (n := export.column(column).count(value[1:]))
    ]


def _finished(cells: Sequence[str], header: KnownHeader | None) -> list[str]:
    """The values of the column of completion that say that a response was finished."""
    return [value for value in header.finished.split("|") if value in cells] if header else []


def _frames(registry: Registry) -> str:
    """What a person chooses from."""
    years = sorted({row.year for row in registry.populations})
    return f"divisions {listed(sorted(registry.divisions))}; populations of 31 December {listed(years)}"


def _columns_with_gaps(export: Export, columns: Sequence[Proposed]) -> list[str]:
    """The times of submission that some rows lack: responses that were begun and not sent, in some tools."""
    times = [line.source_column for line in columns if line.question == "_submitted_at"]
    return [column for column in times if 0 < len(export.column(column)) < len(export.table.rows)]


TOLD_BY_THE_FILE = {
    "timezone": "the file names none: times without an offset and the days of the field are read in it",
    "encoding": "the file is not UTF-8, and any other encoding is a guess",
    "sheet": "the workbook has several sheets",
    "name_row": "which row holds the names of the columns is a guess",
    "decimal_sign": "there are numbers with a comma and numbers with a point",
    "date_format": "the dates can be read in no one way, or in more than one",
    "timestamp_format": "the times can be read in no way that is known, or in more than one",
}


def _timestamp_format(export: Export, columns: Sequence[Proposed]) -> str | None:
    """The one form that all times have; none where the cells are times already."""
    times = [line.source_column for line in columns if line.question in TIMESTAMP_NAMES]
    moments = [text for column in times for text in export.column(column)]
    if not moments or (export.layout.has_typed_dates and are_iso(moments)):
        return None
    return _one_of(timestamp_formats(moments))


def _date_format(cells: Sequence[str]) -> str | None:
    """The one form of all dates; none where the usual one will do."""
    dates = dates_in(cells)
    forms = date_formats(dates)
    return None if not dates or USUAL_DATE_FORMAT in forms else _one_of(forms)


def _one_of(forms: Sequence[str]) -> str:
    return forms[0] if len(forms) == 1 else MARK + " or ".join(forms)


def _decimal_sign(cells: Sequence[str]) -> str:
    """The one sign that numbers have; a point without any."""
    signs = {number["sign"] for number in map(DECIMAL.fullmatch, cells) if number}
    return MARK if len(signs) > 1 else "".join(signs) or "."


def _cells_of(export: Export, survey: Survey, columns: Sequence[Proposed], question_type: str) -> list[str]:
    """The cells of the questions of a type, and of columns that may be one."""
    asked = {question.question_id for question in survey.questions if question.type == question_type}
    lines = [line for line in columns if line.question in asked or line.question_id == MARK]
    return [cell for line in lines for cell in export.column(line.source_column)]


CARD_DOUBTS = (Doubt("source.yml", "producer, licence, received_from", "the file does not say them"),)


def _card(name: str, file: Path, today: date) -> dict[str, Any]:
    return {
        "producer": MARK,
        "licence": MARK,
        "received_from": MARK,
        "received_on": today,
        "sha256": {name: file_sha256(file)},
    }


def _doubts_of_columns(columns: Sequence[Proposed]) -> list[Doubt]:
    return [Doubt("columns.csv", _shown(line), line.reason) for line in columns if line.reason]


def _shown(line: Proposed) -> str:
    return f"{line.question} {line.part}" if line.source_column == NOT_OFFERED else quoted(line.source_column)


def _doubts_of_recodes(recodes: Sequence[ProposedRecode]) -> list[Doubt]:
    """By place only: a spelling that nobody knows may be somebody's own words."""
    return [
        Doubt("recodes.csv", f"line {number} ({each.list_name})", each.reason)
        for number, each in enumerate(recodes, start=2)
        if each.reason
    ]
