"""What Dagster's pages say of a release: its rounds, printed figures that match, findings that came and went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from publish.releases.folder import page_files
from store.paths import DataPaths

SHOWN = 20  # findings in a line of Dagster's page; all are in the release
FINDINGS = """
    select check_id || case when round_id = 'all' then '' else ' of ' || survey_id || '/' || round_id end
    from marts.round_quality where status = 'fail' order by all
"""


@dataclass(frozen=True)
class ReleaseFacts:
    """What a release holds, or nothing of one that cannot be read."""

    rounds: Collection[str] = ()
    figures: Mapping[str, int] = field(default_factory=Counter)
    findings: Collection[str] = ()


def read_facts(paths: DataPaths) -> ReleaseFacts:
    """The current release."""
    with suppress(duckdb.Error), duckdb.connect(str(paths.current), read_only=True) as connection:
        rounds, statuses, findings = (
            [value for (value,) in connection.execute(sql).fetchall()]
            for sql in (
                "select round_key from marts.dim_round order by all",
                "select status from marts.publication_reconciliation",
                FINDINGS,
            )
        )
        return ReleaseFacts(rounds, Counter(statuses), findings)
    return ReleaseFacts()


def describe_release(now: ReleaseFacts, before: ReleaseFacts) -> dict[str, int | str]:
    """The facts of a release beside the one before it. Numbers are plotted over the releases."""
    return {
        "rounds": ", ".join(now.rounds),
        "figures matched": now.figures["match"],
        "figures known wrong": now.figures["known_discrepancy"],
        "figures mismatched": now.figures["mismatch"],
        "figures not computable": now.figures["not_computable"],
        "findings": len(now.findings),
        "findings new": _listed(set(now.findings) - set(before.findings)),
        "findings gone": _listed(set(before.findings) - set(now.findings)),
    }


def _listed(findings: Collection[str]) -> str:
    shown = sorted(findings)[:SHOWN]
    more = len(findings) - len(shown)
    return "; ".join(shown + ([f"and {more} more"] if more else [])) or "none"


def pages_of_release(paths: DataPaths) -> dict[str, Path]:
    """The index of the current release and the page of each round, in English or in the first language that there is,
    by what they are called."""
    with duckdb.connect(str(paths.current), read_only=True) as connection:
        found = [file for file in page_files(connection) if file.name.endswith(".html")]
    named: dict[str, Path] = {}
    for file in sorted(found, key=lambda file: not file.name.endswith(".en.html")):
        kind = "quality of" if file.name.startswith("quality-") else "results of"
        name = f"{kind} {'/'.join(file.tells_of)}" if file.tells_of else "results: index"
        named.setdefault(name, (paths.current_folder / file.place).absolute())
    return named
