"""Signing a round off from the command line: what may be signed, what it changes, and what is decided knowingly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Column, Table

from faults.errors import FaultList, InputFaults
from faults.told import ExitCode, WrongUsage
from ingest.codebook.round import Round
from ingest.codebook.sign_offs import AnswersChanged, SignOff, check_files, sign_off_folders
from ingest.landing.inputs import Scope
from ingest.landing.load import examined
from ingest.landing.replacements import rounds_to_read
from ingest.landing.sign_offs import Changed, answer_files, differing_files, is_closed, sign
from ingest.readers.cells import Text, is_valid
from ingest.readers.personal_data import kinds_in
from orchestration.commands.refresh import chosen_rounds
from orchestration.commands.trial import add_signed, build, trial
from orchestration.dagster.progress import Terminal
from publish.disclosure.moved import Moved, MovedRow, compare
from store import audit, state
from store.builds import rounds_as_built, rounds_made_last
from store.lock import refresh_lock
from store.paths import DataPaths
from store.warehouse import WarehouseDamaged, opened


@dataclass(frozen=True)
class Decided:
    """What stands on the card of a sign-off: what changed, and why that was accepted where somebody had to."""

    changed: Changed | None = None
    accepted: str | None = None


def sign_off(paths: DataPaths, name: str, by: str | None, why: str, accept: str | None, console: Terminal) -> ExitCode:
    """Sign a round (survey/round) as it is delivered now. Raises RefreshRunning, WarehouseHeld and WrongUsage."""
    for option, text in (("--by", by), ("--why", why), ("--accept", accept)):
        _check_text(option, text)
    survey_id, _, round_id = name.partition("/")
    (key,) = chosen_rounds(paths, survey_id, [round_id])
    now = datetime.now(UTC)
    paths.prepare_private()
    with refresh_lock(paths, now):
        delivered = _delivered(paths, key, now)
        files, last = answer_files(delivered), _last_sign_off(paths, delivered)
        if last and not differing_files(delivered, last):
            console.say(f"{key} is as it was signed on {last.signed_on} by {last.card.signed_by}: nothing is new.")
            return ExitCode.DONE
        decided = _decided(paths, delivered, last, accept, console)
        if decided is None:
            return ExitCode.REFUSED
        made = _sign(paths, delivered, files, now, by or audit.current_user(), why, decided)
    unused = " Nothing was to be accepted: the reason is not kept." if accept and not decided.accepted else ""
    console.say(f"{key} is signed off: {paths.shown(made.folder)}.{unused} To publish it: kuntakysely refresh")
    return ExitCode.DONE


def _sign(
    paths: DataPaths, delivered: Round, files: Mapping[Path, str], now: datetime, by: str, why: str, decided: Decided
) -> SignOff:
    try:
        made = sign(delivered, files, now, by=by, why=why, accepted=decided.accepted, changed=decided.changed)
    except AnswersChanged:
        raise WrongUsage(f"{delivered.key} is not signed: its files changed meanwhile. Sign again.") from None
    audit.record(paths, "sign-off", of=delivered.key, by=by, accepted=bool(decided.accepted), outcome="signed")
    return made


def _check_text(option: str, text: str | None) -> None:
    if text is None:
        return
    if not text.strip() or not is_valid(Text, text):
        raise WrongUsage(f'{option} is "{text}". Write a text that does not begin with ?.')
    if kinds := [*kinds_in(text)]:
        raise WrongUsage(f"{option} looks as if it has personal data in it ({', '.join(kinds)}). Name a team, nobody.")


def _delivered(paths: DataPaths, key: str, now: datetime) -> Round:
    """The round as it is delivered now. Raises WrongUsage where it must not be signed."""
    faults = FaultList(paths.shown)
    survey_id, _ = key.split("/")
    found = examined(paths, Scope([survey_id], [key], as_delivered=True), faults)
    for round_ in found:
        if round_.settings.is_synthetic:
            raise WrongUsage(f"{key} is synthetic (is_synthetic: true in round.yml): its answers need no sign-off.")
        if not is_closed(round_, now):
            window = round_.settings.field_window
            raise WrongUsage(f"{key} is in the field until {window.closes_on}: it can be signed from the day after.")
    if len(faults):
        raise WrongUsage("\n".join([*map(str, faults), f"{key} is not signed: mend what is named above."]))
    return found[0]


def _last_sign_off(paths: DataPaths, delivered: Round) -> SignOff | None:
    """The last sign-off, where its files are as they were signed."""
    faults, folders = FaultList(paths.shown), sign_off_folders(delivered.folder)
    last = next((each for each in delivered.sign_offs if each.folder == folders[-1]), None)
    if last:
        check_files(last, faults)
    return None if len(faults) else last


def _decided(
    paths: DataPaths, delivered: Round, last: SignOff | None, accept: str | None, console: Terminal
) -> Decided | None:
    """What is signed knowingly; nothing where a reason is wanted and none is given. The first has nothing before it."""
    if not sign_off_folders(delivered.folder):
        return Decided()
    moved = _moved(paths, delivered, last, console)
    to_accept = _what_to_accept(paths, delivered, moved)
    if to_accept and not accept:
        console.say(f"{to_accept}\n{delivered.key} is not signed. Where it is right all the same: --accept REASON")
        return None
    changed = Changed(moved.n_responses, moved.n_municipalities, len(moved.rows)) if moved else None
    return Decided(changed, accept if to_accept else None)


def _moved(paths: DataPaths, delivered: Round, last: SignOff | None, console: Terminal) -> Moved | None:
    """What differs from the last sign-off, told; nothing without one, or where it cannot be built any more."""
    if last is None:
        return None
    key = delivered.key
    with trial(paths, key) as apart:
        console.say(f"Building {key} as it is delivered now, to compare it with what was signed on {last.signed_on}")
        after = build(apart, key).replace(apart.private / "delivered.duckdb")
        before = _as_signed(paths, key, apart, console)
        moved = compare(before, after, delivered.survey_id, delivered.round_id) if before else None
    if moved:
        _show(moved, console)
    return moved


def _as_signed(paths: DataPaths, key: str, apart: DataPaths, console: Terminal) -> Path | None:
    """A warehouse with the round as it was signed: the one at hand, which holds the answers of the rounds of its last
    build, or one that is built."""
    with suppress(WarehouseDamaged):
        if paths.warehouse_file.is_file() and not rounds_to_read(paths, [key]):
            with opened(paths.warehouse_file, read_only=True) as connection:
                if key in rounds_as_built(connection) & rounds_made_last(connection):
                    return paths.warehouse_file
    console.say(f"Building {key} as it was signed")
    add_signed(paths, key, apart)
    with suppress(InputFaults):
        return build(apart, key)
    return None


def _what_to_accept(paths: DataPaths, delivered: Round, moved: Moved | None) -> str:
    """Why somebody must decide whether this is published; nothing where nobody need."""
    if moved is None:
        return "What was signed last cannot be read any more, so that nobody can say what differs from it."
    rule = f"{moved.rule.min_responses} responses or {moved.rule.min_municipalities} municipalities"
    if moved.rows:
        return f"Rows that move by fewer than {rule}: {len(moved.rows)}. Whoever kept the earlier release can subtract."
    if moved.is_few and _is_published(paths, delivered):
        return f"Fewer than {rule} differ in all: whoever kept the earlier release can find out what they changed."
    return ""


def _is_published(paths: DataPaths, delivered: Round) -> bool:
    with state.opened(paths) as memory:
        return any(row[:2] == (delivered.survey_id, delivered.round_id) for row in state.published_rows(memory))


def _show(moved: Moved, console: Terminal) -> None:
    """What differs, and every row that moves by few."""
    n_responses, n_municipalities = moved.n_responses, moved.n_municipalities
    counts = f"{n_responses} (municipalities: {n_municipalities})"
    console.say(f"Responses that differ from what was signed last: {counts}.")
    if moved.rows:
        console.print(_table(moved.rows))


def _table(rows: Sequence[MovedRow]) -> Table:
    title = f"Rows that move by few ({len(rows)})"
    headings = ("question", "breakdown", "row", "responses", "municipalities")
    table = Table(*(Column(heading, overflow="fold") for heading in headings), title=title, title_justify="left")
    for row in rows:
        table.add_row(*map(str, row))
    return table
