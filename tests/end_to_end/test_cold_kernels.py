"""What copied kernels make of the demonstration is what ordinary ones make, byte for byte; nbval finds the same."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from reports import COPIES_NOTHING, ROOT, call

pytestmark = pytest.mark.notebooks
DIES_IN_MID_RUN = """
import sys
from pipeline.execution import warm
class Dies(warm.KernelServer):
    kernels = 0
    def fork(self, *arguments):
        self.kernels += 1
        if self.kernels == 2:  # while the first notebook runs, in a kernel that goes with it; so wait for its end
            raise warm.NoServerError("the process to copy has ended")
        return super().fork(*arguments)
warm.KernelServer = Dies
from pipeline.cli import main
sys.exit(main())
"""
"""The command, whose kernels cannot be copied any more once the first one is."""


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's set, made by copied kernels."""
    outcome = call(
        "report", "--project=demo", "--period=2024H2", outputs=tmp_path_factory.mktemp("warm") / "outputs", seconds=900
    )
    assert outcome.code == 0, outcome.stderr
    assert "starts Python anew" not in outcome.stderr
    return outcome.set("2024H2", "demo")


@pytest.mark.parametrize("program", [COPIES_NOTHING, DIES_IN_MID_RUN], ids=["from the start", "in mid-run"])
def test_without_copies_every_file_is_the_same_and_it_is_told(demo: Path, tmp_path: Path, program: str) -> None:
    outcome = call(
        "report",
        "--project=demo",
        "--period=2024H2",
        outputs=tmp_path / "outputs",
        program=("-c", program),
        seconds=900,
    )
    assert outcome.code == 0, outcome.stderr
    assert outcome.stderr.count("Every notebook starts Python anew, which takes longer") == 1
    made = outcome.set("2024H2", "demo")
    assert len(list((made / "internal" / "notebooks").glob("*.ipynb"))) == 4
    assert digests(made) == digests(demo)


def test_nbval_puts_out_the_same_figures_included(demo: Path, tmp_path: Path) -> None:
    """Strict, with ordinary kernels of its own; it leaves out images in PNG, so that the figures must be none."""
    copy = tmp_path / "2024H2"
    shutil.copytree(demo, copy)
    notebooks = sorted((copy / "internal" / "notebooks").glob("*.ipynb"))
    kinds: set[str] = set()
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            kinds |= {kind for output in cell.get("outputs", ()) for kind in output.get("data", ())}
    assert kinds == {"text/plain", "text/html"}
    assert "data:image/svg+xml" in notebooks[-1].read_text(encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null"]
    process = subprocess.run(
        [*command, "--nbval", "--nbval-current-env", f"--rootdir={copy}", *map(str, notebooks)],
        cwd=copy,
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert process.returncode == 0, process.stdout[-3000:]
    assert " passed" in process.stdout
