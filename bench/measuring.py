"""What a command costs, and several commands in turns, so that what disturbs a machine disturbs all of them alike."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.watched import STOPPED

_WATCHED = Path(__file__).with_name("watched.py")


class BenchError(Exception):
    """Something that was to be measured did not run; the text says what, and how it ended."""


@dataclass(frozen=True)
class Mark:
    """A line that a command told on the way: seconds and CPU seconds until then, peak memory since the line before."""

    text: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Measurement:
    """What one run of a command took: seconds on the clock, CPU seconds and peak memory of all its processes."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    marks: tuple[Mark, ...] = field(default=(), repr=False)
    is_stopped: bool = False

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Measurement:
        """Read what `watched` wrote."""
        marks = tuple(Mark(**mark) for mark in record["marks"])
        is_stopped = record["code"] == STOPPED
        return cls(record["seconds"], record["cpu_seconds"], record["peak_bytes"], marks, is_stopped)


@dataclass(frozen=True)
class Contender:
    """One way to do something: a command, what has to be put in place before it and is not measured, what it needs."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    prepare: Callable[[], None] = lambda: None
    wrong: Callable[[Measurement], str] = lambda run: ""
    """What is wrong with a run that did something else than it was measured for; nothing where all is well."""


def measured(contender: Contender, *, limit_seconds: float = 0) -> Measurement:
    """Run a contender once; one that fails is a `BenchError`, one that is stopped at the limit says so."""
    contender.prepare()
    with tempfile.TemporaryDirectory() as scratch:
        result = Path(scratch) / "result.json"
        watched = [sys.executable, "-I", str(_WATCHED), str(result), str(limit_seconds), *contender.command]
        subprocess.run(
            watched, cwd=contender.folder, env={**os.environ, **contender.environment}, check=True, timeout=None
        )
        record = json.loads(result.read_text(encoding="utf-8"))
    if record["code"] not in (0, STOPPED):
        told = [*(mark["text"] for mark in record["marks"]), *record["output"]][-20:]
        raise BenchError("\n".join([f"'{contender.name}' ended with code {record['code']}:", *told]))
    run = Measurement.of(record)
    if wrong := contender.wrong(run):
        raise BenchError(f"'{contender.name}' did something else than it was measured for: {wrong}")
    return run


def in_turns(
    contenders: Sequence[Contender], rounds: int, say: Callable[[str], None], *, limit_seconds: float = 0
) -> dict[str, list[Measurement]]:
    """Measure each contender so many times, all of them in each round; each round begins with another one."""
    found: dict[str, list[Measurement]] = {contender.name: [] for contender in contenders}
    for number in range(rounds):
        first = number % len(contenders)
        for contender in [*contenders[first:], *contenders[:first]]:
            one = measured(contender, limit_seconds=limit_seconds)
            found[contender.name].append(one)
            say(f"round {number + 1} of {rounds}: {contender.name}: {told(one)}")
    return found


def told(one: Measurement) -> str:
    """Say what a run took, in a line."""
    stopped = ", stopped" if one.is_stopped else ""
    return f"{one.seconds:.2f} s, CPU {one.cpu_seconds:.2f} s, {one.peak_bytes / 2**20:.0f} MiB{stopped}"


def summary(runs: Sequence[Measurement]) -> dict[str, Any]:
    """Return the medians of some runs, with each run's own numbers."""
    return {
        "runs": len(runs),
        "seconds": round(statistics.median(run.seconds for run in runs), 3),
        "cpu_seconds": round(statistics.median(run.cpu_seconds for run in runs), 3),
        "peak_mib": round(statistics.median(run.peak_bytes for run in runs) / 2**20, 1),
        "each_seconds": [round(run.seconds, 3) for run in runs],
        "each_cpu_seconds": [round(run.cpu_seconds, 3) for run in runs],
    }
