"""dbt's parse of the models, handed on from one data folder to another: making it anew takes longer than using it."""

from __future__ import annotations

import shutil
from functools import cache
from hashlib import sha256
from pprint import pformat

from store.paths import DataPaths

PARSE = "partial_parse.msgpack"


def hand_on_parse(old: DataPaths, new: DataPaths) -> DataPaths:
    """Let `new` have the parse of `old`. dbt trusts it when the hash of its connection in it is the right one."""
    new.prepare_private()
    new.dbt_target.mkdir(exist_ok=True)
    parse = (old.dbt_target / PARSE).read_bytes()
    assert _connection(old) in parse, "dbt makes the hash in another way than this"
    (new.dbt_target / PARSE).write_bytes(parse.replace(_connection(old), _connection(new)))
    for kept in old.warehouse.glob("manifest_*"):
        shutil.copy(kept, new.warehouse)
    return new


@cache
def _connection(paths: DataPaths) -> bytes:
    """The hash that dbt makes of a connection to the warehouse: its file is a part of it."""
    from dbt.adapters.duckdb.credentials import DuckDBCredentials

    said = {"path": str(paths.warehouse_file), "database": paths.warehouse_file.stem, "schema": "main"}
    return sha256(pformat(sorted(DuckDBCredentials.from_dict(said).connection_info())).encode()).hexdigest().encode()
