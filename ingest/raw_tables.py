"""The raw tables: their columns, and what of the inputs goes into each. Every column is text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple

import pyarrow as pa

from ingest.conditions import Condition
from ingest.paths import DataPaths
from ingest.registry import AREA_LEVELS, Registry
from ingest.responses import ResponseFile, cell_columns, row_values
from ingest.round import Round
from ingest.rows import SourceRow
from ingest.sources import SourceFile
from ingest.survey import LANGUAGES, Labels, Survey
from ingest.systems import Systems

Cells = Sequence[str | None]

_PLACE = ("source_file", "source_sha256", "source_line")
_LABELS = tuple(f"label_{language}" for language in LANGUAGES)
_ROUND = ("survey_id", "round_id")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "raw.codebook__surveys": (
        "survey_id", *(f"{name}_{language}" for name in ("title", "publisher", "population") for language in LANGUAGES),
        "licence", "municipality_rule", "none_ticked", "min_municipalities", "min_responses",
        "quarantined_share_limit", "small_base",
    ),
    "raw.codebook__size_classes": (
        "survey_id", "size_class_id", "min_population", "max_population", "sort_order", *_LABELS
    ),
    "raw.codebook__size_class_groups": (
        "survey_id", "size_class_group_id", "size_class_id", "sort_order", *_LABELS
    ),
    "raw.codebook__roles": ("survey_id", "list_name", "role_id", "sort_order", *_LABELS),
    "raw.codebook__breakdowns": ("survey_id", "question_id", "sort_order"),
    "raw.codebook__questions": (
        "survey_id", "question_id", "sort_order", "type", "list_name", "unit", "min_value", "max_value", "soft_min",
        "soft_max", "required", "relevant", "constraint", "other_of", "group_id", "severity", "disclosure",
        "municipality_rule", *_LABELS, "note",
    ),
    "raw.codebook__choices": (
        "survey_id", "list_name", "code", "group_code", "is_missing", "is_exclusive", "sort_order", *_LABELS,
        *(f"group_{label}" for label in _LABELS),
    ),
    "raw.codebook__conditions": (*_ROUND, "question_id", "purpose", "expression", "predicate_sql"),
    "raw.codebook__published_figures": (
        *_ROUND, "figure_id", "document", "statistic", "question_id", "level", "answer", "unit", "breakdown",
        "breakdown_id", "value", "base_n", "rounding", "figure_status", "known_discrepancy", "note",
    ),
    "raw.codebook__rounds": (
        *_ROUND, *(f"title_{language}" for language in LANGUAGES), "opens_on", "closes_on", "timezone",
        "division_date", "population_date", "scope", "format", "decimal_sign", "duplicates", "is_synthetic",
    ),
    "raw.codebook__columns": (
        *_ROUND, "source_column", "question_id", "part", "ticked", "not_ticked", "list_separator"
    ),
    "raw.codebook__recodes": (*_ROUND, "list_name", "source_value", "code"),
    "raw.codebook__corrections": (
        *_ROUND, "response_id", "question_id", "old_value", "new_value", "action", "reason", "by", "on"
    ),
    "raw.surveys__rows": (
        *_ROUND, *_PLACE, "row_status", "reason", "content_sha256", "is_empty_row", "started_at", "submitted_at"
    ),
    "raw.surveys__cells": (*_ROUND, *_PLACE, "source_column", "cell_text", "cell_type"),
    "raw.registry__municipalities": (
        "division_date", "municipality_code", "name_fi", "name_sv", "name_en", "is_mainland",
        *(f"{level}_code" for level in AREA_LEVELS), *_PLACE,
    ),
    "raw.registry__areas": ("area_level", "area_code", "name_fi", "name_sv", "name_en", "is_counted", *_PLACE),
    "raw.registry__population": ("municipality_code", "year", "population", "municipal_division", *_PLACE),
    "raw.registry__foreign_language_shares": (
        "municipality_code", "year", "foreign_language_pct", "municipal_division", *_PLACE
    ),
    "raw.registry__changes": (
        "effective_date", "change_type", "old_code", "old_name_fi", "new_code", "new_name_fi", "detail", *_PLACE
    ),
    "raw.systems__systems": (
        "system_id", "name", "vendor", "kind", "in_use_from", "in_use_to", "is_fictional", "note", *_PLACE
    ),
    "raw.systems__aliases": ("system_id", "alias"),
    "raw.ingest__sources": (
        "source_file", "kind", *_ROUND, "sha256", "card_sha256", "producer", "licence", "received_on", "n_rows"
    ),
    "raw.ingest__loads": (*_ROUND, "content_sha256", "n_rows", "n_cells"),
}  # fmt: skip


def make_table(name: str, rows: Iterable[Cells]) -> pa.Table:
    """Rows as an Arrow table with the columns of a raw table, all text."""
    return _table_of_columns(name, list(zip(*rows, strict=True)) or [()] * len(COLUMNS[name]))


def _table_of_columns(name: str, columns: Sequence[Cells]) -> pa.Table:
    return pa.table([pa.array(values, pa.string()) for values in columns], names=list(COLUMNS[name]))


def survey_rows(survey: Survey, conditions: Sequence[Condition]) -> Mapping[str, list[Cells]]:
    """The rows of one survey for each codebook table that has survey_id as its key."""
    own_id, settings = survey.survey_id, survey.settings
    return {
        "raw.codebook__surveys": [_survey_cells(survey)],
        "raw.codebook__size_classes": [
            (own_id, each.id, str(each.min), _text(each.max), str(order), *_texts(each.label))
            for order, each in enumerate(sorted(settings.size_classes, key=lambda each: each.min), start=1)
        ],
        "raw.codebook__size_class_groups": [
            (own_id, group.id, member, str(order), *_texts(group.label))
            for order, group in enumerate(settings.size_class_groups, start=1)
            for member in group.members
        ],
        "raw.codebook__roles": list(_role_cells(survey)),
        "raw.codebook__breakdowns": [
            (own_id, question_id, str(order)) for order, question_id in enumerate(settings.breakdowns, start=1)
        ],
        "raw.codebook__questions": [
            _picked("raw.codebook__questions", question, survey_id=own_id, sort_order=str(order))
            for order, question in enumerate(survey.questions, start=1)
        ],
        "raw.codebook__choices": [
            _picked("raw.codebook__choices", choice, survey_id=own_id) for choice in survey.choices
        ],
        "raw.codebook__published_figures": [
            _picked("raw.codebook__published_figures", figure) for figure in survey.figures
        ],
        "raw.codebook__conditions": [(own_id, None, *astuple(condition)) for condition in conditions],
    }  # fmt: skip


def _survey_cells(survey: Survey) -> Cells:
    settings = survey.settings
    return (
        survey.survey_id,
        *_texts(settings.title),
        *_texts(settings.publisher),
        *_texts(settings.population),
        settings.licence,
        settings.municipality_rule,
        settings.none_ticked,
        str(settings.disclosure.min_municipalities),
        str(settings.disclosure.min_responses),
        str(settings.limits.quarantined_share),
        str(settings.limits.small_base),
    )


def _role_cells(survey: Survey) -> Iterator[Cells]:
    roles = survey.settings.roles
    if roles is None:
        return
    choices = {choice.code: choice for choice in survey.lists[roles.list_name]}
    for order, role_id in enumerate(roles.lead_order, start=1):
        choice = choices[role_id]
        labels = (choice.label_fi, choice.label_sv, choice.label_en)
        yield (survey.survey_id, roles.list_name, role_id, str(order), *labels)


def round_rows(round_: Round) -> Mapping[str, list[Cells]]:
    """The rows of one round for each codebook table that has survey_id and round_id as its key."""
    key = {"survey_id": round_.survey_id, "round_id": round_.round_id}
    conditions = [] if round_.eligible is None else [round_.eligible]
    return {
        "raw.codebook__rounds": [_round_cells(round_)],
        "raw.codebook__columns": [_picked("raw.codebook__columns", use, **key) for use in round_.columns],
        "raw.codebook__recodes": [_picked("raw.codebook__recodes", recode, **key) for recode in round_.recodes],
        "raw.codebook__corrections": [
            _picked("raw.codebook__corrections", correction, **key) for correction in round_.corrections
        ],
        "raw.codebook__conditions": [(*key.values(), *astuple(condition)) for condition in conditions],
    }


def _round_cells(round_: Round) -> Cells:
    settings = round_.settings
    return (
        round_.survey_id,
        round_.round_id,
        *_texts(settings.title),
        settings.field_window.opens_on.isoformat(),
        settings.field_window.closes_on.isoformat(),
        settings.timezone,
        settings.frame.division_date.isoformat(),
        settings.frame.population_date.isoformat(),
        settings.frame.scope,
        settings.format,
        settings.decimal_sign,
        settings.duplicates,
        str(settings.is_synthetic).lower(),
    )


def response_rows(round_: Round, files: Sequence[ResponseFile], paths: DataPaths) -> Mapping[str, pa.Table]:
    """The rows and cells of a round's response files."""
    named = [(file, source_name(paths, file)) for file in files]
    return {
        "raw.surveys__rows": make_table(
            "raw.surveys__rows", (values for file, name in named for values in row_values(round_, file, name))
        ),
        "raw.surveys__cells": pa.concat_tables(
            _table_of_columns("raw.surveys__cells", cell_columns(round_, file, name)) for file, name in named
        ),
    }


