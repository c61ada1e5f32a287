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
        _add_no_file(path, _KINDS.get(stat.S_IFMT(found.st_mode), "no file"), faults)
        return False
    if path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
        _add_leading_out(path, faults)
        return False
    if found.st_size > largest:
        _add_too_large(path, found.st_size, largest, faults)
        return False
    return True


def add_unreadable(path: Path, error: OSError, faults: FaultList) -> None:
    faults.add(
        "unreadable-file",
        path,
        "",
        found=f"The file cannot be opened ({error.strerror}).",
        expected="Whoever runs this may read the file.",
        advice="Look at its name, owner and permissions.",
    )


def _add_missing(path: Path, faults: FaultList) -> None:
    if path.is_symlink():
        faults.add(
            "broken-link",
            path,
            "",
            found=f"The file is a link to {quoted(path.readlink())}, where there is none.",
            expected="A file.",
            advice="Put the file itself here.",
        )
        return
    names = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
    faults.add(
        "missing-file",
        path,
        "",
        found="There is no such file.",
        expected=f"The folder {path.parent.name} holds {path.name}.",
        advice=did_you_mean(path.name, names, "Add the file."),
    )


def _add_no_file(path: Path, kind: str, faults: FaultList) -> None:
    faults.add(
        "not-a-file",
        path,
        "",
        found=f"This is {kind}.",
        expected="A file.",
        advice="Put the file itself here, under this name.",
    )


def _add_leading_out(path: Path, faults: FaultList) -> None:
    faults.add(
        "link-leads-out",
        path,
        "",
        found="The file is a link that leads out of its folder.",
        expected="A file, or a link to one beside it. A folder may be a link.",
        advice="Put the file itself here, or make its folder a link.",
    )


def _add_too_large(path: Path, size: int, largest: int, faults: FaultList) -> None:
    faults.add(
        "file-too-large",
        path,
        "",
        found=f"The file has {in_units(size)}.",
        expected=f"At most {in_units(largest)}.",
        advice="Look whether it is the right file; deliver the answers in several files if it is.",
    )


def in_units(size: int) -> str:
    """A number of bytes as people say it, rounded up."""
    unit, name = (1024**2, "MB") if size > 1024**2 else (1024, "kB")
    return f"{-(-size // unit)} {name}"
