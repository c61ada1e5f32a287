"""Whether a round's files agree with each other, with the survey, the registry and the inventory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path

from faults.errors import MARK, FaultList
from faults.suggestions import did_you_mean, listed, quoted
from ingest.codebook.conditions import Condition, eligible_condition, spoken_of
from ingest.codebook.round import (
    ANY_TEXT,
    IGNORED,
    NOT_OFFERED,
    RESERVED_NAMES,
    TIMESTAMP_NAMES,
    Coding,
    ColumnUse,
    Recode,
    Round,
)
from ingest.codebook.round_findings import check_findings
from ingest.codebook.survey import QUESTION_TYPES, Question, Survey
from ingest.codebook.survey_checks import check_labels
from ingest.readers import FORMATS
from ingest.readers.rows import add_row_fault, check_unique
from ingest.readers.settings import add_setting_fault
from ingest.reference.named import check_areas, check_translated
from ingest.reference.registry import Registry
from ingest.reference.sources import check_untracked
from ingest.reference.systems import Systems

MUNICIPALITY_PARTS = ("code", "name")
CORRECTED_NAMES = ("_municipality", "_role")


def check_round(
    round_: Round, survey: Survey, registry: Registry | None, systems: Systems | None, faults: FaultList
) -> None:
    """Note everything in a round's files that does not fit together; response files are checked elsewhere."""
    _check_settings(round_, survey, faults)
    check_findings(round_, survey, registry, faults)
    _check_reading(round_, faults)
    if registry is not None:
        _check_frame(round_, registry, faults)
    _check_columns(round_, survey, faults)
    _check_options(round_, survey, faults)
    _check_reserved(round_, survey, faults)
    _check_recodes(round_, survey, registry, systems, faults)
    _check_members(round_, registry, faults)
    _check_corrections(round_, survey, faults)
    _check_interviews(round_, survey, registry, faults)
    _check_codings(round_, survey, round_.codings_file, round_.codings, faults)
    _check_codings(round_, survey, round_.second_codings_file, round_.second_codings, faults)
    _check_decisions(round_, faults)
    _check_shared_columns(round_, survey, faults)
    _note_unasked(round_, survey, faults)
    if not round_.settings.is_synthetic:
        weights = [round_.settings.weights.file] if round_.settings.weights else []
        delivered = [round_.folder / name for name in (*round_.settings.files, *weights)]
        signed = [each.folder / name for each in round_.sign_offs for name in each.card.files]
        check_untracked([*delivered, *signed], faults)


def _check_settings(round_: Round, survey: Survey, faults: FaultList) -> None:
    settings = round_.settings
    if settings.round_id != round_.folder.name:
        add_setting_fault(
            round_.places, ("round_id",), "wrong-folder", faults,
            f"The round_id is {quoted(settings.round_id)}.",
            f"It equals the name of the folder, {quoted(round_.folder.name)}.",
            "Rename one of them.",
        )  # fmt: skip
    check_labels(round_.places, ("title",), settings.title, survey.settings.languages, faults)
    if settings.reading_note is not None:
        check_labels(round_.places, ("reading_note",), settings.reading_note, survey.settings.languages, faults)
    window = settings.field_window
    if window.opens_on > window.closes_on:
        add_setting_fault(
            round_.places, ("field_window", "closes_on"), "dates-out-of-order", faults,
            f"The field opens on {window.opens_on} and closes on {window.closes_on}.",
            "It closes on the day it opens, or later.",
            "Correct one of the dates.",
        )  # fmt: skip
    if settings.delivery is not None and settings.delivery.due_on < window.opens_on:
        add_setting_fault(
            round_.places, ("delivery", "due_on"), "dates-out-of-order", faults,
            f"The files are due on {settings.delivery.due_on} and the field opens on {window.opens_on}.",
            "They are due on the day the field opens, or later.",
            "Correct one of the dates.",
        )  # fmt: skip


