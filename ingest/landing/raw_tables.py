"""The raw tables: their columns, and what of the inputs goes into each. Every column is text;
a text in several languages is a JSON object by language."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple
from itertools import accumulate
from pathlib import Path

import pyarrow as pa

from ingest.codebook.conditions import Condition
from ingest.codebook.round import Coding, Round
from ingest.codebook.sign_offs import SignOff
from ingest.codebook.survey import Survey
from ingest.landing.cells import CELLS, VALUES, row_cells, value_tables
from ingest.landing.responses import ResponseFile
from ingest.readers.rows import SourceRow
from ingest.reference.named import areas_in
from ingest.reference.practices import Practice, Practices
from ingest.reference.registry import Registry
from ingest.reference.sources import SourceFile
from ingest.reference.systems import Systems
from store.paths import DataPaths

Cells = Sequence[str | None]

_PLACE = ("source_file", "source_sha256", "source_line")
_ROUND = ("survey_id", "round_id")
_CODINGS = (
    *_ROUND,
    "response_id",
    "question_id",
    "coded_question_id",
    "code",
    "by",
    "text_hash",
    "delivered_hash",
    *_PLACE,
)

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "raw.codebook__surveys": (
        "survey_id", "titles", "publishers", "populations", "funders", "carried_out_by", "sent_to", "all_labels",
        "licence", "municipality_rule", "none_ticked", "size_class_question_id", "min_municipalities", "min_responses",
        "disclosure_applies_to", "quarantined_share_limit", "small_base", "half_width", "agreement",
        "allowed_contacts", *_PLACE),
    "raw.codebook__size_classes": (
        "survey_id", "size_class_id", "min_population", "max_population", "sort_order", "labels", *_PLACE),
    "raw.codebook__size_class_groups": (
        "survey_id", "size_class_group_id", "size_class_id", "sort_order", "labels", *_PLACE),
    "raw.codebook__roles": ("survey_id", "list_name", "role_id", "sort_order", "labels", *_PLACE),
    "raw.codebook__breakdowns": ("survey_id", "question_id", "sort_order", *_PLACE),
    "raw.codebook__sections": ("survey_id", "section_id", "question_id", "sort_order", "titles", *_PLACE),
    "raw.codebook__questions": (
        "survey_id", "question_id", "sort_order", "type", "list_name", "unit", "min_value", "max_value", "soft_min",
        "soft_max", "required", "relevant", "constraint", "other_of", "group_id", "severity", "disclosure",
        "municipality_rule", "labels", "note", "is_ordered", *_PLACE),
    "raw.codebook__choices": (
        "survey_id", "list_name", "code", "group_code", "is_missing", "is_exclusive", "sort_order", "labels",
        "group_labels", *_PLACE),
    "raw.codebook__conditions": (*_ROUND, "question_id", "purpose", "expression", "predicate_sql", *_PLACE),
    "raw.codebook__published_figures": (
        *_ROUND, "figure_id", "document", "statistic", "question_id", "level", "answer", "than", "unit", "breakdown",
        "breakdown_id", "value", "base_n", "rounding", "figure_status", "known_discrepancy", "note", *_PLACE),
    "raw.codebook__claims": (
        *_ROUND, "claim_id", "claim_order", "document", "place", "language", "sentence", "is_shortened",
        "not_computable", *_PLACE),
    "raw.codebook__claim_figures": (*_ROUND, "claim_id", "figure_id", "figure_order", *_PLACE),
    "raw.codebook__comparability": (
        "survey_id", "question_id", "round_id", "earlier_question_id", "comparability", "reason", *_PLACE),
    "raw.codebook__plausibility": ("survey_id", "rule_id", "kind", "expression", "messages", *_PLACE),
    "raw.codebook__rounds": (
        *_ROUND, "titles", "reading_notes", "opens_on", "closes_on", "due_on", "stale_after_days", "timezone",
        "division_date", "population_date", "scope", "closed_municipalities", "format", "decimal_sign",
        "date_format", "completed_values", "duplicates", "duplicates_among", "is_synthetic", *_PLACE),
    "raw.codebook__findings": (*_ROUND, "finding_number", "texts", *_PLACE),
    "raw.codebook__columns": (
        *_ROUND, "source_column", "question_id", "part", "ticked", "not_ticked", "list_separator", *_PLACE),
    "raw.codebook__recodes": (*_ROUND, "list_name", "source_value", "code", *_PLACE),
    "raw.codebook__members": (*_ROUND, "respondent", "municipality_code", *_PLACE),
    "raw.codebook__corrections": (
        *_ROUND, "response_id", "question_id", "old_value", "new_value", "action", "reason", "by", "on", *_PLACE),
    "raw.codebook__interviews": (
        *_ROUND, "interview_id", "sort_order", "organisation", "n_people", "began_on", "ended_on", "chosen", "topics",
        "note", *_PLACE),
    "raw.codebook__interview_areas": (*_ROUND, "interview_id", "area_level", "area_code", *_PLACE),
    "raw.codebook__codings": _CODINGS,
    "raw.codebook__second_codings": _CODINGS,
    "raw.codebook__decisions": (
        *_ROUND, "check_id", "observed", "decided_by", "decided_on", "valid_until", "reason", *_PLACE),
    "raw.surveys__rows": (
        *_ROUND, "row_key", *_PLACE, "row_status", "reason", "content_sha256", "started_at", "submitted_at",
        "response_token"),
    "raw.surveys__values": VALUES,
    "raw.surveys__cells": CELLS,
    "raw.registry__municipalities": (
        "division_date", "municipality_code", "names", "is_mainland", *_PLACE
    ),
    "raw.registry__municipality_areas": ("division_date", "municipality_code", "area_level", "area_code", *_PLACE),
    "raw.registry__areas": (
        "area_level", "area_code", "names", "is_counted", "short_names", "tile_column", "tile_row", *_PLACE),
    "raw.registry__population": ("municipality_code", "year", "population", "municipal_division", *_PLACE),
    "raw.registry__foreign_language_shares": (
        "municipality_code", "year", "foreign_language_pct", "municipal_division", *_PLACE
    ),
    "raw.registry__changes": (
        "effective_date", "change_type", "old_code", "old_names", "new_code", "new_names", "detail", *_PLACE
    ),
    "raw.systems__systems": (
        "system_id", "name", "vendor", "kind", "in_use_from", "in_use_to", "successor", "is_fictional", "note", *_PLACE
    ),
    "raw.systems__aliases": ("system_id", "alias", *_PLACE),
    "raw.practices__themes": ("theme_id", "kind", "list_name", "sort_order", "labels", *_PLACE),
    "raw.practices__practices": (
        "practice_id", "theme_id", "list_name", "sort_order", "labels", "organisations", "who", "rhythms",
        "area_level", "area_code", "evidence", "document", "place", *_PLACE),
    "raw.ingest__sources": (
        "source_file", "kind", *_ROUND, "sha256", "card_sha256", "producer", "licence", "received_on", "n_rows"
    ),
    "raw.ingest__sign_offs": (
        *_ROUND, "signed_on", "signed_at", "signed_by", "why", "accepted", "n_responses_changed",
        "n_municipalities_changed", "n_rows_moved",
    ),
    "raw.ingest__loads": (*_ROUND, "content_sha256", "n_rows", "n_cells", "n_values"),
}  # fmt: skip


def make_table(name: str, rows: Iterable[Cells]) -> pa.Table:
    """Rows as an Arrow table with the columns of a raw table, all text."""
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS[name])
    return pa.table([pa.array(values, pa.string()) for values in columns], names=list(COLUMNS[name]))


def survey_rows(
    survey: Survey, conditions: Sequence[Condition], sources: Iterable[SourceFile], paths: DataPaths
) -> Mapping[str, list[Cells]]:
    """The rows of one survey for each codebook table that has survey_id as its key."""
    own_id, settings, place = survey.survey_id, survey.settings, _placer(paths, sources)

    def in_settings(*location: str | int) -> Iterable[str]:
        return place(survey.places.path, survey.places.line(location)).values()

    classes = sorted(enumerate(settings.size_classes), key=lambda pair: pair[1].min)
    return {
        "raw.codebook__surveys": [(*_survey_cells(survey), *in_settings())],
        "raw.codebook__size_classes": [
            (own_id, each.id, str(each.min), _text(each.max), str(order), _json(each.label),
             *in_settings("size_classes", index))
            for order, (index, each) in enumerate(classes, start=1)
        ],
        "raw.codebook__size_class_groups": [
            (own_id, group.id, member, str(order), _json(group.label), *in_settings("size_class_groups", order - 1))
            for order, group in enumerate(settings.size_class_groups, start=1)
            for member in group.members
        ],
        "raw.codebook__roles": [
            (*cells, *in_settings("roles", "lead_order", index)) for index, cells in enumerate(_role_cells(survey))
        ],
        "raw.codebook__breakdowns": [
            (own_id, question_id, str(order), *in_settings("breakdowns", order - 1))
            for order, question_id in enumerate(settings.breakdowns, start=1)
        ],
        "raw.codebook__sections": [
            (own_id, section.id, question_id, str(order), _json(section.title),
             *in_settings("sections", order - 1, "questions", number))
            for order, section in enumerate(settings.sections, start=1)
            for number, question_id in enumerate(section.questions)
        ],
        "raw.codebook__questions": [
            _picked(
                "raw.codebook__questions", question, survey_id=own_id, sort_order=str(order),
                is_ordered=str(int(question.list_name in settings.ordered_lists)),
                **place(survey.questions_file, question.line),
            )
            for order, question in enumerate(survey.in_form_order, start=1)
        ],
        "raw.codebook__choices": [
            _picked("raw.codebook__choices", choice, survey_id=own_id, **place(file, choice.line))
            for file, choices in survey.options.items()
            for choice in choices
        ],
        "raw.codebook__published_figures": [
            _picked("raw.codebook__published_figures", figure, **place(survey.figures_file, figure.line))
            for figure in survey.figures
        ],
        "raw.codebook__claims": [
            _picked(
                "raw.codebook__claims", claim, claim_order=str(order), **place(survey.claims_file, claim.line)
            )
            for order, claim in enumerate(survey.claims, start=1)
        ],
        "raw.codebook__claim_figures": [
            (own_id, claim.round_id, claim.claim_id, figure_id, str(order),
             *place(survey.claims_file, claim.line).values())
            for claim in survey.claims
            for order, figure_id in enumerate(claim.figure_ids(), start=1)
        ],
        "raw.codebook__comparability": [
            _picked(
                "raw.codebook__comparability", row, survey_id=own_id, **place(survey.comparability_file, row.line)
            )
            for row in survey.comparisons
        ],
        "raw.codebook__conditions": [
            (own_id, None, *astuple(each), *place(*_place_of(survey, each)).values()) for each in conditions
        ],
        "raw.codebook__plausibility": [
            _picked("raw.codebook__plausibility", rule, survey_id=own_id, **place(survey.plausibility_file, rule.line))
            for rule in survey.rules
        ],
    }  # fmt: skip


def _place_of(survey: Survey, condition: Condition) -> tuple[Path, int]:
    """The file and line of an expression: of its question, or of its rule of plausibility."""
    if condition.purpose in ("relevant", "constraint"):
        return survey.questions_file, survey.questions_by_id[condition.question_id].line
    return survey.plausibility_file, next(rule.line for rule in survey.rules if rule.rule_id == condition.question_id)


def _survey_cells(survey: Survey) -> Cells:
    settings = survey.settings
    return (
        survey.survey_id,
        _json(settings.title),
        _json(settings.publisher),
        _json(settings.population),
        _json_if_any(settings.funder),
        _json_if_any(settings.carried_out_by),
        _json_if_any(settings.sent_to),
        _json(settings.label_of_all),
        settings.licence,
        settings.municipality_rule,
        settings.none_ticked,
        settings.size_class_question,
        str(settings.disclosure.min_municipalities),
        str(settings.disclosure.min_responses),
        settings.disclosure.applies_to,
        str(settings.limits.quarantined_share),
        str(settings.limits.small_base),
        str(settings.limits.half_width),
        str(settings.limits.agreement),
        json.dumps(settings.allowed_contacts, ensure_ascii=False),
    )


def _role_cells(survey: Survey) -> Iterator[Cells]:
    roles = survey.settings.roles
    if roles is None:
        return
    choices = {choice.code: choice for choice in survey.lists[roles.list_name]}
    for order, role_id in enumerate(roles.lead_order, start=1):
        yield (survey.survey_id, roles.list_name, role_id, str(order), _json(choices[role_id].labels))


def round_rows(
    round_: Round, sources: Iterable[SourceFile], delivered_hash: Callable[[Coding], str | None], paths: DataPaths
) -> Mapping[str, list[Cells]]:
    """The rows of one round for each codebook table that has survey_id and round_id as its key. `delivered_hash` is of
    the text that a coding is of, as it was delivered."""
    key = {"survey_id": round_.survey_id, "round_id": round_.round_id}
    place, settings_file = _placer(paths, sources), round_.places.path
    interviews_file = round_.interviews_file

    def in_table(table: str, file: Path, rows: Sequence[SourceRow]) -> list[Cells]:
        return [_picked(table, row, **key, **place(file, row.line)) for row in rows]

    def codings(table: str, file: Path, rows: Sequence[Coding]) -> list[Cells]:
        return [_picked(table, row, **key, delivered_hash=delivered_hash(row), **place(file, row.line)) for row in rows]

    def in_settings(*location: str | int) -> Iterable[str]:
        return place(settings_file, round_.places.line(location)).values()

    conditions = [] if round_.eligible is None else [round_.eligible]
    return {
        "raw.codebook__rounds": [(*_round_cells(round_), *place(settings_file, 1).values())],
        "raw.codebook__findings": [
            (*key.values(), str(number), _json(texts), *in_settings("findings", number - 1))
            for number, texts in enumerate(round_.settings.findings, start=1)
        ],
        "raw.codebook__columns": [
            *in_table("raw.codebook__columns", round_.columns_file, [*round_.columns, *round_.not_offered]),
            *_weights_column(round_, key, place(settings_file, round_.places.line(("weights",)))),
        ],
        "raw.codebook__recodes": in_table("raw.codebook__recodes", round_.recodes_file, round_.recodes),
        "raw.codebook__members": in_table("raw.codebook__members", round_.members_file, round_.members),
        "raw.codebook__corrections": in_table("raw.codebook__corrections", round_.corrections_file, round_.corrections),
        "raw.codebook__interviews": [
            _picked("raw.codebook__interviews", row, **key, sort_order=str(order), **place(interviews_file, row.line))
            for order, row in enumerate(round_.interviews, start=1)
        ],
        "raw.codebook__interview_areas": [
            (*key.values(), row.interview_id, level, code, *place(interviews_file, row.line).values())
            for row in round_.interviews
            for level, code in areas_in(row.areas)
        ],
        "raw.codebook__codings": codings("raw.codebook__codings", round_.codings_file, round_.codings),
        "raw.codebook__second_codings": codings(
            "raw.codebook__second_codings", round_.second_codings_file, round_.second_codings
        ),
        "raw.codebook__decisions": in_table("raw.codebook__decisions", round_.decisions_file, round_.decisions),
        "raw.codebook__conditions": [(*key.values(), *astuple(each), *in_settings("eligible")) for each in conditions],
        "raw.ingest__sign_offs": [(*key.values(), *_sign_off_cells(each)) for each in round_.sign_offs],
    }


def _weights_column(round_: Round, key: dict[str, str], place: dict[str, str]) -> Iterator[Cells]:
    """The use of the column that the weights file adds, if there is one."""
    if round_.settings.weights and round_.weights_file:
        use = {"source_column": round_.weights_column, "question_id": "_weight", **key, **place}
        yield tuple(use.get(name) for name in COLUMNS["raw.codebook__columns"])


def _sign_off_cells(sign_off: SignOff) -> Cells:
    card = sign_off.card
    return (
        sign_off.signed_on,
        card.signed_at,
        card.signed_by,
        card.why,
        card.accepted,
        _text(card.n_responses_changed),
        _text(card.n_municipalities_changed),
        _text(card.n_rows_moved),
    )


def _round_cells(round_: Round) -> Cells:
    settings = round_.settings
    return (
        round_.survey_id,
        round_.round_id,
        _json(settings.title),
        _json_if_any(settings.reading_note),
        settings.field_window.opens_on.isoformat(),
        settings.field_window.closes_on.isoformat(),
        settings.delivery.due_on.isoformat() if settings.delivery else None,
        str(settings.stale_after_days),
        settings.timezone,
        settings.frame.division_date.isoformat(),
        settings.frame.population_date.isoformat(),
        settings.frame.scope,
        settings.frame.closed_municipalities,
        settings.format,
        settings.decimal_sign,
        settings.date_format,
        None if settings.completed_values is None else json.dumps(settings.completed_values, ensure_ascii=False),
        settings.duplicates,
        settings.duplicates_among,
        str(settings.is_synthetic).lower(),
    )


def response_rows(round_: Round, files: Sequence[ResponseFile], paths: DataPaths) -> Mapping[str, pa.Table]:
    """The rows and cells of a round's response files."""
    before = accumulate((len(file.rows) for file in files), initial=0)
    rows = (
        values
        for file, n_before in zip(files, before, strict=False)
        for values in row_cells(round_, file, source_name(paths, file), n_before)
    )
    values, cells = value_tables(round_, files)
    return {
        "raw.surveys__rows": make_table("raw.surveys__rows", rows),
        "raw.surveys__cells": cells,
        "raw.surveys__values": values,
    }


