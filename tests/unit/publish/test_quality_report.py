"""The quality report of a round: what it says, that it says it safely, and that its files follow the release."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from faults.told import WrongUsage
from orchestration.commands.cli import app
from orchestration.commands.quality import page_of_round
from publish import catalogue
from publish.releases import release
from publish.releases.folder import write_pages
from publish.releases.own_tables import OWN_TABLES
from publish.report import numbers, pages
from publish.report.facts import ReleaseTables, RoundFacts
from publish.report.sims import headings, page_of
from publish.writing.files import FOLDER, LIST
from publish.writing.rendering import in_markdown
from publish.writing.rounds import last_changes, stem
from publish.writing.words import Words
from store.paths import DataPaths

Rebuild = Callable[[DataPaths, int], None]

SURVEY_TITLE = 'Koto <b>& "co"</b> | *2023* _x_'
HEADS_OF_ESS = (
    "Contact", "Metadata update", "Statistical presentation", "Unit of measure", "Reference period",
    "Institutional mandate", "Confidentiality", "Release policy", "Frequency of dissemination",
    "Accessibility and clarity", "Quality management", "Relevance", "Accuracy and reliability",
    "Timeliness and punctuality", "Coherence and comparability", "Cost and burden", "Data revision",
    "Statistical processing", "Comment",
)  # fmt: skip
DETAILS_OF_ESS = (
    "Sampling error", "Coverage error", "Measurement error", "Unit nonresponse", "Item nonresponse",
    "Processing error",
)  # fmt: skip

MARTS = """
    create table release.marts.dim_survey as select 'koto' as survey_id, 'CC BY 4.0' as licence;
    create table release.marts.dim_round as select
        'koto' as survey_id, '2023-01' as round_id, 'koto/2023-01' as round_key, 'mainland' as frame_scope,
        {is_synthetic} as is_synthetic, not {is_synthetic} as is_protected,
        date '2022-12-20' as opens_on, date '2023-01-13' as closes_on,
        date '2023-01-01' as division_date, date '2019-12-31' as population_date, 1 as sort_order, 8 as n_frame,
        6 as n_responses, 5 as n_municipalities;
    create table release.marts.label as select * from (values
        ('survey', 'koto', 'fi', 'Kotokysely'), ('survey', 'koto', 'sv', 'Enkäten'), ('survey', 'koto', 'en', $title),
        ('round', 'koto/2023-01', 'en', 'First round'), ('publisher', 'koto', 'en', 'Koto <i>oy</i>'),
        ('population', 'koto', 'en', 'Municipalities'), ('question', 'koto/staff', 'en', 'How many | staff?'),
        ('breakdown', 'koto/county/90', 'en', 'Helsinki'), ('breakdown', 'koto/county/11', 'fi', 'Etelä-Karjala'),
        ('breakdown', 'koto/size_class/small', 'en', 'Small <u>'),
        ('breakdown', 'koto/size_class/large', 'en', 'Large'),
        ('municipality', '2023-01-01/005', 'en', 'Alajärvi')
    ) as labels (thing, thing_key, language, label);
    create table release.marts.dim_breakdown as select * from (values
        ('koto', 'koto/size_class/small', 1), ('koto', 'koto/size_class/large', 2), ('koto', 'koto/county/11', 3),
        ('koto', 'koto/county/90', 4), ('koto', 'koto/all/all', 0)
    ) as rows (survey_id, breakdown_key, sort_order);
    create table release.marts.response_rate as
    select 'koto' as survey_id, '2023-01' as round_id, 'koto/' || breakdown || '/' || id as breakdown_key, *,
        (200 * n_municipalities + n_frame) // (2 * n_frame) as pct,
        0.125 as population_coverage, null::double as foreign_language_coverage
    from (values
        ('all', 'all', 8, 5), ('size_class', 'large', 3, 3), ('size_class', 'small', 5, 2), ('county', '11', 7, 4),
        ('county', '90', 1, 1)
    ) as rows (breakdown, id, n_frame, n_municipalities);
    create table release.marts.answer_status_count as select 'koto' as survey_id, '2023-01' as round_id, *
    from (values
        ('staff', 'valid', 4), ('staff', 'blank', 1), ('staff', 'declared_missing', 2), ('staff', 'out_of_range', 1),
        ('staff', 'not_applicable', 5), ('later', 'not_asked', 13)
    ) as rows (question_id, status, n);
    create table release.marts.dim_question as select 'koto' as survey_id, * from (values
        ('staff', 'koto/staff', 'persons', 'opinion', 1), ('later', 'koto/later', null, 'opinion', 2)
    ) as rows (question_id, question_key, unit_of_measure, disclosure, sort_order);
    create table release.marts.answer_distribution as select 'koto' as survey_id, '2023-01' as round_id, *
    from (values ('shown'), ('shown'), ('hidden_primary')) as rows (cell_status);
    create table release.marts.publication_reconciliation as select 'koto' as survey_id, '2023-01' as round_id, *
    from (values
        ('f1', 'pct', 'staff', 'all', 'yes', 46.000, 47.000, 'known_discrepancy', 'a slip of the press'),
        ('f2', 'n', 'staff', 'all', 'yes', 5.000, 5.000, 'match', null)
    ) as rows (
        figure_id, statistic, question_id, breakdown_id, answer, published_value, computed_value, status, explanation
    );
    create table release.marts.comparability (
        survey_id varchar, round_id varchar, question_key varchar, earlier_round_id varchar, comparability varchar,
        reason varchar
    );
    create table release.marts.response_curve as select 'koto' as survey_id, '2023-01' as round_id,
        unnest([date '2022-12-21', date '2023-01-12']) as submitted_on;
