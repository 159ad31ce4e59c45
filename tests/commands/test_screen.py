"""What a terminal can show changes neither the work nor the exit code, and what could not be shown is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="streams are closed and filled in other ways there")
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
CALL = """
import sys
from functools import partial
from pathlib import Path
from pipeline.commands.screen import shown, told
from pipeline.execution.stops import stoppable

def call():
    print("begun", file=sys.stderr, flush=True)
    with open(sys.argv[1], "w") as done:
        done.write(str(done.fileno() > 2))
    told(sys.argv[2] * int(sys.argv[3]))
    print("over", file=sys.stderr, flush=True)
    return int(sys.argv[4])

sys.exit(shown(partial(stoppable, call)))
"""
NOT_SHOWN = "Error: Done, but what the command says could not be shown: "


def arguments(folder: Path, text: str = "said", times: int = 1, code: int = 0) -> list[str]:
    """Return a call that writes a file, says a text, and ends with a code."""
    return [sys.executable, "-c", CALL, str(folder / "done"), text, str(times), str(code)]


def is_done(folder: Path) -> bool:
    """Say whether the call wrote its file, which must not have got the number of a standard stream."""
    return (folder / "done").read_text() == "True"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("ascii", b"8 -> 9... ?\n"), ("cp1252:strict", b"8 -> 9\x85 \xe9\n"), ("utf-8", "8 → 9… é\n".encode())],
)
def test_what_an_encoding_does_not_have_is_replaced(tmp_path: Path, encoding: str, shown: bytes) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    ended = subprocess.run(arguments(tmp_path, "8 → 9… é"), capture_output=True, env=environment, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, shown, b"begun\nover\n")


@needs_full
@pytest.mark.parametrize(("code", "ends_with"), [(0, 3), (1, 1)])
@pytest.mark.parametrize("times", [1, 100_000])
def test_a_full_output_is_told_and_the_work_done(tmp_path: Path, code: int, ends_with: int, times: int) -> None:
    with FULL.open("wb") as full:
        call = arguments(tmp_path, times=times, code=code)
        ended = subprocess.run(call, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == ends_with
    assert ended.stderr == f"begun\nover\n{NOT_SHOWN}the disk that it goes to is full.\n"
    assert is_done(tmp_path)


@pytest.mark.parametrize("closed", [(1,), (0, 1)])
def test_a_closed_output_is_told_and_no_file_takes_its_place(tmp_path: Path, closed: tuple[int, ...]) -> None:
    ended = subprocess.run(
        arguments(tmp_path), stderr=subprocess.PIPE, text=True, check=False, preexec_fn=lambda: [*map(os.close, closed)]
    )
    assert ended.returncode == 3
    assert ended.stderr == f"begun\nover\n{NOT_SHOWN}standard output is closed.\n"
    assert is_done(tmp_path)


@pytest.mark.parametrize("times", [1, 100_000])
def test_a_reader_that_leaves_early_is_no_failure(tmp_path: Path, times: int) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as left:
        call = arguments(tmp_path, times=times)
        ended = subprocess.run(call, stdout=left, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "begun\nover\n")
    assert is_done(tmp_path)


@needs_full
@pytest.mark.parametrize("how", ["full", "left", "closed"])
def test_errors_that_cannot_be_shown_stop_nothing(tmp_path: Path, how: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with FULL.open("wb") as full, os.fdopen(writing, "wb") as left:
        ended = subprocess.run(
            arguments(tmp_path, code=1),
            stdout=subprocess.PIPE,
            stderr=full if how == "full" else left,
            text=True,
            check=False,
            preexec_fn=(lambda: os.close(2)) if how == "closed" else None,
        )
    assert (ended.returncode, ended.stdout) == (1, "said\n")
    assert is_done(tmp_path)


def test_an_output_that_does_not_wait_loses_nothing(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with subprocess.Popen(arguments(tmp_path, times=200_000), stdout=writing, stderr=subprocess.DEVNULL) as call:
        os.close(writing)
        time.sleep(1)  # by then the pipe is full
        with os.fdopen(reading, "rb") as shown:
            assert len(shown.read()) == 800_001
    assert call.returncode == 0


def test_a_signal_while_it_is_told_does_not_undo_the_work(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    call = subprocess.Popen(arguments(tmp_path, times=200_000), stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    os.read(reading, 1)  # the text is being shown, and nobody reads on
    call.send_signal(signal.SIGINT)
    _, told = call.communicate(timeout=30)
    os.close(reading)
    assert (call.returncode, told) == (0, "begun\nThe command is done; only what it says was stopped.\nover\n")
    assert is_done(tmp_path)


@needs_full
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["project", "--name=a-new-one", "--data={}"], 3, f"{NOT_SHOWN}the disk that it goes to is full.\n"),
        (["--help"], 3, f"{NOT_SHOWN}the disk that it goes to is full.\n"),
        (["check", "--project=none", "--data={}"], 2, "Error: "),
    ],
)
def test_every_command_is_shown_so(tmp_path: Path, words: list[str], code: int, told: str) -> None:
    call = [sys.executable, "-m", "pipeline", *(word.format(tmp_path) for word in words)]
    with FULL.open("wb") as full:
        ended = subprocess.run(call, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == code
    assert ended.stderr.startswith(told)
    assert (tmp_path / "a-new-one" / "project.yml").is_file() == (words[0] == "project")
