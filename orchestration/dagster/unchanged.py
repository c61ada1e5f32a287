"""Whether there is anything to do: answered in a moment, before a heavy library is loaded."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

from publish.releases.folder import is_whole
from store import state
from store.days import local_day
from store.fingerprint import file_sha256, sha256_of
from store.paths import DataPaths
from store.warehouse import WarehouseDamaged, columns_of, opened


def release_if_unchanged(paths: DataPaths, made: str, now: datetime) -> state.ReleaseRecord | None:
    """The release that a refresh would make again of what it is `made` of; None when inputs, code, warehouse or release
    have changed, or a decision holds no more."""
    if not paths.state_file.exists() or not paths.warehouse_file.exists():
        return None
    with state.opened(paths) as memory:
        last = state.last_refresh(memory)
        releases = {release.number: release for release in state.releases(memory)}
    if last is None or last.outcome != "published" or last.release_number not in releases:
        return None
    release = releases[last.release_number]
    with suppress(WarehouseDamaged):
        same = (
            last.fingerprint == made
            and _is_whole(paths, release)
            and last.warehouse_signature == warehouse_signature(paths, local_day(now))
        )
        return release if same else None
    return None


def warehouse_signature(paths: DataPaths, today: date) -> str:
    """Every table of the private warehouse with its number of rows, every view with its SQL, and how many decisions
    hold today, as one hash."""
    with opened(paths.warehouse_file, read_only=True) as connection:
        n_in_force = 0
        if columns_of(connection, "raw.codebook__decisions"):
            row = connection.execute(
                "select count(*) from raw.codebook__decisions where valid_until >= ?", [today.isoformat()]
            ).fetchone()
            n_in_force = row[0] if row else 0
        found = connection.execute(
            "select schema_name, table_name, estimated_size::varchar from duckdb_tables() "
            "union all select schema_name, view_name, sql from duckdb_views() where not internal order by all"
        ).fetchall()
    return sha256_of(repr((found, n_in_force)))


def _is_whole(paths: DataPaths, release: state.ReleaseRecord) -> bool:
    file = state.release_files(paths.releases).get(release.number)
    return bool(file and paths.current.exists() and file_sha256(file) == release.sha256 and is_whole(file.parent))
