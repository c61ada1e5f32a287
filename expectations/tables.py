"""The suites of the registry, the inventory and the published tables: one rule per demand on their columns."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb

from expectations.profiles import NULL
from expectations.rules import Kind, Rule
from store.marts import ColumnWords, declared_marts

EXPECTATIONS = "expectations"
HUGE = 1e15  # no figure is as large
RAW_TABLES = {
    "raw.registry__municipalities": ("municipality_code", "division_date", "names", "is_mainland"),
    "raw.registry__areas": ("area_level", "area_code", "names", "is_counted"),
    "raw.registry__population": ("municipality_code", "year", "population"),
    "raw.systems__systems": ("system_id", "name", "kind", "is_fictional"),
}
RAW_FLAG = ("0", "1")
FLAG = ("true", "false")
KINDS_OF_SYSTEM = ("municipal", "state")
PATTERNS = {
    "municipality_code": "^[0-9A-Za-z]+$",
    "area_level": "^[a-z][a-z0-9_]*$",
    "year": "^[0-9]{4}$",
    "population": r"^(?:[0-9]+|\(null\))$",  # which may be unknown
    "division_date": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
}
# What a figure may be where its column says no range of its own, by kind and whether it is a whole number.
WHOLE, SHARE = (0.0, HUGE), (0.0, 1.0)
RANGES: dict[tuple[str, bool], tuple[float, float]] = {
    **{(kind, True): WHOLE for kind in ("free", "count", "base", "public")},
    **{(kind, False): SHARE for kind in ("free", "share", "weighted", "error", "public", "p_value", "weighted_p")},
    ("share", True): (0.0, 100.0),
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
    columns = _columns(connection)
    demands: dict[Demand, list[tuple[str, str]]] = {}
    for table in tables:
        if connection.execute(f"select 1 from {table} limit 1").fetchone():
            for column, data_type in columns[table]:
                if demand := _demand(table, column, data_type, known):
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


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    """The columns of each table that are judged, each with its type: all of a mart."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, data_type in connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "order by table_name, column_index"
    ).fetchall():
        if column in RAW_TABLES.get(table, (column,)):
            found.setdefault(table, []).append((column, data_type))
    return found


def _demand(table: str, column: str, data_type: str, known: dict[str, tuple[str, ...]]) -> Demand | None:
    if column.startswith("is_"):
        return Demand("in_set", "value", RAW_FLAG if table in RAW_TABLES else FLAG, "maybe")
    if table in RAW_TABLES and column == "kind":
        return Demand("in_set", "value", KINDS_OF_SYSTEM, "neither")
    if table in RAW_TABLES and column in PATTERNS:
        return Demand("matches", "value", (PATTERNS[column],), "no such form")
    if demand := _declared(table, column, data_type):
        return demand
    if column in known:
        return Demand("in_set", "value", (*known[column], "all", NULL), "of no codebook")
    if (column.endswith("_key") or column in NAMES) and not ((words := _words(table, column)) and words.optional):
        return Demand("not_in_set", "value", (NULL, ""), NULL)
    return None


def _words(table: str, column: str) -> ColumnWords | None:
    """What a published column says of itself."""
    mart = declared_marts().get(table.removeprefix("marts."))
    return mart.columns.get(column) if mart else None


def _declared(table: str, column: str, data_type: str) -> Demand | None:
    words = _words(table, column)
    if words is None:
        return None
    if words.values:
        return Demand("in_set", "value", tuple(NULL if value is None else value for value in words.values), "neither")
    usual = RANGES.get((words.kind, "INT" in data_type)) if "INT" in data_type or data_type == "DOUBLE" else None
    low, high = words.range or usual or (None, None)
    if low is None or high is None:
        return None
    return Demand("between", "number", (low, min(high, HUGE)), low - 1)


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
