"""Rounds as folders: which there are, what they hash to, which are in the field. Light on imports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from store.fingerprint import combined_sha256, source_folders, source_sha256
from store.paths import DataPaths

SURVEY_FILES = (
    "survey.yml", "questions.csv", "choices.csv", "published_figures.csv", "claims.csv", "comparability.csv",
    "plausibility.csv",
)  # fmt: skip
SIGNED_OFF = "signed_off"  # the folder in a round's folder that has what was signed of it


def survey_folders(paths: DataPaths) -> list[Path]:
    """The folder of each survey, in order of name."""
    return _visible_folders(paths.surveys)


def round_folders(survey_folder: Path) -> list[Path]:
    """The folder of each round of a survey, in order of name."""
    return _visible_folders(survey_folder / "rounds")


def round_keys(paths: DataPaths) -> list[str]:
    """survey/round of every round that has a folder, in order."""
    return [
        f"{survey_folder.name}/{round_folder.name}"
        for survey_folder in survey_folders(paths)
        for round_folder in round_folders(survey_folder)
    ]


def split_key(key: str) -> tuple[str, str]:
    """survey_id and round_id of a key."""
    survey_id, _, round_id = key.partition("/")
    return survey_id, round_id


def round_folder(paths: DataPaths, key: str) -> Path:
    """The folder of a round."""
    survey_id, round_id = split_key(key)
    return paths.surveys / survey_id / "rounds" / round_id


def round_sha256(paths: DataPaths, key: str) -> str:
    """One hash of a round's folder and its survey's codebook."""
    survey_folder = round_folder(paths, key).parent.parent
    codebook = [survey_folder / name for name in SURVEY_FILES if (survey_folder / name).is_file()]
    return combined_sha256(survey_folder, [*codebook, *files_of_round(paths, key)])


def made_of_input(paths: DataPaths, name: str) -> str:
    """What a round (survey/round) or a source (registry...) is made of, as the ledger of what was read knows it."""
    return source_sha256(paths, name) if name in source_folders(paths) else round_sha256(paths, name)


def files_of_round(paths: DataPaths, key: str) -> list[Path]:
    """Every file in a round's folder that is not hidden, and every file that was signed, in order of name."""
    folder = round_folder(paths, key)
    signed = (path for signed_off in _visible(folder / SIGNED_OFF) for path in _visible(signed_off))
    return [path for path in (*_visible(folder), *signed) if path.is_file()]


def open_rounds(paths: DataPaths, now: datetime) -> list[str]:
    """The rounds whose field window holds `now` (with a time zone) as a local day of the round.

    A round whose round.yml cannot be read is not open: the next refresh says what is wrong with it.
    """
    from faults.errors import FaultList
    from ingest.codebook.round import RoundSettings
    from ingest.readers.settings import read_settings

    def is_open(key: str) -> bool:
        read = read_settings(round_folder(paths, key) / "round.yml", RoundSettings, FaultList())
        if read is None:
            return False
        window, today = read[0].field_window, now.astimezone(ZoneInfo(read[0].timezone)).date()
        return window.opens_on <= today <= window.closes_on

    return [key for key in round_keys(paths) if is_open(key)]


def _visible_folders(folder: Path) -> list[Path]:
    return [path for path in _visible(folder) if path.is_dir() and not path.name.startswith("_")]


def _visible(folder: Path) -> Iterable[Path]:
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if not path.name.startswith((".", "~")))
