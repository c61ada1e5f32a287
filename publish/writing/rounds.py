"""The rounds of a release as pages need them: their languages, and the release in which their figures last changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import duckdb

from publish.writing.words import WRITTEN_IN
from store.warehouse import columns_of

SHOWN_IN = ZoneInfo("Europe/Helsinki")
ROUNDS = "select survey_id, round_id from marts.dim_round order by all"
LANGUAGES = """
    select thing_key, list(language order by language) from marts.label where thing = 'survey' group by all order by all
"""
CHANGES = "select survey_id, round_id, changed_in, changed_at, content_sha256 from marts.release_round"
# A release of an earlier program does not tell: its rounds are as they are since it was made.
UNKNOWN = "select survey_id, round_id, number, created_at, null from marts.dim_round, marts.release"

RoundKey = tuple[str, str]


def stem(round_key: str) -> str:
    """How the names of a round's files begin; `round_key` is survey/round, and no id holds a full stop."""
    return round_key.replace("/", ".")


@dataclass(frozen=True)
class LastChange:
    """The release in which the figures of a round last changed, its day in Finland, and a hash of the figures."""

    number: int
    day: date
    sha256: str | None


def round_keys(connection: duckdb.DuckDBPyConnection) -> Sequence[RoundKey]:
    """Survey and round of each round of the release that is open."""
    return connection.execute(ROUNDS).fetchall()


def languages_of(connection: duckdb.DuckDBPyConnection) -> Mapping[str, Sequence[str]]:
    """The languages of each survey of the release that is open; English where it has no labels."""
    found = connection.execute(LANGUAGES).fetchall() if "thing_key" in columns_of(connection, "marts.label") else []
    return {survey_id: [WRITTEN_IN] for survey_id, _ in round_keys(connection)} | dict(found)


def last_changes(connection: duckdb.DuckDBPyConnection) -> Mapping[RoundKey, LastChange]:
    """When each round of the release that is open last changed."""
    is_known = "changed_in" in columns_of(connection, "marts.release_round")
    rows = connection.execute(CHANGES if is_known else UNKNOWN).fetchall()
    return {(survey, round_): LastChange(number, _day(at), sha256) for survey, round_, number, at, sha256 in rows}


def _day(at: datetime) -> date:
    return at.replace(tzinfo=UTC).astimezone(SHOWN_IN).date()
