"""A copy of the current release for a file system that has no links, where publishing.yml names one.

It is copied beside the mirror under a hidden name and takes its place by two renames. Whatever stops it leaves the
release as it is; the next refresh or rollback copies again.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from faults.errors import Fault, FaultList
from faults.told import ExitCode, ToldError
from ingest.readers.cells import Text
from ingest.readers.settings import Settings, read_settings
from store.lock import publish_lock
from store.paths import DATABASE, DataPaths

PARTS = {DATABASE, "parquet", "csv", "report"}
RELEASE = Path("csv", "release.csv")


class PublishingSettings(Settings):
    """Where else the current release is put. May be left out."""

    mirror: Text
    """The folder that holds a copy of the current release, absolute or seen from the data folder."""


class MirrorBehind(ToldError):
    """The mirror does not hold the current release, which stands: something is left for a person to do."""

    exit_code = ExitCode.REFUSED


def publishing_faults(paths: DataPaths) -> tuple[Fault, ...]:
    """Every fault of publishing.yml, in the order of its lines."""
    return _read(paths)[1]


def follow(paths: DataPaths, now: datetime) -> None:
    """Let the mirror, if there is one, hold the current release. Raises MirrorBehind and RefreshRunning."""
    settings, faults = _read(paths)
    if faults:
        raise MirrorBehind("\n".join(map(str, faults)))
    if settings is None or not paths.current.exists():
        return
    mirror, current = (paths.root / settings.mirror).resolve(), paths.current_folder.resolve()
    try:
        with publish_lock(paths, now):
            _follow(mirror, current)
    except OSError as error:
        raise MirrorBehind(
            f"The mirror {mirror} could not be written: {error.strerror or error}. It does not hold release "
            f"{current.name.partition('_')[0]}, which stands in {paths.shown(paths.current_folder)}. Make it writable, "
            "close what reads it, and run `kuntakysely refresh` again."
        ) from None


def _follow(mirror: Path, current: Path) -> None:
    if not mirror.exists() or not _is_same(mirror / RELEASE, current / RELEASE):
        strange = sorted({path.name for path in mirror.iterdir()} - PARTS) if mirror.exists() else []
        if strange:
            raise MirrorBehind(
                f"The mirror {mirror} holds what is of no release ({strange[0]}), and is left as it is. Name a folder "
                "in publishing.yml that is empty or missing, and run `kuntakysely refresh` again."
            )
        _swap(mirror, current)


def _is_same(one: Path, other: Path) -> bool:
    return one.is_file() and one.read_bytes() == other.read_bytes()


def _swap(mirror: Path, current: Path) -> None:
    new, old = (mirror.with_name(f".{mirror.name}.{which}") for which in ("new", "old"))
    for left in (new, old):
        if left.exists():
            shutil.rmtree(left)
    new.mkdir()
    for path in sorted(current.rglob("*")):
        place = new / path.relative_to(current)
        place.mkdir() if path.is_dir() else shutil.copyfile(path, place)
    if mirror.exists():
        mirror.rename(old)
    new.rename(mirror)
    shutil.rmtree(old, ignore_errors=True)


def _read(paths: DataPaths) -> tuple[PublishingSettings | None, tuple[Fault, ...]]:
    faults = FaultList(paths.shown)
    read = read_settings(paths.publishing_file, PublishingSettings, faults) if paths.publishing_file.exists() else None
    return read[0] if read else None, tuple(faults)