"""
QUALITY = """
    insert into release.marts.round_quality by name
    select 'koto' as survey_id, '2023-01' as round_id, 'koto/2023-01' as round_key, {is_synthetic} as is_synthetic,
        'sql' as tool, *
    from (values
        ('no_empty_county', 'response', 'warn', 'fail', '11: 0 of 7', 'at least one', 1, 'Empty <counties>',
            'Counties without a response.', 'n > 0', 'open', null, null, null),
        ('print_is_right', 'output', 'gate', 'fail', '1', '0', 1, 'Figures that cannot be right', 'Wrong figures.',
            null, 'accepted', 'A. Person', date '2027-01-31', 'They were printed so'),
        ('frame_complete', 'frame', 'block', 'pass', '8', 'all', 0, 'Whole', 'Each is there once.', 'a | b', null,
            null, null, null),
        ('coverage', 'response', 'warn', 'pass', '0.6', '0.5', 0, 'Covered', 'Covered.', null, null, null, null, null),
        ('soft', 'items', 'info', 'not_computable', null, null, 0, 'Soft', 'Soft.', null, null, null, null, null)
    ) as rows (
        check_id, family, severity, status, observed, threshold, n_failed, message_en, definition, formula, decision,
        decided_by, decided_until, decision_reason
    );
    insert into release.marts.round_quality (survey_id, round_id, check_id, is_synthetic, tool, severity, status)
        values ('all', 'all', 'as_declared.dim_round', false, 'sql', 'block', 'pass');
    insert into release.marts.round_quality_detail by name
    select 'koto' as survey_id, '2023-01' as round_id, {is_synthetic} as is_synthetic, '0' as observed,
        '1' as threshold, 1 as n_failed, *
    from (values
        ('no_empty_county', 'county', '11', 'fail'), ('no_empty_county', 'county', '90', 'fail'),
        ('no_empty_county', 'question', 'staff', 'fail'), ('no_empty_county', 'size_class', 'small', 'pass'),
        ('coverage', 'size_class', 'large', 'fail')
    ) as rows (check_id, part, part_id, status);
    insert into release.marts.release by name select 2 as number, 1 as schema_version,
        timestamp '2023-01-31 23:30:00' as created_at, 'v1' as code_version, 'c0' as code_sha256,
        'f1' as inputs_sha256, 4 as n_checks_passed, 2 as n_checks_failed, 1 as n_checks_not_computable,
        1 as compared_with, true as is_synthetic_only;
    insert into release.marts.release_input (source_file, kind, survey_id, round_id, sha256, producer, licence, n_rows)
        values ('surveys/koto/survey.yml', 'codebook', 'koto', null, 'aa', null, null, null),
            ('surveys/koto/rounds/2020/responses.csv', 'responses', 'koto', '2020', 'bb', 'Elder', 'CC0', 7);
    insert into release.marts.release_change (table_name, survey_id, round_id, change, "row", column_name)
        values ('response_rate', 'koto', '2023-01', 'row_added', 'r', ''),
            ('response_rate', 'koto', '2020', 'row_added', 'r', '');
    insert into release.marts.release_round by name select 'koto' as survey_id, '2023-01' as round_id,
        'koto/2023-01' as round_key, {is_synthetic} as is_synthetic, 1 as changed_in,
        timestamp '2023-01-31 23:30:00' as changed_at, 'cc' as content_sha256;
