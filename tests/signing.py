"""Signing a round off without comparing, as tests of what comes afterwards need it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from faults.errors import FaultList
from ingest.codebook.round import Round, read_round
from ingest.codebook.rounds import round_folder, split_key
from ingest.codebook.sign_offs import SignOff
from ingest.landing import sign_offs
from store.paths import DataPaths

SIGNED_AT = datetime(2026, 11, 28, 10, tzinfo=UTC)


def delivered(paths: DataPaths, key: str) -> Round:
    """A round (survey/round) as its answers were delivered."""
    faults = FaultList(paths.shown)
    round_ = read_round(split_key(key)[0], round_folder(paths, key), faults, as_delivered=True)
    faults.raise_if_any()
    assert round_ is not None
    return round_


def sign(paths: DataPaths, key: str, accepted: str | None = None) -> SignOff:
    """Sign a round (survey/round) as it lies there, a minute after it was signed before."""
    round_ = delivered(paths, key)
    now = SIGNED_AT + timedelta(minutes=len(round_.sign_offs))
    files = sign_offs.answer_files(round_)
    return sign_offs.sign(round_, files, now, by="The tests", why="For a test", accepted=accepted)
