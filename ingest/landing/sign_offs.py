"""Signing a round off: its answers are kept as they are now, and what is read and published of it is made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from faults.errors import FaultList
from ingest.codebook.round import Round, RoundSettings, read_round, with_answers
from ingest.codebook.rounds import round_folder, round_keys, split_key
from ingest.codebook.sign_offs import (
    REMARKS,
    SignOff,
    SignOffCard,
    moment_text,
    remove_unfinished,
    sign_off_folders,
    write_sign_off,
)
from ingest.landing import privacy
from ingest.landing.responses import read_responses
from ingest.readers.settings import read_settings
from store import audit
from store.fingerprint import file_sha256
from store.paths import DataPaths

THE_PROGRAM = "kuntakysely"
BEFORE_SIGN_OFFS = 1  # schema_version of releases from before rounds were signed off
_PUBLISHED = f"""
select distinct answers.survey_id || '/' || answers.round_id as key, release.number
from marts.answer_distribution as answers cross join marts.release as release
where not answers.is_synthetic and release.schema_version = {BEFORE_SIGN_OFFS}
order by all
"""


@dataclass(frozen=True)
class Changed:
    """What differs from the sign-off before: responses, their municipalities, and how many rows move by few."""

    n_responses: int
    n_municipalities: int
    n_rows: int


@dataclass(frozen=True)
class Standing:
    """What is signed of a round of real answers, and what of the files that are delivered now is not. `differing` are
    the names of files; the numbers are of rows, null where the delivered files cannot be read."""

    survey_id: str
    round_id: str
    closes_on: date
    is_closed: bool
    signed_on: str | None = None
    signed_by: str | None = None
    differing: tuple[str, ...] = ()
    n_new: int | None = 0
    n_changed: int | None = 0
    n_gone: int | None = 0

    @property
    def key(self) -> str:
        return f"{self.survey_id}/{self.round_id}"

    @property
    def is_to_be_signed(self) -> bool:
        return self.is_closed and (self.signed_on is None or bool(self.differing))

    @property
    def said(self) -> str:
        """All of it as a sentence."""
        what_to_do = f"Sign it: kuntakysely sign-off {self.key}"
        if self.signed_on is None:
            after = what_to_do if self.is_closed else f"The field closes on {self.closes_on}."
            return f"{self.key} is not signed yet. {after}"
        signed = f"{self.key} is signed as of {self.signed_on} by {self.signed_by}"
        if not self.differing:
            return f"{signed}."
        files = f"what is delivered now differs in {', '.join(self.differing)}"
        if self.n_new is None:
            return f"{signed}; {files} and cannot be read: kuntakysely validate {self.key}"
        rows = f"rows: {self.n_new} new, {self.n_changed} changed, {self.n_gone} gone"
        return f"{signed}; {files} ({rows}). {what_to_do}"


def sign(
    delivered: Round,
    files: Mapping[Path, str],
    now: datetime,
    *,
    by: str,
    why: str,
    accepted: str | None = None,
    changed: Changed | None = None,
) -> SignOff:
    """Keep the answer files of a round that was read as delivered. Without `changed` there is nothing to compare with.

    Raises AnswersChanged when a file is not any more what it was.
    """
    card = SignOffCard(
        signed_at=moment_text(now),
        signed_by=by,
        why=why,
        accepted=accepted,
        n_responses_changed=changed.n_responses if changed else None,
        n_municipalities_changed=changed.n_municipalities if changed else None,
        n_rows_moved=changed.n_rows if changed else None,
        weights=delivered.settings.weights.file if delivered.settings.weights else None,
        files={},
    )
    return write_sign_off(delivered.folder, files, local_day(delivered.settings, now), card)


def answer_files(round_: Round) -> dict[Path, str]:
    """Response files in their order, what people wrote about them, and weights, those that there are, each with its
    hash."""
    remarks = (*(round_.corrections_file.with_name(name) for name in REMARKS), round_.weights_file)
    return {path: file_sha256(path) for path in (*round_.response_files, *remarks) if path and path.is_file()}


def local_day(settings: RoundSettings, now: datetime) -> date:
    """The day that it is where the round is carried out."""
    return now.astimezone(ZoneInfo(settings.timezone)).date()


def sign_published(paths: DataPaths, now: datetime) -> list[str]:
    """Sign the rounds whose real answers readers have from before rounds were signed off, as their files stand; a
    sentence of each. A round that cannot be read is left to the refresh, which says why. What a sign-off that was cut
    off has left goes first."""
    for key in round_keys(paths):
        remove_unfinished(round_folder(paths, key))
    return [f"{key} is signed off as it stands: {why}." for key, why in _signed_as_published(paths, now)]


def _signed_as_published(paths: DataPaths, now: datetime) -> Iterator[tuple[str, str]]:
    for key, number in _published_before(paths):
        faults = FaultList()
        round_ = read_round(split_key(key)[0], round_folder(paths, key), faults)
        if round_ and not round_.settings.is_synthetic and not sign_off_folders(round_.folder):
            read_responses(round_, faults)
            if not len(faults):
                why = f"published in release {number} before rounds were signed off"
                sign(round_, answer_files(round_), now, by=THE_PROGRAM, why=why)
                audit.record(paths, "sign-off", of=key, by=THE_PROGRAM, outcome="signed")
                yield key, why


def _published_before(paths: DataPaths) -> list[tuple[str, int]]:
    if not paths.current.exists():
        return []
    try:
        with duckdb.connect(str(paths.current.resolve()), read_only=True) as release:
            found = release.execute(_PUBLISHED).fetchall()
    except duckdb.Error:
        return []
    return [(key, number) for key, number in found if key in round_keys(paths)]


def standings(paths: DataPaths, now: datetime) -> list[Standing]:
    """How each round of real answers stands; a round that cannot be read is left to `validate`."""
    found = [_standing(paths, key, now) for key in round_keys(paths)]
    return [each for each in found if each is not None]


def _standing(paths: DataPaths, key: str, now: datetime) -> Standing | None:
    faults, (survey_id, round_id), folder = FaultList(), split_key(key), round_folder(paths, key)
    settings = read_settings(folder / "round.yml", RoundSettings, faults)
    is_real = settings is not None and not settings[0].is_synthetic
    round_ = read_round(survey_id, folder, faults) if is_real else None
    if round_ is None or len(faults):
        return None
    standing = Standing(survey_id, round_id, round_.settings.field_window.closes_on, is_closed(round_, now))
    return replace(standing, **_signed(paths, round_, round_.signed)) if round_.signed else standing


def is_closed(round_: Round, now: datetime) -> bool:
    """Whether the last day of the field is over."""
    return round_.settings.field_window.closes_on < local_day(round_.settings, now)


def _signed(paths: DataPaths, round_: Round, signed: SignOff) -> dict[str, Any]:
    differing = differing_files(replace(round_, signed=None), signed)
    rows = _rows_apart(paths, round_, signed) if differing else {}
    return {"signed_on": signed.signed_on, "signed_by": signed.card.signed_by, "differing": differing, **rows}


def differing_files(delivered: Round, signed: SignOff) -> tuple[str, ...]:
    """The names of the files that are not as on the card, or on one side only."""
    now = {path.name: sha256 for path, sha256 in answer_files(delivered).items()}
    names = dict.fromkeys([*now, *signed.card.files])
    return tuple(name for name in names if now.get(name) != signed.card.files.get(name))


def _rows_apart(paths: DataPaths, round_: Round, signed: SignOff) -> dict[str, int | None]:
    """How many rows are new, changed and gone, by response id; rows without ids are new or gone as a whole."""
    faults = FaultList()
    versions = [with_answers(round_, each, faults) for each in (signed, None)]
    old, new = (_contents(paths, each, faults) if each else Counter() for each in versions)
    if len(faults):
        return dict.fromkeys(("n_new", "n_changed", "n_gone"))
    come, gone = new - old, old - new
    changed = {id_ for id_, _ in come if id_} & {id_ for id_, _ in gone if id_}
    n_new, n_gone = (sum(n for (id_, _), n in rows.items() if id_ not in changed) for rows in (come, gone))
    return {"n_new": n_new, "n_changed": len(changed), "n_gone": n_gone}


def _contents(paths: DataPaths, round_: Round, faults: FaultList) -> Counter[tuple[str, bytes]]:
    """The id and the content of each row, but of those who were erased."""
    kept = privacy.of_survey(paths, round_.survey_id)
    files = [kept.kept(round_, file) for file in read_responses(round_, faults)]
    return Counter(
        (token or "", content)
        for file in files
        for token, content, status in zip(
            kept.response_tokens(round_, file), file.contents.tolist(), file.statuses, strict=True
        )
        if status != "erased"
    )
