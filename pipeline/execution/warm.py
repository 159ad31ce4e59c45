"""Kernels forked from a process that has imported what the notebooks import: the driver's side of it.

On Linux alone: elsewhere a fork is not safe (macOS) or does not exist (Windows), and every kernel starts from nothing.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.execution import kernel_server

COLD = "Every notebook starts Python anew, which takes longer: {reason}."
_START_SECONDS = 120.0
_END_SECONDS = 30.0  # it may be importing
_ALWAYS = ("ipykernel.kernelapp", "ipykernel.zmqshell")
"""What every kernel needs."""
LOG = "server.log"
"""What the server says, in the private folder."""


class NoServerError(Exception):
    """A kernel cannot be forked; the text says why."""


class ForkedProcess:
    """A process that is no child of ours; as far as jupyter_client needs it, a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, process: int, handle: int, server: KernelServer) -> None:
        self.pid = process
        self.returncode: int | None = None
        self._handle = handle
        self._server = server

    def poll(self) -> int | None:
        """Return the code with which it ended, or None while it runs."""
        return self._ended(0.0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, for `timeout` seconds at most; returns the code."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal to the process, unless it has ended."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _ended(self, seconds: float | None) -> int | None:
        if self.returncode is None:
            poller = select.poll()
            poller.register(self._handle, select.POLLIN)
            if not poller.poll(None if seconds is None else seconds * 1000):
                return None
            code = self._server.code_of(self.pid)
            # A signal's handler may have come in between and done the same.
            if self.returncode is None:
                self.returncode, handle, self._handle = code, self._handle, -1
                os.close(handle)
        return self.returncode


class KernelServer:
    """The process that kernels are forked from. It imports `modules`, in order, while nothing is asked of it."""

    def __init__(self, modules: Iterable[str], folder: Path, environment: Mapping[str, str], log: Path) -> None:
        if sys.platform != "linux" or not hasattr(os, "pidfd_open"):
            raise NoServerError("this system has no safe way to copy a process")
        ours, theirs = socket.socketpair()
        self._connection = ours
        self._rest = b""
        self._handles: list[int] = []
        self._codes: dict[int, int] = {}
        # Without -P the folder of the program would be on the import path.
        command = [sys.executable, "-P", kernel_server.__file__, str(theirs.fileno()), str(os.getpid())]
        try:
            with theirs, log.open("wb") as out:
                self._process = subprocess.Popen(
                    [*command, *_ALWAYS, *modules],
                    cwd=folder,
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
        except OSError as error:
            ours.close()
            raise NoServerError(f"the process to copy did not start: {error.strerror}") from None

    def fork(self, folder: Path, log: Path, arguments: list[str], modules: Iterable[str] = ()) -> ForkedProcess:
        """Start a kernel; waits until the server has imported `modules`. Raises `NoServerError`."""
        return self._forked(folder, log, [*_ALWAYS, *modules], arguments=arguments)

    def call(self, function: str, paths: Iterable[Path], log: Path) -> ForkedProcess:
        """Let a process call a function, `module:name`, with paths; it ends with code 0 where nothing is raised."""
        return self._forked(log.parent, log, [function.partition(":")[0]], call=function, paths=[*map(str, paths)])

    def _forked(self, folder: Path, log: Path, modules: list[str], **more: Any) -> ForkedProcess:
        request = {"folder": str(folder), "log": str(log), "modules": modules, **more}
        try:
            self._connection.sendall(json.dumps(request).encode() + b"\n")
        except OSError:
            raise NoServerError("the process to copy has ended") from None
        while True:
            answer = self._answer(_START_SECONDS)
            if "started" in answer:
                # A number is given anew once its process is gone.
                self._codes.pop(answer["started"], None)
                return ForkedProcess(answer["started"], self._handles.pop(0), self)
            if "refused" in answer:
                raise NoServerError(str(answer["refused"]))

    def code_of(self, process: int) -> int:
        """Return the code with which a kernel ended; that of a kill where the server cannot tell any more."""
        while process not in self._codes:
            try:
                self._answer(_END_SECONDS)
            except NoServerError:
                return -signal.SIGKILL
        return self._codes[process]

    @property
    def is_running(self) -> bool:
        """Whether the server has not ended."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the server, and with it its kernels, at once; may be called from a signal handler."""
        self._process.kill()

    def close(self) -> None:
        """End the server; its kernels should have ended before."""
        self._process.kill()
        self._process.wait()
        self._connection.close()
        for handle in self._handles:
            os.close(handle)

    def _answer(self, seconds: float) -> dict[str, Any]:
        """Read one answer; keep the descriptor that came with it, and the code of a kernel that ended."""
        self._connection.settimeout(seconds)
        while b"\n" not in self._rest:
            try:
                part, handles, _, _ = socket.recv_fds(self._connection, 4096, 8)
            except OSError:
                raise NoServerError("the process to copy does not answer") from None
            # Only the start of a kernel brings one, and starts are answered in order.
            self._handles += handles
            if not part:
                raise NoServerError("the process to copy has ended")
            self._rest += part
        line, _, self._rest = self._rest.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        if "ended" in answer:
            self._codes[answer["ended"]] = answer["code"]
        return answer


@dataclass(frozen=True)
class Home:
    """What the kernels of a run share: their private folder and environment, and the server, where there is one.

    Errors of a class named in `sentence_errors` keep their text.
    """

    scratch: Path
    environment: Mapping[str, str]
    sentence_errors: frozenset[str]
    server: KernelServer | None


@contextmanager
def open_server(
    modules: Iterable[str], scratch: Path, environment: Mapping[str, str], say: Callable[[str], None]
) -> Iterator[KernelServer | None]:
    """Yield a server that imports `modules` meanwhile, or say why there is none; it ends with the body."""
    try:
        server = KernelServer(modules, scratch, environment, scratch / LOG)
    except NoServerError as reason:
        say(COLD.format(reason=reason))
        yield None
        return
    try:
        yield server
    finally:
        server.close()
