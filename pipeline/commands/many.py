"""`reports`: every period of one or more projects, side by side, and the pages that list them."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from pipeline.commands.failures import sentence, unforeseen
from pipeline.commands.index import refresh_index
from pipeline.commands.one_set import Job, Result, Said, job_of, making
from pipeline.commands.options import (
    Command,
    add_data_option,
    add_force_option,
    add_outputs_option,
    add_projects_option,
    is_forced,
    options_of,
)
from pipeline.commands.periods import Call, checked_call
from pipeline.errors import InputError, PipelineError
from pipeline.execution.errors import ExecutionError, Interrupted
from pipeline.execution.interrupts import interruptible
from pipeline.execution.pool import Begun, Done, Lost, Told, Work, pooled
from pipeline.execution.progress import ProgressOfMany
from pipeline.execution.room import workers_for
from pipeline.period import periods_between
from pipeline.places import outputs_folder, relative
from pipeline.project import Project, load_project
from pipeline.register.reading import register_files

WORK: Work[Job, Result] = making
"""What a process does that makes reports."""
_PRELOAD = ("pipeline.commands.preloaded",)
_RUN_BYTES = 700 << 20
_BYTES_A_BYTE = 12
_BYTES_A_PACKED_BYTE = 100
_PACKED = frozenset({".docx", ".gz", ".ods", ".parquet", ".xlsb", ".xlsm", ".xlsx", ".zip"})
_RENEWAL_SHARE = 0.05


class ReportsFailed(PipelineError):
    """Not all reports, or not the pages that list them, were made; the text says which and why."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit_code = exit_code


@dataclass
class Pages:
    """The pages that list the reports, one a project: renewed while reports are made, and why they could not be.

    A page takes longer the more reports it lists. So it is not renewed after each, but as often as takes a twentieth
    of the time, and at the end.
    """

    projects: Mapping[str, Project]
    failures: dict[str, str] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)
    _stale: set[str] = field(default_factory=set)

    def outdate(self, code: str) -> None:
        """Take a report in: the page is renewed now, where its time has come."""
        self._stale.add(code)
        if time.monotonic() >= self._due.get(code, 0.0):
            self._renew(code)

    def renew(self, codes: Iterable[str]) -> None:
        """Renew the pages of some projects."""
        for code in codes:
            self._renew(code)

    @property
    def stale(self) -> list[str]:
        """The projects whose page does not list what was made last."""
        return [code for code in self.projects if code in self._stale]

    def _renew(self, code: str) -> None:
        began = time.monotonic()
        self.failures[code] = index_failure(self.projects[code])
        self._stale.discard(code)
        now = time.monotonic()
        self._due[code] = now + (now - began) / _RENEWAL_SHARE


def calls_of(project: Project) -> list[Call]:
    """List the project's periods, of the kind that it reports in, from its start to the end of its register.

    The last one is provisional where the register is not complete to its end.
    """
    settings = project.settings
    spans = periods_between(settings.reporting, settings.grm_start, settings.complete_through)
    return [checked_call(project, period.label) for period in spans]


def bytes_of_a_run(project: Project) -> int:
    """Estimate what the making of one report of a project takes in memory, in bytes.

    The rule: 700 MiB for the libraries in the three processes that it takes, and for every byte of the register 12,
    or 100 where its file is packed (Excel, parquet, .gz). Of a register in a database nobody knows the size; it counts
    as none. It is an estimate: the sample takes 535 MiB in all, the first stage alone of 100,000 rows (45 MiB) 1.1 GiB.
    """
    bytes_needed = _RUN_BYTES
    for path in register_files(project):
        bytes_needed += path.stat().st_size * (_BYTES_A_PACKED_BYTE if path.suffix in _PACKED else _BYTES_A_BYTE)
    return bytes_needed


def make_all(calls: Sequence[Call], pages: Pages, *, workers: int, is_forced: bool = False) -> list[Result]:
    """Make reports, `workers` at a time, with a line on stderr for each that is over; returns how each ended, in order.

    The pages that list them are renewed, at the end of a run that is stopped, too. A signal stops all at once:
    ReportsFailed with the signal's exit code.
    """
    results: dict[int, Result] = {}
    try:
        with interruptible() as interrupts:
            for place, result in _as_they_end(calls, workers, is_forced):
                results[place] = result
                if result.is_made:
                    pages.outdate(result.job.project)
            interrupts.finish()
    except Interrupted as stop:
        pages.renew(pages.stale)
        raise stopped(stop, results.values(), len(calls)) from None
    return [results[place] for place in range(len(calls))]


def stopped(stop: Interrupted, results: Iterable[Result], of: int, others: str = "") -> ReportsFailed:
    """Return what a stopped run of so many reports tells: how many of the results were made, what is of the others."""
    made = sum(result.is_made for result in results)
    return ReportsFailed(
        f"{str(stop).partition(';')[0]}. Made anew {'is' if made == 1 else 'are'} {made} of {of} reports; "
        f"{others or 'the others are as they were'}.",
        stop.exit_code,
    )


