"""One report of the sample: ours from nothing, anew, unchanged and with another text, beside three other ways."""

from __future__ import annotations

import re
import shutil
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from bench import ploomber_environment
from bench.measuring import BenchError, Contender, Mark, Measurement, in_turns, measured, summary
from bench.places import PERIOD, REPOSITORY, SAMPLE, Workplace, emptied, program_copy

_STEP = re.compile(r"\[\d+/\d+\] (?P<name>[^…]+) … ")


def measure_single(folder: Path, rounds: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure every way to make the sample's report, in turns."""
    place = Workplace(folder)
    say("One report is made that is not measured; what follows begins from copies of it.")
    measured(place.report("first", "base"))
    for name in ("again", "unchanged", "text"):
        shutil.copytree(folder / "base", folder / name)
    contenders = [*_ours(place), *_others(place)]
    result: dict[str, Any] = {}
    try:
        python = ploomber_environment.ready(say)
        result["ploomber"] = ploomber_environment.version_of(python)
        contenders += [
            ploomber_environment.contender("ploomber", python, place, lambda: ploomber_environment.emptied_set(place)),
            ploomber_environment.contender("ploomber_unchanged", python, place, lambda: None),
        ]
    except BenchError as error:
        say(str(error))
        result["ploomber_missing"] = str(error)
    found = in_turns(contenders, rounds, say)
    result["ways"] = {name: summary(runs) for name, runs in found.items()}
    result["steps"] = steps(found["cold"])
    return result


def _ours(place: Workplace) -> list[Contender]:
    """Return our command in its four situations, and once more through make where that runs this very Python."""
    program, numbers = program_copy(place.folder / "program"), count(1)
    contenders = [
        place.report("cold", "cold", prepare=lambda: emptied(place.folder / "cold")),
        place.report("again", "again", "--force=1"),
        replace(place.report("unchanged", "unchanged"), wrong=stages_that_ran),
        place.report("text", "text", prepare=lambda: change_a_text(program, next(numbers)), program=program),
    ]
    if Path(sys.prefix) == REPOSITORY / ".venv":
        make = ["make", "report", f"PROJECT={SAMPLE}", f"PERIOD={PERIOD}"]
        environment = place.environment(place.folder / "unchanged")
        contenders.append(Contender("unchanged_by_make", make, environment, REPOSITORY))
    return contenders


def _others(place: Workplace) -> list[Contender]:
    folder = place.folder / "floor" / SAMPLE / PERIOD
    environment = place.environment(place.folder / "floor")
    floor = place.plain("floor", "floor", [SAMPLE, PERIOD, str(folder)], environment)
    return [
        place.command_lines("command_lines", "command_lines"),
        Contender("floor", floor.command, environment, floor.folder, lambda: emptied(folder)),
    ]


def stages_that_ran(run: Measurement) -> str:
    """Name the stages of a run that was to have nothing to do."""
    ran = [step["name"] for step in steps([run]) if step["name"] != "end"]
    return f"{', '.join(ran)} ran, so the program or its data changed meanwhile." if ran else ""


def change_a_text(program: Path, number: int) -> None:
    """Let the last section of the report end with another sentence; nothing but the report's text depends on it."""
    template = program / "pipeline/reporting/templates/sections/provenance.html.j2"
    text = re.sub(r"<p>Edition \d+\.</p>\n", "", template.read_text(encoding="utf-8"))
    before, end, after = text.rpartition("</section>")
    assert end, f"{template.name} has no section"
    template.write_text(f"{before}<p>Edition {number}.</p>\n{end}{after}", encoding="utf-8", newline="\n")


def steps(runs: Sequence[Measurement]) -> list[dict[str, Any]]:
    """Return the steps that a run told of, in order: medians of seconds and CPU seconds up to its line, and the peak.

    Each step is what lies between the line before its own and its own; what follows the last one is called 'end'.
    """
    found: dict[str, list[Mark]] = {}
    for run in runs:
        former = Mark("", 0.0, 0.0, 0)
        told = [mark for mark in run.marks if _STEP.match(mark.text)]
        rest = max((mark.peak_bytes for mark in run.marks[run.marks.index(told[-1]) + 1 :]), default=0) if told else 0
        for mark in [*told, Mark("[0/0] end … ", run.seconds, run.cpu_seconds, rest)]:
            match = _STEP.match(mark.text)
            assert match is not None
            took = Mark(
                match["name"], mark.seconds - former.seconds, mark.cpu_seconds - former.cpu_seconds, mark.peak_bytes
            )
            found.setdefault(match["name"], []).append(took)
            former = mark
    return [
        {
            "name": name,
            "seconds": round(statistics.median(mark.seconds for mark in marks), 3),
            "cpu_seconds": round(statistics.median(mark.cpu_seconds for mark in marks), 3),
            "peak_mib": round(statistics.median(mark.peak_bytes for mark in marks) / 2**20, 1),
        }
        for name, marks in found.items()
    ]
