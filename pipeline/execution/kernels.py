"""Kernels for one run: this Python, nobody's settings, and none that outlives the run.

Where the system allows it they are forked from one process that has imported what the notebooks import (`warm`), while
this one imports what it needs itself. Otherwise each starts from nothing; that takes a second or two, so the next one
starts while a notebook runs. Either way `Kernels` keeps three promises: `take` gives a kernel manager for nbclient with
a fresh kernel, `retire` ends it before the next notebook reads what it wrote, `kill` may be called from a signal
handler.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.utils import run_sync

from pipeline.execution import in_kernel
from pipeline.execution.errors import ExecutionError
from pipeline.execution.scratch import has_room_for_socket
from pipeline.execution.warm import COLD, ForkedProcess, Home, KernelServer, NoServerError

# Time for a kernel to run what a notebook registered for its end, in seconds; it is killed then.
_SHUTDOWN_SECONDS = 5.0
_ANSWER_SECONDS = 0.5

_STARTUP = """\
import importlib.util
import sys
specification = importlib.util.spec_from_file_location("pipeline_in_kernel", {path!r})
module = importlib.util.module_from_spec(specification)
specification.loader.exec_module(module)
module.prepare(get_ipython(), {sentence_errors!r}, {repository!r})
del importlib, sys, specification, module
"""


class ForkProvisioner(LocalProvisioner):
    """Gets a kernel of jupyter_client from a server instead of starting a process."""

    server: KernelServer
    log_file: Path
    modules: Sequence[str] = ()

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel; of `cmd` what follows the module is handed on, of the rest the folder `cwd`."""
        folder = Path(kwargs["cwd"])
        forked = self.server.fork(folder, self.log_file, cmd[cmd.index("ipykernel_launcher") + 1 :], self.modules)
        self.process = forked  # type: ignore[assignment]  # what is asked of a Popen, it answers
        self.pid = self.pgid = forked.pid
        self.cwd = str(folder)
        return self.connection_info


class PromptClient(AsyncKernelClient):
    """A client that knows from the kernel's own word when it is ready, where the base class waits for silence."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and what it puts out reaches us.

        Raises RuntimeError where it ends before, or takes longer than `timeout` seconds.
        """
        end = time.monotonic() + (timeout or float("inf"))
        while not await self._is_idle(await self._asked(end)):
            # It answered before it knew that we listen.
            if time.monotonic() > end:
                raise RuntimeError("nothing that it puts out arrives")

    async def _asked(self, end: float) -> str:
        """Ask the kernel what it is; returns the number of the question once that is answered."""
        question: str = self.kernel_info()
        while True:
            with suppress(Empty):
                answer = await self.get_shell_msg(timeout=_ANSWER_SECONDS)
                if answer["parent_header"].get("msg_id") == question:
                    self._handle_kernel_info_reply(answer)
                    return question
                continue
            if not await self.is_alive():
                raise RuntimeError("it ended before it was ready")
            if time.monotonic() > end:
                raise RuntimeError("it does not answer")

    async def _is_idle(self, question: str) -> bool:
        """Whether the kernel tells everybody that it is done with a question."""
        with suppress(Empty):
            while True:
                told = await self.get_iopub_msg(timeout=_ANSWER_SECONDS)
                is_ours = told["parent_header"].get("msg_id") == question
                if is_ours and told["content"].get("execution_state") == "idle":
                    return True
        return False


