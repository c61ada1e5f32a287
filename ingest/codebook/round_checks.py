"""Whether a round's files agree with each other, with the survey, the registry and the inventory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path

from faults.errors import MARK, FaultList
from faults.suggestions import among, did_you_mean, listed, quoted
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
from ingest.readers.rows import check_unique
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
        found = f"The round_id is {quoted(settings.round_id)}."
        faults.add("wrong-folder", *round_.places.where("round_id"), found, folder=quoted(round_.folder.name))
    check_labels(round_.places, ("title",), settings.title, survey.settings.languages, faults)
    if settings.reading_note is not None:
        check_labels(round_.places, ("reading_note",), settings.reading_note, survey.settings.languages, faults)
    window = settings.field_window
    if window.opens_on > window.closes_on:
        found = f"The field opens on {window.opens_on} and closes on {window.closes_on}."
        faults.add("field-ends-before-it-begins", *round_.places.where("field_window", "closes_on"), found)
    if settings.delivery is not None and settings.delivery.due_on < window.opens_on:
        found = f"The files are due on {settings.delivery.due_on} and the field opens on {window.opens_on}."
        faults.add("due-before-the-field", *round_.places.where("delivery", "due_on"), found)


def _check_reading(round_: Round, faults: FaultList) -> None:
    settings = round_.settings
    if settings.first_data_row <= settings.name_row:
        found = f"first_data_row is {settings.first_data_row} and name_row is {settings.name_row}."
        faults.add("rows-out-of-order", *round_.places.where("first_data_row"), found)
    if settings.option_row is not None and not settings.name_row < settings.option_row < settings.first_data_row:
        found = (
            f"option_row is {settings.option_row}, name_row is {settings.name_row} and first_data_row is "
            f"{settings.first_data_row}."
        )
        faults.add("option-row-out-of-order", *round_.places.where("option_row"), found)
    format_ = FORMATS[settings.format]
    if format_.uses("sheet") != (settings.sheet is not None):
        is_named = "There is no sheet." if settings.sheet is None else "A sheet is named."
        found = f"The format is {settings.format}. {is_named}"
        with_sheets = listed(name for name in FORMATS if FORMATS[name].uses("sheet"))
        faults.add("wrong-sheet-use", *round_.places.where("sheet"), found, formats=with_sheets)
    for name in {name for name in settings.files if settings.files.count(name) > 1}:
        found = f"The file {quoted(name)} is named {settings.files.count(name)} times."
        faults.add("repeated-file", *round_.places.where("files"), found)
    needs_format = not format_.layout.has_typed_dates and any(name in round_.uses for name in TIMESTAMP_NAMES)
    if needs_format and settings.timestamp_format is None:
        found = "There is no timestamp_format, and columns.csv maps timestamps."
        faults.add("missing-timestamp-format", *round_.places.where("timestamp_format"), found)


def _check_frame(round_: Round, registry: Registry, faults: FaultList) -> None:
    frame = round_.settings.frame
    division, year = frame.division_date.isoformat(), str(frame.population_date.year)
    if division not in registry.divisions:
        found = f"The registry has no division {division}."
        where, known = round_.places.where("frame", "division_date"), listed(sorted(registry.divisions))
        faults.add("unknown-division", *where, found, divisions=known)
        return
    asked = _asked(round_, registry)
    unknown = sorted(asked - registry.populated_codes(year))
    if unknown:
        who = "any municipality" if len(unknown) == len(asked) else f"the municipalities {listed(unknown)}"
        found = f"population.csv has no population of {year} for {who}."
        faults.add("unknown-population", *round_.places.where("frame", "population_date"), found)


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
            found = f"The column {quoted(source_column)} is both ignored and used."
            faults.add("ignored-and-used", round_.columns_file, same[-1].at("question_id"), found)
    for name, uses in round_.uses.items():
        if name != IGNORED:
            _check_parts(round_, survey, name, uses, faults)
    for key in ("skip_rows_without", "skip_rows_where"):
        for name in getattr(round_.settings, key):
            if name not in by_source:
                found, near = f"There is no column {quoted(name)} in columns.csv.", did_you_mean(name, by_source)
                faults.add("unknown-column", *round_.places.where(key), found, advice=near, key=key)


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
        found, near = f"There is no question {quoted(use.question_id)}.", did_you_mean(use.question_id, names)
        faults.add("unknown-mapped-question", round_.columns_file, use.at("question_id"), found, advice=near)
        return
    if use.question_id == "_municipality":
        _check_municipality_part(round_, use, faults)
    elif use.part is not None:
        _add_not_multiple(round_, use, "part", faults)
    for column in ("ticked", "not_ticked", "list_separator"):
        if getattr(use, column) is not None:
            _add_not_multiple(round_, use, column, faults)


def _add_not_multiple(round_: Round, use: ColumnUse, column: str, faults: FaultList) -> None:
    found = f"{quoted(use.question_id)} has {column} {quoted(getattr(use, column))}."
    faults.add("wrong-part", round_.columns_file, use.at(column), found, column=column)


def _check_municipality_part(round_: Round, use: ColumnUse, faults: FaultList) -> None:
    if use.part not in MUNICIPALITY_PARTS:
        found = f"The part is {quoted(use.part or '')}."
        faults.add("wrong-municipality-part", round_.columns_file, use.at("part"), found)


def _check_multiple(round_: Round, survey: Survey, use: ColumnUse, faults: FaultList) -> None:
    """A column per option has part and ticked; one joined cell has list_separator and nothing else."""
    has_option = use.part is not None and use.ticked is not None
    is_joined = use.list_separator is not None
    is_mixed = is_joined and (use.part or use.ticked or use.not_ticked) is not None
    if has_option == is_joined or is_mixed:
        found = f"{quoted(use.question_id)} has {_describe_multiple(use)}."
        faults.add("wrong-form-of-multiple", round_.columns_file, use.at("part"), found)
        return
    if use.ticked is not None and use.ticked == use.not_ticked:
        found = f"Both ticked and not_ticked are {quoted(use.ticked)}."
        faults.add("ambiguous-tick", round_.columns_file, use.at("not_ticked"), found)
    if use.part is not None:
        _check_option(round_, survey, use, faults)


def _check_options(round_: Round, survey: Survey, faults: FaultList) -> None:
    """Every option of a question with a column per option has one: what nobody could tick is no zero."""
    check_unique(round_.columns_file, round_.not_offered, ("question_id", "part"), faults)
    mapped = {(use.question_id, use.part) for use in round_.columns}
    for use in round_.not_offered:
        if use.part and (use.question_id, use.part) in mapped:
            found = f"Option {quoted(use.part)} of {quoted(use.question_id)} has a column, and is {NOT_OFFERED}."
            faults.add("offered-and-not", round_.columns_file, use.at("part"), found)
        elif survey.codes(_list_of(survey, use)) and (use.ticked or use.not_ticked or use.list_separator) is None:
            _check_option(round_, survey, use, faults)
        else:
            found = f"{quoted(use.question_id)} is no select_multiple, or the line has more than part."
            faults.add("wrong-not-offered", round_.columns_file, use.at("question_id"), found)
    for name, uses in round_.uses.items():
        parts = {str(use.part) for use in (*uses, *round_.not_offered) if use.question_id == name}
        lacking = survey.codes(_list_of(survey, uses[0])) - parts
        if lacking and uses[0].ticked is not None:
            found = f"Options of {quoted(name)} without a column: {listed(lacking)}."
            path, place = round_.columns_file, uses[0].at("part")
            faults.add("option-without-column", path, place, found, name=name, option=min(lacking))


def _list_of(survey: Survey, use: ColumnUse) -> str | None:
    """The list of a question with several answers; None for all else."""
    question = survey.questions_by_id.get(use.question_id)
    return question.list_name if question is not None and question.type == "select_multiple" else None


def _check_option(round_: Round, survey: Survey, use: ColumnUse, faults: FaultList) -> None:
    known = survey.codes(_list_of(survey, use))
    if use.part not in known:
        found = f"{quoted(use.part or '')} is not an option of {quoted(use.question_id)}."
        faults.add("unknown-option", round_.columns_file, use.at("part"), found, **among(use.part or "", sorted(known)))


def _describe_multiple(use: ColumnUse) -> str:
    given = [name for name in ("part", "ticked", "not_ticked", "list_separator") if getattr(use, name) is not None]
    return " and ".join(given) or "neither part nor list_separator"


def _check_parts(round_: Round, survey: Survey, name: str, uses: Sequence[ColumnUse], faults: FaultList) -> None:
    """A question, or an option of one, may come from several columns, but not options and joined cells together."""
    parts = {use.part or "": use for use in reversed(uses)}
    if _list_of(survey, uses[0]) is not None and "" in parts and len(parts) > 1:
        found = f"{quoted(name)} has both columns per option and a joined cell."
        faults.add("two-forms-of-multiple", round_.columns_file, parts[""].at("part"), found)


def _check_weights_once(round_: Round, faults: FaultList) -> None:
    if "_weight" in round_.uses:
        found = "The round has weights in a file of their own, and columns.csv maps a column to _weight."
        faults.add("weights-twice", *round_.places.where("weights"), found)


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
            found, other = f"No column is mapped to {name}.", or_else.get(name, "")
            faults.add("missing-reserved-name", round_.columns_file, "", found, reason=reason, name=name, or_else=other)
    _check_respondent_alone(round_, faults)
    if "_role" in round_.uses and survey.settings.roles is None:
        found = "A column is mapped to _role, and survey.yml has no roles."
        faults.add("missing-roles", round_.columns_file, round_.uses["_role"][0].at("question_id"), found)


def _check_respondent_alone(round_: Round, faults: FaultList) -> None:
    """What the column holds is kept as a keyed hash: whoever else reads it would read that."""
    columns = {use.source_column for use in round_.uses.get("_respondent", ())}
    for use in round_.columns:
        if use.source_column in columns and use.question_id != "_respondent":
            found = f"The column {quoted(use.source_column)} feeds _respondent and {quoted(use.question_id)}."
            faults.add("respondent-column-shared", round_.columns_file, use.at("question_id"), found)


def _check_recodes(
    round_: Round, survey: Survey, registry: Registry | None, systems: Systems | None, faults: FaultList
) -> None:
    check_unique(round_.recodes_file, round_.recodes, ("list_name", "source_value"), faults)
    targets = _recode_targets(round_, survey, registry, systems)
    for recode in round_.recodes:
        known = targets.get(recode.list_name)
        if recode.list_name not in targets:
            found, near = f"There is no list {quoted(recode.list_name)}.", did_you_mean(recode.list_name, targets)
            faults.add("unknown-recoded-list", round_.recodes_file, recode.at("list_name"), found, advice=near)
        elif known is not None and recode.code not in known:
            found = f"{quoted(recode.code)} is not a code of {recode.list_name}."
            path, place = round_.recodes_file, recode.at("code")
            faults.add("unknown-code", path, place, found, **among(recode.code, sorted(known)))
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
    path, place = round_.recodes_file, recode.at("source_value")
    found = f"{quoted(recode.source_value)} is recoded to {quoted(recode.code)}."
    if is_code:
        faults.add("recoded-code", path, place, found, other=quoted(other.code))
    else:
        faults.add("recoded-label", path, place, found, other=quoted(other.code))


def _check_members(round_: Round, registry: Registry | None, faults: FaultList) -> None:
    """A municipality has one joint authority, which is named as its response counts."""
    path = round_.members_file
    check_unique(path, round_.members, ("municipality_code",), faults)
    asked = _asked(round_, registry) if registry is not None else frozenset()
    recoded = {each.source_value: each.code for each in round_.recodes if each.list_name == "_municipality"}
    for member in round_.members:
        if asked and member.municipality_code not in asked:
            found = f"{quoted(member.municipality_code)} is no municipality of the frame."
            near = did_you_mean(member.municipality_code, asked)
            faults.add("unknown-member", path, member.at("municipality_code"), found, advice=near)
        if member.respondent in recoded:
            found = f"recodes.csv makes {quoted(recoded[member.respondent])} of {quoted(member.respondent)}."
            faults.add("recoded-member", path, member.at("respondent"), found)


def _check_corrections(round_: Round, survey: Survey, faults: FaultList) -> None:
    path = round_.corrections_file
    check_unique(path, round_.corrections, ("response_id", "question_id", "old_value"), faults)
    for correction in round_.corrections:
        if correction.question_id is None:
            if correction.action == "replace":
                faults.add("correction-of-no-question", path, correction.at("question_id"), "The value is empty.")
        elif correction.question_id not in (*survey.questions_by_id, *CORRECTED_NAMES):
            found = f"There is no question {quoted(correction.question_id)}."
            near = did_you_mean(correction.question_id, survey.questions_by_id)
            faults.add("unknown-corrected-question", path, correction.at("question_id"), found, advice=near)
        elif correction.question_id not in round_.uses:
            found = f"The question {quoted(correction.question_id)} has no column in this round."
            faults.add("question-not-asked", path, correction.at("question_id"), found)


def _check_codings(round_: Round, survey: Survey, file: Path, codings: Sequence[Coding], faults: FaultList) -> None:
    """A coding leads from a text of the round to an option of a question that has no column of its own."""
    check_unique(file, codings, ("response_id", "question_id", "coded_question_id", "code"), faults)
    texts, coded_questions = texts_of_round(round_, survey), codable_questions(round_, survey)
    for coding in codings:
        coded = coded_questions.get(coding.coded_question_id)
        if coding.question_id not in texts:
            found = f"{quoted(coding.question_id)} is no text question that this round asks."
            near = did_you_mean(coding.question_id, texts)
            faults.add("no-coded-text", file, coding.at("question_id"), found, advice=near)
        if coded is None:
            found = f"{quoted(coding.coded_question_id)} is no select_multiple question without a column in this round."
            near = did_you_mean(coding.coded_question_id, coded_questions)
            faults.add("no-question-of-codes", file, coding.at("coded_question_id"), found, advice=near)
        elif coding.code and coding.code not in survey.codes(coded.list_name):
            known = survey.codes(coded.list_name)
            found = f"{quoted(coding.code)} is not an option of {quoted(coding.coded_question_id)}."
            faults.add("unknown-coded-option", file, coding.at("code"), found, **among(coding.code, sorted(known)))
    _check_none_alone(file, codings, faults)
    _check_one_text(file, [each for each in codings if each.question_id in texts], faults)


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
            found = (
                f"The line says that the text has none of the codes of {quoted(coding.coded_question_id)}, and another "
                "line says something else of it."
            )
            faults.add("contradicting-codings", file, coding.at("code"), found)


def _check_one_text(file: Path, codings: Sequence[Coding], faults: FaultList) -> None:
    """A question that two texts were coded as would have two answers of a response."""
    texts: dict[str, str] = {}
    for coding in codings:
        if texts.setdefault(coding.coded_question_id, coding.question_id) != coding.question_id:
            found = (
                f"{quoted(coding.coded_question_id)} is coded from {quoted(coding.question_id)} here, and from "
                f"{quoted(texts[coding.coded_question_id])} on the lines before."
            )
            faults.add("coded-from-two-texts", file, coding.at("question_id"), found)


def _check_interviews(round_: Round, survey: Survey, registry: Registry | None, faults: FaultList) -> None:
    path, languages = round_.interviews_file, survey.settings.languages
    check_unique(path, round_.interviews, ("interview_id",), faults)
    for row in round_.interviews:
        check_areas(path, row, "areas", registry, faults)
        for texts in row.translated_columns():
            check_translated(path, row, texts, languages, faults)
        if row.began_on and row.ended_on and row.began_on > row.ended_on:
            found = f"The interviews began on {row.began_on} and ended on {row.ended_on}."
            faults.add("interviews-end-before-they-begin", path, row.at("ended_on"), found)


def _check_decisions(round_: Round, faults: FaultList) -> None:
    """One decision for each check, which holds on the day it is made at least. Which checks there are, the gate
    knows."""
    check_unique(round_.decisions_file, round_.decisions, ("check_id",), faults)
    for decision in round_.decisions:
        if decision.valid_until < decision.decided_on:
            found = f"It is decided on {decision.decided_on} and valid until {decision.valid_until}."
            faults.add("decision-over-before-it-is-made", round_.decisions_file, decision.at("valid_until"), found)


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
        found = f"{quoted(shared[name])} feeds several questions, and {speaking[name]} {quoted(name)}."
        faults.add("ambiguous-condition", round_.columns_file, round_.uses[name][0].at("question_id"), found)


def _note_unasked(round_: Round, survey: Survey, faults: FaultList) -> None:
    """A round may ask fewer questions: what speaks of the others is no fault, but is not judged here."""
    speaking = _speaking(round_, survey)
    for name in speaking.keys() - round_.asked:
        found = f"{speaking[name]} {quoted(name)}, which this round does not ask."
        faults.note("condition-not-judged", round_.columns_file, found)


def compile_eligible(round_: Round, survey: Survey, faults: FaultList) -> Condition | None:
    """The round's eligible as SQL: it speaks of questions that the round asks. None without one, or with faults."""
    expression, path, place = round_.settings.eligible, round_.places.path, round_.places.place(("eligible",))
    if expression is None:
        return None
    for name in sorted(spoken_of(expression) & survey.questions_by_id.keys() - round_.asked):
        found = f"eligible speaks of {quoted(name)}, which this round does not ask."
        faults.add("condition-on-unasked", path, place, found)
    return eligible_condition(expression, survey.vocabulary, path, place, faults)