def _check_reading(round_: Round, faults: FaultList) -> None:
    settings = round_.settings
    if settings.first_data_row <= settings.name_row:
        add_setting_fault(
            round_.places, ("first_data_row",), "rows-out-of-order", faults,
            f"first_data_row is {settings.first_data_row} and name_row is {settings.name_row}.",
            "The data begin below the names of the columns.",
            "Correct one of them.",
        )  # fmt: skip
    if settings.option_row is not None and not settings.name_row < settings.option_row < settings.first_data_row:
        add_setting_fault(
            round_.places, ("option_row",), "rows-out-of-order", faults,
            f"option_row is {settings.option_row}, name_row is {settings.name_row} and first_data_row is "
            f"{settings.first_data_row}.",
            "The options stand below the names of their questions and above the data.",
            "Correct one of them, or remove option_row if each column has its whole name in name_row.",
        )  # fmt: skip
    format_ = FORMATS[settings.format]
    if format_.uses("sheet") != (settings.sheet is not None):
        found = "There is no sheet." if settings.sheet is None else "A sheet is named."
        add_setting_fault(
            round_.places, ("sheet",), "wrong-sheet-use", faults,
            f"The format is {settings.format}. {found}",
            f"A round in {listed(name for name in FORMATS if FORMATS[name].uses('sheet'))} names its sheet, "
            "a round in another format has none.",
            "Correct format or sheet.",
        )  # fmt: skip
    for name in {name for name in settings.files if settings.files.count(name) > 1}:
        add_setting_fault(
            round_.places, ("files",), "repeated-file", faults,
            f"The file {quoted(name)} is named {settings.files.count(name)} times.",
            "Each file is named once.",
            "Remove the repetition.",
        )  # fmt: skip
    needs_format = not format_.layout.has_typed_dates and any(name in round_.uses for name in TIMESTAMP_NAMES)
    if needs_format and settings.timestamp_format is None:
        add_setting_fault(
            round_.places, ("timestamp_format",), "missing-key", faults,
            "There is no timestamp_format, and columns.csv maps timestamps.",
            "Timestamps are read in the form that timestamp_format gives.",
            'Add it: timestamp_format: "%d.%m.%Y %H.%M" for example, or iso for times like 2023-01-31T09:15:00+02:00.',
        )  # fmt: skip


def _check_frame(round_: Round, registry: Registry, faults: FaultList) -> None:
    frame = round_.settings.frame
    division, year = frame.division_date.isoformat(), str(frame.population_date.year)
    if division not in registry.divisions:
        add_setting_fault(
            round_.places, ("frame", "division_date"), "unknown-division", faults,
            f"The registry has no division {division}.",
            f"One of its divisions: {listed(sorted(registry.divisions))}.",
            "Correct the date, or add the folder of that division to the registry.",
        )  # fmt: skip
        return
    asked = _asked(round_, registry)
    unknown = sorted(asked - registry.populated_codes(year))
    if unknown:
        who = "any municipality" if len(unknown) == len(asked) else f"the municipalities {listed(unknown)}"
        add_setting_fault(
            round_.places, ("frame", "population_date"), "unknown-population", faults,
            f"population.csv has no population of {year} for {who}.",
            "It has a line for each municipality of the frame.",
            "Correct the date, or add the lines; a population that nobody knows is left empty.",
        )  # fmt: skip


def _asked(round_: Round, registry: Registry) -> frozenset[str]:
    """The municipalities of the frame; none when the registry lacks its division."""
    frame = round_.settings.frame
    rows = registry.divisions.get(frame.division_date.isoformat(), ())
    return frozenset(row.municipality_code for row in rows if frame.scope == "all" or row.is_mainland == "1")


