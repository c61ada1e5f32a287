"""A published folder of the old form becomes one of today: a release was a file, and beside the releases lay the tables
(`current/`) and pages (`report/`) of the current one.

Each step can be begun again, and at any moment `current.duckdb` leads to a whole release.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

import duckdb

from publish.releases import folder
from store import state
from store.paths import DATABASE, DataPaths


def make_folders(paths: DataPaths) -> None:
    """A folder beside each release that is a file, with the same number and hash. A release that is damaged has the
    file only."""
    for file in _files(paths):
        if not file.with_suffix("").is_dir():
            building = paths.releases / folder.BUILDING
            building.mkdir()
            _share(file, building / DATABASE)
            with suppress(duckdb.Error):
                folder.fill(building, file.stem)
            folder.give_name(building, file.stem)


def make_way(paths: DataPaths) -> None:
    """Move the tables away where a link is to be. From here until there is one readers of files find none."""
    if paths.current_folder.is_dir() and not paths.current_folder.is_symlink():
        paths.current_folder.replace(paths.published / ".current.old")


def clear(paths: DataPaths) -> None:
    """Remove what nobody is led to any more."""
    for path in [*_files(paths), paths.published / "report", paths.published / ".current.old"]:
        folder.remove(path)


def _files(paths: DataPaths) -> list[Path]:
    return [path for path in sorted(paths.releases.glob("*.duckdb")) if state.RELEASE_NAME.fullmatch(path.name)]


def _share(file: Path, to: Path) -> None:
    """The same file under a second name, or a copy where the file system has no second names."""
    try:
        os.link(file, to)
    except OSError:
        shutil.copyfile(file, to)
