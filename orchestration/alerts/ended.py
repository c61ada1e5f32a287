"""What alerts know of a refresh that has ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from store import state
from store.paths import DataPaths

if TYPE_CHECKING:
    from expectations.results import CheckResult
    from publish.gate.findings import Decided
    from publish.gate.refusals import Refusal


@dataclass(frozen=True)
class Judged:
    """The result of every check, what is decided of it, all that is against a release where a check is, and the rounds
    (survey/round) that the results are of: those built just now, and those that the raw tables hold as they were built.
    """

    results: Sequence[CheckResult]
    decided: Mapping[state.CheckKey, Decided]
    against: Sequence[Refusal]
    built: Collection[str]
    as_built: Collection[str]


@dataclass(frozen=True)
class Ending:
    """What has come of a refresh so far: what a person is told of it, and the kind of the error that ended it. Each
    method gives what it is after one thing more."""

    outcome: state.Outcome = "unpublished"
    release_number: int | None = None
    said: str = ""
    error: str = ""
    is_input_wrong: bool = False

    def published(self, number: int) -> Ending:
        """Readers have this release."""
        return replace(self, outcome="published", release_number=number)

    def held_back(self, reasons: str) -> Ending:
        """Nothing will be published, and why."""
        return replace(self, outcome="refused", said=reasons)

    def rejected(self, faults: str) -> Ending:
        """An input cannot be read as it is, and what to do about it. Another may have been rejected before."""
        said = dict.fromkeys([*self.said.splitlines(), *faults.splitlines()])
        return replace(self, outcome="failed", is_input_wrong=True, said="\n".join(said))

    def broken_off(self, said: str) -> Ending:
        """A disk is full or broken: that is what is told, whatever else came of it."""
        return replace(self, outcome="failed", said=said, error=said.removesuffix("."))

    def failed(self, error: str = "", said: str = "") -> Ending:
        """Something broke: its kind, and where. The first such error is what the others come of."""
        outcome = "failed" if self.outcome == "unpublished" else self.outcome
        return replace(self, outcome=outcome, error=self.error or error, said=self.said or said)


class Ended(Protocol):
    """A refresh, as its session leaves it."""

    paths: DataPaths
    refresh_id: int
    ending: Ending
    judged: Judged | None
