"""What differs between engines stands in macros, the same for each; all else is SQL that each of them reads alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
import sqlglot
from ruamel.yaml import YAML
from sqlglot import exp

from tests.rendered import DBT, rendered

ENGINES = ("duckdb", "spark")
MACRO = re.compile(r"{%-? macro (\w+)\((.*?)\) -?%}")
COMMENT = re.compile(r"{#.*?#}|--[^\n]*", re.DOTALL)
SHARED = sorted(file for folder in ("models", "checks", "macros") for file in (DBT / folder).rglob("*.sql"))
# What only DuckDB has, or what Spark reads otherwise, where it says so and where it does not.
OF_ONE_ENGINE = {
    "JSON": r"\bjson_\w+\s*\(|->>",
    "a list": r"\b(?:list_\w+|list|unnest|explode|string_split|array_to_string)\s*\(",
    "a date": r"\b(?:date_diff|date_sub|datediff|(?:try_)?strptime|strftime|timezone|age)\s*\(",
    "a pattern": r"\bregexp_(?:full_match|matches|extract_all)\s*\(|\brlike\b|\bsimilar to\b|\bglob\b",
    "an aggregate": r"\b(?:arg_max|arg_min|quantile_\w+|median|first|last|string_agg|group_concat|listagg)\s*\(",
    "an aggregate in order": r"\b(?:sum|avg|count|min|max|stddev_samp)\s*\([^()]*\border by\b",
    "a type": r"\b(?:varchar|hugeint|uinteger|ubigint|json)\b|::",
    "a whole quotient": r"(?<!:)//|\bdiv\b",
    "columns left out": r"\*\s*(?:exclude|except|replace)\s*\(",
    "columns by name": r"\bby name\b",
    "nulls": r"\bignore nulls\b",
    "a half, rounded up or down": r"\b(?:printf|format|format_string|format_number)\s*\(",
    "trim, text and characters the other way round": r"\b[lr]?trim\s*\([^()]*,",
    "a backslash, text or escape": r"'[^'\n]*\\[^'\n]*'",
    "a window put in order": r"\bover\s*\(\s*(?!partition\b|order\b|rows\b)\w+\s+order by\b",
}  # fmt: skip


def macros(engine: str) -> dict[str, str]:
    """The arguments of each macro of an engine, by its name."""
    files = sorted((DBT / "engines" / engine).rglob("*.sql"))
    return dict(found for file in files for found in MACRO.findall(file.read_text(encoding="utf-8")))


def without_comments(file: Path) -> str:
    return COMMENT.sub("", file.read_text(encoding="utf-8"))


def of_one_engine(sql: str) -> list[str]:
    """What in this SQL only one engine has, by its kind."""
    return [kind for kind, pattern in OF_ONE_ENGINE.items() if re.search(pattern, sql, re.IGNORECASE)]


def made_sql(file: Path) -> str:
    """A model as it is on DuckDB, a family of checks with each of them."""
    (words,) = YAML(typ="safe").load(file.with_suffix(".yml"))["models"]
    meta = words["config"].get("meta", {}) if "config" in words else {}
    checks = [{"parts": False, **check} for check in meta.get("checks", ())]
    model = {"name": words["name"], "config": {"meta": {"checks": checks}}}
    return rendered(file.read_text(encoding="utf-8"), model=model)


def in_another_order(sql: str, kept_by_round: AbstractSet[str] = frozenset()) -> Iterator[str]:
    """Parts of a union that have their columns in another order on Spark, which says nothing: of tables that are joined
    by `using` those that they are joined by come first, and of a table that keeps rounds those that it is kept by come
    last."""
    parsed = sqlglot.parse_one(sql, dialect="duckdb")
    steps = {step.alias: step.this for step in parsed.find_all(exp.CTE)}
    for union in parsed.find_all(exp.SetOperation):
        for part in (union.this, union.expression):
            if isinstance(part, exp.Select) and part.is_star and _is_moved(part, steps, kept_by_round):
                yield part.sql()


def _is_moved(select: exp.Select, steps: Mapping[str, exp.Expression], kept_by_round: AbstractSet[str]) -> bool:
    if any(join.args.get("using") for join in select.args.get("joins") or ()):
        return True
    starred = {each.table for each in select.expressions if isinstance(each, exp.Column) and each.is_star}
    for table in select.find_all(exp.Table):
        if table.parent_select is select and (not any(starred) or table.alias_or_name in starred):
            step = steps.get(table.name)
            is_passed_on = isinstance(step, exp.Select) and step.is_star
            if table.name in kept_by_round or (is_passed_on and _is_moved(step, steps, kept_by_round)):
                return True
    return False


def test_both_engines_have_the_same_macros() -> None:
    """An engine may have others that only its own call."""
    text = "".join(map(without_comments, SHARED))
    called = [
        {name: given for name, given in macros(each).items() if re.search(rf"\b{name}\(", text)} for each in ENGINES
    ]
    assert called[0] == called[1]
    assert len(called[0]) >= 20


@pytest.mark.parametrize("file", SHARED, ids=lambda file: str(file.relative_to(DBT)))
def test_no_model_calls_what_only_one_engine_has(file: Path) -> None:
    assert of_one_engine(without_comments(file)) == []


@pytest.mark.parametrize(
    ("slip", "kind"),
    [
        ("json_extract_string(names, 'fi')", "JSON"),
        ("list_sort(codes)", "a list"),
        ("date_diff('day', a, b)", "a date"),
        ("regexp_full_match(a, '[0-9]+')", "a pattern"),
        ("arg_max(a, b)", "an aggregate"),
        ("sum(a order by b)", "an aggregate in order"),
        ("cast(a as varchar)", "a type"),
        ("a // b", "a whole quotient"),
        ("a.* replace (b as c)", "columns left out"),
        ("last_value(a ignore nulls)", "nulls"),
        ("printf('%.1f', a)", "a half, rounded up or down"),
        ("trim(a, ' ')", "trim, text and characters the other way round"),
        ("a like '\\_%' escape '\\'", "a backslash, text or escape"),
        ("row_number() over (of_row order by a)", "a window put in order"),
    ],
)
def test_what_only_one_engine_has_is_seen(slip: str, kind: str) -> None:
    assert kind in of_one_engine(f"select {slip} from answers")


MODELS = [file for file in SHARED if file.is_relative_to(DBT / "models")]


KEEPS_ROUNDS = frozenset(
    file.stem for file in MODELS if "materialized='incremental'" in file.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("file", MODELS, ids=lambda file: file.stem)
def test_a_union_has_its_columns_in_one_order(file: Path) -> None:
    assert [*in_another_order(made_sql(file), KEEPS_ROUNDS)] == []


@pytest.mark.parametrize(
    ("part", "is_moved"),
    [
        ("select a.*, b.d from a inner join b using (c)", True),
        ("select a.*, b.d from a inner join b on a.c = b.c", False),
        ("select * from kept", True),
        ("select * from s.kept", True),
        ("select * from step", True),
        ("select a.*, kept.d from a inner join kept on a.c = kept.c", False),
        ("select c, d from kept", False),
        ("select * from a", False),
    ],
)
def test_a_union_in_another_order_is_seen(part: str, is_moved: bool) -> None:
    union = f"with step as (select * from kept) select c, d from a union all {part}"
    assert bool([*in_another_order(union, {"kept"})]) is is_moved
