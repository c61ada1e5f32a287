"""The day that it is where decisions are looked at."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Europe/Helsinki")


def local_day(now: datetime) -> date:
    """The day in Finland."""
    return now.astimezone(HOME).date()
