"""What a command ends with, and errors that whoever ran it can act on."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """DONE: done and published, or nothing to do. REFUSED: built, and nothing published. WRONG_INPUT: an input or the
    usage is wrong. RUNNING: another program is at work on the same data. INTERRUPTED, TERMINATED: Ctrl-C, SIGTERM."""

    DONE = 0
    REFUSED = 1
    WRONG_INPUT = 2
    RUNNING = 3
    INTERRUPTED = 130
    TERMINATED = 143


class ToldError(RuntimeError):
    """An error whose text says what is wrong and what to do: it is told as it is, without a trace."""

    exit_code: ExitCode = ExitCode.WRONG_INPUT


class WrongUsage(ToldError):
    """What was asked for cannot be done as it was asked; the message says what can."""
