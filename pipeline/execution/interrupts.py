"""Ctrl-C, SIGTERM and a closed terminal end a run in order: kernels ended, nothing left behind, outputs whole.

An exception thrown into the event loop of a running notebook would leave its tasks behind. So while a notebook runs a
signal ends its kernel, which ends the notebook; at other times it raises. A second signal changes nothing.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from pipeline.execution.errors import Interrupted
from pipeline.execution.stops import Stop, heeded, once_imported


class Interrupts:
    """What a run does with the signals that ask it to end; see `interruptible`."""

    def __init__(self) -> None:
        self._received: int | None = None
        self._is_held = False
        self._is_over = False
        self._end: Callable[[], None] | None = None

    def handle(self, signal_number: int, frame: FrameType | None) -> None:
        """Take a signal: the first one ends the run."""
        if self._is_over or self._received is not None:
            return
        self._received = signal_number
        if not self._is_held:
            raise Stop(signal_number)
        if self._end is not None:
            self._end()

    @contextmanager
    def held(self) -> Iterator[Callable[[Callable[[], None]], None]]:
        """Let a signal raise only when the body is left; yields a way to say what it is to end at once, meanwhile."""

        def at_once(end: Callable[[], None]) -> None:
            self._end = end
            if self._received is not None:
                end()

        self._is_held = True
        try:
            yield at_once
        finally:
            self._is_held, self._end = False, None
            if self._received is not None:
                raise Stop(self._received) from None

    def finish(self) -> None:
        """Ignore signals from now on: the work is done and is being put in place."""
        self._is_over = True


@contextmanager
def interruptible() -> Iterator[Interrupts]:
    """Turn the signals that ask to end into Interrupted; only the main thread receives them.

    A signal that was ignored before (nohup, a shell's background job) stays so.
    """
    interrupts = Interrupts()
    former = {}
    if threading.current_thread() is threading.main_thread():
        for number in heeded():
            former[number] = signal.signal(number, once_imported(interrupts.handle))
    try:
        yield interrupts
    except Stop as stop:
        raise Interrupted(stop.signal_number) from None
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextmanager
def signals_held() -> Iterator[None]:
    """Let a signal that asks to end wait until the body is left: for what must not be left half begun, or half ended.

    Then the one that came first is taken by whoever takes signals outside. Only the main thread receives them.
    """
    came: list[int] = []
    former = {}
    if threading.current_thread() is threading.main_thread():
        for number in heeded():
            former[number] = signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])
