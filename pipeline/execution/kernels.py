"""Kernels for one run: this Python, nobody's settings, and none that outlives the run.

A kernel takes most of a second to start, so the next one starts while a notebook runs. Whoever replaces this by
something faster needs `Kernels` to keep three promises: `take` gives a kernel manager for nbclient with a fresh
kernel, `retire` ends it before the next notebook reads what it wrote, `kill` may be called from a signal handler.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync

from pipeline.execution import in_kernel
from pipeline.execution.environment import kernel_environment
from pipeline.execution.errors import ExecutionError
from pipeline.execution.scratch import has_room_for_socket, scratch_folder

# Time for a kernel to run what a notebook registered for its end, in seconds; it is killed then.
_SHUTDOWN_SECONDS = 5.0

_STARTUP = """\
import importlib.util
import sys
specification = importlib.util.spec_from_file_location("pipeline_in_kernel", {path!r})
module = importlib.util.module_from_spec(specification)
specification.loader.exec_module(module)
module.prepare(get_ipython(), {sentence_errors!r}, {repository!r})
del importlib, sys, specification, module
"""


class HermeticKernelManager(AsyncKernelManager):
    """One kernel of the Python that runs us; kernelspecs installed by a user or an environment are not looked at."""

    def __init__(self, scratch: Path, number: int) -> None:
        super().__init__(kernel_name="python3", connection_file=str(scratch / f"k{number}.json"))
        if sys.platform != "win32" and has_room_for_socket(scratch):
            self.transport = "ipc"
            self.ip = str(scratch / f"k{number}")
        self._log = scratch / f"k{number}.log"
        self._client: AsyncKernelClient | None = None

    @property
    def kernel_spec(self) -> KernelSpec:
        """ipykernel, without a history of commands and without the working directory on the import path."""
        arguments = ["--HistoryManager.enabled=False", "--InteractiveShellApp.ignore_cwd=True"]
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *arguments]
        return KernelSpec(argv=command, display_name="Python 3", language="python")

    def client(self, **settings: Any) -> AsyncKernelClient:  # type: ignore[override]
        """Make the client that nbclient talks through, and remember it to close it."""
        self._client = super().client(**settings)
        return self._client

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The kernel's process while there is one."""
        return getattr(self.provisioner, "process", None)

    @property
    def is_running(self) -> bool:
        """Whether the process has started and not ended."""
        return self.process is not None and self.process.poll() is None

    def boot(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Start the process, with `folder` as working directory; returns before the kernel answers.

        What the process says outside of notebooks, before its first cell for instance, goes to a file that is removed
        with the scratch folder: it may hold data.
        """
        with self._log.open("wb") as log:
            run_sync(self.start_kernel)(env=dict(environment), cwd=str(folder), stdout=log, stderr=log)

    def end(self) -> None:
        """Ask the kernel to end and wait for it, so that what it wrote is complete; kill it if it does not."""
        process = self.process
        if process is not None and process.poll() is None:
            run_sync(self.request_shutdown)()
            if not _has_ended(process, _SHUTDOWN_SECONDS):
                self.kill()
        self._close()

    def discard(self) -> None:
        """End a kernel that ran nothing, or whose work is void."""
        self.kill()
        self._close()

    def kill(self) -> None:
        """End the process and the processes it started, at once; may be called from a signal handler."""
        process = self.process
        if process is None or process.poll() is not None:
            return
        with suppress(ProcessLookupError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)  # a kernel leads a session of its own

    def _close(self) -> None:
        if self.process is not None:
            self.process.wait()
        if self._client is not None:
            self._client.stop_channels()
            self._client = None
        run_sync(self.cleanup_resources)()


def _has_ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for a process, in shorter steps than Popen.wait, whose 50 ms are half of what a kernel needs to end."""
    until = time.monotonic() + seconds
    while process.poll() is None:
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


class Kernels:
    """The kernels of one run, all with one working directory and one environment."""

    def __init__(
        self, scratch: Path, folder: Path, environment: Mapping[str, str], sentence_errors: Collection[str]
    ) -> None:
        self.folder = folder
        self.sentence_errors = frozenset(sentence_errors)
        self.scratch = scratch
        self._environment = kernel_environment(scratch, environment)
        self._started = 0
        self._spare: HermeticKernelManager | None = None
        self._running: list[HermeticKernelManager] = []
        self.is_stopped = False
        self._write_profile()

    def prepare(self) -> None:
        """Let a kernel start for the next `take`."""
        if self._spare is None and not self.is_stopped:
            self._spare = self._boot()

    def take(self) -> HermeticKernelManager:
        """Give a kernel that has run nothing."""
        self.prepare()
        if self._spare is None:
            raise ExecutionError("The run was stopped.")
        kernel, self._spare = self._spare, None
        return kernel

    def retire(self, kernel: HermeticKernelManager) -> None:
        """End a kernel whose notebook is done."""
        kernel.end()
        self._running.remove(kernel)

    def kill(self) -> None:
        """End all kernels at once and start no other; may be called from a signal handler."""
        self.is_stopped = True
        for kernel in list(self._running):
            kernel.kill()

    def close(self) -> None:
        """End what still runs."""
        self._spare = None
        for kernel in self._running:
            kernel.discard()
        self._running = []

    def _boot(self) -> HermeticKernelManager:
        self._started += 1
        kernel = HermeticKernelManager(self.scratch, self._started)
        self._running.append(kernel)
        kernel.boot(self.folder, self._environment)
        if self.is_stopped:  # the signal came between the start of the process and our knowing it
            kernel.kill()
        return kernel

    def _write_profile(self) -> None:
        """Lay out an IPython profile whose only startup file is ours."""
        startup = self.scratch / "ipython" / "profile_default" / "startup"
        startup.mkdir(parents=True, mode=0o700)
        text = _STARTUP.format(
            path=str(Path(in_kernel.__file__)),
            sentence_errors=sorted(self.sentence_errors),
            repository=str(repository()),
        )
        (startup / "00-pipeline.py").write_text(text, encoding="utf-8")


def repository() -> Path:
    """The folder that holds the package: what frames and executed notebooks name their files relative to."""
    return Path(__file__).resolve().parents[2]


@contextmanager
def open_kernels(
    folder: Path, environment: Mapping[str, str], sentence_errors: Collection[str] = ()
) -> Iterator[Kernels]:
    """Yield kernels with `folder` as working directory and the first one starting; none is left at the end.

    `environment` is added to that of the kernels alone. Errors of a class named in `sentence_errors` keep their text.
    """
    with scratch_folder() as scratch:
        kernels = Kernels(scratch, folder, environment, sentence_errors)
        try:
            kernels.prepare()
            yield kernels
        finally:
            kernels.close()
