"""A run that is stopped or killed leaves whole outputs and nothing else; a failed notebook has a second wall."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import pytest
from books import make, notebook

from pipeline.execution import exchange, sets
from pipeline.execution.errors import ExecutionError, NotebookFailed
from pipeline.execution.scrubbing import reported_error, scrub_failed

SECRET = "Sarantuya"
WRITE = "from pathlib import Path\n_ = Path(f'../../public/{number}.txt').write_text(period)"
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are not known there")
notebooks = pytest.mark.notebooks


DRIVER = """
import sys
import tempfile
from pathlib import Path
from pipeline.execution.errors import ExecutionError
from pipeline.execution.runner import run
folder, period = Path(sys.argv[1]), sys.argv[2]
try:
    run(
        target=folder / "out" / "set",
        notebooks=[(path.stem, path) for path in sorted(folder.glob("*.ipynb"))],
        parameters={"period": period},
        environment={},
    )
except ExecutionError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


def drive(folder: Path, period: str) -> subprocess.Popen[str]:
    """Start a run in a process of its own, whose temporary files are below `folder`."""
    (folder / "tmp").mkdir(exist_ok=True)
    environment = {**os.environ, "TMPDIR": str(folder / "tmp")}
    command = [sys.executable, "-c", DRIVER, str(folder), period]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def driven(folder: Path, period: str) -> int:
    with drive(folder, period) as driver:
        driver.communicate()
    return driver.returncode


def public(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (folder / "out" / "set" / "public").iterdir()}


