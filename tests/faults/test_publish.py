"""A publish that goes wrong at each of its steps: readers have the old release or the new one, and the next publish
works."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from publish.releases import release
from store.paths import DATABASE, DataPaths
from tests.faults import tiny
from tests.faults.driving import Driver, Operation
from tests.faults.shim import Mode

OF_ALL = (Mode.KILL, Mode.ENOSPC, Mode.EIO)
OF_WRITES = (Mode.KILL, Mode.ENOSPC, Mode.EIO, Mode.HALF)
STEPS = ("write", "fsync", "rename", "unlink")
POINTERS = {
    "published/current": "published/releases",
    "published/current.duckdb": "published",
}

Try = tuple[int, Mode]


def kind_of(operation: Operation) -> tuple[str, str]:
    """The kind of operation and the kind of file: tables and pages are all alike."""
    kind, file, _ = operation
    file = re.sub(r"\b[a-z_]+\.(csv|parquet|came)$", r"TABLE.\1", file)
    return kind, re.sub(r"\d+_[0-9a-f]{8}", "RELEASE", re.sub(r"quality-[^.]+\.[^.]+\.\w+\.(html|md)", "PAGE", file))


def modes_of(kind: str) -> tuple[Mode, ...]:
    return OF_WRITES if kind == "write" else OF_ALL


def every_try(operations: Sequence[Operation]) -> list[Try]:
    """Every fault at every operation, and a disk that is full from there on."""
    return [
        (number, mode) for number, (kind, *_) in enumerate(operations, 1)
        for mode in (*modes_of(kind), Mode.ENOSPC_FROM_HERE)
    ]  # fmt: skip


def chosen_tries(operations: Sequence[Operation]) -> list[Try]:
    """Every kind of write, fsync, rename and unlink of every kind of file with every fault, each at another place.

    What else is done (a file or folder made, a mode changed) has one fault for each kind of file."""
    of_kind: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, operation in enumerate(operations, 1):
        of_kind[kind_of(operation)].append(number)
    tries = set()
    for i_kind, ((kind, _), numbers) in enumerate(of_kind.items()):
        modes = modes_of(kind)
        turns = range(len(modes)) if kind in STEPS else [i_kind % len(modes)]
        tries |= {(numbers[turn * len(numbers) // len(modes)], modes[turn]) for turn in turns}
    return sorted(tries)


def tried(driver: Driver, tries: Sequence[Try], record_property: Callable[[str, object], None]) -> list[str]:
    """The faults found; the table says how many points survived."""
    found = [driver.faults(*each) for each in tries]
    n_survived = sum(not faults for faults in found)
    record_property("tried", ["fault points of a publish", "survived", n_survived])
    return [fault for faults in found for fault in faults]


def test_a_fault_at_any_step_leaves_a_whole_release(
    drivers: Callable[[str], Driver], is_soak: bool, record_property: Callable[[str, object], None]
) -> None:
    driver = drivers("whole")
    operations = driver.operations()
    tries = every_try(operations) if is_soak else chosen_tries(operations)
    assert {kind_of(operations[number - 1]) for number, _ in tries} == {*map(kind_of, operations)}
    assert tried(driver, tries, record_property) == []


def test_a_release_that_extends_the_one_before(
    drivers: Callable[[str], Driver], is_soak: bool, record_property: Callable[[str, object], None]
) -> None:
    """Of its operations, those that a release written whole does not have."""
    driver = drivers("extended")
    operations = driver.operations()
    known = {*map(kind_of, drivers("whole").operations())}
    own = [each for each in chosen_tries(operations) if kind_of(operations[each[0] - 1]) not in known]
    assert any(kind_of(operations[number - 1])[1].endswith("TABLE.came") for number, _ in own)
    is_copied = ("write", "published/releases/.building/current.duckdb")
    copied = next(number for number, each in enumerate(operations, 1) if each[:2] == is_copied)
    tries = every_try(operations) if is_soak else [*own, *((copied, mode) for mode in OF_WRITES)]
    assert tried(driver, tries, record_property) == []


@pytest.mark.parametrize(
    ("mutant", "kind", "file", "mode"),
    [
        ("in_place", "write", "published/releases/RELEASE/current.duckdb", Mode.HALF),
        ("by_unlink", "symlink", "published/current", Mode.KILL),
        ("early", "chmod", "published/releases/.building/current.duckdb", Mode.KILL),
        ("before_it_is_whole", "write", "published/releases/.building/csv/TABLE.csv", Mode.KILL),
        ("exports_in_place", "rename", "published/current/parquet/TABLE.parquet", Mode.KILL),
        ("swallowing", "fsync", "published/releases/.building/current.duckdb", Mode.EIO),
    ],
)
def test_a_wrong_publish_is_found_out(
    drivers: Callable[[str], Driver], mutant: str, kind: str, file: str, mode: Mode
) -> None:
    """At the same operation the publish as it is survives, where it has that operation."""
    driver = drivers("whole")
    for name, is_found in ((mutant, True), ("", False)):
        numbers = [i for i, each in enumerate(driver.operations(name), 1) if kind_of(each) == (kind, file)]
        assert numbers or not is_found
        assert not numbers or bool(driver.faults(numbers[-1], mode, name)) == is_found


def test_a_folder_of_the_old_form_is_taken_over(
    drivers: Callable[[str], Driver], is_soak: bool, record_property: Callable[[str, object], None]
) -> None:
    """Of the operations of a publish there, those that another publish does not have; whatever happens at one of them,
    `current.duckdb` leads to a whole release, and no folder has a name before it is whole."""
    driver = drivers("old")
    operations = driver.operations()
    known = {*map(kind_of, drivers("whole").operations())}
    own = [each for each in chosen_tries(operations) if kind_of(operations[each[0] - 1]) not in known]
    assert {"link", "rename", "unlink"} <= {operations[number - 1][0] for number, _ in own}
    assert tried(driver, every_try(operations) if is_soak else own, record_property) == []


def publish_beside_a_log(paths: DataPaths, monkeypatch: pytest.MonkeyPatch, looked_at: str) -> None:
    """Publish while a log lies beside the file that is built; the file of that name is what is verified."""
    verify = release._verify

    def verify_beside_a_log(file: Path, *given: Any) -> None:
        file.with_name(f"{file.name}.wal").touch()
        shutil.copyfile(file, file.with_name("copy.duckdb"))
        verify(file.with_name(looked_at), *given)

    monkeypatch.setattr(release, "_verify", verify_beside_a_log)
    release.publish(paths, tiny.NOW, 1)


@pytest.mark.usefixtures("small")
def test_a_log_left_beside_the_file_fails_the_publish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would hold what the file lacks. A publish that does not look for it (the mutant) goes through."""
    paths = DataPaths(tmp_path / "data")
    tiny.build(paths, 1)
    with (
        monkeypatch.context() as patched,
        pytest.raises(release.ReleaseUnsound, match=r"duckdb\.wal was left beside it"),
    ):
        publish_beside_a_log(paths, patched, DATABASE)
    assert not paths.current.exists()
    with monkeypatch.context() as patched:
        publish_beside_a_log(paths, patched, "copy.duckdb")
    assert tiny.number_of(paths.current) == 1


