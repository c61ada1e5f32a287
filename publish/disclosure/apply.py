"""The published tables with what is hidden taken out: the views that a release is copied from. One rule per kind of
column, as the table's own YAML file says it (store/marts.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from publish.catalogue import Relation, quoted
from publish.disclosure.rules import HIDDEN_PRIMARY, NOT_ASKED
from store.marts import Cell, ColumnWords, Mart, is_literal

ROW = ("survey_id", "round_id", "question_id", "unit", "breakdown", "breakdown_id")
CELL = (*ROW, "level", "answer_code")
# The tables whose cells are judged. Any other tells a count where one of these tells the same.
JUDGED = ("answer_distribution", "system_use", "number_summary")
# In which breakdowns a figure that weighs the size classes is told, where every class that it is made of is told. By
# response the last digits of its error depend on who answered alike inside each municipality.
WEIGHTED_IN = "rows.breakdown in ('all', 'size_class', 'size_class_group')"
ERRORS_IN = f"{WEIGHTED_IN} and rows.unit = 'municipality'"
SAME = 1e-9  # two weighted shares whose strata were added in another order
OPEN_ROUND = "not rounds.is_protected"  # null, which opens nothing, in a round that dim_round does not know
LEVELS = (0.001, 0.01, 0.05, 0.1, 1)  # a p-value is told by the one that it is not over
QUANTILES_FROM = 10  # numbers: quantiles of fewer are numbers that somebody gave; of more, two digits are told

# What hiding fills; the rest is derived from it.
TABLES = """
create table protected.disclosure.hidden (
    survey_id varchar, round_id varchar, question_id varchar, unit varchar, breakdown varchar, breakdown_id varchar,
    level varchar, answer_code varchar, cell_status varchar, is_base_hidden boolean
);
-- Rows of breakdowns by what respondents say that so few are in that no base of them is told.
create table protected.disclosure.small_rows (
    survey_id varchar, round_id varchar, breakdown varchar, breakdown_id varchar
);
-- Questions of which all that is counted tells a hidden count of another.
create table protected.disclosure.routed_rows (
    survey_id varchar, round_id varchar, question_id varchar, unit varchar, breakdown varchar, breakdown_id varchar
);
-- Questions asked because of an answer to one that is no public fact.
create table protected.disclosure.asked_of_some (survey_id varchar, question_id varchar);
-- Questions of protected rounds that are no public facts, and rules on answers, whose ids are no question's.
create table protected.disclosure.closed_questions (survey_id varchar, round_id varchar, question_id varchar);
-- Rounds of real answers that nobody signed off.
create table protected.disclosure.unsigned_rounds (survey_id varchar, round_id varchar);
-- Breakdowns by what respondents say, and who may know it. A role is no public fact.
create table protected.disclosure.sayings (survey_id varchar, breakdown varchar, disclosure varchar);
-- The questions, no public facts, whose answers make the rows of such a breakdown.
create table protected.disclosure.made_by (survey_id varchar, breakdown varchar, question_id varchar)
"""
FILL = """
insert into protected.disclosure.closed_questions
select survey_id, rounds.round_id, questions.question_id
from source.marts.dim_question as questions inner join source.marts.dim_round as rounds using (survey_id)
where rounds.is_protected and questions.disclosure <> 'public_fact'
union
select survey_id, rounds.round_id, rules.rule_id
from source.raw.codebook__plausibility as rules inner join source.marts.dim_round as rounds using (survey_id)
where rounds.is_protected;
insert into protected.disclosure.sayings
select survey_id, question_id, disclosure
from source.raw.codebook__breakdowns inner join source.marts.dim_question using (survey_id, question_id)
union all
select survey_id, 'role', 'opinion' from source.marts.dim_survey;
insert into protected.disclosure.made_by
select survey_id, breakdown, breakdown from protected.disclosure.sayings
where disclosure <> 'public_fact' and breakdown <> 'role'
union
select roles.survey_id, 'role', questions.question_id
from source.raw.codebook__roles as roles
inner join source.marts.dim_question as questions using (survey_id, list_name)
where questions.disclosure <> 'public_fact';
insert into protected.disclosure.unsigned_rounds
select survey_id, round_id from source.marts.dim_round where not is_synthetic and signed_off_on is null
"""
# `places` are the hidden cells, and each row that has one, as a cell without an answer. `bases` are rows whose base is
# hidden; where that is a row of all, by any unit. `known` are the places that hiding has looked at.
DERIVED = """
create table protected.disclosure.places as
select survey_id, round_id, question_id, unit, breakdown, breakdown_id, level, answer_code,
    any_value(cell_status) as cell_status
