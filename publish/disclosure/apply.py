"""The published tables with what is hidden taken out: the views that a release is copied from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import duckdb

from publish.catalogue import Column, Relation, quoted
from publish.disclosure.rules import HIDDEN_PRIMARY, NOT_ASKED

CELL_ROW = ("survey_id", "round_id", "question_id", "unit", "breakdown", "breakdown_id")
CELL_OF_CHANGE = ("survey_id", "unit", "breakdown", "breakdown_id", "level", "answer_code")
NUMERIC = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "REAL", "BOOLEAN")
# Told wherever the cell is: they follow from n and base, and a mark says next to nothing.
COUNTED = {"n", "share", "pct", "ci_low_counts", "ci_high_counts", "is_reliable"}
# In which breakdowns a figure that weighs the size classes is told, where every class that it is made of is told.
WEIGHTED_IN = ("all", "size_class", "size_class_group")
# By response their last digits depend on who answered alike inside each municipality; by municipality on counts alone.
ERRORS = {"se", "ci_low", "ci_high", "se_fpc", "ci_low_fpc", "ci_high_fpc", "deff"}
# With the change itself they count those who changed their answer. A p-value is told by the level it stays under.
ERRORS_OF_CHANGE = {"se", "ci_low", "ci_high"}
LEVELS = (0.001, 0.01, 0.05, 0.1, 1)
# Quantiles of few numbers are numbers that somebody gave; of more, two digits are told.
QUANTILES, QUANTILES_FROM = {"quartile_1", "median", "quartile_3"}, 10

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
# Questions of which all that is counted tells a hidden count of another; those asked because of an answer to one that
# is no public fact.
ROUTED = """
create table if not exists protected.disclosure.asked_of_some (survey_id varchar, question_id varchar);
create table if not exists protected.disclosure.routed_questions (
    survey_id varchar, round_id varchar, question_id varchar
)
"""
# Rows of breakdowns by what respondents say that so few are in that no base of them is told.
SMALL_ROWS = """
create table protected.disclosure.small_rows (
    survey_id varchar, round_id varchar, breakdown varchar, breakdown_id varchar
)
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
    connection.execute(SMALL_ROWS)
    rounds = _real_rounds(connection)
    if rounds:
        connection.execute(FILL_CLOSED)
        from publish.disclosure import hidden  # solvers take their time to load, and most rounds are made up

        hidden.fill(connection, rounds, folder)
    connection.execute(ROUTED)
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


def _questions_of(alias: str) -> str:
    return f"""
        left join source.marts.dim_question as questions
            on {_same("questions", alias, ("survey_id", "question_id"))}
    """


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
        {_questions_of("cells")}
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
    return f"case when {_may_weigh(column.name)} then cells.{name} end as {name}"


def _may_weigh(column: str) -> str:
    """Whether a figure that depends on more than the counts of its cell is told."""
    is_fact, of_closed = "questions.disclosure = 'public_fact'", "false"
    if column != "n_conflicts":
        breakdowns = ", ".join(f"'{breakdown}'" for breakdown in WEIGHTED_IN)
        of_closed = f"cells.breakdown in ({breakdowns})"
        of_closed += " and cells.unit = 'municipality'" if column in ERRORS else ""
    is_told = f"unweighted.survey_id is null and ({is_fact} or ({of_closed}))"
    return f"cells.is_synthetic or (hidden.cell_status is null and {is_told})"


def _numbers(relation: Relation) -> str:
    """number_summary: n is a base. It stays where bases are public."""
    return f"""
        select {", ".join(_number_column(column) for column in relation.columns)}
        from source.marts.number_summary as cells
        left join protected.disclosure.hidden as hidden
            on {_same("hidden", "cells", CELL_ROW)} and hidden.level = 'number'
        {_questions_of("cells")}
    """


def _number_column(column: Column) -> str:
    name = quoted(column.name)
    value = f"cells.{name}"
    if column.name == "cell_status":
        return f"coalesce(hidden.cell_status, {value}) as {name}"
    if column.name == "n":
        return f"case when hidden.is_base_hidden then null else {value} end as {name}"
    if not is_figure(column):
        return value
    of_closed = value
    if column.name in QUANTILES:
        two_digits = f"round({value}, 1 - floor(log10(greatest(abs({value}), 1)))::int)"
        of_closed = f"case when cells.n >= {QUANTILES_FROM} then {two_digits} end"
    if column.name == "n_conflicts":
        of_closed = "null"
    is_open = "cells.is_synthetic or questions.disclosure = 'public_fact'"
    told = f"case when {is_open} then {value} else {of_closed} end"
    return f"case when hidden.cell_status is null then {told} end as {name}"


