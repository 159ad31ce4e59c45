"""Execute one notebook through papermill and keep it in a form that can be compared, or, if it failed, disclosed."""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

from pipeline.execution.errors import ExecutionError, NotebookFailed, refuse_full
from pipeline.execution.kernels import HermeticKernelManager, Kernels, repository
from pipeline.execution.normalising import Notebook, normalise, to_text
from pipeline.execution.parameters import check_parameters
from pipeline.execution.scrubbing import reported_error, scrub_failed

# Seconds that a kernel may take to start, and to send the last of its output after a cell; a busy machine takes some.
_START_SECONDS = 120
_OUTPUT_SECONDS = 60
_ENGINE = "written-at-its-end"


def execute(
    source: Path,
    output: Path,
    parameters: Mapping[str, str],
    kernels: Kernels,
    *,
    is_last: bool = True,
    meanwhile: Callable[[], None] | None = None,
) -> None:
    """Run the notebook `source` and write it, executed and normalised, to `output`.

    Unless it `is_last`, the kernel for the next one starts meanwhile; `meanwhile` is called in a thread. Where it
    fails, `output` is the failed notebook without values of the data. Raises ExecutionError for a parameter that is not
    declared or not given, NotebookFailed for an exception in the notebook or the death of its process.
    """
    check_parameters(source, parameters)
    import_papermill()  # while the kernel, or the process that it is copied from, starts
    kernel = kernels.take()
    if not is_last:
        kernels.prepare()
    if meanwhile is not None:
        Thread(target=meanwhile, daemon=True).start()
    try:
        error_name = _run(source, output, parameters, kernels, kernel)
    finally:
        kernels.retire(kernel)
    notebook: Notebook = json.loads(output.read_text(encoding="utf-8")) if output.exists() else _read(source)
    if error_name is None:
        output.write_text(to_text(normalise(notebook, _paths(kernels))), encoding="utf-8", newline="\n")
        return
    _refuse(source.stem, output, notebook, error_name, kernels)


def _run(
    source: Path, output: Path, parameters: Mapping[str, str], kernels: Kernels, kernel: HermeticKernelManager
) -> str | None:
    """Execute through papermill; None, or the name of what ended the notebook."""
    papermill = import_papermill()
    from nbclient.exceptions import DeadKernelError  # after papermill: it brings the slow grammar along as well

    if kernels.is_stopped:  # while that was imported; nbclient would take seconds to find its kernel dead
        raise ExecutionError("The run was stopped.")
    with _quiet("papermill"):
        try:
            notebook = papermill.execute_notebook(
                str(source),
                str(output),
                engine_name=_engine(),
                parameters=dict(parameters),
                kernel_name="python3",
                language="python",  # a notebook that was stripped need not say so
                progress_bar=False,
                start_timeout=_START_SECONDS,
                cwd=str(kernels.folder),
                km=kernel,
                autosave_cell_every=0,
                iopub_timeout=_OUTPUT_SECONDS,
                record_timing=False,
                store_widget_state=False,
            )
        except papermill.exceptions.PapermillExecutionError:
            return "Exception"  # the notebook tells which
        except DeadKernelError:
            return "DeadKernelError"
        except RuntimeError as error:
            if kernel.is_running:
                raise
            refuse_full(kernels.scratch)
            raise ExecutionError(f"The process for notebook {source.stem} did not start: {error}") from None
    # papermill takes sys.exit(0) for success, though the cells after it did not run.
    return "SystemExit" if notebook["metadata"]["papermill"].get("exception") else None


@cache
def _engine() -> str:
    """Register an engine that writes a notebook before and after it runs, and return its name.

    That of papermill writes it before and after each cell, which takes longer the more it holds: a tenth of a report's
    time. A notebook that failed, or whose process died, is written by either.
    """
    from papermill.engines import NBClientEngine, papermill_engines

    class Engine(NBClientEngine):  # type: ignore[misc]
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **settings: Any) -> None:
            path, nb_man.output_path = nb_man.output_path, None
            try:
                super().execute_managed_notebook(nb_man, kernel_name, **settings)
            finally:
                nb_man.output_path = path

    papermill_engines.register(_ENGINE, Engine)
    return _ENGINE


def _refuse(stage: str, output: Path, notebook: Notebook, error_name: str, kernels: Kernels) -> None:
    name, message, code = reported_error(notebook, kernels.sentence_errors)
    if error_name == "DeadKernelError":
        name, message, code = error_name, None, None
    output.write_text(to_text(scrub_failed(notebook, kernels.sentence_errors)), encoding="utf-8", newline="\n")
    output.chmod(0o600)
    raise NotebookFailed(stage, name, message, output, system_code=code)


def _read(source: Path) -> Notebook:
    notebook: Notebook = json.loads(source.read_text(encoding="utf-8"))
    return notebook


def _paths(kernels: Kernels) -> dict[str, str]:
    """Paths of this machine that outputs may hold, and what stands for them."""
    folder = kernels.folder.resolve()
    paths = {
        str(kernels.scratch): "<scratch>",
        str(folder): ".",
        str(folder.parent.parent): "<set>",
        str(repository()): "<repository>",
        sys.prefix: "<python>",
        sys.base_prefix: "<python>",
    }
    home = Path("~").expanduser()
    if home.is_absolute() and len(home.parts) > 1:
        paths[str(home)] = "~"
    paths[tempfile.gettempdir()] = "<tmp>"
    return paths


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Keep a logger silent: what papermill says is ours to say, or none of a terminal's business."""
    logger = logging.getLogger(name)
    was_disabled, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = was_disabled


def import_papermill() -> Any:
    """Import papermill and return it, without the second that jsonschema takes to build a grammar nobody here uses."""
    grammar = "rfc3987_syntax"
    is_ours = grammar not in sys.modules
    if is_ours:
        sys.modules[grammar] = None  # type: ignore[assignment]  # reads as 'not installed', which is allowed
    try:
        import papermill
        import papermill.exceptions
    finally:
        if is_ours:
            del sys.modules[grammar]
    return papermill
