"""Whether a survey's files agree with each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from faults.errors import FaultList, line_place
from faults.suggestions import did_you_mean, listed, quoted
from ingest.codebook.claims import check_claims
from ingest.codebook.conditions import survey_conditions
from ingest.codebook.figures import check_figures, own_breakdowns
from ingest.codebook.survey import CLOSED_TYPES, NUMBER_TYPES, Choice, Question, SizeClass, Survey
from ingest.readers.cells import Labels
from ingest.readers.rows import add_row_fault, check_unique
from ingest.readers.settings import SettingsPlaces, add_setting_fault
from ingest.reference.practices import is_list_of_practices
from ingest.reference.registry import Registry
from ingest.reference.systems import Systems

LIST_USES = {
    "select_one": "needs", "select_multiple": "needs", "integer": "may have", "decimal": "may have",
    "text": "has no", "date": "has no", "system": "has no",
}  # fmt: skip


def check_survey(survey: Survey, registry: Registry | None, systems: Systems | None, faults: FaultList) -> None:
    """Note everything in a survey's files that does not fit together."""
    _check_folder(survey, faults)
    _check_settings(survey, registry, faults)
    _check_questions(survey, faults)
    if systems is not None and not systems.systems:
        check_no_inventory(survey, faults)
    _check_choices(survey, faults)
    _check_comparisons(survey, faults)
    check_unique(survey.plausibility_file, survey.rules, ("rule_id",), faults)
    survey_conditions(survey, faults)
    check_figures(survey, registry, faults)
    check_claims(survey, faults)


def _check_folder(survey: Survey, faults: FaultList) -> None:
    if survey.survey_id != survey.folder.name:
        add_setting_fault(
            survey.places, ("survey_id",), "wrong-folder", faults,
            f"The survey_id is {quoted(survey.survey_id)}.",
            f"It equals the name of the folder, {quoted(survey.folder.name)}.",
            "Rename one of them.",
        )  # fmt: skip


def _check_settings(survey: Survey, registry: Registry | None, faults: FaultList) -> None:
    settings, places = survey.settings, survey.places
    for location, labels in (*_labels_of(settings, ()), (("all_label",), settings.label_of_all)):
        check_labels(places, location, labels, settings.languages, faults)
    _check_size_classes(places, settings.size_classes, faults)
    class_ids = [size_class.id for size_class in settings.size_classes]
    _check_ids_once(places, "size_classes", class_ids, faults)
    _check_ids_once(places, "size_class_groups", [group.id for group in settings.size_class_groups], faults)
    for index, group in enumerate(settings.size_class_groups):
        location = ("size_class_groups", index, "members")
        _check_known(places, location, group.members, class_ids, "size class", faults)
    _check_known(places, ("ordered_lists",), settings.ordered_lists, survey.lists, "list", faults)
    _check_roles(survey, faults)
    _check_breakdowns(survey, registry, faults)
    _check_sections(survey, faults)
    _check_size_class_question(survey, faults)


def _labels_of(value: Any, location: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Labels]]:
    """Every group of labels in the settings, with its location."""
    if isinstance(value, dict):
        yield location, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _labels_of(getattr(value, name), (*location, name))
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _labels_of(inner, (*location, index))


def check_labels(
    places: SettingsPlaces,
    location: tuple[str | int, ...],
    labels: Labels,
    languages: Sequence[str],
    faults: FaultList,
) -> None:
    """Note where a text of a YAML file is not in exactly the languages of its survey."""
    for language in languages:
        if labels.get(language) is None:
            add_setting_fault(
                places, (*location, language), "missing-label", faults,
                f"There is no text in {language}.",
                "Every text is given in all languages of the survey.",
                f"Add {language}: to it.",
            )  # fmt: skip
    for language in labels:
        if language not in languages:
            add_setting_fault(
                places, (*location, language), "unknown-language", faults,
                f"There is a text in {quoted(language)}.",
                f"Texts are given in the languages of the survey: {listed(languages)}.",
                "Remove it, or add the language to languages in survey.yml.",
            )  # fmt: skip


def _check_size_classes(places: SettingsPlaces, classes: Sequence[SizeClass], faults: FaultList) -> None:
    in_order = sorted(enumerate(classes), key=lambda pair: pair[1].min)
    starts = [(0, -1), *((size_class.min, index) for index, size_class in in_order)]
    if not in_order or in_order[0][1].min != 0:
        _add_size_class(places, starts[-1][1], "No class begins at 0.", "The first class has min: 0.", faults)
    for (index, lower), (_, upper) in pairwise(in_order):
        if lower.max is None or lower.max + 1 != upper.min:
            end = "has no max" if lower.max is None else f"ends at {lower.max}"
            found = f"The class {lower.id} {end} and {upper.id} begins at {upper.min}."
            _add_size_class(places, index, found, "Classes follow each other without gap or overlap.", faults)
    if in_order and in_order[-1][1].max is not None:
        index, last = in_order[-1]
        found = f"The class {last.id} ends at {last.max} and none follows."
        _add_size_class(places, index, found, "The last class has no max.", faults)


