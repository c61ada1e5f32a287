"""The pages of docs/reference/, from the models that the files of a data folder are read by:
python -m orchestration.reference_pages. What a key or column means is the text under its line in the model."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from string import Formatter
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from faults.errors import catalogue
from faults.validation import describe_error
from ingest.codebook import expressions
from ingest.codebook.round import (
    RESERVED_NAMES,
    Coding,
    ColumnUse,
    Correction,
    Decision,
    Interview,
    Member,
    Recode,
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
    SurveySettings,
)
from ingest.readers import FORMATS, cells
from ingest.readers.rows import SourceRow
from ingest.readers.settings import Settings
from ingest.reference.practices import Practice, Theme
from ingest.reference.registry import Area, Change, ForeignLanguageShare, Population, municipality_class
from ingest.reference.sources import SourceCard
from ingest.reference.systems import System
from orchestration.alerts.delivery import AlertSettings
from publish.releases.mirror import PublishingSettings
from store.paths import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "docs" / "reference"
MADE = (
    "Made by `make docs` from what reads the files; `kuntakysely validate` refuses what is not so ([each fault]"
    "(faults.md)). [Kinds of values](README.md#kinds-of-values), [conditions](conditions.md) and [what counts]"
    "(judging.md) have a place of their own."
)
FAULTS = (
    "Made by `make docs` from `faults/catalogue.csv`: all that may be wrong with a file. A message says file, place "
    "and what was found there, then what is expected and what to do, or which name was probably meant."
)
Model = type[Settings] | type[SourceRow]
# The pages with the files of each, by their place in a data folder.
PAGES: Mapping[str, Mapping[str, Model]] = {
    "surveys": {
        "surveys/<survey>/survey.yml": SurveySettings,
        "surveys/<survey>/questions.csv": Question,
        "surveys/<survey>/choices.csv": Choice,
        "surveys/<survey>/published_figures.csv": PublishedFigure,
        "surveys/<survey>/claims.csv": Claim,
        "surveys/<survey>/comparability.csv": Comparison,
        "surveys/<survey>/plausibility.csv": PlausibilityRule,
    },
    "rounds": {
        "surveys/<survey>/rounds/<round>/round.yml": RoundSettings,
        "surveys/<survey>/rounds/<round>/columns.csv": ColumnUse,
        "surveys/<survey>/rounds/<round>/recodes.csv": Recode,
        "surveys/<survey>/rounds/<round>/members.csv": Member,
        "surveys/<survey>/rounds/<round>/corrections.csv": Correction,
        "surveys/<survey>/rounds/<round>/codings.csv, second_codings.csv": Coding,
        "surveys/<survey>/rounds/<round>/interviews.csv": Interview,
        "surveys/<survey>/rounds/<round>/decisions.csv": Decision,
        "surveys/<survey>/rounds/<round>/signed_off/<day>/sign_off.yml": SignOffCard,
    },
    "registry": {
        "registry/areas.csv": Area,
        "registry/<date>/municipalities.csv": municipality_class(["<level>"]),
        "registry/population.csv": Population,
        "registry/foreign_language_share.csv": ForeignLanguageShare,
        "registry/changes.csv": Change,
    },
    "systems-and-practices": {
        "systems/inventory.xlsx": System,
        "practices/themes.csv": Theme,
        "practices/practices.csv": Practice,
    },
    "folder": {"*/source.yml": SourceCard, "alerts.yml": AlertSettings, "publishing.yml": PublishingSettings},
}
KINDS = {
    name: kind
    for name, kind in vars(cells).items()
    if get_origin(kind) is Annotated and get_origin(get_args(kind)[0]) is not tuple
}
NOTHING: tuple[object, ...] = (None, (), {})


def pages() -> dict[str, str]:
    """Every page as it should be, by the name of its file."""
    made = {f"{name}.md": _page_of_files(name, files) for name, files in PAGES.items()}
    return made | {"README.md": _index(), "conditions.md": _page_of_conditions(), "faults.md": _page_of_faults()}


def _page_of_files(title: str, files: Mapping[str, Model]) -> str:
    blocks = [f"# {title.replace('-', ' ').capitalize()}\n{_prose(MADE)}"]
    for file, model in files.items():
        name = "column" if issubclass(model, SourceRow) else "key"
        rows = ((f"`{key}`", *rest) for key, *rest in described(model))
        table = _table((name, "holds", "needed", "what it is"), rows)
        blocks.append(f"## `{file}`\n{_prose(inspect.getdoc(model) or '')}\n\n{table}")
        if model is ColumnUse:
            names = ((f"`{name}`", said) for name, said in RESERVED_NAMES.items())
            blocks.append("## Reserved names of columns.csv\n" + _table(("name", "what it is"), names))
    return "\n\n".join(blocks) + "\n"


def _index() -> str:
    files = (
        (f"`{file}`", f"[{page}]({page}.md)", _first_sentence(inspect.getdoc(model) or ""))
        for page, of_page in PAGES.items()
        for file, model in of_page.items()
    )
    kinds = ((_kind(kind), " ".join(expected(kind))) for kind in KINDS.values())
    return (
        f"# The files of a data folder\n{_prose(MADE)}\n\n{_table(('file', 'page', 'what it says'), files)}\n\n"
        f"## Kinds of values\n{_table(('kind', 'what is expected'), dict.fromkeys(kinds))}\n"
    )


def _page_of_conditions() -> str:
    prose = [_prose(part) for part in (inspect.getdoc(expressions) or "").split("\n\n")]
    instead = ((f"`{word}`", advice) for word, advice in expressions.INSTEAD.items())
    grammar = expressions.GRAMMAR.read_text("utf-8")
    blocks = ["# Conditions", *prose, f"## The grammar\n```\n{grammar}```", "## What is written instead"]
    return "\n\n".join([*blocks, _table(("for", "what to do"), instead)]) + "\n"


def _page_of_faults() -> str:
    rows = ((f"`{code}`", *map(_with_names, words)) for code, words in catalogue().items())
    return f"# Faults\n{_prose(FAULTS)}\n\n{_table(('fault', 'what is expected', 'what to do'), rows)}\n"


def _with_names(words: str) -> str:
    """The words of a fault, with the name of a value where each message has one."""
    return "".join(text + (f"*{name}*" if name else "") for text, name, *_ in Formatter().parse(words))


def described(model: Model, above: str = "") -> Iterator[tuple[str, str, str, str]]:
    """Each key or column of a file: its name, what it holds, whether it is needed, and its sentence."""
    said = sentences(model)
    for name, kind in _annotations(model).items():
        field = model.model_fields[name]
        inner = model_in(kind)
        sentence = field.description or said.get(name) or (inspect.getdoc(inner) if inner else "") or ""
        key = above + (_column(model, name) if issubclass(model, SourceRow) else field.alias or name)
        yield key, _holds(model, name, kind), _needed(model, name, kind), " ".join(sentence.split())
        if inner:
            yield from described(inner, f"{key}.")


def sentences(model: Model) -> dict[str, str]:
    """What the source of a model says under each of its fields."""
    (body,) = (node.body for node in ast.parse(inspect.getsource(model)).body if isinstance(node, ast.ClassDef))
    return {
        field.target.id: said.value.value
        for field, said in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(said, ast.Expr)
        and isinstance(said.value, ast.Constant)
        and isinstance(said.value.value, str)
    }


def _annotations(model: Model) -> dict[str, Any]:
    """The fields of a file in their order, each with its annotation whole: pydantic takes it apart."""
    classes = [each for each in reversed(model.__mro__) if each not in (Settings, SourceRow)]
    found = {name: kind for each in classes for name, kind in inspect.get_annotations(each, eval_str=True).items()}
    return {name: found[name] for name in model.model_fields if name in found}


def _column(model: type[SourceRow], name: str) -> str:
    translated = model.translated_columns()
    return f"{translated[name]}_<language>" if name in translated else model.model_fields[name].alias or name


def _holds(model: Model, name: str, kind: Any) -> str:
    """What a value may be; of a setting that only some formats are read by, of which."""
    if issubclass(model, SourceRow) and name in model.translated_columns():
        return _kind(cells.Text)
    held = _kind(kind)
    used = [format_ for format_, each in FORMATS.items() if each.uses(name)] if model is RoundSettings else []
    return f"{held} ({', '.join(used)})" if 0 < len(used) < len(FORMATS) else held


def _kind(kind: Any) -> str:
    known = next((name for name, each in KINDS.items() if each == kind), None)
    if known is not None:
        return _in_words(known)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _kind(next(each for each in inner if each is not NoneType))
    if origin is Literal:
        return ", ".join(f"`{json.dumps(word)[1:-1]}`" for word in inner)
    if origin is tuple:
        return f"list of {_kind(inner[0])}"
    if origin is dict:
        return f"{_kind(inner[0])}: {_kind(inner[1])}"
    if origin is Annotated:
        return " ".join(expected(kind)) if inner[0] is str else _kind(inner[0])
    return "keys of its own"


def expected(kind: Any) -> list[str]:
    """What a person is told who writes a value that is not of a kind: what it may be, in the words of `validate`."""
    is_number = get_args(kind)[0] in (int, float)
    tried = ("/ ", -1, 10**10) if is_number else ("/ ", "\0", "")
    told = dict.fromkeys(said for value in tried for said in _refusals(kind, value))
    return list(told) if is_number else list(told)[:1]


def _refusals(kind: Any, value: object) -> list[str]:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        return [describe_error(detail).expected for detail in error.errors(include_url=False)]
    return []


def _in_words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _needed(model: Model, name: str, kind: Any) -> str:
    """yes; or no, with what it is otherwise."""
    field = model.model_fields[name]
    if issubclass(model, SourceRow):
        is_text_needed = cells.Text in get_args(kind) if name in model.translated_columns() else _refusals(kind, None)
        return "no, nor its column" if name in model.optional_columns() else "yes" if is_text_needed else "no"
    if field.is_required():
        return "yes"
    default = field.get_default(call_default_factory=True)
    return "no" if default in NOTHING else f"no, `{default}`"


def model_in(kind: Any) -> Model | None:
    """The model of keys within keys."""
    if isinstance(kind, type) and issubclass(kind, Settings):
        return kind
    return next((found for inner in get_args(kind) if (found := model_in(inner))), None)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *(tuple(cell.replace("|", r"\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _prose(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), 120, break_long_words=False, break_on_hyphens=False)


def _first_sentence(text: str) -> str:
    return " ".join(text.split()).split(". ")[0].removesuffix(".")


if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
