"""The gate is real: with the SQL broken, with the suite broken, or with steps left out, nothing is published."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace as with_other
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dagster import AssetKey, DagsterInstance

from expectations import run
from expectations.suites import check_warehouse
from ingest.landing.load import load_rounds
from publish.gate.refusals import PublishRefused
from publish.releases.release import publish
from store.paths import DataPaths
from store.warehouse import opened
from tests.acceptance.project import ROUND, copy_project, materialize, replace, touch_round
from tests.pipeline import models
from tests.pipeline.build import build_and_publish
from tests.properties.models import slipped
from tests.rendered import Slip

ReleaseOf = Callable[[DataPaths], str]
LENIENT = Slip("int_meanings_judged", "and code is null then 'code_not_in_list'", "and code is null then 'valid'")


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("project"))


def judge_and_publish(paths: DataPaths) -> None:
    """What a refresh does once the models are built."""
    with opened(paths.warehouse_file) as connection:
        check_warehouse(connection)
    publish(paths, datetime.now(UTC), 1)


def test_a_status_that_sql_gets_wrong_is_caught(
    fresh: DataPaths, monkeypatch: pytest.MonkeyPatch, release_of: ReleaseOf
) -> None:
    """SQL calls a word that is no option valid; Great Expectations does not. How a refresh ends that a block check
    refuses is shown in test_many_rounds."""
    before = release_of(fresh)
    replace(fresh.root / ROUND / "responses.csv", ";Elinvoimapalvelut;", ";Elinvoima ja muu;")
    fresh.warehouse_file.unlink()
    lenient = [with_other(model, statement="") for model in slipped(models.models(), LENIENT)]
    monkeypatch.setattr(models, "models", lambda: lenient)
    with pytest.raises(PublishRefused, match="block check sql_and_gx_agree"):
        build_and_publish(fresh)
    assert release_of(fresh) == before


def test_a_suite_that_passes_everything_is_caught(
    fresh: DataPaths, monkeypatch: pytest.MonkeyPatch, release_of: ReleaseOf
) -> None:
    before = release_of(fresh)
    with monkeypatch.context() as patched, pytest.raises(PublishRefused, match="block check expectations_can_fail"):
        patched.setattr(run, "_validate", lambda rules, _: [True for _ in rules])
        judge_and_publish(fresh)
    assert release_of(fresh) == before
    judge_and_publish(fresh)
    assert release_of(fresh) != before, "the suite as it is lets the same warehouse through"


def test_an_empty_suite_is_caught(fresh: DataPaths, project: Path, release_of: ReleaseOf) -> None:
    """One mart alone is made, also after a kill that tore dbt's own manifest: it is not read. The checks of it cannot
    be made, and that fails the run."""
    before = release_of(fresh)
    (fresh.dbt_target / "manifest.json").write_text("{", encoding="utf-8")
    replace(project / "expectations/answers.py", "JUDGED_TYPES = (", "JUDGED_TYPES = () and (")
    done = materialize(fresh, "marts/response_rate,published_release", project)
    assert (done.returncode != 0, release_of(fresh)) == (True, before), done.stdout
    assert "The suite is empty" in fresh.errors_file.read_text(encoding="utf-8")
    assert made_by_last_run(fresh) == [AssetKey(["marts", "response_rate"])]


def made_by_last_run(paths: DataPaths) -> list[AssetKey | None]:
    """The assets that the last run in Dagster made."""
    with DagsterInstance.from_config(str(paths.dagster_home)) as instance:
        run_id = instance.get_run_records(limit=1)[0].dagster_run.run_id
        return [
            event.dagster_event.asset_key
            for event in instance.all_logs(run_id)
            if event.dagster_event and event.dagster_event.is_step_materialization
        ]


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
    """A round is read anew and all is judged once more; the models are left as they were."""
    before = release_of(fresh)
    touch_round(fresh)
    load_rounds(fresh, ["koto_kuntakysely/2023-01"])
    with pytest.raises(PublishRefused, match="files were read after the models were built"):
        judge_and_publish(fresh)
    assert release_of(fresh) == before
