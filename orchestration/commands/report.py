"""What is published and how the checks stand, read from the release and the state: as a table or as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from textwrap import fill
from typing import TYPE_CHECKING, Any

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from faults.suggestions import listed
from faults.told import WrongUsage
from orchestration.commands.differences import said_of_release
from publish.gate.findings import findings_sql
from publish.gate.refusals import NEEDED, SEVERITIES
from store import audit, state
from store.days import local_day
from store.paths import DataPaths
from store.warehouse import WarehouseDamaged, WarehouseHeld, columns_of, opened

if TYPE_CHECKING:
    from ingest.proposals.folder import Draft


@dataclass(frozen=True)
class Status:
    """The current release with its rounds, the last result of every check with what is decided of it, how many findings
    each round has, what became of the latest refresh, and how each round of real answers is signed."""

    release: dict[str, Any] | None
    rounds: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    releases: list[dict[str, Any]]
    last_refresh: dict[str, Any] | None
    changed: str = ""
    findings: list[dict[str, Any]] = field(default_factory=list)
    audit_faults: list[str] = field(default_factory=list)
    sign_offs: list[dict[str, Any]] = field(default_factory=list)


def read_status(paths: DataPaths, now: datetime) -> Status:
    """Everything that `status` shows, decisions as they hold now. Nothing is changed. Raises WrongUsage where there are
    no surveys."""
    if not paths.surveys.is_dir():
        raise WrongUsage(
            f"There is no folder {paths.surveys.as_posix()}. A data folder has the surveys in it: "
            "name it with --data, or in the variable KUNTAKYSELY_DATA."
        )
    if not paths.state_file.exists():
        return Status(None, [], [], [], None)
    with state.opened(paths) as memory:
        last = state.last_refresh(memory)
        made = state.releases(memory)
    current, on_disk = state.current_release(paths), state.release_files(paths.releases)
    known = [
        {"number": r.number, "created_at": _utc(r.created_at), "is_current": r.number == current, "file": r.file}
        for r in made
        if r.number in on_disk
    ]
    refresh = None if last is None else {
        "started_at": _utc(last.started_at), "ended_at": _utc(last.ended_at), "outcome": last.outcome,
        "release": last.release_number,
    }  # fmt: skip
    if not paths.current.exists():
        return Status(None, [], [], known, refresh)
    try:
        with duckdb.connect(str(paths.current), read_only=True) as connection:
            release = _rows(connection, "select * from marts.release")[0]
            rounds = _rows(connection, ROUNDS)
            published = _rows(connection, "from marts.round_quality order by survey_id, round_id, check_id")
            changed = said_of_release(connection)
    except duckdb.Error:
        raise WrongUsage(
            f"{paths.shown(paths.current)} cannot be read: the release is damaged. "
            "Publish anew: kuntakysely refresh. Or point at an earlier one: kuntakysely rollback."
        ) from None
    checks = [{name: check.get(name) for name in SHOWN} for check in _last_checks(paths, now) or published]
    return Status(release, rounds, checks, known, refresh, changed, _findings(checks))


def _last_checks(paths: DataPaths, now: datetime) -> list[dict[str, Any]]:
    """The last result of every check, published or not; none while another process is at work on the warehouse."""
    if not paths.warehouse_file.exists():
        return []
    with state.opened(paths) as memory:
        failing = state.first_seen(memory)
    with suppress(WarehouseHeld, WarehouseDamaged), opened(paths.warehouse_file, read_only=True) as connection:
        if all(columns_of(connection, table) for table in NEEDED):
            found = _rows(connection, f"from ({findings_sql()}) order by all", {"today": local_day(now)})
            keys = [(each["survey_id"], each["round_id"], each["check_id"]) for each in found]
            return [each | {"first_seen": failing.get(key)} for each, key in zip(found, keys, strict=True)]
    return []


ROUNDS = """
    select r.survey_id, r.round_id, r.is_synthetic, r.opens_on, r.closes_on,
        r.n_responses, r.n_municipalities, r.n_frame,
        count(*) filter (q.status = 'match') as figures_matched,
        count(*) filter (q.status = 'known_discrepancy') as figures_known_wrong,
        count(*) filter (q.status = 'mismatch') as figures_mismatched
    from marts.dim_round r
    left join marts.publication_reconciliation q on q.survey_id = r.survey_id and q.round_id = r.round_id
    group by all
    order by r.survey_id, r.opens_on, r.round_id
