"""One refresh from its lock to its outcome, whoever started it: the command line, a schedule or the web interface."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from faults.errors import InputFaults
from faults.stopped import end_in_order, go_on_unless_stopped
from ingest.codebook.rounds import made_of_input, round_keys, split_key
from orchestration.alerts.ended import Ending, Judged
from orchestration.dagster.dbt import Dbt, ModelsNotBuilt
from orchestration.dagster.unchanged import release_if_unchanged, warehouse_signature
from publish.gate.refusals import PublishRefused
from store import audit, state
from store.days import local_day
from store.disk import disk_trouble
from store.fingerprint import made_of, source_folders
from store.lock import refresh_lock
from store.paths import PROJECT_ROOT, DataPaths

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from expectations.results import CheckResult
    from ingest.landing.load import LoadResult
    from orchestration.dagster.worklist import ToLookAt


REFUSALS = (PublishRefused, ModelsNotBuilt)
REFUSED = "refused"  # the kind of a line in the ledger: of what was looked at and not read


@dataclass
class Session:
    """What the steps of one refresh share."""

    paths: DataPaths
    refresh_id: int
    unchanged: state.ReleaseRecord | None
    begun_on: date
    ending: Ending = field(default_factory=Ending)
    asked: Sequence[str] | None = None
    read: set[str] = field(default_factory=set)
    worklist: Sequence[ToLookAt] = ()
    built: set[str] = field(default_factory=set)
    judged: Judged | None = None
    _judge: subprocess.Popen[str] | None = field(default=None, repr=False)
    _dbt: list[Dbt] = field(default_factory=list, repr=False)

    def note_release(self, number: int) -> None:
        """Readers have this release."""
        self.ending = self.ending.published(number)

    def note_error(self, error: BaseException, where: str = "", said: str = "") -> None:
        """A step, or the refresh, was ended by this error; `said` is what is told of one that nobody foresaw."""
        if of_disk := disk_trouble(error, self.paths):
            self.ending = self.ending.broken_off(of_disk)
        elif isinstance(error, InputFaults):
            self.ending = self.ending.rejected(str(error))
        elif isinstance(error, REFUSALS):
            self.ending = self.ending.held_back(str(error))
        else:
            self.ending = self.ending.failed(f"{type(error).__name__}{where}", said)

    def note_end(self) -> None:
        """Its runs are over: where no release came of them it has failed, though no error said so."""
        self.ending = self.ending.failed()

    def remember(self, results: Sequence[CheckResult], warehouse: DuckDBPyConnection) -> None:
        """Add the results of the checks to their history, which the state keeps and the warehouse shows."""
        from expectations.record import record_history

        outcomes = [
            state.CheckOutcome(r.survey_id, r.round_id, r.check_id, r.status, r.observed, r.n_failed) for r in results
        ]
        with state.opened(self.paths) as memory:
            state.record_checks(memory, self.refresh_id, datetime.now(UTC), outcomes)
            record_history(warehouse, memory, self.refresh_id)

    def note_load(self, name: str, result: LoadResult) -> None:
        """Write the source of that name, or the rounds that were read, into the ledger with the number of rows."""
        self.read |= {load.key for load in result.rounds}
        self._note("round", {load.key: load.n_rows for load in result.rounds if load.outcome != "removed"})
        if name in source_folders(self.paths):
            self.read.add(name)
            self._note("source", {name: result.n_rows})

    def note_refused(self, names: Collection[str]) -> None:
        """Write rounds and sources that were rejected into the ledger: the sensor leaves them until they change."""
        self._note(REFUSED, dict.fromkeys(names, 0))

    def _note(self, kind: str, n_rows: Mapping[str, int]) -> None:
        """A line each, by what it is made of now."""
        now, lines = datetime.now(UTC), []
        for name, n in n_rows.items():
            survey_id, round_id = split_key(name) if kind == "round" else (None, None)
            made = made_of_input(self.paths, name)
            lines.append(state.IngestedFile(now, name, made, kind, survey_id, round_id, n))
        with state.opened(self.paths) as memory:
            state.record_files(memory, lines)

    def start_dbt(self) -> Dbt:
        """Let dbt read the models in a process of its own, which the session looks after; the one that waits if any."""
        if not self._dbt or self._dbt[-1].is_used:
            self._dbt.append(Dbt(self.paths))
        return self._dbt[-1]

    def end_children(self) -> None:
        """End what was started and still runs: a run that breaks off between two steps ends nothing itself."""
        self.dismiss_judge()
        for dbt in self._dbt:
            dbt.end()

    def start_judge(self) -> None:
        """Let Great Expectations load in a process of its own while the build runs."""
        if self._judge is None:
            self._judge = subprocess.Popen(
                [sys.executable, "-m", "expectations", str(self.paths.warehouse_file), "--wait"],
                cwd=PROJECT_ROOT, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def judge(self) -> None:
        """Judge the warehouse as it stands now; the results are in its schema `checks`. Raises RuntimeError."""
        self.start_judge()
        assert self._judge is not None and self._judge.stdin is not None and self._judge.stdout is not None
        with suppress(BrokenPipeError):  # it has ended already: what it said tells why
            self._judge.stdin.write("go\n")
            self._judge.stdin.flush()
        said, code = self._judge.stdout.read(), self._judge.wait()
        self.dismiss_judge()
        if code != 0:
            raise RuntimeError(f"Great Expectations ended with code {code}:\n{said.strip()}")

    def dismiss_judge(self) -> None:
        """End a judge that is not needed any more, also in the middle of its work."""
        if self._judge is not None:
            self._judge.terminate()
            self._judge.communicate()
            self._judge = None


_current: list[Session] = []


@contextmanager
def refresh_session(paths: DataPaths, say: Callable[[str], object]) -> Iterator[Session]:
    """The session of this process: the one that runs already, or a new one that holds the lock until it ends.

    What readers have from before rounds were signed off is signed first. At its end alerts are sent; `say` gets a
    sentence of each such round, and of alerts that could not be sent. Raises RefreshRunning when another process
    refreshes.
    """
    if _current:
        yield _current[0]
        return
    paths.prepare_private()
    with refresh_lock(paths, datetime.now(UTC)):
        _sign_published(paths, say)
        session = _begin(paths)
        _current.append(session)
        try:
            yield session
        except Exception as error:
            go_on_unless_stopped()
            session.note_error(error)
            raise
        finally:
            end_in_order()
            _current.clear()
            session.end_children()
            try:
                _end_if_possible(session)
                _record(session, say)
            finally:
                _send_alerts(session, say)


def _sign_published(paths: DataPaths, say: Callable[[str], object]) -> None:
    from ingest.landing.sign_offs import sign_published

    for said in sign_published(paths, datetime.now(UTC)):
        say(said)


def _begin(paths: DataPaths) -> Session:
    now = datetime.now(UTC)
    made = made_of(paths)
    unchanged = release_if_unchanged(paths, made, now)
    with state.opened(paths) as memory:
        return Session(paths, state.begin_refresh(memory, now, made), unchanged, local_day(now))


def _end_if_possible(session: Session) -> None:
    """On a full disk the state goes on saying that the refresh runs, as after a kill: what is wrong is said already."""
    try:
        _end(session)
    except Exception as error:
        if not _is_said_already(session, error):
            raise


def _is_said_already(session: Session, error: Exception) -> bool:
    """Whether a disk that is full or broken, which has ended the refresh, goes on being so."""
    return session.ending.outcome != "published" and disk_trouble(error, session.paths) is not None


def _end(session: Session) -> None:
    from ingest.landing.inputs import drafts
    from ingest.landing.replacements import rounds_to_read

    # A run that read only some of the inputs cannot say of the others that they are unchanged, unless they were.
    def is_all_read() -> bool:
        unread = rounds_to_read(session.paths, round_keys(session.paths))
        is_source_read = session.read >= source_folders(session.paths).keys()
        return is_source_read and drafts(session.paths, unread).keys() == {*unread}

    ending = session.ending
    is_published = ending.outcome == "published"
    is_done = is_published and (session.unchanged or is_all_read())
    signature = warehouse_signature(session.paths, session.begun_on) if is_done else ""
    with state.opened(session.paths) as memory:
        state.end_refresh(
            memory, session.refresh_id, datetime.now(UTC), ending.outcome, ending.release_number, signature
        )


def _record(session: Session, say: Callable[[str], object]) -> None:
    """Into the audit log. What is published is published: a log that cannot be written is told, and fails nothing."""
    rounds = sorted(session.read - source_folders(session.paths).keys())
    ending = session.ending
    failed = {"error": ending.error} if ending.error else {}
    try:
        audit.record(
            session.paths, "refresh", outcome=ending.outcome, release=ending.release_number, rounds=rounds, **failed
        )
    except OSError as error:
        if _is_said_already(session, error):
            return
        say(f"{session.paths.shown(session.paths.audit_file)} could not be written: {error.strerror}.")


def _send_alerts(session: Session, say: Callable[[str], object]) -> None:
    if session.paths.alerts_file.exists():
        from orchestration.alerts.composing import send_alerts

        send_alerts(session, say)
