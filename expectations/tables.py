"""The suites of the registry, the inventory and the published tables: one rule per demand on their columns."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb

from expectations.profiles import NULL
from expectations.rules import Kind, Rule

EXPECTATIONS = "expectations"
HUGE = 1e15
RAW_TABLES = {
    "raw.registry__municipalities": ("municipality_code", "division_date", "names", "is_mainland"),
    "raw.registry__areas": ("area_level", "area_code", "names", "is_counted"),
    "raw.registry__population": ("municipality_code", "year", "population"),
    "raw.systems__systems": ("system_id", "name", "kind", "is_fictional"),
}
RAW_FLAG = ("0", "1")
FLAG = ("true", "false")
VALUES = {
    "kind": ("municipal", "state"),
    "unit": ("response", "municipality"),
    "level": ("option", "group", "system", NULL),
    "cell_status": ("shown", "zero", "not_asked", "hidden_primary", "hidden_complementary"),
}
PATTERNS = {
    "municipality_code": "^[0-9A-Za-z]+$",
    "area_level": "^[a-z][a-z0-9_]*$",
    "year": "^[0-9]{4}$",
    "population": r"^(?:[0-9]+|\(null\))$",  # which may be unknown
    "division_date": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
}
RANGES = {
    "share": (0.0, 1.0),
    "response_rate": (0.0, 1.0),
    "population_coverage": (0.0, 1.0),
    "foreign_language_coverage": (0.0, 1.0),
    "weighted_share": (0.0, 1.0),
    "inhabitant_share": (0.0, 1.0),
    "se": (0.0, 1.0),
    "ci_low": (0.0, 1.0),
    "ci_high": (0.0, 1.0),
    "se_fpc": (0.0, 1.0),
    "ci_low_fpc": (0.0, 1.0),
    "ci_high_fpc": (0.0, 1.0),
    "deff": (0.0, HUGE),
    "n_conflicts": (0.0, HUGE),
    "base_inhabitants": (0.0, HUGE),
    "base_municipalities": (0.0, HUGE),
    "pct": (0.0, 100.0),
    "pct_sum100": (0.0, 100.0),
    "n": (0.0, HUGE),
    "base_n": (0.0, HUGE),
    "n_frame": (0.0, HUGE),
    "n_responses": (0.0, HUGE),
    "n_municipalities": (0.0, HUGE),
}
IN_POINTS = {  # of round_change: the difference of two percentages
    "delta": (-100.0, 100.0),
    "se": (0.0, 100.0),
    "ci_low": (-100.0, 100.0),
    "ci_high": (-100.0, 100.0),
    "p_value": (0.0, 1.0),
    "p_holm": (0.0, 1.0),
}
NAMES = {"name", "names", "label", "system_id", "area_code"}
FROM_CODEBOOK = {"survey_id": "surveys", "question_id": "questions"}


@dataclass(frozen=True)
class Demand:
    """What is asked of a column, and a value that breaks it."""

    kind: Kind
    judged: str
    expected: tuple[str | float, ...]
    bad: str | float


def table_rules(connection: duckdb.DuckDBPyConnection, tables: list[str]) -> list[Rule]:
    """One rule per demand (known values, a form, a range, ids of the codebook, a name present), over every column of
    every table that it is made of: asking once is many times cheaper than asking per column.

    An empty table has nothing to judge and gets no rule.
    """
    known = {
        column: tuple(sorted(value for (value,) in connection.execute(_ids(column, name)).fetchall()))
        for column, name in FROM_CODEBOOK.items()
    }
    demands: dict[Demand, list[tuple[str, str]]] = {}
    for table in tables:
        if connection.execute(f"select 1 from {table} limit 1").fetchone():
            for column in _columns(connection, table):
                if demand := _demand(table, column, known):
                    demands.setdefault(demand, []).append((table, column))
    return [_rule(demand, places) for demand, places in demands.items()]


def narrowed(rule: Rule) -> list[Rule]:
    """The same demand, table by table: to say which table broke it."""
    return [
        replace(
            rule, asset=place.split(":")[0], condition={"place": (place,)}, control={**rule.control, "place": place}
        )
        for place in rule.condition["place"]
    ]


def profiled_columns(rules: list[Rule]) -> list[tuple[str, str, str]]:
    """What has to be profiled for the rules: table, column and kind of profile."""
    return sorted(
        (*place.split(":"), "values" if rule.column == "value" else "range")  # type: ignore[misc]
        for rule in rules
        for place in rule.condition["place"]
    )


def _ids(column: str, name: str) -> str:
    return f"select distinct {column} from raw.codebook__{name}"


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    named = RAW_TABLES.get(table)
    if named:
        return list(named)
    schema, name = table.split(".")
    found = connection.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ? order by column_index",
        [schema, name],
    )
    return [column for (column,) in found.fetchall()]


def _demand(table: str, column: str, known: dict[str, tuple[str, ...]]) -> Demand | None:
    if column.startswith("is_"):
        return Demand("in_set", "value", RAW_FLAG if table in RAW_TABLES else FLAG, "maybe")
    if column in VALUES:
        return Demand("in_set", "value", VALUES[column], "neither")
    if column in PATTERNS and table in RAW_TABLES:
        return Demand("matches", "value", (PATTERNS[column],), "no such form")
    ranges = RANGES | IN_POINTS if table == "marts.round_change" else RANGES
    if column in ranges:
        return Demand("between", "number", ranges[column], ranges[column][0] - 1)
    if column in known:
        return Demand("in_set", "value", (*known[column], "all", NULL), "of no codebook")
    if column.endswith("_key") or column in NAMES:
        return Demand("not_in_set", "value", (NULL, ""), NULL)
    return None


def _rule(demand: Demand, places: list[tuple[str, str]]) -> Rule:
    named = tuple(f"{table}:{column}" for table, column in places)
    return Rule(
        check_id=EXPECTATIONS,
        asset=places[0][0],
        severity="block",
        kind=demand.kind,
        column=demand.judged,
        expected=demand.expected,
        condition={"place": named},
        control={"place": named[0], "n": 1, demand.judged: demand.bad},
    )
