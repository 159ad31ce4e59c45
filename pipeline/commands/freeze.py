"""`freeze`: the figures of a report that stands are stored as published."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from pipeline.commands.options import (
    Command,
    add_data_option,
    add_force_option,
    add_outputs_option,
    add_period_option,
    add_project_option,
    is_forced,
    options_of,
    relative,
)
from pipeline.commands.periods import Call, checked_call
from pipeline.commands.sets import input_files
from pipeline.errors import InputError
from pipeline.project import load_project

_PUBLIC = tuple(f"public/{name}" for name in ("report.html", "report.pdf", "indicators.csv", "cases.csv"))
_FAILED = "internal/failed/"
_LOCK_SECONDS = 600


def _freeze(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.execution.errors import explained
    from pipeline.execution.sets import locked_set
    from pipeline.indicators.freezing import store
    from pipeline.indicators.published import records_folder

    force = is_forced(options, "store a record that differs, and keep the former one")
    call = checked_call(load_project(options.project), options.period)
    if call.scopes.current.is_provisional:
        raise InputError(
            f"The report on {call.scopes.label} is provisional: its period ends on {call.scopes.current.end}, after "
            f"{call.scopes.current.as_of}, the day through which the register is complete. Its figures will change by "
            "themselves, so they are not frozen. Raise complete_through in project.yml when the period is over."
        )
    if not call.target.is_dir():
        raise InputError(f"There is no report to freeze in {relative(call.target)}. {_anew(call)}")
    with locked_set(call.target, wait_seconds=_LOCK_SECONDS, say=_say):
        files = _record(call)
        with explained(records_folder(call.project)):
            frozen = store(call.project, call.scopes.label, files, force=force)
    where = relative(frozen.folder)
    if not frozen.is_new:
        return f"{where} holds these figures already; nothing was changed.", 0
    lines = [f"The figures of {call.scopes.label} are frozen: {where}; only you can open it."]
    if frozen.former is not None:
        lines.append(f"The former record is kept: {relative(frozen.former)}.")
    if call.project.settings.register_.database is not None:
        lines.append("The register is in a database, so whether it is still as the report read it was not checked.")
    lines.append("Reports from now on take these figures as published and say which of them differ later.")
    return "\n".join(lines), 0


def _record(call: Call) -> dict[str, bytes]:
    """Make the record of the report that stands; one that is not whole, not up to date or a draft is refused."""
    from pipeline import __version__
    from pipeline.files import csv_bytes
    from pipeline.indicators.computation import measure
    from pipeline.indicators.freezing import record_of
    from pipeline.indicators.published import as_published, of_previous, records_for
    from pipeline.reporting.report import visible_findings

    run = _run_of_all(call)
    stage = call.stage(call.target)
    errors = int((visible_findings(stage)["severity"] == "error").sum())
    if errors:
        raise InputError(
            f"The report on {call.scopes.label} is a DRAFT. Errors in the register that are not settled: {errors}; not "
            f"even FORCE freezes it. Settle them first: {relative(call.target / 'internal' / 'findings.csv')} says "
            f"what to do about each. {_anew(call)}"
        )
    labelled, collected = stage.load("labelled.parquet"), stage.load("columns.csv")["column"]
    measured = measure(labelled, call.project, call.scopes, collected)
    records = records_for(call.project, call.scopes)
    table = as_published(measured.table, call.scopes, records)
    if csv_bytes(table) != (call.target / "internal" / "indicators.csv").read_bytes():
        raise InputError(f"The program has changed since the report was made and computes other figures. {_anew(call)}")
    return record_of(
        labelled,
        measured,
        call.project,
        call.scopes,
        collected,
        previous_is_published=of_previous(call.scopes, records) is not None,
        provenance={
            "program": {"version": __version__, "code": run["code_digest"]},
            "public": {name: digest for name, digest in run["outputs"].items() if name.startswith("public/")},
        },
    )


def _run_of_all(call: Call) -> dict[str, Any]:
    """Return the run that made the set; an `InputError` says why what stands there is no whole report of today's data.

    The manifest tells: every file is as it was written, one run made all of them, and the inputs are as they were.
    """
    from pipeline.execution.manifest import digests, output_digests, read_manifest

    where, manifest = relative(call.target), read_manifest(call.target)
    runs = manifest.get("runs", []) if manifest else []
    if len(runs) != 1 or not set(_PUBLIC) <= set(runs[0].get("outputs", {})):
        raise InputError(f"{where} is not the whole report of one run. {_anew(call)}")
    run: dict[str, Any] = runs[0]
    there = {name: one for name, one in output_digests(call.target).items() if not name.startswith(_FAILED)}
    changed = [name for name in sorted({*there, *run["outputs"]}) if there.get(name) != run["outputs"].get(name)]
    if changed:
        raise InputError(f"{where / changed[0]} is not as the run left it. {_anew(call)}")
    then, now = _shaping(call, run["inputs"]), _shaping(call, digests(input_files(call.project)))
    changed = [name for name in sorted({*then, *now}) if then.get(name) != now.get(name)]
    if changed:
        raise InputError(
            f"{call.project.shown_folder}/{changed[0]} has changed since the report in {where} was made. {_anew(call)}"
        )
    return run


def _shaping(call: Call, inputs: dict[str, str]) -> dict[str, str]:
    """Leave out the records of other periods than the previous one: they do not shape the figures of this report."""
    previous = call.scopes.previous_period
    kept = f"published/{previous.label}/" if previous else ()
    return {
        name: digest for name, digest in inputs.items() if not name.startswith("published/") or name.startswith(kept)
    }


def _anew(call: Call) -> str:
    return (
        f"Make the report anew first: make report PERIOD={call.scopes.label} PROJECT={call.project.code}; read it; "
        "then freeze it."
    )


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _add_replacing(command: argparse.ArgumentParser) -> None:
    add_force_option(command, "store a record that differs from the one that is there, and keep the former one")


COMMANDS = {
    "freeze": Command(
        "store the figures of a report that is published, so that later reports can say what differs",
        options_of(add_project_option, add_period_option, _add_replacing, add_data_option, add_outputs_option),
        _freeze,
    ),
}
"""The command that keeps what was published."""
