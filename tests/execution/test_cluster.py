"""Jobs on a cluster of this machine: each is done or told as lost, and nothing is left of the cluster afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from cluster_jobs import same, square
from making import ROOT

from pipeline.execution import cluster as module
from pipeline.execution.cluster import ClusterError, WorkerLost, as_they_end, cluster, require_same

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")
SECONDS = 60.0


def processes_below(folder: Path) -> list[int]:
    """Find the processes that wrote down their numbers in a folder and still run; dead ones may still be listed."""
    found = []
    for path in folder.glob("worker-*"):
        stat = Path(f"/proc/{path.name.partition('-')[2]}/stat")
        if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] not in "ZX":
            found.append(int(path.name.partition("-")[2]))
    return found


def test_a_job_that_brings_its_workers_down_is_told_as_lost_and_the_others_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with cluster("", 2) as client:
        require_same(client, same)
        with pytest.raises(ClusterError, match=r"on 2 of the workers .* another version"):
            require_same(client, lambda: str(os.getpid()))
        ended = dict(as_they_end(client, square, [-1, 2, 3, 4]))
    assert isinstance(ended.pop(0), WorkerLost)
    assert ended == {1: 4, 2: 9, 3: 16}
    assert list(tmp_path.iterdir()) == []


def test_what_a_job_raises_ends_the_cluster_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(TypeError), cluster("", 1) as client:
        list(as_they_end(client, square, [None]))
    assert list(tmp_path.iterdir()) == []


def test_a_scheduler_without_a_worker_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr(module, "WAIT_SECONDS", 0.5)
    with LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50) as local:
        address = local.scheduler_address
        with pytest.raises(ClusterError, match=r"has no worker\. Start one: dask worker tcp://"), ExitStack() as stack:
            stack.enter_context(cluster(address, 1))


def test_the_password_in_the_address_of_a_scheduler_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.5)
    address = "tcp://somebody:open/sesame@127.0.0.1:9?token=sesame"
    with pytest.raises(ClusterError, match=r"answers at 'tcp://127\.0\.0\.1:9'") as refused, ExitStack() as stack:
        stack.enter_context(cluster(address, 1))
    assert "sesame" not in str(refused.value)


STOPPED = """
import os, sys, time
from pathlib import Path
from pipeline.execution.cluster import as_they_end, cluster
from pipeline.execution.errors import Interrupted
from pipeline.execution.interrupts import interruptible

def do(folder):
    Path(folder, f"worker-{os.getpid()}").touch()
    time.sleep(600)

if __name__ == "__main__":
    try:
        with interruptible(), cluster("", 2) as client:
            list(as_they_end(client, do, [sys.argv[1]] * 3))
    except Interrupted as stop:
        sys.exit(stop.exit_code)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found as on Linux")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_cluster_with_its_workers_and_folders(tmp_path: Path, number: signal.Signals) -> None:
    script, marks, temporary = tmp_path / "stopped.py", tmp_path / "marks", tmp_path / "tmp"
    marks.mkdir()
    temporary.mkdir()
    script.write_text(STOPPED)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    process = subprocess.Popen([sys.executable, str(script), str(marks)], env=environment, start_new_session=True)
    try:
        until = time.monotonic() + SECONDS
        while len(list(marks.iterdir())) < 2:
            assert time.monotonic() < until, "the jobs were never begun"
            time.sleep(0.05)
        assert len(processes_below(marks)) == 2
        os.killpg(process.pid, number)  # as Ctrl-C in a terminal does
        assert process.wait(SECONDS) == 128 + number
    finally:
        process.kill()
        process.wait()
    assert processes_below(marks) == []
    assert list(temporary.iterdir()) == []


STOPPED_WHILE_IT_BEGINS = """
import os, signal, sys
import distributed
from pipeline.execution.cluster import cluster
from pipeline.execution.errors import Interrupted
from pipeline.execution.interrupts import interruptible

begin = distributed.Nanny.start_unsafe

async def stopped(self):
    os.kill(os.getpid(), signal.SIGTERM)
    return await begin(self)

if __name__ == "__main__":
    distributed.Nanny.start_unsafe = stopped
    try:
        with interruptible(), cluster("", 2):
            sys.exit("nobody stopped")
    except Interrupted as stop:
        sys.exit(stop.exit_code)
"""


def test_a_signal_while_a_cluster_begins_leaves_nothing_of_it(tmp_path: Path) -> None:
    script, temporary = tmp_path / "stopped.py", tmp_path / "tmp"
    temporary.mkdir()
    script.write_text(STOPPED_WHILE_IT_BEGINS)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    command = [sys.executable, str(script)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + signal.SIGTERM, "", "")
    assert list(temporary.iterdir()) == []
