"""A Dask cluster of processes on the loopback: a scheduler and two workers, as somebody would start them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from making import ROOT

SECONDS = 600


def python(*arguments: str, log: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Start a process of this Python, that finds the program and writes into a file."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with log.open("wb") as stream:
        command = [sys.executable, *arguments]
        return subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT, env=environment, cwd=folder)


def wait_for(happened: Callable[[], bool], what: str) -> None:
    """Wait until something is so; that it never is fails the test."""
    end = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < end, f"never happened: {what}"
        time.sleep(0.05)


@contextmanager
def two_workers(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and two workers, each a process; yields the address and the workers."""
    file = folder / "scheduler.json"
    started = []
    try:
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        started.append(
            python("-m", "distributed.cli.dask_scheduler", *options, log=folder / "scheduler.log", folder=folder)
        )
        wait_for(file.exists, "the scheduler is there")
        for number in range(2):
            log, own = folder / f"worker-{number}.log", folder / f"worker-{number}"
            own.mkdir()
            options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(own))
            command = ("-m", "distributed.cli.dask_worker", "--scheduler-file", str(file), *options)
            started.append(python(*command, log=log, folder=own))
        from distributed import Client

        with Client(scheduler_file=str(file)) as client:
            client.wait_for_workers(2, timeout=SECONDS)
            address = client.scheduler.address
        yield address, started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()
