"""Why a run failed is its last event, after Dagster's own, which names the steps that failed and no reason."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from dagster import DagsterInstance, Failure, InitResourceContext, in_process_executor, job, op, resource

from orchestration.dagster import progress

WHY = "nothing was published:\n- two reasons\n- in three lines"


@resource
def refresh(context: InitResourceContext) -> Iterator[None]:
    yield None
    assert context.instance and context.run
    progress.say_last(partial(context.instance.report_engine_event, WHY, context.run))


@op(required_resource_keys={"refresh"}, config_schema=bool)
def publish(context) -> None:  # type: ignore[no-untyped-def]
    if context.op_config:
        raise Failure("refused")


@job(
    resource_defs={"refresh": refresh},
    logger_defs={"progress": progress.progress_logger()},
    executor_def=in_process_executor,
)
def the_job() -> None:
    publish()


def last_event(is_refused: bool) -> str:
    config = progress.OF_EVERY_RUN | {"ops": {"publish": {"config": is_refused}}}
    with DagsterInstance.ephemeral() as instance:
        done = the_job.execute_in_process(config, instance=instance, raise_on_error=False)
        return instance.all_logs(done.run_id)[-1].message


def test_the_last_event_of_a_refused_run_says_why() -> None:
    assert last_event(is_refused=True) == WHY
    assert last_event(is_refused=False) == 'Finished execution of run for "the_job".'


def test_a_last_word_that_is_not_said_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress.LastWord, "emit", lambda *_: None)
    assert last_event(is_refused=True) != WHY
