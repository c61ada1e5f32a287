"""Whether a survey's files agree with each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from faults.errors import FaultList, line_place
from faults.suggestions import among, did_you_mean, listed, quoted
from ingest.codebook.claims import check_claims
from ingest.codebook.conditions import survey_conditions
from ingest.codebook.figures import check_figures, own_breakdowns
from ingest.codebook.survey import CLOSED_TYPES, NUMBER_TYPES, Choice, Question, SizeClass, Survey
from ingest.readers.cells import Labels
from ingest.readers.rows import check_unique
from ingest.readers.settings import SettingsPlaces
from ingest.reference.practices import is_list_of_practices
from ingest.reference.registry import Registry
from ingest.reference.systems import Systems

LIST_USES = {
    "select_one": "needs a", "select_multiple": "needs a", "integer": "may have", "decimal": "may have",
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
        found = f"The survey_id is {quoted(survey.survey_id)}."
        faults.add("wrong-folder", *survey.places.where("survey_id"), found, folder=quoted(survey.folder.name))


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
            found = f"There is no text in {language}."
            faults.add("missing-language", *places.where(*location, language), found, language=language)
    for language in labels:
        if language not in languages:
            found = f"There is a text in {quoted(language)}."
            faults.add("unknown-language", *places.where(*location, language), found, languages=listed(languages))


def _check_size_classes(places: SettingsPlaces, classes: Sequence[SizeClass], faults: FaultList) -> None:
    in_order = sorted(enumerate(classes), key=lambda pair: pair[1].min)
    if not in_order or in_order[0][1].min != 0:
        place = [index for index, _ in in_order[-1:]]
        faults.add("no-first-size-class", *places.where("size_classes", *place), "No class begins at 0.")
    for (index, lower), (_, upper) in pairwise(in_order):
        if lower.max is None or lower.max + 1 != upper.min:
            end = "has no max" if lower.max is None else f"ends at {lower.max}"
            found = f"The class {lower.id} {end} and {upper.id} begins at {upper.min}."
            faults.add("size-classes-apart", *places.where("size_classes", index), found)
    if in_order and in_order[-1][1].max is not None:
        index, last = in_order[-1]
        found = f"The class {last.id} ends at {last.max} and none follows."
        faults.add("no-last-size-class", *places.where("size_classes", index), found)


def _check_ids_once(places: SettingsPlaces, key: str, ids: Sequence[str], faults: FaultList) -> None:
    for name, count in Counter(ids).items():
        if count > 1:
            found = f"The id {quoted(name)} is given {count} times."
            faults.add("repeated-id", *places.where(key, len(ids) - 1 - ids[::-1].index(name)), found, key=key)


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
            found = f"There is no {thing} {quoted(name)}."
            faults.add("unknown-name", *places.where(*location, index), found, **among(name, known))


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
        found = f"The order leaves out {listed(left_out)}."
        faults.add("incomplete-order", *places.where("roles", "lead_order"), found, list_name=roles.list_name)


def _check_breakdowns(survey: Survey, registry: Registry | None, faults: FaultList) -> None:
    own = own_breakdowns(registry)
    known = [question.question_id for question in survey.questions if question.type == "select_one"]
    personal = {question.question_id for question in survey.questions if question.disclosure == "personal"}
    _check_known(survey.places, ("breakdowns",), survey.settings.breakdowns, known, "select_one question", faults)
    for index, name in enumerate(survey.settings.breakdowns):
        if name in own:
            found = f"The breakdown is {quoted(name)}."
            faults.add("reserved-breakdown", *survey.places.where("breakdowns", index), found, known=listed(own))
        if name in personal:
            found = f"The question {quoted(name)} is personal in questions.csv."
            faults.add("personal-breakdown", *survey.places.where("breakdowns", index), found)


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
                found = f"The question {quoted(name)} is in the sections {first[name]} and {section.id}."
                faults.add("in-two-sections", *places.where(*location, number), found)
    left_out = [
        each.question_id for each in survey.questions if each.type in CLOSED_TYPES and each.question_id not in first
    ]
    if sections and left_out:
        faults.add("question-in-no-section", *places.where("sections"), f"In no section: {listed(left_out)}.")


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
        found = f"The answers of {quoted(name)} are {listed(sorted(answers)) or 'none'}."
        faults.add("wrong-size-class-question", *places.where("size_class_question"), found, known=listed(class_ids))


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
            found = f"{quoted(question.question_id)} asks for a system, and the inventory has none."
            faults.add("no-inventory", survey.questions_file, question.at("type"), found)


def _check_row_labels(path: Path, row: Question | Choice, prefix: str, survey: Survey, faults: FaultList) -> None:
    labels: Labels = getattr(row, f"{prefix}s")
    for language in survey.settings.languages:
        if labels.get(language) is None:
            found = "The label is empty."
            languages = listed(survey.settings.languages)
            faults.add("missing-label", path, row.at(f"{prefix}_{language}"), found, languages=languages)


def _check_list(survey: Survey, question: Question, faults: FaultList) -> None:
    use, file, place = LIST_USES.get(question.type), survey.questions_file, question.at("list_name")
    if use is None or (question.list_name is None and use != "needs a"):
        return
    if question.list_name is None or use == "has no":
        found = "There is no list_name." if question.list_name is None else f"The list is {quoted(question.list_name)}."
        faults.add("wrong-list-use", file, place, found, type=question.type, use=use)
    elif (name := question.list_name) not in survey.lists:
        found, near = f"There is no list {quoted(name)}.", did_you_mean(name, survey.lists)
        if is_list_of_practices(name):
            faults.add("unknown-list-of-practices", file, place, found, advice=near)
        else:
            faults.add("unknown-list", file, place, found, advice=near)
    elif question.type in NUMBER_TYPES:
        _check_missing_only(survey, question, faults)


def _check_missing_only(survey: Survey, question: Question, faults: FaultList) -> None:
    answers = [choice.code for choice in survey.lists[question.list_name or ""] if choice.is_missing != "1"]
    if answers:
        found = f"The list {question.list_name} has answers: {listed(answers)}."
        faults.add("list-with-answers", survey.questions_file, question.at("list_name"), found)


def _check_bounds(path: Path, question: Question, faults: FaultList) -> None:
    for low, high in (("min_value", "max_value"), ("soft_min", "soft_max")):
        given = [name for name in (low, high) if getattr(question, name) is not None]
        if given and question.type not in NUMBER_TYPES:
            found = f"A question of type {question.type} has {' and '.join(given)}."
            faults.add("bounds-without-number", path, question.at(given[0]), found)
        elif len(given) == 2 and _is_less(getattr(question, high), getattr(question, low)):
            found = f"{low} is {getattr(question, low)} and {high} is {getattr(question, high)}."
            faults.add("bounds-out-of-order", path, question.at(high), found, low=low, high=high)


def _is_less(first: str, second: str) -> bool:
    try:
        return float(first) < float(second)
    except ValueError:
        return False


def _check_other(survey: Survey, question: Question, faults: FaultList) -> None:
    if question.other_of is not None and question.other_of not in survey.questions_by_id:
        found = f"There is no question {quoted(question.other_of)}."
        near = did_you_mean(question.other_of, survey.questions_by_id)
        faults.add("unknown-other-of", survey.questions_file, question.at("other_of"), found, advice=near)


def _check_comparisons(survey: Survey, faults: FaultList) -> None:
    check_unique(survey.comparability_file, survey.comparisons, ("question_id", "round_id"), faults)
    for row in survey.comparisons:
        for column in ("question_id", "earlier_question_id"):
            name = getattr(row, column)
            if name is not None and name not in survey.questions_by_id:
                found, near = f"There is no question {quoted(name)}.", did_you_mean(name, survey.questions_by_id)
                faults.add("unknown-compared-question", survey.comparability_file, row.at(column), found, advice=near)


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
            found = f"{file} has {quoted(choice.code)} of the list {choice.list_name} already."
            faults.add("borrowed-code", survey.choices_file, choice.at("code"), found)


def _check_groups(path: Path, choices: Sequence[Choice], faults: FaultList) -> None:
    """Groups share out the base: every answer is in one, and what is no answer is in none."""
    is_grouped = any(choice.group_code is not None for choice in choices)
    for choice in choices:
        shown = "no group" if choice.group_code is None else quoted(choice.group_code)
        if is_grouped and (choice.group_code is None) != (choice.is_missing == "1"):
            faults.add("partial-group", path, choice.at("group_code"), f"The code {choice.code} is in {shown}.")
    first: dict[str, Choice] = {}
    for choice in choices:
        if choice.group_code is None:
            continue
        other = first.setdefault(choice.group_code, choice)
        for language, label in choice.group_labels.items():
            if label != other.group_labels[language]:
                found = (
                    f"The group {choice.group_code} is {quoted(label or '')} here and "
                    f"{quoted(other.group_labels[language] or '')} on line {other.line}."
                )
                faults.add("inconsistent-group", path, choice.at(f"group_label_{language}"), found)


def _check_spellings(path: Path, choices: Sequence[Choice], faults: FaultList) -> None:
    """Answers are matched by code and by every label: a spelling must mean one option."""
    holders: dict[str, list[Choice]] = defaultdict(list)
    for choice in choices:
        for spelling in choice.spellings():
            holders[spelling].append(choice)
    for spelling, same in sorted(holders.items()):
        codes = sorted({choice.code for choice in same})
        if len(codes) > 1:
            found = f"In the list {same[0].list_name}, {quoted(spelling)} is a code or label of {listed(codes)}."
            faults.add("ambiguous-label", path, line_place(max(choice.line for choice in same)), found)