from protected.disclosure.hidden
group by grouping sets (
    (survey_id, round_id, question_id, unit, breakdown, breakdown_id, level, answer_code),
    (survey_id, round_id, question_id, unit, breakdown, breakdown_id)
);
create table protected.disclosure.bases as
select distinct survey_id, round_id, question_id, unit, breakdown, breakdown_id
from protected.disclosure.hidden where is_base_hidden
union
from protected.disclosure.routed_rows
union
select * replace ('any' as unit) from protected.disclosure.routed_rows where breakdown = 'all';
create table protected.disclosure.known as
from protected.disclosure.cells
union
select * replace (null as level, null as answer_code) from protected.disclosure.cells
union
select distinct * exclude (part) from protected.disclosure.joined
union
select survey_id, round_id, question_id, 'any', 'all', 'all', null, null
from source.marts.dim_question inner join source.marts.dim_round using (survey_id);
-- Rows in which an answer is hidden: percentages that add up to 100 would tell of it.
create table protected.disclosure.holed as
select distinct survey_id, round_id, question_id, unit, breakdown, breakdown_id, level from protected.disclosure.hidden;
-- Answers of which some row of a breakdown is hidden: no row is compared with the others. Unions of size classes are
-- compared with size classes.
create table protected.disclosure.compared as
select distinct survey_id, round_id, question_id, unit, breakdown, level, answer_code from protected.disclosure.hidden
union
select distinct survey_id, round_id, question_id, unit, 'size_class_group', level, answer_code
from protected.disclosure.hidden where breakdown = 'size_class';
-- Closed to weighted figures: an answer of which some size class is hidden.
create table protected.disclosure.unweighted as
select distinct survey_id, round_id, question_id, unit, level, answer_code
from protected.disclosure.hidden
where breakdown = 'size_class'
"""
# Counts that are told, as a subquery.
TOLD = """
    select survey_id, round_id, question_id, unit, breakdown, breakdown_id, level, answer_code, n, base_n,
        weighted_share
    from protected.marts.answer_distribution where n is not null
    union all
    select survey_id, round_id, question_id, unit, breakdown, breakdown_id, 'option', system_id, n, base_n,
        weighted_share
    from protected.marts.system_use where n is not null
