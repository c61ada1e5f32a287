"""The process of driver.py, from the side of a test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from store.paths import PROJECT_ROOT
from tests.faults.shim import Mode

Operation = tuple[str, str, str]  # kind, file, and of a rename its source


class Driver:
    """The process of driver.py, told what to do over pipes."""

    def __init__(self, shim: Path, folder: Path, begin: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.driver", str(folder / begin)],
            cwd=PROJECT_ROOT, env=os.environ | {"LD_PRELOAD": str(shim)}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._send({"begin": begin})
        self._operations: dict[str, list[Operation]] = {}

    def _send(self, what: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        print(json.dumps(what), file=self._process.stdin, flush=True)

    def _ask(self, what: dict[str, Any]) -> Any:
        assert self._process.stdout is not None
        self._send(what)
        line = self._process.stdout.readline()
        assert line, f"the driver ended: {self._process.wait()}"
        return json.loads(line)

    def operations(self, mutant: str = "") -> list[Operation]:
        """Every operation of an undisturbed publish, in its order."""
        if mutant not in self._operations:
            self._operations[mutant] = [tuple(each) for each in self._ask({"operations": [mutant]})]
        return self._operations[mutant]

    def faults(self, number: int, mode: Mode, mutant: str = "") -> list[str]:
        """What is wrong after a fault at an operation (counted from 1), and after the publish that follows."""
        found = self._ask({"attempt": [number, mode, mutant]})
        faults = [*found["torn"], *found["unfinished"]]
        expected = {"killed"} if mode in (Mode.KILL, Mode.HALF) else {"raised", "published"}
        if found["ended"] not in expected:
            faults.append(f"it ended so: {found['ended']}")
        if found["ended"] == "raised" and not found["told"]:
            faults.append(f"nobody is told what to do: {found['error']}")
        return [f"{mode.name} at {number}, {self.operations(mutant)[number - 1]}: {fault}" for fault in faults]

    def duration(self) -> float:
        """Seconds that a publish takes which nothing disturbs."""
        return float(self._ask({"duration": []}))

    def faults_of_kill(self, after: float, mutant: str = "") -> list[str]:
        """What is wrong after a kill so many seconds after a publish began, and after the publish that follows."""
        found = self._ask({"kill": [after, mutant]})
        return [f"killed after {after:.4f} s: {fault}" for fault in (*found["torn"], *found["unfinished"])]

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
