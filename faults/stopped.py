"""How programs end. Ctrl-C and SIGTERM end what runs in order, and which of them came is known however it ends."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import threading

from faults.told import ExitCode, ToldError

ENDING = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}
_came: list[int] = []
_noted: list[int] = []  # the end of a pipe that the system writes their numbers into


class Stopped(ToldError):
    """Somebody ended this program; the message says so, what stands, and how to go on."""

    def __init__(self, number: int, stands: str) -> None:
        super().__init__(f"Ended by {ENDING[signal.Signals(number)]}. {stands} Run the same command again to go on.")
        self.exit_code = ExitCode(128 + number)


def clean_up_seldom() -> None:
    """Python looks for what nothing refers to any more whenever 700 objects were made, and at its end twice through all
    that is loaded: a twentieth of a refresh. Here nearly all stays, and its memory goes with the process."""
    gc.set_threshold(50_000, 50)
    atexit.register(gc.freeze)


def listen() -> None:
    """From here on both raise KeyboardInterrupt. Dagster puts handlers of its own in place of these, and a library may
    swallow what a handler raises: so the system notes the number beside."""
    reading, writing = os.pipe()
    for end in (reading, writing):
        os.set_blocking(end, False)
    _noted[:] = [reading]
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as a shell starts what is to run in the background
            signal.signal(number, signal.default_int_handler)


def came() -> int:
    """The first of them that came since `listen`; 0 while none has."""
    try:
        while not _came and _noted:
            _came.extend(number for number in os.read(_noted[0], 64) if number in ENDING)
    except BlockingIOError:
        pass
    return _came[0] if _came else 0


def go_on_unless_stopped() -> None:
    """Raises KeyboardInterrupt where one came that a library has swallowed."""
    if came():
        raise KeyboardInterrupt


def end_in_order() -> None:
    """Once is enough: what ends now is not to be ended again in the middle of it."""
    if came():
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)


def end_with_parent() -> None:
    """For a child whose standard input its parent keeps open: Ctrl-C is the parent's, which ends its children; a parent
    that is gone, however it went, takes the child with it, which would go on writing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_when_alone, daemon=True).start()


def _end_when_alone() -> None:
    while os.read(0, 64):
        pass
    os.kill(os.getpid(), signal.SIGKILL)
