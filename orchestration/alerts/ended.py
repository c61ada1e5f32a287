"""What alerts know of a refresh that has ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
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


class Ended(Protocol):
    """A refresh, as its session leaves it."""

    paths: DataPaths
    refresh_id: int
    outcome: state.Outcome
    is_input_wrong: bool
    error: str
    judged: Judged | None
