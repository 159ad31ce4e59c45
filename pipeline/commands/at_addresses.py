"""A call whose projects, outputs or registers are at an address: it works on copies and puts up what it made.

What the call needs is fetched into a private folder of this machine, where it runs as any call does; so what comes out
is the same, byte for byte. The folder goes at the end, that of a killed run with the next one.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline.addresses import Place, file_name, is_address, shown_address
from pipeline.commands.failures import exit_code, sentence
from pipeline.commands.one_set import Job, Result
from pipeline.commands.options import say
from pipeline.commands.portfolio_page import PORTFOLIO
from pipeline.commands.put_up import digests_below, mend, put_up
from pipeline.errors import InputError, PipelineError
from pipeline.execution.errors import ExecutionError
from pipeline.execution.scratch import scratch_folder
from pipeline.places import DATA_VARIABLE, OUTPUTS_VARIABLE, data_folder, outputs_folder, relative
from pipeline.project import is_project_code, load_project
from pipeline.register.reading import FETCHED

SUPPORTED = ("report", "reports", "portfolio")
"""The commands that fetch and put up. The others write into a project's folder, or are for work at the register."""
_FAR_REGISTER = re.compile(rb"(?:register|file)[\"']?\s*:\s*[\"']?[A-Za-z][A-Za-z0-9+.-]+(?:://|::)")
"""What project.yml has where the register may be at an address; whether it is, its model says."""
Run = Callable[[argparse.Namespace], tuple[str, int]]
Failure = PipelineError | ExecutionError


