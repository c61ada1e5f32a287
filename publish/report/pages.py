"""The quality reports of a release as files."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from publish.report.facts import ReleaseTables, RoundFacts
from publish.report.sims import page_of

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

FORMATS = ("html", "md")
FOLDER = "report"
TEMPLATES = Path(__file__).with_name("templates")
MARKDOWN_SIGNS = re.compile(r"[\\`*\[\]<>|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def stem(round_key: str) -> str:
    """How the names of a round's pages begin; `round_key` is survey/round, and no id holds a full stop."""
    return round_key.replace("/", ".")


def file_name(round_key: str, form: str) -> str:
    """The name of a round's page of quality."""
    return f"quality_{stem(round_key)}.{form}"


def file_names(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The pages of the release that is open, by their place in its folder."""
    return {f"{FOLDER}/{file_name('/'.join(key), form)}" for key in _rounds(connection) for form in FORMATS}


def write(connection: duckdb.DuckDBPyConnection, folder: Path, release: str) -> None:
    """Write the pages of every round of the release that is open to report/ of a new folder.

    The first line of a page says which release it is of: `release` is its number and hash.
    """
    (folder / FOLDER).mkdir(parents=True)
    tables = ReleaseTables(connection)
    for key in _rounds(connection):
        page = page_of(RoundFacts(tables, *key))
        for form in FORMATS:
            text = _template(form).render(page=page, mark=f"<!-- release {release} -->")
            (folder / FOLDER / file_name("/".join(key), form)).write_text(text, encoding="utf-8")


def _rounds(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute("select survey_id, round_id from marts.dim_round order by all").fetchall()


@cache
def _template(form: str) -> Template:
    """Jinja is loaded here: most commands do without it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=form == "html", undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.filters |= {"plain": in_markdown, "breakable": breakable}
    return made.get_template(f"quality.{form}.jinja")


def breakable(text: str) -> Markup:
    """A text for HTML whose long ids may be broken where they have an underscore."""
    from markupsafe import Markup, escape

    return escape(text).replace("_", Markup("_<wbr>"))


def in_markdown(text: str) -> str:
    """A text that Markdown shows as it is, on one line. Signs inside a word are none of Markdown's."""
    return MARKDOWN_SIGNS.sub(r"\\\g<0>", " ".join(text.replace("&", "&amp;").split()))
