"""Every column of every published table, held against what may stand in rows that tell nothing: so that a new column,
or a new table, is seen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

import duckdb

# What names a row, and what is so whatever was answered: the codebook, the round, the print. Words on what is told.
NAMES = frozenset({
    "survey_id", "round_id", "earlier_round_id", "question_id", "earlier_question_id", "unit", "breakdown",
    "breakdown_id", "level", "answer_code", "answer", "system_id", "system_kind", "vendor", "round_key",
    "earlier_round_key", "question_key", "answer_key", "breakdown_key", "unit_of_measure", "comparability",
    "division_date", "figure_id", "document", "statistic", "rounding", "figure_status", "published_value",
    "published_base_n", "is_synthetic", "is_counted", "sort_order", "question_order", "answer_order", "round_order",
    "breakdown_order", "breakdown_row_order", "opens_on", "question_type", "is_overlapping", "label_fi", "label_sv",
    "label_en", "cell_status", "status", "explanation", "theme_id", "practice_id",
    *(
        f"{thing}_{language}"
        for thing in (
            "survey", "round", "question", "answer", "level", "breakdown", "breakdown_row", "unit", "cell_status",
        )
        for language in ("fi", "sv", "en")
    ),
})  # fmt: skip
PROVIDED = frozenset({"provider_share", "provider_se", "provider_ci_low", "provider_ci_high"})
WEIGHED = PROVIDED | frozenset({
    "weighted_share", "se", "ci_low", "ci_high", "se_fpc", "ci_low_fpc", "ci_high_fpc", "deff",
    "earlier_weighted_share", "weighted_delta", "weighted_se", "weighted_ci_low", "weighted_ci_high",
    "weighted_p_value", "weighted_p_holm",
})  # fmt: skip
# Bases of hidden cells are told where they say nothing of the cells.
BASES: Mapping[str, frozenset[str]] = {
    "answer_distribution": frozenset({"base_n"}),
    "headline_result": frozenset({"base_n"}),
    "result": frozenset({"base_n"}),
    "practice_support": frozenset({"base_n"}),
    "system_use": frozenset({"base_n"}),
    "number_summary": frozenset({"n"}),
}
Told = tuple[str, str, int]  # table, column, in how many rows
Columns = Collection[str]

REAL = "(survey_id, round_id) in (select survey_id, round_id from marts.dim_round where not is_synthetic)"
IS_FACT = "({}) in (select survey_id, question_id from marts.dim_question where disclosure = 'public_fact')"
IS_SAID = "(breakdown = 'role' or (survey_id, breakdown) in (select survey_id, question_id from marts.dim_question))"
IS_OPEN = IS_FACT.format("survey_id, breakdown")
IS_HIDDEN = "cell_status like 'hidden%'"


def told_of_facts(release: Path) -> list[Told]:
    """Whatever is told by role, or by an opinion, of public facts and of no question; that a cell is none too."""
    of_fact = IS_FACT.format("survey_id, question_id")

    def where(columns: Columns) -> list[str]:
        return [IS_SAID, f"not {IS_OPEN}", *([of_fact] if "question_id" in columns else [])]

    found = _told(release, {"breakdown"}, where, lambda _, columns: columns - NAMES)
    hidden = f"case when {IS_HIDDEN} or cell_status = 'not_asked' then null else cell_status end"
    statuses = _told(release, {"breakdown", "cell_status"}, where, lambda *_: {"cell_status"}, lambda _: hidden)
    return [*found, *statuses]


def told_of_classes(release: Path) -> list[Told]:
    """Figures that weigh classes in rows by what respondents say, but of public facts by public facts."""
    of_fact = IS_FACT.format("survey_id, question_id")
    where = [IS_SAID, f"not ({IS_OPEN} and {of_fact})"]
    return _told(release, {"breakdown", "question_id"}, lambda _: where, lambda _, columns: columns & WEIGHED)


def told_of_hidden_cells(release: Path) -> list[Told]:
    """Figures in cells that are said to be hidden."""
    return _told(
        release,
        {"cell_status"},
        lambda _: [IS_HIDDEN],
        lambda table, columns: columns - NAMES - BASES.get(table, frozenset()),
    )


def _told(
    release: Path,
    having: Columns,
    where: Callable[[Columns], list[str]],
    looked_at: Callable[[str, Columns], Columns],
    value: Callable[[str], str] = str,
) -> list[Told]:
    """Columns of tables that have some, which are not null in rows of real rounds."""
    found = []
    with duckdb.connect(str(release), read_only=True) as connection:
        for table, columns in _tables(connection):
            if {*having} <= columns:
                conditions = [*where(columns), *([REAL] if "round_id" in columns else [])]
                for column in sorted(looked_at(table, columns)):
                    sql = f"select count({value(column)}) from marts.{table} where {' and '.join(conditions)}"
                    ((n,),) = connection.execute(sql).fetchall()
                    if n:
                        found.append((table, column, int(n)))
    return found


def _tables(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, frozenset[str]]]:
    """Each published table and view with its columns."""
    sql = """
        select table_name, list(column_name) from duckdb_columns() where schema_name = 'marts' and not internal
        group by table_name order by table_name
    """
    for table, columns in connection.execute(sql).fetchall():
        yield table, frozenset(columns)


def changes_of_facts(release: Path) -> int:
    """Changes of which a value is told where told_of_facts finds that nothing may be."""
    sql = r"""
        select survey_id, regexp_extract(row, 'question_key=[^/]+/([^,]+)', 1) as question_id,
            regexp_extract(row, 'breakdown_key=[^/]+/([^/,]+)', 1) as breakdown
        from marts.release_change where old_value is not null or new_value is not null
    """
    of_fact = IS_FACT.format("survey_id, question_id")
    with duckdb.connect(str(release), read_only=True) as connection:
        where = f"{IS_SAID} and not {IS_OPEN} and {of_fact}"
        ((n,),) = connection.execute(f"select count(*) from ({sql}) where {where}").fetchall()
    return int(n)