def _check_columns(round_: Round, survey: Survey, faults: FaultList) -> None:
    check_unique(round_.columns_file, round_.columns, ("source_column", "question_id"), faults)
    by_source: dict[str, list[ColumnUse]] = defaultdict(list)
    for use in round_.columns:
        by_source[use.source_column].append(use)
        _check_use(round_, survey, use, faults)
    for source_column, same in by_source.items():
        if len(same) > 1 and any(use.question_id == IGNORED for use in same):
            add_row_fault(
                round_.columns_file, same[-1], "question_id", "ignored-and-used", faults,
                f"The column {quoted(source_column)} is both ignored and used.",
                "A column is ignored or used.",
                "Remove one of its lines.",
            )  # fmt: skip
    for name, uses in round_.uses.items():
        if name != IGNORED:
            _check_parts(round_, survey, name, uses, faults)
    for key in ("skip_rows_without", "skip_rows_where"):
        for name in getattr(round_.settings, key):
            if name not in by_source:
                add_setting_fault(
                    round_.places, (key,), "unknown-column", faults,
                    f"There is no column {quoted(name)} in columns.csv.",
                    f"{key} names columns of the export.",
                    did_you_mean(name, by_source, "Correct the name."),
                )  # fmt: skip


def _check_use(round_: Round, survey: Survey, use: ColumnUse, faults: FaultList) -> None:
    question = survey.questions_by_id.get(use.question_id)
    is_told = not use.question_id or use.question_id.startswith(MARK)  # empty or undecided
    if is_told or (question is not None and question.type not in QUESTION_TYPES):
        return
    if question is not None and question.type == "select_multiple":
        _check_multiple(round_, survey, use, faults)
        return
    if question is None and use.question_id not in (IGNORED, *RESERVED_NAMES):
        names = (*survey.questions_by_id, *RESERVED_NAMES, IGNORED)
        add_row_fault(
            round_.columns_file, use, "question_id", "unknown-question", faults,
            f"There is no question {quoted(use.question_id)}.",
            "A column is a question of questions.csv, a reserved name or ignored.",
            did_you_mean(use.question_id, names, "Correct the name, or write ignored."),
        )  # fmt: skip
        return
    if use.question_id == "_municipality":
        _check_municipality_part(round_, use, faults)
    elif use.part is not None:
        _add_not_multiple(round_, use, "part", faults)
    for column in ("ticked", "not_ticked", "list_separator"):
        if getattr(use, column) is not None:
            _add_not_multiple(round_, use, column, faults)


def _add_not_multiple(round_: Round, use: ColumnUse, column: str, faults: FaultList) -> None:
    add_row_fault(
        round_.columns_file, use, column, "wrong-part", faults,
        f"{quoted(use.question_id)} has {column} {quoted(getattr(use, column))}.",
        f"Only a select_multiple question has {column}.",
        "Empty the cell, or correct the type of the question.",
    )  # fmt: skip


def _check_municipality_part(round_: Round, use: ColumnUse, faults: FaultList) -> None:
    if use.part not in MUNICIPALITY_PARTS:
        add_row_fault(
            round_.columns_file, use, "part", "wrong-part", faults,
            f"The part is {quoted(use.part or '')}.",
            "The part of _municipality is code or name.",
            "Say which of them the column holds.",
        )  # fmt: skip


def _check_multiple(round_: Round, survey: Survey, use: ColumnUse, faults: FaultList) -> None:
    """A column per option has part and ticked; one joined cell has list_separator and nothing else."""
    has_option = use.part is not None and use.ticked is not None
    is_joined = use.list_separator is not None
    is_mixed = is_joined and (use.part or use.ticked or use.not_ticked) is not None
    if has_option == is_joined or is_mixed:
        add_row_fault(
            round_.columns_file, use, "part", "wrong-form-of-multiple", faults,
            f"{quoted(use.question_id)} has {_describe_multiple(use)}.",
            "A select_multiple has either part and ticked (a column per option) or list_separator (one joined cell).",
            "Fill in one form and empty the other.",
        )  # fmt: skip
        return
    if use.ticked is not None and use.ticked == use.not_ticked:
        add_row_fault(
            round_.columns_file, use, "not_ticked", "ambiguous-tick", faults,
            f"Both ticked and not_ticked are {quoted(use.ticked)}.",
            "One value means ticked, another one not; an empty cell means not ticked without being named.",
            "Correct one of them, or empty not_ticked.",
        )  # fmt: skip
    if use.part is not None:
        _check_option(round_, survey, use, faults)


