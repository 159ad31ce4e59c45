"""What the tests let processes of a pool do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.execution.interrupts import interruptible

Do = Callable[[tuple[str, Any], Callable[[str], None]], Any]


@contextmanager
def working() -> Iterator[Do]:
    """Do small things; the process keeps what it did, and a child that is to end with it."""
    done: list[Any] = []
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as child:
        try:
            yield lambda job, tell: _do(job, tell, done, child.pid)
        finally:
            child.kill()


def _do(job: tuple[str, Any], tell: Callable[[str], None], done: list[Any], child: int) -> Any:
    what, value = job
    tell(f"at {what}")
    done.append(value)
    if what == "who":
        return os.getpid(), child, list(done), os.environ.get("OF_THE_TEST"), str(Path.cwd())
    if what == "die":
        os.kill(os.getpid(), value)
    if what == "raise":
        raise ValueError("Sarantuya")
    if what == "wait":  # as a run does
        with interruptible():
            try:
                Path(value).write_text(f"{os.getpid()} {child}")
                time.sleep(600)
            except BaseException:
                Path(value).with_suffix(".tidied").touch()
                raise
    if what == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        Path(value).write_text(f"{os.getpid()} {child}")
        time.sleep(600)
    return value
