"""`report` and its first stages: the set of a period."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.commands.early import NOTEBOOKS
from pipeline.commands.index import index_told
from pipeline.commands.options import (
    Command,
    add_data_option,
    add_force_option,
    add_outputs_option,
    add_period_option,
    add_project_option,
    is_forced,
    options_of,
    refuse_files,
)
from pipeline.commands.released import is_made_again
from pipeline.commands.sets import Pdf, Renderings, make_set
from pipeline.errors import InputError
from pipeline.execution.homes import Homes, OneOfMany
from pipeline.indicators.framework import results_framework
from pipeline.period import Scopes, forms_sentence, resolve_scopes
from pipeline.places import outputs_folder, relative
from pipeline.project import Project, load_project
from pipeline.stage import Stage

REPORT_NOTEBOOK = Path("internal", "notebooks", "04_report.ipynb")
"""The fourth notebook, as it ran, in a set."""


@dataclass(frozen=True)
class Call:
    """A call for the set of a period whose arguments have been checked."""

    project: Project
    scopes: Scopes
    period: str
    as_of: str

    @property
    def target(self) -> Path:
        """The folder of the set that this call makes."""
        return outputs_folder() / self.project.code / self.scopes.label

    def stage(self, folder: Path) -> Stage:
        """Open the set in the folder in which it is made, or stands."""
        return Stage(self.project, self.scopes, folder)


def checked_call(project: Project, period: str, as_of: str = "") -> Call:
    """Check what names a set before anything is made; the first that is wrong is an `InputError`."""
    settings = project.settings
    if not period:
        example = f"make report PERIOD=2024H1 PROJECT={project.code}"
        raise InputError(f"PERIOD is not given. {forms_sentence()} For example: {example}")
    scopes = resolve_scopes(period, as_of, grm_start=settings.grm_start, complete_through=settings.complete_through)
    call = Call(project, scopes, period, as_of)
    results_framework(project)
    refuse_files(call.target)
    return call


def make_report(
    call: Call,
    *,
    one_of_many: OneOfMany | None = None,
    is_forced: bool = False,
    is_released: bool | None = None,
    further: Renderings = (),
    homes: Homes | None = None,
) -> None:
    """Make the whole set of a period, public/ and internal/; `one_of_many` is given where several are made.

    Stages that have nothing new to do are taken over, unless `is_forced`. Without `is_released` it is a draft, unless
    it is made again of the inputs and by the program of one that was released. `further` steps follow, before the set
    is searched for names and put in place.
    """
    released = is_made_again(call.project, call.scopes) if is_released is None else is_released
    make_set(
        call.project,
        call.target,
        NOTEBOOKS,
        {**_parameters(call), "released": "yes" if released else ""},
        stage=call.stage,
        renderings=[
            ("html", partial(_html, call, released)),
            # What follows may need the PDF.
            ("pdf", Pdf("report", can_be_late=not further)),
            ("internal edition", partial(_internal, call, released)),
            ("actions", partial(_work_pages, call)),
            *further,
        ],
        one_of_many=one_of_many,
        is_forced=is_forced,
        homes=homes,
    )


def _parameters(call: Call) -> dict[str, str]:
    return {"project": call.project.code, "period": call.period, "as_of": call.as_of}


def _html(call: Call, released: bool, folder: Path) -> None:
    from pipeline.reporting.rendering import render_html
    from pipeline.reporting.report import Report

    report = Report.open(call.stage(folder), is_released=released)
    render_html(folder / REPORT_NOTEBOOK, folder / "public" / "report.html", report)


def _internal(call: Call, released: bool, folder: Path) -> None:
    from pipeline.reporting.rendering import INTERNAL_HTML, render_internal
    from pipeline.reporting.report import Report

    report = Report.open(call.stage(folder), is_released=released, is_internal=True)
    render_internal(folder / REPORT_NOTEBOOK, folder / "internal" / INTERNAL_HTML, report)


def _work_pages(call: Call, folder: Path) -> None:
    """Make the pages to work with inside the house; they name who is responsible, so no notebook shows them."""
    from pipeline.reporting.actions import write_actions
    from pipeline.reporting.disclosure import write_disclosure
    from pipeline.reporting.provisional import opened
    from pipeline.reporting.uptake import write_uptake

    stage, _ = opened(call.stage(folder))
    write_actions(stage)
    write_uptake(stage)
    write_disclosure(stage)


def _report(options: argparse.Namespace) -> tuple[str, int]:
    call, forced = _call(options)
    make_report(call, is_forced=forced, homes=getattr(options, "homes", None))
    return f"{_summary(call, whole=True)}\n{index_told(call.project)}", 0


def _stages(notebooks: int, options: argparse.Namespace) -> tuple[str, int]:
    call, forced = _call(options)
    make_set(
        call.project,
        call.target,
        NOTEBOOKS[:notebooks],
        _parameters(call),
        stage=call.stage,
        renderings=[("actions", partial(_work_pages, call))] if NOTEBOOKS[:notebooks][-1] == "03_metrics" else [],
        keep_public=True,
        is_forced=forced,
        homes=getattr(options, "homes", None),
    )
    return _summary(call, whole=False), 0


def _call(options: argparse.Namespace) -> tuple[Call, bool]:
    forced = is_forced(options, "run every stage")
    return checked_call(load_project(options.project), options.period, options.as_of), forced


def _summary(call: Call, whole: bool) -> str:
    from pipeline.reporting.marks import read_marks

    findings = call.stage(call.target).load("findings.csv")["severity"].value_counts()
    errors = int(findings.get("error", 0))
    counted = ", ".join(f"{count} {_plural(severity, count)}" for severity, count in findings.items())
    files = ["public/report.html", "public/report.pdf", "internal/report-internal.html"] if whole else []
    files += ["internal/actions.html"] if (call.target / "internal" / "actions.html").is_file() else []
    files += ["internal/findings.csv"] if len(findings) else []
    files += ["internal/findings.xlsx"]
    lines = [
        f"{call.project.settings.name}, {call.scopes.label}: " + ("the report is made." if whole else "done."),
        *(f"  {relative(call.target / name)}" for name in files),
        f"Findings in the register: {counted or 'none'}.",
        "Only findings.xlsx has those on missing numbers and on sensitive grievances, if there are any.",
    ]
    marks = read_marks(call.target / "public" / "report.html") if whole else None
    is_of_its_end = call.scopes.label == call.scopes.period.label
    if marks is not None and marks.is_draft and not is_of_its_end:
        lines.append("It is a DRAFT and stays one: a report as of an earlier day is not released.")
    elif marks is not None and marks.is_draft:
        then = f"make release PERIOD={call.scopes.label} PROJECT={call.project.code} BY=…"
        lines.append(f"It is a DRAFT: not released. Once it is read: {then}")
    if errors and is_of_its_end:
        lines.append("Errors that are open stand against its release; findings.csv says what to do about each.")
    if call.scopes.current.is_provisional:
        lines.append(f"It is provisional: counted up to {call.scopes.current.counted_to}, before the period's end.")
    return "\n".join(lines)


def _plural(severity: Any, count: int) -> str:
    return str(severity) if count == 1 or severity == "explained" else f"{severity}s"


def add_as_of_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--as-of", default="", metavar="D", help="take every figure as of this day, 2024-06-13 for instance"
    )


def _add_running_option(command: argparse.ArgumentParser) -> None:
    add_force_option(command, "run every stage, also those that have nothing new to do")


_OPTIONS = options_of(
    add_project_option, add_period_option, add_as_of_option, _add_running_option, add_data_option, add_outputs_option
)
COMMANDS = {
    "report": Command("make the report of a period: HTML, PDF and tables", _OPTIONS, _report),
    "cleaning": Command("run the first notebook alone: read and check the register", _OPTIONS, partial(_stages, 1)),
    "classification": Command("run the notebooks up to the classification", _OPTIONS, partial(_stages, 2)),
    "metrics": Command("run the notebooks up to the indicators", _OPTIONS, partial(_stages, 3)),
}
"""All but `report` replace only internal/."""
