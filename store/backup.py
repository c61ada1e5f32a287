"""Backup and restore of what cannot be made again: the inputs and the state.

The warehouse is built from the inputs, and releases from the warehouse: neither is in a backup. A backup has answers
and keys in it and is for its owner only. It holds the hash of every file; restore compares before anything is in place.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from faults.told import ToldError
from store import audit, state
from store.durable import sync
from store.fingerprint import sha256_of
from store.lock import publish_lock, refresh_lock
from store.paths import DataPaths

FORMAT = 1  # of the manifest; another one is refused
MANIFEST = "manifest.json"
SUFFIX = ".tar.gz"
STATE = "state"
PARTS = ("surveys", "registry", "systems", "practices", "alerts.yml", "publishing.yml", STATE)
SQLITE = b"SQLite format 3\0"
BESIDE_A_DATABASE = ("-wal", "-shm", "-journal")  # SQLite's own; what they hold is in the copy
OF_THIS_RUN = ".lock"
MAX_FILES = 200_000  # what holds more is no backup, and would fill the disk
MAX_BYTES = 100 * 2**30
BLOCK = 2**20  # bytes that are held in memory


class BackupRefused(ToldError):
    """It cannot be backed up, or restored, as it was asked; nothing was changed."""


@dataclass(frozen=True)
class Backup:
    """A backup that lies whole in its file. last_release is 0 when none was made yet."""

    file: Path
    made_at: datetime
    n_files: int
    last_release: int


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself, and the hash of each file in it."""

    made_at: datetime
    state_version: int
    last_release: int
    files: Mapping[str, str]


class _Hashed:
    """A file that is read once, and the hash of what was read."""

    def __init__(self, handle: IO[bytes]) -> None:
        self._handle = handle
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._handle.read(size)
        self._hash.update(block)
        return block

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def backup(paths: DataPaths, to: Path, now: datetime) -> Backup:
    """Back up inputs and state into the file `to`, or into a file named by the time in the folder `to`.

    Raises BackupRefused, and RefreshRunning while a refresh, publish or rollback runs.
    """
    file = to / f"kuntakysely_{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{SUFFIX}" if to.is_dir() else to
    _check_place(paths, file)
    with refresh_lock(paths, now), publish_lock(paths, now), _told(file):
        prefix = f".kuntakysely_backup_{sha256_of(bytes(paths.root))[:8]}_"
        for left in file.parent.glob(f"{prefix}*"):  # of a backup of this folder that was killed: we hold its locks
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix=prefix, dir=file.parent) as folder:
            building = Path(folder) / "building"
            made = Backup(file, now, *_write(paths, building, now))
            building.replace(file)
        sync(file.parent)
        audit.record(paths, "backup", file=file.name, files=made.n_files, release=made.last_release, outcome="done")
    return made


def restore(paths: DataPaths, file: Path, now: datetime, last_release: int | None = None) -> Backup:
    """Put inputs and state of a backup into a data folder that is empty or missing. Releases go on after the last one
    that the backup knows, or after `last_release` where readers have seen a later one.

    Raises BackupRefused; then the folder is as it was.
    """
    _check_empty(paths, file)
    with _told(file):
        with tempfile.TemporaryDirectory(prefix=".kuntakysely_restore_", dir=paths.root.parent) as folder:
            beside = DataPaths(Path(folder) / "data")
            manifest = _unpack(file, beside.root)
            beside.state.chmod(0o700)
            released = max(manifest.last_release, last_release or 0)
            if released > manifest.last_release:
                _remember_release(beside, released, now)
            audit.record(
                beside,
                "restore",
                file=file.name,
                made_at=manifest.made_at.isoformat(),
                release=released,
                outcome="done",
            )
            for made in (path for path in beside.root.rglob("*") if path.is_dir()):
                sync(made)
            beside.root.replace(paths.root)
        sync(paths.root.parent)
    return Backup(file, manifest.made_at, len(manifest.files), released)


