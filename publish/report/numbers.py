"""Numbers of a page: percentages are rounded half up, from integers wherever the release has them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

NONE = "–"


def pct(n: int, base_n: int) -> int:
    """n of base_n in per cent, half up."""
    return (200 * n + base_n) // (2 * base_n)


def pct_of(share: float | None) -> int | None:
    """A share of which the release has no counts, in per cent."""
    return None if share is None else int((Decimal(str(share)) * 100).quantize(Decimal(1), ROUND_HALF_UP))
