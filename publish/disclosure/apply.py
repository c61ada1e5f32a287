"""The published tables with what is hidden taken out: the views that a release is copied from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import duckdb

from publish.catalogue import Column, Relation, quoted
from publish.disclosure.rules import HIDDEN_PRIMARY, NOT_ASKED

CELL_ROW = ("survey_id", "round_id", "question_id", "unit", "breakdown", "breakdown_id")
NUMERIC = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "REAL", "BOOLEAN")
COUNTED = {"n", "share", "pct", "is_reliable"}  # told wherever the cell is; a mark says next to nothing
# In which breakdowns a figure that weighs the size classes is told, where every class that it is made of is told.
WEIGHTED_IN = ("all", "size_class", "size_class_group")

HIDDEN_CELLS = """
create table protected.disclosure.hidden (
    survey_id varchar, round_id varchar, question_id varchar, unit varchar, breakdown varchar, breakdown_id varchar,
    level varchar, answer_code varchar, cell_status varchar, is_base_hidden boolean
)
"""
# Questions of rounds of real answers that are no public facts, and rules on answers, whose ids are no question's.
CLOSED_QUESTIONS = """
create table protected.disclosure.closed_questions (survey_id varchar, round_id varchar, question_id varchar)
"""
FILL_CLOSED = """
insert into protected.disclosure.closed_questions
select survey_id, rounds.round_id, questions.question_id
from source.marts.dim_question as questions inner join source.marts.dim_round as rounds using (survey_id)
where not rounds.is_synthetic and questions.disclosure <> 'public_fact'
union
select survey_id, rounds.round_id, rules.rule_id
from source.raw.codebook__plausibility as rules inner join source.marts.dim_round as rounds using (survey_id)
where not rounds.is_synthetic
"""

# Rows of a table in which an answer is hidden: percentages that add up to 100 would tell of it.
HOLED = """
create table protected.disclosure.holed as
select distinct survey_id, round_id, question_id, unit, breakdown, breakdown_id, level from protected.disclosure.hidden
"""
# Closed to weighted figures: an answer of which some size class is hidden.
UNWEIGHTED = """
create table protected.disclosure.unweighted as
select distinct survey_id, round_id, question_id, unit, level, answer_code
from protected.disclosure.hidden
where breakdown = 'size_class'
"""


def is_figure(column: Column) -> bool:
    """Whether a column of figures tells how a question was answered: any number or truth value but a base."""
    is_number = column.data_type.upper().startswith(NUMERIC) or "INT" in column.data_type.upper()
    return is_number and column.name != "is_synthetic" and "base" not in column.name.split("_")


def protect(connection: duckdb.DuckDBPyConnection, relations: Iterable[Relation], folder: Path) -> None:
    """Make the database `protected` beside the warehouse `source`: a view in protected.marts per table and view.

    Rounds of made-up answers are as in the warehouse. Patterns are kept in `folder`. Raises Unprotected and Undecided.
    """
    connection.execute("attach ':memory:' as protected")
    connection.execute("create schema protected.marts")
    connection.execute("create schema protected.disclosure")
    connection.execute(HIDDEN_CELLS)
    connection.execute(CLOSED_QUESTIONS)
    rounds = _real_rounds(connection)
    if rounds:
        connection.execute(FILL_CLOSED)
        from publish.disclosure import hidden  # solvers take their time to load, and most rounds are made up

        hidden.fill(connection, rounds, folder)
    connection.execute(HOLED)
    connection.execute(UNWEIGHTED)
    for relation in sorted(relations, key=lambda found: found.is_view):
        if relation.is_view:
            connection.execute("use protected")
            with suppress(duckdb.Error):  # a view that reads what is not published is refused when it is copied
                connection.execute(relation.sql)
            connection.execute("use source")
        else:
            select = SELECTS[relation.name](relation) if rounds and relation.name in SELECTS else _plain(relation)
            connection.execute(f"create view protected.marts.{quoted(relation.name)} as {select}")


def _real_rounds(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "select survey_id, round_id from source.marts.dim_round where not is_synthetic order by all"
    ).fetchall()


def _plain(relation: Relation) -> str:
    return f"select * from source.marts.{quoted(relation.name)}"


def _cells(relation: Relation) -> str:
    """answer_distribution and system_use: the figures of hidden cells are null, their status says so."""
    level, answer = ("'option'", "system_id") if relation.name == "system_use" else ("cells.level", "answer_code")
    answer = answer if answer.startswith("cells") else f"cells.{answer}"
    same = _same("hidden", "cells", CELL_ROW)
    of_answer = _same("unweighted", "cells", ("survey_id", "round_id", "question_id", "unit"))
    return f"""
        select {", ".join(_cell_column(column) for column in relation.columns)}
        from source.marts.{quoted(relation.name)} as cells
        left join protected.disclosure.hidden as hidden
            on {same} and hidden.level = {level} and hidden.answer_code = {answer}
        left join protected.disclosure.holed as holed
            on {_same("holed", "cells", CELL_ROW)} and holed.level = {level}
        left join protected.disclosure.unweighted as unweighted
            on {of_answer} and unweighted.level = {level} and unweighted.answer_code = {answer}
        left join source.marts.dim_question as questions
            on cells.survey_id = questions.survey_id and cells.question_id = questions.question_id
    """


def _cell_column(column: Column) -> str:
    name = quoted(column.name)
    if column.name == "cell_status":
        return f"coalesce(hidden.cell_status, cells.{name}) as {name}"
    if column.name == "base_n":
        return f"case when hidden.is_base_hidden then null else cells.{name} end as {name}"
    if not is_figure(column):
        return f"cells.{name}"
    if column.name in COUNTED:
        return f"case when hidden.cell_status is null then cells.{name} end as {name}"
    if column.name == "pct_sum100":
        return f"case when holed.survey_id is null then cells.{name} end as {name}"
    breakdowns = ", ".join(f"'{breakdown}'" for breakdown in WEIGHTED_IN)
    return (
        "case when cells.is_synthetic or questions.disclosure = 'public_fact' or (hidden.cell_status is null and "
        f"unweighted.survey_id is null and cells.breakdown in ({breakdowns})) then cells.{name} end as {name}"
    )


def _numbers(relation: Relation) -> str:
    """number_summary: n is a base. It stays where bases are public."""
    same = _same("hidden", "cells", CELL_ROW)
    columns = []
    for column in relation.columns:
        name = quoted(column.name)
        if column.name == "cell_status":
            columns.append(f"coalesce(hidden.cell_status, cells.{name}) as {name}")
        elif column.name == "n":
            columns.append(f"case when hidden.is_base_hidden then null else cells.{name} end as {name}")
        elif is_figure(column):
            columns.append(f"case when hidden.cell_status is null then cells.{name} end as {name}")
        else:
            columns.append(f"cells.{name}")
    return f"""
        select {", ".join(columns)}
        from source.marts.number_summary as cells
        left join protected.disclosure.hidden as hidden on {same} and hidden.level = 'number'
    """


def _changes(relation: Relation) -> str:
    """round_change: a change is told where both rounds tell the cell in their own tables, on the same counts.

    On another division a cell may count other municipalities than the round's own: then the difference of the two
    would tell of those that moved. A p-value that is corrected for others is told where they all are.
    """
    earlier_question = "coalesce(pairs.earlier_question_id, changes.question_id)"
    is_told = (
        "(changes.is_synthetic or questions.disclosure = 'public_fact' "
        "or (later.n is not null and earlier.n is not null))"
    )
    family = "changes.survey_id, changes.round_id, changes.unit, changes.breakdown, changes.breakdown_id"
    conditions = {"p_holm": f"bool_and({is_told}) over (partition by {family})"}
    columns = [
        f"case when {conditions.get(each.name, is_told)} then changes.{quoted(each.name)} end as {quoted(each.name)}"
        if is_figure(each) or "base" in each.name.split("_")
        else f"changes.{quoted(each.name)}"
        for each in relation.columns
    ]
    return f"""
        select {", ".join(columns)}
        from source.marts.round_change as changes
        left join source.marts.comparability as pairs
            using (survey_id, round_id, earlier_round_id, question_id)
        left join source.marts.dim_question as questions
            on changes.survey_id = questions.survey_id and changes.question_id = questions.question_id
        {_own_cell("later", "changes.round_id", "changes.question_id", "")}
        {_own_cell("earlier", "changes.earlier_round_id", earlier_question, "earlier_")}
    """


def _own_cell(alias: str, round_id: str, question_id: str, prefix: str) -> str:
    same = _same(alias, "changes", ("survey_id", "unit", "breakdown", "breakdown_id", "level", "answer_code"))
    return f"""
        left join protected.marts.answer_distribution as {alias}
            on {same} and {alias}.round_id = {round_id} and {alias}.question_id = {question_id}
            and {alias}.n = changes.{prefix}n and {alias}.base_n = changes.{prefix}base_n
    """


def _reconciliation(relation: Relation) -> str:
    """publication_reconciliation: of a hidden cell the print stands, and only what the print itself says of it."""
    is_printed = "figures.figure_status = 'published' and figures.status = 'match'"
    replaced = {
        "computed_value": f"case when {IS_TOLD} then figures.computed_value end",
        "computed_base_n": "case when hidden.is_base_hidden then null else figures.computed_base_n end",
        "status": f"case when {IS_TOLD} or ({is_printed}) then figures.status else 'not_computable' end",
        "explanation": f"case when {IS_TOLD} then figures.explanation else 'the computed figure is hidden' end",
    }
    columns = ", ".join(
        f"{replaced[each.name]} as {quoted(each.name)}" if each.name in replaced else f"figures.{quoted(each.name)}"
        for each in relation.columns
    )
    return f"""
        select {columns}
        from source.marts.publication_reconciliation as figures
        left join (
            select
                survey_id, round_id, question_id, unit, breakdown, breakdown_id, level, answer_code,
                bool_or(is_base_hidden) as is_base_hidden
            from protected.disclosure.hidden
            group by grouping sets (
                (survey_id, round_id, question_id, unit, breakdown, breakdown_id, level, answer_code),
                (survey_id, round_id, question_id, unit, breakdown, breakdown_id)
            )
        ) as hidden
            on {_same("hidden", "figures", CELL_ROW)}
            and hidden.level is not distinct from figures.level
            and hidden.answer_code is not distinct from figures.answer
    """


IS_TOLD = "(hidden.survey_id is null or (figures.statistic = 'base_n' and not hidden.is_base_hidden))"


def _inhabitants(relation: Relation) -> str:
    """inhabitant_share: populations are public, so that a sum of them tells municipalities apart."""
    is_told = f"cells.is_synthetic or questions.disclosure = 'public_fact' or cells.cell_status = '{NOT_ASKED}'"
    columns = []
    for each in relation.columns:
        name = quoted(each.name)
        if each.name == "cell_status":
            columns.append(f"case when {is_told} then cells.{name} else '{HIDDEN_PRIMARY}' end as {name}")
        elif is_figure(each) or "base" in each.name.split("_"):
            columns.append(f"case when {is_told} then cells.{name} end as {name}")
        else:
            columns.append(f"cells.{name}")
    return f"""
        select {", ".join(columns)}
        from source.marts.inhabitant_share as cells
        left join source.marts.dim_question as questions
            on cells.survey_id = questions.survey_id and cells.question_id = questions.question_id
    """


def _same(one: str, other: str, names: Iterable[str]) -> str:
    return " and ".join(f"{one}.{name} = {other}.{name}" for name in names)


SELECTS: dict[str, Callable[[Relation], str]] = {
    "answer_distribution": _cells,
    "system_use": _cells,
    "number_summary": _numbers,
    "round_change": _changes,
    "publication_reconciliation": _reconciliation,
    "inhabitant_share": _inhabitants,
}
