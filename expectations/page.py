"""The page of the checks of a round, dbt_project/CHECKS.md, from their definitions: python -m expectations.page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML

from expectations.record import FAMILY
from store.paths import PROJECT_ROOT

DBT = PROJECT_ROOT / "dbt_project"
PAGE = DBT / "CHECKS.md"
INTRODUCTION = """# The checks of a round
Made from `models/checks/checks_<family>.yml` by `make docs`; each check is the CTE of its name in the `.sql` file
beside it, and is measured in a file of `checks/<family>/`. Its result is a row of `marts.round_quality`, its parts
(questions, size classes, counties) are rows of `marts.round_quality_detail`. block: no release. gate: needs a written
decision in the round's `decisions.csv`. warn and info: told. A check whose data the round lacks is not computable.

Limits named `monitor.<name>` stand in `dbt_project.yml`, limits named `limits.<name>` in `survey.yml`:

"""


def page() -> str:
    """The page as it should be."""
    settings = YAML(typ="safe").load(DBT / "dbt_project.yml")["vars"]
    limits = [f"| monitor.{name} | {value} |" for name, value in settings["monitor"].items()]
    table = "\n".join(["| limit | value |", "|---|---|", *limits])
    families = "\n".join(block for family in settings["families"] for block in _family(family))
    return f"{INTRODUCTION}{table}\n{families}"


def _family(family: str) -> Iterator[str]:
    yield f"\n## {family}"
    for check in definitions(family):
        yield (
            f"\n### `{check['id']}` ({check['severity']})\n{check['definition']}\n\n"
            f"Passes: {check['formula']}. Looks at `{check['asset']}`.\n\n"
            f"When it fails: {check['message_en']}."
        )


def definitions(family: str) -> list[dict[str, Any]]:
    """The checks of a family as its YAML file defines them."""
    content = YAML(typ="safe").load(DBT / "models" / "checks" / f"{FAMILY}{family}.yml")
    checks: list[dict[str, Any]] = content["models"][0]["config"]["meta"]["checks"]
    return checks


if __name__ == "__main__":
    PAGE.write_text(page() + "\n", encoding="utf-8")