"""
WIDTH = 80
SHOWN = (
    "survey_id", "round_id", "check_id", "family", "tool", "asset", "severity", "status", "observed", "threshold",
    "n_failed", "first_seen", "message_en", "decision", "decided_by", "decided_until", "decision_reason",
)  # fmt: skip


def _findings(checks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """How many findings of each round and severity are open and accepted; a round without any is not there."""
    counted = Counter(
        (check["survey_id"], check["round_id"], check["severity"], check["decision"] or "open")
        for check in checks
        if check["status"] == "fail"
    )
    keys = sorted({key[:3] for key in counted}, key=lambda key: (*key[:2], SEVERITIES.index(key[2])))
    return [
        {
            "survey_id": key[0], "round_id": key[1], "severity": key[2],
            "open": counted[*key, "open"], "accepted": counted[*key, "accepted"],
        }
        for key in keys
    ]  # fmt: skip


def read_sign_offs(paths: DataPaths, now: datetime) -> list[dict[str, Any]]:
    """How each round of real answers is signed, with a sentence of it."""
    from ingest.landing.sign_offs import standings

    return [
        asdict(each) | {"is_to_be_signed": each.is_to_be_signed, "said": each.said} for each in standings(paths, now)
    ]


def said_of_unsigned(paths: DataPaths, now: datetime) -> list[str]:
    """A sentence of each round that waits to be signed."""
    return [str(each["said"]) for each in read_sign_offs(paths, now) if each["is_to_be_signed"]]


def as_json(status: Status) -> str:
    """The whole status as JSON, times in UTC."""
    return json.dumps(asdict(status), ensure_ascii=False, indent=2, default=_utc)


def print_outcome(paths: DataPaths, console: Console) -> None:
    """The short table at the end of a refresh, which is the last one and under way itself."""
    print_status(replace(read_status(paths, datetime.now(UTC)), last_refresh=None), paths, console)


def print_status(status: Status, paths: DataPaths, console: Console) -> None:
    """Rounds, checks by severity, findings by round, what is open, and the release."""
    for fault in status.audit_faults:
        console.print(f"{fault} (kuntakysely audit --verify)\n", highlight=False, markup=False, soft_wrap=True)
    for each in status.sign_offs:
        console.print(each["said"], highlight=False, markup=False, soft_wrap=True)
    if status.release is None:
        console.print(f"No release yet under {paths.shown(paths.published)}. Make one: kuntakysely refresh")
        return
    console.print(_round_table(status.rounds))
    console.print(_check_table(status.checks))
    if status.findings:
        console.print(_finding_table(status.findings))
    for check in _open(status.checks):
        place = f"{check['survey_id']}/{check['round_id']} {check['check_id']}, {check['n_failed']}"
        console.print(
            f"{check['severity']}: {check['message_en']} ({place})", highlight=False, markup=False, soft_wrap=True
        )
    if status.last_refresh and status.last_refresh["outcome"] != "published":
        last = status.last_refresh
        console.print(f"\nThe last refresh, begun {last['started_at']}: {last['outcome']}.", highlight=False)
    made = status.release["created_at"]
    earlier = ", ".join(str(each["number"]) for each in status.releases if not each["is_current"])
    if earlier:
        console.print(f"\nOther releases on disk: {earlier} (kuntakysely rollback NUMBER)", highlight=False)
    if status.changed:
        console.print(f"\n{status.changed} (kuntakysely diff)", highlight=False, soft_wrap=True)
    console.print(f"\nRelease {status.release['number']} of {made} UTC: {paths.shown(paths.current)}", highlight=False)


def said_of_draft(draft: Draft, paths: DataPaths) -> str:
    """What a drafted round has, and what is left to decide, line by line."""
    key = f"{draft.folder.parent.parent.name}/{draft.folder.name}"
    places: dict[tuple[str, str], list[str]] = {}
    for doubt in draft.doubts:
        places.setdefault((doubt.file, doubt.reason), []).append(doubt.place)
    doubts = [_said_of_doubts(file, reason, places[file, reason]) for file, reason in places]
    left_out = [f"Nothing was taken from {name}: it has faults, or places to decide." for name in draft.left_out]
    return "\n".join(
        [
            f"{paths.shown(draft.folder)}: {draft.n_columns} columns; to decide, each marked with ?:",
            *doubts,
            *left_out,
            f"Then: kuntakysely validate {key}",
        ]
    )


def _said_of_doubts(file: str, reason: str, places: Sequence[str]) -> str:
    """One reason, and where it holds: in a wide file there are many such places."""
    said = (
        f"{file}, {places[0]}: {reason}" if len(places) == 1 else f"{file}, {reason} ({len(places)}): {listed(places)}"
    )
    return fill(
        said, WIDTH, initial_indent="  ", subsequent_indent="      ", break_long_words=False, break_on_hyphens=False
    )


def print_audit(paths: DataPaths, console: Console) -> None:
    """The audit log as a table, oldest line first."""
    entries = audit.read(paths)
    if not entries:
        console.print(f"Nothing has been done yet: there is no {paths.shown(paths.audit_file)}.", highlight=False)
        return
    table = Table("at (UTC)", "who", "did", "what came of it", title="Audit log", title_justify="left")
    for entry in entries:
        told = {name: value for name, value in entry.details.items() if value not in (None, [])}
        details = ", ".join(f"{name} {_shown(value)}" for name, value in told.items())
        table.add_row(f"{entry.at:%Y-%m-%d %H:%M:%S}", *map(escape, (entry.who, entry.action, details)))
    console.print(table)


def _shown(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def said_of_audit(paths: DataPaths) -> tuple[bool, str]:
    """Whether the audit log is as it was written, and what is to be said of it."""
    faults, file = audit.faults(paths), paths.shown(paths.audit_file)
    said = [
        *map(str, faults),
        *(f"{file}, line {n}: its writing was cut off. The log goes on after it." for n in audit.cut_off(paths)),
        f"{len(audit.read(paths))} lines, {len(faults)} fault{'' if len(faults) == 1 else 's'} found.",
    ]
    return not faults, "\n".join(said)


def _round_table(rounds: Sequence[dict[str, Any]]) -> Table:
    id_ = Column("round", overflow="fold", min_width=16)  # in 80 columns the id is whole, on several lines
    headings = (id_, "in the field", "responses", "municipalities", "printed figures")
    table = Table(*headings, title="Rounds", title_justify="left")
    for row in rounds:
        marked = " (demonstration: answers are made up)" if row["is_synthetic"] else ""
        table.add_row(
            f"{row['survey_id']}/{row['round_id']}{marked}", f"{row['opens_on']} to {row['closes_on']}",
            str(row["n_responses"]),
            f"{row['n_municipalities']} of {row['n_frame']}",
            f"{row['figures_matched']} match, {row['figures_known_wrong']} known wrong, "
            f"{row['figures_mismatched']} mismatch",
        )  # fmt: skip
    return table


def _check_table(checks: Sequence[dict[str, Any]]) -> Table:
    table = Table("severity", "checks", "passed", "failed", title="Checks", title_justify="left")
    counted = Counter((check["severity"], check["status"]) for check in checks)
    for severity in SEVERITIES:
        total = sum(n for (found, _), n in counted.items() if found == severity)
        if total:
            failed = counted[severity, "fail"]
            table.add_row(severity, str(total), str(counted[severity, "pass"]), str(failed))
    return table


def _finding_table(findings: Sequence[dict[str, Any]]) -> Table:
    table = Table("round", "severity", "open", "accepted", title="Findings", title_justify="left")
    for row in findings:
        place = f"{row['survey_id']}/{row['round_id']}"
        table.add_row(place, row["severity"], str(row["open"]), str(row["accepted"]))
    return table


def _open(checks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    failed = [check for check in checks if check["status"] == "fail" and check["decision"] != "accepted"]
    return sorted(failed, key=lambda check: SEVERITIES.index(check["severity"]))


def _rows(
    connection: duckdb.DuckDBPyConnection, sql: str, values: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    found = connection.execute(sql, dict(values or {}))
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _utc(at: Any) -> Any:
    if isinstance(at, datetime):
        aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        return aware.isoformat(timespec="seconds")
    return at.isoformat() if hasattr(at, "isoformat") else at
