"""Templates of pages, filled in: HTML, and Markdown beside it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from publish.writing.words import Words

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = sorted(Path(__file__).parents[1].glob("*/templates"))
MARKDOWN_SIGNS = re.compile(r"[\\`*\[\]<>|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def render(name: str, words: Words, **values: object) -> str:
    """The template with these values, and with the words of a language."""
    said = {"say": words.say, "count": words.count, "percent": words.percent, "day": words.day, "days": words.days}
    return _environment().get_template(name).render(language=words.language, **said, **values)


@cache
def _environment() -> Environment:
    """Jinja is loaded here: most commands do without it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=lambda name: not str(name).endswith(".md.jinja"),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters |= {"plain": in_markdown, "breakable": breakable, "language": language}
    return made


def breakable(text: str) -> Markup:
    """A text for HTML whose long ids may be broken where they have an underscore; a word of a kind stands out."""
    from markupsafe import Markup, escape

    if word := getattr(text, "word", ""):
        return Markup('<span class="word {}">{}</span>').format(word, text)
    return escape(text).replace("_", Markup("_<wbr>"))


def language(text: str) -> Markup:
    """The attribute of an element whose text is in another language than its page; nothing where it is not."""
    from markupsafe import Markup

    other = getattr(text, "language", "")
    return Markup(' lang="{}"').format(other) if other else Markup()


def in_markdown(text: str) -> str:
    """A text that Markdown shows as it is, on one line. Signs inside a word are none of Markdown's."""
    return MARKDOWN_SIGNS.sub(r"\\\g<0>", " ".join(text.replace("&", "&amp;").split()))
