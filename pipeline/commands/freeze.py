"""`freeze`: the figures of a report that stands are stored as published."""

from __future__ import annotations

import argparse

from pipeline.commands.options import (
    Command,
    add_data_option,
    add_force_option,
    add_outputs_option,
    add_period_option,
    add_project_option,
    alone,
    is_forced,
    options_of,
)
from pipeline.commands.periods import Call, checked_call
from pipeline.commands.released import is_released, public_of
from pipeline.commands.standing import anew, at_first, run_of_all
from pipeline.errors import InputError
from pipeline.places import relative
from pipeline.project import load_project

_THEN = "release it; then freeze it"


def _freeze(options: argparse.Namespace) -> tuple[str, int]:
    from pipeline.execution.errors import explained
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
        raise InputError(f"There is no report to freeze in {relative(call.target)}. {at_first(call, _THEN)}")
    with alone(call.target):
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
    """Make the record of the report that stands; one that is not whole, not up to date or not released is refused."""
    from pipeline import __version__
    from pipeline.files import csv_bytes
    from pipeline.indicators.computation import measure
    from pipeline.indicators.freezing import record_of
    from pipeline.indicators.published import DISCLOSED, as_published, figures_of, of_previous, records_for

    run = run_of_all(call, _THEN)
    stage = call.stage(call.target)
    if not is_released(call.project, call.scopes.label, public_of(run["outputs"])):
        raise InputError(
            f"The report on {call.scopes.label} is a DRAFT: not released; not even FORCE freezes it. Release it first: "
            f"make release PERIOD={call.scopes.label} PROJECT={call.project.code} BY=… says what stands against it."
        )
    labelled, collected = stage.load("labelled.parquet"), stage.load("columns.csv")["column"]
    measured = measure(labelled, call.project, call.scopes, collected)
    records = records_for(call.project, call.scopes)
    table = as_published(measured.table, call.scopes, records)
    if csv_bytes(table) != (call.target / "internal" / "indicators.csv").read_bytes():
        raise InputError(
            f"The program has changed since the report was made and computes other figures. {anew(call, _THEN)}"
        )
    return record_of(
        labelled,
        measured,
        call.project,
        call.scopes,
        collected,
        previous_is_published=of_previous(call.scopes, records) is not None,
        disclosed=figures_of((call.target / "internal" / DISCLOSED).read_bytes()),
        provenance={
            "program": {"version": __version__, "code": run["code_digest"]},
            "public": public_of(run["outputs"]),
        },
    )


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
