"""The models run on any raw tables in half a second, as they are or with a slip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import duckdb

from store.builds import plan_build
from store.paths import DataPaths
from store.warehouse import opened
from tests.pipeline.models import Model, models
from tests.rendered import Slip, teach


def slipped(made: Sequence[Model], slip: Slip) -> tuple[Model, ...]:
    """The models with a mistake in one of them, which there must be."""
    (model,) = [each for each in made if each.name == slip.model]
    mistaken = replace(model, code=slip.made_in(model.code))
    return tuple(mistaken if each is model else each for each in made)


def needed(*wanted: str, slip: Slip | None = None) -> tuple[Model, ...]:
    """The models of these names, with those that they are made of, in order; a slip is in one of them."""
    names, chosen = {*wanted}, []
    for model in reversed(models()):
        if model.name in names:
            chosen.append(model)
            names |= model.reads
    in_order = tuple(reversed(chosen))
    return slipped(in_order, slip) if slip else in_order


@contextmanager
def built(paths: DataPaths, made: Sequence[Model]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Every model on the raw tables of a warehouse; nothing of it stays there."""
    with opened(paths.warehouse_file) as connection:
        plan_build(connection)
        teach(connection)
        connection.execute("begin")
        for model in made:
            model.make(connection)
        yield connection
        connection.execute("rollback")
