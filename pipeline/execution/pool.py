"""Jobs done side by side by a few processes, each of which does many, one after the other.

On Linux the processes are copies of one that has imported what they need and has run nothing (multiprocessing's fork
server), so that what was imported is in memory once; elsewhere each starts anew. None of them outlives us: each ends
in order when its connection with us closes, when it is asked to, and when we end, even if we are killed.

A process that dies takes with it the job that it was at, and no other; another one takes its place.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.forkserver
import multiprocessing.resource_tracker
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any, Generic, TypeVar

from pipeline.execution.errors import Interrupted

Job = TypeVar("Job")
Result = TypeVar("Result")
Tell = Callable[[Any], None]
"""Tells what a job is at, or whatever else it has to say."""
Work = Callable[[], AbstractContextManager[Callable[[Job, Tell], Result]]]
"""What a process opens once and closes at its end, a function at the top of a module; it gives what does a job."""

_STOP_SECONDS = 15.0
"""How long a process that is asked to end may take to leave everything in order; it is killed then."""
_PASSED_ON = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None]
"""Signals that ask us to end, and that we pass on to the processes by closing their connections."""


@dataclass(frozen=True)
class Begun:
    """A job was begun; by its place among the jobs, as in the other events."""

    place: int


@dataclass(frozen=True)
class Told:
    """A job says something."""

    place: int
    what: Any


@dataclass(frozen=True)
class Done(Generic[Result]):
    """A job was done."""

    place: int
    result: Result


@dataclass(frozen=True)
class Lost:
    """The process that was at a job ended before it was done; `code` as `subprocess.Popen.returncode`."""

    place: int
    code: int | None


def pooled(
    work: Work[Job, Result], jobs: Sequence[Job], workers: int, *, preload: Sequence[str] = ()
) -> Generator[Begun | Told | Done[Result] | Lost]:
    """Do jobs in `workers` processes, begun in their order, and yield what happens; every job ends as Done or Lost.

    Jobs, results and `work` are pickled. `preload` are modules that the processes need. Closing the iterator, and an
    exception in whoever reads it, asks all processes to end (SIGTERM) and waits until they have. A job is what
    tells its own failures: an exception that it lets out ends its process.
    """
    with closing(_Pool(work, list(enumerate(jobs)), preload)) as pool:
        for _ in range(min(workers, len(jobs))):
            yield pool.start()
        while pool.workers:
            yield from pool.events()


@dataclass
class _Worker(Generic[Job]):
    process: BaseProcess
    connection: Connection[Any, Any]
    place: int


class _Pool(Generic[Job, Result]):
    def __init__(self, work: Work[Job, Result], jobs: list[tuple[int, Job]], preload: Sequence[str]) -> None:
        self.workers: list[_Worker[Job]] = []
        self._work = work
        self._open = jobs[::-1]
        self._context = _context(preload)

    def start(self) -> Begun:
        """Start a process on the next job."""
        ours, theirs = self._context.Pipe()
        try:
            arguments = (theirs, self._work, dict(os.environ))
            process = self._context.Process(target=_serve, args=arguments)  # type: ignore[attr-defined]
            process.start()
        except BaseException:
            ours.close()  # which ends the process, should a signal have come just after its start
            raise
        finally:
            theirs.close()
        self.workers.append(_Worker(process, ours, -1))
        return self._hand_on(self.workers[-1])

    def events(self) -> Iterator[Begun | Told | Done[Result] | Lost]:
        """Wait until something happens, and yield it."""
        by_connection = {worker.connection: worker for worker in self.workers}
        for connection in wait(list(by_connection)):
            worker = by_connection[connection]  # type: ignore[index]
            try:
                is_over, said = worker.connection.recv()
            except (EOFError, OSError):
                yield from self._lost(worker)
                continue
            place = worker.place
            if not is_over:
                yield Told(place, said)
                continue
            # The next job first: whoever reads the events may take a moment.
            begun = [self._hand_on(worker)] if self._open else []
            yield Done(place, said)
            yield from begun
            if not begun:
                self._dismiss(worker)

    def _hand_on(self, worker: _Worker[Job]) -> Begun:
        worker.place, job = self._open.pop()
        with suppress(OSError):  # of one that has died; its connection tells so next
            worker.connection.send(job)
        return Begun(worker.place)

    def _dismiss(self, worker: _Worker[Job]) -> None:
        self.workers.remove(worker)
        worker.connection.close()
        _end([worker.process], is_asked=False)

    def _lost(self, worker: _Worker[Job]) -> Iterator[Begun | Lost]:
        self.workers.remove(worker)
        worker.connection.close()
        _end([worker.process], is_asked=False)
        yield Lost(worker.place, worker.process.exitcode)
        if self._open:
            yield self.start()

    def close(self) -> None:
        """End all processes, and wait until they have ended."""
        workers, self.workers = self.workers, []
        for worker in workers:
            worker.connection.close()
        _end([worker.process for worker in workers], is_asked=True)


def _end(processes: Sequence[BaseProcess], *, is_asked: bool) -> None:
    """Wait for processes whose connection is closed; kill those that do not end."""
    try:
        if is_asked:
            for process in processes:
                process.terminate()
        until = time.monotonic() + _STOP_SECONDS
        for process in processes:
            process.join(max(0.0, until - time.monotonic()))
    finally:  # a second signal may have come
        for process in processes:
            if process.is_alive():
                process.kill()
                process.join()


def _context(preload: Sequence[str]) -> BaseContext:
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    # Signals that ask us to end may be sent to all of us at once. We pass them on; the one to copy must outlive its
    # copies, so that they can end in order: it is born with these signals blocked, and ends when we do. Of ours, one
    # that comes meanwhile waits. The tracker that it starts would let them through again, so it is started before.
    multiprocessing.resource_tracker.ensure_running()
    former = signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
    try:
        multiprocessing.forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)
    return context


def _serve(connection: Connection[Any, Any], work: Work[Any, Any], environment: dict[str, str]) -> None:
    """Do jobs as they come, until the connection closes or the process is asked to end."""
    _detach()
    os.environ.clear()
    os.environ.update(environment)

    def tell(what: Any) -> None:
        connection.send((False, what))

    # The other end may close at any time: whoever held it has no use for what is said any more.
    with connection, suppress(EOFError, BrokenPipeError, ConnectionResetError), work() as do:
        while True:
            job = connection.recv()
            connection.send((True, _done(do, job, tell)))


def _done(do: Callable[[Any, Tell], Any], job: Any, tell: Tell) -> Any:
    """Do a job; whatever it lets out ends the process without a word: a traceback may hold a row of the data."""
    try:
        return do(job, tell)
    except Interrupted as stop:
        sys.exit(stop.exit_code)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        raise
    except Exception:
        sys.exit(1)


def _detach() -> None:
    """Let nobody but the driver end this process, and let it end with the driver."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal
    signal.signal(signal.SIGTERM, _leave)
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
        with suppress(OSError):
            os.setsid()
    threading.Thread(target=_end_with_driver, daemon=True).start()


def _end_with_driver() -> None:
    driver = multiprocessing.parent_process()
    assert driver is not None  # this is a process of a pool
    wait([driver.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_STOP_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
