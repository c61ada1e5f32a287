"""The page of the measures, dbt_project/METHODS.md, from their definitions: python -m publish.report.methods."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML

from store.paths import PROJECT_ROOT

DBT = PROJECT_ROOT / "dbt_project"
PAGE = DBT / "METHODS.md"
INTRODUCTION = """# How the published figures are made
Made from `methods.yml`, `models/columns.md` and the comments of the macros by `make docs`. The checks of a round have a
page of their own, [CHECKS.md](CHECKS.md). Each estimate is computed once, in SQL, and held against R's survey package
in `tests/oracle` (`make test` prints the largest differences).
"""
PARTS = (("Formula", "formula"), ("Assumption", "assumption"), ("Source", "source"))


def measures() -> list[dict[str, Any]]:
    """The measures as methods.yml defines them: name, tables, columns, macros, formula, assumption, source."""
    listed: list[dict[str, Any]] = YAML(typ="safe").load(DBT / "methods.yml")["measures"]
    return listed


def descriptions(table: str) -> dict[str, str]:
    """What each column of a mart is, in the words of columns.md."""
    words = dict(
        re.findall(
            r"{% docs (\w+) %}\n(.*?)\n{% enddocs %}", (DBT / "models" / "columns.md").read_text("utf-8"), re.DOTALL
        )
    )
    (model,) = YAML(typ="safe").load(DBT / "models" / "marts" / f"{table}.yml")["models"]
    return {column["name"]: words[column["description"].split("'")[1]] for column in model["columns"]}


def macro_comments() -> dict[str, str]:
    """What the macros of estimates and rounding say of themselves, by name."""
    text = "".join((DBT / "macros" / f"{name}.sql").read_text("utf-8") for name in ("estimation", "rounding"))
    found = re.findall(r"{# ((?:(?!#}).)*?) #}\s*{% macro (\w+)\(", text, re.DOTALL)
    said = {name: " ".join(comment.split()) for comment, name in found}
    return {name: said.get(name, "") for name in re.findall(r"{% macro (\w+)\(", text)}


def page() -> str:
    """The page as it should be."""
    return "\n".join([INTRODUCTION, *(_measure(measure) for measure in measures())])


def _measure(measure: dict[str, Any]) -> str:
    described = {
        (column, words)
        for table in measure["tables"]
        for column, words in descriptions(table).items()
        if column in measure["columns"]
    }
    rows = "\n".join(f"| `{column}` | {words} |" for column, words in sorted(described))
    parts = "\n\n".join(f"**{title}.** {' '.join(measure[key].split())}" for title, key in PARTS)
    comments = macro_comments()
    macros = "".join(f"\n- `{name}`: {comments[name]}" for name in measure.get("macros", ()) if comments[name])
    computed = f"\n\nComputed by the macros{macros}" if macros else ""
    tables = ", ".join(f"`{table}`" for table in measure["tables"])
    return f"## {measure['name']}\nIn {tables}.\n\n| column | what it is |\n|---|---|\n{rows}\n\n{parts}{computed}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
