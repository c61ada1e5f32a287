"""The answer that nothing has changed, with all that it rests on: next time it is given before anything is loaded."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from store.days import local_day
from store.durable import write_whole
from store.fingerprint import made_of, sha256_of
from store.paths import DataPaths


def remembered_answer(paths: DataPaths) -> str | None:
    """What was answered last, when all that it rested on is as it was, and the day is the same."""
    with suppress(OSError, ValueError):
        kept = json.loads(_file(paths).read_text(encoding="utf-8"))
        if kept["rests_on"] == _rests_on(paths, made_of(paths)):
            return str(kept["answer"])
    return None


def remember_answer(paths: DataPaths, answer: str, made: str) -> None:
    """Keep an answer that was found true of what a refresh is `made` of (the hash from before it was looked for)."""
    kept = {"answer": answer, "rests_on": _rests_on(paths, made)}
    write_whole(_file(paths), json.dumps(kept, ensure_ascii=False).encode())


def _file(paths: DataPaths) -> Path:
    return paths.warehouse / "answer.json"


def _rests_on(paths: DataPaths, made: str) -> str:
    """One hash of inputs and code by their content, and of what the program wrote by when it was written: warehouse,
    state and all that is published. Decisions, signatures and old releases hold for a day."""
    parts = [made, str(local_day(datetime.now(UTC)))]
    settings = [paths.alerts_file, paths.publishing_file]
    written = [*settings, paths.state_file, *sorted(paths.private.glob("warehouse.duckdb*"))]
    for file in (*written, *sorted(paths.published.rglob("*"))):
        at = file.lstat() if file.is_symlink() or file.exists() else None
        parts.append(f"{file} {at and (at.st_size, at.st_mtime_ns, at.st_ino)}")
    return sha256_of("\n".join(parts))
