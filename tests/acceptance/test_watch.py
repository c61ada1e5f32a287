"""A round that was published is watched: the page and the private lists, from the command line."""

from __future__ import annotations

import csv
import re

import pytest

from store.paths import DataPaths
from tests.acceptance.project import kuntakysely, rows

NAME = "koto_kuntakysely/2023-01"


def test_the_page_says_what_is_published(published: DataPaths) -> None:
    done = kuntakysely(published, "watch", NAME)
    ((last_day, n, pct),) = rows(
        published,
        "select max(submitted_on), max(n_responses_so_far), any_value(pct) from marts.response_curve "
        "inner join marts.response_rate using (survey_id, round_id) where round_id = '2023-01' and breakdown = 'all'",
    )
    assert done.returncode == 0, done.stdout
    assert "172 responses from 157 of 293 municipalities, 54 %." in done.stdout
    assert f"│ {last_day} │ 20        │ {n}    │ {pct} %" in done.stdout
    assert "No answer from county: Vantaa and Kerava wellbeing services county; South Karelia" in done.stdout


def test_who_has_not_answered_are_those_that_the_page_does_not_count(published: DataPaths) -> None:
    said, made_up, *lines = kuntakysely(published, "watch", NAME, "--missing").stdout.splitlines()
    assert said.startswith("Private, not to be published") and "made up" in made_up
    silent = {row["municipality_code"]: row for row in csv.DictReader(lines)}
    assert len(silent) == 293 - 157
    assert silent["092"]["county"] == "Vantaan ja Keravan hyvinvointialue"
    assert "091" not in silent


def test_there_is_nothing_to_ask_again(published: DataPaths) -> None:
    done = kuntakysely(published, "watch", NAME, "--faults")
    assert done.stdout.splitlines()[2:] == [
        "municipality_code,municipality,language,response_id,question,place,sentence"
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([NAME, "--missing", "--faults"], "ask for one of them at a time"),
        (["koto_kuntakysely/2023"], f"There is no round koto_kuntakysely/2023 in the private warehouse. .*{NAME}"),
    ],
)
def test_what_cannot_be_watched_is_said(published: DataPaths, arguments: list[str], said: str) -> None:
    done = kuntakysely(published, "watch", *arguments)
    assert done.returncode == 2
    assert re.search(said, done.stdout)