def kernels_below(folder: Path) -> list[str]:
    """Give the processes whose command names a scratch folder below `folder`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder / "tmp").encode() in command:
            found.append(process.name)
    return found


@notebooks
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_killed_at_any_moment_a_run_leaves_the_former_or_the_new_set_and_the_next_one_nothing_else() -> None:
    # A folder of our own: a path as long as pytest's would take the sockets elsewhere.
    folder = Path(tempfile.mkdtemp(prefix="kill-"))
    try:
        for number in (1, 2):
            notebook(folder, f"0{number}", f"number = {number}\n{WRITE}", "import time\ntime.sleep(0.2)")
        began = time.monotonic()
        assert driven(folder, "0") == 0
        whole = time.monotonic() - began
        moments = random.Random(8)
        for period in range(1, 9):
            with drive(folder, str(period)) as driver:
                time.sleep(moments.uniform(0.05, whole))
                driver.kill()
            assert sorted(public(folder)) == ["1.txt", "2.txt"]
            assert len(set(public(folder).values())) == 1
        assert driven(folder, "last") == 0
        assert public(folder) == {"1.txt": "last", "2.txt": "last"}
        assert sorted(path.name for path in (folder / "out").iterdir()) == [".set.lock", "set"]
        assert list((folder / "tmp").iterdir()) == []
        assert kernels_below(folder) == []
    finally:
        shutil.rmtree(folder)


@notebooks
@on_posix
@pytest.mark.parametrize("times", [1, 3], ids=["once", "by an impatient hand"])
def test_a_signal_while_a_notebook_runs_ends_it_with_a_sentence_and_nothing_else(times: int, tmp_path: Path) -> None:
    notebook(tmp_path, "01", "Path = __import__('pathlib').Path\nPath('../../../../begun').touch()", "while True: pass")
    with drive(tmp_path, "x") as driver:
        while not (tmp_path / "begun").exists():
            assert driver.poll() is None
            time.sleep(0.02)
        for _ in range(times):
            driver.send_signal(signal.SIGTERM)
            time.sleep(0.05)
        _, errors = driver.communicate(timeout=30)
    assert driver.returncode == 128 + signal.SIGTERM
    assert errors == "Stopped by SIGTERM; the former outputs are as they were.\n"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [".set.lock"]


@notebooks
def test_what_a_notebook_leaves_to_its_end_is_done_before_the_next_one_begins(tmp_path: Path) -> None:
    late = "import atexit\nfrom pathlib import Path\n_ = atexit.register(Path('../late').write_text, 'done')"
    read = "from pathlib import Path\nassert Path('../late').read_text() == 'done'\nPath('../late').unlink()"
    make(tmp_path / "set", *(notebook(tmp_path, f"0{n}", late if n % 2 else read) for n in range(1, 7)))


@notebooks
def test_a_file_that_a_notebook_left_open_is_complete(tmp_path: Path) -> None:
    left = "kept = open('../left', 'w')\nround = [kept]\nround.append(round)\n_ = kept.write('all of it')"
    thread = (
        "import threading, time\nfrom pathlib import Path\ndef late():\n    time.sleep(0.5)\n"
        "    Path('../later').write_text('as well')\nthreading.Thread(target=late).start()"
    )
    read = "assert [Path('..', name).read_text() for name in ('left', 'later')] == ['all of it', 'as well']"
    make(
        tmp_path / "set",
        notebook(tmp_path, "01", left, thread),
        notebook(tmp_path, "02", f"from pathlib import Path\n{read}"),
    )


@notebooks
@on_posix
def test_the_death_of_a_notebook_s_process_is_a_sentence(tmp_path: Path) -> None:
    book = notebook(tmp_path, "01", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(NotebookFailed, match="want of memory") as failure:
        make(tmp_path / "set", book)
    assert failure.value.failed_notebook.is_file()


@notebooks
def test_a_disk_that_is_full_in_a_notebook_is_a_sentence(tmp_path: Path) -> None:
    book = notebook(tmp_path, "01", "import errno\nraise OSError(errno.ENOSPC, 'no space', 'a name')")
    with pytest.raises(ExecutionError, match="The disk is full"):
        make(tmp_path / "set", book)


@notebooks
def test_of_failed_notebooks_only_the_last_is_kept(tmp_path: Path) -> None:
    for name in ("02", "01"):
        with pytest.raises(NotebookFailed):
            make(tmp_path / "set", notebook(tmp_path, name, "1 / 0"))
    assert [path.name for path in (tmp_path / "set" / "internal" / "failed").iterdir()] == ["01.ipynb"]
    assert (tmp_path / "set").stat().st_mode & 0o777 == 0o700


@notebooks
def test_streams_warnings_and_addresses_are_the_same_each_time(tmp_path: Path) -> None:
    cell = (
        "import sys, time, warnings\n"
        "for n in range(3):\n    print(n)\n    print(n, file=sys.stderr)\n    time.sleep(0.15)\n"
        "warnings.warn('look')\nobject()"
    )
    book = notebook(tmp_path, "01", cell)
    texts = []
    for name in ("one", "two"):
        make(tmp_path / name, book)
        texts.append((tmp_path / name / "internal" / "notebooks" / "01.ipynb").read_bytes())
    assert texts[0] == texts[1]
    assert b"UserWarning: look" in texts[0]
    assert str(tmp_path).encode() not in texts[0]


def test_an_input_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ExecutionError, match=r"register\.csv cannot be read: No such file"):
        make(tmp_path / "set", inputs=lambda: {"register.csv": tmp_path / "register.csv"})


def test_where_folders_cannot_be_exchanged_two_renames_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "exchange", lambda one, other: False)
    for text in ("old", "new"):
        with sets.staged_set(tmp_path / "set") as folder:
            (folder / "public" / "out.txt").write_text(text)
    assert (tmp_path / "set" / "public" / "out.txt").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".set.lock", "set"]


UNSAFE = {
    "ename": "ValueError",
    "evalue": SECRET,
    "output_type": "error",
    "traceback": [
        "ValueError",
        SECRET,
        f"ValueError: {SECRET}",
        f"----> 1 int('{SECRET}')",
        "  cell 2:1 in <module>",
        f"  /home/{SECRET} x.py:1 in f",
    ],
}


def test_the_second_wall_lets_nothing_through_that_a_kernel_without_care_would_say() -> None:
    failed = nbformat.v4.new_code_cell(
        "1", outputs=[nbformat.v4.new_output("stream", name="stdout", text=SECRET), nbformat.from_dict(UNSAFE)]
    )
    failed.metadata["papermill"] = {"exception": True}
    earlier = nbformat.v4.new_code_cell("0", outputs=[nbformat.v4.new_output("stream", name="stderr", text=SECRET)])
    book = nbformat.v4.new_notebook(cells=[earlier, failed])
    scrubbed = scrub_failed(book, {"InputError"})
    assert SECRET not in str(scrubbed)
    assert scrubbed["cells"][1]["outputs"][0]["traceback"] == ["ValueError", "  cell 2:1 in <module>"]
    assert reported_error(book, {"InputError"}) == ("ValueError", None, None)


def test_a_number_that_looks_like_a_system_s_code_is_not_taken_for_one() -> None:
    failed = nbformat.v4.new_code_cell("1", outputs=[nbformat.from_dict({**UNSAFE, "evalue": "E2024117"})])
    failed.metadata["papermill"] = {"exception": True}
    assert "E2024117" not in str(scrub_failed(nbformat.v4.new_notebook(cells=[failed]), ()))


def test_a_call_that_runs_no_notebook_does_not_wait_for_jupyter() -> None:
    code = "import sys, pipeline.execution.runner\nprint({'papermill', 'nbformat', 'zmq', 'tqdm'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
