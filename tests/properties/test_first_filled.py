"""Of several columns for a question: the first that is filled is the answer, two that differ are none, one row each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa
import pytest
from hypothesis import strategies as st

from tests.properties.properties import Property, holds, is_broken
from tests.rendered import Slip, make

N_EXAMPLES = 40
COLUMNS = ("A", "B", "C", "D")
# What each column of a file holds; a column that the file lacks is not in it.
ROWS = st.lists(st.dictionaries(st.sampled_from(COLUMNS), st.sampled_from(("", "", "x", "y", "10"))), max_size=6)
# Which question, or option of one, each column is mapped to, in the order of columns.csv.
USES = st.permutations(COLUMNS).flatmap(
    lambda order: st.tuples(
        st.just(order),
        st.lists(st.sampled_from((("q", None), ("m", "a"), ("m", "b"))), min_size=len(COLUMNS), max_size=len(COLUMNS)),
    )
)
Example = tuple[list[Mapping[str, str]], tuple[Sequence[str], Sequence[tuple[str, str | None]]]]
Answer = tuple[str, str, str, str, str, bool]

SLIPS = {
    "the last of the filled": ("0 end, columns.source_line", "0 end, -columns.source_line"),
    "the first, filled or not": ("case when cell_values.cell_value = '' then 1 else 0 end, ", ""),
    "two that differ are one": ("when least_value < greatest_value then least_value", "when false then least_value"),
    "an empty one differs": ("min(nullif(cell_values.cell_value, ''))", "min(cell_values.cell_value)"),
    "options are one": (", columns.part)", ")"),
    "each column is an answer": ("where choice = 1", ""),
}


def expected(example: Example) -> set[Answer]:
    rows, (order, targets) = example
    uses = dict(zip(order, targets, strict=True))
    return {
        answer
        for number, row in enumerate(rows)
        for target in dict.fromkeys(targets)
        for answer in _answer(number, row, target, [each for each in order if uses[each] == target])
    }


def _answer(number: int, row: Mapping[str, str], target: tuple[str, str | None], own: list[str]) -> Iterator[Answer]:
    found = [column for column in own if column in row]
    if not found:
        return
    filled = sorted({row[column] for column in found if row[column]})
    chosen = next((column for column in found if row[column]), found[0])
    value = f"{filled[0]} <> {filled[-1]}" if len(filled) > 1 else row[chosen]
    yield str(number), target[0], target[1] or "", chosen, value, len(filled) > 1


def computed(example: Example, slip: Slip | None = None) -> list[Answer]:
    rows, (order, targets) = example
    values = [(number, column, text) for number, row in enumerate(rows) for column, text in row.items()]
    uses = [(column, *target, line) for line, (column, target) in enumerate(zip(order, targets, strict=True), start=2)]
    answers = [
        (number, question, [place for place, (row, *_) in enumerate(values) if row == number])
        for number in range(len(rows))
        for question in ("q", "m")
    ]
    with duckdb.connect() as connection:
        _create(
            connection,
            "int_values_corrected",
            ("row_key", "source_column", "cell_value"),
            values,
            "row_number() over () - 1 as value_id",
        )
        _create(connection, "stg_codebook__columns", ("source_column", "question_id", "part", "source_line"), uses)
        _create(
            connection,
            "int_answers_distinct",
            ("row_key", "question_id", "value_ids"),
            answers,
            "row_number() over () as answer_id, null::bigint as value_id",
        )
        make(connection, "int_answers_read", slip=slip)
        return connection.execute(
            "select row_key::varchar, question_id, part, source_column, raw_value, has_two_answers "
            "from int_answers_read inner join int_answers_distinct using (answer_id, question_id)"
        ).fetchall()


TYPES = {"source_line": pa.int32(), "row_key": pa.int64(), "value_ids": pa.list_(pa.int64())}


def _create(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: Sequence[str],
    rows: Sequence[tuple[object, ...]],
    numbered: str = "null as no_number",
) -> None:
    """A table with these rows, and what else the model reads of it."""
    fields = [pa.field(each, TYPES.get(each, pa.string())) for each in columns]
    given = pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows], pa.schema(fields))
    connection.register("given", given)
    connection.execute(f"create table {name} as select *, 's' as survey_id, 'r' as round_id, {numbered} from given")
    for column in ("ticked", "not_ticked", "list_separator"):
        connection.execute(f"alter table {name} add column {column} varchar")
    connection.unregister("given")


def one_answer_each(slip: Slip | None = None) -> Property:
    def prop(example: Example) -> None:
        answers = computed(example, slip)
        assert len(answers) == len(set(answers))
        assert set(answers) == expected(example)

    return prop


def test_the_first_that_is_filled_is_the_answer() -> None:
    holds(one_answer_each(), st.tuples(ROWS, USES), N_EXAMPLES)


@pytest.mark.parametrize("slip", SLIPS.values(), ids=list(SLIPS))
def test_a_slip_is_seen(slip: tuple[str, str]) -> None:
    is_broken(one_answer_each(Slip("int_answers_read", *slip)), st.tuples(ROWS, USES))
