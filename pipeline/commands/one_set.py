"""One report among many: asked for by a few words, answered by a few words, so that any process can make it."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.commands import periods
from pipeline.commands.early import IMPORTED_LATE
from pipeline.commands.failures import exit_code, sentence, unforeseen
from pipeline.commands.periods import Call, checked_call
from pipeline.commands.unchanged import unchanged
from pipeline.errors import PipelineError
from pipeline.execution.errors import ExecutionError, Interrupted
from pipeline.execution.homes import Homes, OneOfMany
from pipeline.places import DATA_VARIABLE, OUTPUTS_VARIABLE, data_folder, outputs_folder
from pipeline.project import load_project


@dataclass(frozen=True)
class Job:
    """The report of a period: the project's folder below `data`, the words of the call, and where the outputs go."""

    project: str
    period: str
    as_of: str = ""
    is_forced: bool = False
    data: Path = field(default_factory=data_folder)
    outputs: Path = field(default_factory=outputs_folder)

    @property
    def label(self) -> str:
        """The name of the set."""
        return f"{self.period}@{self.as_of}" if self.as_of else self.period


@dataclass(frozen=True)
class Result:
    """How a job ended: with a report, or with a sentence for the analyst that says why not.

    `exit_code` is what a call for this report alone would end with; `seconds` is what it took by the clock.
    """

    job: Job
    failure: str = ""
    exit_code: int = 0
    seconds: float = 0.0
    is_unchanged: bool = False
    """Whether the report stood already and nothing had changed."""

    @property
    def is_made(self) -> bool:
        """Whether the report stands, made now or unchanged."""
        return self.exit_code == 0


@dataclass(frozen=True)
class Said:
    """A sentence that a run tells beside its steps."""

    sentence: str


def make_one(job: Job, one_of_many: OneOfMany | None = None) -> Result:
    """Make the report of a job, whole or not at all; only a signal that stops the run is raised, as `Interrupted`.

    No failure holds a name or a contact of the register. The page that lists the reports is left to the caller.
    """
    began = time.monotonic()
    _use_folders(job)
    try:
        is_unchanged = not job.is_forced and _stands(job)
        if not is_unchanged:
            call = checked_call(load_project(job.project), job.period, job.as_of)
            periods.make_report(call, one_of_many=one_of_many, is_forced=job.is_forced)
    except Interrupted:
        raise
    except (PipelineError, ExecutionError) as error:
        return Result(job, _discreet(sentence(error), job), exit_code(error), time.monotonic() - began)
    except Exception as error:  # the other periods go on
        text = _discreet(unforeseen(error), job) if isinstance(error, OSError) else unforeseen(error)
        return Result(job, text, exit_code(error), time.monotonic() - began)
    return Result(job, seconds=time.monotonic() - began, is_unchanged=is_unchanged)


@contextmanager
def making() -> Iterator[Callable[[Job, Callable[[str | Said], None]], Result]]:
    """Yield what makes one report after the other in this process, with one origin of the kernels for all of them.

    It tells the steps, as texts, and what is said beside them, as `Said`.
    """
    # What a library has to remark may quote a cell, as in __main__.
    warnings.simplefilter("ignore")
    with Homes(IMPORTED_LATE) as homes:
        yield lambda job, tell: make_one(job, OneOfMany(tell, lambda sentence: tell(Said(sentence)), homes))


def job_of(call: Call, *, is_forced: bool = False) -> Job:
    """Return the job that makes what a call asks for."""
    return Job(call.project.code, call.period, call.as_of, is_forced)


def _use_folders(job: Job) -> None:
    """Let the folders of the job be found, by this process and by the notebooks'."""
    os.environ[DATA_VARIABLE], os.environ[OUTPUTS_VARIABLE] = str(job.data), str(job.outputs)


def _stands(job: Job) -> bool:
    options = (f"--project={job.project}", f"--period={job.period}", f"--as-of={job.as_of}")
    return unchanged(("report", *options)) is not None


def _discreet(text: str, job: Job) -> str:
    from pipeline.commands.searching import discreet

    try:
        return discreet(text, job.project)
    except Exception as error:  # what hinders the search must not let a name pass
        return unforeseen(error)