def registry_rows(registry: Registry, paths: DataPaths) -> Mapping[str, list[Cells]]:
    """The rows of every registry table."""
    by_name = {source_name(paths, source): source.sha256 for source in registry.sources}

    def placed(table: str, rows: Sequence[SourceRow], file: str, **more: str) -> list[Cells]:
        name = f"registry/{file}"
        return [
            _picked(
                table, row, source_file=name, source_sha256=by_name[name], source_line=str(row.line), **more
            )
            for row in rows
        ]  # fmt: skip

    return {
        "raw.registry__municipalities": [
            cells
            for division, rows in sorted(registry.divisions.items())
            for cells in placed(
                "raw.registry__municipalities", rows, f"{division}/municipalities.csv", division_date=division
            )
        ],
        "raw.registry__areas": placed("raw.registry__areas", registry.areas, "areas.csv"),
        "raw.registry__population": placed("raw.registry__population", registry.populations, "population.csv"),
        "raw.registry__foreign_language_shares": placed(
            "raw.registry__foreign_language_shares", registry.foreign_language_shares, "foreign_language_share.csv"
        ),
        "raw.registry__changes": placed("raw.registry__changes", registry.changes, "changes.csv"),
    }


def systems_rows(systems: Systems, paths: DataPaths) -> Mapping[str, list[Cells]]:
    """The rows of the inventory's tables."""
    source = systems.sources[0]
    name = source_name(paths, source)
    return {
        "raw.systems__systems": [
            _picked(
                "raw.systems__systems", system, in_use_from=system.in_use_from, in_use_to=system.in_use_to,
                system_id=system.system_id, source_file=name, source_sha256=source.sha256,
                source_line=str(system.line),
            )
            for system in systems.systems
        ],
        "raw.systems__aliases": list(systems.aliases()),
    }  # fmt: skip


def source_rows(sources: Iterable[SourceFile], paths: DataPaths) -> list[Cells]:
    """The rows of raw.ingest__sources."""
    return [
        (
            source_name(paths, source),
            source.kind,
            source.survey_id,
            source.round_id,
            source.sha256,
            source.card_sha256,
            source.producer,
            source.licence,
            source.received_on.isoformat() if source.received_on else None,
            _text(source.n_rows),
        )
        for source in sources
    ]


def source_name(paths: DataPaths, source: SourceFile | ResponseFile) -> str:
    """A file as raw tables name it: relative to the data folder."""
    return source.path.relative_to(paths.root).as_posix()


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _texts(labels: Labels) -> tuple[str | None, ...]:
    return tuple(getattr(labels, language) for language in LANGUAGES)


def _picked(table: str, row: SourceRow, **more: str | None) -> Cells:
    """The cells of a row in the order of a raw table, with those that are not in the file."""
    values = {**row.values(), **more}
    return tuple(values[column] for column in COLUMNS[table])
