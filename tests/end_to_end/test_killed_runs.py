"""A run that is killed at any moment leaves the former report whole, and the next run works."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from reports import ROOT, SAMPLE, call

pytestmark = pytest.mark.notebooks
MOMENTS = 4


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is not known there")
def test_a_killed_run_leaves_the_former_report_whole_and_the_next_one_works(sample: Path, tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    target = outputs / SAMPLE / "2024H1"
    shutil.copytree(sample, target)
    before = digests(target)
    moments = random.Random(2024)
    for _ in range(MOMENTS):
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline", "report", "--period=2024H1", f"--outputs={outputs}", "--force=1"],
            cwd=ROOT,
            env={**os.environ, "HOME": str(tmp_path)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(moments.uniform(0.5, 12))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert digests(target) == before
    outcome = call("report", "--period=2024H1", "--force=1", outputs=outputs)
    assert outcome.code == 0, outcome.stderr
    assert digests(target) == before
    assert sorted(path.name for path in target.parent.iterdir()) == [
        ".2024H1.lock",
        ".index.html.lock",
        "2024H1",
        "index.html",
    ]


def test_a_stopped_run_says_so_and_cleans_up(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "report", "--period=2024H1", f"--outputs={outputs}"],
        cwd=ROOT,
        env={**os.environ, "HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("[1/9] cleaning")
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert "the former outputs are as they were" in errors
    assert "Traceback" not in errors
    assert [path.name for path in (outputs / SAMPLE).iterdir()] == [".2024H1.lock"]


def test_a_stage_alone_replaces_only_what_is_internal(sample: Path, tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    target = outputs / SAMPLE / "2024H1"
    shutil.copytree(sample, target)
    public = digests(target / "public")
    outcome = call("cleaning", "--period=2024H1", outputs=outputs)
    assert outcome.code == 0, outcome.stderr
    assert digests(target / "public") == public
    assert [path.name for path in (target / "internal" / "notebooks").iterdir()] == ["01_cleaning.ipynb"]
    assert not (target / "internal" / "indicators.csv").exists()


def start(outputs: Path, period: str) -> subprocess.Popen[str]:
    home = outputs.parent / "home"
    home.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", "report", f"--period={period}", f"--outputs={outputs}"],
        cwd=ROOT,
        env={**os.environ, "HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_runs_at_once_wait_for_one_another_or_do_not_meet_and_the_index_lists_all(sample: Path, tmp_path: Path) -> None:
    """Two of one period, of which one waits and says so; beside them one of another."""
    outputs = tmp_path / "outputs"
    runs = [start(outputs, period) for period in ("2024H1", "2024H1", "2024Q1")]
    ends = [(run.communicate(timeout=900), run.returncode) for run in runs]
    assert [code for _, code in ends] == [0, 0, 0], ends
    waited = [errors for (_, errors), _ in ends if "Another run is writing" in errors]
    assert len(waited) == 1
    assert waited[0].count("unchanged, taken over") == 4
    assert digests(outputs / SAMPLE / "2024H1") == digests(sample)
    index = (outputs / SAMPLE / "index.html").read_text(encoding="utf-8")
    assert "2024H1/public/report.html" in index
    assert "2024Q1/public/report.html" in index
    assert sorted(path.name for path in (outputs / SAMPLE).iterdir() if path.name.startswith(".")) == [
        ".2024H1.lock",
        ".2024Q1.lock",
        ".index.html.lock",
    ]
