"""Ways to publish that are wrong, for the tests of faults to find. Each changes publish/ in this process only."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from publish.releases import exports, release
from store import durable
from store.disk import DiskTrouble
from store.paths import DataPaths

MOMENT = 1.0


def in_place() -> None:
    """The release is copied over the file that readers have open."""

    def point(paths: DataPaths, file: Path) -> None:
        shutil.copyfile(file, paths.current)

    release._point = point


def by_unlink() -> None:
    """`current` is taken away, and put back as the new one."""

    def point(paths: DataPaths, file: Path) -> None:
        paths.current.unlink(missing_ok=True)
        paths.current.symlink_to(file.relative_to(paths.published))

    release._point = point


def slowly() -> None:
    """The same, with time in between for readers to look."""

    def point(paths: DataPaths, file: Path) -> None:
        paths.current.unlink(missing_ok=True)
        time.sleep(MOMENT)
        paths.current.symlink_to(file.relative_to(paths.published))

    release._point = point


def mixed() -> None:
    """For a moment readers have the new release with a table of the old one in it."""
    point = release._point

    def point_to_mixture(paths: DataPaths, file: Path) -> None:
        mixture = file.with_name("mixture.duckdb")
        shutil.copyfile(file, mixture)
        with duckdb.connect(str(mixture)) as connection:
            connection.execute("update marts.dim_round set n = n - 1")
        point(paths, mixture)
        time.sleep(MOMENT)
        point(paths, file)

    release._point = point_to_mixture


def backwards() -> None:
    """After the new release, readers have the old one again for a moment."""
    point = release._point

    def point_twice(paths: DataPaths, file: Path) -> None:
        old = paths.current.resolve()
        for each in (file, old, file):
            point(paths, each)
            time.sleep(MOMENT)

    release._point = point_twice


def early() -> None:
    """`current` points at the release before it is verified and closed."""
    verify = release._verify

    def point_first(file: Path, *given: object) -> None:
        named = file.with_name("3_00000000.duckdb")
        shutil.copyfile(file, named)
        release._point(DataPaths(file.parents[2]), named)
        verify(file, *given)

    release._verify = point_first


def exports_in_place() -> None:
    """release.csv names the old release while the files of the new one come."""

    def move_all(building: Path, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        for file in exports._exported(building):
            exports._move(file, folder)

    exports._move_all = move_all


def swallowing() -> None:
    """A full disk is taken for a publish that has nothing to do."""
    publish = release.publish

    def quiet(*given: object) -> object:
        try:
            return publish(*given)
        except DiskTrouble:
            return None

    release.publish = quiet


def unsynced() -> None:
    """Nothing is forced to the disk by publish/ itself."""
    for module in (durable, release, exports):
        module.sync = lambda _: None


MUTANTS: dict[str, Callable[[], None]] = {
    "": lambda: None,
    "in_place": in_place,
    "by_unlink": by_unlink,
    "slowly": slowly,
    "mixed": mixed,
    "backwards": backwards,
    "early": early,
    "exports_in_place": exports_in_place,
    "swallowing": swallowing,
    "unsynced": unsynced,
}