def _check_options(round_: Round, survey: Survey, faults: FaultList) -> None:
    """Every option of a question with a column per option has one: what nobody could tick is no zero."""
    check_unique(round_.columns_file, round_.not_offered, ("question_id", "part"), faults)
    mapped = {(use.question_id, use.part) for use in round_.columns}
    for use in round_.not_offered:
        if use.part and (use.question_id, use.part) in mapped:
            add_row_fault(
                round_.columns_file, use, "part", "offered-and-not", faults,
                f"Option {quoted(use.part)} of {quoted(use.question_id)} has a column, and is {NOT_OFFERED}.",
                "An option has a column, or the round did not have it.",
                "Remove one of its lines.",
            )  # fmt: skip
        elif survey.codes(_list_of(survey, use)) and (use.ticked or use.not_ticked or use.list_separator) is None:
            _check_option(round_, survey, use, faults)
        else:
            add_row_fault(
                round_.columns_file, use, "question_id", "wrong-not-offered", faults,
                f"{quoted(use.question_id)} is no select_multiple, or the line has more than part.",
                "A line of what was not offered names a select_multiple and, as part, one option of it.",
                "Correct the line, or remove it.",
            )  # fmt: skip
    for name, uses in round_.uses.items():
        parts = {str(use.part) for use in (*uses, *round_.not_offered) if use.question_id == name}
        lacking = survey.codes(_list_of(survey, uses[0])) - parts
        if lacking and uses[0].ticked is not None:
            add_row_fault(
                round_.columns_file, uses[0], "part", "option-without-column", faults,
                f"Options of {quoted(name)} without a column: {listed(lacking)}.",
                "Each option has a column, or the round did not have it.",
                f'Map them; for one that was not in the form add a line like "{NOT_OFFERED},{name},{min(lacking)},,,".',
            )  # fmt: skip


def _list_of(survey: Survey, use: ColumnUse) -> str | None:
    """The list of a question with several answers; None for all else."""
    question = survey.questions_by_id.get(use.question_id)
    return question.list_name if question is not None and question.type == "select_multiple" else None


def _check_option(round_: Round, survey: Survey, use: ColumnUse, faults: FaultList) -> None:
    known = survey.codes(_list_of(survey, use))
    if use.part not in known:
        add_row_fault(
            round_.columns_file, use, "part", "unknown-code", faults,
            f"{quoted(use.part or '')} is not an option of {quoted(use.question_id)}.",
            f"One of the options {listed(sorted(known))}.",
            did_you_mean(use.part or "", known, "Correct the code."),
        )  # fmt: skip


def _describe_multiple(use: ColumnUse) -> str:
    given = [name for name in ("part", "ticked", "not_ticked", "list_separator") if getattr(use, name) is not None]
    return " and ".join(given) or "neither part nor list_separator"


def _check_parts(round_: Round, survey: Survey, name: str, uses: Sequence[ColumnUse], faults: FaultList) -> None:
    """A question, or an option of one, may come from several columns, but not options and joined cells together."""
    parts = {use.part or "": use for use in reversed(uses)}
    if _list_of(survey, uses[0]) is not None and "" in parts and len(parts) > 1:
        add_row_fault(
            round_.columns_file, parts[""], "part", "wrong-form-of-multiple", faults,
            f"{quoted(name)} has both columns per option and a joined cell.",
            "A select_multiple comes in one form.",
            "Write ignored for the columns of the other form.",
        )  # fmt: skip


def _check_weights_once(round_: Round, faults: FaultList) -> None:
    if "_weight" in round_.uses:
        add_setting_fault(
            round_.places, ("weights",), "weights-twice", faults,
            "The round has weights in a file of their own, and columns.csv maps a column to _weight.",
            "Weights come in one form.",
            "Write ignored for the column, or remove weights.",
        )  # fmt: skip


