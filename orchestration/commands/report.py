"""What is published and how the checks stand, read from the release and the state: as a table or as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from faults.suggestions import listed
from faults.told import WrongUsage
from orchestration.commands.differences import describe_release
from orchestration.commands.quality import page_of_results
from orchestration.dagster.progress import STYLES, Terminal
from publish.gate.findings import findings_sql
from publish.gate.refusals import NEEDED, SEVERITIES
from store import audit, state
from store.days import local_day
from store.paths import DataPaths
from store.warehouse import WarehouseDamaged, WarehouseHeld, columns_of, opened

if TYPE_CHECKING:
    from ingest.proposals.writing import Draft


@dataclass(frozen=True)
class Status:
    """The current release with its rounds, the last result of every check with what is decided of it, how many findings
    each round has and which are gone since the checks ran before, what became of the latest refresh, and how each round
    of real answers is signed."""

    release: dict[str, Any] | None
    rounds: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    releases: list[dict[str, Any]]
    last_refresh: dict[str, Any] | None
    changed: str = ""
    findings: list[dict[str, Any]] = field(default_factory=list)
    gone: list[dict[str, Any]] = field(default_factory=list)
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
            changed = describe_release(connection)
    except duckdb.Error:
        raise WrongUsage(
            f"{paths.shown(paths.current)} cannot be read: the release is damaged. "
            "Publish anew: kuntakysely refresh. Or point at an earlier one: kuntakysely rollback."
        ) from None
    last_checks, gone = _last_checks(paths, now)
    checks = [{name: check.get(name) for name in SHOWN} for check in last_checks or published]
    return Status(release, rounds, checks, known, refresh, changed, _findings(checks), gone)


def _last_checks(paths: DataPaths, now: datetime) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The last result of every check, published or not, and the findings that are gone; none while another process is
    at work on the warehouse."""
    if not paths.warehouse_file.exists():
        return [], []
    with state.opened(paths) as memory:
        since, before = state.first_seen(memory), state.failed_before(memory)
    with suppress(WarehouseHeld, WarehouseDamaged), opened(paths.warehouse_file, read_only=True) as connection:
        if all(columns_of(connection, table) for table in NEEDED):
            found = _rows(connection, f"from ({findings_sql()}) order by all", {"today": local_day(now)})
            failing = {_key(check) for check in found if check["status"] == "fail"}
            noted = [
                check | {"first_seen": since.get(_key(check)), "is_new": _key(check) in failing - before}
                for check in found
            ]
            return noted, [dict(zip(KEY, key, strict=True)) for key in sorted(before - failing)]
    return [], []


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in KEY)


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
KEY = ("survey_id", "round_id", "check_id")
NEWS_SHOWN = 5  # findings; `status --all` names the rest
FIGURES = {"matched": "match", "known_wrong": "known wrong", "mismatched": "mismatch"}
FAILED = {"block": "failed", "gate": "failed", "warn": "warned", "info": "noted"}
CAME_TO = {
    "pass": "passed", "noted": "noted", "warned": "warned", "failed": "failed", "not_computable": "not computable"
}  # fmt: skip
SHOWN = (
    *KEY, "family", "tool", "asset", "severity", "status", "observed", "threshold",
    "n_failed", "first_seen", "is_new", "message_en", "decision", "decided_by", "decided_until", "decision_reason",
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


def describe_unsigned(paths: DataPaths, now: datetime) -> list[str]:
    """A sentence of each round that waits to be signed."""
    return [str(each["said"]) for each in read_sign_offs(paths, now) if each["is_to_be_signed"]]


def as_json(status: Status) -> str:
    """The whole status as JSON, times in UTC."""
    return json.dumps(asdict(status), ensure_ascii=False, indent=2, default=_utc)


def print_outcome(paths: DataPaths, console: Terminal) -> None:
    """How things stand at the end of a refresh, which is the last one and under way itself."""
    found = read_status(paths, datetime.now(UTC))
    print_status(replace(found, last_refresh=None), paths, console)


def print_status(status: Status, paths: DataPaths, console: Terminal, *, is_whole: bool = False) -> None:
    """Rounds, checks, findings and the release; unless it is whole only findings that are new or gone are named."""
    for fault in status.audit_faults:
        console.say(f"{fault} (kuntakysely audit --verify)\n", "red")
    for each in status.sign_offs:
        console.say(each["said"])
    if status.release is None:
        console.say(f"No release yet under {paths.shown(paths.published)}. Make one: kuntakysely refresh")
        return
    console.say("Rounds", "bold")
    for row in status.rounds:
        console.say(f"  {_said_of_round(row, status.findings)}")
    console.say(describe_checks(status.checks), "bold")
    _print_findings(status, console, is_whole=is_whole)
    if (last := status.last_refresh) and last["outcome"] != "published":
        style = None if last["outcome"] == "running" else "red"
        console.say(f"\nThe last refresh, begun {last['started_at']}: {last['outcome']}.", style)
    if earlier := ", ".join(str(each["number"]) for each in status.releases if not each["is_current"]):
        console.say(f"\nOther releases on disk: {earlier} (kuntakysely rollback NUMBER)")
    if status.changed:
        console.say(f"\n{status.changed} (kuntakysely diff)")
    made = status.release["created_at"]
    console.say(f"\nRelease {status.release['number']} of {made} UTC: {paths.shown(paths.current)}")
    with suppress(WrongUsage):  # a release of an earlier program has none
        console.say(f"Results: {page_of_results(paths, None, None).as_uri()}")


def describe_draft(draft: Draft, paths: DataPaths) -> str:
    """What a drafted folder has, and what is left to decide, line by line."""
    places: dict[tuple[str, str], list[str]] = {}
    for doubt in draft.doubts:
        places.setdefault((doubt.file, doubt.reason), []).append(doubt.place)
    doubts = [_said_of_doubts(file, reason, places[file, reason]) for file, reason in places]
    return "\n".join(
        [
            f"{paths.shown(draft.folder)}: {draft.holds}; to decide, each marked with ?:",
            *doubts,
            *draft.remarks,
            f"Then: kuntakysely validate {draft.key}",
        ]
    )


def _said_of_doubts(file: str, reason: str, places: Sequence[str]) -> str:
    """One reason, and where it holds: in a wide file there are many such places."""
    if len(places) == 1:
        return f"  {file}, {places[0]}: {reason}"
    return f"  {file}, {reason} ({len(places)}): {listed(places)}"


def print_audit(paths: DataPaths, console: Terminal) -> None:
    """The audit log, oldest line first."""
    entries = audit.read(paths)
    if not entries:
        console.say(f"Nothing has been done yet: there is no {paths.shown(paths.audit_file)}.")
        return
    for entry in entries:
        told = {name: value for name, value in entry.details.items() if value not in (None, [])}
        details = ", ".join(f"{name} {_shown(value)}" for name, value in told.items())
        console.say(f"{entry.at:%Y-%m-%d %H:%M:%S} UTC {entry.who}: {entry.action}: {details}")


def _shown(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def describe_audit(paths: DataPaths) -> tuple[bool, str]:
    """Whether the audit log is as it was written, and what is to be said of it."""
    faults, file = audit.faults(paths), paths.shown(paths.audit_file)
    said = [
        *map(str, faults),
        *(f"{file}, line {n}: its writing was cut off. The log goes on after it." for n in audit.cut_off(paths)),
        f"{len(audit.read(paths))} lines, {len(faults)} fault{'' if len(faults) == 1 else 's'} found.",
    ]
    return not faults, "\n".join(said)


def _said_of_round(row: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> str:
    figures = ", ".join(f"{row[f'figures_{name}']} {said}" for name, said in FIGURES.items() if row[f"figures_{name}"])
    own = [each for each in findings if _round(each) == _round(row)]
    return (
        f"{_round(row)}: {row['n_responses']} responses from {row['n_municipalities']} of {row['n_frame']} "
        f"municipalities; in the field {row['opens_on']} to {row['closes_on']}; "
        f"{f'printed figures: {figures}; ' if figures else ''}"
        f"findings: {sum(each['open'] for each in own)} open, {sum(each['accepted'] for each in own)} accepted."
        f"{' Demonstration: the answers are made up.' if row['is_synthetic'] else ''}"
    )


def describe_checks(checks: Sequence[Mapping[str, Any]]) -> str:
    """How many checks came to what; each is counted once."""
    found = Counter(FAILED[check["severity"]] if check["status"] == "fail" else check["status"] for check in checks)
    return f"Checks: {len(checks)} in all: {', '.join(f'{found[what]} {said}' for what, said in CAME_TO.items())}"


def _print_findings(status: Status, console: Terminal, *, is_whole: bool) -> None:
    """What is new or gone, gravest first: the first of it and how many more there are, or the whole with the rest."""
    found, n_accepted = _open(status.checks), sum(each["accepted"] for each in status.findings)
    new, old = ([check for check in found if bool(check["is_new"]) is wanted] for wanted in (True, False))
    counts = f"{len(found)} open, {n_accepted} accepted; {len(new)} new, {len(status.gone)} gone"
    console.say(f"Findings (noted, warned, failed): {counts}", "bold")
    lines: list[tuple[str, str | None]] = [
        (f"  new, {_said_of_finding(each)}", STYLES.get(each["severity"], "yellow")) for each in new
    ]
    lines += [(f"  gone: {_round(each)} {each['check_id']}", "green") for each in status.gone]
    n_news = len(lines)
    lines += [(f"  {_said_of_finding(check)}", STYLES.get(check["severity"])) for check in old]
    n_shown = len(lines) if is_whole else min(n_news, NEWS_SHOWN)
    for text, style in lines[:n_shown]:
        console.say(text, style)
    if more := len(lines) - n_shown:
        console.say(f"  {more} {'more' if n_shown < n_news else 'as before'}: kuntakysely status --all")


def _said_of_finding(check: Mapping[str, Any]) -> str:
    return (
        f"{check['severity']}: {_round(check)} {check['check_id']}: {check['message_en']} (found: {check['observed']})"
    )


def _round(row: Mapping[str, Any]) -> str:
    return f"{row['survey_id']}/{row['round_id']}"


def _style(check: Mapping[str, Any]) -> str | None:
    return "red" if FAILED[check["severity"]] == "failed" else None


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
