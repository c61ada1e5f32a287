"""What the command line ends with, and the error that is about its user."""

from __future__ import annotations

from enum import IntEnum


class WrongUsage(Exception):
    """What was asked for cannot be done as it was asked; the message says what can."""


class ExitCode(IntEnum):
    """DONE: done and published, or nothing to do. REFUSED: built, and nothing published. WRONG_INPUT: an input or the
    usage is wrong. RUNNING: another program is at work on the same data."""

    DONE = 0
    REFUSED = 1
    WRONG_INPUT = 2
    RUNNING = 3
