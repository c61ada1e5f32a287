"""How a release is opened for people who write their own SQL: the settings, in one place.

read_only alone is no fence: such a connection reads every file its user can read, and writes files. These settings put
files, network, extensions, other databases, secrets, objects of Python and the settings themselves out of reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from publish.catalogue import SCHEMA, literal
from publish.reading.limits import MEMORY_MB

THREADS = 2  # as many as the build has

# Given when the connection is made, in any order: DuckDB does not keep to one.
WHEN_OPENING: Mapping[str, str] = {
    "memory_limit": f"{MEMORY_MB}MB",
    "threads": str(THREADS),
    "temp_directory": "",
    "max_temp_directory_size": "0GB",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "allow_persistent_secrets": "false",
}
# DuckDB's Python package knows this one besides. Without it a query reads any frame or list of the program around it.
WHEN_OPENING_IN_PYTHON: Mapping[str, str] = {"python_enable_replacements": "false"}
# Set once the release is open, in this order. DuckDB always allows the open file itself and the logs that belong to it,
# whatever enable_external_access says: `copy ... to` the release with use_tmp_file false would overwrite it.
ONCE_OPEN: Mapping[str, str] = {
    "search_path": SCHEMA,
    "enable_external_access": "false",
    "disabled_filesystems": "LocalFileSystem",
    "lock_configuration": "true",
}


# No connection's config can hold these: DuckDB takes two only once a database is open, and the third beside
# enable_external_access in one order only, which is not for a config to say.
NOT_BY_CONFIG = {"search_path", "disabled_filesystems", "temp_directory"}


def by_config_alone() -> dict[str, str]:
    """For a tool that takes settings and runs nothing of its own: as much of the fence as a config can hold."""
    every = {**WHEN_OPENING, **WHEN_OPENING_IN_PYTHON, **ONCE_OPEN}
    return {name: value for name, value in every.items() if name not in NOT_BY_CONFIG}


@contextmanager
def opened(file: Path, **more: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a release that reads its tables and reaches nothing else; `more` are settings besides.

    It bounds memory, threads and space on disk, but not time: publish.reading.asking does. Raises duckdb.Error.
    """
    config = {**WHEN_OPENING, **WHEN_OPENING_IN_PYTHON, **more}
    with duckdb.connect(str(file), read_only=True, config=dict(config)) as connection:
        for name, value in ONCE_OPEN.items():
            connection.execute(f"set {name} = {literal(value)}")
        yield connection