"""


def make_release(file: Path, *, is_synthetic: bool) -> Path:
    """A release of one round with something under every heading."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{file}' as release")
        connection.execute("create schema release.marts")
        connection.execute("use release")
        for table in OWN_TABLES:
            catalogue.create_new(connection, table)
        for statement in MARTS.format(is_synthetic=is_synthetic).split(";\n"):
            connection.execute(statement, {"title": SURVEY_TITLE} if "$title" in statement else None)
        connection.execute(QUALITY.format(is_synthetic=is_synthetic))
    return file


def pages_of(file: Path, folder: Path, language: str = "en") -> tuple[str, str]:
    """The HTML and the Markdown of the only round."""
    with duckdb.connect(str(file), read_only=True) as connection:
        write_pages(connection, folder, file.stem)
    made, said = (folder / FOLDER / pages.file_name("koto/2023-01", language, form) for form in pages.FORMATS)
    return made.read_text(encoding="utf-8"), said.read_text(encoding="utf-8")


def seen(page: str) -> str:
    """What a reader of the HTML sees, white space made one."""
    text = re.sub(r"<style>.*?</style>|<!--.*?-->", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text.replace("<wbr>", ""))).split())


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_release(tmp_path_factory.mktemp("made_up") / "2_abcd.duckdb", is_synthetic=True)


@pytest.fixture(scope="module")
def both(made_up: Path) -> tuple[str, str]:
    return pages_of(made_up, made_up.parent / "report")


def page_texts(file: Path) -> Iterator[str]:
    """Every text that the report is made of."""
    with duckdb.connect(str(file), read_only=True) as connection:
        page = page_of(RoundFacts(ReleaseTables(connection), "koto", "2023-01", Words("en")))
    yield from (page.title, page.round_title, page.made_from, *page.summary.values(), *page.left_out)
    for section in page.sections:
        yield section.title
        for block in section.blocks:
            yield from (cell for row in getattr(block, "rows", ()) for cell in row)
            yield from (text for bar in getattr(block, "bars", ()) for text in (bar.label, bar.said))
            yield from getattr(block, "values", {}).values()
            yield from (getattr(block, name) for name in ("text", "caption") if hasattr(block, name))


def test_every_heading_of_the_european_form_is_there(both: tuple[str, str]) -> None:
    made, said = both
    found = re.findall(r"<h\d id=[^>]+><span class=\"number\">([\d.]+)</span> ([^<]+)</h\d>", made)
    assert re.findall(r"^#+ ([\d.]+) (.+)$", said, flags=re.MULTILINE) == found
    left_out = re.findall(r"([\d.]+) ([^;]+)[;.]", seen(made).partition("holds nothing: ")[2])
    assert ("6", "Institutional mandate") in left_out and ("12.1", "User needs") in left_out
    form = [(number, title) for number, title, _ in headings(str)]
    assert [each for each in form if each in found] == found and sorted(found + left_out) == sorted(form)
    assert [title for number, title in form if "." not in number] == list(HEADS_OF_ESS)
    assert set(DETAILS_OF_ESS) < {title for _, title in form}


def test_both_forms_say_the_same(made_up: Path, both: tuple[str, str]) -> None:
    made, said = both
    texts = list(page_texts(made_up))
    assert len(texts) > 100
    assert [text for text in texts if " ".join(text.split()) not in seen(made)] == []
    assert [text for text in texts if in_markdown(text) not in said] == []


def test_no_text_of_the_release_becomes_markup(both: tuple[str, str]) -> None:
    made, said = both
    assert "Koto &lt;b&gt;&amp; &#34;co&#34;&lt;/b&gt; | *2023* _x_" in made
    assert r"Koto \<b\>&amp; " '"co"' r"\</b\> \| \*2023\* \_x\_" in said
    assert not re.search(r"<(b|i|counties)>(?!\d+%)", made)


def test_rows_of_a_markdown_table_have_the_cells_of_its_head(both: tuple[str, str]) -> None:
    for table in re.findall(r"(?:^\|.*\n)+", both[1], flags=re.MULTILINE):
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(cells) == 1, table


def test_the_page_needs_nothing_from_elsewhere(both: tuple[str, str]) -> None:
    assert not re.search(r"<script|<link|<img|@import|url\(|https?://", both[0])
    assert "prefers-color-scheme: dark" in both[0] and "@media print" in both[0]


