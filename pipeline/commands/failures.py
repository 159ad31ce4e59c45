"""How a failure is told: a sentence for the analyst, and an exit code."""

from __future__ import annotations

import errno
import sys
import traceback
from pathlib import Path
from typing import TypeGuard

from pipeline.errors import SENTENCES, PipelineError
from pipeline.execution.errors import ExecutionError, NotebookFailed
from pipeline.places import CODE_ROOTS, REPOSITORY, relative


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
    """Tell an error that nobody foresaw by its class and place: its text may hold a row of the register.

    What the system refuses on a file outside the program is no fault of the program, and told by the file.
    """
    if _is_of_a_file(error):
        return f"{_path_of(error)} {_refused(error)} The former outputs are as they were."
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(REPOSITORY / "pipeline")]
    place = f" in {Path(own[-1].filename).name}, line {own[-1].lineno}" if own else ""
    return (
        f"An error that was not foreseen ({type(error).__name__}{place}) stopped the run. The former outputs are as "
        "they were. This is a fault of the program and not of your data: please report it with this line."
    )


def exit_code(error: Exception) -> int:
    """Return the exit code of a failure."""
    if isinstance(error, NotebookFailed):
        return SENTENCES.get(error.error_name, 1)
    if isinstance(error, PipelineError | ExecutionError):
        return error.exit_code
    return 2 if _is_of_a_file(error) else 1


def _is_of_a_file(error: Exception) -> TypeGuard[OSError]:
    """Whether the system refused something on a file that is none of the program's own."""
    if not isinstance(error, OSError) or not isinstance(error.filename, str) or not error.filename:
        return False
    path = Path(error.filename).resolve()
    return not any(path.is_relative_to(root) for root in (*CODE_ROOTS, *map(Path, (sys.prefix, sys.base_prefix))))


def _path_of(error: OSError) -> Path:
    return relative(Path(error.filename))


def _refused(error: OSError) -> str:
    """Say what the system refuses on a file, and what to do."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return "cannot be used: permission is missing. Give your account the right to it, or name another place."
    if error.errno == errno.EROFS:
        return "cannot be written: its disk can only be read. Name another place."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "cannot be written: the disk is full. Make room, or name another place."
    if error.errno == errno.ENOENT:
        return "is missing, or its folder is. Bring it back, or name another place."
    return f"cannot be used: {error.strerror or type(error).__name__}. Look at the file, or name another place."
