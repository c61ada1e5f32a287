"""What is so, by the private warehouse, and what a release would say if it protected nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.disclosed.release import Pinned, Released, rows_of

ANSWERS = "intermediate.int_answers_by_unit"
ONE_ANSWER = f"""
select answers.round_id, answers.question_id, answers.municipality_code, frame.breakdown, frame.breakdown_id,
    answers.code = ? as gave
from {ANSWERS} as answers inner join intermediate.int_frame_broken_down as frame
    using (survey_id, round_id, municipality_code)
where answers.unit = 'municipality'
"""
SWITCHED = """
with gave as ({one}), earlier as (select * from gave where round_id <> ?)
select
    count(*) filter (gave.gave and not earlier.gave) as came,
    count(*) filter (earlier.gave and not gave.gave) as went
from gave inner join earlier using (question_id, municipality_code, breakdown, breakdown_id)
where gave.round_id = ? and question_id = ? and breakdown = ? and breakdown_id = ?
"""
OF_CELL = "round_id = ? and question_id = ? and unit = ? and breakdown = ? and breakdown_id = ?"
TRUTH = {
    "n": f"select n from marts.answer_distribution where {OF_CELL} and level = ? and answer_code = ?",
    "base_n": f"select max(base_n) from marts.answer_distribution where {OF_CELL}",
    "number": f"""
        select list(number_value order by number_value)[?::integer]
        from {ANSWERS} as answers
        inner join intermediate.int_units_broken_down using (survey_id, round_id, unit, unit_id)
        where {OF_CELL}
    """,
    "in_municipality": f"""
        select count(*) filter (code = ?) from {ANSWERS}
        where unit = 'response' and round_id = ? and question_id = ? and municipality_code = ?
    """,
    "further": f"""
        select min(code) from {ANSWERS} as answers
        where unit = 'response' and round_id = ? and question_id = ? and municipality_code = ? and response_id not in (
            select own.response_id from {ANSWERS} as own
            where own.unit = 'municipality' and own.round_id = answers.round_id
                and own.question_id = answers.question_id
        )
    """,
    "disagrees": f"""
        select (count(distinct said) > 1)::integer from (
            select response_id, string_agg(coalesce(code, number_value::varchar), ',' order by code) as said
            from {ANSWERS}
            where unit = 'response' and round_id = ? and question_id = ? and municipality_code = ?
            group by response_id
        )
    """,
    "in_row": """
        select count(*) from intermediate.int_units_grouped
        where round_id = ? and unit = ? and breakdown = ? and breakdown_id = ? and municipality_code = ?
    """,
    "in_class": f"""
        select count(distinct unit_id) from {ANSWERS} as answers
        inner join intermediate.int_units_grouped as grouped using (survey_id, round_id, unit, unit_id)
        inner join intermediate.int_frame_classified as frame
            on answers.survey_id = frame.survey_id and answers.round_id = frame.round_id
            and answers.municipality_code = frame.municipality_code
        where question_id = ? and answers.round_id = ? and answers.unit = ? and grouped.breakdown = ?
            and grouped.breakdown_id = ? and list_contains(string_split(?, ','), size_class_id)
    """,
    "status_of_part": "select status from checks.round_checks where round_id = ? and check_id = ? and part_id = ?",
    "status_of_round": "select status from checks.results where round_id = ? and check_id = ?",
    "all_switched": f"""
        select (abs(n * earlier_base_n - earlier_n * base_n) = base_n * earlier_base_n)::integer
        from marts.round_change where {OF_CELL} and level = ? and answer_code = ?
    """,
    "frame_verdict": "select frame_verdict from marts.publication_reconciliation where figure_id = ?",
    "claim_frame_verdict": "select frame_verdict from marts.claim where claim_id = ?",
    "came": SWITCHED.format(one=ONE_ANSWER),
    "went": SWITCHED.format(one=ONE_ANSWER),
}
LAST_FIRST = {"number": 1, "in_municipality": 1, "came": 1, "went": 1}  # the last parameter stands first in the query


def pinned(attack: Callable[[Released], Iterable[Pinned]], release: Released, warehouse: Path) -> list[Pinned]:
    """What an attack finds, each once. What it finds is so."""
    found = [*dict.fromkeys(attack(release))]
    so = zip(found, truths(warehouse, found), strict=True)
    assert [(each, value) for each, value in so if each.value != pytest.approx(value)] == []
    return found


def truths(warehouse: Path, found: Sequence[Pinned]) -> list[Any]:
    """The value of each that was pinned, by the private warehouse."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return [_truth(connection, each) for each in found]