@pytest.mark.parametrize(
    "said",
    [
        "Quality report: Koto <b>& \"co\"</b> | *2023* _x_, First round",
        "The figures of the round last changed in release 1 of 1 Feb 2023.",
        "5 of 8 (63%) municipalities responded",
        "Organisation Koto <i>oy</i>",
        "In the field 20 Dec 2022–13 Jan 2023, both days included.",
        "Published cells: 3, hidden: 1.",
        "Questions that ask for a number: persons.",
        "Checks of the round: passed: 2; failed: 2; not computable: 1. Checks of the whole warehouse: passed: 1.",
        "Of the 2 questions of the codebook the round asked 1.",
        "Valid answers 4 of 8 asked for (50%)",
        "Inhabitants in municipalities that responded 13%",
        "Of 8 answers asked for, these are faulty and in no figure: out of range: 1.",
        "Checks (response, representativity): passed: 1; failed: 1. Failed: no_empty_county; see 11.2.",
        "How many | staff? 8 4 3 1 38%",
        "The figures last changed 19 days after the field closed.",
        "Figures of the release beside the printed ones: known discrepancy: 1; match: 1.",
        "f1: pct, staff, yes 46 47 a slip of the press",
        "surveys/koto/survey.yml codebook – – –",
        "Responses came 21 Dec 2022–12 Jan 2023.",
        "frame_complete: Whole blocks passed 8 all Each is there once. | a | b",
    ],
)  # fmt: skip
def test_what_the_release_holds_stands_under_its_heading(both: tuple[str, str], said: str) -> None:
    assert said in seen(both[0])


@pytest.mark.parametrize("left_out", ["f2: n", "surveys/koto/rounds/2020"])
def test_what_does_not_belong_under_a_heading_is_left_out(both: tuple[str, str], left_out: str) -> None:
    assert left_out not in seen(both[0])


def test_findings_are_gravest_first_with_what_was_decided(both: tuple[str, str]) -> None:
    text = seen(both[0])
    accepted = (
        "print_is_right: Figures that cannot be right gate failed 1 0 accepted until 31 Jan 2027: They were printed so"
    )
    still_open = "no_empty_county: Empty <counties> warning failed 11: 0 of 7 at least one open –"
    assert 0 < text.index(accepted) < text.index(still_open)
    assert "findings 2 (1 open)" in text
    assert "A. Person" not in text


def test_parts_of_a_failed_check_are_named_and_no_others(both: tuple[str, str]) -> None:
    parts = both[1].partition("**Where they failed**")[2].partition("\n\n##")[0]
    assert "| no_empty_county | Etelä-Karjala | 0 | 1 | 1 |" in parts
    assert r"| no_empty_county | How many \| staff? | 0 | 1 | 1 |" in parts
    assert "Small" not in parts and "Large" not in parts and "coverage" not in parts


def test_response_is_drawn_in_the_order_of_the_survey(both: tuple[str, str]) -> None:
    bars = re.findall(r'<span class="label"[^>]*>(.+?)</span>.*?class="rate" width="(\d+)"', both[0], flags=re.DOTALL)
    assert bars == [("Small &lt;u&gt;", "40"), ("Large", "100"), ("Etelä-Karjala", "57")]
    assert both[0].count('x1="63" x2="63"') == len(bars)


def test_a_round_of_made_up_answers_says_so_and_names_no_municipality(both: tuple[str, str]) -> None:
    for page in both:
        assert "Demonstration: the answers are made up." in page
        assert "Helsinki" not in page and "Alajärvi" not in page


def test_a_round_of_given_answers_has_no_banner(tmp_path: Path) -> None:
    for page in pages_of(make_release(tmp_path / "1_ab.duckdb", is_synthetic=False), tmp_path / "report"):
        assert "made up" not in page and "calibrated" not in page
        assert "Helsinki" in page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("dim_survey", "Licence –"),
        ("label", "Organisation –"),
        ("response_rate", "Municipalities –"),
        ("answer_status_count", "; 13.3.3.2 Item nonresponse;"),
        ("publication_reconciliation", "; 15.3 Coherence with printed figures;"),
        ("round_quality", "No check failed."),
        ("round_quality_detail", "Findings: checks that failed"),
        ("comparability", "; 15.2 Comparability over time;"),
        ("response_curve", "; 18.3 Data collection;"),
        ("release_input", "; 18.1 Source data;"),
        ("release_round", "The figures of the round last changed in release 2 of 1 Feb 2023."),
    ],
)
def test_a_release_that_lacks_a_table_has_its_page(tmp_path: Path, table: str, said: str) -> None:
    file = make_release(tmp_path / "1_ab.duckdb", is_synthetic=True)
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"drop table marts.{table}")
    assert said in seen(pages_of(file, tmp_path / "report")[0])


