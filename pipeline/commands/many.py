"""`reports`: every period of a project, one after the other, and the page that lists them."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.commands import periods
from pipeline.commands.failures import exit_code, sentence, unforeseen
from pipeline.commands.index import refresh_index
from pipeline.commands.options import (
    Command,
    add_data_option,
    add_force_option,
    add_outputs_option,
    add_project_option,
    is_forced,
    options_of,
    say,
)
from pipeline.commands.periods import Call, checked_call
from pipeline.errors import InputError, PipelineError
from pipeline.execution.errors import ExecutionError, Interrupted
from pipeline.execution.interrupts import interruptible
from pipeline.period import periods_between
from pipeline.places import outputs_folder, relative
from pipeline.project import Project, load_project
from pipeline.register.reading import register_files


@dataclass(frozen=True)
class Failure:
    """A period whose report was not made, the sentence that says why, and the exit code that it alone would have."""

    label: str
    sentence: str
    exit_code: int


class ReportsFailed(PipelineError):
    """Not all reports, or not the page that lists them, were made; the text says which and why."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit_code = exit_code


def calls_of(project: Project) -> list[Call]:
    """List the project's periods, of the kind that it reports in, from its start to the end of its register.

    The last one is provisional where the register is not complete to its end.
    """
    settings = project.settings
    spans = periods_between(settings.reporting, settings.grm_start, settings.complete_through)
    return [checked_call(project, period.label) for period in spans]


def make_all(calls: Sequence[Call], *, is_forced: bool = False) -> list[Failure]:
    """Make the reports one after the other, with a line on stderr for each; returns those that failed.

    The page that lists them is renewed after each, so that it is right when the run is stopped. A signal stops all,
    between two reports too: ReportsFailed with the signal's exit code.
    """
    failures: list[Failure] = []
    made = 0
    try:
        with interruptible() as interrupts:
            for number, call in enumerate(calls, start=1):
                began = time.monotonic()
                failure = _make(call, f"{call.scopes.label}, {number} of {len(calls)}", is_forced)
                if failure is None:
                    made += 1
                    _index_failure(call.project)  # told once, at the end
                    how = f"made in {time.monotonic() - began:.1f} s"
                    how += ", provisional" if call.scopes.current.is_provisional else ""
                else:
                    failures.append(failure)
                    how = f"failed after {time.monotonic() - began:.1f} s"
                say(f"[{number}/{len(calls)}] {call.scopes.label} … {how}")
            interrupts.finish()
    except Interrupted as stop:
        signal = str(stop).partition(";")[0]
        raise ReportsFailed(
            f"{signal}. Made anew {'is' if made == 1 else 'are'} {made} of {len(calls)} reports; the others are as "
            "they were.",
            stop.exit_code,
        ) from None
    return failures


def _make(call: Call, name: str, is_forced: bool) -> Failure | None:
    label = call.scopes.label
    try:
        periods.make_report(call, one_of_many=name, is_forced=is_forced)
    except Interrupted:
        raise
    except (PipelineError, ExecutionError) as error:
        return Failure(label, sentence(error), exit_code(error))
    except Exception as error:  # the other periods go on
        return Failure(label, unforeseen(error), 1)
    return None


def _index_failure(project: Project) -> str:
    """Renew the page that lists the reports; returns why it could not be, or nothing."""
    try:
        refresh_index(project)
    except Interrupted:
        raise
    except (PipelineError, ExecutionError) as error:
        return sentence(error)
    except Exception as error:
        return unforeseen(error)
    return ""


def _reports(options: argparse.Namespace) -> tuple[str, int]:
    forced = is_forced(options, "run every stage")
    project = load_project(options.project)
    register_files(project)  # what is wrong with all of them is said before any is begun
    calls = calls_of(project)
    failures = make_all(calls, is_forced=forced)
    unlisted = _index_failure(project)
    text = _summary(project, calls, failures, unlisted)
    if failures or unlisted:
        are_wrong = len(failures) == len(calls) and all(one.exit_code == InputError.exit_code for one in failures)
        raise ReportsFailed(text, InputError.exit_code if are_wrong else 1)
    return text, 0


def _summary(project: Project, calls: Sequence[Call], failures: Sequence[Failure], unlisted: str) -> str:
    from pipeline.reporting.index import INDEX

    failed = {failure.label for failure in failures}
    made = [call for call in calls if call.scopes.label not in failed]
    lines = []
    if failures:
        lines.append(f"{len(failures)} of {len(calls)} reports of {project.settings.name} failed:")
        lines += [f"  {failure.label}: {_indented(failure.sentence)}" for failure in failures]
    if made:
        count = f"{len(made)} report{'s are' if len(made) != 1 else ' is'} made"
        lines.append(f"{count if failures else f'{project.settings.name}: {count}'}:")
        lines += [_line(call) for call in made]
    if unlisted:
        lines.append(f"The page that lists the reports was not renewed: {_indented(unlisted)}")
    else:
        lines.append(f"All reports of the project: {relative(outputs_folder() / project.code / INDEX)}")
    return "\n".join(lines)


def _line(call: Call) -> str:
    """Name a report that was made, with what it says of itself."""
    from pipeline.reporting.marks import read_marks

    html = call.target / "public" / "report.html"
    marks = read_marks(html)
    said = ["DRAFT"] if marks and marks.is_draft else []
    said += ["provisional"] if call.scopes.current.is_provisional else []
    return f"  {relative(html)}" + (f" ({', '.join(said)})" if said else "")


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


COMMANDS = {
    "reports": Command(
        "make the reports of all periods of a project, and the page that lists them",
        options_of(
            add_project_option,
            lambda command: add_force_option(command, "run every stage, also those that have nothing new to do"),
            add_data_option,
            add_outputs_option,
        ),
        _reports,
    ),
}
"""What makes many reports at once."""
