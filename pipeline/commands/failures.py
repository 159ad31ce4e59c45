"""How a failure is told: a sentence for the analyst, and an exit code."""

from __future__ import annotations

import traceback
from pathlib import Path

from pipeline.errors import SENTENCES, PipelineError
from pipeline.execution.errors import ExecutionError, NotebookFailed
from pipeline.places import REPOSITORY, relative


def sentence(error: Exception) -> str:
    """Tell an expected failure as the analyst is to read it."""
    if isinstance(error, NotebookFailed) and error.message is None:
        return (
            f"The stage {error.stage} stopped with an error that was not foreseen ({error.error_name}). The former "
            f"outputs are as they were; the notebook as far as it came is {relative(error.failed_notebook)}. This is "
            "a fault of the program and not of your data: please report it with the name of the error and the stage."
        )
    if isinstance(error, NotebookFailed):
        return f"{error.message}\nThe former outputs are as they were. See {relative(error.failed_notebook)}."
    return str(error)


def unforeseen(error: Exception) -> str:
    """Tell an error that nobody foresaw by its class and place: its text may hold a row of the register."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(REPOSITORY / "pipeline")]
    place = f" in {Path(own[-1].filename).name}, line {own[-1].lineno}" if own else ""
    return (
        f"An error that was not foreseen ({type(error).__name__}{place}) stopped the run. The former outputs are as "
        "they were. This is a fault of the program and not of your data: please report it with this line."
    )


def exit_code(error: PipelineError | ExecutionError) -> int:
    """Return the exit code of an expected failure."""
    if isinstance(error, NotebookFailed):
        return SENTENCES.get(error.error_name, 1)
    return error.exit_code
