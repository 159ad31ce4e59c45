"""The set that stands in the outputs: whether it is one whole report, unchanged, and made of the inputs as they are."""

from __future__ import annotations

from typing import Any

from pipeline.commands.periods import Call
from pipeline.commands.sets import input_files, shaping
from pipeline.errors import InputError
from pipeline.places import relative

_PUBLIC_FILES = tuple(f"public/{name}" for name in ("report.html", "report.pdf", "indicators.csv", "cases.csv"))
"""What every report has."""
_FAILED = "internal/failed/"


def run_of_all(call: Call, then: str) -> dict[str, Any]:
    """Return the run that made the set; an `InputError` says why what stands there is no whole report of today's data.

    The manifest tells: every file is as it was written, one run made all of them, and the inputs are as they were.
    `then` says what to do once the report is made anew: 'then freeze it'.
    """
    from pipeline.execution.manifest import digests, output_digests, read_manifest

    where, manifest = relative(call.target), read_manifest(call.target)
    runs = manifest.get("runs", []) if manifest else []
    if len(runs) != 1 or not set(_PUBLIC_FILES) <= set(runs[0].get("outputs", {})):
        raise InputError(f"{where} is not the whole report of one run. {anew(call, then)}")
    run: dict[str, Any] = runs[0]
    there = {name: one for name, one in output_digests(call.target).items() if not name.startswith(_FAILED)}
    changed = [name for name in sorted({*there, *run["outputs"]}) if there.get(name) != run["outputs"].get(name)]
    if changed:
        raise InputError(f"{where / changed[0]} is not as the run left it. {anew(call, then)}")
    before, now = (shaping(call.scopes, one) for one in (run["inputs"], digests(input_files(call.project))))
    changed = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    if changed:
        raise InputError(
            f"{call.project.shown_folder}/{changed[0]} has changed since the report in {where} was made. "
            f"{anew(call, then)}"
        )
    return run


def anew(call: Call, then: str) -> str:
    """Say what to do where a report stands that will not do."""
    return f"Make the report anew first: {_make(call)}; read it; {then}."


def at_first(call: Call, then: str) -> str:
    """Say what to do where there is no report."""
    return f"Make it first: {_make(call)}; read it; {then}."


def _make(call: Call) -> str:
    return f"make report PERIOD={call.scopes.label} PROJECT={call.project.code}"
