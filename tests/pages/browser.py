"""A page of a release in Chromium, and what is wrong with it: each method names the faults of one kind."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
LARGEST = 500_000
PHONE, DESK = 320, 1200
PAPER = 672  # what the margins leave of A4, in pixels
SIZE_AT_A_DESK = {"width": DESK, "height": 800}
OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"
TOO_WIDE = """
    [...document.querySelectorAll('body *')]
        .filter(each => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest('.scroll *'))
        .slice(0, 3).map(each => each.outerHTML.slice(0, 80))
"""
# Whatever scrolls, opens or leads somewhere has the focus once, and shows that it has. Of several radio buttons it is
# the chosen one: arrows lead to the others. What scrolls asks for the focus: not every browser gives it unasked.
WATCH_FOCUS = """
    window.reached = new Set(); window.unseen = [];
    document.addEventListener('focusin', event => {
        window.reached.add(event.target);
        if (getComputedStyle(event.target).outlineStyle === 'none')
            window.unseen.push(event.target.outerHTML.slice(0, 80));
    });
"""
NOT_REACHED = """
    [...document.querySelectorAll('body *')]
        .filter(each => each.matches('summary, a[href], input:not([type=radio]), input:checked') ||
            (each.scrollWidth > each.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(each).overflowX)))
        .filter(each => each.tabIndex < 0 || !window.reached.has(each))
        .map(each => each.outerHTML.slice(0, 80)).concat(window.unseen)
"""
TEXTS = """
    [...document.querySelectorAll('h1, h2, h3, h4, h5, h6, figcaption, caption, th, td:not(:has(details)), dd, p')]
        .map(each => each.textContent)
"""
HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(each => [+each.tagName[1], each.textContent])"
LINKS = "[...document.querySelectorAll('[href]')].map(each => each.getAttribute('href'))"
LOST_ANCHORS = """
    [...document.querySelectorAll('[href^="#"]')].map(each => each.getAttribute('href').slice(1))
        .filter(each => !document.getElementById(each))
"""
AXE = "axe.run({resultTypes: ['violations'], rules: {'color-contrast': {enabled: false}}})"
# Of texts on the same ground in the same form one is looked at: each costs milliseconds, and a page has thousands.
AXE_OF_COLOURS = """(() => {
    const alike = new Map(), form = each => {
        const {color, backgroundColor, backgroundImage, opacity, fontSize, fontWeight} = getComputedStyle(each);
        return [color, backgroundColor, backgroundImage, opacity, fontSize, fontWeight].join();
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) if (texts.currentNode.data.trim()) {
        const forms = [];
        for (let at = texts.currentNode.parentElement; at; at = at.parentElement) forms.push(form(at));
        alike.set(forms.join(), texts.currentNode.parentElement);
    }
    for (const each of alike.values()) each.dataset.sample = '';
    const samples = document.querySelectorAll('[data-sample]');
    return axe.run(samples, {runOnly: ['color-contrast'], resultTypes: ['violations']});
})()"""
WIDER_THAN_PAPER = """
    [...document.querySelectorAll('body *')].filter(each => each.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 3).map(each => 'wider than paper: ' + each.outerHTML.slice(0, 80))
"""
# Signs at the upper and the lower edge of whatever is not to be cut, which the printed page then has.
MARK_EDGES = """
    const uncut = 'tr:not(:has(details)), .bar, svg, [role=img], .terms > div, h1, h2, h3, h4';
    [...document.querySelectorAll(uncut)].filter(each => !each.closest('thead')).forEach((each, number) => {
        const frame = each.matches('tr') ? each.cells[0] : each.matches('svg') ? each.parentElement : each;
        frame.style.position = 'relative';
        for (const [sign, edge] of [['upper', 'top'], ['lower', 'bottom']])
            frame.insertAdjacentHTML('beforeend',
                `<i style="position:absolute;left:0;${edge}:0;font:4px/4px sans-serif;white-space:nowrap">
                    ${sign}${number};</i>`);
    })
"""

EDGE = re.compile(r"(upper|lower)(\d+);")


@contextmanager
def browser() -> Iterator[Browser]:
    """Debian's Chromium, which asks nothing of any network."""
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield opened
        opened.close()