def _check_place(paths: DataPaths, file: Path) -> None:
    if file.exists() or file.is_symlink():
        raise BackupRefused(f"{file} is there already. Give the backup a name of its own.")
    if not file.name.endswith(SUFFIX) or not file.parent.is_dir():
        raise BackupRefused(f"{file} cannot be a backup. Name a folder, or a file in a folder that ends with {SUFFIX}.")
    inside = [part for part in PARTS if file.resolve().is_relative_to(paths.root / part)]
    if inside:
        raise BackupRefused(f"{file} would be a part of itself: name a place outside {paths.shown(paths.root)}.")
    if not any((paths.root / part).exists() for part in PARTS):
        raise BackupRefused(f"{paths.root} has nothing to back up: no {', no '.join(PARTS)}.")


def _check_empty(paths: DataPaths, file: Path) -> None:
    if not file.is_file():
        raise BackupRefused(f"There is no backup {file}.")
    if not paths.root.parent.is_dir():
        raise BackupRefused(f"There is no folder {paths.root.parent} to restore into: make it first.")
    if paths.root.exists() and (not paths.root.is_dir() or any(paths.root.iterdir())):
        raise BackupRefused(
            f"{paths.root} is not empty. A backup is restored into a new folder: name one with --data, "
            "or move this one away."
        )


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Errors of disk and archive as sentences. What was begun lies in a temporary folder, which is gone by then."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise BackupRefused(f"{file.name} is no whole backup: {str(error).rstrip('.') or 'it ends early'}.") from None
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        raise BackupRefused(
            f"{file.name}: {error.strerror or error}{place}. Nothing was changed: mend that, or name another place."
        ) from None


def _write(paths: DataPaths, building: Path, now: datetime) -> tuple[int, int]:
    """Write the archive and force it to the disk; how many files it holds, and the last release it knows."""
    last_release = 0
    if paths.state_file.exists():
        with state.opened(paths) as memory:
            last_release = state.last_release_number(memory)
    descriptor = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        with tarfile.open(fileobj=handle, mode="w:gz", compresslevel=6, format=tarfile.PAX_FORMAT) as archive:
            files = {name: _add(archive, path, name, building) for name, path in _files(paths)}
            manifest = Manifest(now, state.STATE_VERSION, last_release, files)
            _add_manifest(archive, manifest, building.with_name(MANIFEST))
        handle.flush()
        os.fsync(handle.fileno())
    return len(files), last_release


def _files(paths: DataPaths) -> Iterator[tuple[str, Path]]:
    """Every file of the inputs and the state, by its name in the archive. Raises BackupRefused for what is no file."""
    for part in PARTS:
        top = paths.root / part
        for path in [top, *sorted(top.rglob("*"))] if top.exists() else []:
            if path.is_dir() and not path.is_symlink():
                continue
            if path.is_symlink() or not path.is_file():
                raise BackupRefused(
                    f"{paths.shown(path)} is a link or a device: a backup holds files only. Put the file in its place."
                )
            if not (part == STATE and path.name.endswith((*BESIDE_A_DATABASE, OF_THIS_RUN))):
                yield path.relative_to(paths.root).as_posix(), path


