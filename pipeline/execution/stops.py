"""Ctrl-C, SIGTERM and a closed terminal are taken from the first moment of a call on, before anything slow is imported.

Nothing but what Python has loaded by then is imported here.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
"""The signals that ask to end, as far as the system has them."""
BY_A_SIGNAL = 128
"""What is added to the number of a signal for the exit code."""
_AT_ONCE_SECONDS = 1.0
"""How long after a signal another one is the same impatient hand."""


class Stop(KeyboardInterrupt):
    """Carries a signal past code that catches Exception."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number


def stopped(signal_number: int) -> str:
    """Say that a signal ended the call."""
    return f"Stopped by {signal.Signals(signal_number).name}; the former outputs are as they were."


def stoppable(call: Callable[[], int]) -> int:
    """Make a call and return its exit code; a signal ends it with a sentence, 128 and the number of the signal.

    A signal that was ignored before (nohup, a shell's background job) stays so.
    """
    raised = -_AT_ONCE_SECONDS

    def stop(signal_number: int, frame: FrameType | None) -> None:
        nonlocal raised
        # One that comes while the first is being obeyed would only break that off.
        if time.monotonic() - raised >= _AT_ONCE_SECONDS:
            raised = time.monotonic()
            raise Stop(signal_number)

    numbers = [number for name in SIGNALS if (number := getattr(signal, name, None)) is not None]
    taken = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    try:
        for number in taken:
            signal.signal(number, stop)
        return call()
    except Stop as came:
        print(f"Error: {stopped(came.signal_number)}", file=sys.stderr)
        return BY_A_SIGNAL + came.signal_number
    finally:
        # What the call ended with has been told; while Python takes itself down a signal would change its code alone.
        for number in taken:
            signal.signal(number, signal.SIG_IGN)
