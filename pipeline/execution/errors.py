"""Errors that are sentences: what went wrong while notebooks ran, and what became of the outputs."""

from __future__ import annotations

import errno
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FULL_DISK_CODES = frozenset({"ENOSPC", "EDQUOT"})


class ExecutionError(Exception):
    """An expected failure; its text is shown as it is and holds no value of the data."""

    exit_code = 1


class Interrupted(ExecutionError):
    """The run was stopped by a signal; exit code 128 + its number, as a shell would say."""

    def __init__(self, signal_number: int) -> None:
        name = signal.Signals(signal_number).name
        super().__init__(f"Stopped by {name}; the former outputs are as they were.")
        self.exit_code = 128 + signal_number


class NotebookFailed(ExecutionError):
    """A notebook raised, or its process died.

    `error_name` is the class of the exception in the notebook. `message` is its text only where the caller said that
    errors of this class are sentences: any other text may hold a row of the data. `system_code` is the name of the
    code (`ENOSPC`) that the operating system gave.
    """

    def __init__(
        self, stage: str, error_name: str, message: str | None, failed_notebook: Path, system_code: str | None = None
    ) -> None:
        super().__init__(stage, error_name, message, failed_notebook)
        self.system_code = system_code
        self.stage = stage
        self.error_name = error_name
        self.message = message
        self.failed_notebook = failed_notebook

    def __str__(self) -> str:
        if self.message is not None:
            return self.message
        if self.error_name == "DeadKernelError":
            return (
                f"The process of notebook {self.stage} ended before the notebook did, most often for want of memory; "
                f"see {self.failed_notebook}."
            )
        return f"The notebook {self.stage} stopped with {self.error_name}; see {self.failed_notebook}."


@contextmanager
def explained(target: Path) -> Iterator[None]:
    """Say in a sentence what the operating system refuses while `target` is made.

    An error about any other place than the folder around `target` passes as it is, save that a full disk is a full
    disk wherever it is met.
    """
    try:
        yield
    except OSError as error:
        sentence = _sentence(error, target)
        if sentence is None:
            raise
        raise ExecutionError(sentence) from error


def full_disk(target: Path) -> str:
    """Say that there was no room for the outputs."""
    return f"The disk is full, so that {target} could not be made; the former outputs are as they were."


def _sentence(error: OSError, target: Path) -> str | None:
    if errno.errorcode.get(error.errno or 0) in FULL_DISK_CODES:
        return full_disk(target)
    is_ours = any(Path(str(name)).is_relative_to(target.parent) for name in (error.filename, error.filename2) if name)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) and is_ours:
        return f"No permission to write {target} or the folder around it; the former outputs are as they were."
    return None
