"""Whether the printed figures speak of things that the survey and the registry have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from faults.errors import FaultList
from faults.suggestions import among, listed, quoted
from ingest.codebook.survey import CLOSED_TYPES, PublishedFigure, Survey
from ingest.readers.cells import Number, is_valid
from ingest.readers.rows import check_unique
from ingest.reference.registry import Registry

AGAINST_REST = ("more_than_rest", "less_than_rest")
COMPARISONS = ("is_max", "is_min", "in_top_4", *AGAINST_REST, "above_each", "differs")
OF_AN_ANSWER = ("n", "pct", *COMPARISONS)
OF_A_QUESTION = (*OF_AN_ANSWER, "base_n", "n_distinct_systems")


def own_breakdowns(registry: Registry | None) -> tuple[str, ...]:
    """The breakdowns that every survey has, whatever it asks."""
    return ("all", "size_class", "size_class_group", *(registry.area_levels if registry else ()), "role")


def check_figures(survey: Survey, registry: Registry | None, faults: FaultList) -> None:
    """Note every printed figure that names an unknown question, answer or breakdown."""
    check_unique(survey.figures_file, survey.figures, ("figure_id",), faults)
    for figure in survey.figures:
        _check_survey_id(survey, figure, faults)
        _check_question(survey, figure, faults)
        _check_answer(survey, figure, faults)
        _check_comparison(survey, figure, faults)
        _check_than(survey, figure, faults)
        _check_rounding(survey, figure, faults)
        _check_breakdown(survey, registry, figure, faults)


def _check_survey_id(survey: Survey, figure: PublishedFigure, faults: FaultList) -> None:
    if figure.survey_id != survey.folder.name:
        _add_unknown(survey, figure, "survey_id", "survey", {survey.folder.name}, faults)


def _check_question(survey: Survey, figure: PublishedFigure, faults: FaultList) -> None:
    if figure.question_id is None:
        if figure.statistic in OF_A_QUESTION:
            _add_missing(survey, figure, "question_id", faults)
    elif figure.question_id not in survey.questions_by_id:
        _add_unknown(survey, figure, "question_id", "question", survey.questions_by_id.keys(), faults)


def _check_answer(survey: Survey, figure: PublishedFigure, faults: FaultList) -> None:
    question = survey.questions_by_id.get(figure.question_id or "")
    if question is None or figure.statistic not in OF_AN_ANSWER:
        return
    if figure.answer is None:
        _add_missing(survey, figure, "answer", faults)
    elif figure.level is None:
        _add_missing(survey, figure, "level", faults)
    elif question.type not in CLOSED_TYPES:
        found = f"The question {quoted(question.question_id)} is of type {question.type}, which has no options."
        faults.add("no-options", survey.figures_file, figure.at("question_id"), found, statistic=figure.statistic)
    elif question.list_name in survey.lists:
        is_group = figure.level == "group"
        known = survey.group_codes(question.list_name) if is_group else survey.codes(question.list_name)
        joined = counted_together(figure.answer, known)
        for each in joined:
            if each not in known:
                thing = "group of options" if is_group else "option"
                _add_unknown(survey, figure, "answer", thing, known, faults, each)
        _check_joined(survey, figure, joined, faults)


def counted_together(answer: str, known: Collection[str]) -> tuple[str, ...]:
    """The answers of a figure: several are joined by +, where none has a code so written."""
    return (answer,) if answer in known else tuple(answer.split("+"))


def _check_joined(survey: Survey, figure: PublishedFigure, joined: Sequence[str], faults: FaultList) -> None:
    twice = [answer for answer, n in Counter(joined).items() if n > 1]
    if twice:
        found = f"The answer {quoted(figure.answer or '')} names {listed(twice)} more than once."
        faults.add("repeated-answer", survey.figures_file, figure.at("answer"), found)
    if len(joined) > 1 and figure.rounding == "largest_remainder_0":
        found = f"The rounding is largest_remainder_0, and {quoted(figure.answer or '')} joins several answers."
        faults.add("joined-rounding", survey.figures_file, figure.at("rounding"), found)
    if len(joined) > 1 and figure.statistic == "in_top_4":
        found = f"The statistic is in_top_4, and {quoted(figure.answer or '')} joins several answers."
        faults.add("joined-rank", survey.figures_file, figure.at("answer"), found)


def _check_comparison(survey: Survey, figure: PublishedFigure, faults: FaultList) -> None:
    if figure.statistic in COMPARISONS and is_valid(Number, figure.value) and float(figure.value) not in (0, 1):
        found = f"The value is {quoted(figure.value)}."
        faults.add("neither-one-nor-zero", survey.figures_file, figure.at("value"), found, statistic=figure.statistic)
    if figure.statistic in (*AGAINST_REST, "differs") and figure.breakdown == "all":
        found = f'The statistic {figure.statistic} is of the breakdown "all", which has one row.'
        faults.add("no-rest", survey.figures_file, figure.at("breakdown"), found)


def _check_than(survey: Survey, figure: PublishedFigure, faults: FaultList) -> None:
    """above_each names the answers that the share is above, each of the question and none of them its own."""
    if figure.statistic != "above_each":
        if figure.than is not None:
            found = f"The statistic is {figure.statistic}, and than is {quoted(figure.than)}."
            faults.add("than-of-another", survey.figures_file, figure.at("than"), found)
        return
    if figure.than is None:
        _add_missing(survey, figure, "than", faults)
        return
    question, answer = survey.questions_by_id.get(figure.question_id or ""), figure.answer or ""
    if question is None or question.list_name not in survey.lists:
        return
    is_group = figure.level == "group"
    known = survey.group_codes(question.list_name) if is_group else survey.codes(question.list_name)
    named = figure.than.split("+")
    for each in named:
        if each not in known:
            _add_unknown(survey, figure, "than", "group of options" if is_group else "option", known, faults, each)
    twice = [each for each, n in Counter((*named, *counted_together(answer, known))).items() if n > 1]
    if twice:
        found = f"{listed(twice)} stands in answer and than more than once."
        faults.add("above-itself", survey.figures_file, figure.at("than"), found)


def _check_rounding(survey: Survey, figure: PublishedFigure, faults: FaultList) -> None:
    """Words are of a share; "nearly all" is of all; a comparison has no least."""
    is_wrong = {"words": figure.statistic != "pct", "at": figure.statistic in COMPARISONS}
    if is_wrong.get((figure.rounding or "").partition("_")[0]):
        found = f"The rounding is {figure.rounding}, and the statistic {figure.statistic}."
        faults.add("wrong-rounding", survey.figures_file, figure.at("rounding"), found)
    elif figure.rounding == "words_nearly_all" and is_valid(Number, figure.value) and float(figure.value) != 100:
        found = f"The rounding is words_nearly_all, and the value {quoted(figure.value)}."
        faults.add("nearly-all-of-less", survey.figures_file, figure.at("value"), found)


def _check_breakdown(survey: Survey, registry: Registry | None, figure: PublishedFigure, faults: FaultList) -> None:
    breakdowns = (*own_breakdowns(registry), *survey.settings.breakdowns)
    if figure.breakdown not in breakdowns and registry is not None:
        _add_unknown(survey, figure, "breakdown", "breakdown", breakdowns, faults)
        return
    known = ("all",) if figure.statistic == "differs" else breakdown_ids(survey, registry, figure.breakdown)
    if known is not None and figure.breakdown_id not in known:
        _add_unknown(survey, figure, "breakdown_id", figure.breakdown, known, faults)


def breakdown_ids(survey: Survey, registry: Registry | None, breakdown: str) -> Collection[str] | None:
    """The ids of one breakdown; None when they cannot be known because the registry could not be read."""
    settings = survey.settings
    if breakdown == "all":
        return ("all",)
    if breakdown == "size_class":
        return [size_class.id for size_class in settings.size_classes]
    if breakdown == "size_class_group":
        return [group.id for group in settings.size_class_groups]
    if breakdown == "role":
        return settings.roles.lead_order if settings.roles else ()
    if question := survey.questions_by_id.get(breakdown):
        return sorted(survey.codes(question.list_name))
    return sorted(registry.area_codes(breakdown)) if registry else None


def _add_missing(survey: Survey, figure: PublishedFigure, column: str, faults: FaultList) -> None:
    path, place, statistic = survey.figures_file, figure.at(column), figure.statistic
    faults.add("figure-without", path, place, "The value is empty.", statistic=statistic, column=column)


def _add_unknown(
    survey: Survey,
    figure: PublishedFigure,
    column: str,
    thing: str,
    known: Collection[str],
    faults: FaultList,
    named: str | None = None,
) -> None:
    value = str(getattr(figure, column)) if named is None else named
    found = f"There is no {thing} {quoted(value)}."
    faults.add("unknown-in-figure", survey.figures_file, figure.at(column), found, **among(value, known))