def _add_size_class(places: SettingsPlaces, index: int, found: str, expected: str, faults: FaultList) -> None:
    location = ("size_classes", index) if index >= 0 else ("size_classes",)
    add_setting_fault(
        places, location, "wrong-size-classes", faults,
        found,
        expected,
        "Correct min and max; both are inclusive.",
    )  # fmt: skip


def _check_ids_once(places: SettingsPlaces, key: str, ids: Sequence[str], faults: FaultList) -> None:
    for name, count in Counter(ids).items():
        if count > 1:
            add_setting_fault(
                places, (key, len(ids) - 1 - ids[::-1].index(name)), "repeated-key", faults,
                f"The id {quoted(name)} is given {count} times.",
                f"Each of the {key} has its own id.",
                "Rename one of them.",
            )  # fmt: skip


def _check_known(
    places: SettingsPlaces,
    location: tuple[str | int, ...],
    names: Sequence[str],
    known: Iterable[str],
    thing: str,
    faults: FaultList,
) -> None:
    known = list(known)
    for index, name in enumerate(names):
        if name not in known:
            add_setting_fault(
                places, (*location, index), f"unknown-{thing.replace(' ', '-')}", faults,
                f"There is no {thing} {quoted(name)}.",
                f"One of {listed(known) or 'none'}.",
                did_you_mean(name, known, "Correct the name."),
            )  # fmt: skip


def _check_roles(survey: Survey, faults: FaultList) -> None:
    roles, places = survey.settings.roles, survey.places
    if roles is None:
        return
    if roles.list_name not in survey.lists:
        _check_known(places, ("roles",), (roles.list_name,), survey.lists, "list", faults)
        return
    _check_known(
        places, ("roles", "lead_order"), roles.lead_order, sorted(survey.codes(roles.list_name)), "role", faults
    )
    answers = {choice.code for choice in survey.lists[roles.list_name] if choice.is_missing != "1"}
    left_out = sorted(answers - set(roles.lead_order))
    if left_out:
        add_setting_fault(
            places, ("roles", "lead_order"), "incomplete-order", faults,
            f"The order leaves out {listed(left_out)}.",
            f"It has every role of the list {roles.list_name}.",
            "Add them where they belong.",
        )  # fmt: skip


def _check_breakdowns(survey: Survey, registry: Registry | None, faults: FaultList) -> None:
    own = own_breakdowns(registry)
    known = [question.question_id for question in survey.questions if question.type == "select_one"]
    personal = {question.question_id for question in survey.questions if question.disclosure == "personal"}
    _check_known(survey.places, ("breakdowns",), survey.settings.breakdowns, known, "select_one question", faults)
    for index, name in enumerate(survey.settings.breakdowns):
        if name in own:
            add_setting_fault(
                survey.places, ("breakdowns", index), "reserved-breakdown", faults,
                f"The breakdown is {quoted(name)}.",
                f"Another name than those that every survey has: {listed(own)}.",
                "Rename the question, or leave it out: its breakdown is there already.",
            )  # fmt: skip
        if name in personal:
            add_setting_fault(
                survey.places, ("breakdowns", index), "personal-breakdown", faults,
                f"The question {quoted(name)} is personal in questions.csv.",
                "A public_fact or an opinion: how many are in each row of a breakdown is published.",
                "Leave it out of the breakdowns, or write in questions.csv that it is an opinion.",
            )  # fmt: skip


def _check_sections(survey: Survey, faults: FaultList) -> None:
    """Where the form has sections every closed question is in one of them."""
    sections, places = survey.settings.sections, survey.places
    _check_ids_once(places, "sections", [section.id for section in sections], faults)
    first: dict[str, str] = {}
    for index, section in enumerate(sections):
        location = ("sections", index, "questions")
        _check_known(places, location, section.questions, survey.questions_by_id, "question", faults)
        for number, name in enumerate(section.questions):
            if first.setdefault(name, section.id) != section.id:
                add_setting_fault(
                    places, (*location, number), "repeated-value", faults,
                    f"The question {quoted(name)} is in the sections {first[name]} and {section.id}.",
                    "Each question is in one section.",
                    "Remove it from one of them.",
                )  # fmt: skip
    left_out = [
        each.question_id for each in survey.questions if each.type in CLOSED_TYPES and each.question_id not in first
    ]
    if sections and left_out:
        add_setting_fault(
            places, ("sections",), "question-in-no-section", faults,
            f"In no section: {listed(left_out)}.",
            "Every select_one and select_multiple of questions.csv is in a section, or there are no sections at all.",
            "Add them where they belong.",
        )  # fmt: skip


