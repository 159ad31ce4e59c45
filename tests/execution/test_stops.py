"""A signal ends a call with its sentence, even while a library is imported, which may lose exceptions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are not known there")
CALL = """
import sys
import time
from pipeline.execution import stops
stops._IMPORTED_WITHIN_SECONDS = float(sys.argv[1])
sys.path.insert(0, sys.argv[2])

def call():
    try:
        import library
    except ImportError:
        print("the import failed")
    print("goes on", flush=True)
    time.sleep(50)
    return 0

sys.exit(stops.stoppable(call))
"""
LOSES_IT = """
import contextlib
import signal
with contextlib.suppress(BaseException):
    signal.raise_signal(signal.SIGTERM)
"""
TURNS_IT_INTO_ANOTHER = """
import signal
try:
    signal.raise_signal(signal.SIGTERM)
except BaseException as error:
    raise ImportError("this library needs another one") from error
"""
IMPORTS_FOR_LONG = """
import signal
import time
signal.raise_signal(signal.SIGTERM)
time.sleep(40)
"""


def called(folder: Path, library: str, within_seconds: float) -> subprocess.CompletedProcess[str]:
    """Make a call that imports a library."""
    (folder / "library.py").write_text(library)
    arguments = [sys.executable, "-c", CALL, str(within_seconds), str(folder)]
    return subprocess.run(arguments, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("library", [LOSES_IT, TURNS_IT_INTO_ANOTHER], ids=["loses it", "turns it into another"])
def test_a_signal_during_an_import_is_taken_once_it_is_done(tmp_path: Path, library: str) -> None:
    ended = called(tmp_path, library, 60)
    assert (ended.returncode, ended.stdout) == (143, "goes on\n")
    assert ended.stderr == "Error: Stopped by SIGTERM; the former outputs are as they were.\n"


def test_an_import_without_end_is_broken_off(tmp_path: Path) -> None:
    ended = called(tmp_path, IMPORTS_FOR_LONG, 0.2)
    assert (ended.returncode, ended.stdout) == (143, "")
    assert ended.stderr == "Error: Stopped by SIGTERM; the former outputs are as they were.\n"
