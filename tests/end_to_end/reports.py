"""What the tests of whole reports share: the command as people call it, and readers of what it makes."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from html import unescape
from pathlib import Path

NAMES = (r"Moncement", r"Bolormaa", r"Amaraa", r"Mining and Mineral Oil Department", r"\bMED\b")
"""Whom the published report named; ours must not."""
ROOT = Path(__file__).resolve().parents[2]
SAMPLE = "smart-government-ii"


COPIES_NOTHING = """
import sys
from pipeline.execution import warm
def refuse(*arguments):
    raise warm.NoServerError("there is none in this test")
warm.KernelServer = refuse
from pipeline.cli import main
sys.exit(main())
"""
"""The command with an ordinary kernel for every notebook."""


class Outcome:
    """How a command ended, and where its outputs are."""

    def __init__(self, process: subprocess.CompletedProcess[str], outputs: Path) -> None:
        self.code = process.returncode
        self.stdout = process.stdout
        self.stderr = process.stderr
        self.outputs = outputs

    def set(self, label: str, project: str = SAMPLE) -> Path:
        return self.outputs / project / label


def call(
    command: str,
    *arguments: str,
    outputs: Path,
    data: Path | None = None,
    seconds: int = 300,
    program: Sequence[str] = ("-m", "pipeline"),
) -> Outcome:
    """Run the command line in a process of its own, with an empty home folder, for so many seconds at most."""
    home = outputs.parent / f"{outputs.name}-home"
    home.mkdir(parents=True, exist_ok=True)
    folders = [f"--outputs={outputs}", *([f"--data={data}"] if data else [])]
    process = subprocess.run(
        [sys.executable, *program, command, *folders, *arguments],
        cwd=ROOT,
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    return Outcome(process, outputs)


def headlines(folder: Path, area: str = "public") -> dict[str, dict[str, str]]:
    """Read the headline rows of a set's indicators, scope 'period', by indicator."""
    with (folder / area / "indicators.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {row["indicator"]: row for row in rows if row["scope"] == "period" and row["dimension"] == ""}


def normalised(text: str) -> str:
    """Make all white space one blank."""
    return re.sub(r"\s+", " ", text)


def html_text(folder: Path) -> str:
    """Return the words of a set's report.html."""
    html = (folder / "public" / "report.html").read_text(encoding="utf-8")
    body = re.sub(
        r"<style>.*?</style>|</?a\b[^>]*>", lambda found: " " * found[0].startswith("<s"), html, flags=re.DOTALL
    )
    return normalised(unescape(re.sub(r"<[^>]+>", " ", body)))