def unsynced(operations: Sequence[Operation]) -> list[str]:
    """What a loss of power could take: a file or folder that gets its name before its bytes and the names in it are on
    the disk, and a pointer that is swung before the names that it leads to are."""
    written: set[str] = set()
    renamed: set[str] = set()
    found = []
    for kind, file, source in operations:
        if kind in ("create", "link", "mkdir"):
            written.add(Path(file).parent.as_posix())
        elif kind == "write":
            written.add(file)
        elif kind == "fsync":
            written.discard(file)
            renamed.discard(file)
        elif kind == "unlink":
            written.discard(file)
        elif kind == "rename" and file.startswith("published/"):
            lost = [each for each in written if each == source or each.startswith(f"{source}/")]
            found += [f"{each} is renamed to {file} and may be empty" for each in lost]
            found += [f"{file} is there before what it leads to"] if POINTERS.get(file) in renamed else []
            renamed.add(Path(file).parent.as_posix())
    return [*found, *(f"names in {folder} are not on the disk" for folder in sorted(renamed))]


def test_nothing_is_named_before_it_is_on_the_disk(drivers: Callable[[str], Driver]) -> None:
    """A kill cannot show this, only a loss of power: the order of the operations does."""
    assert unsynced(drivers("whole").operations()) == []
    assert unsynced(drivers("extended").operations()) == []
    assert unsynced(drivers("old").operations()) == []
    found = "\n".join(unsynced(drivers("whole").operations("unsynced")))
    for said in ("may be empty", "before what it leads to", "names in published"):
        assert said in found
