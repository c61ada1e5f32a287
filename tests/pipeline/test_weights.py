"""Weights of a provider from the file to the figures: as a column of the answers, and in a file of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from store.warehouse import opened
from tests.pipeline.build import build_anew, copy_sample

WEIGHTS = {f"R{number:02}": f"{number / 8:.6f}" for number in range(1, 16)}  # R16 to R18 have none


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The sample survey, whose weights come apart."""
    paths = copy_sample(tmp_path_factory.mktemp("weights"))
    weigh_apart(paths.surveys / "sample" / "rounds" / "2023")
    build_anew(paths)
    with opened(paths.warehouse_file, read_only=True) as opened_connection:
        yield opened_connection


def weigh_apart(folder: Path) -> None:
    columns = folder / "columns.csv"
    columns.write_text(columns.read_text(encoding="utf-8").replace("Paino,_weight", "Paino,ignored"), encoding="utf-8")
    with (folder / "round.yml").open("a", encoding="utf-8") as settings:
        settings.write("weights: {file: weights.csv, key: id, column: weight}\n")
    lines = ["id,weight", *(f"{id_},{weight}" for id_, weight in WEIGHTS.items()), ""]
    (folder / "weights.csv").write_text("\n".join(lines), encoding="utf-8")


def test_each_share_is_of_the_weights_of_its_responses(connection: duckdb.DuckDBPyConnection) -> None:
    """By hand, for every answer of all responses."""
    said = connection.execute(
        "select question_id, response_id, list(code) from intermediate.int_answers_by_unit "
        "where unit = 'response' and question_type in ('select_one', 'select_multiple') group by all"
    ).fetchall()
    told = connection.execute(
        "select question_id, answer_code, provider_share from marts.answer_distribution "
        "where unit = 'response' and breakdown = 'all' and level = 'option' and base_n > 0"
    ).fetchall()
    for question_id, code, share in told:
        given = [(float(WEIGHTS.get(id_, 0)), code in codes) for of, id_, codes in said if of == question_id]
        expected = sum(weight for weight, gave in given if gave) / sum(weight for weight, _ in given)
        assert share == pytest.approx(expected, abs=1e-9), (question_id, code)
    assert len({share for *_, share in told}) > 5


def test_a_weight_stands_by_response_alone(connection: duckdb.DuckDBPyConnection) -> None:
    sql = "select count(provider_share) from marts.answer_distribution where unit = 'municipality'"
    assert connection.execute(sql).fetchone() == (0,)
    for table in ("answer_distribution", "system_use"):
        units = connection.execute(f"select distinct unit from marts.{table} order by all").fetchall()
        assert units == [("municipality",), ("response",)]
