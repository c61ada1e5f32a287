"""A copy of the current release where publishing.yml says, for readers on a file system without links."""

from __future__ import annotations

import errno
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from orchestration.commands.cli import app
from publish.releases import mirror, release
from store.paths import DataPaths

pytestmark = pytest.mark.slow

STEPS = ((shutil, "copyfile", 4), (Path, "rename", 1), (Path, "rename", 2), (shutil, "rmtree", 1))


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def mirrored(released: DataPaths, now: datetime) -> DataPaths:
    """Release 1 with its mirror, and release 2, which the mirror does not have yet."""
    released.publishing_file.write_text("mirror: ../share/koto\n", encoding="utf-8")
    place(released).parent.mkdir()
    mirror.follow(released, now)
    release.publish(released, datetime.now(UTC), refresh_id=1)
    return released


def place(paths: DataPaths) -> Path:
    return paths.root.parent / "share" / "koto"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def number(paths: DataPaths) -> str:
    return (place(paths) / "csv" / "release.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]


def test_it_holds_what_the_folder_of_the_release_holds(mirrored: DataPaths, now: datetime) -> None:
    assert number(mirrored) == "1"
    mirror.follow(mirrored, now)
    assert contents(place(mirrored)) == contents(mirrored.current_folder)
    made = place(mirrored).stat().st_ino
    mirror.follow(mirrored, now)
    assert place(mirrored).stat().st_ino == made, "what it holds already is not copied again"
    assert [path.name for path in place(mirrored).parent.iterdir()] == ["koto"]


@pytest.mark.parametrize(("module", "name", "at"), STEPS)
def test_a_kill_leaves_a_whole_release_or_no_folder(
    mirrored: DataPaths, now: datetime, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, at: int
) -> None:
    before = contents(place(mirrored))
    whole, counted = getattr(module, name), []

    def dying(*given: Any, **named: Any) -> Any:
        counted.append(name)
        if len(counted) == at:
            raise Killed
        return whole(*given, **named)

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(module, name, dying)
        mirror.follow(mirrored, now)
    if place(mirrored).exists():
        assert contents(place(mirrored)) in (before, contents(mirrored.current_folder))
    else:
        assert (name, at) == ("rename", 2)
    mirror.follow(mirrored, now)
    assert contents(place(mirrored)) == contents(mirrored.current_folder)


def full(*_: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_one_that_cannot_be_written_undoes_no_rollback(mirrored: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code says that something is left to do; the next command does it."""
    place(mirrored).rename(place(mirrored).with_name("elsewhere"))
    with monkeypatch.context() as patched:
        patched.setattr(mirror, "_swap", full)
        done = CliRunner().invoke(app, ["rollback", "--data", str(mirrored.root)])
    assert isinstance(done.exception, mirror.MirrorBehind)
    assert (done.exception.exit_code, mirrored.current_folder.resolve().name[:2]) == (1, "1_")
    assert str(done.exception) == (
        f"The mirror {place(mirrored)} could not be written: No space left on device. It does not hold "
        "release 1, which stands in data/published/current. Make it writable, close what reads it, and run "
        "`kuntakysely refresh` again."
    )
    assert CliRunner().invoke(app, ["rollback", "2", "--data", str(mirrored.root)]).exit_code == 0
    assert number(mirrored) == "2"


def test_a_folder_of_something_else_is_left_alone(mirrored: DataPaths, now: datetime) -> None:
    (place(mirrored) / "thesis.docx").touch()
    with pytest.raises(mirror.MirrorBehind, match=r"holds what is of no release \(thesis.docx\), and is left as it is"):
        mirror.follow(mirrored, now)
    assert number(mirrored) == "1"


def test_faults_of_the_file_are_named(released: DataPaths, now: datetime) -> None:
    released.publishing_file.write_text("miror: x\n", encoding="utf-8")
    said = 'data/publishing.yml, line 1, miror: The key "miror" is not known here.'
    assert any(str(fault).startswith(said) for fault in mirror.publishing_faults(released))
    with pytest.raises(mirror.MirrorBehind, match="miror"):
        mirror.follow(released, now)
