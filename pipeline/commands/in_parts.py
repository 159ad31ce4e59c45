"""The figures of a period from a register in many files, read file by file by several processes: see `figures`."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, TypeVar

import pandas as pd

from pipeline.classification.parts import (
    Known,
    Summary,
    Undated,
    bounds_of,
    identities_of,
    part_files,
    placed_later,
    read_through,
    unread,
)
from pipeline.commands.options import say
from pipeline.commands.periods import Call, checked_call
from pipeline.commands.portfolio import program_here
from pipeline.commands.searching import long_figures, search_for
from pipeline.confidentiality.guard import guard
from pipeline.confidentiality.search import OwnWords
from pipeline.errors import PipelineError
from pipeline.execution.cluster import ClusterError, WorkerLost, as_they_end, cluster, require_same
from pipeline.execution.interrupts import interruptible
from pipeline.execution.room import workers_for
from pipeline.execution.sets import NOTEBOOKS, staged_set
from pipeline.indicators.parts import Contribution, added_up, contribution
from pipeline.indicators.protected import as_shown
from pipeline.indicators.published import as_published, records_for
from pipeline.indicators.reconciliation import exceptions_of, require
from pipeline.places import DATA_VARIABLE, data_folder, outputs_folder
from pipeline.project import Project, load_project
from pipeline.register.numbered import Bounds

FIGURES = "figures"
"""The folder beside the reports of a project in which the sets of this command stand."""
_BYTES_OF_THE_PROGRAM = 400 * 1024**2
_BYTES_A_BYTE, _BYTES_A_PACKED_BYTE = 12, 100

Result = TypeVar("Result")
Job = TypeVar("Job", bound="Part")


class Work(Protocol):
    """Does a work on every job and returns what came of each, in their order; the first failure is raised."""

    def __call__(self, work: Callable[[Job], Result | PipelineError], jobs: Sequence[Job]) -> list[Result]: ...


@dataclass(frozen=True)
class Part:
    """One file of a register, for any process to read: by itself, or with what is known of the other files."""

    project: str
    period: str
    as_of: str
    file: Path
    known: Known | None = None
    data: Path = field(default_factory=data_folder)


@dataclass(frozen=True)
class Kept(Part):
    """Undated grievances of a file, with the days between which each was received."""

    collected: tuple[str, ...] = ()
    undated: Undated | None = None
    between: Bounds | None = None


@dataclass(frozen=True)
class Searched(Part):
    """A file whose names are looked for in a set that is not yet in place; `words` are those that tell of nobody."""

    digest: str = ""
    folder: Path = Path()
    words: OwnWords = field(default_factory=OwnWords)


@dataclass(frozen=True)
class Seen:
    """A file that was read, and what its dated grievances add; nothing where its cells could not be read yet."""

    summary: Summary
    added: Contribution | None


def look(part: Part) -> Seen | PipelineError:
    """Read a file and count what it adds; what is wrong with it is returned."""
    try:
        with _call_of(part) as call:
            summary, labelled = read_through(part.file, call.project, part.known)
            if labelled is None:
                return Seen(summary, None)
            return Seen(summary, contribution(labelled, call.project, call.scopes, summary.collected))
    except PipelineError as error:
        return error


def count_undated(part: Kept) -> Contribution | PipelineError:
    """Count what grievances without a date of receipt add, once their bounds are known."""
    assert part.undated is not None
    assert part.between is not None
    try:
        with _call_of(part) as call:
            labelled = placed_later(part.undated, part.between, call.project)
            return contribution(labelled, call.project, call.scopes, part.collected)
    except PipelineError as error:
        return error


def search(part: Searched) -> bool | PipelineError:
    """Search a set for whom a file names, as a report is searched; what speaks against it is returned."""
    try:
        with _call_of(part) as call:
            named = identities_of(part.file, call.project, part.digest)
            guard(part.folder, search_for(call.project, named, part.words))
            return True
    except PipelineError as error:
        return error


def make_figures(call: Call, scheduler: str = "", *, workers: int | None = None) -> Path:
    """Make the figures of a period and their checks; returns the folder in which they stand.

    Without `scheduler` as many processes as there is room for, or `workers`, do the work; one is this process.
    """
    files = part_files(call.project)
    parts = [Part(call.project.code, call.period, call.as_of, path) for path in files]
    room = workers or workers_for(len(files), max(_bytes_of(path) for path in files))
    with interruptible() as interrupts:
        with _working(scheduler, room) as work:
            seen = _seen_through(parts, call, work)
            summaries = [one.summary for one in seen]
            counted = [one.added for one in seen if one.added is not None]
            counted += work(count_undated, _kept(parts, summaries, call.project))
            target = _write(call, counted, parts, summaries, work)
        interrupts.finish()
    return target


def _seen_through(parts: Sequence[Part], call: Call, work: Work) -> list[Seen]:
    """Read every file by itself, and those for which that is not enough once more."""
    seen = work(look, parts)
    again = unread([one.summary for one in seen], call.project)
    if again:
        for place, anew in zip(again, work(look, [replace(parts[at], known=again[at]) for at in again]), strict=True):
            if anew.summary.error is not None:
                raise anew.summary.error
            seen[place] = anew
    return seen


def _kept(parts: Sequence[Part], summaries: Sequence[Summary], project: Project) -> list[Kept]:
    return [
        Kept(part.project, part.period, part.as_of, part.file, None, part.data, summary.collected, undated, between)
        for part, summary, of_file in zip(parts, summaries, bounds_of(summaries, project), strict=True)
        for undated, between in zip(summary.undated, of_file, strict=True)
    ]


def _write(
    call: Call, counted: Sequence[Contribution], parts: Sequence[Part], summaries: Sequence[Summary], work: Work
) -> Path:
    from pipeline.reporting.numbers import Numbers  # here, since the workers do not need it
    from pipeline.reporting.who import disclosed
    from pipeline.reporting.words import words_for

    added = added_up(counted, call.project, call.scopes, summaries[0].collected)
    require(added.checks, exceptions_of(call.project, call.scopes))
    target = outputs_folder() / call.project.code / FIGURES / call.scopes.label
    with staged_set(target, say=say) as folder:
        (folder / NOTEBOOKS).rmdir()  # none is run
        stage = call.stage(folder)
        records = records_for(call.project, call.scopes)
        stage.save(as_published(added.measured.table, call.scopes, records), "indicators.csv")
        stage.save(added.checks, "reconciliation.csv")
        stage.save(added.protected, "protected.csv")
        stage.save(as_shown(added.protected), "disclosed.csv")
        # As the report does, the public table is made of those that were written.
        words = words_for(call.project.settings.language)
        numbers = Numbers(stage.load("indicators.csv"), words, disclosed=disclosed(stage))
        stage.save(numbers.public(), "indicators.csv", "public")
        work(search, _searched(parts, summaries, added.measured.table, folder))
    return target


def _searched(
    parts: Sequence[Part], summaries: Sequence[Summary], figures: pd.DataFrame, folder: Path
) -> list[Searched]:
    """Put together what each file's names are looked for in.

    The figures are no telephone numbers, though of very many grievances some are as long.
    """
    places = figures.loc[(figures["dimension"] == "location") & (figures["member"] != ""), "member"]
    headings = tuple(heading for heading, _ in summaries[0].headings)
    words = OwnWords(long_figures(figures), headings=headings, places=tuple(places.unique()))
    return [
        Searched(one.project, one.period, one.as_of, one.file, None, one.data, summary.digest, folder, words)
        for one, summary in zip(parts, summaries, strict=True)
    ]


@contextmanager
def _working(scheduler: str, workers: int) -> Iterator[Work]:
    """Yield what does a work on every job, in this process or on a cluster; the first failure is raised."""
    if not scheduler and workers == 1:

        def here(work: Callable[[Job], Result | PipelineError], jobs: Sequence[Job]) -> list[Result]:
            return [_sound(work(job), job) for job in jobs]

        yield here
        return
    with cluster(scheduler, workers) as client:
        require_same(client, program_here)

        def on_cluster(work: Callable[[Job], Result | PipelineError], jobs: Sequence[Job]) -> list[Result]:
            # Closed here, since what is left is cancelled while the client is still there.
            with closing(as_they_end(client, work, jobs)) as every:
                done = {place: _sound(ended, jobs[place]) for place, ended in every}
            return [done[place] for place in range(len(jobs))]

        yield on_cluster


def _sound(ended: Result | PipelineError | WorkerLost, part: Part) -> Result:
    if isinstance(ended, PipelineError):
        raise ended
    if isinstance(ended, WorkerLost):
        raise ClusterError(
            f"{part.file.name}: each worker that was at this file ended before it was done, most often for want of "
            "memory. Split the file into smaller ones with the same headings."
        )
    return ended


@contextmanager
def _call_of(part: Part) -> Iterator[Call]:
    """Yield the call that a part belongs to, and keep libraries quiet: what they remark may quote a cell."""
    os.environ[DATA_VARIABLE] = str(part.data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield checked_call(load_project(part.project), part.period, part.as_of)


def _bytes_of(path: Path) -> int:
    """Estimate what a process takes that reads a file: the rule of `many.bytes_of_a_run`, for one process."""
    a_byte = _BYTES_A_PACKED_BYTE if path.suffix in (".gz", ".parquet") else _BYTES_A_BYTE
    return _BYTES_OF_THE_PROGRAM + path.stat().st_size * a_byte
