"""`portfolio`: the reports of many projects, made by the workers of a Dask cluster."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import Any

from pipeline.commands.at_addresses import Elsewhere, make_on_copies
from pipeline.commands.many import (
    ReportsFailed,
    bytes_of_a_run,
    calls_of,
    codes_in,
    how_it_ended,
    index_failure,
    lost,
    stopped,
    told,
)
from pipeline.commands.one_set import Job, Result, Said, job_of, making
from pipeline.commands.options import (
    Command,
    add_data_option,
    add_force_option,
    add_outputs_option,
    add_scheduler_option,
    is_forced,
    options_of,
    say,
)
from pipeline.commands.periods import Call
from pipeline.commands.portfolio_page import PORTFOLIO, portfolio_failure
from pipeline.errors import InputError
from pipeline.execution.cluster import ClusterError, WorkerLost, as_they_end, cluster, require_same
from pipeline.execution.errors import ExecutionError, Interrupted
from pipeline.execution.interrupts import interruptible
from pipeline.execution.room import workers_for
from pipeline.execution.scratch import sweep
from pipeline.execution.sets import leftovers, locked_set
from pipeline.places import CODE_ROOTS, data_folder, outputs_folder, relative
from pipeline.project import Project, load_project
from pipeline.register.reading import register_files

_LOST = "Each worker that was at this report ended before it was done, most often for want of memory."
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""What `dask worker` sets for its processes, and `make report` does not have."""
OTHER_PROGRAM = (
    "The worker that was given this report has another version of the program, of Python or of a package. Give it the "
    "same checkout and the same requirements.lock."
)


def make_on_a_worker(program: str, job: Job, addresses: tuple[str, str] | None = None) -> Result:
    """Make the report of a job as `make report` does, which has no limits for the threads of linear algebra.

    With `addresses`, those of the projects and of the outputs, it is made of copies and put up. A worker that came
    after the run had begun can have another program than the `program` of the call; it makes none.
    """
    if program_here() != program:
        return Result(job, OTHER_PROGRAM, ClusterError.exit_code)
    for name in _THREADS:
        os.environ.pop(name, None)
    with making() as make:
        if addresses is not None:
            return make_on_copies(job, *addresses, lambda local: make(local, partial(_told_by, job)))
        return make(job, partial(_told_by, job))


def _told_by(job: Job, what: Any) -> None:
    """Say on the worker what is said beside the steps; which step a report is at, nobody there needs to know."""
    if isinstance(what, Said):
        say(f"{job.project} {job.label}: {what.sentence}")


@cache
def program_here() -> str:
    """Return a digest of the program, the packages and Python in this process."""
    from pipeline.execution.manifest import program

    return hashlib.sha256(json.dumps(program(CODE_ROOTS), sort_keys=True).encode()).hexdigest()


def projects_of(named: str) -> dict[str, Project]:
    """Load the projects of a call, or all below data/ that have a project.yml and a register, by their folders."""
    loaded = _projects_of(named)
    if PORTFOLIO in loaded:
        raise InputError(
            f"PROJECTS: a project cannot be called {PORTFOLIO} here, since the page of all projects stands below the "
            "outputs under that name. Give its folder below data/ another name, or leave it out."
        )
    return loaded


def _projects_of(named: str) -> dict[str, Project]:
    if named:
        loaded = {code: load_project(code, "PROJECTS holds") for code in codes_in(named)}
        for project in loaded.values():
            register_files(project)  # what is wrong with a project that was named is said before any is begun
        return loaded
    loaded = {path.parent.name: load_project(path.parent.name) for path in sorted(data_folder().glob("*/project.yml"))}
    found = {code: project for code, project in loaded.items() if _has_register(project)}
    if not found:
        raise InputError("There is no project with a register below the folder of the projects. See: make project")
    return found


def _has_register(project: Project) -> bool:
    try:
        register_files(project)
    except InputError:
        return False
    return True


