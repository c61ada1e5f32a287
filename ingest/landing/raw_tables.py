"""The raw tables: their columns, and what of the inputs goes into each. Every column is text, but for the keys of rows
and values, which are whole numbers; a text in several languages is a JSON object by language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path

import pyarrow as pa

from ingest.codebook.conditions import Condition
from ingest.codebook.round import (
    Coding,
    ColumnUse,
    Correction,
    Decision,
    Interview,
    Member,
    Recode,
    Round,
    RoundSettings,
)
from ingest.codebook.sign_offs import SignOffCard
from ingest.codebook.survey import (
    Choice,
    Claim,
    Comparison,
    PlausibilityRule,
    PublishedFigure,
    Question,
    Section,
    SizeClass,
    SizeClassGroup,
    Survey,
    SurveySettings,
)
from ingest.landing.cells import Column, TokensOf, cell_columns, row_columns
from ingest.landing.columns import cells_of, columns_of, named, text_of
from ingest.landing.responses import ResponseFile
from ingest.readers.rows import SourceRow
from ingest.reference.named import areas_in
from ingest.reference.practices import Practice, Practices, Theme
from ingest.reference.registry import Area, Change, ForeignLanguageShare, Municipality, Population, Registry
from ingest.reference.sources import SourceFile
from ingest.reference.systems import System, Systems
from store.paths import DataPaths

Row = Mapping[str, str | None]  # the cells by column

ROWS, VALUES, CELLS = "raw.surveys__rows", "raw.surveys__values", "raw.surveys__cells"
_PLACE = ("source_file", "source_sha256", "source_line")
_ROUND = ("survey_id", "round_id")
_CONDITION = tuple(field.name for field in fields(Condition))
_, *_SOURCE = (field.name for field in fields(SourceFile))  # its path stands as source_file

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "raw.codebook__surveys": named(SurveySettings, *_PLACE),
    "raw.codebook__size_classes": named("survey_id", SizeClass, "sort_order", *_PLACE),
    "raw.codebook__size_class_groups": named("survey_id", SizeClassGroup, "size_class_id", "sort_order", *_PLACE),
    "raw.codebook__roles": named("survey_id", "list_name", "role_id", "sort_order", "labels", *_PLACE),
    "raw.codebook__breakdowns": named("survey_id", "question_id", "sort_order", *_PLACE),
    "raw.codebook__sections": named("survey_id", Section, "question_id", "sort_order", *_PLACE),
    "raw.codebook__questions": named("survey_id", Question, "sort_order", "is_ordered", *_PLACE),
    "raw.codebook__choices": named("survey_id", Choice, *_PLACE),
    "raw.codebook__conditions": named(*_ROUND, *_CONDITION, *_PLACE),
    "raw.codebook__published_figures": named(PublishedFigure, *_PLACE),
    "raw.codebook__claims": named(Claim, "claim_order", *_PLACE),
    "raw.codebook__claim_figures": named(*_ROUND, "claim_id", "figure_id", "figure_order", *_PLACE),
    "raw.codebook__comparability": named("survey_id", Comparison, *_PLACE),
    "raw.codebook__plausibility": named("survey_id", PlausibilityRule, *_PLACE),
    "raw.codebook__rounds": named("survey_id", RoundSettings, *_PLACE),
    "raw.codebook__findings": named(*_ROUND, "finding_number", "texts", *_PLACE),
    "raw.codebook__columns": named(*_ROUND, ColumnUse, *_PLACE),
    "raw.codebook__recodes": named(*_ROUND, Recode, *_PLACE),
    "raw.codebook__members": named(*_ROUND, Member, *_PLACE),
    "raw.codebook__corrections": named(*_ROUND, Correction, *_PLACE),
    "raw.codebook__interviews": named(*_ROUND, Interview, "sort_order", *_PLACE),
    "raw.codebook__interview_areas": named(*_ROUND, "interview_id", "area_level", "area_code", *_PLACE),
    "raw.codebook__codings": named(*_ROUND, Coding, "delivered_hash", *_PLACE),
    "raw.codebook__second_codings": named(*_ROUND, Coding, "delivered_hash", *_PLACE),
    "raw.codebook__decisions": named(*_ROUND, Decision, *_PLACE),
    ROWS: (
        *_ROUND, "row_key", *_PLACE, "row_status", "reason", "content_sha256", "started_at", "submitted_at",
        "response_token"),
    VALUES: (*_ROUND, "value_id", "source_column", "cell_text"),
    CELLS: ("round_number", "row_key", "value_id"),
    "raw.registry__municipalities": named("division_date", Municipality, *_PLACE),
    "raw.registry__municipality_areas": named(
        "division_date", "municipality_code", "area_level", "area_code", *_PLACE),
    "raw.registry__areas": named(Area, *_PLACE),
    "raw.registry__population": named(Population, *_PLACE),
    "raw.registry__foreign_language_shares": named(ForeignLanguageShare, *_PLACE),
    "raw.registry__changes": named(Change, *_PLACE),
    "raw.systems__systems": named(System, *_PLACE),
    "raw.systems__aliases": named("system_id", "alias", *_PLACE),
    "raw.practices__themes": named(Theme, "list_name", "sort_order", *_PLACE),
    "raw.practices__practices": named(Practice, "list_name", "sort_order", "area_level", "area_code", *_PLACE),
    "raw.ingest__sources": named("source_file", *_SOURCE),
    "raw.ingest__sign_offs": named(*_ROUND, "signed_on", SignOffCard),
    "raw.ingest__loads": named(*_ROUND, "round_number", "content_sha256", "n_rows", "n_values", "n_cells"),
}  # fmt: skip


def make_table(name: str, rows: Iterable[Row]) -> pa.Table:
    """Rows as an Arrow table with the columns of a raw table, all text. Raises ValueError for a row of other columns:
    a column without a cell, or a cell without a column, is a slip of ours."""
    listed = list(rows)
    for row in listed:
        _check_columns(name, row)
    return make_table_of(name, {column: [row[column] for row in listed] for column in COLUMNS[name]})


def make_table_of(name: str, columns: Mapping[str, Column]) -> pa.Table:
    """Columns as an Arrow table in the order of a raw table, texts as texts. Raises ValueError for other columns."""
    _check_columns(name, columns)
    return pa.table({each: _as_array(columns[each]) for each in COLUMNS[name]})


def _as_array(column: Column) -> pa.Array | pa.ChunkedArray:
    return column if isinstance(column, pa.Array | pa.ChunkedArray) else pa.array(column, pa.string())


def _check_columns(name: str, given: Mapping[str, object]) -> None:
    if wrong := given.keys() ^ set(COLUMNS[name]):
        raise ValueError(f"A row of {name} has other columns than the table: {', '.join(sorted(wrong))}")


def _maker(paths: DataPaths, sources: Iterable[SourceFile], **key: str) -> Callable[..., Row]:
    """A function that makes a row, by the names of its columns, of what stands on a line of a file."""
    known = {each.path: {"source_file": source_name(paths, each), "source_sha256": each.sha256} for each in sources}

    def row(file: Path, line: int, /, **cells: object) -> Row:
        texts = {name: text_of(cell) for name, cell in cells.items()}
        return {**key, **texts, **known[file], "source_line": str(line)}

    return row


def _of_file(row: Callable[..., Row], file: Path, rows: Iterable[SourceRow]) -> list[Row]:
    return [row(file, each.line, **cells_of(each)) for each in rows]


def survey_rows(
    survey: Survey, conditions: Sequence[Condition], sources: Iterable[SourceFile], paths: DataPaths
) -> Mapping[str, list[Row]]:
    """The rows of one survey for each codebook table that has survey_id as its key."""
    settings, row = survey.settings, _maker(paths, sources, survey_id=survey.survey_id)

    def in_settings(*location: str | int, **cells: object) -> Row:
        return row(survey.places.path, survey.places.line(location), **cells)

    classes = sorted(enumerate(settings.size_classes), key=lambda pair: pair[1].min)
    return {
        "raw.codebook__surveys": [in_settings(**{**cells_of(settings), "all_label": settings.label_of_all})],
        "raw.codebook__size_classes": [
            in_settings("size_classes", index, **cells_of(each), sort_order=order)
            for order, (index, each) in enumerate(classes, start=1)
        ],
        "raw.codebook__size_class_groups": [
            in_settings("size_class_groups", order - 1, **cells_of(group), size_class_id=member, sort_order=order)
            for order, group in enumerate(settings.size_class_groups, start=1)
            for member in group.members
        ],
        "raw.codebook__roles": [
            in_settings("roles", "lead_order", order - 1, **cells, sort_order=order)
            for order, cells in enumerate(_role_cells(survey), start=1)
        ],
        "raw.codebook__breakdowns": [
            in_settings("breakdowns", order - 1, question_id=question_id, sort_order=order)
            for order, question_id in enumerate(settings.breakdowns, start=1)
        ],
        "raw.codebook__sections": [
            in_settings(
                "sections", order - 1, "questions", number,
                **cells_of(section), question_id=question_id, sort_order=order,
            )
            for order, section in enumerate(settings.sections, start=1)
            for number, question_id in enumerate(section.questions)
        ],
        "raw.codebook__questions": [
            row(
                survey.questions_file, question.line, **cells_of(question), sort_order=order,
                is_ordered=int(question.list_name in settings.ordered_lists),
            )
            for order, question in enumerate(survey.in_form_order, start=1)
        ],
        "raw.codebook__choices": [
            each for file, choices in survey.options.items() for each in _of_file(row, file, choices)
        ],
        "raw.codebook__published_figures": _of_file(row, survey.figures_file, survey.figures),
        "raw.codebook__claims": [
            row(survey.claims_file, claim.line, **cells_of(claim), claim_order=order)
            for order, claim in enumerate(survey.claims, start=1)
        ],
        "raw.codebook__claim_figures": [
            row(
                survey.claims_file, claim.line,
                round_id=claim.round_id, claim_id=claim.claim_id, figure_id=figure_id, figure_order=order,
            )
            for claim in survey.claims
            for order, figure_id in enumerate(claim.figure_ids(), start=1)
        ],
        "raw.codebook__comparability": _of_file(row, survey.comparability_file, survey.comparisons),
        "raw.codebook__conditions": [
            row(*_place_of(survey, each), round_id=None, **asdict(each)) for each in conditions
        ],
        "raw.codebook__plausibility": _of_file(row, survey.plausibility_file, survey.rules),
    }  # fmt: skip


def _place_of(survey: Survey, condition: Condition) -> tuple[Path, int]:
    """The file and line of an expression: of its question, or of its rule of plausibility."""
    if condition.purpose in ("relevant", "constraint"):
        return survey.questions_file, survey.questions_by_id[condition.question_id].line
    return survey.plausibility_file, next(rule.line for rule in survey.rules if rule.rule_id == condition.question_id)


def _role_cells(survey: Survey) -> Iterator[dict[str, object]]:
    roles = survey.settings.roles
    if roles is None:
        return
    choices = {choice.code: choice for choice in survey.lists[roles.list_name]}
    for role_id in roles.lead_order:
        yield {"list_name": roles.list_name, "role_id": role_id, "labels": choices[role_id].labels}


def round_rows(
    round_: Round, sources: Iterable[SourceFile], delivered_hash: Callable[[Coding], str | None], paths: DataPaths
) -> Mapping[str, list[Row]]:
    """The rows of one round for each codebook table that has survey_id and round_id as its key. `delivered_hash` is of
    the text that a coding is of, as it was delivered."""
    key = {"survey_id": round_.survey_id, "round_id": round_.round_id}
    row, interviews_file = _maker(paths, sources, **key), round_.interviews_file

    def codings(file: Path, rows: Iterable[Coding]) -> list[Row]:
        return [row(file, each.line, **cells_of(each), delivered_hash=delivered_hash(each)) for each in rows]

    def in_settings(*location: str | int, **cells: object) -> Row:
        return row(round_.places.path, round_.places.line(location), **cells)

    conditions = [] if round_.eligible is None else [round_.eligible]
    return {
        "raw.codebook__rounds": [in_settings(**cells_of(round_.settings))],
        "raw.codebook__findings": [
            in_settings("findings", number - 1, finding_number=number, texts=texts)
            for number, texts in enumerate(round_.settings.findings, start=1)
        ],
        "raw.codebook__columns": [
            *_of_file(row, round_.columns_file, [*round_.columns, *round_.not_offered]),
            *(in_settings("weights", **use) for use in _uses_of_weights(round_)),
        ],
        "raw.codebook__recodes": _of_file(row, round_.recodes_file, round_.recodes),
        "raw.codebook__members": _of_file(row, round_.members_file, round_.members),
        "raw.codebook__corrections": _of_file(row, round_.corrections_file, round_.corrections),
        "raw.codebook__interviews": [
            row(interviews_file, each.line, **cells_of(each), sort_order=order)
            for order, each in enumerate(round_.interviews, start=1)
        ],
        "raw.codebook__interview_areas": [
            row(interviews_file, each.line, interview_id=each.interview_id, area_level=level, area_code=code)
            for each in round_.interviews
            for level, code in areas_in(each.areas)
        ],
        "raw.codebook__codings": codings(round_.codings_file, round_.codings),
        "raw.codebook__second_codings": codings(round_.second_codings_file, round_.second_codings),
        "raw.codebook__decisions": _of_file(row, round_.decisions_file, round_.decisions),
        "raw.codebook__conditions": [in_settings("eligible", **asdict(each)) for each in conditions],
        "raw.ingest__sign_offs": [
            {**key, **cells_of(each.card), "signed_on": each.signed_on} for each in round_.sign_offs
        ],
    }  # fmt: skip


def _uses_of_weights(round_: Round) -> Iterator[dict[str, str | None]]:
    """The use of the column that the weights file adds, if there is one."""
    if round_.settings.weights and round_.weights_file:
        added = {"source_column": round_.weights_column, "question_id": "_weight"}
        yield dict.fromkeys(columns_of(ColumnUse)) | added


def response_rows(
    round_: Round, files: Sequence[ResponseFile], tokens_of: TokensOf, paths: DataPaths
) -> Iterator[tuple[str, pa.Table]]:
    """The rows of a round's response files, the texts that stand in them, and the cells, which are whole numbers: part
    by part, each with its table, so that no more than one is held."""
    names = [source_name(paths, file) for file in files]
    yield from ((ROWS, make_table_of(ROWS, rows)) for rows in row_columns(round_, files, names, tokens_of))
    for values, cells in cell_columns(round_, files):
        yield VALUES, make_table_of(VALUES, values)
        yield CELLS, make_table_of(CELLS, cells)


def registry_rows(registry: Registry, paths: DataPaths) -> Mapping[str, list[Row]]:
    """The rows of every registry table."""
    row = _maker(paths, registry.sources)
    municipalities = [
        (division, paths.registry / division / "municipalities.csv", each)
        for division, rows in sorted(registry.divisions.items())
        for each in rows
    ]
    return {
        "raw.registry__municipalities": [
            row(file, each.line, division_date=division, **cells_of(each, Municipality))
            for division, file, each in municipalities
        ],
        "raw.registry__municipality_areas": [
            row(
                file, each.line,
                division_date=division, municipality_code=each.municipality_code, area_level=level, area_code=code,
            )
            for division, file, each in municipalities
            for level, code in each.area_codes().items()
        ],
        "raw.registry__areas": _of_file(row, paths.registry / "areas.csv", registry.areas),
        "raw.registry__population": _of_file(row, paths.registry / "population.csv", registry.populations),
        "raw.registry__foreign_language_shares": _of_file(
            row, paths.registry / "foreign_language_share.csv", registry.foreign_language_shares
        ),
        "raw.registry__changes": _of_file(row, paths.registry / "changes.csv", registry.changes),
    }  # fmt: skip


def systems_rows(systems: Systems, paths: DataPaths) -> Mapping[str, list[Row]]:
    """The rows of the inventory's tables."""
    row = _maker(paths, systems.sources)
    return {
        "raw.systems__systems": [row(paths.inventory, each.line, **cells_of(each)) for each in systems.systems],
        "raw.systems__aliases": [
            row(paths.inventory, system.line, system_id=system.system_id, alias=spelling)
            for system in systems.systems
            for spelling in system.spellings()
        ],
    }


