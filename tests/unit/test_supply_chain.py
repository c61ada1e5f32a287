"""The lock files: every library with its version and hashes, and no word of where they came from."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from store.paths import PROJECT_ROOT

LOCK_FILES = ("requirements.lock", "requirements-uv.lock", "requirements-spark.lock")
REQUIREMENT = re.compile(r"([\w.\-\[\]]+)==([\w.+!]+)( ;.*?)?((?: --hash=sha256:[0-9a-f]{64})*)")
ADDRESS = re.compile(r"//|--(?:extra-)?index-url|--find-links|--trusted-host|(?:^|\s)-[if]\s| @ ")


def lock_faults(text: str) -> tuple[int, list[str]]:
    """How many libraries a lock file holds, and what is wrong with it."""
    whole = re.sub(r"\s*\\\n\s*", " ", text)
    lines = [line for line in whole.splitlines() if line and not line.lstrip().startswith("#")]
    found = [f"an address: {line}" for line in text.splitlines() if ADDRESS.search(line)]
    for line in lines:
        match = REQUIREMENT.fullmatch(line)
        if match is None:
            found.append(f"no pinned requirement: {line}")
        elif not match[4]:
            found.append(f"without a hash: {match[1]}")
    return len(lines), found


@pytest.mark.parametrize("name", LOCK_FILES)
def test_every_library_has_its_hash(name: str, record_property: Callable[[str, Any], None]) -> None:
    n, found = lock_faults((PROJECT_ROOT / name).read_text(encoding="utf-8"))
    assert found == []
    assert n >= 1
    record_property("tried", ["libraries", "pinned by hash", n])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: re.sub(r"(?<=duckdb==1\.5\.6)( \\\n +--hash=\S+)+", "", t), "without a hash: duckdb"),
        (lambda t: re.sub(r"--hash=sha256:\w{8}", "--hash=sha256:", t, count=1), "no pinned requirement: agate"),
        (lambda t: t.replace("duckdb==1.5.6", "duckdb>=1.5.6"), "no pinned requirement: duckdb"),
        (lambda t: f"{t}\nduckdb @ file:///tmp/duckdb.whl\n", "an address: duckdb"),
        (lambda t: f"--extra-index-url simple\n{t}", "an address: --extra-index-url"),
    ],
)
def test_a_lock_file_that_is_open_is_seen(
    change: Callable[[str], str], said: str, record_property: Callable[[str, Any], None]
) -> None:
    """The mutants."""
    text = (PROJECT_ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert change(text) != text
    assert any(fault.startswith(said) for fault in lock_faults(change(text))[1])
    record_property("tried", ["open lock files", "seen", 1])


def test_the_audit_asks_for_all() -> None:
    """`make audit` needs the network and is no test; that it would pass over nothing is one."""
    (recipe,) = re.findall(r"^audit:.*\n((?:\t.*\n)+)", (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert {"--strict", "--require-hashes", "--disable-pip", *LOCK_FILES} <= set(recipe.split())
    assert "--ignore-vuln" not in recipe and "exit 1" in recipe
