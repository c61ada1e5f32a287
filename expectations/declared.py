"""What a table says of itself in the meta of its YAML file: its key, its joins, what is never null and which values
there are. Every table that a build made is asked at its end, in one query each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import duckdb
from pydantic import ValidationError

from expectations.results import CheckResult
from expectations.rules import ALL
from faults.told import ToldError
from store.builds import PLANNED
from store.marts import TableWords

AS_DECLARED = "as_declared"
TEXT = "Key, joins and values are as the table's YAML file says"
MESSAGES = (
    "Rows of {asset} that are not as its YAML file says",
    "Taulun {asset} rivejä, jotka eivät ole kuten sen YAML-tiedosto sanoo",
    "Rader i tabellen {asset} som inte är så som dess YAML-fil säger",
)
# Words of a table's meta that others read.
OF_OTHERS = {"checks"}


class WordsUnknown(ToldError):
    """A YAML file says of a table what nobody understands; the message says what, and what there is to say."""


def declared_tables(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Models and seeds that say something of their rows, by unique id. Raises WordsUnknown."""
    return {key: node for key, node in manifest["nodes"].items() if demands(node)}


def prove_declared(
    connection: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], built: Collection[str]
) -> list[CheckResult]:
    """A result per table that says something of its rows. One that was not built (unique ids) stands as not computable,
    even if all was well before: what it is made of may be new."""
    return [
        _result(node["name"], _broken(connection, node) if key in built else None)
        for key, node in declared_tables(manifest).items()
    ]


def demands(node: Mapping[str, Any]) -> dict[str, str]:
    """What a table says of itself, in words; for each an aggregate over it of the number of its rows that are not so.

    Of a table that keeps rounds the key is asked of those built now: others are as they were when it was.
    """
    meta = {name: said for name, said in node["config"]["meta"].items() if name not in OF_OTHERS}
    try:
        words = TableWords.model_validate({"published": False} | meta)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise WordsUnknown(
            f"{node['name']} says in the meta of its YAML file what has no meaning: {wrong}. There are: "
            f"{', '.join(sorted(TableWords.model_fields))}."
        ) from None
    return dict(_demands(words, table_of(node)))


def table_of(node: Mapping[str, Any]) -> str:
    """The place of a model's table, as schema.table."""
    return f"{node['schema']}.{node['name']}"


def _demands(words: TableWords, table: str) -> Iterator[tuple[str, str]]:
    built = f"where (survey_id, round_id) in (select survey_id, round_id from {PLANNED})" if words.keeps_rounds else ""
    if words.key:
        key = ", ".join(words.key)
        yield f"key ({key})", _grouped(f"{table} {built}", key, f"or {' is null or '.join(words.key)} is null")
    for column in words.unique:
        yield f"unique {column}", _grouped(f"{table} where {column} is not null", column)
    for column, place in words.joins.items():
        target, found_by = place.split(".")
        lacking = f"{column} is not null and {column} not in (select {found_by} from marts.{target})"
        yield f"join {column} to {place}", f"count_if({lacking})"
    for column in words.filled:
        yield f"filled {column}", f"count_if({column} is null)"
    for column, values in words.values.items():
        listed = ", ".join(f"'{value}'" for value in values)
        yield f"values of {column}", f"count_if({column} not in ({listed}))"


def _grouped(rows: str, key: str, or_else: str = "") -> str:
    groups = f"select count(*) as n from {rows} group by {key} having count(*) > 1 {or_else}"
    return f"(select coalesce(sum(n), 0) from ({groups}))"


def _broken(connection: duckdb.DuckDBPyConnection, node: Mapping[str, Any]) -> dict[str, int]:
    """How many rows of a table are not as it says, by what it says."""
    asked = demands(node)
    row = connection.execute(f"select count(*), {', '.join(asked.values())} from {table_of(node)}").fetchone()
    assert row is not None
    return {what: int(n) for what, n in zip(asked, row[1:], strict=True) if n}


def _result(name: str, broken: Mapping[str, int] | None) -> CheckResult:
    found = "; ".join(f"{what}: {n}" for what, n in (broken or {}).items()) or "none"
    status = "not_computable" if broken is None else "fail" if broken else "pass"
    return CheckResult(
        ALL, ALL, f"{AS_DECLARED}.{name}", "declared", "sql", name, "block", status,
        "not built" if broken is None else found, "none", sum((broken or {}).values()),
        *(text.format(asset=name) for text in MESSAGES),
    )  # fmt: skip
