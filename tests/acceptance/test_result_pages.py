"""The pages of results: each says what the release says, in words of its language alone, and asks for nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from publish.releases.folder import page_files
from publish.report import checks
from publish.report.facts import RoundFacts
from publish.results import site
from publish.results.page import Said
from publish.results.reading import Labels
from publish.writing import words
from publish.writing.words import Words
from store.paths import DataPaths
from tests.acceptance.project import kuntakysely, rows

LARGEST = 500_000
OF_NO_PAGE = re.compile(r'<(\w+)[^>]* lang="\w+"[^>]*>.*?</\1>|<code>.*?</code>|>(Parquet|CSV)<', re.DOTALL)
MARK = re.compile(r'style="([^"]*)"><span>(.*?)</span><i></i><b>(.*?)</b><small>(.*?)</small>')
PAGE = re.compile(r"(?P<survey>.+)\.(?P<round>[^.]+)\.(?P<language>\w+)\.html")


@dataclass
class Read(HTMLParser):
    """What a page holds: its rows of tables by their first cell, its links, and all that is read aloud of it."""

    tables: list[list[list[str]]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    _is_cell: bool = False
    _is_style: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in ("href", "src") if name in given]
        self.texts += [given[name] for name in ("aria-label", "title", "alt") if name in given]
        self._is_style = tag == "style"
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._is_cell = True
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False
        if tag in ("td", "th"):
            self._is_cell = False

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            self.texts.append(data)
        if self._is_cell:
            self.tables[-1][-1][-1] += data.strip()


def read(text: str) -> Read:
    found = Read()
    found.feed(text)
    return found


@pytest.fixture(scope="module")
def pages(release: duckdb.DuckDBPyConnection) -> Mapping[str, str]:
    return dict(site.pages(release, "<!-- a mark -->"))


def test_the_release_holds_them(published: DataPaths, pages: Mapping[str, str]) -> None:
    folder = published.current_folder / "report"
    assert {path.name for path in folder.glob("*.html") if not path.name.startswith("quality-")} == set(pages)
    assert {name.split(".")[-2] for name in pages} == {"fi", "sv", "en"}
    [number] = rows(published, "select number from marts.release")[0]
    assert (folder / "index.fi.html").read_text(encoding="utf-8").startswith(f"<!doctype html><!-- release {number}_")


def test_a_page_asks_for_nothing_and_leads_somewhere(published: DataPaths, pages: Mapping[str, str]) -> None:
    folder = published.current_folder / "report"
    for name, text in pages.items():
        assert len(text.encode()) < LARGEST, name
        assert not re.search(r"<script|<iframe|@import|url\(|https?:", text), name
        for link in read(text).links:
            place, _, anchor = link.partition("#")
            assert (folder / place).is_file() if place else f'id="{anchor}"' in text, f"{name}: {link}"


def shares_of(release: duckdb.DuckDBPyConnection, name: str, language: str) -> list[list[str]]:
    """The rows of the tables by size class of a page, made of the release in another way than the page is."""
    found = PAGE.fullmatch(name)
    assert found is not None
    cells = release.execute(
        f"""
        select question_order, breakdown_row_order, any_value(breakdown_row_{language}),
            list(pct order by answer_order), any_value(base_n)
        from marts.result
        where survey_id = ? and round_id = ? and level = 'option' and cell_status <> 'not_asked'
            and breakdown = 'size_class'
            and (question_id, unit) in (
                select (question_id, unit) from marts.headline_result where survey_id = ? and round_id = ?
            )
        group by all order by all
        """,
        [found["survey"], found["round"]] * 2,
    ).fetchall()
    said = Words(language)

    def shown(pct: int | None) -> str:
        return said.say("hidden") if pct is None else said.percent(pct)

    return [[label, *map(shown, shares), said.count(n)] for _, _, label, shares, n in cells]


def marks_of(release: duckdb.DuckDBPyConnection, name: str, language: str) -> set[tuple[str, str, str]]:
    """What pictures by size class tell on a page, in no picture's order: the row, its share, and its count and base."""
    found = PAGE.fullmatch(name)
    assert found is not None
    cells = release.execute(
        f"""
        select breakdown_row_{language}, cells.cell_status, cells.pct, cells.n, cells.base_n
        from marts.result as cells
        inner join marts.headline_result as headline
            using (survey_id, round_id, question_id, level, answer_code, unit)
        where survey_id = ? and round_id = ? and breakdown in ('size_class', 'size_class_group')
            and cells.cell_status <> 'not_asked'
        qualify level = min(level) over (partition by question_id)
        """,
        [found["survey"], found["round"]],
    ).fetchall()
    said = Words(language)
    return {
        (
            label,
            said.say("hidden") if pct is None and status != "zero" else said.percent(pct),
            f"{said.count(n)}/{base}",
        )
        for label, status, pct, n, base in cells
    }


def misplaced(text: str) -> list[str]:
    """Bars and dots of shares that lie elsewhere than the figure beside them says."""
    marks = [
        (dict(re.findall(r"--(\w):([\d.]+)", style)), value)
        for style, _, value, base in MARK.findall(text)
        if "/" in base
    ]
    return [value for places, value in marks if places.get("p", "") != "".join(re.findall(r"\d", value))]


def faults(release: duckdb.DuckDBPyConnection, pages: Mapping[str, str]) -> list[str]:
    """Rows that the release has and no page, each with its page."""
    found = []
    for name, text in pages.items():
        if not name.startswith("index"):
            there = [row for table in read(text).tables for row in table]
            expected = shares_of(release, name, name.split(".")[-2])
            assert expected
            found += [f"{name}: {row}" for row in expected if row not in there]
            pictured = {(label, value, base) for _, label, value, base in MARK.findall(text)}
            found += [f"{name}: {mark}" for mark in marks_of(release, name, name.split(".")[-2]) - pictured]
    return found


