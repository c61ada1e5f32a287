"""A BI tool that reads all the time: python -m tests.faults.reader DATA NAME FOLDER KIND N.

It opens the release anew for each read (short), or keeps it open for many (long), until the file FOLDER/stop is there
and N reads are done. What it saw is a line of JSON; FOLDER/NAME holds the number of the release that it has.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb

from store.paths import DataPaths
from tests.faults.tiny import TABLES

READS_OF_A_LONG_CONNECTION = 60
PAUSE = 0.02


class Reader:
    """Reads, and remembers what was wrong."""

    def __init__(self, paths: DataPaths, file: Path, n_per_connection: int) -> None:
        self._current, self._file, self._n_per_connection = paths.current, file, n_per_connection
        self._connection: duckdb.DuckDBPyConnection | None = None
        self.n_reads = self.n_failed = self.n_torn = self.n_back = 0
        self.numbers: list[int] = []
        self.said = ""

    def read(self) -> None:
        """Every table, and the number of the release: they must be of one publish, and none before the last."""
        self.n_reads += 1
        try:
            if self.n_reads % self._n_per_connection == 0 or self._connection is None:
                # A pool opens the new connection before it closes the old one.
                self._connection, old = duckdb.connect(str(self._current), read_only=True), self._connection
                if old is not None:
                    old.close()
            markers = {
                marker
                for table in TABLES
                for (marker,) in self._connection.execute(f"select distinct n from marts.{table}").fetchall()
            }
            ((number,),) = self._connection.execute("select number from marts.release").fetchall()
        except duckdb.Error as error:
            self.n_failed += 1
            self.said, self._connection = f"{type(error).__name__}: {error}", None
            return
        self.n_torn += markers != {number}
        if not self.numbers or number != self.numbers[-1]:
            self.n_back += bool(self.numbers) and number < self.numbers[-1]
            self.numbers.append(number)
            self._file.write_text(str(number), encoding="utf-8")


def main() -> None:
    data, name, folder, kind, n = sys.argv[1:]
    reader = Reader(DataPaths(Path(data)), Path(folder) / name, 1 if kind == "short" else READS_OF_A_LONG_CONNECTION)
    while reader.n_reads < int(n) or not (Path(folder) / "stop").exists():
        reader.read()
        time.sleep(PAUSE)
    shown = ("n_reads", "n_failed", "n_torn", "n_back", "numbers", "said")
    print(json.dumps({each: getattr(reader, each) for each in shown}))


if __name__ == "__main__":
    main()
