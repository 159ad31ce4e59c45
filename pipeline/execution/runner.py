"""Run notebooks and further steps in a staged set, let a guard look at it, and put it in the former one's place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from pipeline.execution.environment import kernel_environment
from pipeline.execution.errors import FULL_DISK_CODES, ExecutionError, NotebookFailed, explained, full_disk
from pipeline.execution.interrupts import Interrupts, interruptible
from pipeline.execution.manifest import build_record, digests, read_manifest, write_manifest
from pipeline.execution.parameters import declared_parameters, refuse_undeclared
from pipeline.execution.progress import Progress
from pipeline.execution.scratch import scratch_folder
from pipeline.execution.sets import FAILED, NOTEBOOKS, locked_set, restore_public, staging
from pipeline.execution.trees import remove
from pipeline.execution.warm import Home, imported_modules, open_server

LOCK_SECONDS = 600.0
"""How long a run waits for another one of the same set, in seconds."""


@dataclass(frozen=True)
class Step:
    """What is done in the set once its notebooks are through, by its name."""

    name: str
    action: Callable[[Path], None]


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
    one_of_many: str = "",
    meanwhile: Callable[[], None] | None = None,
) -> None:
    """Make the set `target`: all of it, or with `keep_public` what is below internal/ alone.

    `notebooks` are names of stages with their sources, in order. Of the `parameters` each is given those that it
    declares; one that none declares is refused. `environment` is added to their processes'. `guard` sees the finished
    set and raises to refuse it. What `inputs` gives is hashed before and after. `one_of_many`
    names the set where several are made: steps then show on a terminal's bar alone. `meanwhile` is called in a thread
    of its own while notebooks run: it may import what the steps need.

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
            scratch_folder() as scratch,
            _home(scratch, environment, notebooks, sentence_errors, progress) as home,
            locked_set(target, wait_seconds=LOCK_SECONDS, say=progress.say) as place,
        ):
            names = dict(inputs())
            before = _input_digests(names)
            former = read_manifest(place) if keep_public else None
            with staging(place, keep_public) as folder:
                with _failed_kept(place):
                    _execute(folder, notebooks, parameters, home, progress, interrupts, meanwhile)
                for step in steps:
                    with progress.step(step.name), explained(place):
                        step.action(folder)
                with progress.step("checks"), explained(place):
                    if keep_public:
                        restore_public(place, folder)
                    if guard is not None:
                        guard(folder)
                    _refuse_changed(before, names)
                    record = build_record(folder, before, code_roots, parameters)
                    write_manifest(folder, record, (former or {}) if keep_public else None)
                interrupts.finish()
    finally:
        progress.close()


@contextmanager
def _home(
    scratch: Path,
    environment: Mapping[str, str],
    notebooks: Sequence[tuple[str, Path]],
    sentence_errors: Collection[str],
    progress: Progress,
) -> Iterator[Home]:
    """Yield what kernels need, with the process that they are copied from importing while we do so ourselves."""
    composed = kernel_environment(scratch, environment)
    modules = imported_modules(source for _, source in notebooks)
    with open_server(modules, scratch, composed, progress.say) as server:
        yield Home(scratch, composed, frozenset(sentence_errors), server)


def _execute(
    folder: Path,
    notebooks: Sequence[tuple[str, Path]],
    parameters: Mapping[str, str],
    home: Home,
    progress: Progress,
    interrupts: Interrupts,
    meanwhile: Callable[[], None] | None,
) -> None:
    from pipeline.execution.kernels import open_kernels
    from pipeline.execution.notebooks import execute

    with interrupts.held() as at_once, open_kernels(home, folder / NOTEBOOKS, progress.say) as kernels:
        at_once(kernels.kill)
        for place, (name, source) in enumerate(notebooks, start=1):
            with progress.step(name), explained(folder):
                output = folder / NOTEBOOKS / source.name
                declared = declared_parameters(source)
                own = {parameter: value for parameter, value in parameters.items() if parameter in declared}
                execute(source, output, own, kernels, is_last=place == len(notebooks))
            if place == 1 and meanwhile is not None:
                Thread(target=meanwhile, daemon=True).start()


def _input_digests(inputs: Mapping[str, Path]) -> dict[str, str]:
    try:
        return digests(inputs)
    except OSError as error:
        unread = next((name for name, path in inputs.items() if str(path) == str(error.filename)), "an input")
        raise ExecutionError(f"{unread} cannot be read: {error.strerror}.") from None


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
def _failed_kept(place: Path) -> Iterator[None]:
    """Keep a failed notebook below the former set's internal/failed, which is all that is touched there."""
    try:
        yield
    except NotebookFailed as failure:
        if failure.system_code in FULL_DISK_CODES:
            raise ExecutionError(full_disk(place)) from None
        kept = _keep(failure.failed_notebook, place)
        raise NotebookFailed(failure.stage, failure.error_name, failure.message, kept, failure.system_code) from None


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
