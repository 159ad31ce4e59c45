"""Work that looks at each row by itself, shared among copies of this process.

A copy (fork) has whatever this process has, so that neither names nor texts are handed over; only what comes of a part
comes back, through a pipe. What it took in memory to get there goes with the copy. A copy ends when this process does:
at once on Linux, and anyway when nobody reads its pipe any more.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import signal
import sys
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, Generic, TypeVar

from pipeline.put_away import give_back

Part = TypeVar("Part")
Result = TypeVar("Result")

LEAST = 20_000
"""Texts or rows up to which one process is as fast."""
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


def is_shared(size: int) -> bool:
    """Say whether so many texts or rows are worth more than one process."""
    return size > LEAST and _processors() > 1


def each(work: Callable[[Part], Result], parts: Sequence[Part], *, size: int) -> Generator[Result]:
    """Do some work on each part and yield what comes of it, in the order of the parts.

    `size` counts the texts or rows of all parts: many are shared among as many copies of this process as there are
    processors that it may use. A part that a copy did not finish, whatever ended it, is done here, so that an error is
    raised here as well. Results are pickled. Other systems than Linux have no safe copies: all is done here.
    """
    copies = min(len(parts), _processors()) if is_shared(size) else 1
    if copies < 2:
        yield from map(work, parts)
        return
    give_back()  # or each copy would have it, too, as soon as it writes there
    started: list[_Copy[Part, Result] | None] = []
    try:
        for first in range(copies):
            started.append(_started(work, parts[first::copies], [one for one in started if one]))
        for place, part in enumerate(parts):
            copy = started[place % copies]
            done = copy.next() if copy else None
            if done:
                yield done[0]
            else:
                _end(copy)
                started[place % copies] = None
                yield work(part)
    finally:
        for one in started:
            _end(one)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


class _Copy(Generic[Part, Result]):
    """A copy of this process that does its parts one after the other; it waits with the next until one is taken."""

    def __init__(self, work: Callable[[Part], Result], parts: Sequence[Part], others: Sequence[_Copy[Any, Any]]):
        parent, system = os.getpid(), ctypes.CDLL(None)
        reading, writing = os.pipe()
        try:
            with warnings.catch_warnings():
                # Python warns of copies of a process with threads: a copy has none of them, and asks none for anything.
                warnings.simplefilter("ignore", DeprecationWarning)
                self.process = os.fork()
        except OSError:
            os.close(reading)
            os.close(writing)
            raise
        if not self.process:
            # Nothing that this process has prepared for its own end may happen in the copy as well.
            with suppress(BaseException):
                system.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
                os.close(reading)
                for one in others:
                    one.pipe.close()
                if os.getppid() == parent:
                    _do(work, parts, writing)
            os._exit(0)
        os.close(writing)
        self.pipe: BinaryIO = os.fdopen(reading, "rb")

    def next(self) -> tuple[Result] | None:
        """Return what came of the next part; None where the copy has ended without it."""
        try:
            return (pickle.load(self.pipe),)
        except (EOFError, OSError, pickle.UnpicklingError):
            return None


def _started(
    work: Callable[[Part], Result], parts: Sequence[Part], others: Sequence[_Copy[Part, Result]]
) -> _Copy[Part, Result] | None:
    """Start a copy; None where the system has no room for one."""
    try:
        return _Copy(work, parts, others)
    except OSError:
        return None


def _do(work: Callable[[Part], Result], parts: Sequence[Part], writing: int) -> None:
    gc.freeze()  # what was there before is not looked through, which would copy it
    with os.fdopen(writing, "wb") as pipe:
        for part in parts:
            pickle.dump(work(part), pipe, protocol=pickle.HIGHEST_PROTOCOL)
            pipe.flush()


def _end(copy: _Copy[Any, Any] | None) -> None:
    """End a copy, whatever it is at."""
    if copy is None:
        return
    copy.pipe.close()
    with suppress(ProcessLookupError):
        os.kill(copy.process, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(copy.process, 0)