@dataclass
class Looked:
    """A page that is open, whatever it folds away unfolded."""

    file: Path
    page: Page
    said: list[str] = field(default_factory=list)

    def too_large(self) -> list[str]:
        size = self.file.stat().st_size
        return [f"{size} bytes"] if size > LARGEST else []

    def asked_or_complained(self) -> list[str]:
        """Requests beside the file itself, and what the browser says of errors."""
        return self.said

    def inaccessible(self) -> list[str]:
        """What axe finds, in light; in dark the colours."""
        self.page.emulate_media(color_scheme="light")
        found = _axe(self.page, AXE) + _axe(self.page, AXE_OF_COLOURS)
        self.page.emulate_media(color_scheme="dark")
        return found + _axe(self.page, AXE_OF_COLOURS)

    def too_wide(self) -> list[str]:
        found = []
        for width in (DESK, PHONE):
            self.page.set_viewport_size({"width": width, "height": 800})
            if self.page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"at {width}: {self.page.evaluate(TOO_WIDE)}")
        return found

    def out_of_reach(self) -> list[str]:
        """What a keyboard does not come to, at a phone's width, where most tables scroll."""
        self.page.set_viewport_size({"width": PHONE, "height": 800})
        self.page.evaluate(WATCH_FOCUS)
        for _ in range(self.page.evaluate("document.querySelectorAll('summary, a, input, [tabindex]').length")):
            self.page.keyboard.press("Tab")
        return [str(each) for each in self.page.evaluate(NOT_REACHED)]

    def headings_out_of_order(self) -> list[str]:
        """One first heading, and none that is more than a level below the one before it."""
        levels = [(0, ""), *self.page.evaluate(HEADINGS)]
        steps = pairwise(levels)
        found = [f"h{level} {text}" for (before, _), (level, text) in steps if level > before + 1]
        return found + [text for level, text in levels[2:] if level == 1] + ([] if levels[1:] else ["no heading"])

    def led_nowhere(self) -> list[str]:
        files = {each.partition("#")[0] for each in self.page.evaluate(LINKS)} - {""}
        return [each for each in sorted(files) if not (self.file.parent / each).is_file()] + self.page.evaluate(
            LOST_ANCHORS
        )

    def unread_without_scripts(self) -> list[str]:
        """Lines that are there only where scripts run."""
        self.page.set_viewport_size(SIZE_AT_A_DESK)
        opened = self.page.context.browser
        without = opened.new_context(java_script_enabled=False, viewport=SIZE_AT_A_DESK).new_page()
        without.goto(self.file.as_uri())
        plain = {*without.locator("body").inner_text().split("\n")}
        without.context.close()
        self.page.reload()
        return [] if plain and plain >= {*self.page.locator("body").inner_text().split("\n")} else ["scripts add lines"]

    def cut_or_lost_in_print(self) -> list[str]:
        """Rows and pictures with their edges on two pages, and texts that are not printed, as they stand on a page that
        somebody has just opened."""
        self.page.reload()
        self.page.emulate_media(media="print", color_scheme="light")
        self.page.set_viewport_size({"width": PAPER, "height": 800})
        wide = self.page.evaluate(WIDER_THAN_PAPER)
        texts = self.page.evaluate(TEXTS)
        self.page.evaluate(MARK_EDGES)
        pages = _printed(self.page)
        edges = [{*EDGE.findall(text)} for text in pages]
        cut = {
            number
            for on_page in edges
            for _, number in on_page
            if not {("upper", number), ("lower", number)} <= on_page
        }
        whole = _solid(EDGE.sub("", "".join(pages)))
        lost = [text for text in texts if _solid(text) not in whole]
        return wide + [f"cut: {each}" for each in sorted(cut)] + [f"not printed: {text}" for text in lost]


def look(opened: Browser, file: Path) -> Looked:
    """A file in a window of its own; what it asks for from now on is written down."""
    page = opened.new_context(viewport=SIZE_AT_A_DESK).new_page()
    looked = Looked(file, page)
    page.on("request", lambda asked: looked.said.append(asked.url) if asked.url != file.as_uri() else None)
    page.on("console", lambda told: looked.said.append(told.text))
    page.on("pageerror", lambda error: looked.said.append(str(error)))
    page.goto(file.as_uri())
    page.evaluate(OPEN_ALL)
    return looked


def _solid(text: str) -> str:
    """A text without spaces and capitals, since lines break anywhere and small words are printed large."""
    return "".join(text.split()).casefold()


def _axe(page: Page, run: str) -> list[str]:
    page.evaluate(Axe().axe_script)
    found = page.evaluate(f"{run}.then(found => found.violations)")
    return [f"{each['id']}: {len(each['nodes'])} times, as in {each['nodes'][0]['html'][:120]}" for each in found]


def _printed(page: Page) -> list[str]:
    """The text of each page as it is printed on A4."""
    pdf = page.pdf(prefer_css_page_size=True, format="A4")
    text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return text.decode().split("\f")[:-1]


def unreadable(workbooks: Sequence[Path], folder: Path) -> list[str]:
    """Workbooks that LibreOffice makes no PDF of. It is started once, and reads nothing but workbooks."""
    home = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    how = ["--headless", "--infilter=Calc MS Excel 2007 XML", "--convert-to", "pdf", "--outdir", folder / "pdf"]
    subprocess.run(["soffice", home, *how, *workbooks], check=True, capture_output=True)
    return [file.name for file in workbooks if not (folder / "pdf" / file.with_suffix(".pdf").name).is_file()]