def make_portfolio(
    calls: Sequence[Call],
    scheduler: str,
    *,
    workers: int,
    is_forced: bool = False,
    addresses: tuple[str, str] | None = None,
) -> list[Result]:
    """Make the reports on a cluster, with a line on stderr for each that is over; returns how each ended, in order.

    With `addresses` the workers fetch the projects from the first and put up the reports at the second.

    A signal stops the run: ReportsFailed with the signal's exit code. Workers of this machine end at once, and what
    they had begun is removed; those of a scheduler finish what they are at.
    """
    jobs = [job_of(call, is_forced=is_forced) for call in calls]
    results: dict[int, Result] = {}
    try:
        with interruptible() as interrupts, cluster(scheduler, workers) as client:
            require_same(client, program_here)
            work = partial(make_on_a_worker, program_here(), addresses=addresses)
            for place, ended in as_they_end(client, work, jobs):
                results[place] = lost(jobs[place], _LOST) if isinstance(ended, WorkerLost) else ended
                _tell(calls[place], results[place], len(results), len(calls))
            interrupts.finish()
    except Interrupted as stop:
        if not scheduler:
            _remove_what_was_begun(calls)
        others = "the workers of the scheduler finish what they are at" if scheduler else ""
        raise stopped(stop, results.values(), len(calls), others) from None
    return [results[place] for place in range(len(calls))]


def _remove_what_was_begun(calls: Sequence[Call]) -> None:
    """Remove what workers that were ended have left; what another run holds stays, and is its own to remove."""
    sweep()
    for call in calls:
        if call.target.parent.is_dir() and leftovers(call.target):
            with suppress(ExecutionError, OSError), locked_set(call.target, say=say, wait_seconds=0):
                pass  # whoever takes the lock tidies up


def _tell(call: Call, result: Result, number: int, of: int) -> None:
    say(f"[{number}/{of}] {call.project.code} {call.scopes.label} … {how_it_ended(result, call)}")


def _portfolio(options: argparse.Namespace) -> tuple[str, int]:
    forced = is_forced(options, "run every stage")
    projects = projects_of(options.projects)
    calls = [call for project in projects.values() for call in calls_of(project)]
    workers = workers_for(len(calls), max(bytes_of_a_run(project) for project in projects.values()))
    elsewhere: Elsewhere | None = getattr(options, "elsewhere", None)
    addresses = (elsewhere.data, elsewhere.outputs) if elsewhere else None
    results = make_portfolio(calls, options.scheduler, workers=workers, is_forced=forced, addresses=addresses)
    if elsewhere:
        elsewhere.fetch()
    unlisted = {code: index_failure(project) for code, project in projects.items()}
    unwritten = portfolio_failure(projects, {(one.job.project, one.job.label) for one in results if not one.is_made})
    return _told(partial(told, projects, list(zip(calls, results, strict=True)), unlisted), unwritten)


def _told(of_the_reports: Callable[[], tuple[str, int]], unwritten: str) -> tuple[str, int]:
    """Tell of the reports, and of the page that puts the projects side by side: where it is, or why not."""
    page = relative(outputs_folder() / PORTFOLIO / "index.html")
    last = f"The page of all projects was not renewed: {unwritten}" if unwritten else f"All projects: {page}"
    try:
        text, code = of_the_reports()
    except ReportsFailed as failed:
        raise ReportsFailed(f"{failed}\n{last}", failed.exit_code) from None
    if unwritten:
        raise ReportsFailed(f"{text}\n{last}", 1)
    return f"{text}\n{last}", code


def _add_projects_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--projects",
        default="",
        metavar="'P Q …'",
        help="folders below data/, as one text: 'demo my-project' (default: all that have a register)",
    )


COMMANDS = {
    "portfolio": Command(
        "make the reports of many projects on a Dask cluster",
        options_of(
            _add_projects_option,
            add_scheduler_option,
            lambda command: add_force_option(command, "run every stage, also those that have nothing new to do"),
            add_data_option,
            add_outputs_option,
        ),
        _portfolio,
    ),
}
"""What makes the reports of many projects."""
