"""The quality reports of the current release as files: each is replaced whole, and none of another release stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from publish.report.facts import ReleaseTables, RoundFacts
from publish.report.sims import page_of
from store.durable import sync
from store.paths import DataPaths

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

FORMATS = ("html", "md")
READ_ONLY_MODE = 0o444
TEMPLATES = Path(__file__).with_name("templates")
Pages = Mapping[tuple[str, str], Mapping[str, Path]]  # the files of each survey and round, by form
MARKDOWN_SIGNS = re.compile(r"[\\`*\[\]<>|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def folder_of(paths: DataPaths) -> Path:
    """Where the pages lie."""
    return paths.published / "report"


def file_name(round_key: str, form: str) -> str:
    """The name of a round's page; `round_key` is survey/round."""
    return f"quality_{round_key.replace('/', '_')}.{form}"


def write(release_file: Path, folder: Path) -> None:
    """Make `folder` hold the pages of every round of the release and no other pages. Those that are right stay.

    The first line of a page says which release it is of.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mark = f"<!-- release {release_file.stem} -->"
    with duckdb.connect(str(release_file), read_only=True) as connection:
        pages = _pages(connection, folder)
        wrong = {key: files for key, files in pages.items() if not all(_has(mark, file) for file in files.values())}
        if wrong:
            _write(ReleaseTables(connection), wrong, mark)
    expected = {file for files in pages.values() for file in files.values()}
    for path in {*folder.glob("quality_*"), *folder.glob(".quality_*")} - expected:
        path.unlink()
    sync(folder)


def _pages(connection: duckdb.DuckDBPyConnection, folder: Path) -> Pages:
    keys = connection.execute("select survey_id, round_id from marts.dim_round order by all").fetchall()
    return {key: {form: folder / file_name("/".join(key), form) for form in FORMATS} for key in keys}


def _write(tables: ReleaseTables, pages: Pages, mark: str) -> None:
    for key, files in pages.items():
        page = page_of(RoundFacts(tables, *key))
        for form, file in files.items():
            _replace(file, _template(form).render(page=page, mark=mark))


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


def _has(mark: str, page: Path) -> bool:
    if not page.is_file():
        return False
    with page.open(encoding="utf-8", errors="replace") as lines:
        return lines.readline().rstrip().endswith(mark)


def _replace(file: Path, text: str) -> None:
    building = file.with_name(f".{file.name}.building")
    building.unlink(missing_ok=True)
    building.write_text(text, encoding="utf-8")
    building.chmod(READ_ONLY_MODE)
    sync(building)
    building.replace(file)
