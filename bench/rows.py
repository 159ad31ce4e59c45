"""Registers of a thousand to a million rows: time and peak memory of each step, and the figures by plain pandas."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.measuring import Contender, in_turns, measured, summary, told
from bench.places import REPOSITORY, Workplace, emptied
from bench.single import steps

SIZES = (1_000, 10_000, 100_000, 1_000_000)
YEARS = 10
PERIOD = "2024H1"
LIMIT_SECONDS = 3600
"""After how many seconds a report is given up."""


def measure_rows(folder: Path, rows: int, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure the report of an invented register of so many rows over ten years, for its last half-year but one.

    The whole report is measured once, plain pandas as often as `rounds` says.
    """
    place, data, outputs = Workplace(folder), folder / "data", folder / "outputs"
    data.mkdir()
    project = f"demo-{rows}"
    environment = place.environment(outputs, data)
    demo = ["demo", "--name", project, "--rows", str(rows), "--years", str(YEARS)]
    generated = measured(Contender("demo", [sys.executable, "-m", "pipeline", *demo], environment, REPOSITORY))
    say(f"{rows} rows invented: {told(generated)}")
    report = place.report(
        "report", "outputs", prepare=lambda: emptied(outputs), data=data, project=project, period=PERIOD
    )
    run = measured(report, limit_seconds=LIMIT_SECONDS)
    say(f"{rows} rows, report: {told(run)}")
    result: dict[str, Any] = {
        "rows": rows,
        "register_mib": round(sum(f.stat().st_size for f in (data / project).glob("register*")) / 2**20, 1),
        "report": summary([run]),
        "is_stopped": run.is_stopped,
        "limit_seconds": LIMIT_SECONDS,
        "steps": steps([run]),
    }
    if not run.is_stopped:
        files = [
            str(outputs / project / PERIOD),
            str(data / project / "project.yml"),
            PERIOD,
            str(folder / "plain.csv"),
        ]
        plain = place.plain("plain pandas", "plain_pandas", files, environment)
        result["plain_pandas"] = summary(in_turns([plain], rounds, say)["plain pandas"])
    return result
