"""Lists of choices that a survey borrows of the practices: their themes, and the practices of each theme. Labels stand
once, whatever surveys code texts into them; choices.csv may add options of the survey's own, such as another one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ingest.codebook.survey import Choice, Survey
from ingest.reference.practices import Practice, Practices, Theme, is_list_of_practices


def with_borrowed(survey: Survey, practices: Practices | None) -> Survey | None:
    """The survey with the lists that its questions borrow; None where these could not be read."""
    named = sorted({question.list_name for question in survey.questions if question.list_name})
    if practices is None:
        return None if any(map(is_list_of_practices, named)) else survey
    borrowed: dict[Path, list[Choice]] = defaultdict(list)
    for name in named:
        for order, (path, option) in enumerate(practices.options_of(name), start=1):
            borrowed[path].append(_choice(name, option, order, survey.settings.languages))
    return replace(survey, borrowed=borrowed)


def _choice(list_name: str, option: Theme | Practice, order: int, languages: Sequence[str]) -> Choice:
    """An option as choices.csv would have it, in the languages of the survey."""
    return Choice(
        line=option.line,
        list_name=list_name,
        code=option.code,
        group_code=None,
        is_missing="0",
        is_exclusive="0",
        sort_order=str(order),
        labels={language: option.labels.get(language) for language in languages},
        group_labels={},
    )
