"""The tables that a release makes of itself, beside the marts, as tables.yml says them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from publish.catalogue import NewColumn, NewTable


def _table(words: dict[str, Any]) -> NewTable:
    columns = (NewColumn(each["name"], each["data_type"], each["description"]) for each in words["columns"])
    return NewTable(words["name"], words["description"].strip(), tuple(words["key"]), tuple(columns))


_WORDS = yaml.load(Path(__file__).with_name("tables.yml").read_bytes(), yaml.CSafeLoader)
OWN_TABLES = tuple(map(_table, _WORDS["tables"]))