def _check_size_class_question(survey: Survey, faults: FaultList) -> None:
    """What a municipality reports is compared with its class: the answers are the classes."""
    name, places = survey.settings.size_class_question, survey.places
    if name is None:
        return
    chosen = {each.question_id: each.list_name for each in survey.questions if each.type == "select_one"}
    if name not in chosen:
        _check_known(places, ("size_class_question",), (name,), chosen, "select_one question", faults)
        return
    answers = {choice.code for choice in survey.lists.get(chosen[name] or "", ()) if choice.is_missing != "1"}
    class_ids = [size_class.id for size_class in survey.settings.size_classes]
    if answers != set(class_ids):
        add_setting_fault(
            places, ("size_class_question",), "wrong-size-class-question", faults,
            f"The answers of {quoted(name)} are {listed(sorted(answers)) or 'none'}.",
            f"They are the ids of size_classes: {listed(class_ids)}.",
            "Correct the codes of its list in choices.csv, or name another question.",
        )  # fmt: skip


def _check_questions(survey: Survey, faults: FaultList) -> None:
    path = survey.questions_file
    check_unique(path, survey.questions, ("question_id",), faults)
    for question in survey.questions:
        _check_row_labels(path, question, "label", survey, faults)
        _check_list(survey, question, faults)
        _check_bounds(path, question, faults)
        _check_other(survey, question, faults)


def check_no_inventory(survey: Survey, faults: FaultList) -> None:
    """An inventory that got lost would turn every system that was named into an unknown one."""
    for question in survey.questions:
        if question.type == "system":
            add_row_fault(
                survey.questions_file, question, "type", "no-inventory", faults,
                f"{quoted(question.question_id)} asks for a system, and the inventory has none.",
                "systems/inventory.xlsx, beside surveys/, lists the systems and their other names.",
                "Add it with its source.yml, or make the question a text.",
            )  # fmt: skip


def _check_row_labels(path: Path, row: Question | Choice, prefix: str, survey: Survey, faults: FaultList) -> None:
    labels: Labels = getattr(row, f"{prefix}s")
    for language in survey.settings.languages:
        if labels.get(language) is None:
            add_row_fault(
                path, row, f"{prefix}_{language}", "missing-label", faults,
                "The label is empty.",
                f"Labels are given in the languages of the survey: {listed(survey.settings.languages)}.",
                "Add the label.",
            )  # fmt: skip


def _check_list(survey: Survey, question: Question, faults: FaultList) -> None:
    use = LIST_USES.get(question.type)
    if use is None or (question.list_name is None and use != "needs"):
        return
    if question.list_name is None or use == "has no":
        found = "There is no list_name." if question.list_name is None else f"The list is {quoted(question.list_name)}."
        add_row_fault(
            survey.questions_file, question, "list_name", "wrong-list-use", faults,
            found,
            f"A question of type {question.type} {use} list of choices.".replace("needs list", "needs a list"),
            "Correct type or list_name.",
        )  # fmt: skip
    elif (name := question.list_name) not in survey.lists:
        told, to_do = ".", "Add its options to choices.csv."
        if is_list_of_practices(name):
            told = ", and practices/, beside surveys/, those of this one."
            to_do = "Correct the name, or add its theme and practices there."
        add_row_fault(
            survey.questions_file, question, "list_name", "unknown-list", faults,
            f"There is no list {quoted(question.list_name)}.", f"choices.csv has the options of every list{told}",
            did_you_mean(question.list_name, survey.lists, to_do),
        )  # fmt: skip
    elif question.type in NUMBER_TYPES:
        _check_missing_only(survey, question, faults)


def _check_missing_only(survey: Survey, question: Question, faults: FaultList) -> None:
    answers = [choice.code for choice in survey.lists[question.list_name or ""] if choice.is_missing != "1"]
    if answers:
        add_row_fault(
            survey.questions_file, question, "list_name", "wrong-list-use", faults,
            f"The list {question.list_name} has answers: {listed(answers)}.",
            "The list of a number holds only codes that mean a missing answer (is_missing 1).",
            "Correct is_missing, or make the question a select_one.",
        )  # fmt: skip


def _check_bounds(path: Path, question: Question, faults: FaultList) -> None:
    for low, high in (("min_value", "max_value"), ("soft_min", "soft_max")):
        given = [name for name in (low, high) if getattr(question, name) is not None]
        if given and question.type not in NUMBER_TYPES:
            add_row_fault(
                path, question, given[0], "bounds-without-number", faults,
                f"A question of type {question.type} has {' and '.join(given)}.",
                "Bounds are for integer and decimal questions.",
                "Remove them, or write a constraint.",
            )  # fmt: skip
        elif len(given) == 2 and _is_less(getattr(question, high), getattr(question, low)):
            add_row_fault(
                path, question, high, "bounds-out-of-order", faults,
                f"{low} is {getattr(question, low)} and {high} is {getattr(question, high)}.",
                f"{low} is not greater than {high}.",
                "Correct one of them.",
            )  # fmt: skip


