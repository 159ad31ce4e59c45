"""Ctrl-C, SIGTERM and a closed terminal are taken from the first moment of a call on, before anything slow is imported.

Nothing but what Python has loaded by then is imported here.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
"""The signals that ask to end, as far as the system has them."""
BY_A_SIGNAL = 128
"""What is added to the number of a signal for the exit code."""
_AT_ONCE_SECONDS = 1.0
"""How long after a signal another one is the same impatient hand."""
_LOOKED_AGAIN_SECONDS = 0.05
"""How often it is looked whether a module is still being imported."""
_IMPORTED_WITHIN_SECONDS = 10.0
"""From then on a signal is taken in the middle of an import, too."""
Take = Callable[[int, FrameType | None], None]
"""What is done with a signal."""


class Stop(KeyboardInterrupt):
    """Carries a signal past code that catches Exception."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number


def heeded() -> list[int]:
    """Return the signals that ask to end, without those that are ignored (nohup, a shell's background job)."""
    numbers = [number for name in SIGNALS if (number := getattr(signal, name, None)) is not None]
    return [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]


def stopped(signal_number: int) -> str:
    """Say that a signal ended the call."""
    return f"Stopped by {signal.Signals(signal_number).name}; the former outputs are as they were."


def once_imported(take: Take) -> Take:
    """Let a signal that comes while a module is imported wait for its end.

    A library that is being imported may lose an exception that is none of its own (C code that goes on without a part
    of itself), or turn it into an ImportError. So the signal is sent again a little later, until none is imported.
    """
    waits_since: float | None = None

    def handle(signal_number: int, frame: FrameType | None) -> None:
        nonlocal waits_since
        if _is_importing(frame):
            now = time.monotonic()
            waits_since = now if waits_since is None else waits_since
            if now - waits_since < _IMPORTED_WITHIN_SECONDS:
                again = threading.Timer(_LOOKED_AGAIN_SECONDS, _send_again, (signal_number,))
                again.daemon = True
                again.start()
                return
        waits_since = None
        take(signal_number, frame)

    return handle


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib._bootstrap"):
            return True
        frame = frame.f_back
    return False


def _send_again(signal_number: int) -> None:
    to_a_thread = getattr(signal, "pthread_kill", None)  # Windows has none
    main = threading.main_thread().ident
    if to_a_thread is None or main is None:
        signal.raise_signal(signal_number)
    else:
        # The main thread may wait in a call of the system, from which a signal to this one would not wake it.
        to_a_thread(main, signal_number)


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

    taken = heeded()
    try:
        for number in taken:
            signal.signal(number, once_imported(stop))
        return call()
    except Stop as came:
        print(f"Error: {stopped(came.signal_number)}", file=sys.stderr)
        return BY_A_SIGNAL + came.signal_number
    finally:
        # What the call ended with has been told; while Python takes itself down a signal would change its code alone.
        for number in taken:
            signal.signal(number, signal.SIG_IGN)
