"""Catalogues for translators: python -m publish.writing.catalogues brings every text of the pages into each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from publish.writing.words import LOCALE, read_catalogue

ROOMS = Path(__file__).parents[1]
METHODS = [("**.py", "python"), ("**.jinja", "jinja2.ext:babel_extract")]


def texts() -> Iterator[tuple[str, str]]:
    """Every text that a page says, with the file that says it."""
    for file, _, text, *_ in extract_from_dir(ROOMS, METHODS, keywords={"say": None}):
        yield str(text), file


def template() -> Catalog:
    """A catalogue of every text, translated into nothing."""
    made = Catalog(project="kuntakysely")
    for text, file in texts():
        made.add(text, locations=[(file, 0)])
    return made


def main() -> None:
    for file in sorted(LOCALE.glob("*.po")):
        catalogue = read_catalogue(file.stem)
        made = catalogue.creation_date
        catalogue.update(template(), no_fuzzy_matching=True)
        catalogue.creation_date = made
        with file.open("wb") as lines:
            write_po(lines, catalogue, width=120, include_lineno=False, ignore_obsolete=True, sort_output=True)


if __name__ == "__main__":
    main()