def _changes(relation: Relation) -> str:
    """round_change: a change is told where both rounds tell the cell in their own tables, on the same counts.

    On another division a cell may count other municipalities than the round's own: then the difference of the two
    would tell of those that moved. A p-value that is corrected for others is told where they all are.
    """
    earlier_question = "coalesce(pairs.earlier_question_id, changes.question_id)"
    is_open = (
        "(changes.is_synthetic or (questions.disclosure = 'public_fact' "
        "and later_hidden.survey_id is null and earlier_hidden.survey_id is null))"
    )
    is_told = f"({is_open} or (later.n is not null and earlier.n is not null))"
    family = "changes.survey_id, changes.round_id, changes.unit, changes.breakdown, changes.breakdown_id"
    conditions = {"p_holm": f"bool_and({is_told}) over (partition by {family})"}
    conditions |= dict.fromkeys(ERRORS_OF_CHANGE, is_open)

    def column(name: str) -> str:
        value = f"changes.{quoted(name)}"
        if name in ("p_value", "p_holm"):
            value = f"case when {is_open} then {value} else {_level(value)} end"
        return f"case when {conditions.get(name, is_told)} then {value} end as {quoted(name)}"

    columns = [
        column(each.name) if is_figure(each) or "base" in each.name.split("_") else f"changes.{quoted(each.name)}"
        for each in relation.columns
    ]
    return f"""
        select {", ".join(columns)}
        from source.marts.round_change as changes
        left join source.marts.comparability as pairs
            using (survey_id, round_id, earlier_round_id, question_id)
        {_questions_of("changes")}
        {_own_cell("later", "changes.round_id", "changes.question_id", "")}
        {_own_cell("earlier", "changes.earlier_round_id", earlier_question, "earlier_")}
        {_hidden_cell("later_hidden", "changes.round_id", "changes.question_id")}
        {_hidden_cell("earlier_hidden", "changes.earlier_round_id", earlier_question)}
    """


def _level(p_value: str) -> str:
    """The smallest level that a p-value is not over."""
    return f"case {' '.join(f'when {p_value} <= {level} then {level}' for level in LEVELS)} end"


def _hidden_cell(alias: str, round_id: str, question_id: str) -> str:
    return f"""
        left join protected.disclosure.hidden as {alias}
            on {_same(alias, "changes", CELL_OF_CHANGE)} and {alias}.round_id = {round_id}
            and {alias}.question_id = {question_id}
    """


def _own_cell(alias: str, round_id: str, question_id: str, prefix: str) -> str:
    return f"""
        left join protected.marts.answer_distribution as {alias}
            on {_same(alias, "changes", CELL_OF_CHANGE)} and {alias}.round_id = {round_id}
            and {alias}.question_id = {question_id}
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
    """inhabitant_share: populations are public, so that a sum of them tells municipalities apart: those that were asked
    because of what they answered, too."""
    is_fact = "questions.disclosure = 'public_fact' and routed.survey_id is null"
    is_told = f"cells.is_synthetic or ({is_fact}) or cells.cell_status = '{NOT_ASKED}'"
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
        {_questions_of("cells")}
        left join protected.disclosure.asked_of_some as routed
            on {_same("routed", "cells", ("survey_id", "question_id"))}
    """


def _statuses(relation: Relation) -> str:
    """answer_status_count: how many a question applied to is a count of the answers to the one it depends on."""
    columns = [
        f"case when routed.survey_id is null then cells.{quoted(each.name)} end as {quoted(each.name)}"
        if is_figure(each)
        else f"cells.{quoted(each.name)}"
        for each in relation.columns
    ]
    return f"""
        select {", ".join(columns)}
        from source.marts.answer_status_count as cells
        left join protected.disclosure.routed_questions as routed
            on {_same("routed", "cells", ("survey_id", "round_id", "question_id"))}
    """


def _same(one: str, other: str, names: Iterable[str]) -> str:
    return " and ".join(f"{one}.{name} = {other}.{name}" for name in names)


SELECTS: dict[str, Callable[[Relation], str]] = {
    "answer_distribution": _cells,
    "system_use": _cells,
    "number_summary": _numbers,
    "answer_status_count": _statuses,
    "round_change": _changes,
    "publication_reconciliation": _reconciliation,
    "inhabitant_share": _inhabitants,
}
