"""What SQL has no functions for: tests, their bounds and agreement, and what looks like personal data. Each engine that
runs the models gets them under their names; of a null all but nothing is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

from ingest.readers.personal_data import kinds_in

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LEAST_EXPECTED = 5  # Cochran: below it the chi-square distribution does not hold
N_RANDOM_TABLES = 19_999
SEED = 20230117  # fixed: the same two rounds give the same p-value on every build
DOUBT = 0.05
NOTHING_KNOWN = (-100.0, 100.0)  # points


def two_sided_t(t: float, df: int) -> float:
    """The p-value of a value of t."""
    from scipy.special import stdtr  # scipy.stats takes a second to load, which few rounds need

    return 2 * float(stdtr(df, -abs(t)))


@cache
def mcnemar(came: int, went: int) -> float:
    """Exact two-sided p-value of as many or more switching one way, when either way is as likely."""
    from scipy.special import bdtr

    return min(1.0, 2 * float(bdtr(min(came, went), came + went, 0.5)))


def rao_scott(n_rows: int, n_clusters: int, chi_square: float, expected: float) -> float | None:
    """The p-value of their test of first order: chi-square over what chance makes of it, by the F distribution."""
    from scipy.special import fdtrc

    if n_rows < 2 or not expected:
        return None
    return float(fdtrc(n_rows - 1, (n_rows - 1) * (n_clusters - 1), chi_square / expected))


def bounded(contrasts: Sequence[Sequence[Any]], place: int) -> tuple[float | None, float, float]:
    """Of contrasts (difference, se, df) the difference of that place from below, and its interval: of the least one
    where print speaks of each. It is above its lower bound where that many are above theirs, below its upper one where
    all the others are below theirs: so many intervals must hold at once (Bonferroni)."""
    from scipy.special import stdtrit

    if place > len(contrasts):
        return None, NOTHING_KNOWN[1], NOTHING_KNOWN[1]

    def bounds(sign: int, at_once: int) -> list[float]:
        def bound(difference: float | None, se: float | None, df: float) -> float:
            if difference is None or se is None:
                return NOTHING_KNOWN[sign > 0]
            return difference + sign * float(stdtrit(df, 1 - DOUBT / 2 / at_once)) * se

        return sorted(bound(*contrast) for contrast in contrasts)

    known = sorted(difference for difference, _, _ in contrasts if difference is not None)
    estimate = known[place - 1] if len(known) == len(contrasts) else None
    low, high = bounds(-1, place)[place - 1], bounds(1, len(contrasts) - place + 1)[place - 1]
    return estimate, max(low, NOTHING_KNOWN[0]), min(high, NOTHING_KNOWN[1])


def share_test(counts: Sequence[Sequence[int]]) -> tuple[float, float]:
    """Of options (n and base of a round, and of an earlier one) the smallest two-sided p-value of their two-proportion
    z-tests, Holm-corrected, and the largest change in points."""
    import numpy as np
    from scipy.special import ndtr

    n, base, earlier_n, earlier_base = np.asarray(counts, dtype=float).T
    pooled = (n + earlier_n) / (base + earlier_base)
    error = np.sqrt(pooled * (1 - pooled) * (1 / base + 1 / earlier_base))
    change = np.abs(n / base - earlier_n / earlier_base)
    z = np.divide(change, error, out=np.zeros_like(change), where=error > 0)
    return min(1.0, len(z) * float(2 * ndtr(-z.max()))), 100 * float(change.max())


def distribution_test(counts: Sequence[Sequence[int]]) -> tuple[str | None, float | None]:
    """Name and p-value of the test that two rounds have one distribution: chi-square where every expected count allows
    it, else Fisher's, whose tables of more than two options (Freeman-Halton) are drawn at random."""
    import numpy as np
    from scipy.special import chdtrc

    table = np.asarray(counts)[:, [0, 2]]
    table = table[table.sum(axis=1) > 0]
    if len(table) < 2:
        return None, None
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    if expected.min() >= LEAST_EXPECTED:
        return "chi-square", float(chdtrc(len(table) - 1, ((table - expected) ** 2 / expected).sum()))
    from scipy.stats import MonteCarloMethod, fisher_exact

    if len(table) == 2:
        return "exact", float(fisher_exact(table).pvalue)
    drawn = MonteCarloMethod(n_resamples=N_RANDOM_TABLES, rng=np.random.default_rng(SEED))
    return "exact", float(fisher_exact(table, method=drawn).pvalue)


def krippendorff_alpha(pairs: Sequence[Sequence[int]]) -> float | None:
    """How far two coders say the same of texts; none where all say the same of each, for then it is 0 / 0."""
    if len({said for pair in pairs for said in pair}) < 2:
        return None
    from nltk.metrics.agreement import AnnotationTask

    said = [(coder, text, each) for text, pair in enumerate(pairs) for coder, each in enumerate(pair)]
    return float(AnnotationTask(said).alpha())


def kinds_of_personal_data(text: str, allowed_contacts: str) -> list[str]:
    """The kinds that a text holds beside the contacts that a survey allows, a JSON list."""
    return list(kinds_in(text, json.loads(allowed_contacts)))


@dataclass(frozen=True)
class Function:
    """A function and its types as DuckDB writes them; one of several results gives a struct of them."""

    run: Callable[..., Any]
    takes: tuple[str, ...]
    gives: str | dict[str, str]

    @property
    def name(self) -> str:
        return self.run.__name__

    def as_asked(self) -> Callable[..., Any]:
        """As both engines call it: of a null nothing is known, and several results have names."""

        @wraps(self.run)
        def asked(*values: Any) -> Any:
            if any(value is None for value in values):
                return None
            found = self.run(*values)
            return dict(zip(self.gives, found, strict=True)) if isinstance(self.gives, dict) else found

        return asked


COUNTS = "bigint[][]"
FUNCTIONS = (
    Function(two_sided_t, ("double", "bigint"), "double"),
    Function(mcnemar, ("bigint", "bigint"), "double"),
    Function(rao_scott, ("bigint", "bigint", "double", "double"), "double"),
    Function(bounded, ("double[][]", "bigint"), dict.fromkeys(("estimate", "low", "high"), "double")),
    Function(share_test, (COUNTS,), dict.fromkeys(("p", "largest_change"), "double")),
    Function(distribution_test, (COUNTS,), {"test": "string", "p": "double"}),
    Function(krippendorff_alpha, (COUNTS,), "double"),
    Function(kinds_of_personal_data, ("string", "string"), "string[]"),
)


def teach_duckdb(connection: DuckDBPyConnection) -> None:
    """Give a connection, and those made of it, the functions."""
    from duckdb.func import SPECIAL  # a null comes to the function as any other value

    for each in FUNCTIONS:
        gives = each.gives if isinstance(each.gives, str) else _struct(each.gives)
        connection.create_function(each.name, each.as_asked(), [*each.takes], gives, null_handling=SPECIAL)


def _struct(fields: dict[str, str]) -> str:
    return f"struct({', '.join(f'{name} {type_}' for name, type_ in fields.items())})"
