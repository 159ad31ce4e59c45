"""Jobs side by side: all are done, a process that dies takes one with it, and none outlives whoever asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pool_jobs import working

from pipeline.execution import pool
from pipeline.execution.pool import Begun, Done, Lost, Told, pooled

HERE = Path(__file__).parent
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are not known there")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="what is alive is read off /proc")


def results(jobs: list[tuple[str, Any]], workers: int) -> dict[int, Any]:
    """Do jobs; returns how each ended, and checks that each was begun, told of itself and ended, once and in turn."""
    events: dict[int, list[Any]] = {place: [] for place in range(len(jobs))}
    for event in pooled(working, jobs, workers):
        events[event.place].append(event)
    for place, seen in events.items():
        assert [type(event) for event in seen[:-1]] == [Begun, Told]
        assert seen[1].what == f"at {jobs[place][0]}"
    return {place: seen[-1] for place, seen in events.items()}


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def have_ended(processes: list[int], seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while any(is_alive(process) for process in processes):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def read_processes(file: Path) -> list[int]:
    until = time.monotonic() + 120
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < until, "the job was not begun"
        time.sleep(0.02)
    return [int(word) for word in file.read_text().split()]


def test_every_job_is_done_by_as_many_processes_as_were_asked_for_and_none_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OF_THE_TEST", "yes")
    ended = results([("who", number) for number in range(6)], 2)
    assert all(isinstance(event, Done) for event in ended.values())
    whos = [event.result for event in ended.values()]
    processes = {who[0] for who in whos}
    assert 1 <= len(processes) <= 2
    assert os.getpid() not in processes
    for process in processes:
        # Each did its jobs one after the other, with what it had opened for all of them.
        own = [who for who in whos if who[0] == process]
        assert len({child for _, child, *_ in own}) == 1
        assert [len(done) for _, _, done, *_ in own] == list(range(1, len(own) + 1))
    assert {who[3] for who in whos} == {"yes"}
    assert {who[4] for who in whos} == {str(Path.cwd())}
    assert have_ended([process for who in whos for process in who[:2]])


def test_there_are_no_more_processes_than_jobs() -> None:
    ended = results([("who", 1)], 8)
    assert isinstance(ended[0], Done)
    assert list(pooled(working, [], 8)) == []


@on_posix
@pytest.mark.parametrize("workers", [1, 2])
def test_a_process_that_dies_takes_its_own_job_with_it_and_no_other(workers: int) -> None:
    jobs = [("who", 0), ("die", signal.SIGKILL), ("who", 2), ("raise", 3), ("who", 4)]
    ended = results(jobs, workers)
    assert ended[1] == Lost(1, -signal.SIGKILL)
    assert ended[3] == Lost(3, 1)
    assert [place for place, event in ended.items() if isinstance(event, Done)] == [0, 2, 4]
    whos = [ended[place].result for place in (0, 2, 4)]
    assert have_ended([process for process, *_ in whos])
    for child in {child for _, child, *_ in whos if is_alive(child)}:
        os.kill(child, signal.SIGKILL)  # that of the process that was killed


def test_an_error_that_a_job_lets_out_is_told_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    assert results([("raise", 0)], 1) == {0: Lost(0, 1)}
    said = capfd.readouterr()
    assert "Sarantuya" not in said.out + said.err


@on_linux
def test_who_stops_reading_ends_all_processes_in_order(tmp_path: Path) -> None:
    files = [tmp_path / "one", tmp_path / "two"]
    with closing(pooled(working, [("wait", str(file)) for file in (*files, tmp_path / "three")], 2)) as events:
        next(events)
        next(events)
        processes = [process for file in files for process in read_processes(file)]
    assert have_ended(processes, 0.5)
    assert all(file.with_suffix(".tidied").exists() for file in files)
    assert not (tmp_path / "three").exists()


@on_linux
def test_a_process_that_does_not_end_when_asked_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_STOP_SECONDS", 0.3)
    file = tmp_path / "one"
    with closing(pooled(working, [("deaf", str(file))], 1)) as events:
        next(events)
        process, child = read_processes(file)
    assert have_ended([process], 0.5)
    os.kill(child, signal.SIGKILL)  # it is not of those that end with the process that started them


DRIVER = """
import sys
from pool_jobs import working
from pipeline.execution.errors import Interrupted
from pipeline.execution.interrupts import interruptible
from pipeline.execution.pool import pooled
if __name__ == "__main__":
    try:
        with interruptible():
            list(pooled(working, [("wait", file) for file in sys.argv[1:]], 2))
    except Interrupted as stop:
        sys.exit(stop.exit_code)
"""


@on_linux
@pytest.mark.parametrize("to_all", [False, True], ids=["to the driver", "to all of its group"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_all_processes_in_order(number: signal.Signals, to_all: bool, tmp_path: Path) -> None:
    files = [tmp_path / "one", tmp_path / "two"]
    (tmp_path / "driver.py").write_text(DRIVER)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])}
    command = [sys.executable, str(tmp_path / "driver.py"), *map(str, files)]
    with subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.PIPE) as driver:
        processes = [process for file in files for process in read_processes(file)]
        (os.killpg if to_all else os.kill)(driver.pid, number)
        said = driver.communicate(timeout=60)[1]
    assert driver.returncode == 128 + number, said
    assert said == b""
    assert have_ended(processes)
    assert all(file.with_suffix(".tidied").exists() for file in files)


@on_linux
def test_processes_end_in_order_with_a_driver_that_is_killed(tmp_path: Path) -> None:
    files = [tmp_path / "one", tmp_path / "two"]
    (tmp_path / "driver.py").write_text(DRIVER)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])}
    with subprocess.Popen([sys.executable, str(tmp_path / "driver.py"), *map(str, files)], env=environment) as driver:
        processes = [process for file in files for process in read_processes(file)]
        driver.kill()
    assert have_ended(processes)
    assert all(file.with_suffix(".tidied").exists() for file in files)


@on_linux
def test_a_signal_while_the_processes_are_begun_is_taken_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    came: list[str] = []

    def begun() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        came.append("begun")

    monkeypatch.setattr("multiprocessing.forkserver.ensure_running", begun)
    former = signal.signal(signal.SIGTERM, lambda number, frame: came.append("told"))
    try:
        pool._context([])
    finally:
        signal.signal(signal.SIGTERM, former)
    assert sorted(came) == ["begun", "told"]
