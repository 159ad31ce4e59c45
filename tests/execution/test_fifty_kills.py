"""Killed at fifty random moments, the driver, the process to copy or a kernel: whole outputs, and nothing left."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from books import notebook

pytestmark = [
    pytest.mark.notebooks,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]
KILLS = 50
GROUPS = 5
MARK = "PIPELINE_TEST_OF_KILLS"
WRITE = "from pathlib import Path\n_ = Path(f'../../internal/{number}.txt').write_text(period)"
DRIVER = """
import sys
from pathlib import Path
from pipeline.execution.errors import ExecutionError
from pipeline.execution.runner import Step, run

folder, period, is_forced = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "forced"

def page(made):
    parts = sorted((made / "internal").glob("*.txt"))
    (made / "public" / "page.txt").write_text("".join(part.read_text() for part in parts))

def guard(made):
    if (made / "public" / "page.txt").read_text() != 2 * period:
        raise ExecutionError("The page is not whole.")

try:
    run(
        target=folder / "out" / "set",
        notebooks=[(path.stem, path) for path in sorted(folder.glob("*.ipynb"))],
        parameters={"period": period},
        environment={},
        steps=[Step("page", page)],
        guard=guard,
        data=dict,
        is_forced=is_forced,
    )
except ExecutionError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


class Place:
    """A folder with two notebooks, the set that is made of them, and the processes of its runs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out, self.temporary = folder, folder / "out", folder / "tmp"
        self.temporary.mkdir()
        for number in (1, 2):
            notebook(folder, f"0{number}", f"number = {number}\n{WRITE}", "import time\ntime.sleep(0.1)")

    def start(self, period: str, how: str = "forced") -> subprocess.Popen[str]:
        environment = {**os.environ, "TMPDIR": str(self.temporary), MARK: str(self.folder)}
        command = [sys.executable, "-c", DRIVER, str(self.folder), period, how]
        return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)

    def made(self, period: str, how: str = "forced") -> None:
        """Make the set; it must succeed."""
        with self.start(period, how) as driver:
            _, errors = driver.communicate(timeout=120)
        assert driver.returncode == 0, errors

    def contents(self) -> dict[str, bytes]:
        target = self.out / "set"
        return {path.relative_to(target).as_posix(): path.read_bytes() for path in files(target)}

    def processes(self) -> dict[int, int]:
        """Give the running processes of the folder's runs, whoever started them, each with its parent."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if f"{MARK}={self.folder}\0".encode() in (process / "environ").read_bytes():
                    state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
                    if state != "Z":
                        found[int(process.name)] = int(parent)
        return found

    def victim(self, driver: int, who: str) -> int | None:
        """Find the process to kill: the driver, its child that kernels are copied from, or a child of that."""
        if who == "driver":
            return driver
        parents = self.processes()
        servers = [process for process, parent in parents.items() if parent == driver]
        if who == "server":
            return max(servers, default=None)
        return max((process for process, parent in parents.items() if parent in servers), default=None)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def wait_for(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def place() -> Iterator[Place]:
    # A path as long as pytest's would take the sockets elsewhere.
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    try:
        yield Place(folder)
    finally:
        shutil.rmtree(folder)


def kill(place: Place, driver: subprocess.Popen[str], who: str, moment: float) -> bool:
    """Kill at a moment, or as soon after it as there is such a process; False where there is none any more."""
    time.sleep(moment)
    while driver.poll() is None:
        victim = place.victim(driver.pid, who)
        if victim is not None:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
                return True
        time.sleep(0.002)
    return False


@pytest.mark.parametrize("group", range(GROUPS))
def test_whoever_is_killed_at_any_moment_the_outputs_are_whole_and_the_next_run_leaves_nothing(
    place: Place, group: int
) -> None:
    chance = random.Random(f"kills {group}")
    began = time.monotonic()
    place.made("0")
    whole, former, killed = time.monotonic() - began, place.contents(), 0
    for number in range(1, 4 * KILLS // GROUPS):
        who, moment = chance.choice(("driver", "driver", "server", "kernel")), chance.uniform(0.02, whole)
        began = time.monotonic()
        with place.start(str(number)) as driver:
            is_killed = kill(place, driver, who, moment)
            _, errors = driver.communicate(timeout=120)
        took = time.monotonic() - began
        is_killed = is_killed and (who != "driver" or driver.returncode == -signal.SIGKILL)
        told = errors.splitlines()[-1] if errors else ""
        assert "Traceback" not in errors
        wait_for(lambda: place.processes() == {})
        there = {name: text for name, text in place.contents().items() if not name.startswith("internal/failed/")}
        if driver.returncode in (0, -signal.SIGKILL) and there != former:
            # It was over, or the new set was in place already: then that one is whole.
            assert there["public/page.txt"] == str(number).encode() * 2
            assert there.keys() == former.keys()
            former = there
        else:
            assert there == former
        if not is_killed:  # it was over before; another moment is drawn, of the time that a run takes now
            assert driver.returncode == 0, errors
            whole = min(whole, took)
            continue
        killed += 1
        if driver.returncode > 0:
            assert told.startswith(("The process of notebook 0", "The process for notebook 0")), told
        # The next run has everything to do or, where the former set stands as it was, nothing.
        period = former["public/page.txt"].decode()[: len(former["public/page.txt"]) // 2]
        place.made(period, chance.choice(("forced", "as needed")))
        assert place.contents() == former
        assert sorted(path.name for path in place.out.iterdir()) == [".set.lock", "set"]
        assert list(place.temporary.iterdir()) == []
        assert place.processes() == {}
        print(group, number, who, f"{moment:.2f} of {whole:.2f} s", driver.returncode, told)
        if killed == KILLS // GROUPS:
            break
    assert killed == KILLS // GROUPS


READER = """
import sys
from pathlib import Path
from pipeline.register.formats.contained import read_contained
read_contained("parquet", Path(sys.argv[1]), "register.parquet", "register.parquet")
"""


def test_the_process_that_reads_a_register_ends_with_the_one_that_started_it(place: Place) -> None:
    pipe = place.folder / "register.parquet"  # nobody writes to it, so that reading never ends
    os.mkfifo(pipe)
    environment = {**os.environ, MARK: str(place.folder)}
    with subprocess.Popen([sys.executable, "-c", READER, str(pipe)], env=environment) as reader:
        wait_for(lambda: reader.pid in place.processes().values())
        # It has been started; what it does first is to bind itself.
        time.sleep(0.5)
        reader.kill()
    wait_for(lambda: place.processes() == {}, seconds=5)
