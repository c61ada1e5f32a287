"""What a query of a release may take."""

from __future__ import annotations

from dataclasses import dataclass

MEMORY_MB = 1024  # unless more is asked for: --memory
SECONDS = 60  # unless more are asked for: --seconds
MOST_CHARACTERS = 256 * 1024**2  # of one answer


@dataclass(frozen=True)
class Limits:
    """What a query may take. Time is what it computes: waiting for whoever reads the answer does not count."""

    seconds: float = SECONDS
    memory_mb: int = MEMORY_MB
    rows: int = 1000
    characters: int = MOST_CHARACTERS
