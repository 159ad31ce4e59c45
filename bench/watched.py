"""Run one command and watch all its processes: wall time, CPU time, peak memory, and when each line came on stderr.

Started by its path with the standard library alone, so that it weighs little beside what it watches:

    python -I watched.py RESULT SECONDS COMMAND …

RESULT is the file for what was measured, as JSON; SECONDS is after how many the command is stopped, 0 for never. Linux
only, since it reads /proc.

CPU time is exact: orphans of the command become children of this process, which waits for all of them, and the system
adds up what they used. Memory is sampled: the proportional set sizes of all processes, in which a page that several
share counts once. Between two samples a peak can pass unseen, so it is at least the largest resident set that the
system noted of any one process.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)
_EVERY_SECONDS = 0.1
_TICKS = os.sysconf("SC_CLK_TCK")
_MOST_LINES = 2000
_MOST_TRIES = 5
STOPPED = 124
"""The code of a command that took too long."""


class Watch:
    """What is known of the processes below this one while they run."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.peak = 0
        self.marks: list[dict[str, float | int | str]] = []
        self._peak_since_mark = 0
        self._cpu = 0.0
        self._lock = threading.Lock()

    def seconds(self) -> float:
        return time.monotonic() - self.began

    def sample(self) -> None:
        """Look at every process once.

        If a process was copied meanwhile, what it shares with its copies would count more than once: the memory is
        looked at again then.
        """
        for _ in range(_MOST_TRIES):
            seen = list(_descendants(os.getpid()))
            used, held = sum(map(_ticks, seen)), sum(map(_held, seen))
            if seen == list(_descendants(os.getpid())):
                break
        else:
            held = 0
        with self._lock:
            self._cpu = max(self._cpu, used / _TICKS)
            self.peak = max(self.peak, held)
            self._peak_since_mark = max(self._peak_since_mark, held)

    def mark(self, text: str) -> None:
        """Note a line with what was used until it came, and the peak since the line before it."""
        self.sample()
        with self._lock:
            self.marks.append(
                {"text": text, "seconds": self.seconds(), "cpu_seconds": self._cpu, "peak_bytes": self._peak_since_mark}
            )
            self._peak_since_mark = 0


def main(arguments: Sequence[str]) -> int:
    result, limit, *command = arguments
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    watch = Watch()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace"
    )
    outputs: list[str] = []
    readers = [
        threading.Thread(target=_read, args=(process.stderr, watch.mark), daemon=True),
        threading.Thread(target=_read, args=(process.stdout, outputs.append), daemon=True),
    ]
    for reader in readers:
        reader.start()
    is_stopped = False
    while process.poll() is None:
        watch.sample()
        if float(limit) and watch.seconds() > float(limit):
            is_stopped = True
            _stop_all()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_EVERY_SECONDS)
    seconds = watch.seconds()
    _reap()
    for reader in readers:
        reader.join(5)
    watch.mark("")  # with the peak since the last line
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    Path(result).write_text(
        json.dumps(
            {
                "code": STOPPED if is_stopped else process.returncode,
                "seconds": seconds,
                "cpu_seconds": used.ru_utime + used.ru_stime,
                "peak_bytes": max(watch.peak, used.ru_maxrss * 1024),
                "marks": watch.marks[-_MOST_LINES:],
                "output": outputs[-_MOST_LINES:],
            }
        ),
        encoding="utf-8",
    )
    return 0


def _read(stream: IO[str] | None, take: object) -> None:
    assert stream is not None
    assert callable(take)
    for line in stream:
        take(line.rstrip("\n"))


def _descendants(process: int) -> Iterator[int]:
    for child in _children(process):
        yield child
        yield from _descendants(child)


def _children(process: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{process}/task"):  # noqa: PTH208  # names alone, many times a second
            found += map(int, _text(f"/proc/{process}/task/{thread}/children").split())
    return found


def _ticks(process: int) -> int:
    """Return what a process and those that it waited for have used, in ticks of the clock."""
    fields = _text(f"/proc/{process}/stat").rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime


def _held(process: int) -> int:
    """Return the proportional set size of a process in bytes."""
    for line in _text(f"/proc/{process}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _text(path: str) -> str:
    """Read a file of /proc; a process that has ended meanwhile has none."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _stop_all() -> None:
    for process in list(_descendants(os.getpid())):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _reap() -> None:
    """Wait for orphans that are still about their business, and stop them after some seconds."""
    patience = time.monotonic() + 5
    while True:
        try:
            process, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if process == 0:
            if time.monotonic() > patience:
                _stop_all()
            time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
