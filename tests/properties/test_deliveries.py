"""However the same rows are delivered, the marts are the same; and each way of it would show a slip."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random

import pytest
from hypothesis import strategies as st

from ingest.landing import responses
from store.paths import DataPaths
from tests.loading import load_all
from tests.pipeline.models import Model, marts
from tests.properties.deliveries import ROUND, WAYS, Table, add_round, deliver, prepare, tables
from tests.properties.marts import marts_of
from tests.properties.models import built, needed
from tests.properties.properties import Property, holds, is_broken
from tests.rendered import Slip

N_EXAMPLES = 4
EXAMPLES = st.tuples(tables(), st.integers(0, 1000))

MART = "answer_distribution"  # shows every slip
COUNTED = "response_rate"  # shows a copy that is counted, and is made in half the time
# Arrival decides a tie, or a copy in another file is no copy.
SLIPS = [
    ("rows_turned", Slip("int_responses_disposed", "content_sha256 asc, response_id asc", "row_id asc")),
    ("rows_turned", Slip("int_municipality_answers_resolved", "disposed.response_id asc", "disposed.row_id asc")),
    (
        "split_in_two",
        Slip("int_rows_identified", "content_sha256\n    having", "content_sha256, source_file\n    having"),
    ),
    ("delivered_twice", Slip("int_rows_identified", "numbered.content_copy > 1 as", "false as")),
]


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    paths = prepare(tmp_path_factory.mktemp("deliveries"))
    for way in WAYS:
        add_round(paths, way)
    load_all(paths)
    return paths


def same_marts(paths: DataPaths, models: Sequence[Model], ways: Collection[str]) -> Property:
    """One round has the rows as they are, and one for each way has them delivered in that way."""

    def prop(example: tuple[Table, int]) -> None:
        table, chance = example
        deliver(paths, {ROUND: [table]} | {way: WAYS[way](table, Random(chance)) for way in ways})
        with built(paths, models) as connection:
            as_they_are = marts_of(connection, ROUND)
            for way in ways:
                assert marts_of(connection, way) == as_they_are, way

    return prop


def test_the_marts_are_the_same(paths: DataPaths) -> None:
    holds(same_marts(paths, marts(), WAYS), EXAMPLES, N_EXAMPLES)


@pytest.mark.parametrize(("way", "slip"), SLIPS)
def test_a_slip_is_seen(paths: DataPaths, way: str, slip: Slip) -> None:
    mart = COUNTED if slip.model == "int_rows_identified" else MART
    is_broken(same_marts(paths, needed(mart, slip=slip), [way]), EXAMPLES, where=way)


def test_a_tie_that_the_order_of_columns_decides_is_seen(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses, "order_of_content", lambda header: range(len(header)))
    is_broken(same_marts(paths, needed(MART), ["columns_turned"]), EXAMPLES, where="columns_turned")