def _is_less(first: str, second: str) -> bool:
    try:
        return float(first) < float(second)
    except ValueError:
        return False


def _check_other(survey: Survey, question: Question, faults: FaultList) -> None:
    if question.other_of is not None and question.other_of not in survey.questions_by_id:
        add_row_fault(
            survey.questions_file, question, "other_of", "unknown-question", faults,
            f"There is no question {quoted(question.other_of)}.",
            "other_of names the question whose free answer this is.",
            did_you_mean(question.other_of, survey.questions_by_id, "Correct the name."),
        )  # fmt: skip


def _check_comparisons(survey: Survey, faults: FaultList) -> None:
    check_unique(survey.comparability_file, survey.comparisons, ("question_id", "round_id"), faults)
    for row in survey.comparisons:
        for column in ("question_id", "earlier_question_id"):
            name = getattr(row, column)
            if name is not None and name not in survey.questions_by_id:
                add_row_fault(
                    survey.comparability_file, row, column, "unknown-question", faults,
                    f"There is no question {quoted(name)}.",
                    "Both questions stand in questions.csv: one that is no longer asked stays there.",
                    did_you_mean(name, survey.questions_by_id, "Correct the name."),
                )  # fmt: skip


def _check_choices(survey: Survey, faults: FaultList) -> None:
    path = survey.choices_file
    check_unique(path, survey.choices, ("list_name", "code"), faults)
    check_unique(path, survey.choices, ("list_name", "sort_order"), faults)
    for file, choices in survey.options.items():
        for choice in choices:
            _check_row_labels(file, choice, "label", survey, faults)
            if choice.group_code is not None:
                _check_row_labels(file, choice, "group_label", survey, faults)
    _check_borrowed(survey, faults)
    for choices in survey.lists.values():
        _check_groups(path, choices, faults)
        _check_spellings(path, choices, faults)


def _check_borrowed(survey: Survey, faults: FaultList) -> None:
    """What a list borrows has its labels where it stands."""
    borrowed = {(each.list_name, each.code): file.name for file, rows in survey.borrowed.items() for each in rows}
    for choice in survey.choices:
        if file := borrowed.get((choice.list_name, choice.code)):
            add_row_fault(
                survey.choices_file, choice, "code", "borrowed-code", faults,
                f"{file} has {quoted(choice.code)} of the list {choice.list_name} already.",
                "A list that is borrowed has its options where they stand; only others are added here.",
                "Remove the line, or give it another code.",
            )  # fmt: skip


def _check_groups(path: Path, choices: Sequence[Choice], faults: FaultList) -> None:
    """Groups share out the base: every answer is in one, and what is no answer is in none."""
    is_grouped = any(choice.group_code is not None for choice in choices)
    for choice in choices:
        shown = "no group" if choice.group_code is None else quoted(choice.group_code)
        if is_grouped and (choice.group_code is None) != (choice.is_missing == "1"):
            add_row_fault(
                path, choice, "group_code", "partial-group", faults,
                f"The code {choice.code} is in {shown}.",
                "In a list with groups every answer is in a group, and a code with is_missing 1 is in none.",
                "A group of its own may hold one option.",
            )  # fmt: skip
    first: dict[str, Choice] = {}
    for choice in choices:
        if choice.group_code is None:
            continue
        other = first.setdefault(choice.group_code, choice)
        for language, label in choice.group_labels.items():
            if label != other.group_labels[language]:
                add_row_fault(
                    path, choice, f"group_label_{language}", "inconsistent-group", faults,
                    f"The group {choice.group_code} is {quoted(label or '')} here and "
                    f"{quoted(other.group_labels[language] or '')} on line {other.line}.",
                    "A group has one label in each language.",
                    "Correct one of them.",
                )  # fmt: skip


def _check_spellings(path: Path, choices: Sequence[Choice], faults: FaultList) -> None:
    """Answers are matched by code and by every label: a spelling must mean one option."""
    holders: dict[str, list[Choice]] = defaultdict(list)
    for choice in choices:
        for spelling in choice.spellings():
            holders[spelling].append(choice)
    for spelling, same in sorted(holders.items()):
        codes = sorted({choice.code for choice in same})
        if len(codes) > 1:
            faults.add(
                "ambiguous-label",
                path,
                line_place(max(choice.line for choice in same)),
                found=f"In the list {same[0].list_name}, {quoted(spelling)} is a code or label of {listed(codes)}.",
                expected="In a list, a code or label means one option.",
                advice="Rename one of them.",
            )
