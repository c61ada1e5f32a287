"""Parsers of untrusted binary files run in a process of their own: a file that kills it kills nothing else."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

MEMORY_LIMIT_BYTES = 4 * 1024**3
CPU_LIMIT_SECONDS = 120
TIME_LIMIT_SECONDS = 300

PROJECT_ROOT = Path(__file__).parents[2]
# Isolated from the environment and the working folder (-I), so the project's own folder is named to it.
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from ingest.readers.children import serve; serve(sys.argv[2:])"


def describe_apart(module: str, *arguments: str) -> Any | None:
    """What `describe` of a module of this package says of its arguments, as JSON gives it; None when it fails."""
    command = [sys.executable, "-I", "-c", PROGRAM, str(PROJECT_ROOT), module, *arguments]
    try:
        child = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT_SECONDS, check=True)
    except subprocess.SubprocessError:
        return None
    return json.loads(child.stdout)


def serve(arguments: Sequence[str]) -> None:
    """The child's side: limits first, then the parser, whose answer goes to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT_SECONDS, CPU_LIMIT_SECONDS))
    module, *rest = arguments
    json.dump(import_module(f"ingest.readers.{module}").describe(*rest), sys.stdout)


def render_number(value: float) -> str:
    """The shortest decimal text that means the same number, without an exponent."""
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
