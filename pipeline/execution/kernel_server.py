"""The process from which kernels are forked: it has imported what the notebooks import, and runs nothing itself.

Started by its path, with the standard library alone. It reads requests from one end of a pair of sockets, a line of
JSON each, and answers each with a line: the number of the new process, sent along with a descriptor that stays true
to it, or why there is none. When a process ends it says so, with its code. A request names the modules that must be
there first; while there is none, the server goes on to import the others that it was told of.

A copy becomes a kernel, or calls one function with paths, such as that which sets a PDF while others work.

The server keeps a single thread, so that a copy of it is whole, and dies with the process that started it; so does
each kernel with the server.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
Request = dict[str, Any]


def main(arguments: Sequence[str]) -> None:
    """Serve forks until the other end closes; in each kernel, run it.

    `arguments`: the socket's descriptor, the number of the process that started us, the modules to import.
    """
    descriptor, driver, *modules = arguments
    _die_with(int(driver))
    gc.disable()  # imports make little garbage and would be looked through for it again and again
    request = _serve(socket.socket(fileno=int(descriptor)), modules)
    if request is not None:
        _become(request)


def _import(module: str) -> None:
    # A notebook that needs a module that cannot be imported says so itself.
    with suppress(Exception):
        importlib.import_module(module)


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it had ended before we asked to be told


def _serve(connection: socket.socket, modules: Sequence[str]) -> Request | None:
    """Answer requests; returns one in the process that is to do it, None when the other end has closed.

    `modules` are imported, one after the other, while nothing is asked.
    """
    later = deque(modules)
    woken, wakes = socket.socketpair()
    for end in (woken, wakes):
        end.setblocking(False)
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    with connection, woken, wakes, selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        with connection.makefile("r", encoding="utf-8") as lines:
            while True:
                ready = {key.fileobj for key, _ in selector.select(0 if later else None)}
                if not ready:
                    _import(later.popleft())
                if woken in ready:
                    woken.recv(4096)
                    _tell_ended(connection)
                if connection in ready:
                    line = lines.readline()
                    if not line:
                        return None
                    request = json.loads(line)
                    for module in request["modules"]:
                        _import(module)
                    if _fork(connection):
                        signal.set_wakeup_fd(-1)
                        return dict(request)


def _fork(connection: socket.socket) -> bool:
    """Fork and answer; True in the new process."""
    if threading.active_count() > 1:
        _send(connection, {"refused": "a module that the notebooks import starts a thread"})
        return False
    server = os.getpid()
    # What is there by now is never freed: the pages stay shared with the copies.
    gc.freeze()
    try:
        process = os.fork()
    except OSError as error:
        _send(connection, {"refused": os.strerror(error.errno or 0)})
        return False
    if process == 0:
        _die_with(server)
        with suppress(OSError):
            os.setpgid(0, 0)
        os.environ["JPY_PARENT_PID"] = str(server)
        return True
    # Here as well: the driver may end the group as soon as it knows of it.
    with suppress(OSError):
        os.setpgid(process, process)
    handle = os.pidfd_open(process)
    try:
        _send(connection, {"started": process}, handle)
    finally:
        os.close(handle)
    return False


def _tell_ended(connection: socket.socket) -> None:
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if process == 0:
            return
        _send(connection, {"ended": process, "code": os.waitstatus_to_exitcode(status)})


def _send(connection: socket.socket, answer: dict[str, Any], *handles: int) -> None:
    """Send an answer; one whose receiver is gone is for nobody."""
    with suppress(BrokenPipeError):
        socket.send_fds(connection, [json.dumps(answer).encode() + b"\n"], handles)


def _become(request: Request) -> None:
    """Do what a request asks for, with `folder` as working directory; what is said goes to `log`.

    Either it is to be the kernel with these `arguments`, as if it had been started by itself, or to `call` a function,
    `module:name`, with `paths`.
    """
    gc.enable()
    os.chdir(request["folder"])
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if "call" in request:
        _call(*request["call"].split(":"), *map(Path, request["paths"]))
        return
    sys.argv = ["ipykernel_launcher", *request["arguments"]]
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()
    _end()


def _end() -> None:
    """End as Python ends, but without taking all modules apart, which takes it a quarter of a second.

    Threads are waited for and what is left to the end is done; then what the notebook holds is given up, so that a
    file that it left open is complete. multiprocessing ends its copies in the same way.
    """
    from IPython.core.getipython import get_ipython

    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    shell = get_ipython()
    if shell is not None:
        shell.user_ns.clear()
    gc.collect()
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(0)


def _call(module: str, function: str, *paths: Path) -> None:
    from pipeline.execution.garbage import collect_seldom

    collect_seldom()
    getattr(importlib.import_module(module), function)(*paths)


if __name__ == "__main__":
    main(sys.argv[1:])
