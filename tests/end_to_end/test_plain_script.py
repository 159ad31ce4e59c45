"""The plain script that the bench takes for the floor makes what `make report` makes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from reports import ROOT, SAMPLE

pytestmark = pytest.mark.notebooks


def test_the_plain_script_makes_the_same_public_files(sample: Path, tmp_path: Path) -> None:
    folder = tmp_path / "outputs" / SAMPLE / "2024H1"
    done = subprocess.run(
        [sys.executable, "-m", "bench.floor", SAMPLE, "2024H1", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "GRM_OUTPUTS": str(tmp_path / "outputs")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    theirs = {path.name: path.read_bytes() for path in (sample / "public").iterdir()}
    own = {path.name: path.read_bytes() for path in (folder / "public").iterdir()}
    assert own.keys() == theirs.keys()
    page, their_page = (BeautifulSoup(files.pop("report.html"), "html.parser") for files in (own, theirs))
    assert own == theirs
    assert page.prettify() == their_page.prettify()
    assert len(page.find_all("section")) > 10