def test_a_page_is_in_one_language_and_marks_what_is_in_another(made_up: Path, tmp_path: Path) -> None:
    made, said = pages_of(made_up, tmp_path, "fi")
    assert made.startswith("<!doctype html><!-- release 2_abcd -->") and '<html lang="fi">' in made
    assert "# Laatuseloste: Kotokysely" in said and '<p class="round" lang="en">First round</p>' in made
    assert (
        '<dd lang="en">Koto &lt;i&gt;oy&lt;/i&gt;</dd>' in made and '<td data-label="selitys" lang="en">a slip' in made
    )
    assert '<a href="quality-koto.2023-01.sv.html" lang="sv" hreflang="sv">Svenska</a>' in made


def test_percentages_are_rounded_half_up() -> None:
    assert [numbers.pct(*each) for each in ((1, 8), (65, 157), (1, 200), (0, 3), (3, 3))] == [13, 41, 1, 0, 100]
    assert [numbers.pct_of(share) for share in (0.285, 0.125, 0.0, None)] == [29, 13, 0, None]


def marks(paths: DataPaths) -> dict[str, set[str]]:
    """Which release the pages say that they are of, by name of the page."""
    return {
        file.name: re.findall(r"<!-- release (\d+)_", file.read_text(encoding="utf-8"))
        for file in (paths.current_folder / FOLDER).iterdir()
    }


@pytest.mark.slow
def test_a_new_release_and_a_rollback_bring_their_pages(released: DataPaths, now: datetime) -> None:
    names = {"quality-koto.2023-01.en.html", "quality-koto.2023-01.en.md", LIST}
    assert marks(released) == {name: ["1"] for name in names}
    release.publish(released, now, refresh_id=1)
    assert marks(released) == {name: ["2"] for name in names}
    release.rollback(released, now + timedelta(days=1))
    assert marks(released) == {name: ["1"] for name in names}


def test_pages_of_two_rounds_never_have_one_name() -> None:
    """Ids hold letters, digits, underscores and, of a round, hyphens."""
    keys = ["a/b_c", "a_b/c", "a/b-c", "a_b/c-d", "quality_a/b", "a/b"]
    assert len({stem(key) for key in keys}) == len(keys)
    assert len({name for key in keys for name in (pages.file_name(key, "en", "html"), f"{stem(key)}.en.html")}) == 12


def test_the_command_says_where_the_page_is_or_prints_it(released: DataPaths) -> None:
    def said(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["quality", "koto/2023-01", *arguments, "--data", str(released.root)])
        assert done.exit_code == 0, done.output
        return done.output

    assert said() == "data/published/current/report/quality-koto.2023-01.en.html\n"
    assert said("--format", "md") == "data/published/current/report/quality-koto.2023-01.en.md\n"
    assert said("--format", "md", "--language", "en", "--print").splitlines()[1] == "# Quality report: koto"


@pytest.mark.parametrize(
    ("name", "language", "form", "said"),
    [
        ("koto/2019", None, "html", "no round koto/2019 in data/published/current.duckdb. There are: koto/2023-01. "),
        ("koto", None, "html", "no round koto in"),
        ("koto/2023-01", None, "pdf", "no format pdf. There are: html, md."),
        ("koto/2023-01", "fi", "md", "no page in fi. There are: en. Name one with --language."),
    ],
)
def test_what_is_not_there_is_said_with_what_there_is(
    released: DataPaths, name: str, language: str | None, form: str, said: str
) -> None:
    with pytest.raises(WrongUsage, match=re.escape(said)):
        page_of_round(released, name, language, form)


def test_a_page_that_is_gone_says_how_it_comes_back(released: DataPaths) -> None:
    (released.current_folder / FOLDER / "quality-koto.2023-01.en.html").unlink()
    with pytest.raises(WrongUsage, match="kuntakysely refresh"):
        page_of_round(released, "koto/2023-01", None, "html")


def test_the_day_of_a_release_is_the_one_in_helsinki(made_up: Path) -> None:
    with duckdb.connect(str(made_up), read_only=True) as connection:
        assert last_changes(connection)["koto", "2023-01"].day == date(2023, 2, 1)
