"""What people are told at the end of a refresh: checks that newly stand in the way of a release, sources that have
grown stale, and a run that failed. Values of answers and the texts of errors stay where they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from faults.errors import FaultList
from orchestration.alerts.delivery import Alert, deliver, read_alert_settings
from store import state

if TYPE_CHECKING:
    from expectations.results import CheckResult
    from orchestration.alerts.ended import Ended, Judged

ALL = "all"
GRAVE = ("block", "gate")
STALE = "stale_source"
LOG = "The log of the run: `kuntakysely serve`, Runs."


@dataclass(frozen=True)
class Failing:
    """A check that newly fails, and since when it has been failing."""

    check: CheckResult
    since: datetime

    def __str__(self) -> str:
        check = self.check
        return (
            f"{check.severity} check {check.check_id}: observed {check.observed}, expected {check.threshold}; "
            f"failing since {self.since:%Y-%m-%d %H:%M} UTC\n  {check.message_en}"
        )

    def content(self) -> dict[str, str]:
        named = ("check_id", "severity", "observed", "threshold", "message_en")
        return {name: getattr(self.check, name) for name in named} | {"since": self.since.isoformat()}


def send_alerts(session: Ended, say: Callable[[str], object]) -> None:
    """Tell those whom alerts.yml names what a refresh that has ended came to. What cannot be sent fails nothing: `say`
    gets a sentence of it."""
    faults = FaultList(session.paths.shown)
    settings = read_alert_settings(session.paths, faults)
    for fault in faults:
        say(f"No alert can be sent. {fault}")
    alerts = list(alerts_of(session)) if settings else []
    if settings and alerts:
        for sentence in deliver(settings, alerts, session.paths.shown(session.paths.alerts_file)):
            say(sentence)


def alerts_of(session: Ended) -> Iterator[Alert]:
    """An alert for each round with checks that newly fail, one for those of the whole warehouse, one for the run."""
    with state.opened(session.paths) as memory:
        before = state.outcomes_before(memory, session.refresh_id)
        since = state.first_seen(memory)
    by_round: dict[tuple[str, str], list[Failing]] = defaultdict(list)
    for check in newly_failing(session.judged, before) if session.judged else ():
        key = (check.survey_id, check.round_id, check.check_id)
        by_round[key[:2]].append(Failing(check, since[key]))
    for place, failing in sorted(by_round.items()):
        yield _alert_of_round(session, "/".join(place), failing)
    is_explained = any(each.check.severity in GRAVE for failing in by_round.values() for each in failing)
    if _has_run_failed(session, before, is_explained):
        yield _alert_of_run(session)


def newly_failing(judged: Judged, before: Mapping[state.CheckKey, state.EarlierOutcome]) -> list[CheckResult]:
    """Blocks and gates that fail, are not accepted, and were not so before; and sources that have grown stale."""
    found = []
    for check in judged.results:
        key = (check.survey_id, check.round_id, check.check_id)
        is_open = check.status == "fail" and judged.decided[key].decision == "open"
        if is_open and (check.severity in GRAVE or check.check_id == STALE) and _is_new(check, before.get(key)):
            found.append(check)
    return found


def _is_new(check: CheckResult, before: state.EarlierOutcome | None) -> bool:
    """Whether nobody was told: the check did not fail, showed another value, or its failure was accepted then."""
    if before is None or before.status != "fail" or before.observed != check.observed:
        return True
    return check.severity in GRAVE and before.refresh_outcome == "published"


def _has_run_failed(session: Ended, before: Mapping[state.CheckKey, state.EarlierOutcome], is_explained: bool) -> bool:
    """Whether the run itself is to be told of: it did not come to its checks, or its release is newly refused for what
    no check says."""
    outcome = session.ending.outcome
    if outcome == "failed" or (outcome == "refused" and session.judged is None):
        return True
    last = max(before.values(), key=lambda each: each.refresh_id, default=None)
    is_newly = last is None or last.refresh_outcome != "refused"
    return outcome == "refused" and is_newly and not is_explained


def _alert_of_round(session: Ended, place: str, failing: Sequence[Failing]) -> Alert:
    is_of_all = place.endswith(f"/{ALL}")
    shown = "the whole warehouse" if is_of_all else place
    where = "" if is_of_all else f" The round: `kuntakysely watch {place}`."
    checks = f"{len(failing)} check{'' if len(failing) == 1 else 's'} newly failing"
    lines = [*map(str, failing), f"Every check: `kuntakysely status`.{where} {LOG}"]
    return _alert(session, f"{checks} in {shown}", lines, round=place, checks=[each.content() for each in failing])


def _alert_of_run(session: Ended) -> Alert:
    return _alert(session, f"refresh {session.refresh_id} {session.ending.outcome}", [_what_went_wrong(session), LOG])


def _what_went_wrong(session: Ended) -> str:
    """The kind of error: its text can hold values. What the gate says does not."""
    if session.ending.is_input_wrong:
        return "The inputs cannot be read as they are: `kuntakysely validate` names every fault."
    if session.judged and session.judged.against:
        return "\n".join(map(str, session.judged.against))
    return f"Nothing was published: {session.ending.error or 'the run ended before its checks'}."


def _alert(session: Ended, subject: str, lines: Sequence[str], **content: object) -> Alert:
    outcome = session.ending.outcome
    first = f"Refresh {session.refresh_id} of {session.paths.root.as_posix()}: {outcome}."
    subject, text = f"kuntakysely: {subject}", "\n\n".join([first, *lines]) + "\n"
    named = {"subject": subject, "text": text, "refresh": session.refresh_id, "outcome": outcome}
    return Alert(datetime.now(UTC), subject, text, named | content)