def practices_rows(practices: Practices, paths: DataPaths) -> Mapping[str, list[Row]]:
    """The rows of the tables of themes and practices."""
    row = _maker(paths, practices.sources)
    return {
        "raw.practices__themes": [
            row(practices.themes_file, theme.line, **cells_of(theme), list_name=theme.list_name, sort_order=order)
            for order, theme in enumerate(practices.themes, start=1)
        ],
        "raw.practices__practices": [
            row(
                practices.practices_file, practice.line, **cells_of(practice), **_area_cells(practice),
                list_name=practice.list_name, sort_order=order,
            )
            for order, practice in enumerate(practices.practices, start=1)
        ],
    }  # fmt: skip


def _area_cells(practice: Practice) -> dict[str, str | None]:
    level, code = next(iter(areas_in(practice.area)), (None, None))
    return {"area_level": level, "area_code": code}


def source_rows(sources: Iterable[SourceFile], paths: DataPaths) -> list[Row]:
    """The rows of raw.ingest__sources."""
    return [
        {"source_file": source_name(paths, source), **{name: text_of(getattr(source, name)) for name in _SOURCE}}
        for source in sources
    ]


def source_name(paths: DataPaths, source: SourceFile | ResponseFile) -> str:
    """A file as raw tables name it: relative to the data folder."""
    return source.path.relative_to(paths.root).as_posix()
