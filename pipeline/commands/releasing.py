"""`release` and `release-check`: a report goes out as what somebody released, and later that can be checked."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.commands.index import index_told
from pipeline.commands.options import (
    Command,
    add_data_option,
    add_outputs_option,
    add_period_option,
    add_project_option,
    alone,
    options_of,
)
from pipeline.commands.periods import Call, checked_call, make_report
from pipeline.commands.released import (
    is_made_again,
    is_released,
    new_record,
    not_frozen,
    prepare,
    public_digests,
    public_of,
    read_record,
    settle,
    shown_record,
    what_shapes,
)
from pipeline.commands.standing import anew, at_first, run_of_all
from pipeline.errors import InputError, ReleaseError
from pipeline.places import RELEASED, outputs_folder, relative
from pipeline.project import load_project

_THEN = "then release it"
_LONGEST_BY = 120
_MOST_NAMED = 20


def _release(options: argparse.Namespace) -> tuple[str, int]:

    call = checked_call(load_project(options.project), options.period)
    by, label = _by(options.by, call), call.scopes.label
    if not call.target.is_dir():
        raise InputError(f"There is no report to release in {relative(call.target)}. {at_first(call, _THEN)}")
    with alone(outputs_folder() / call.project.code / RELEASED):
        settle(call.project, label, call.target)
        run = run_of_all(call, _THEN)
        record = read_record(call.project, label)
        if record is not None and record["public"] == public_of(run["outputs"]):
            return f"{label} was released by {record['by']} on {record['on']}; nothing was changed.", 0
        _refuse_other_program(call, run)
        _refuse_unready(call)
        kept = _make(call, by, public_of(run["outputs"]))
    lines = [
        f"{call.project.settings.name}, {label}: released by {by}. Its public files no longer say DRAFT:",
        *(f"  {relative(call.target / name)}" for name in ("public/report.html", "public/report.pdf")),
        f"The record is {shown_record(call.project, label)}; only you can open it. Keep it with your backups.",
    ]
    if kept is not None:
        lines.append(f"The record of the former release is kept: {call.project.shown_folder}/{RELEASED}/{kept.name}.")
    lines.append(f"Whether the files are still those: make release-check PERIOD={label} PROJECT={call.project.code}")
    return "\n".join([*lines, index_told(call.project)]), 0


def _by(written: str, call: Call) -> str:
    by = written.strip()
    if not by:
        raise InputError(
            "BY is not given. Name who releases the report; a function is better than a person's name, for example: "
            f'make release PERIOD={call.scopes.label} PROJECT={call.project.code} BY="Head of the unit"'
        )
    if len(by) > _LONGEST_BY or not by.isprintable():
        raise InputError(f"BY is too long, or not one line: write a function of up to {_LONGEST_BY} letters.")
    return by


def _refuse_other_program(call: Call, run: dict[str, Any]) -> None:
    program = what_shapes(call.project, call.scopes)["program"]
    if any(run[key] != program[key] for key in ("code_digest", "packages", "python")):
        raise InputError(f"The program has changed since the report was made. {anew(call, _THEN)}")


def _refuse_unready(call: Call) -> None:
    """Refuse a report with an open suspect, a difference that nobody signed for, or an error that nobody settled."""
    found = obstacles(call)
    if found:
        raise ReleaseError(
            f"The report of {call.project.code} on {call.scopes.label} is not released; it stays a draft, and nothing "
            "was changed.\n" + "\n".join(found)
        )


def obstacles(call: Call) -> list[str]:
    """Say what stands against a release, line by line; no line holds what was found in a text."""
    from pipeline.indicators.published import DISCLOSED
    from pipeline.indicators.reconciliation import unsigned
    from pipeline.reporting.disclosure import open_suspects

    stage, lines = call.stage(call.target), []
    suspects = open_suspects(stage)
    if len(suspects):
        where = relative(call.target / "internal" / "disclosure.xlsx")
        lines.append(
            f"Places in its texts that may tell who somebody is, and that nobody has decided on: {len(suspects)}. "
            f"Decide in {where}; then make disclose PERIOD={call.scopes.label} PROJECT={call.project.code} "
            f"FILE={where}, and make the report anew."
        )
        numbers = suspects["registration_no"].astype("object").fillna("")
        names = numbers.where(numbers != "", "row " + suspects["source_row"].astype("str"))
        texts = (names + ", column " + suspects["column"]).value_counts(sort=False)
        lines += _listed([f"{name}: {count}" for name, count in texts.items()])
    failed = unsigned(stage.load("reconciliation.csv"))
    if len(failed):
        lines.append(f"Figures that do not agree: {len(failed)}.")
        lines += _listed([f"{check} ({scope})" for check, scope in zip(failed["check"], failed["scope"], strict=True)])
    others = [label for label in not_frozen(call.project) if label != call.scopes.label]
    if others and len(stage.load(DISCLOSED)):
        lines.append(
            f"Reports that were released and are not frozen: {', '.join(others)}. This report does not know what they "
            "show by sex, place and group, so a small number could be worked out from both. Freeze each of them: make "
            f"freeze PERIOD={others[0]} PROJECT={call.project.code}. Then make this report anew."
        )
    found = stage.load("findings.parquet")
    errors = found[found["severity"] == "error"]
    if len(errors):
        where = relative(call.target / "internal" / "findings.csv")
        lines.append(f"Errors in the register that are not settled: {len(errors)}; {where} says what to do about each.")
        lines += _listed(errors["message"].tolist())
    return lines


def _listed(lines: list[str]) -> list[str]:
    more = [f"  and {len(lines) - _MOST_NAMED} more"] if len(lines) > _MOST_NAMED else []
    return [*(f"  {line}" for line in lines[:_MOST_NAMED]), *more]


def _make(call: Call, by: str, drafted: dict[str, str]) -> Path | None:
    """Make the report anew without its mark, and its record; returns where a former record was put.

    The tables must be, to the byte, those of the draft that was read.
    """

    def lay_beside(folder: Path) -> None:
        public = public_digests(folder)
        if _tables(public) != _tables(drafted):
            raise InputError(f"The report made anew differs from the one that stands. {anew(call, _THEN)}")
        prepare(call.project, label, new_record(call.project, call.scopes, by, date.today().isoformat(), public))

    label = call.scopes.label
    try:
        make_report(call, is_released=True, further=[("release", lay_beside)])
    finally:
        # The set is in place whole, or not at all; its record follows it.
        kept = settle(call.project, label, call.target)
    if not is_released(call.project, label, public_digests(call.target)):
        raise ReleaseError(f"Another run has replaced {relative(call.target)} meanwhile; the report is not released.")
    return kept


def _tables(public: dict[str, str]) -> dict[str, str]:
    return {name: digest if name.endswith(".csv") else "" for name, digest in public.items()}


def _check(options: argparse.Namespace) -> tuple[str, int]:
    call = checked_call(load_project(options.project), options.period)
    label = call.scopes.label
    settle(call.project, label, call.target)
    record = read_record(call.project, label)
    if record is None:
        without = f"{label} was not released: there is no {shown_record(call.project, label)}"
        if call.target.is_dir():
            return f"{without}.", 1
        return f"{without}, and no report in {relative(call.target)}. {at_first(call, _THEN)}", 1
    there, lines = public_digests(call.target), []
    for name in sorted({*there, *record["public"]}):
        file = relative(call.target / name)
        if name not in there:
            lines.append(f"{file} is missing.")
        elif name not in record["public"]:
            lines.append(f"{file} was not released.")
        elif there[name] != record["public"][name]:
            lines.append(f"{file} is not the file that was released.")
        else:
            lines.append(f"{file} is as it was released.")
    is_same = there == record["public"]
    verdict = "The public files are" if is_same else "The public files are not"
    lines.append(f"{verdict} those that {record['by']} released on {record['on']}.")
    if not is_made_again(call.project, call.scopes):
        lines.append("The inputs or the program have changed since; a report made now would be a draft.")
    return "\n".join(lines), int(not is_same)


def _add_by_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--by", default="", metavar="WHO", help="who releases it; a function is better than a person's name"
    )


COMMANDS = {
    "release": Command(
        "make the public files of a report that was read without the mark DRAFT, and record what was released",
        options_of(add_project_option, add_period_option, _add_by_option, add_data_option, add_outputs_option),
        _release,
    ),
    "release-check": Command(
        "check that the public files of a period are those that were released",
        options_of(add_project_option, add_period_option, add_data_option, add_outputs_option),
        _check,
    ),
}
"""The commands by which a report leaves the house."""
