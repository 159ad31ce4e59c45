"""Twenty-four reports of one project: `make reports`, beside twenty-four times the command lines for one of them."""

from __future__ import annotations

import re
import shutil
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.measuring import Contender, in_turns, measured, summary, told
from bench.places import REPOSITORY, Workplace, emptied

PROJECT = "demo-24"
PERIODS = 24
SINGLE = ("2023-03", "2024-02", "2024-11")
"""Months whose report the command lines make: one near the start, one in the middle, one near the end."""


def derived_project(data: Path) -> None:
    """Make a project of data/demo that begins a year later and reports every month: twenty-four periods."""
    target = data / PROJECT
    shutil.copytree(
        REPOSITORY / "data/demo", target, ignore=shutil.ignore_patterns("published", "released", "commentary")
    )
    text = (target / "project.yml").read_text(encoding="utf-8")
    text, changed = re.subn(r"^grm_start: .*$", "grm_start: 2023-01-01\nreporting: month", text, flags=re.MULTILINE)
    assert changed == 1, "project.yml of the demonstration has no single grm_start"
    (target / "project.yml").write_text(text, encoding="utf-8", newline="\n")


def measure_periods(folder: Path, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure all reports at once from nothing, once, and the command lines for some of them, in turns."""
    place, data = Workplace(folder), folder / "data"
    derived_project(data)
    single = [
        place.command_lines(f"command_lines {month}", f"single-{month}", data, project=PROJECT, period=month)
        for month in SINGLE
    ]
    found = in_turns(single, min(rounds, 1), say)
    outputs = folder / "many"
    command = [sys.executable, "-m", "pipeline", "reports", f"--project={PROJECT}"]
    many = Contender("reports", command, place.environment(outputs, data), REPOSITORY, lambda: emptied(outputs))
    run = measured(many)
    say(f"all {PERIODS} reports: {told(run)}")
    made = len(list((outputs / PROJECT).glob("*/public/report.pdf")))
    assert made == PERIODS, f"{made} reports were made instead of {PERIODS}"
    runs = [one for month in found.values() for one in month]
    return {
        "periods": PERIODS,
        "reports": summary([run]),
        "single": summary(runs),
        "times_24": {
            "seconds": round(PERIODS * statistics.mean(one.seconds for one in runs), 1),
            "cpu_seconds": round(PERIODS * statistics.mean(one.cpu_seconds for one in runs), 1),
        },
    }
