"""Writing so that a loss of power leaves the old or the new, whole."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Force a file's bytes, or a folder's names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place of another, whose mode it gets, or of none: at any moment there is the old one or the new.

    A file that was not there is for its owner only.
    """
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    building = path.with_name(f".{path.name}.building")
    building.unlink(missing_ok=True)
    descriptor = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
    sync(building)
    building.replace(path)
    sync(path.parent)
