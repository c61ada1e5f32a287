"""The environment's variables of this program, of Dagster and of dbt: read here, and set here for what reads them by
itself."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from faults.told import WrongUsage

if TYPE_CHECKING:
    from store.paths import DataPaths

DATA = "KUNTAKYSELY_DATA"
WAREHOUSE = "KUNTAKYSELY_WAREHOUSE"  # dbt_project/profiles.yml has it
ENGINE = "KUNTAKYSELY_ENGINE"  # what runs the models; dbt_project/profiles.yml has it too
ENGINES = DUCKDB, SPARK = ("duckdb", "spark")
LAKE = "KUNTAKYSELY_LAKE"  # where the files of the lake lie, if not in the data folder
MEMORY = "KUNTAKYSELY_MEMORY"
BYTES_OF_A_CELL = 750  # while models are made of it, where rounds have hundreds of municipalities: 2 million in 1.5GB
SPARK_MASTER = "SPARK_MASTER"
DAGSTER_HOME = "DAGSTER_HOME"
DBT_TARGET, DBT_LOG = "DBT_TARGET_PATH", "DBT_LOG_PATH"
DBT_KEPT_TO_ITSELF = {
    "DBT_LOG_LEVEL_FILE": "none",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DBT_VERSION_CHECK": "false",
    "DBT_USE_COLORS": "false",
    "DBT_QUIET": "true",
}


def data_folder() -> str:
    """The data folder that is named there; empty where none is."""
    return os.environ.get(DATA, "")


def set_data_folder(folder: Path) -> None:
    """Let this process, and those that it starts, find the data folder."""
    os.environ[DATA] = str(folder)


def engine() -> str:
    """The engine that runs the models. Raises WrongUsage."""
    named = os.environ.get(ENGINE) or DUCKDB
    if named not in ENGINES:
        raise WrongUsage(f"There is no engine {named}. There are: {', '.join(ENGINES)}.")
    return named


def is_duckdb() -> bool:
    """Whether the models are run where the warehouse is."""
    return engine() == DUCKDB


def set_engine(name: str) -> None:
    """Let this process, and those that it starts, run the models by this engine. Raises WrongUsage."""
    os.environ[ENGINE] = name
    engine()


def memory_limit() -> str:
    """How much memory DuckDB may hold; what is more goes to the disk, beside the private file. The tools themselves
    take 0.4 GB. Raises WrongUsage."""
    named = os.environ.get(MEMORY) or "1.5GB"
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)? ?[KMGT]i?B", named, re.IGNORECASE):
        raise WrongUsage(f"{MEMORY} is {named}: write how much memory DuckDB may hold, as in 1.5GB or 800MB.")
    return named


def more_memory() -> str:
    """Twice as much."""
    number, unit = _parts_of_memory()
    return f"{2 * number:g}{unit}"


def cells_at_once() -> int | None:
    """Of how many cells rounds are built at once, so that what is made of them fits into memory: a cluster has enough.
    Raises WrongUsage."""
    number, unit = _parts_of_memory()
    n_bytes = number * (1024 if "i" in unit.lower() else 1000) ** ("KMGT".index(unit[0].upper()) + 1)
    return int(n_bytes / BYTES_OF_A_CELL) if is_duckdb() else None


def _parts_of_memory() -> tuple[float, str]:
    number, unit = re.findall(r"[0-9.]+|[A-Za-z]+", memory_limit())
    return float(number), unit


def spark_master() -> str:
    """The cluster; without one, the processors of this machine."""
    return os.environ.get(SPARK_MASTER) or "local[*]"


def lake_address() -> str:
    """The folder or the address of an object store that is named there; empty where none is."""
    return os.environ.get(LAKE, "")


def set_dagster(paths: DataPaths) -> None:
    """Let Dagster, here and in the processes that it starts, find its home and our definitions their data folder."""
    set_data_folder(paths.root)
    os.environ[DAGSTER_HOME] = str(paths.dagster_home)


def of_dbt(paths: DataPaths) -> Mapping[str, str]:
    """The environment of a process of dbt."""
    return os.environ | {
        DATA: str(paths.root), WAREHOUSE: str(paths.warehouse_file), DBT_TARGET: str(paths.dbt_target)
    }  # fmt: skip


def set_dbt(target: Path) -> Path:
    """In a process of dbt: where it writes, which is `target` where nobody has named a folder, and that it tells nobody
    what it does."""
    target = Path(os.environ.setdefault(DBT_TARGET, str(target)))
    os.environ.update(DBT_KEPT_TO_ITSELF | {DBT_LOG: str(target)})
    return target