def _add(archive: tarfile.TarFile, path: Path, name: str, building: Path) -> str:
    """Add a file as it is, a database as SQLite copies it while others write; the hash of what was added."""
    if not (name.startswith(f"{STATE}/") and _is_database(path)):
        return _add_file(archive, path, name, path.stat().st_mode & 0o777)
    copy = building.with_name("copy")
    copy.unlink(missing_ok=True)
    try:
        with (
            closing(
                sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=state.BUSY_SECONDS)
            ) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            (found,) = target.execute("pragma quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise BackupRefused(f"{name} is damaged ({' '.join(found.split())}). Put it back from an earlier backup.")
    return _add_file(archive, copy, name, 0o600)


def _is_database(path: Path) -> bool:
    with path.open("rb") as handle:
        return handle.read(len(SQLITE)) == SQLITE


def _add_file(archive: tarfile.TarFile, path: Path, name: str, mode: int) -> str:
    with path.open("rb") as handle:
        about = archive.gettarinfo(arcname=name, fileobj=handle)
        about.type, about.linkname = tarfile.REGTYPE, ""  # a second name of a file counts as a file
        about.mode, about.uid, about.gid, about.uname, about.gname = mode, 0, 0, "", ""
        about.size = os.fstat(handle.fileno()).st_size
        hashed = _Hashed(handle)
        archive.addfile(about, cast(IO[bytes], hashed))
    return hashed.sha256


def _add_manifest(archive: tarfile.TarFile, manifest: Manifest, file: Path) -> None:
    """The last member: an archive that ends early has none."""
    content = {
        "format": FORMAT,
        "made_at": manifest.made_at.astimezone(UTC).isoformat(timespec="seconds"),
        "state_version": manifest.state_version,
        "last_release": manifest.last_release,
        "files": dict(manifest.files),
    }
    file.write_text(json.dumps(content, indent=1), encoding="ascii")
    _add_file(archive, file, MANIFEST, 0o600)


def _unpack(file: Path, root: Path) -> Manifest:
    """Unpack into a new folder and compare with the manifest. Raises BackupRefused and what tarfile raises."""
    root.mkdir(mode=0o755)
    found: dict[str, str] = {}
    manifest, n_bytes = None, 0
    with gzip.open(file) as unzipped, tarfile.open(fileobj=unzipped, mode="r:") as archive:
        for member in archive:
            n_bytes += member.size
            if len(found) >= MAX_FILES or n_bytes > MAX_BYTES:
                raise BackupRefused(f"{file.name} holds more than a backup does: {MAX_FILES} files, {MAX_BYTES} bytes.")
            if manifest is not None or member.name in found or not _belongs(member):
                raise BackupRefused(f"{file.name} is no backup of a data folder: {member.name!a} is not of one.")
            if member.name == MANIFEST:
                manifest = _read_manifest(archive, member, file)
            else:
                found[member.name] = _put(archive, member, root)
        while unzipped.read(BLOCK):  # to the end, where gzip keeps a sum of all
            pass
    if manifest is None:
        raise BackupRefused(f"{file.name} is no whole backup: it has no manifest at its end.")
    different = sorted(name for name in {*found, *manifest.files} if found.get(name) != manifest.files.get(name))
    if different:
        raise BackupRefused(f"{file.name} is damaged: not as backed up are {', '.join(map(ascii, different[:5]))}.")
    return manifest


def _belongs(member: tarfile.TarInfo) -> bool:
    name = PurePosixPath(member.name)
    is_own = name.parts[:1] and name.parts[0] in (*PARTS, MANIFEST) and ".." not in name.parts
    return bool(is_own) and member.isreg() and name.as_posix() == member.name


def _put(archive: tarfile.TarFile, member: tarfile.TarInfo, root: Path) -> str:
    """Write one file, for its owner only where it is of the state; its hash. tarfile's filter has a second look."""
    tarfile.data_filter(member, str(root))
    path = root / member.name
    path.parent.mkdir(parents=True, exist_ok=True)
    source = archive.extractfile(member)
    assert source is not None
    hashed = _Hashed(source)
    with path.open("xb") as handle:
        os.fchmod(handle.fileno(), member.mode & 0o755 | 0o600)
        while block := hashed.read(BLOCK):
            handle.write(block)
        handle.flush()
        os.fsync(handle.fileno())
    with suppress(OSError, OverflowError):
        os.utime(path, (member.mtime, member.mtime))
    return hashed.sha256


def _read_manifest(archive: tarfile.TarFile, member: tarfile.TarInfo, file: Path) -> Manifest:
    source = archive.extractfile(member)
    assert source is not None
    try:
        read: dict[str, Any] = json.loads(source.read())
        if read["format"] != FORMAT or read["state_version"] > state.STATE_VERSION:
            raise BackupRefused(
                f"{file.name} was made by another version of the program: format {read['format']}, state version "
                f"{read['state_version']}. This one knows {FORMAT} and up to {state.STATE_VERSION}."
            )
        return Manifest(
            datetime.fromisoformat(read["made_at"]), int(read["state_version"]), int(read["last_release"]),
            {str(name): str(sha256) for name, sha256 in read["files"].items()},
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BackupRefused(f"{file.name} is no backup: its manifest cannot be read.") from None


def _remember_release(paths: DataPaths, number: int, now: datetime) -> None:
    """A release that readers have seen and that is on no disk: the next one has a higher number."""
    with state.opened(paths) as memory:
        state.record_release(memory, state.ReleaseRecord(number, f"{number}_lost", "", "", now, now))
