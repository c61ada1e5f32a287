"""Every number of the pages of results is the release's, of what the page says it is of; no share lacks its base."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import duckdb
import pytest

from publish.results import site
from store.paths import DataPaths
from tests.acceptance.told import walked

PAGE = "koto_kuntakysely_2023-01.fi.html"
OF_CHANGE = "palvelukysely_demo_2025.sv.html"  # with a round before, numbers, and hidden cells


@pytest.fixture(scope="module")
def release(published: DataPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published.current), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def pages(release: duckdb.DuckDBPyConnection) -> Mapping[str, str]:
    return dict(site.pages(release, ""))


def test_the_release_explains_every_number(release: duckdb.DuckDBPyConnection, pages: Mapping[str, str]) -> None:
    told = {name: walked(release, name, text) for name, text in pages.items()}
    assert {name: walk.unexplained for name, walk in told.items() if walk.unexplained} == {}
    assert min(walk.n_numbers for walk in told.values()) > 30


@pytest.mark.parametrize("name", [PAGE, OF_CHANGE])
def test_a_figure_that_is_off_by_one_is_seen(
    name: str, release: duckdb.DuckDBPyConnection, pages: Mapping[str, str]
) -> None:
    """All at once: few are by chance another figure of the same thing."""
    walk = walked(release, name, pages[name], more=1)
    n_seen = sum("without its base" not in each for each in walk.unexplained)
    assert n_seen > 0.95 * walk.n_numbers


def one_more(before: str, after: str = "") -> Callable[[str], str]:
    """One more in the first number between two patterns."""
    pattern = re.compile(rf"(?<={before})(\d+)(?={after})")
    return lambda text: pattern.sub(lambda number: str(int(number[1]) + 1), text, count=1)


def without(pattern: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, "", text)


PLANTED: Mapping[str, Callable[[str], str]] = {
    "a share in a table": one_more('<td class="number"><span class="sure">', "\xa0%"),
    "a base in a table": one_more('<td class="number">', "</td></tr>"),
    "a share in a text alternative": one_more('aria-label="Kaikki: Täysin riittävät ', "\xa0%"),
    "a share in a message": one_more("Johtaja, ", "\xa0%"),
    "a count in a message": one_more(r"Johtaja, \d\d\xa0% \("),
    "the length of a bar": one_more("width:"),
    "a part of a bar": one_more("flex:"),
    "a dot": one_more('class="dot" x1="'),
    "a count of responses": one_more("<dd>"),
    "a base of a picture": without(r'<p class="base">[^<]*</p>'),
    "bases of bars": without(r'<span class="said">n = [^<]*</span>'),
    "bases of tables": without(r'<td class="number">[\d\s]+</td></tr>'),
    "a table that nobody knows": lambda text: text.replace("</main>", "<table><tr><td>7</td></tr></table></main>"),
    "a picture that nobody knows": lambda text: text.replace("</main>", '<svg><rect width="41"/></svg></main>'),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_wrong_number_is_seen(planted: str, release: duckdb.DuckDBPyConnection, pages: Mapping[str, str]) -> None:
    changed = PLANTED[planted](pages[PAGE])
    if changed == pages[PAGE]:
        raise LookupError(f"the page has no place for it: {planted}")
    assert walked(release, PAGE, changed).unexplained