def _truth(connection: duckdb.DuckDBPyConnection, pinned: Pinned) -> Any:
    of = [*pinned.of]
    if pinned.kind in LAST_FIRST:
        of = [of[-1], *of[:-1]]
    if pinned.kind in ("came", "went"):
        of.insert(1, pinned.of[0])
    (row,) = rows_of(connection, TRUTH[pinned.kind], *of)
    return row.get(pinned.kind, next(iter(row.values())))


# What an unprotected release would say.

CHECKED = "from private.{table} as checks inner join private.marts.dim_round as rounds using (survey_id, round_id)"
PRIVATE = {
    "round_quality": "select checks.*, rounds.is_synthetic " + CHECKED.format(table="checks.results"),
    "release_input": "from private.raw.ingest__sources",
    "round_quality_detail": "select checks.*, rounds.is_synthetic " + CHECKED.format(table="checks.round_checks"),
}
EARLIER_COUNTS = """
insert into marts.release_change by name
select 'answer_distribution' as table_name, now.survey_id, now.round_id, 'value_changed' as change, 'n' as column_name,
    concat_ws(', ', {named}) as row, old.n::varchar as old_value, now.n::varchar as new_value
from earlier.marts.answer_distribution as old inner join marts.answer_distribution as now
    using (survey_id, round_id, question_id, unit, breakdown, breakdown_id, level, answer_code)
where old.n is distinct from now.n
"""


def unprotected(release: Path, warehouse: Path, copy: Path, table: str, columns: Iterable[str]) -> Path:
    """A copy of a release in which these columns of a table are as in the private warehouse, rows that lack too."""
    with _copied(release, copy) as connection:
        connection.execute(f"attach '{warehouse}' as private (read_only)")
        so = PRIVATE.get(table, f"select * from private.marts.{table}")
        sql = "select key_columns from marts.release_table where table_name = ?"
        keys = connection.execute(sql, [table]).fetchall() or [(KEYS[table],)]
        same = " and ".join(f"told.{key} is not distinct from so.{key}" for key in keys[0][0].split(", "))
        values = ", ".join(f"{column} = so.{column}" for column in columns)
        connection.execute(f"update marts.{table} as told set {values} from ({so}) as so where {same}")
        both = ", ".join(sorted(_columns(connection, f"marts.{table}") & _columns(connection, f"({so})")))
        lacking = f"select {both} from ({so}) as so anti join marts.{table} as told on {same}"
        connection.execute(f"insert into marts.{table} by name {lacking}")
    return copy


def _columns(connection: duckdb.DuckDBPyConnection, source: str) -> set[str]:
    return {name for name, *_ in connection.execute(f"from {source} limit 0").description or ()}


KEYS = {
    "release_input": "source_file",
    "round_quality": "survey_id, round_id, check_id",
    "round_quality_detail": "survey_id, round_id, check_id, part, part_id",
}


def with_earlier_counts(release: Path, earlier: Path, copy: Path) -> Path:
    """A copy of a release whose release_change has the counts of an earlier one that differ."""
    columns = ("question_key", "unit", "breakdown_key", "level", "answer_code")
    named = ", ".join(f"'{column}=' || now.{column}" for column in columns)
    with _copied(release, copy) as connection:
        connection.execute(f"attach '{earlier}' as earlier (read_only)")
        connection.execute("delete from marts.release_change")
        connection.execute(EARLIER_COUNTS.format(named=named))
    return copy


@contextmanager
def _copied(release: Path, copy: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    copy.write_bytes(release.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        yield connection
