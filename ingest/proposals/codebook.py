"""The drafted folder of a survey: survey.yml, questions.csv and choices.csv from the file of its form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from faults.errors import MARK, FaultList
from faults.suggestions import listed, quoted
from ingest.codebook.expressions import (
    Comparison,
    Reference,
    Selected,
    TextLiteral,
    Vocabulary,
    parse_expression,
)
from ingest.codebook.survey import Choice, Question
from ingest.proposals.answered import read_answered
from ingest.proposals.conditions import translated
from ingest.proposals.form import NOT_THERE, Asked, Form, Option, Texts, add_no_form
from ingest.proposals.headers import is_municipality
from ingest.proposals.limesurvey import read_limesurvey
from ingest.proposals.options import is_other
from ingest.proposals.writing import Doubt, Draft, csv_text, write_folder, yaml_text
from ingest.proposals.xlsform import read_xlsform
from ingest.readers.cells import Language, QuestionId, is_valid
from ingest.readers.files import is_plain_file
from ingest.readers.rows import columns_in
from store.paths import DataPaths

QUESTIONS, CHOICES = "questions.csv", "choices.csv"
READERS: Mapping[str, Callable[[Path, str | None, FaultList], Form | None]] = {
    ".xlsx": read_xlsform,
    ".txt": read_limesurvey, ".tsv": read_limesurvey,
    ".sav": read_answered, ".zsav": read_answered, ".csv": read_answered,
}  # fmt: skip
# What people have instead, and how the tool makes one of it.
INSTEAD = {
    ".xls": "Save it as .xlsx.",
    ".lss": "Export the survey from LimeSurvey as tab-separated values (.txt).",
    ".qsf": "Export the answers from Qualtrics as .csv, with choice texts.",
    ".sps": "Save the data as .sav.",
}
WITHOUT_SECTION = "other_questions"
NO_OPTIONS = "the file does not have the options of this list"
DISCLOSURE = "disclosure: public_fact, opinion or personal, which decides what is hidden of real answers"
NOT_TOLD = {
    "title": "the title of the survey, which is that of every round",
    "publisher, population, licence": "the file does not say them",
    "size_classes": "the classes of municipalities by population, smallest first",
    "municipality_rule": "lead_role, any_yes, union or latest: how the responses of one municipality become one",
    "disclosure": "from how many municipalities and responses on a cell of real answers is told",
    "limits": "the share of rows in quarantine that is too much, and from how many answers on a base is not small",
}
YOURS = (
    "Yours to add where there are any: roles, breakdowns, bounds of numbers, groups of answers as they are printed, "
    "and which codes mean no answer (is_missing) or stand alone (is_exclusive)."
)
NO_MUNICIPALITY = (
    "No question is called as that of the municipality. If one is, take it out of questions.csv: in the columns.csv "
    "of a round its column is _municipality."
)


def draft_survey(paths: DataPaths, survey_id: str, file: Path, language: str | None, faults: FaultList) -> Draft | None:
    """Make the folder of a new survey from the file of its form; None with faults, and nothing is written then."""
    if not _is_possible(paths, survey_id, file, language, faults):
        return None
    file = file.resolve() if file.is_symlink() else file  # a person named it, and sees where it leads
    if not is_plain_file(file, faults):
        return None
    form = _read_form(file, language, faults)
    return _drafted(paths.surveys / survey_id, form) if form and not len(faults) else None


def _drafted(folder: Path, form: Form) -> Draft:
    """The folder, written, and what to know of it."""
    _fill_lists(form)
    form.asked = _with_conditions(form)
    questions, choices = [_line_of(each, form) for each in form.asked], [*_lines_of_options(form)]
    texts = {
        "survey.yml": yaml_text(_settings(folder.name, form)),
        QUESTIONS: csv_text(columns_in(Question, form.languages), questions),
        CHOICES: csv_text(columns_in(Choice, form.languages), choices),
    }
    write_folder(folder, texts, {})
    holds = f"{_counted(questions, 'question')}, {_counted(choices, 'option')}"
    left_out = [f"Left out, {reason}: {', '.join(dict.fromkeys(names))}." for reason, names in form.left_out.items()]
    return Draft(folder, folder.name, holds, form.doubts, [*left_out, *form.remarks, YOURS])


def _counted(lines: Sequence[object], word: str) -> str:
    return f"{len(lines)} {word}{'s' * (len(lines) != 1)}"


def _is_possible(paths: DataPaths, survey_id: str, file: Path, language: str | None, faults: FaultList) -> bool:
    folder = paths.surveys / survey_id
    if not is_valid(QuestionId, survey_id):
        faults.add("wrong-id-of-survey", paths.surveys, "", f"The id of the survey is {quoted(survey_id)}.")
    elif folder.exists():
        faults.add("survey-exists", folder, "", "The survey has a folder.")
    elif not file.is_file():
        faults.add("missing-form", file, "", "There is no such file.")
    elif language is not None and not is_valid(Language, language):
        faults.add("wrong-language-option", file, "", f"The language of the wordings is {quoted(language)}.")
    return not len(faults)


def _read_form(file: Path, language: str | None, faults: FaultList) -> Form | None:
    """The form without the municipality; None with faults."""
    reader, advice = READERS.get(file.suffix.lower()), "Look whether it is the right file."
    if reader is None:
        found = f"The file ends in {file.suffix or 'nothing'}."
        add_no_form(file, found, INSTEAD.get(file.suffix.lower(), advice), faults)
    form = reader(file, language, faults) if reader else None
    if form is not None:
        _leave_out_municipality(form)
    if form is not None and not form.asked:
        add_no_form(file, "It has no question that a codebook can have.", advice, faults)
    return form


def _leave_out_municipality(form: Form) -> None:
    """The municipality is no question of a codebook: new-round knows its column by its name."""
    beside = is_municipality(name for names in form.left_out.values() for name in names)
    found = [each for each in form.asked if is_municipality(each.names)]
    form.asked = [each for each in form.asked if each not in found]
    for each in found:
        form.leave_out(each.question_id, "the municipality, which is no question: new-round finds its column")
    form.remarks += [] if found or beside else [NO_MUNICIPALITY]


def _fill_lists(form: Form) -> None:
    """Only the lists that are used; one that the form lacks waits for a person."""
    used = dict.fromkeys(each.list_name for each in form.asked if each.list_name)
    form.lists = {name: _each_once(form.lists.get(name) or NOT_THERE) for name in used}
    form.doubts += [Doubt(CHOICES, name, NO_OPTIONS) for name, options in form.lists.items() if options == [*NOT_THERE]]


def _each_once(options: Sequence[Option]) -> list[Option]:
    return [option for place, option in enumerate(options) if option not in options[:place]]


def _with_conditions(form: Form) -> list[Asked]:
    """The questions, their conditions in the grammar of the codebook."""
    kinds = {each.question_id: replace(each, type=each.type.removeprefix(MARK)) for each in form.asked}
    codes = {name: frozenset(option.code for option in options) for name, options in form.lists.items()}
    vocabulary = Vocabulary(kinds, codes)
    return [_with_own_conditions(each, form, vocabulary) for each in form.asked]


def _with_own_conditions(asked: Asked, form: Form, vocabulary: Vocabulary) -> Asked:
    said = {
        name: translated(getattr(asked, name), form.rewriting, vocabulary, asked.question_id)
        for name in ("relevant", "constraint")
    }
    form.doubts += [Doubt(QUESTIONS, f"{asked.question_id} {name}", why) for name, (_, why) in said.items() if why]
    asked = replace(asked, relevant=said["relevant"][0], constraint=said["constraint"][0])
    return replace(asked, other_of=asked.other_of or _whose_other(asked, form, vocabulary))


def _whose_other(asked: Asked, form: Form, vocabulary: Vocabulary) -> str:
    """The question whose Other a text is the words of: it is shown where that was chosen, and only then."""
    if asked.type != "text" or not asked.relevant or asked.relevant.startswith(MARK):
        return ""
    match parse_expression(asked.relevant):
        case (
            Selected(reference=Reference(question_id=name), code=TextLiteral(value=code))
            | Comparison(operator="=", left=Reference(question_id=name), right=TextLiteral(value=code))
        ) if name in vocabulary.questions:
            options = form.lists.get(vocabulary.questions[name].list_name or "", ())
            spellings = [text for each in options if each.code == code for text in (code, *each.labels.values())]
            return name if any(map(is_other, spellings)) else ""
    return ""


def _line_of(asked: Asked, form: Form) -> dict[str, str]:
    """A line of questions.csv."""
    if asked.reason:
        form.doubts.append(Doubt(QUESTIONS, asked.question_id, asked.reason))
    for name in ("required", "min_value", "max_value"):
        if getattr(asked, name).startswith(MARK):
            form.doubts.append(Doubt(QUESTIONS, f"{asked.question_id} {name}", "the form computes it"))
    form.doubts.append(Doubt(QUESTIONS, asked.question_id, DISCLOSURE))
    labels = _labels(asked.labels, form, asked.question_id, QUESTIONS)
    return {**vars(asked), **_columns("label", labels), "severity": "warn", "disclosure": MARK}


def _lines_of_options(form: Form) -> Iterator[dict[str, str]]:
    """The lines of choices.csv. A code that is there twice, or a spelling of another option, waits for a person."""
    for name, options in form.lists.items():
        taken = {option.code: option.code for option in options}
        for place, option in enumerate(options, start=1):
            labels = _labels(option.labels, form, f"{name} {option.code}", CHOICES)
            code = option.code
            if any(each.code == code for each in options[: place - 1]):
                code = MARK + code
                form.doubts.append(Doubt(CHOICES, f"{name} {option.code}", "two options have this code"))
            elif any(taken.setdefault(label, code) != code for label in labels.values()):
                labels = {each: MARK + label.removeprefix(MARK) for each, label in labels.items()}
                form.doubts.append(Doubt(CHOICES, f"{name} {code}", "another option has this label or code"))
            line = {"list_name": name, "code": code, "is_missing": option.is_missing, "sort_order": str(place)}
            yield line | _columns("label", labels)


def _labels(labels: Texts, form: Form, place: str, file: str) -> Texts:
    """A label in each language: where the form has none, that of another one, marked."""
    other = next(filter(None, labels.values()), "")
    found = {each: labels.get(each) or MARK + other for each in form.languages}
    lacking = [each for each, label in found.items() if label.startswith(MARK)]
    if lacking:
        form.doubts.append(Doubt(file, place, f"no label in {listed(lacking)}"))
    return found


def _columns(name: str, texts: Texts) -> dict[str, str]:
    return {f"{name}_{language}": text for language, text in texts.items()}


def _settings(survey_id: str, form: Form) -> dict[str, Any]:
    """survey.yml; what no form says is marked."""
    by_language = dict.fromkeys(form.languages, MARK)
    title = {each: form.title.get(each) or MARK + form.title.get("", "") for each in form.languages}
    sections = _sections(form)
    form.doubts[:0] = [
        Doubt("survey.yml", place, reason)
        for place, reason in NOT_TOLD.items()
        if place != "title" or any(text.startswith(MARK) for text in title.values())
    ]
    return {
        "survey_id": survey_id,
        "title": title,
        "publisher": by_language,
        "population": by_language,
        "languages": list(form.languages),
        "licence": MARK,
        "size_classes": [{"id": MARK, "min": 0, "label": by_language}],
        **({"sections": sections} if sections else {}),
        "municipality_rule": MARK,
        "disclosure": {"min_municipalities": MARK, "min_responses": MARK},
        "limits": {"quarantined_share": MARK, "small_base": MARK},
    }


def _sections(form: Form) -> list[dict[str, Any]]:
    """The groups of the form in their order, then one of the questions that are in none, where any of them is closed;
    nothing of a form without groups."""
    if not form.sections:
        return []
    titles = {**form.sections, "": {}}
    questions: dict[str, dict[str, None]] = {name: {} for name in titles}
    for each in form.asked:
        questions[each.section][each.question_id.removeprefix(MARK)] = None
    if not any(each.list_name for each in form.asked if not each.section):
        del questions[""]
    return [_section(name or WITHOUT_SECTION, titles[name], [*ids], form) for name, ids in questions.items() if ids]


def _section(name: str, title: Texts, question_ids: list[str], form: Form) -> dict[str, Any]:
    return {
        "id": name,
        "title": _labels(title, form, f"section {name}", "survey.yml"),
        "questions": question_ids,
    }
