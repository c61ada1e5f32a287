"""The columns of a contract: where DuckDB tells others of a query dbt is asked, which says what differs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import SimpleNamespace

import duckdb
import jinja2
import pytest

from tests.rendered import DBT

SAID = {"code": "TEXT", "n": "bigint", "share": "decimal(18,3)", "is_counted": "boolean"}
QUERY = "select 'a'::varchar as code, 1::bigint as n, 0.5::decimal(18, 3) as share, true as is_counted"


def asked_of_dbt(query: str, said: Mapping[str, str] = SAID) -> list[str]:
    """The queries of which dbt is asked whether they have the columns that are said."""
    text = (DBT / "materializations" / "duckdb.sql").read_text(encoding="utf-8")
    (macro,) = re.findall(r"{% macro duckdb__get_assert_columns_equivalent.*?{% endmacro %}", text, re.DOTALL)
    asked: list[str] = []
    columns = {name: SimpleNamespace(name=name, data_type=kind) for name, kind in said.items()}
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.StrictUndefined)
    environment.globals |= {
        "model": SimpleNamespace(columns=columns),
        "assert_columns_equivalent": lambda sql: asked.append(sql) or "",
        "get_column_schema_from_query": lambda sql: [
            SimpleNamespace(name=name, dtype=kind) for name, kind, *_ in duckdb.sql(f"describe {sql}").fetchall()
        ],
    }
    template = environment.from_string(macro + "{{ duckdb__get_assert_columns_equivalent(query) }}")
    assert template.render(query=query).strip() == ""
    return asked


def test_of_a_query_that_has_the_columns_in_any_order_nothing_is_asked() -> None:
    assert asked_of_dbt(QUERY) == asked_of_dbt(QUERY, dict(reversed(SAID.items()))) == []


@pytest.mark.parametrize(
    "query",
    [
        QUERY.replace("1::bigint as n", "1::integer as n"),
        QUERY.replace("decimal(18, 3)", "decimal(18, 2)"),
        QUERY.replace("as n,", "as m,"),
        QUERY.replace("1::bigint as n, ", ""),
        f"{QUERY}, 1 as other",
    ],
)
def test_of_any_other_query_dbt_is_asked(query: str) -> None:
    assert query != QUERY
    assert asked_of_dbt(query) == [query]