class CallFailed(PipelineError):
    """A call that worked on copies failed; the text is what it would have said where its folders are."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.exit_code = code


def run_where_it_is(
    options: argparse.Namespace, codes: Callable[[str], list[str]], run: Run, tell: Callable[[Failure], str]
) -> tuple[str, int]:
    """Run a command where its folders are: at once where all are of this machine, else on copies.

    `codes` reads the projects that a call names, `tell` says what a failure is to be told as. What was made is put up
    also where other reports failed.
    """
    named = _named(options, codes)
    if named is None or not (_far_folders(options) or any(map(_has_far_register, named))):
        return run(options)
    if options.command not in SUPPORTED:
        if not _far_folders(options):
            return run(options)  # which tells of the register if it has to be read
        raise InputError(
            f"{options.command} needs folders of this machine, and {_far_folders(options)[0]} is an address; "
            f"{', '.join(SUPPORTED)} can read and write there. Copy the folder to this machine and name it with --data "
            "or --outputs."
        )
    is_all = not getattr(options, "projects", getattr(options, "project", ""))
    with ExitStack() as stack:
        copies = _Copies(stack.enter_context(scratch_folder()))
        copies.fetch_projects(named, is_all=is_all)
        if getattr(options, "scheduler", ""):
            # Whose workers fetch and put up themselves; what they made is fetched for the pages alone.
            options.elsewhere = Elsewhere(str(copies.data), str(copies.outputs), partial(copies.fetch_for_pages, named))
        else:
            copies.fetch_outputs([*named, PORTFOLIO])
        stack.enter_context(_environment(copies.environment()))
        return copies.run(options, run, tell)


@dataclass(frozen=True)
class Elsewhere:
    """Where the workers of a scheduler find the projects and the outputs: addresses, or folders that all of them see.

    `fetch` brings what they made to where this call makes the pages.
    """

    data: str
    outputs: str
    fetch: Callable[[], None]


def make_on_copies(job: Job, data: str, outputs: str, make: Callable[[Job], Result]) -> Result:
    """Make the report of a job on a worker, of what is fetched from `data`, and put it up below `outputs`."""
    try:
        with scratch_folder() as scratch, _environment({DATA_VARIABLE: data, OUTPUTS_VARIABLE: outputs}):
            copies = _Copies(scratch)
            copies.fetch_projects([job.project], is_all=False)
            copies.fetch_outputs([job.project], job.label)
            folders = copies.environment()
            local = replace(job, data=Path(folders[DATA_VARIABLE]), outputs=Path(folders[OUTPUTS_VARIABLE]))
            made = make(local)
            copies.put_up()
            return replace(made, job=job, failure=copies.with_addresses(made.failure))
    except (PipelineError, ExecutionError) as error:
        return Result(job, sentence(error), exit_code(error))


def _named(options: argparse.Namespace, codes: Callable[[str], list[str]]) -> list[str] | None:
    """Return the projects that a call may read, as far as they can be known here; None for one that reads none."""
    if not hasattr(options, "data"):
        return None
    text = getattr(options, "projects", getattr(options, "project", ""))
    if text:
        return [code for code in codes(text) if is_project_code(code)]  # another one is refused by the call itself
    data = os.environ.get(DATA_VARIABLE, "")
    if is_address(data):
        return Place.open(data).folders() if options.command in SUPPORTED else []
    return sorted(path.parent.name for path in data_folder().glob("*/project.yml"))


def _far_folders(options: argparse.Namespace) -> list[str]:
    """Return the folders of a call that are at addresses, as they may be told."""
    variables = [DATA_VARIABLE, *([OUTPUTS_VARIABLE] if hasattr(options, "outputs") else [])]
    return [shown_address(text) for name in variables if is_address(text := os.environ.get(name, ""))]


def _has_far_register(code: str) -> bool:
    path = data_folder() / code / "project.yml"
    return path.is_file() and _FAR_REGISTER.search(path.read_bytes()) is not None


class _Copies:
    """Copies, below a private folder, of what stands at addresses; a folder of this machine is used as it is.

    Projects of this machine are copied too where the register of one is at an address.
    """

    def __init__(self, scratch: Path) -> None:
        self.data = os.environ.get(DATA_VARIABLE) or str(data_folder())
        self.outputs = os.environ.get(OUTPUTS_VARIABLE) or str(outputs_folder())
        self._data, self._outputs = scratch / "data", scratch / "outputs"
        self._from = Place.open(self.data) if is_address(self.data) else None
        self._to = Place.open(self.outputs) if is_address(self.outputs) else None
        self._before: dict[str, str] = {}

    def environment(self) -> dict[str, str]:
        """Say where the projects and the outputs are for the call."""
        outputs = self._outputs if self._to is not None else outputs_folder()
        return {DATA_VARIABLE: str(self._data), OUTPUTS_VARIABLE: str(outputs)}

    def fetch_projects(self, codes: Sequence[str], *, is_all: bool) -> None:
        """Fetch projects with their registers; one that was named and is not there is an `InputError`."""
        if self._from is None and not any(map(_has_far_register, codes)):
            self._data = data_folder()
            return
        self._data.mkdir(mode=0o700)
        (self._data / FETCHED).touch(mode=0o600)
        for code in codes:
            self._fetch_project(code, is_named=not is_all)

    def fetch_outputs(self, names: Sequence[str], label: str = "") -> None:
        """Fetch what stands of the outputs in folders right below them, or of one set in each."""
        if self._to is None:
            return
        self._outputs.mkdir(mode=0o700)
        if PORTFOLIO in names:
            mend(self._to, say)
        for name in names:
            place, folder = self._to.below(name), self._outputs / name
            mend(place, say, label)
            _fetch_files(*((place.below(label), folder / label) if label else (place, folder)))
        self._before = digests_below(self._outputs)

    def fetch_for_pages(self, codes: Sequence[str]) -> None:
        """Fetch of all reports what the pages are made from: their public files, and the names to be searched for."""
        if self._to is None:
            return
        self._outputs.mkdir(mode=0o700)
        mend(self._to, say)
        for code in codes:
            _fetch_files(self._to.below(code), self._outputs / code, _is_for_pages)
        _fetch_files(self._to.below(PORTFOLIO), self._outputs / PORTFOLIO)
        self._before = digests_below(self._outputs)

    def _fetch_project(self, code: str, *, is_named: bool) -> None:
        target = self._data / code
        if self._from is not None:
            place = self._from.below(code)
            _fetch_files(place, target)
            if is_named and not (target / "project.yml").is_file():
                raise InputError(f"{place.shown} holds no project.yml, so that there is no project {code}.")
        elif (data_folder() / code).is_dir():
            shutil.copytree(data_folder() / code, target)
        if (target / "project.yml").is_file() and _FAR_REGISTER.search((target / "project.yml").read_bytes()):
            self._fetch_register(code)

    def _fetch_register(self, code: str) -> None:
        with _environment({DATA_VARIABLE: str(self._data)}):
            address = load_project(code).settings.register_.file or ""
        if not is_address(address):
            return
        target = self._data / code / file_name(address)
        if target.exists():
            raise InputError(
                f"data/{code}/project.yml, key register: {shown_address(address)} would be read as {target.name}, "
                "and a file of that name is in the project's folder. Move that away."
            )
        Place.open(address).fetch(target)

    def run(self, options: argparse.Namespace, run: Run, tell: Callable[[Failure], str]) -> tuple[str, int]:
        """Run the command on the copies and put up what it made; what is told names addresses and no copies."""
        try:
            text, code = run(options)
        except (PipelineError, ExecutionError) as error:
            told = self.with_addresses(tell(error))
            self._put_up_after(told)
            raise CallFailed(told, exit_code(error)) from None
        text = self.with_addresses(text)
        self._put_up_after(text)
        return text, code

    def put_up(self) -> None:
        """Put up what differs from what was fetched."""
        if self._to is not None and self._outputs.is_dir():
            put_up(self._outputs, self._before, self._to)

    def _put_up_after(self, told: str) -> None:
        try:
            self.put_up()
        except (PipelineError, ExecutionError) as error:
            why = f"Not all that was made could be put up; the next call makes and puts up what is missing. {error}"
            raise CallFailed(f"{told}\n{why}", 1) from None

    def with_addresses(self, text: str) -> str:
        """Name addresses in a text where it names copies."""
        for folder, place in ((self._outputs, self._to), (self._data, self._from)):
            if place is not None:
                text = text.replace(str(folder), place.shown).replace(str(relative(folder)), place.shown)
        return text


def _fetch_files(place: Place, target: Path, is_wanted: Callable[[str], bool] = lambda name: True) -> None:
    """Copy what is below a folder to a folder of this machine, but for hidden files: locks, sets that are put up."""
    for name in place.files():
        if is_wanted(name) and not any(part.startswith(".") for part in name.split("/")):
            place.below(name).fetch(target / name)


def _is_for_pages(name: str) -> bool:
    return "/" not in name or "/public/" in name or name.endswith("/internal/identities.parquet")


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
