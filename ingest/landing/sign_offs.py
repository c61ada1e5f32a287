"""Signing a round off: its answers are kept as they are now, and what is read and published of it is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ingest.codebook.round import Round
from ingest.codebook.sign_offs import SignOff, SignOffCard, moment_text, write_sign_off


@dataclass(frozen=True)
class Changed:
    """What differs from the sign-off before: responses, their municipalities, and how many rows move by few."""

    n_responses: int
    n_municipalities: int
    n_rows: int


def sign(
    delivered: Round, now: datetime, *, by: str, why: str, accepted: str | None = None, changed: Changed | None = None
) -> SignOff:
    """Keep the answers of a round that was read as delivered. Without `changed` there is nothing to compare with."""
    card = SignOffCard(
        signed_at=moment_text(now),
        signed_by=by,
        why=why,
        accepted=accepted,
        n_responses_changed=changed.n_responses if changed else None,
        n_municipalities_changed=changed.n_municipalities if changed else None,
        n_rows_moved=changed.n_rows if changed else None,
        files={},
    )
    remarks = [file for file in (delivered.corrections_file, delivered.codings_file) if file.is_file()]
    return write_sign_off(delivered.folder, [*delivered.response_files, *remarks], local_day(delivered, now), card)


def local_day(round_: Round, now: datetime) -> date:
    """The day that it is where the round is carried out."""
    return now.astimezone(ZoneInfo(round_.settings.timezone)).date()
