"""Jobs done by the workers of a Dask cluster: one of this machine, or one that stands already.

A job is a function and one argument; what it returns comes back pickled. A worker that dies takes no job with it: the
job goes to another worker, and is given up only after it has brought down several.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from pipeline.execution.errors import ExecutionError
from pipeline.execution.interrupts import signals_held
from pipeline.execution.scratch import scratch_folder

Job = TypeVar("Job")
Result = TypeVar("Result")

WAIT_SECONDS = 30
"""How long a scheduler, or the first worker of it, is waited for."""
_SETTINGS = {
    # Libraries of linear algebra keep the threads that they have without Dask.
    "distributed.nanny.pre-spawn-environ": {},
    # A worker may start processes of its own: kernels.
    "distributed.worker.daemon": False,
    # A worker holds the job that it does and no other, so that its end is held against no other.
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.comm.timeouts.connect": f"{WAIT_SECONDS}s",
}


class WorkerLost(Exception):
    """Every worker that was at a job died."""


class ClusterError(ExecutionError):
    """The cluster cannot be used as it is."""

    exit_code = 2


@contextmanager
def cluster(address: str, workers: int) -> Iterator[Any]:
    """Yield a client of the scheduler at `address`, or, without one, of `workers` processes of this machine alone."""
    import dask
    import distributed  # noqa: F401  # whose own settings have to be there before they are replaced

    stack = ExitStack()
    try:
        stack.enter_context(dask.config.set(_SETTINGS))
        if address:
            client = stack.enter_context(_connected(address))
        else:
            with signals_held():  # a cluster that is half begun leaves processes and its folder behind
                client = _begun(workers, stack)
        yield client
    finally:
        with signals_held():
            stack.close()


def _begun(workers: int, stack: ExitStack) -> Any:
    import dask
    from distributed import Client, LocalCluster

    scratch = stack.enter_context(scratch_folder())
    # The scheduler, which is in this process, takes the folder from the settings, workers from the parameter.
    stack.enter_context(dask.config.set({"temporary-directory": str(scratch)}))
    local = LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        memory_limit=0,  # how many there are is what bounds memory
        local_directory=str(scratch),
        silence_logs=50,
    )
    return stack.enter_context(Client(stack.enter_context(local)))


def _connected(address: str) -> Any:
    from distributed import Client

    try:
        client = Client(address, timeout=WAIT_SECONDS)
    except (OSError, TimeoutError, ValueError):
        raise ClusterError(
            f"SCHEDULER: no Dask scheduler answers at '{_shown(address)}'. Give the address that `dask "
            "scheduler` printed when it started, for instance tcp://its-computer:8786, or leave SCHEDULER out to use "
            "this machine."
        ) from None
    try:
        client.wait_for_workers(1, timeout=WAIT_SECONDS)
    except TimeoutError:
        client.close()
        raise ClusterError(
            f"SCHEDULER: the Dask scheduler at '{_shown(address)}' has no worker. Start one: dask worker "
            f"{_shown(address)}"
        ) from None
    return client


def _shown(address: str) -> str:
    """Return an address as it may be told: without what may be a user with a password."""
    return re.sub(r"(?<=//).*@", "", re.split(r"[?#]", address, maxsplit=1)[0])


def require_same(client: Any, what: Callable[[], str]) -> None:
    """Refuse workers for which `what` says something else than for this process: another program makes other bytes."""
    own = what()
    # One that cannot even find the function says so by an exception.
    others = [worker for worker, said in client.run(what, on_error="return").items() if said != own]
    if others:
        raise ClusterError(
            f"SCHEDULER: on {len(others)} of the workers ({', '.join(sorted(others))}) the program, Python or a "
            "package is another version than here, so that what they make could differ. Give them the same checkout "
            "and the same requirements.lock."
        )


def as_they_end(
    client: Any, work: Callable[[Job], Result], jobs: Sequence[Job]
) -> Generator[tuple[int, Result | WorkerLost]]:
    """Do each job on some worker and yield what came of it, with its place among the jobs, once there is something.

    What `work` raises is raised here, so it should tell its failures by what it returns. Leaving the loop cancels what
    is not begun.
    """
    from distributed import KilledWorker, as_completed

    places = {client.submit(work, job, pure=False): place for place, job in enumerate(jobs)}
    try:
        for future in as_completed(list(places)):
            try:
                ended: Result | WorkerLost = future.result()
            except KilledWorker:
                ended = WorkerLost()
            place = places.pop(future)
            # A worker keeps what a future stands for, and what is lost along with a worker would be done once more.
            future.release()
            yield place, ended
    finally:
        client.cancel(list(places), force=True)
