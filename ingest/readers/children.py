"""Parsers of untrusted binary files run in a process of their own: a file that kills it kills nothing else."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

from faults.errors import Words, worded
from store.fingerprint import file_sha256

PROJECT_ROOT = Path(__file__).parents[2]
# Isolated from the environment and the working folder (-I), so the project's own folder is named to it.
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from ingest.readers.children import serve; serve(sys.argv[2:])"
OUT_OF_MEMORY = 3  # its exit code: Python itself ends with 1 and 2
KEPT, SMALL = 16, 2**18  # answers that are kept, and their bytes


class Limits(NamedTuple):
    """What a parser may take."""

    memory_bytes: int = 4 * 1024**3
    cpu_seconds: int = 120
    seconds: int = 300
    output_bytes: int = 2 * 1024**3


LIMITS = Limits()


class ParserFailed(Exception):
    """The parser gave no answer; `words` tell how it ended, None where it refused the file itself."""

    def __init__(self, words: Words | None = None) -> None:
        super().__init__(words and words.found)
        self.words = words


_KNOWN: dict[tuple[str, ...], bytes] = {}  # what was said of small files, by their content


def describe_apart(module: str, path: str, *arguments: str) -> Any:
    """What `describe` of a module of this package says of a file, as JSON gives it. Raises ParserFailed.

    Of a small file it is said once per content: every step of a refresh reads the inventory.
    """
    key = (module, file_sha256(Path(path)), *arguments)
    said = _KNOWN.get(key) or _said_apart(module, path, *arguments)
    if len(said) <= SMALL:
        _KNOWN[key] = said
        for oldest in [*_KNOWN][:-KEPT]:
            del _KNOWN[oldest]
    return json.loads(said)


def _said_apart(module: str, *arguments: str) -> bytes:
    given = [str(number) for number in LIMITS]
    command = [sys.executable, "-I", "-c", PROGRAM, str(PROJECT_ROOT), *given, module, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        clock = Timer(LIMITS.seconds, child.send_signal, [signal.SIGXCPU])
        clock.start()
        try:
            said = child.stdout.read(LIMITS.output_bytes + 1)
        except BaseException:  # Ctrl-C: nobody waits for it any more
            child.kill()
            raise
        finally:
            clock.cancel()
        if len(said) > LIMITS.output_bytes:
            child.kill()
    if len(said) > LIMITS.output_bytes:
        found, largest = "The file holds more than can be taken in.", LIMITS.output_bytes // 1024**2
        raise ParserFailed(worded("parser-output-too-large", found, largest=largest))
    _raise_if_failed(child.returncode)
    return said


def _raise_if_failed(code: int) -> None:
    if code == -signal.SIGXCPU:
        found = f"Reading the file took longer than {LIMITS.cpu_seconds} seconds and was ended."
        raise ParserFailed(worded("parser-out-of-time", found))
    if code == OUT_OF_MEMORY:
        found = f"Reading the file needs more than {LIMITS.memory_bytes // 1024**2} MB of memory."
        raise ParserFailed(worded("parser-out-of-memory", found))
    if code < 0:
        found = f"The program that reads the file was ended by the signal {signal.Signals(-code).name}."
        raise ParserFailed(worded("parser-killed", found))
    if code > 0:
        raise ParserFailed


def serve(arguments: Sequence[str]) -> None:
    """The child's side: limits first, then the parser, whose answer goes to standard output and nowhere else."""
    limits, (module, *rest) = Limits(*map(int, arguments[: len(LIMITS)])), arguments[len(LIMITS) :]
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file,
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # and leaves no answers behind when it dies
    try:
        json.dump(import_module(f"ingest.readers.{module}").describe(*rest), sys.stdout)
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


def render_number(value: float) -> str:
    """The shortest decimal text that means the same number, without an exponent."""
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