def test_every_share_is_the_one_of_the_release(
    release: duckdb.DuckDBPyConnection, pages: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faults(release, pages) == []
    right = Words.percent
    monkeypatch.setattr(Words, "percent", lambda self, pct: right(self, None if pct is None else min(pct + 1, 100)))
    wrong = dict(site.pages(release, ""))
    monkeypatch.undo()
    assert faults(release, wrong)


def test_findings_are_at_the_top_and_a_hidden_one_is_not(
    release: duckdb.DuckDBPyConnection, pages: Mapping[str, str]
) -> None:
    found = release.execute("select round_key, language, sentence from marts.finding order by all").fetchall()
    assert {bool(sentence) for *_, sentence in found} == {True, False}
    for key in {tuple(row[:2]) for row in found}:
        sentences = [sentence for *of, sentence in found if tuple(of) == key]
        top = html.unescape(pages[f"{key[0].replace('/', '.')}.{key[1]}.html"].partition("<nav")[0])
        assert [sentence for sentence in sentences if sentence and sentence not in top] == []
        assert top.count('<li class="hidden">') == sentences.count(None)


HEADING = re.compile(r"<h([23])>(.*?)</h")
FORM = """
    select '2' || section_{0}, '3' || label_{0}
    from marts.dim_question inner join marts.dim_round using (survey_id)
    where round_key = ? and question_id in (
        select question_id from marts.answer_distribution where cell_status <> 'not_asked' and round_key = ?
        union select question_id from marts.system_use where round_key = ?
        union select question_id from marts.number_summary where round_key = ?
    )
    order by section_order, dim_question.sort_order
"""


def test_questions_stand_in_the_sections_of_the_form(
    release: duckdb.DuckDBPyConnection, pages: Mapping[str, str]
) -> None:
    for name, text in pages.items():
        if found := PAGE.fullmatch(name):
            keys = [f"{found['survey']}/{found['round']}"] * 4
            rows = release.execute(FORM.format(found["language"]), keys).fetchall()
            headings = [level + html.unescape(said) for level, said in HEADING.findall(text.partition("<main>")[2])]
            expected = list(dict.fromkeys(heading for row in rows for heading in row))
            assert expected
            assert headings[: len(expected)] == expected


def test_bars_and_dots_lie_where_their_figures_say(pages: Mapping[str, str]) -> None:
    assert {name: misplaced(text) for name, text in pages.items() if misplaced(text)} == {}
    assert all(MARK.search(text) for name, text in pages.items() if not name.startswith("index"))
    drawn = next(text for text in pages.values() if "--p:36" in text)
    assert misplaced(drawn.replace("--p:36", "--p:37"))


# Texts of the release that are shown as they are: ids, files, and what people wrote.
DATA = """
    select distinct unnest([check_id, decision_reason]) from marts.round_quality
    union select distinct unnest([source_file, producer, licence]) from marts.release_input
    union select licence from marts.dim_survey
    union select document from marts.publication_reconciliation
    union select concat_ws(', ', statistic, question_id, nullif(breakdown_id, 'all'), answer)
    from marts.publication_reconciliation
    union select distinct unnest([system_name, vendor]) from marts.dim_system
    union select document from marts.practice
    union select distinct unnest([document, sentence]) from marts.printed_sentence
"""


def words_of_no_catalogue(release: duckdb.DuckDBPyConnection, survey: str) -> set[str]:
    """What is left of a survey's pages where every name and every text of a catalogue says nothing."""
    left = set()
    data = [html.escape(text) for (text,) in release.execute(DATA).fetchall() if text]
    for file in page_files(release):
        if not file.name.endswith(".html") or (file.tells_of or (survey,))[0] != survey:
            continue
        # What an index says of tables is the release's own, in English; a language is called as its speakers call it.
        own = OF_NO_PAGE.sub("", file.make("").decode().replace("<wbr>", "").partition("<head>")[2])
        for text in sorted(data, key=len, reverse=True):
            own = own.replace(text, "")
        left |= words_in(" ".join(read(own).texts))
    return left


def words_in(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{2,}", text))


def test_every_text_is_in_the_catalogues(release: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(dict[str, str]):
        def get(self, text: str, *_: object) -> str:  # type: ignore[override]
            return " ".join(f"{{{name}}}" for name in re.findall(r"{(\w+)}", text)) or "."

    monkeypatch.setattr(words, "_catalogue", lambda _: Silent())
    monkeypatch.setattr(Labels, "of", lambda *_: "")
    monkeypatch.setattr(checks, "_message", lambda *_: "")
    for name in ("label", "said", "code", "english"):
        monkeypatch.setattr(RoundFacts, name, lambda *_: "")
    monkeypatch.setattr(Labels, "of_code", lambda *_: "")
    monkeypatch.setattr(Words, "day", lambda *_: "")
    monkeypatch.setattr(Said, "findings", lambda _: [{"is_shown": False}])
    assert words_of_no_catalogue(release, "koto_kuntakysely") == set()


def test_the_command_says_where(published: DataPaths) -> None:
    done = kuntakysely(published, "report", "koto_kuntakysely/2023-01", "--language", "sv")
    assert done.stdout.strip().endswith("published/current/report/koto_kuntakysely.2023-01.sv.html")
    assert done.stdout.startswith("file:///")
    assert Path(done.stdout.strip().removeprefix("file://")).is_file()
    wrong = kuntakysely(published, "report", "koto_kuntakysely/2023-01", "--language", "de")
    assert wrong.returncode == 2
    assert "There are: en, fi, sv. Name one with --language." in " ".join(wrong.stdout.split())