def _check_reserved(round_: Round, survey: Survey, faults: FaultList) -> None:
    needed, or_else = {"_municipality": "Every response belongs to a municipality."}, dict[str, str]()
    if round_.settings.duplicates != "keep_all":
        reason = f"duplicates: {round_.settings.duplicates} compares responses of one person."
        needed |= {"_respondent": reason, "_submitted_at": reason}
        or_else = dict.fromkeys(("_respondent", "_submitted_at"), ", or write duplicates: keep_all")
    if round_.corrections:
        needed["_response_id"] = "corrections.csv names responses by their id."
    for file, codings in ((round_.codings_file, round_.codings), (round_.second_codings_file, round_.second_codings)):
        if codings:
            needed["_response_id"] = f"{file.name} names responses by their id."
    if round_.settings.weights:
        needed["_response_id"] = f"{round_.settings.weights.file} names responses by their id."
        _check_weights_once(round_, faults)
    for name, reason in needed.items():
        if name not in round_.uses:
            faults.add(
                "missing-reserved-name", round_.columns_file, "",
                found=f"No column is mapped to {name}.",
                expected=reason,
                advice=f"Map the column that holds it to {name}{or_else.get(name, '')}.",
            )  # fmt: skip
    _check_respondent_alone(round_, faults)
    if "_role" in round_.uses and survey.settings.roles is None:
        add_row_fault(
            round_.columns_file, round_.uses["_role"][0], "question_id", "missing-key", faults,
            "A column is mapped to _role, and survey.yml has no roles.",
            "survey.yml says which choices are the roles.",
            "Add roles to survey.yml, or write ignored.",
        )  # fmt: skip


def _check_respondent_alone(round_: Round, faults: FaultList) -> None:
    """What the column holds is kept as a keyed hash: whoever else reads it would read that."""
    columns = {use.source_column for use in round_.uses.get("_respondent", ())}
    for use in round_.columns:
        if use.source_column in columns and use.question_id != "_respondent":
            add_row_fault(
                round_.columns_file, use, "question_id", "respondent-column-shared", faults,
                f"The column {quoted(use.source_column)} feeds _respondent and {quoted(use.question_id)}.",
                "The column of _respondent feeds nothing else: ids of people are kept as keyed hashes.",
                "Remove one of the two lines.",
            )  # fmt: skip


def _check_recodes(
    round_: Round, survey: Survey, registry: Registry | None, systems: Systems | None, faults: FaultList
) -> None:
    check_unique(round_.recodes_file, round_.recodes, ("list_name", "source_value"), faults)
    targets = _recode_targets(round_, survey, registry, systems)
    for recode in round_.recodes:
        known = targets.get(recode.list_name)
        if recode.list_name not in targets:
            add_row_fault(
                round_.recodes_file, recode, "list_name", "unknown-list", faults,
                f"There is no list {quoted(recode.list_name)}.",
                "A recode is for a list of choices.csv, a question of type system, _municipality or _role.",
                did_you_mean(recode.list_name, targets, "Correct the name."),
            )  # fmt: skip
        elif known is not None and recode.code not in known:
            add_row_fault(
                round_.recodes_file, recode, "code", "unknown-code", faults,
                f"{quoted(recode.code)} is not a code of {recode.list_name}.",
                f"One of the codes {listed(sorted(known))}.",
                did_you_mean(recode.code, known, "Correct the code."),
            )  # fmt: skip
        _check_contradiction(round_, survey, recode, faults)


