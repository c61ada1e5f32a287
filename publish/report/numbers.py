"""Numbers as a page writes them: percentages are rounded half up, from integers wherever the release has them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

SHOWN_IN = ZoneInfo("Europe/Helsinki")
NONE = "–"


def pct(n: int, base_n: int) -> int:
    """n of base_n in per cent, half up."""
    return (200 * n + base_n) // (2 * base_n)


def said_pct(n: int, base_n: int) -> str:
    return f"{pct(n, base_n)} %" if base_n else NONE


def said_share(share: float | None) -> str:
    """A share of which the release has no counts, in per cent."""
    if share is None:
        return NONE
    return f"{(Decimal(str(share)) * 100).quantize(Decimal(1), ROUND_HALF_UP)} %"


def in_helsinki(at: datetime) -> datetime:
    """A UTC time without a zone, as times are shown."""
    return at.replace(tzinfo=UTC).astimezone(SHOWN_IN)


def said_time(at: datetime) -> str:
    return f"{in_helsinki(at):%Y-%m-%d %H:%M} (Helsinki)"


def said_days(first: date | None, last: date | None) -> str:
    return f"{first} to {last}" if first and last else NONE


def counted(n: int, noun: str, plural: str = "") -> str:
    """A number and its noun: 1 check, 2 checks."""
    return f"{n} {noun if n == 1 else plural or f'{noun}s'}"
