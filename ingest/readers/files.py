"""Whether a name is a file that may be opened: a pipe would wait for ever, a device never ends."""

from __future__ import annotations

import stat
from pathlib import Path

from faults.errors import FaultList
from faults.suggestions import did_you_mean, quoted

LARGEST_FILE_BYTES = 200 * 1024**2  # docs/operating.md tells it

_KINDS = {
    stat.S_IFDIR: "a folder", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
}  # fmt: skip


def is_plain_file(path: Path, faults: FaultList, largest: int = LARGEST_FILE_BYTES) -> bool:
    """Whether a file may be opened; otherwise one fault says why not. A missing file is offered the nearest name.

    A folder may be a link to wherever private answers lie; a file that is a link stays in its folder: whoever may put a
    link there must not have files read that only this program may read.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        _add_missing(path, faults)
        return False
    except OSError as error:
        add_unreadable(path, error, faults)
        return False
    if not stat.S_ISREG(found.st_mode):
        kind = _KINDS.get(stat.S_IFMT(found.st_mode), "no file")
        faults.add("not-a-file", path, "", f"This is {kind}.")
        return False
    if path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
        faults.add("link-leads-out", path, "", "The file is a link that leads out of its folder.")
        return False
    if found.st_size > largest:
        said = f"The file has {in_units(found.st_size)}."
        faults.add("file-too-large", path, "", said, largest=in_units(largest))
        return False
    return True


def add_unreadable(path: Path, error: OSError, faults: FaultList) -> None:
    faults.add("unreadable-file", path, "", f"The file cannot be opened ({error.strerror}).")


def _add_missing(path: Path, faults: FaultList) -> None:
    if path.is_symlink():
        faults.add("broken-link", path, "", f"The file is a link to {quoted(path.readlink())}, where there is none.")
        return
    names = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
    near, folder = did_you_mean(path.name, names), path.parent.name
    faults.add("missing-file", path, "", "There is no such file.", advice=near, folder=folder, name=path.name)


def in_units(size: int) -> str:
    """A number of bytes as people say it, rounded up."""
    unit, name = (1024**2, "MB") if size > 1024**2 else (1024, "kB")
    return f"{-(-size // unit)} {name}"
