"""Run notebooks and further steps in a staged set, let a guard look at it, and put it in the former one's place."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.execution.errors import FULL_DISK_CODES, ExecutionError, NotebookFailed, Refused, explained, full_disk
from pipeline.execution.homes import Homes, OneOfMany
from pipeline.execution.imports import imported_modules
from pipeline.execution.interrupts import Interrupts, interruptible
from pipeline.execution.manifest import build_record, code_digests, digests, file_digest, read_manifest, write_manifest
from pipeline.execution.parameters import declared_parameters, refuse_undeclared
from pipeline.execution.progress import Progress
from pipeline.execution.reuse import Entry, Record, Stages, basis_of
from pipeline.execution.scratch import sweep
from pipeline.execution.sets import FAILED, NOTEBOOKS, locked_set, restore_public, staging
from pipeline.execution.trees import remove
from pipeline.execution.warm import ForkedProcess, Home, NoServerError

if TYPE_CHECKING:  # it brings Jupyter along, which a run that takes everything over can do without
    from pipeline.execution.kernels import Kernels


@dataclass(frozen=True)
class Beside:
    """A step that makes one file of the set from another, as a process of its own can do it while others are made.

    `function` is `module:name` and is called with the two paths; no later step may need the file.
    """

    function: str
    source: str
    target: str


@dataclass(frozen=True)
class Step:
    """What is done in the set once its notebooks are through, by its name; `beside` says the same to another process.

    Where no process can be had for it, or it fails there, it is done by the action.
    """

    name: str
    action: Callable[[Path], None]
    beside: Beside | None = None


def run(
    *,
    target: Path,
    notebooks: Sequence[tuple[str, Path]],
    parameters: Mapping[str, str],
    environment: Mapping[str, str],
    steps: Sequence[Step] = (),
    guard: Callable[[Path], None] | None = None,
    keep_public: bool = False,
    inputs: Callable[[], Mapping[str, Path]] = dict,
    code_roots: Sequence[Path] = (),
    sentence_errors: Collection[str] = frozenset(),
    one_of_many: OneOfMany | None = None,
    meanwhile: Callable[[], None] | None = None,
    homes: Homes | None = None,
    data: Callable[[], Mapping[str, Path]] | None = None,
    is_forced: bool = False,
    names_nobody: Callable[[Path, Path], bool] | None = None,
    keep_saved: Callable[[Path, Record], Iterable[str]] | None = None,
) -> None:
    """Make the set `target`: all of it, or with `keep_public` what is below internal/ alone.

    `notebooks` are names of stages with their sources, in order. Of the `parameters` each is given those that it
    declares; one that none declares is refused. `environment` is added to their processes'. `guard` sees the finished
    set and raises to refuse it; while a step is done beside, it has a look at the rest. What `inputs` gives is hashed
    before and after. `one_of_many` is given where several are made: it takes the names of the steps, which are shown
    nowhere else. `names_nobody` is asked of a failed notebook (its second argument, in the set in the making, the
    first); one that names somebody is kept without its outputs. `meanwhile` is called in a thread of its own while the
    first notebook runs: it may import what the steps need. In `homes` the process behind the
    kernels is kept, and may have been started. `keep_saved` is given the set that stands and its manifest before it is
    replaced: it keeps what a person has saved there, and tells it.

    `data` gives every file that the notebooks may read besides the program; with it stages are taken over from the
    former set as far as nothing has changed that they depend on (`reuse`), unless `is_forced`. Without it every stage
    runs.

    Raises
    ------
    NotebookFailed
        A notebook raised; it lies, without values of the data, below `target`/internal/failed.
    ExecutionError
        An input cannot be read or changed meanwhile, another run holds the set, the disk is full, permission is
        missing.
    Interrupted
        SIGINT, SIGTERM or SIGHUP came.
    """
    refuse_undeclared([source for _, source in notebooks], parameters)
    progress = Progress(len(notebooks) + len(steps) + 1, one_of_many=one_of_many)
    try:
        with (
            interruptible() as interrupts,
            locked_set(target, say=progress.say) as place,
        ):
            former = read_manifest(place)
            basis = basis_of(code_roots, _input_digests(data())) if data is not None else None
            known = basis.data if basis is not None else {}
            with staging(place, keep_public) as folder:
                stages = Stages(place, {} if is_forced else former, basis, code_roots)
                plan = [_planned(stages, name, source, parameters) for name, source in notebooks]
                with _home(environment, plan, sentence_errors, progress, one_of_many, homes) as home:
                    with _failed_kept(place, folder, names_nobody):
                        names = dict(inputs())
                        before = _input_digests({name: path for name, path in names.items() if name not in known})
                        before |= {name: digest for name, digest in known.items() if name in names}
                        entries = _execute(folder, plan, stages, home, progress, interrupts, meanwhile)
                    with explained(place):
                        # One of many has all processors busy with the others.
                        _do_steps(steps, folder, home if one_of_many is None else None, guard, progress)
                with progress.step("checks"), explained(place):
                    if keep_public:
                        restore_public(place, folder)
                    if guard is not None:
                        guard(folder)
                    _refuse_changed(before, names)
                    more = {**basis.as_record(), "is_whole": not keep_public, "stages": entries} if basis else {}
                    code = basis.code if basis is not None else code_digests(code_roots)
                    record = build_record(folder, before, code, parameters, more)
                    write_manifest(folder, record, (former or {}) if keep_public else None)
                    if keep_saved is not None:
                        for sentence in keep_saved(place, former or {}):
                            progress.say(sentence)
                interrupts.finish()
    finally:
        progress.close()


@dataclass(frozen=True)
class _Planned:
    """A stage to be done: its notebook with its own parameters, and why it has to run, None where it need not."""

    name: str
    source: Path
    digest: str
    parameters: dict[str, str]
    reason: str | None


def _planned(stages: Stages, name: str, source: Path, parameters: Mapping[str, str]) -> _Planned:
    declared = declared_parameters(source)
    own = {parameter: value for parameter, value in parameters.items() if parameter in declared}
    digest = file_digest(source)
    return _Planned(name, source, digest, own, stages.reason_to_run(name, source, digest, own))


@contextmanager
def _home(
    environment: Mapping[str, str],
    plan: Sequence[_Planned],
    sentence_errors: Collection[str],
    progress: Progress,
    one_of_many: OneOfMany | None,
    homes: Homes | None,
) -> Iterator[Home | None]:
    """Yield what kernels need, None where no notebook is to run.

    The process that they are copied from imports while we do so ourselves.
    """
    if all(stage.reason is None for stage in plan):
        sweep()
        yield None
        return
    modules = imported_modules(stage.source for stage in plan)
    with ExitStack() as stack:
        if one_of_many is not None:
            homes = one_of_many.homes
        elif homes is None:
            homes = stack.enter_context(Homes())
        yield stack.enter_context(homes.home(modules, environment, sentence_errors, progress.say))


def _execute(
    folder: Path,
    plan: Sequence[_Planned],
    stages: Stages,
    home: Home | None,
    progress: Progress,
    interrupts: Interrupts,
    meanwhile: Callable[[], None] | None,
) -> dict[str, Entry]:
    """Do the stages in order: take over what need not run, run the others; returns their entries for the manifest.

    A stage that ran and wrote what it had written before is no reason for those after it to run.
    """
    entries: dict[str, Entry] = {}
    with ExitStack() as stack:
        kernels = stack.enter_context(_kernels(home, folder, plan, progress, interrupts)) if home is not None else None
        changed = None
        for place, stage in enumerate(plan, start=1):
            reason = changed if stage.reason is None else stage.reason
            if kernels is None or reason is None:
                with explained(stages.folder):
                    entries[stage.name] = stages.take_over(stage.name, stage.source, folder)
                progress.taken_over(stage.name)
                continue
            with progress.step(stage.name, reason), explained(stages.folder):
                is_last = place == len(plan)
                entries[stage.name] = _run_stage(stage, stages, folder, kernels, meanwhile, is_last=is_last)
            if stages.are_other_results(stage.name, entries[stage.name]):
                changed = f"{stage.name} gave other results"
            meanwhile = None
    return entries


@contextmanager
def _kernels(
    home: Home, folder: Path, plan: Sequence[_Planned], progress: Progress, interrupts: Interrupts
) -> Iterator[Kernels]:
    from pipeline.execution.kernels import open_kernels

    needs = [imported_modules([stage.source]) for stage in plan if stage.reason is not None]
    with interrupts.held() as at_once, open_kernels(home, folder / NOTEBOOKS, progress.say, needs) as kernels:
        at_once(kernels.kill)
        yield kernels


def _run_stage(
    stage: _Planned,
    stages: Stages,
    folder: Path,
    kernels: Kernels,
    meanwhile: Callable[[], None] | None,
    *,
    is_last: bool,
) -> Entry:
    from pipeline.execution.notebooks import execute

    before = stages.files_before(folder)
    output = folder / NOTEBOOKS / stage.source.name
    execute(stage.source, output, stage.parameters, kernels, is_last=is_last, meanwhile=meanwhile)
    return stages.entry(stage.source, stage.digest, stage.parameters, before, folder)


def _do_steps(
    steps: Sequence[Step], folder: Path, home: Home | None, guard: Callable[[Path], None] | None, progress: Progress
) -> None:
    """Do the steps in order, but for those that go on beside the others; the guard sees the set before these are in."""
    waiting: list[tuple[Step, ForkedProcess, Path]] = []
    for step in steps:
        process = _begun_beside(step, folder, home, len(waiting))
        if process is None:
            with progress.step(step.name):
                step.action(folder)
        else:
            waiting.append((step, *process))
    for number, (step, process_beside, made) in enumerate(waiting):
        with progress.step(step.name):
            if number == 0 and guard is not None:
                # What it refuses now it refuses again when all is there, and then tells all of it.
                with suppress(Exception):
                    guard(folder)
            if process_beside.wait() == 0 and step.beside is not None:
                shutil.copyfile(made, folder / step.beside.target)
            else:
                step.action(folder)


def _begun_beside(step: Step, folder: Path, home: Home | None, number: int) -> tuple[ForkedProcess, Path] | None:
    """Let a process do a step; returns it with the file that it makes, None where it is to be done here."""
    if step.beside is None or home is None or home.server is None:
        return None
    made = home.scratch / f"beside-{number}"
    try:
        paths = [folder / step.beside.source, made]
        return home.server.call(step.beside.function, paths, made.with_suffix(".log")), made
    except NoServerError:
        return None


def _input_digests(inputs: Mapping[str, Path]) -> dict[str, str]:
    try:
        return digests(inputs)
    except OSError as error:
        unread = next((name for name, path in inputs.items() if str(path) == str(error.filename)), "an input")
        raise Refused(f"{unread} cannot be read: {error.strerror}. Check the file and its permissions.") from None


def _refuse_changed(before: Mapping[str, str], inputs: Mapping[str, Path]) -> None:
    try:
        after = digests(inputs)
    except OSError:
        after = {}
    changed = [name for name, digest in before.items() if after.get(name) != digest]
    if changed:
        raise ExecutionError(
            f"{', '.join(changed)} changed while the notebooks ran, so that the outputs would not agree with it; the "
            "former outputs are as they were. Run again."
        )


@contextmanager
def _failed_kept(place: Path, folder: Path, names_nobody: Callable[[Path, Path], bool] | None) -> Iterator[None]:
    """Keep a failed notebook below the former set's internal/failed, which is all that is touched there.

    One that names somebody, or of which nobody can say that it does not, is kept without its outputs.
    """
    try:
        yield
    except NotebookFailed as failure:
        if failure.system_code in FULL_DISK_CODES:
            raise ExecutionError(full_disk(place)) from None
        with explained(place):
            name = failure.error_name if names_nobody is None else _searched(failure, folder, names_nobody)
            kept = _keep(failure.failed_notebook, place)
        raise NotebookFailed(failure.stage, name, failure.message, kept, failure.system_code) from None


def _searched(failure: NotebookFailed, folder: Path, names_nobody: Callable[[Path, Path], bool]) -> str:
    """Take out of a failed notebook what names somebody; returns the name of the error, as far as it may be told."""
    from pipeline.execution.normalising import to_text
    from pipeline.execution.scrubbing import withhold_outputs

    path, name = failure.failed_notebook, failure.error_name
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for keep_places in (True, False):
        if _is_sure(names_nobody, folder, path):
            break
        withheld = withhold_outputs(notebook, keep_places=keep_places)
        path.write_text(to_text(withheld), encoding="utf-8", newline="\n")
        name = failure.error_name if keep_places or failure.message else "Exception"
    return name


def _is_sure(names_nobody: Callable[[Path, Path], bool], folder: Path, notebook: Path) -> bool:
    try:
        return names_nobody(folder, notebook)
    except Exception:  # whatever hinders the search must not let a name pass, nor hide how the notebook ended
        return False


def _keep(notebook: Path, place: Path) -> Path:
    """Copy a failed notebook, which its owner alone may read, to where the next successful run takes it away."""
    folder = place / FAILED
    place.mkdir(mode=0o700, exist_ok=True)
    remove(folder)  # with the notebook of a stage that failed before and may be mended by now
    for part in (folder.parent, folder):
        part.mkdir(mode=0o700, exist_ok=True)
    kept = folder / notebook.name
    handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out, notebook.open("rb") as source:
        shutil.copyfileobj(source, out)
    return kept