def _recode_targets(
    round_: Round, survey: Survey, registry: Registry | None, systems: Systems | None
) -> dict[str, Collection[str] | None]:
    """What may be recoded, and to which codes; None where they cannot be known because a source could not be read."""
    division = round_.settings.frame.division_date.isoformat()
    targets: dict[str, Collection[str] | None] = {name: survey.codes(name) for name in survey.lists}
    authorities = {each.respondent for each in round_.members}
    targets["_municipality"] = {*registry.municipality_codes(division), *authorities} if registry else None
    if survey.settings.roles is not None:
        targets["_role"] = survey.settings.roles.lead_order
    for question in survey.questions:
        if question.type == "system":
            targets[question.question_id] = systems.system_ids if systems else None
    return targets


def _check_contradiction(round_: Round, survey: Survey, recode: Recode, faults: FaultList) -> None:
    """What the codebook gives to one option is not recoded to another; only the codes of a round's own may be."""
    list_name = survey.recoded_list(recode.list_name)
    other = survey.other_option(list_name, recode.source_value, recode.code)
    is_code = recode.source_value in survey.codes(list_name)
    if other is None or (is_code and round_.has_own_codes(list_name, survey)):
        return
    advice = "Remove the recode, or recode every code of the list if the round has codes of its own."
    add_row_fault(
        round_.recodes_file, recode, "source_value", "contradicting-recode", faults,
        f"{quoted(recode.source_value)} is recoded to {quoted(recode.code)}.",
        f"In choices.csv it is a {'code' if is_code else 'label'} of {quoted(other.code)}.",
        advice if is_code else "Remove the recode: what a label means is the same in every round.",
    )  # fmt: skip


def _check_members(round_: Round, registry: Registry | None, faults: FaultList) -> None:
    """A municipality has one joint authority, which is named as its response counts."""
    path = round_.members_file
    check_unique(path, round_.members, ("municipality_code",), faults)
    asked = _asked(round_, registry) if registry is not None else frozenset()
    recoded = {each.source_value: each.code for each in round_.recodes if each.list_name == "_municipality"}
    for member in round_.members:
        if asked and member.municipality_code not in asked:
            add_row_fault(
                path, member, "municipality_code", "unknown-member", faults,
                f"{quoted(member.municipality_code)} is no municipality of the frame.",
                "The code of a municipality that the round asked, as the registry has it.",
                did_you_mean(member.municipality_code, asked, "Correct the code, or remove the line."),
            )  # fmt: skip
        if member.respondent in recoded:
            add_row_fault(
                path, member, "respondent", "contradicting-recode", faults,
                f"recodes.csv makes {quoted(recoded[member.respondent])} of {quoted(member.respondent)}.",
                "respondent is what a response is counted by.",
                "Remove the recode, or write its code here.",
            )  # fmt: skip


def _check_corrections(round_: Round, survey: Survey, faults: FaultList) -> None:
    path = round_.corrections_file
    check_unique(path, round_.corrections, ("response_id", "question_id", "old_value"), faults)
    for correction in round_.corrections:
        if correction.question_id is None:
            if correction.action == "replace":
                add_row_fault(
                    path, correction, "question_id", "empty-value", faults,
                    "The value is empty.",
                    "A correction with action replace names its question.",
                    "Fill it in, or write withdraw to set the whole response aside.",
                )  # fmt: skip
        elif correction.question_id not in (*survey.questions_by_id, *CORRECTED_NAMES):
            add_row_fault(
                path, correction, "question_id", "unknown-question", faults,
                f"There is no question {quoted(correction.question_id)}.",
                "A correction names a question of questions.csv, _municipality or _role.",
                did_you_mean(correction.question_id, survey.questions_by_id, "Correct the name."),
            )  # fmt: skip
        elif correction.question_id not in round_.uses:
            add_row_fault(
                path, correction, "question_id", "question-not-asked", faults,
                f"The question {quoted(correction.question_id)} has no column in this round.",
                "A correction is of an answer that was delivered.",
                "Remove the line, or map the column.",
            )  # fmt: skip


