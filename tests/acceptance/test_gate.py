"""The gate is real: with the SQL broken, with the suite broken, or with steps left out, nothing is published."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.paths import DataPaths
from ingest.warehouse import opened
from tests.acceptance.project import ROUND, copy_project, kuntakysely, materialize, replace, rows, touch_round

ReleaseOf = Callable[[DataPaths], str]
STATUS = "dbt_project/macros/answer_status.sql"
LENIENT = ("and code is null then 'code_not_in_list'", "and code is null then 'valid'")


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("project"))


def test_a_status_that_sql_gets_wrong_is_caught(fresh: DataPaths, project: Path, release_of: ReleaseOf) -> None:
    """SQL calls a word that is no option valid; Great Expectations does not."""
    before = release_of(fresh)
    replace(project / STATUS, *LENIENT)
    replace(fresh.root / ROUND / "responses.csv", ";Elinvoimapalvelut;", ";Elinvoima ja muu;")
    done = kuntakysely(fresh, "refresh", project=project)
    assert (done.returncode, release_of(fresh)) == (1, before), done.stdout
    assert "block check sql_and_gx_agree" in done.stdout


def test_a_gate_opens_with_the_line_that_its_refusal_gives(fresh: DataPaths, release_of: ReleaseOf) -> None:
    """The decision that ships is of 2 wrong figures. One of 1 accepts nothing; the line from the terminal does."""
    before, file = release_of(fresh), fresh.root / ROUND / "decisions.csv"
    replace(file, "figures_right_in_print,2,", "figures_right_in_print,1,")
    done = kuntakysely(fresh, "refresh")
    assert (done.returncode, release_of(fresh)) == (1, before), done.stdout
    assert "its decision is of 1, not of what is found now" in done.stdout
    assert f"replace line 2 of {ROUND.as_posix()}/decisions.csv by" in done.stdout
    line = re.search("^ +(figures_right_in_print,2,.*)$", done.stdout, re.MULTILINE)
    assert line, done.stdout
    header = file.read_text(encoding="utf-8").splitlines()[0]
    file.write_text(f"{header}\n{line[1]}\n", encoding="utf-8")
    assert kuntakysely(fresh, "validate").stdout.count('The value is "?".') == 3, "a person has to decide"
    file.write_text(f"{header}\n{line[1].replace('?', '2099-12-31')}\n", encoding="utf-8")
    done = kuntakysely(fresh, "refresh")
    assert (done.returncode, release_of(fresh) != before) == (0, True), done.stdout
    accepted = rows(
        fresh, "select decision, decided_until::varchar from marts.round_quality where check_id like 'figures_right%'"
    )
    assert sorted(accepted, key=str) == [("accepted", "2099-12-31"), (None, None)], "a decision is of one round"
    assert kept_history(fresh) == [("fail", 3)], "of the release that was there, the refusal and the new release"


def kept_history(paths: DataPaths) -> list[tuple[object, ...]]:
    """What became of the figures that cannot be right, over the refreshes."""
    with opened(paths.warehouse_file, read_only=True) as connection:
        return connection.execute(
            "select status, count(distinct refresh_id) from checks.history "
            "where check_id = 'figures_right_in_print' and survey_id = 'koto_kuntakysely' group by all"
        ).fetchall()


def test_a_suite_that_passes_everything_is_caught(fresh: DataPaths, project: Path, release_of: ReleaseOf) -> None:
    before = release_of(fresh)
    replace(project / "expectations/run.py", "bool(result.success) for result", "True for result")
    done = kuntakysely(fresh, "refresh", project=project)
    assert (done.returncode, release_of(fresh)) == (1, before), done.stdout
    assert "block check expectations_can_fail" in done.stdout


def test_an_empty_suite_is_caught(fresh: DataPaths, project: Path, release_of: ReleaseOf) -> None:
    before = release_of(fresh)
    replace(project / "expectations/answers.py", "JUDGED_TYPES = (", "JUDGED_TYPES = () and (")
    done = kuntakysely(fresh, "refresh", project=project)
    assert (done.returncode, release_of(fresh)) == (1, before), done.stdout
    assert "The suite is empty" in fresh.errors_file.read_text(encoding="utf-8")


def test_publishing_alone_after_marts_alone_is_refused(fresh: DataPaths, project: Path, release_of: ReleaseOf) -> None:
    """The SQL is broken, marts are built with it, the checks made in SQL are left as they were."""
    before = release_of(fresh)
    replace(
        project / "dbt_project/macros/rounding.sql", "{{ half_up(n, base_n, 100) }}", "{{ half_up(n, base_n, 99) }}"
    )
    built = materialize(fresh, "intermediate/int_answer_shares,marts/answer_distribution", project)
    assert built.returncode == 0, built.stdout
    alone = materialize(fresh, "published_release", project)
    assert alone.returncode != 0
    assert re.search("the last build made 2 of [0-9]+ models", alone.stdout)
    assert release_of(fresh) == before


def test_files_read_after_the_build_cannot_be_published(fresh: DataPaths, release_of: ReleaseOf) -> None:
    """A round is read anew, a source is read so that its checks run, the models are left as they were."""
    before = release_of(fresh)
    touch_round(fresh)
    read = materialize(fresh, "raw/responses", partition="koto_kuntakysely/2023-01")
    assert read.returncode == 0, read.stdout
    assert materialize(fresh, "raw/registry").returncode == 0
    alone = materialize(fresh, "published_release")
    assert alone.returncode != 0
    assert "files were read after the models were built" in alone.stdout
    assert release_of(fresh) == before