"""


def protect(
    connection: duckdb.DuckDBPyConnection, marts: Sequence[Mart], source: dict[str, Relation], folder: Path
) -> None:
    """Make the database `protected` beside the warehouse `source`: a view in protected.marts per table and view.

    Rounds that are not `is_protected` are as in the warehouse. Patterns are kept in `folder`. Raises Unprotected and
    Undecided.
    """
    connection.execute("attach ':memory:' as protected")
    connection.execute("create schema protected.marts")
    connection.execute("create schema protected.disclosure")
    connection.execute(TABLES)
    is_any = connection.execute("select 1 from source.marts.dim_round where is_protected").fetchall() != []
    if is_any:
        _hide(connection, folder)
    judged = [mart for mart in marts if mart.name in JUDGED]
    others = [mart for mart in marts if mart.name not in JUDGED]
    for mart in (*judged, *sorted(others, key=lambda mart: source[mart.name].is_view)):
        relation = source[mart.name]
        if relation.is_view:
            _make_view(connection, relation)
        else:
            select = _select(mart, relation) if is_any and mart.figures else f"from source.marts.{quoted(mart.name)}"
            connection.execute(f"create view protected.marts.{quoted(mart.name)} as {select}")


def _hide(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    from publish.disclosure import hidden  # solvers take their time to load, and not every release needs them

    connection.execute(FILL)
    signed = connection.execute(
        "select survey_id, round_id from source.marts.dim_round where is_protected "
        "and (survey_id, round_id) not in (from protected.disclosure.unsigned_rounds) order by all"
    ).fetchall()
    hidden.fill(connection, signed, folder)
    connection.execute(DERIVED)


def _make_view(connection: duckdb.DuckDBPyConnection, relation: Relation) -> None:
    connection.execute("use protected")
    with suppress(duckdb.Error):  # a view that reads what is not published is refused when it is copied
        connection.execute(relation.sql)
    connection.execute("use source")


@dataclass(frozen=True)
class Conditions:
    """When the figures of a row are told, as SQL. `is_open`: everybody may know how it was answered. `row`: what
    depends on all answers of the row."""

    is_open: str
    cell: str
    row: str
    base: str
    value: str
    weighted: str
    error: str
    public: str


def _select(mart: Mart, relation: Relation) -> str:
    """The query of a table of which something may be hidden. Of a round that was not signed off no answer is told."""
    told = _conditions(mart)
    columns = (f"{_column(mart, each.name, told)} as {quoted(each.name)}" for each in relation.columns)
    unsigned = "select (survey_id, round_id) from protected.disclosure.unsigned_rounds"
    signed = (f"(rows.survey_id, {_part(cell.round_id)}) not in ({unsigned})" for cell in mart.words.cells)
    return f"""
        select {", ".join(columns)}
        from source.marts.{quoted(mart.name)} as rows
        {" ".join(_joins(mart))}
        where {" and ".join(signed)}
    """


def _conditions(mart: Mart) -> Conditions:
    fact = "(questions.disclosure = 'public_fact' and coalesce(sayings.disclosure, 'public_fact') = 'public_fact')"
    shown = _no(mart, "hidden")
    is_open = f"({OPEN_ROUND} or rows.question_id is null or ({fact} and {shown}))"
    base = "bases.survey_id is null"
    cell, row, value = shown, "holed.survey_id is null", shown
    if mart.words.is_base:
        value = f"({shown} or (({mart.words.is_base}) and {base}))"
    if mart.words.compares:
        value = f"({value} and (not ({mart.words.compares}) or compared.survey_id is null))"
    if mart.words.compares_answers:
        value = f"({value} and (not ({mart.words.compares_answers}) or holed.survey_id is null))"
    whole = f"{shown} and unweighted.survey_id is null"
    of_kinds = (f"({fact} or ({WEIGHTED_IN}))", f"({fact} or ({ERRORS_IN}))", f"{fact} and asked.survey_id is null")
    weighted, error, public = (f"({OPEN_ROUND} or ({whole} and {each}))" for each in of_kinds)
    if mart.name not in JUDGED:
        value, base = (f"({each} and ({is_open} or {_some(mart, 'known')}))" for each in (value, base))
        cell = row = f"({is_open} or {_some(mart, 'own')})" if _counts(mart) else value
        base, weighted = cell if _counts(mart) else base, _weighted(mart, is_open, of_kinds[-1])
        error = f"({weighted} and {public} and {value})"
    return Conditions(is_open, cell, row, base, value, weighted, error, public)


def _weighted(mart: Mart, is_open: str, is_public: str) -> str:
    """When weighted figures of a table that is not judged are told: where a weighted share of each cell is, and the
    same one, but of public facts. On another frame the same answers have another one: the two would tell how
    municipalities answered whose class differs."""
    shares = {name: each.cell for name, each in mart.columns.items() if each.kind == "weighted" and not each.of}
    if not (shares and _counts(mart)):
        return is_open
    is_told = " and ".join(f"own{cell}.weighted_share is not null" for cell in shares.values())
    is_same = " and ".join(
        f"abs(rows.{quoted(name)} - own{cell}.weighted_share) <= {SAME}" for name, cell in shares.items()
    )
    return f"({OPEN_ROUND} or coalesce({is_told} and ({is_public} or {is_same}), false))"


def _column(mart: Mart, name: str, told: Conditions) -> str:
    """A column as it is told, by its kind. The gate has refused a table with a column that has none."""
    value, words = f"rows.{quoted(name)}", mart.columns[name]
    match words.kind:
        case "key" | "label" | "free":
            return value
        case "status":
            of = _told(mart.columns[words.of], told) if words.of else told.cell
            hidden = f"coalesce(hidden.cell_status, '{HIDDEN_PRIMARY}')"
            return f"case when {of} or {value} = '{NOT_ASKED}' then {value} else {hidden} end"
        case "quantile":
            two_digits = f"round({value}, 1 - floor(log10(greatest(abs({value}), 1)))::int)"
            few = f"case when rows.n >= {QUANTILES_FROM} then {two_digits} end"
            return f"case when {told.cell} then case when {told.is_open} then {value} else {few} end end"
        case "p_value" | "weighted_p":
            shown = told.weighted if words.kind == "weighted_p" else told.cell
            levels = " ".join(f"when {value} <= {level} then {level}" for level in LEVELS)
            family = "partition by rows.survey_id, rows.round_id, rows.unit, rows.breakdown, rows.breakdown_id"
            of = f"bool_and({shown}) over ({family})" if words.of == "row" else shown
            # Of an exact test a level still says how many went and how many came.
            by_level = f"case when rows.test is distinct from 'mcnemar_exact' then case {levels} end end"
            return f"case when {of} then case when {told.is_open} then {value} else {by_level} end end"
        case "verdict" if words.of:
            of = f"rows.question_id is null or {_told(mart.columns[words.of], told)}"
            return f"case when {of} then {value} else 'not_computable' end"
        case "verdict":
            is_printed = "rows.figure_status = 'published' and rows.status = 'match'"
            return f"case when {told.value} or ({is_printed}) then {value} else 'not_computable' end"
        case "remark":
            return f"case when {told.value} then {value} else 'the computed figure is hidden' end"
        case _:
            return f"case when {_told(words, told)} then {value} end"


def _told(words: ColumnWords, told: Conditions) -> str:
    """When a figure of a kind is told as it is."""
    if words.kind in ("count", "share"):
        return told.row if words.of == "row" else told.cell
    condition: str = getattr(told, words.kind)
    return condition


def _joins(mart: Mart) -> Iterator[str]:
    first = mart.words.cells[0]
    yield _join("source.marts.dim_round", "rounds", ("survey_id", "round_id"), first)
    yield _join("source.marts.dim_question", "questions", ("survey_id", "question_id"), first)
    yield _join("protected.disclosure.sayings", "sayings", ("survey_id", "breakdown"), first)
    yield _join("protected.disclosure.asked_of_some", "asked", ("survey_id", "question_id"), first)
    yield _join("protected.disclosure.bases", "bases", ROW, first)
    yield _join("protected.disclosure.holed", "holed", (*ROW, "level"), first)
    of_breakdown = ("survey_id", "round_id", "question_id", "unit", "breakdown", "level", "answer_code")
    yield _join("protected.disclosure.compared", "compared", of_breakdown, first)
    of_answer = ("survey_id", "round_id", "question_id", "unit", "level", "answer_code")
    yield _join("protected.disclosure.unweighted", "unweighted", of_answer, first)
    for cell in mart.words.cells:
        yield _join("protected.disclosure.places", f"hidden{cell.name}", CELL, cell)
        if mart.name not in JUDGED:
            yield _join("protected.disclosure.known", f"known{cell.name}", CELL, cell)
        if counts := _counts(mart):
            alias = f"own{cell.name}"
            same = [f"{alias}.{of} = rows.{quoted(name)}" for name, (at, of) in counts.items() if at == cell.name]
            yield " and ".join([_join(f"({TOLD})", alias, CELL, cell), *same])


def _join(table: str, alias: str, names: Iterable[str], cell: Cell) -> str:
    """A left join on parts of a cell; a figure that is of no answer has neither level nor code."""
    parts = {name: _part(getattr(cell, name, name)) for name in names}
    signs = {name: "is not distinct from" if name in CELL[-2:] else "=" for name in parts}
    on = " and ".join(f"{alias}.{name} {signs[name]} {part}" for name, part in parts.items())
    return f"left join {table} as {alias} on {on}"


def _part(place: str) -> str:
    """Where a row has a part of its cell: a column, or a literal as it stands."""
    return place if is_literal(place) else f"rows.{quoted(place)}"


def _counts(mart: Mart) -> dict[str, tuple[str, str]]:
    """The counts of a table that is not judged, each with its cell and with what it is there: n or base_n."""
    found = {
        name: (column.cell, "n" if column.kind == "count" else "base_n")
        for name, column in mart.columns.items()
        if column.kind in ("count", "base")
    }
    has_counts = any(of == "n" for _, of in found.values())
    return found if has_counts and mart.name not in JUDGED else {}


def _no(mart: Mart, alias: str) -> str:
    return " and ".join(f"{alias}{cell.name}.survey_id is null" for cell in mart.words.cells)


def _some(mart: Mart, alias: str) -> str:
    return " and ".join(f"{alias}{cell.name}.survey_id is not null" for cell in mart.words.cells)