def _check_codings(round_: Round, survey: Survey, file: Path, codings: Sequence[Coding], faults: FaultList) -> None:
    """A coding leads from a text of the round to an option of a question that has no column of its own."""
    check_unique(file, codings, ("response_id", "question_id", "coded_question_id", "code"), faults)
    texts, coded_questions = texts_of_round(round_, survey), codable_questions(round_, survey)
    for coding in codings:
        coded = coded_questions.get(coding.coded_question_id)
        if coding.question_id not in texts:
            add_row_fault(
                file, coding, "question_id", "wrong-coding", faults,
                f"{quoted(coding.question_id)} is no text question that this round asks.",
                "question_id is the text that was coded.",
                did_you_mean(coding.question_id, texts, "Correct the name."),
            )  # fmt: skip
        if coded is None:
            add_row_fault(
                file, coding, "coded_question_id", "wrong-coding", faults,
                f"{quoted(coding.coded_question_id)} is no select_multiple question without a column in this round.",
                "coded_question_id is the question of questions.csv that publishes the codes.",
                did_you_mean(coding.coded_question_id, coded_questions, "Add it to questions.csv."),
            )  # fmt: skip
        elif coding.code and coding.code not in survey.codes(coded.list_name):
            known = survey.codes(coded.list_name)
            add_row_fault(
                file, coding, "code", "unknown-code", faults,
                f"{quoted(coding.code)} is not an option of {quoted(coding.coded_question_id)}.",
                f"One of the options {listed(sorted(known))}.",
                did_you_mean(coding.code, known, "Correct the code, or add it where the options of its list stand."),
            )  # fmt: skip
    _check_none_alone(file, codings, faults)
    _check_one_text(file, codings, faults)


def texts_of_round(round_: Round, survey: Survey) -> dict[str, Question]:
    """The text questions that a round asks."""
    return {
        each.question_id: each for each in survey.questions if each.type == "text" and each.question_id in round_.uses
    }


def codable_questions(round_: Round, survey: Survey) -> dict[str, Question]:
    """The questions that a round has no column of, and that its texts can be coded as."""
    several = (each for each in survey.questions if each.type == "select_multiple")
    return {each.question_id: each for each in several if each.question_id not in round_.uses}


def _check_none_alone(file: Path, codings: Sequence[Coding], faults: FaultList) -> None:
    """A line without a code says that no code is in the text."""
    n_lines = Counter(coding.of for coding in codings)
    for coding in codings:
        if coding.code is None and n_lines[coding.of] > 1:
            add_row_fault(
                file, coding, "code", "wrong-coding", faults,
                f"The line says that the text has none of the codes of {quoted(coding.coded_question_id)}, and another "
                "line says something else of it.",
                "A line without a code is the only one of its text.",
                "Take out the line, or the others.",
            )  # fmt: skip


def _check_one_text(file: Path, codings: Sequence[Coding], faults: FaultList) -> None:
    """A question that two texts were coded as would have two answers of a response."""
    texts: dict[str, str] = {}
    for coding in codings:
        if texts.setdefault(coding.coded_question_id, coding.question_id) != coding.question_id:
            add_row_fault(
                file, coding, "question_id", "wrong-coding", faults,
                f"{quoted(coding.coded_question_id)} is coded from {quoted(coding.question_id)} here, and from "
                f"{quoted(texts[coding.coded_question_id])} on the lines before.",
                "A question is coded from one text.",
                "Correct the name, or add a question for the other text to questions.csv.",
            )  # fmt: skip


def _check_interviews(round_: Round, survey: Survey, registry: Registry | None, faults: FaultList) -> None:
    path, languages = round_.interviews_file, survey.settings.languages
    check_unique(path, round_.interviews, ("interview_id",), faults)
    for row in round_.interviews:
        check_areas(path, row, "areas", registry, faults)
        for texts in row.translated_columns():
            check_translated(path, row, texts, languages, faults)
        if row.began_on and row.ended_on and row.began_on > row.ended_on:
            add_row_fault(
                path, row, "ended_on", "dates-out-of-order", faults,
                f"The interviews began on {row.began_on} and ended on {row.ended_on}.",
                "They end on the day they begin, or later.",
                "Correct one of the dates.",
            )  # fmt: skip


