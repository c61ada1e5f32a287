"""Templates of pages, filled in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from publish.report.pages import TEMPLATES as OF_REPORT
from publish.results.words import Words

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).with_name("templates")


def render(name: str, words: Words, **values: object) -> str:
    """The template with these values, and with the words of a language."""
    said = {"say": words.say, "count": words.count, "percent": words.percent, "day": words.day, "days": words.days}
    return _environment().get_template(name).render(language=words.language, **said, **values)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader([TEMPLATES, OF_REPORT]), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
