"""Every number of the pages of results is the release's, of what the page says it is of; no share lacks its base."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial

import duckdb
import pytest

from publish.results import site
from tests.acceptance.told import Known, known_of, walked

PAGE = "koto_kuntakysely.2023-01.fi.html"
OF_CHANGE = "palvelukysely_demo.2025.sv.html"  # with a round before, numbers, and hidden cells


@pytest.fixture(scope="module")
def pages(release: duckdb.DuckDBPyConnection) -> Mapping[str, str]:
    return dict(site.pages(release, ""))


@pytest.fixture(scope="module")
def known(release: duckdb.DuckDBPyConnection) -> Callable[[str], Known]:
    return cache(partial(known_of, release))


def test_the_release_explains_every_number(known: Callable[[str], Known], pages: Mapping[str, str]) -> None:
    told = {name: walked(known(name), text) for name, text in pages.items()}
    assert {name: walk.unexplained for name, walk in told.items() if walk.unexplained} == {}
    assert min(walk.n_numbers for walk in told.values()) > 30


@pytest.mark.parametrize("name", [PAGE, OF_CHANGE])
def test_a_figure_that_is_off_by_one_is_seen(
    name: str, release: duckdb.DuckDBPyConnection, pages: Mapping[str, str]
) -> None:
    """All at once: few are by chance another figure of the same thing."""
    walk = walked(known_of(release, name, more=1), pages[name])
    n_seen = sum("without its base" not in each for each in walk.unexplained)
    assert n_seen > 0.99 * walk.n_numbers


def one_more(before: str, after: str = "") -> Callable[[str], str]:
    """One more in the first number between two patterns."""
    pattern = re.compile(rf"({before})(\d+)(?={after})")
    return lambda text: pattern.sub(lambda found: f"{found[1]}{int(found[2]) + 1}", text, count=1)


def without(pattern: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, "", text)


# On a page with an answer "Johtaja", in whose row of all respondents the first picture begins.
PLANTED: Mapping[str, Callable[[str], str]] = {
    "a share in a table": one_more('<th scope="row">Kaikki</th><td>', "\xa0%"),
    "a base in a table": one_more("<td>", "</td></tr>"),
    "a share in a text alternative": one_more('aria-label="Kaikki: Täysin riittävät ', "\xa0%"),
    "a share in a message": one_more("Johtaja, ", "\xa0%"),
    "a count in a message": one_more(r"Johtaja, \d\d\xa0% \("),
    "a share in a picture": one_more("<b>", "\xa0%"),
    "a count in a picture": one_more("<small>", "/"),
    "a base in a picture": one_more(r"<small>\d+/"),
    "a printed figure": one_more("<em>painettuna "),
    "a sentence that compares rows": one_more(r"<span>Suurin: [^%<]* asukasta ", "\xa0%"),
    "how many rows are alike": one_more(r"<span>Suurin: [^.<]* ja ", " muuta"),
    "the length of a bar": one_more("--p:"),
    "a part of a bar": one_more("flex:"),
    "a dot": one_more('<li class="unsure" style="--p:', ";--l"),
    "an interval": one_more(r"--l:[\d.]+;--h:"),
    "the order of dots": one_more(r"--h:[\d.]+;--o:"),
    "a tile": one_more('<li class="t'),
    "where a tile lies": one_more("--c:"),
    "the legend of tiles": one_more('<i class="t2"></i>20–', "\xa0%"),
    "a point of a curve": one_more('points="0,0 0,0 1,'),
    "the box of a curve": one_more('viewBox="0 0 '),
    "a share in a finding": one_more(r'<ul class="findings">\s*<li><span class="sure">'),
    "a base of a finding": one_more("<small>n = "),
    "one of the bases of a finding": without(r"(?<=<small>n = 166, 58), 8"),
    "a count of responses": one_more("<dd>", "</dd>"),
    "how many were asked": one_more("Kysely lähetettiin "),
    "the release that is cited": one_more("Julkaisu "),
    "the hash that is cited": without("(?<=<code>)."),
    "bases of pictures": without("<small>[^<]*</small>"),
    "bases of bars": without(r'<span class="said">n = [^<]*</span>|<td>[\d\s]+</td>(?=</tr>)|n = \d+ vastausta'),
    "bases of tables": without(r"<td>[\d\s]+</td>(?=</tr>)"),
    "a share of a theme of practices": one_more(r'<section id="practices">[^%]*<b>', "\xa0%"),
    "how many name a theme": one_more(r'<section id="practices">[^%]*%[^%]*<small>'),
    "how many were interviewed": one_more("<dt>Henkilöitä</dt><dd>"),
    "where a practice is printed": one_more("report, dia (?=37)"),
    "a number in a printed sentence": one_more(r"<h3>Suurin osa \("),
    "a printed figure of a sentence": one_more('data-label="painettu">'),
    "a computed figure of a sentence": one_more('data-label="laskettu">'),
    "a base of a sentence": one_more('data-label="n">'),
    "an interval of a sentence": one_more('data-label="luottamusväli, kaikki kunnat">'),
    "how probable a difference is": one_more("p = 0,"),
    "a printed figure of no sentence": one_more(r"<caption>Painetut luvut[^%]*?</th><td>"),
    "a table that nobody knows": lambda text: text.replace("</main>", "<table><tr><td>7</td></tr></table></main>"),
    "a picture that nobody knows": lambda text: text.replace("</main>", '<svg><rect width="41"/></svg></main>'),
}
PLANTED_OF_CHANGE: Mapping[str, Callable[[str], str]] = {
    "how much is hidden": one_more("Dolda: "),
    "of how much something is hidden": one_more("Dolda: 2 av "),
    "a median": one_more(r'<ul class="marks boxes">\s*<li [^>]*><span>Alla</span><i></i><b>'),
    "a median in a message": one_more("Medianen är "),
    "the place of a median": one_more(r'<ul class="marks boxes">\s*<li style="--p:'),
    "the box of a median": one_more(r'<ul class="marks boxes">\s*<li style="--p:[\d.]+;--l:'),
    "a share of before": one_more(r'<section id="change">[^%]*<td>', "\xa0%"),
    "a change in points": one_more("<td>−", "</td>"),
    "the interval of a change": one_more("<td>−", "\xa0…"),
}


@pytest.mark.parametrize(
    ("name", "planted"), [*((PAGE, each) for each in PLANTED), *((OF_CHANGE, each) for each in PLANTED_OF_CHANGE)]
)
def test_a_wrong_number_is_seen(
    name: str, planted: str, known: Callable[[str], Known], pages: Mapping[str, str]
) -> None:
    changed = {**PLANTED, **PLANTED_OF_CHANGE}[planted](pages[name])
    if changed == pages[name]:
        raise LookupError(f"the page has no place for it: {planted}")
    assert walked(known(name), changed, to_the_first=True).unexplained