def _as_they_end(calls: Sequence[Call], workers: int, is_forced: bool) -> Iterator[tuple[int, Result]]:
    """Make reports, show how far they are, and yield each result, with its place among the calls, once there is one."""
    jobs = [job_of(call, is_forced=is_forced) for call in calls]
    names = _names(jobs)
    began: dict[int, float] = {}
    with (
        closing(ProgressOfMany(len(jobs))) as progress,
        closing(pooled(WORK, jobs, workers, preload=_PRELOAD)) as events,
    ):
        for event in events:
            name = names[event.place]
            if isinstance(event, Begun):
                began[event.place] = time.monotonic()
                progress.at(name)
            elif isinstance(event, Told) and isinstance(event.what, Said):
                progress.say(f"{name}: {event.what.sentence}")
            elif isinstance(event, Told):
                progress.at(name, event.what)
            else:
                seconds = time.monotonic() - began[event.place]
                result = (
                    event.result if isinstance(event, Done) else lost(jobs[event.place], _process_lost(event), seconds)
                )
                progress.over(name, how_it_ended(result, calls[event.place]))
                yield event.place, result


def _names(jobs: Sequence[Job]) -> list[str]:
    """Name each report, with its project where there are several."""
    are_several = len({job.project for job in jobs}) > 1
    return [f"{job.project} {job.label}" if are_several else job.label for job in jobs]


def how_it_ended(result: Result, call: Call) -> str:
    """Say in a few words how the making of a report ended."""
    if not result.is_made:
        return f"failed after {result.seconds:.1f} s"
    how = "unchanged" if result.is_unchanged else f"made in {result.seconds:.1f} s"
    return f"{how}, provisional" if call.scopes.current.is_provisional else how


def lost(job: Job, why: str, seconds: float = 0.0) -> Result:
    """Return how a job ended that took the process at it along, `why` being a sentence."""
    text = (
        f"{why} The former outputs are as they were. Make it again by itself: "
        f"make report PERIOD={job.period} PROJECT={job.project}"
    )
    return Result(job, text, 1, seconds)


def _process_lost(event: Lost) -> str:
    """Say how a process ended: what kills it from outside is most often the system, when memory runs out."""
    if event.code is not None and event.code < 0:
        how = f"(signal {-event.code}), most often for want of memory"
    else:
        how = f"(code {event.code}); that is a fault of the program, please report it with this line"
    return f"The process that made this report ended before it was done {how}."


def index_failure(project: Project) -> str:
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
    projects = {code: load_project(code) for code in codes_in(options.project)}
    needed = max(bytes_of_a_run(project) for project in projects.values())  # what is wrong with all is said first
    calls = [call for project in projects.values() for call in calls_of(project)]
    pages = Pages(projects)
    results = make_all(calls, pages, workers=workers_for(len(calls), needed), is_forced=forced)
    pages.renew(projects)
    return told(projects, list(zip(calls, results, strict=True)), pages.failures)


def told(
    projects: Mapping[str, Project], ended: Sequence[tuple[Call, Result]], unlisted: Mapping[str, str]
) -> tuple[str, int]:
    """Tell of each project what was made, what failed and why; `unlisted` says why a page could not be renewed.

    Raises ReportsFailed with that text where anything failed: of code 2 where an input is wrong for all, else 1.
    """
    text = "\n".join(
        _summary(project, [one for one in ended if one[0].project is project], unlisted[code])
        for code, project in projects.items()
    )
    codes = {result.exit_code for _, result in ended}
    if codes - {0} or any(unlisted.values()):
        raise ReportsFailed(text, InputError.exit_code if codes == {InputError.exit_code} else 1)
    return text, 0


def codes_in(text: str) -> list[str]:
    """Read the projects of a call, with blanks or commas between them, each once; none is an `InputError`."""
    codes = list(dict.fromkeys(code for code in re.split(r"[\s,]+", text) if code))
    return codes or [text]  # what is no project is refused as one


def _summary(project: Project, ended: Sequence[tuple[Call, Result]], unlisted: str) -> str:
    from pipeline.reporting.index import INDEX

    failures = [result for _, result in ended if not result.is_made]
    made = [call for call, result in ended if result.is_made]
    lines = []
    if failures:
        lines.append(f"{len(failures)} of {len(ended)} reports of {project.settings.name} failed:")
        lines += [f"  {result.job.label}: {_indented(result.failure)}" for result in failures]
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
        "make the reports of all periods of one or more projects, side by side, and the pages that list them",
        options_of(
            add_projects_option,
            lambda command: add_force_option(command, "run every stage, also those that have nothing new to do"),
            add_data_option,
            add_outputs_option,
        ),
        _reports,
    ),
}
"""What makes many reports at once."""
