"""What something was made of, as one hash: every SHA-256 of the program but those of streams (`backup.py`). Whether it
is as it was is asked by comparing what it is made of now with what was noted when it was made. Light on imports, for
the no-change answer."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from store.environment import engine, is_duckdb
from store.paths import PROJECT_ROOT, DataPaths

CODE_FOLDERS = ("faults", "store", "ingest", "dbt_project", "expectations", "publish", "orchestration")
LIBRARIES = "requirements.lock"
CODE_SUFFIXES = {".py", ".csv", ".sql", ".yml", ".yaml", ".toml", ".lark", ".md", ".jinja", ".css", ".po"}


def sha256_of(*parts: str | bytes) -> str:
    """SHA-256 of texts and bytes, one after the other, in hex."""
    return hashlib.sha256(b"".join(part.encode() if isinstance(part, str) else part for part in parts)).hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def code_files() -> list[Path]:
    """The files whose change can change a figure: code, models and the lock of the libraries."""
    found = [
        path
        for folder in CODE_FOLDERS
        for path in sorted((PROJECT_ROOT / folder).rglob("*"))
        if path.suffix in CODE_SUFFIXES and "target" not in path.relative_to(PROJECT_ROOT).parts
    ]
    return [*found, PROJECT_ROOT / LIBRARIES]


def input_files(paths: DataPaths) -> list[Path]:
    """Every input file under surveys/, registry/, systems/ and practices/, hidden files left out."""
    return [path for folder in (paths.surveys, *source_folders(paths).values()) for path in _inputs_under(folder)]


def source_folders(paths: DataPaths) -> dict[str, Path]:
    """The folders of the sources that are read with every round, by name."""
    return {"registry": paths.registry, "systems": paths.inventory.parent, "practices": paths.practices}


def source_sha256(paths: DataPaths, source: str) -> str:
    """One hash of such a folder."""
    return combined_sha256(paths.root, _inputs_under(source_folders(paths)[source]))


def _inputs_under(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(_files_under(folder))
        if not path.name.startswith((".", "~")) and "__pycache__" not in path.parts
    ]


def _files_under(folder: Path, around: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Private responses may lie on another disk: a folder that is a link is read like any other, unless it leads back
    to a folder around it. A pipe or a device is no file: the reader that is to open it says so."""
    here = folder.resolve()
    if here in around:
        return
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir():
            yield from _files_under(path, around | {here})
        elif path.is_file():
            yield path


def combined_sha256(root: Path, files: Iterable[Path]) -> str:
    """One hash over the names (relative to root) and contents of files."""
    return sha256_of(*(os.fsencode(f"{path.relative_to(root).as_posix()}\0{file_sha256(path)}\n") for path in files))


def code_sha256() -> str:
    """One hash of the code that builds a release. What another engine than DuckDB built is built anew by any other."""
    code = _code_as_written(tuple((path, path.stat().st_ctime_ns) for path in code_files()))
    return code if is_duckdb() else sha256_of(code, engine())


@lru_cache(maxsize=1)  # a refresh asks ten times; whatever writes to a file, or puts another there, moves that time
def _code_as_written(written: Iterable[tuple[Path, int]]) -> str:
    return combined_sha256(PROJECT_ROOT, (path for path, _ in written))


def inputs_sha256(paths: DataPaths) -> str:
    """One hash of every input under the data root."""
    return combined_sha256(paths.root, input_files(paths))


def made_of(paths: DataPaths) -> str:
    """What a refresh is made of: its inputs and its code."""
    return f"{inputs_sha256(paths)}-{code_sha256()}"
