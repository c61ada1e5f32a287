"""Ways to publish that are wrong, for the tests of faults to find. Each changes publish/ in this process only."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from publish.releases import folder, release
from store import durable
from store.disk import DiskTrouble
from store.paths import DATABASE, DataPaths

MOMENT = 1.0


def _swing(point: Callable[[DataPaths, Path], None]) -> None:
    """Point so, where `current` does not lead there yet."""
    release._point = lambda paths, to: paths.current_folder.resolve() == to.resolve() or point(paths, to)


def in_place() -> None:
    """The release is copied over the file that readers have open."""

    def point(paths: DataPaths, to: Path) -> None:
        shutil.copyfile(to / DATABASE, paths.current)

    _swing(point)


def by_unlink(moment: float = 0) -> None:
    """`current` is taken away, and put back as the new one."""

    def point(paths: DataPaths, to: Path) -> None:
        paths.current_folder.unlink(missing_ok=True)
        time.sleep(moment)
        paths.current_folder.symlink_to(to.relative_to(paths.published))

    _swing(point)


def slowly() -> None:
    """The same, with time in between for readers to look."""
    by_unlink(MOMENT)


def mixed() -> None:
    """For a moment readers have the new release with a table of the old one in it, and with the old CSV files."""
    point = release._point

    def point_to_mixture(paths: DataPaths, to: Path) -> None:
        mixture = shutil.copytree(to, to.with_name("mixture"), copy_function=shutil.copyfile)
        with duckdb.connect(str(mixture / DATABASE)) as connection:
            connection.execute("update marts.dim_round set n = n - 1")
        shutil.copytree(paths.current_folder / "csv", mixture / "csv", dirs_exist_ok=True)
        for each in (mixture, to):
            point(paths, each)
            time.sleep(MOMENT)

    _swing(point_to_mixture)


def backwards() -> None:
    """After the new release, readers have the old one again for a moment."""
    point = release._point

    def point_twice(paths: DataPaths, to: Path) -> None:
        old = paths.current_folder.resolve()
        for each in (to, old, to):
            point(paths, each)
            time.sleep(MOMENT)

    _swing(point_twice)


def early() -> None:
    """`current` points at the release before it is verified and closed."""
    verify = release._verify

    def point_first(file: Path, *given: object) -> None:
        named = shutil.copytree(file.parent, file.parents[1] / "3_00000000")
        release._point(DataPaths(named.parents[2]), named)
        verify(file, *given)

    release._verify = point_first


def before_it_is_whole() -> None:
    """`current` points at the folder of the release before its other files are written."""
    fill = folder.fill

    def point_first(building: Path, *given: object) -> None:
        release._point(DataPaths(building.parents[2]), building)
        fill(building, *given)

    folder.fill = point_first


def exports_in_place() -> None:
    """The files of the new release come one by one into the folder that readers have."""
    point = release._point

    def point_afterwards(paths: DataPaths, to: Path) -> None:
        for file in (to / "parquet").iterdir():
            building = paths.current_folder / f".{file.name}"
            shutil.copyfile(file, building)
            building.replace(paths.current_folder / "parquet" / file.name)
        point(paths, to)

    _swing(point_afterwards)


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
    for module in (durable, release, folder):
        module.sync = lambda _: None


MUTANTS: dict[str, Callable[[], None]] = {
    "": lambda: None,
    "in_place": in_place,
    "by_unlink": by_unlink,
    "slowly": slowly,
    "mixed": mixed,
    "backwards": backwards,
    "early": early,
    "before_it_is_whole": before_it_is_whole,
    "exports_in_place": exports_in_place,
    "swallowing": swallowing,
    "unsynced": unsynced,
}
