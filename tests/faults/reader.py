"""A BI tool that reads all the time: python -m tests.faults.reader DATA NAME FOLDER KIND N.

It opens the DuckDB file anew for each read (short), or keeps it open for many (long); or it opens the folder that
`current` leads to and reads files of it, all of one release (folder); or one file after another by the link (single).
It does so until the file FOLDER/stop is there and N reads are done. What it saw is a line of JSON; FOLDER/NAME holds
the number of the release that it has.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from store.paths import DataPaths
from tests.faults.tiny import TABLES

READS_OF_A_LONG_CONNECTION = 60
PAUSE = 0.02
FILES = (
    *(f"parquet/{table}.parquet" for table in TABLES),
    *(f"csv/{table}.csv" for table in (*TABLES, "release")),
    *(f"report/quality-koto.2023-01.en.{form}" for form in ("html", "md")),
)


def numbers_in(file: Path) -> set[int]:
    """The release that a file says it is of: in every row, or in the first line of a page."""
    if file.suffix == ".parquet":
        return {marker for (marker,) in duckdb.execute(f"select distinct n from '{file}'").fetchall()}
    with file.open(encoding="utf-8", newline="") as handle:
        if file.suffix == ".csv":
            return {int(row.get("n") or row["number"]) for row in csv.DictReader(handle)}
        return {int(found) for found in re.findall(r"<!-- release (\d+)_", handle.readline())}


class Reader:
    """Reads, and remembers what was wrong."""

    def __init__(self, paths: DataPaths, file: Path, kind: str) -> None:
        self._paths, self._file = paths, file
        self._look: Callable[[], set[int]] = {"folder": self._of_folder, "single": self._of_file}.get(
            kind, self._of_tables
        )
        self._n_per_connection = READS_OF_A_LONG_CONNECTION if kind == "long" else 1
        self._connection: duckdb.DuckDBPyConnection | None = None
        self.n_reads = self.n_failed = self.n_torn = self.n_back = 0
        self.numbers: list[int] = []
        self.said = ""

    def read(self) -> None:
        """What it looks at must be of one publish, and none before the last."""
        self.n_reads += 1
        try:
            found = self._look()
            number = max(found)
        except (duckdb.Error, OSError, ValueError) as error:
            self.n_failed += 1
            self.said, self._connection = f"{type(error).__name__}: {error}", None
            return
        self.n_torn += len(found) > 1
        if not self.numbers or number != self.numbers[-1]:
            self.n_back += bool(self.numbers) and number < self.numbers[-1]
            self.numbers.append(number)
            self._file.write_text(str(number), encoding="utf-8")

    def _of_tables(self) -> set[int]:
        """Every table, and the number of the release."""
        if self.n_reads % self._n_per_connection == 0 or self._connection is None:
            # A pool opens the new connection before it closes the old one.
            self._connection, old = duckdb.connect(str(self._paths.current), read_only=True), self._connection
            if old is not None:
                old.close()
        asked = [*(f"select distinct n from marts.{table}" for table in TABLES), "select number from marts.release"]
        return {marker for sql in asked for (marker,) in self._connection.execute(sql).fetchall()}

    def _of_folder(self) -> set[int]:
        """Every file of the folder that was opened: `current` can lead to another one meanwhile."""
        handle = os.open(self._paths.current_folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            return {number for name in FILES for number in numbers_in(Path(f"/proc/self/fd/{handle}", name))}
        finally:
            os.close(handle)

    def _of_file(self) -> set[int]:
        return numbers_in(self._paths.current_folder / FILES[self.n_reads % len(FILES)])


def main() -> None:
    data, name, folder, kind, n = sys.argv[1:]
    reader = Reader(DataPaths(Path(data)), Path(folder) / name, kind)
    while reader.n_reads < int(n) or not (Path(folder) / "stop").exists():
        reader.read()
        time.sleep(PAUSE)
    shown = ("n_reads", "n_failed", "n_torn", "n_back", "numbers", "said")
    print(json.dumps({each: getattr(reader, each) for each in shown}))


if __name__ == "__main__":
    main()
