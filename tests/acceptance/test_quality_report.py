"""The quality report of a shipped round, from the command line and beside the release that it is of."""

from __future__ import annotations

import html
import re

from store.paths import DataPaths
from tests.acceptance.project import kuntakysely, rows

NAME = "koto_kuntakysely/2023-01"


def page_of(paths: DataPaths) -> str:
    """The page as it is printed, white space made one."""
    done = kuntakysely(paths, "quality", NAME, "--language", "en", "--print")
    assert done.returncode == 0, done.stdout
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", done.stdout.replace("<wbr>", ""))).split())


def test_each_round_of_the_release_has_its_pages(published: DataPaths) -> None:
    keys = [key for (key,) in rows(published, "select round_key from marts.dim_round")]
    forms = [f"{language}.{form}" for language in ("fi", "sv", "en") for form in ("html", "md")]
    expected = {f"quality-{key.replace('/', '.')}.{form}" for key in keys for form in forms}
    assert {file.name for file in (published.current_folder / "report").glob("quality-*")} == expected
    done = kuntakysely(published, "quality", NAME, "--language", "sv")
    assert done.stdout.strip().endswith("published/current/report/quality-koto_kuntakysely.2023-01.sv.html")


def test_the_page_says_what_the_release_says(published: DataPaths) -> None:
    page = page_of(published)
    said = rows(
        published,
        "select label_en || ' ' || pct || '% ' || n_municipalities || ' of ' || n_frame from marts.response_rate "
        "inner join marts.dim_breakdown using (breakdown_key) "
        f"where round_key = '{NAME}' and response_rate.breakdown in ('size_class', 'county') and n_frame > 1",
    )
    assert len(said) == 27
    assert [text for (text,) in said if text not in page] == []
    assert "18.3 Data collection;" not in page


def test_every_check_of_the_round_is_there_with_its_definition(published: DataPaths) -> None:
    page = page_of(published)
    checks = rows(
        published, f"select check_id, definition, formula from marts.round_quality where round_key = '{NAME}'"
    )
    assert checks
    assert [
        check
        for check, definition, formula in checks
        if f"{check}: " not in page or any(" ".join((text or "").split()) not in page for text in (definition, formula))
    ] == []


def test_no_municipality_of_the_made_up_round_is_named(published: DataPaths) -> None:
    page = page_of(published)
    areas = " ".join(label for (label,) in rows(published, "select label from marts.label where thing = 'breakdown'"))
    names = rows(
        published,
        "select distinct label from marts.label inner join marts.frame_municipality "
        "on label.thing_key = division_date::varchar || '/' || municipality_code "
        f"where thing = 'municipality' and round_key = '{NAME}'",
    )
    named = [name for (name,) in names if re.search(rf"\b{re.escape(name)}\b", page)]
    assert len(names) > 250
    assert [name for name in named if not re.search(rf"\b{re.escape(name)}\b", areas)] == []
    assert "Helsinki" not in named
