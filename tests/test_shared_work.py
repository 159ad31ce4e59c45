"""Work shared among copies of this process: the same results in their order, and no copy outlives what it is for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline import shared_work
from pipeline.shared_work import each

MANY = shared_work.LEAST + 1
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no safe copies")


@pytest.fixture(autouse=True)
def others(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Have two processors; yields the children that this process had before, of other tests for instance."""
    monkeypatch.setattr(shared_work, "_processors", lambda: 2)
    before = children()
    yield before
    assert not children() - before


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split())


@pytest.mark.parametrize("parts", [0, 1, 2, 3, 10])
def test_results_come_in_the_order_of_the_parts_whoever_made_them(parts: int) -> None:
    made = list(each(lambda part: (part, "x" * 200_000, os.getpid()), range(parts), size=MANY))
    assert [part for part, _, _ in made] == list(range(parts))
    assert len({process for _, _, process in made} - {os.getpid()}) == (2 if parts > 1 else 0)


def test_of_little_work_there_is_no_copy() -> None:
    assert set(each(lambda _: os.getpid(), range(4), size=shared_work.LEAST)) == {os.getpid()}


def test_a_part_that_a_copy_did_not_finish_is_done_here() -> None:
    here = os.getpid()

    def work(part: int) -> int:
        if part == 2 and os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return part * part

    assert list(each(work, range(6), size=MANY)) == [0, 1, 4, 9, 16, 25]


def test_an_error_is_raised_here_as_it_is_without_copies() -> None:
    def work(part: int) -> int:
        if part == 3:
            raise KeyError("no such part")
        return part

    results = each(work, range(6), size=MANY)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(KeyError, match="no such part"):
        next(results)


def test_nobody_goes_on_when_nobody_asks_any_more(others: set[str]) -> None:
    results = each(lambda part: part if part < 2 else time.sleep(60), range(6), size=MANY)
    assert next(results) == 0
    assert len(children() - others) == 2
    results.close()
    assert not children() - others


def test_without_room_for_copies_all_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room() -> int:
        raise BlockingIOError("no process left")

    monkeypatch.setattr(os, "fork", no_room)
    assert list(each(lambda part: part + 1, range(5), size=MANY)) == [1, 2, 3, 4, 5]


KILLED = """
import os, time
from pipeline import shared_work
shared_work._processors = lambda: 2
def work(part):
    open(os.path.join(r"{folder}", str(os.getpid())), "w").close()
    time.sleep(60)
list(shared_work.each(work, range(4), size=shared_work.LEAST + 1))
"""


def test_copies_end_when_their_process_is_killed(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", KILLED.format(folder=tmp_path)], cwd=Path(__file__).parents[1])
    try:
        wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
    finally:
        process.kill()
        process.wait()
    copies = [int(path.name) for path in tmp_path.iterdir()]
    wait_until(lambda: not any(is_running(copy) for copy in copies))


def is_running(process: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    return False


def wait_until(happened: object) -> None:
    end = time.monotonic() + 30
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)
