"""The models of a refresh: runs of dbt, of as many rounds at once as fit into memory, and what is recorded of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from expectations.record import begin_build, record_build
from orchestration.dagster.dbt import (
    BUILD,
    RUN_RESULTS,
    DbtFailed,
    Manifest,
    ModelsNotBuilt,
    failures,
    results_text,
)
from orchestration.dagster.session import Session
from store.builds import begin_batch, n_batches, rounds_planned
from store.disk import DiskTrouble, trouble_in
from store.environment import cells_at_once
from store.warehouse import opened


def make_models(
    session: Session, manifest: Manifest, selected: Sequence[str], *, is_whole: bool, say: Callable[[str], None]
) -> Iterator[str]:
    """The models as the last batch of rounds makes them; the batches before it leave what is kept by round, and nothing
    that vouches for the models."""
    paths = session.paths
    session.start_judge()
    with opened(paths.warehouse_file) as connection:
        plan = begin_build(connection, paths.dbt_target, is_whole=is_whole, most_cells=cells_at_once())
        last = n_batches(connection) - 1 if is_whole else 0
        session.built |= rounds_planned(connection)
    for number in range(last):
        deque(_by_dbt(session, [*BUILD, *plan, *selected]), maxlen=0)
        (paths.dbt_target / RUN_RESULTS).unlink()
        say(f"made {number + 1} of {last + 1} batches of {len(session.built)} rounds")
        with opened(paths.warehouse_file) as connection:
            begin_batch(connection, number + 1)
        plan = []
    try:
        yield from _by_dbt(session, [*BUILD, *plan, *selected])
    finally:
        with opened(paths.warehouse_file) as connection:
            record_build(connection, manifest, paths.dbt_target)


def _by_dbt(session: Session, arguments: Sequence[str]) -> Iterator[str]:
    paths, dbt = session.paths, session.start_dbt()
    try:
        yield from dbt.make(arguments)
    except DbtFailed as error:
        if said_of_machine := trouble_in(f"{error}\n{results_text(paths.dbt_target)}", paths):
            raise DiskTrouble(said_of_machine) from None
        said = "\n".join(["dbt could not build everything:", *failures(paths.dbt_target)])
        raise ModelsNotBuilt(said) from None
    finally:
        dbt.end()