class HermeticKernelManager(AsyncKernelManager):
    """One kernel of the Python that runs us; kernelspecs installed by a user or an environment are not looked at."""

    def __init__(self, scratch: Path, number: int) -> None:
        super().__init__(kernel_name="python3", connection_file=str(scratch / f"k{number}.json"))
        self.client_factory = PromptClient
        if sys.platform != "win32" and has_room_for_socket(scratch):
            self.transport = "ipc"
            self.ip = str(scratch / f"k{number}")
        self._log = scratch / f"k{number}.log"
        self._client: AsyncKernelClient | None = None

    @property
    def kernel_spec(self) -> KernelSpec:
        """ipykernel, without a history of commands and without the working directory on the import path."""
        arguments = ["--HistoryManager.enabled=False", "--InteractiveShellApp.ignore_cwd=True"]
        # By its path, as the server is: with -P the folder of the program is not on the import path.
        command = [
            sys.executable,
            "-P",
            in_kernel.__file__,
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
            *arguments,
        ]
        return KernelSpec(argv=command, display_name="Python 3", language="python")

    def client(self, **settings: Any) -> AsyncKernelClient:  # type: ignore[override]
        """Make the client that nbclient talks through, and remember it to close it."""
        self._client = super().client(**settings)
        return self._client

    @property
    def process(self) -> subprocess.Popen[bytes] | ForkedProcess | None:
        """The kernel's process while there is one."""
        return getattr(self.provisioner, "process", None)

    @property
    def is_running(self) -> bool:
        """Whether the process has started and not ended."""
        return self.process is not None and self.process.poll() is None

    def boot(
        self,
        folder: Path,
        environment: Mapping[str, str],
        server: KernelServer | None = None,
        modules: Sequence[str] = (),
    ) -> None:
        """Start the process, with `folder` as working directory; returns before the kernel answers.

        From a server it has that one's environment, and `modules` are imported. Raises `NoServerError` where that
        cannot start it.

        What the process says outside of notebooks, before its first cell for instance, goes to a file that is removed
        with the scratch folder: it may hold data.
        """
        if server is not None:
            provisioner = ForkProvisioner(kernel_id="", kernel_spec=self.kernel_spec, parent=self)
            provisioner.server, provisioner.log_file, provisioner.modules = server, self._log, modules
            self.provisioner = provisioner
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


def _has_ended(process: subprocess.Popen[bytes] | ForkedProcess, seconds: float) -> bool:
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
        self, home: Home, folder: Path, say: Callable[[str], None], needs: Sequence[Sequence[str]] = ()
    ) -> None:
        self.folder = folder
        self.scratch = home.scratch
        self.sentence_errors = home.sentence_errors
        self._environment = home.environment
        self._server = home.server
        self._say = say
        self._needs = needs
        self._started = 0
        self._spare: HermeticKernelManager | None = None
        self._running: list[HermeticKernelManager] = []
        self.is_stopped = False
        self._write_profile()

    def prepare(self) -> None:
        """Let a kernel start for the next `take`."""
        # The first copy is made when it is needed: whoever asks waits until the server has imported everything.
        if self._spare is None and not self.is_stopped and (self._server is None or self._started):
            self._spare = self._boot()

    def take(self) -> HermeticKernelManager:
        """Give a kernel that has run nothing."""
        kernel, self._spare = self._spare, None
        # Where the server has died its kernels die with it, a moment later.
        is_lost = self._server is not None and not self._server.is_running
        if kernel is not None and (is_lost or not kernel.is_running) and not self.is_stopped:
            # It has run nothing, so nothing is lost.
            kernel.discard()
            self._running.remove(kernel)
            kernel = None
        if kernel is None:
            if self.is_stopped:
                raise ExecutionError("The run was stopped.")
            kernel = self._boot()
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
        if self._server is not None:
            self._server.kill()

    def close(self) -> None:
        """End what still runs."""
        self._spare = None
        for kernel in self._running:
            kernel.discard()
        self._running = []

    def _boot(self) -> HermeticKernelManager:
        kernel = self._booted()
        if self.is_stopped:  # the signal came between the start of the process and our knowing it
            kernel.kill()
        return kernel

    def _booted(self) -> HermeticKernelManager:
        while True:
            self._started += 1
            kernel = HermeticKernelManager(self.scratch, self._started)
            self._running.append(kernel)
            try:
                modules = self._needs[self._started - 1] if self._started <= len(self._needs) else ()
                kernel.boot(self.folder, self._environment, self._server, modules)
                return kernel
            except NoServerError as reason:  # without a server none is raised
                self._running.remove(kernel)
                self._server = None
                if self.is_stopped:
                    raise ExecutionError("The run was stopped.") from None
                self._say(COLD.format(reason=reason))

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
    home: Home, folder: Path, say: Callable[[str], None], needs: Sequence[Sequence[str]] = ()
) -> Iterator[Kernels]:
    """Yield kernels with `folder` as working directory; none is left at the end.

    `needs` are the modules that each notebook that is to run imports, in order: a kernel is copied once those of its
    notebook are there. Without a server, or where it fails, which `say` tells, each kernel starts from nothing.
    """
    kernels = Kernels(home, folder, say, needs)
    try:
        kernels.prepare()
        yield kernels
    finally:
        kernels.close()