def _check_decisions(round_: Round, faults: FaultList) -> None:
    """One decision for each check, which holds on the day it is made at least. Which checks there are, the gate
    knows."""
    check_unique(round_.decisions_file, round_.decisions, ("check_id",), faults)
    for decision in round_.decisions:
        if decision.valid_until < decision.decided_on:
            add_row_fault(
                round_.decisions_file, decision, "valid_until", "dates-out-of-order", faults,
                f"It is decided on {decision.decided_on} and valid until {decision.valid_until}.",
                "A decision is valid on the day it is made, or longer.",
                "Correct one of the dates.",
            )  # fmt: skip


def _speaking(round_: Round, survey: Survey, *more: tuple[str, set[str]]) -> dict[str, str]:
    """By question, how a sentence begins on the conditions that the round is judged by and that speak of it."""
    conditions = [*more, *((f"the rule {quoted(rule.rule_id)}", spoken_of(rule.expression)) for rule in survey.rules)]
    for question in survey.questions:
        if question.question_id in round_.asked:
            shown, own = quoted(question.question_id), {question.question_id}
            conditions.append((f"relevant of {shown}", spoken_of(question.relevant) - own))
            conditions.append((f"constraint of {shown}", spoken_of(question.constraint) - own))
    speaking: dict[str, list[str]] = defaultdict(list)
    for what, names in conditions:
        for name in sorted(names & survey.questions_by_id.keys()):
            speaking[name].append(what)
    return {name: f"{listed(found)} speak{'s' * (len(found) == 1)} of" for name, found in speaking.items()}


def _check_shared_columns(round_: Round, survey: Survey, faults: FaultList) -> None:
    """A column of several questions was answered as one of them: a condition on it could see another's answer."""
    feeds: dict[str, set[str]] = defaultdict(set)
    for use in round_.columns:
        if use.question_id in survey.questions_by_id and use.ticked != ANY_TEXT:
            feeds[use.source_column].add(use.question_id)
    shared = {name: column for column, names in feeds.items() if len(names) > 1 for name in names}
    speaking = _speaking(round_, survey, ("eligible", spoken_of(round_.settings.eligible)))
    for name in speaking.keys() & shared.keys():
        add_row_fault(
            round_.columns_file, round_.uses[name][0], "question_id", "ambiguous-condition", faults,
            f"{quoted(shared[name])} feeds several questions, and {speaking[name]} {quoted(name)}.",
            "A condition speaks of questions that have a column of their own.",
            "Split the column where the file is made, or say the condition by another question.",
        )  # fmt: skip


def _note_unasked(round_: Round, survey: Survey, faults: FaultList) -> None:
    """A round may ask fewer questions: what speaks of the others is no fault, but is not judged here."""
    speaking = _speaking(round_, survey)
    for name in speaking.keys() - round_.asked:
        faults.note(
            "condition-on-unasked", round_.columns_file,
            found=f"{speaking[name]} {quoted(name)}, which this round does not ask.",
            advice="What rests on that is not judged: relevant counts as true, a constraint as met, a rule as met by "
            "nobody. If the files have its answers, map their column.",
        )  # fmt: skip


def compile_eligible(round_: Round, survey: Survey, faults: FaultList) -> Condition | None:
    """The round's eligible as SQL: it speaks of questions that the round asks. None without one, or with faults."""
    expression, path, place = round_.settings.eligible, round_.places.path, round_.places.place(("eligible",))
    if expression is None:
        return None
    for name in sorted(spoken_of(expression) & survey.questions_by_id.keys() - round_.asked):
        faults.add(
            "condition-on-unasked", path, place,
            found=f"eligible speaks of {quoted(name)}, which this round does not ask.",
            expected="It speaks of questions that columns.csv has, or all responses would be eligible.",
            advice="Map the column that has the answers, or say the condition by another question.",
        )  # fmt: skip
    return eligible_condition(expression, survey.vocabulary, path, place, faults)
