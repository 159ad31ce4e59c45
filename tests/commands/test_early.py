"""The process behind the kernels is the first thing that a call for a report starts, and it is the one that is used."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.commands.early import begun
from pipeline.commands.periods import checked_call, make_report
from pipeline.commands.sets import FOR_STEPS
from pipeline.project import load_project


def test_nothing_that_takes_long_to_import_is_imported_before_it_starts() -> None:
    show = "import pipeline.commands.early, pipeline.execution.garbage, sys; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True).stdout.split()
    slow = {"pandas", "numpy", "pydantic", "ruamel", "holidays", "papermill", "nbformat", "weasyprint", "asyncio"}
    assert "pipeline.commands.early" in modules
    assert not slow & set(modules)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone")
@pytest.mark.parametrize("is_named", [True, False], ids=["folders named", "folders as usual"])
def test_what_was_started_is_what_the_report_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_named: bool
) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr("pipeline.execution.runner.run", lambda **arguments: asked.update(arguments))
    monkeypatch.setenv("GRM_OUTPUTS", str(tmp_path))
    named = [f"--outputs={tmp_path}"] if is_named else []
    with begun(["report", "--project=demo", "--period=2024H1", *named]) as homes:
        assert homes is not None
        make_report(checked_call(load_project("demo"), "2024H1"), homes=homes)
        from pipeline.execution.imports import imported_modules

        modules = imported_modules(source for _, source in asked["notebooks"])
        started = homes._home
        assert started is not None
        with asked["homes"].home(modules, asked["environment"], asked["sentence_errors"], print) as home:
            assert home is started


@pytest.mark.parametrize("arguments", [[], ["check"], ["reports", "--project=demo"], ["--help"]])
def test_a_call_that_runs_no_notebook_by_itself_starts_nothing(arguments: list[str]) -> None:
    with begun(arguments) as homes:
        assert homes is None


@pytest.mark.parametrize("module", FOR_STEPS)
def test_what_is_imported_for_the_steps_is_there(module: str) -> None:
    __import__(module)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", ["report", "check", "release-check", "reports"])
def test_stopped_while_it_begins_a_call_says_so_in_a_sentence(
    tmp_path: Path, command: str, number: signal.Signals
) -> None:
    period = ["--period=2024H1"] if command in ("report", "release-check") else []
    call = [sys.executable, "-m", "pipeline", command, f"--outputs={tmp_path}", *period]
    for tenths in (1, 3, 5, 8):
        # Loaded machines take longer to begin than a clock tells: by then Python itself has begun.
        with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            _until_it_has_begun(process)
            time.sleep((tenths - 1) / 10)
            process.send_signal(number)
            errors = process.communicate(timeout=60)[1]
        assert "Traceback" not in errors
        if process.returncode < 128 and command in ("check", "release-check"):  # a quick one that was over by itself
            return
        # Once reports are begun, what has become of them follows.
        assert process.returncode == 128 + number, errors
        assert errors.splitlines()[-1].startswith(f"Error: Stopped by {number.name}"), errors


def _until_it_has_begun(process: subprocess.Popen[str]) -> None:
    """Wait until the signals are taken, as the system sees it."""
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        (caught,) = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")]
        if int(caught, 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.005)
