"""The quality reports of a release: one of each round in each language of its survey, as HTML and as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

import duckdb

from publish.report.facts import ReleaseTables, RoundFacts
from publish.report.sims import page_of
from publish.writing.files import PageFile
from publish.writing.rendering import render
from publish.writing.rounds import RoundKey, languages_of, round_keys, stem
from publish.writing.words import Words, name_of

FORMATS = ("html", "md")
Link = tuple[str, str, str]  # where it leads, in which words, and the language of both where it is another one


def file_name(round_key: str, language: str, form: str) -> str:
    """The name of a round's page; `round_key` is survey/round."""
    return f"quality-{stem(round_key)}.{language}.{form}"


def files(connection: duckdb.DuckDBPyConnection, *, has_results: bool = False) -> Iterator[PageFile]:
    """The reports of the release that is open; `has_results` is whether there are pages of results to lead to."""
    languages, tables = languages_of(connection), cache(partial(ReleaseTables, connection))
    for key in round_keys(connection):
        for language in languages[key[0]]:
            links = partial(_links, key, Words(language), languages[key[0]], has_results=has_results)
            for form in FORMATS:
                make = partial(_page, tables, key, language, form, links)
                yield PageFile(file_name("/".join(key), language, form), make, key)


def _page(
    tables: Callable[[], ReleaseTables], key: RoundKey, language: str, form: str, links: Callable[[], list[Link]],
    mark: str,
) -> bytes:  # fmt: skip
    words = Words(language)
    page = page_of(RoundFacts(tables(), *key, words))
    return render(f"quality.{form}.jinja", words, page=page, mark=mark, links=links()).encode()


def _links(key: RoundKey, words: Words, languages: Sequence[str], *, has_results: bool) -> list[Link]:
    """To the results, the index, and this page in other languages."""
    own, name = words.language, "/".join(key)
    index = (f"index.{own}.html", words.say("All surveys"), "")
    results = [(f"{stem(name)}.{own}.html", words.say("Results"), ""), index]
    others = [(file_name(name, other, "html"), name_of(other), other) for other in languages if other != own]
    return [*(results if has_results else []), *others]