def registry_rows(registry: Registry, paths: DataPaths) -> Mapping[str, list[Cells]]:
    """The rows of every registry table."""
    place = _placer(paths, registry.sources)

    def placed(table: str, rows: Sequence[SourceRow], file: str, **more: str) -> list[Cells]:
        path = paths.registry / file
        return [_picked(table, row, **place(path, row.line), **more) for row in rows]

    return {
        "raw.registry__municipalities": [
            cells
            for division, rows in sorted(registry.divisions.items())
            for cells in placed(
                "raw.registry__municipalities", rows, f"{division}/municipalities.csv", division_date=division
            )
        ],
        "raw.registry__municipality_areas": [
            (division, row.municipality_code, level, code, *place(path, row.line).values())
            for division, rows in sorted(registry.divisions.items())
            for path in [paths.registry / division / "municipalities.csv"]
            for row in rows
            for level, code in row.area_codes().items()
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
    place = _placer(paths, systems.sources)
    return {
        "raw.systems__systems": [
            _picked(
                "raw.systems__systems", system, in_use_from=system.in_use_from, in_use_to=system.in_use_to,
                system_id=system.system_id, **place(paths.inventory, system.line),
            )
            for system in systems.systems
        ],
        "raw.systems__aliases": [
            (system.system_id, spelling, *place(paths.inventory, system.line).values())
            for system in systems.systems
            for spelling in system.spellings()
        ],
    }  # fmt: skip


def practices_rows(practices: Practices, paths: DataPaths) -> Mapping[str, list[Cells]]:
    """The rows of the tables of themes and practices."""
    place = _placer(paths, practices.sources)
    return {
        "raw.practices__themes": [
            _picked(
                "raw.practices__themes", theme, list_name=theme.list_name, sort_order=str(order),
                **place(practices.themes_file, theme.line),
            )
            for order, theme in enumerate(practices.themes, start=1)
        ],
        "raw.practices__practices": [
            _picked(
                "raw.practices__practices", practice, list_name=practice.list_name, sort_order=str(order),
                **_area_cells(practice), **place(practices.practices_file, practice.line),
            )
            for order, practice in enumerate(practices.practices, start=1)
        ],
    }  # fmt: skip


def _area_cells(practice: Practice) -> dict[str, str | None]:
    level, code = next(iter(areas_in(practice.area)), (None, None))
    return {"area_level": level, "area_code": code}


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


def _placer(paths: DataPaths, sources: Iterable[SourceFile]) -> Callable[[Path, int], dict[str, str]]:
    """A function that says where a row stands: file, hash of the file and line, by the names of the columns."""
    known = {source.path: (source_name(paths, source), source.sha256) for source in sources}
    return lambda path, line: dict(zip(_PLACE, (*known[path], str(line)), strict=True))


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _json(labels: Mapping[str, str | None]) -> str:
    """Texts by language as a JSON object, without the languages that have none."""
    return json.dumps({language: text for language, text in labels.items() if text is not None}, ensure_ascii=False)


def _json_if_any(labels: Mapping[str, str | None] | None) -> str | None:
    return None if labels is None else _json(labels)


def _picked(table: str, row: SourceRow, **more: str | None) -> Cells:
    """The cells of a row in the order of a raw table, with those that are not in the file."""
    values = {**row.values(), **more}
    texts = {name: _json(values[name]) for name in row.translated_columns()}
    return tuple((values | texts)[column] for column in COLUMNS[table])
