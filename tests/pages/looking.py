"""Every page of a release in a browser, and every workbook in LibreOffice: `make test-pages` runs this.

Each kind of fault is planted in a page once, and must be found.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.pages.browser import Looked, browser, look, unreadable

REPORT = Path(os.environ["KUNTAKYSELY_DATA"]).resolve() / "published" / "current" / "report"
PAGES = sorted(REPORT.glob("*.html"))
WORKBOOKS = sorted(REPORT.glob("*.xlsx"))
ROUNDS = [file for file in PAGES if not file.name.startswith(("index.", "quality-"))]
Check = Callable[[Looked], list[str]]
CHECKS: list[Check] = [
    Looked.asked_or_complained, Looked.too_large, Looked.headings_out_of_order, Looked.led_nowhere, Looked.too_wide,
    Looked.out_of_reach, Looked.inaccessible, Looked.unread_without_scripts, Looked.cut_or_lost_in_print,
]  # fmt: skip
# What is written into a page, before its end, and the check that finds it.
PLANTED: list[tuple[str, Check]] = [
    ('<img src="https://example.org/a.png" alt="">', Looked.asked_or_complained),
    ("<script>console.error('no')</script>", Looked.asked_or_complained),
    ("<script>nothing.there()</script>", Looked.asked_or_complained),
    (f"<!--{'-' * 500_000}-->", Looked.too_large),
    ("<h2>A</h2><h4>B</h4>", Looked.headings_out_of_order),
    ("<h1>Another</h1>", Looked.headings_out_of_order),
    ('<a href="#nowhere">A</a>', Looked.led_nowhere),
    ('<a href="nothing.html">A</a>', Looked.led_nowhere),
    ('<p style="width:600px">A</p>', Looked.too_wide),
    ('<p style="width:1300px;max-width:none">A</p>', Looked.too_wide),
    ("<div style='overflow:auto;width:9rem'><p style='width:40rem'>A</p></div>", Looked.out_of_reach),
    ('<a href="#" tabindex="-1">A</a>', Looked.out_of_reach),
    ('<a href="#" style="outline:none">A</a>', Looked.out_of_reach),
    ('<p style="color:#bbb;background:#fff">A sentence.</p>', Looked.inaccessible),
    ("<p style='color:light-dark(#111, #333)'>A sentence.</p>", Looked.inaccessible),
    ('<svg role="img"></svg>', Looked.inaccessible),
    ("<script>document.body.append('A')</script>", Looked.unread_without_scripts),
    ('<p class="bar" style="break-inside:auto">' + "A<br>" * 200 + "</p>", Looked.cut_or_lost_in_print),
    ("<details><p>A text that is folded away.</p></details><style>details::details-content"
     "{content-visibility:hidden!important}</style>", Looked.cut_or_lost_in_print),
]  # fmt: skip


@pytest.fixture(scope="session")
def opened() -> Iterator[Browser]:
    with browser() as one:
        yield one


@pytest.fixture
def looked(request: pytest.FixtureRequest, opened: Browser) -> Iterator[Looked]:
    page = look(opened, request.param)
    yield page
    page.page.context.close()


def faults(looked: Looked) -> list[str]:
    """What all checks find, the name of each before it."""
    return [f"{check.__name__}: {each}" for check in CHECKS for each in check(looked)]


@pytest.mark.parametrize("looked", PAGES, ids=lambda file: file.name, indirect=True)
def test_a_page_is_as_it_should_be(looked: Looked) -> None:
    assert faults(looked) == []


def test_there_are_pages() -> None:
    assert len(PAGES) > len(ROUNDS) > 0


@pytest.mark.parametrize(("planted", "check"), PLANTED)
def test_a_fault_is_found(planted: str, check: Check, opened: Browser, tmp_path: Path) -> None:
    whole = ROUNDS[-1].read_text(encoding="utf-8")
    file = tmp_path / ROUNDS[-1].name
    file.write_text(whole.replace("</main>", f"{planted}</main>"), encoding="utf-8")
    page = look(opened, file)
    assert check(page)
    page.page.context.close()


def test_every_workbook_opens(tmp_path: Path) -> None:
    """Beside the page of a round, in each language, lies its workbook."""
    assert [file.stem for file in WORKBOOKS] == [file.stem for file in ROUNDS]
    assert unreadable(WORKBOOKS, tmp_path) == []


def test_a_workbook_that_is_none_is_found(tmp_path: Path) -> None:
    file = tmp_path / "broken.xlsx"
    file.write_text("not a workbook", encoding="utf-8")
    assert unreadable([file], tmp_path) == ["broken.xlsx"]
