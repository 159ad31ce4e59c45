"""Errors that are sentences: what went wrong while notebooks ran, and what became of the outputs."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.execution.stops import BY_A_SIGNAL, stopped

FULL_DISK_CODES = frozenset({"ENOSPC", "EDQUOT"})
_NO_PERMISSION = (errno.EACCES, errno.EPERM, errno.EROFS)
_BLOCK_BYTES = 4096
_FILES_OF_A_KERNEL = 8
"""Its log, the file with its addresses, a socket for each of five, and one to spare."""


class ExecutionError(Exception):
    """An expected failure; its text is shown as it is and holds no value of the data."""

    exit_code = 1


class Interrupted(ExecutionError):
    """The run was stopped by a signal; exit code 128 + its number, as a shell would say."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(stopped(signal_number))
        self.exit_code = BY_A_SIGNAL + signal_number


class Refused(ExecutionError):
    """The system refuses to read or write a file; exit code 2, since another call, or a right, helps."""

    exit_code = 2


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
        refused = Refused if error.errno in _NO_PERMISSION else ExecutionError
        raise refused(sentence) from error


def full_disk(target: Path) -> str:
    """Say that there was no room for the outputs."""
    return f"The disk is full, so that {target} could not be made; the former outputs are as they were."


def refuse_full(folder: Path) -> None:
    """Raise ExecutionError where `folder`, in which a kernel has its private files, has no room left.

    A process that did not start cannot say why; this finds out by writing what one needs at the least.
    """
    trials = [folder / f"room{number}" for number in range(_FILES_OF_A_KERNEL)]
    try:
        for trial in trials:
            trial.write_bytes(bytes(_BLOCK_BYTES))
    except OSError as error:
        if errno.errorcode.get(error.errno or 0) in FULL_DISK_CODES:
            raise ExecutionError(_no_room(folder.parent)) from None
    finally:
        for trial in trials:
            with suppress(OSError):
                trial.unlink(missing_ok=True)


def _is_full(base: Path, *, beside: Path) -> bool:
    """Whether it is the disk of `base` that is full, and not that of `beside`."""
    with suppress(OSError):
        return shutil.disk_usage(base).free < _BLOCK_BYTES <= shutil.disk_usage(beside.parent).free
    return False


def _no_room(folder: Path) -> str:
    return (
        f"The disk is full: there is no room for temporary files in {folder}. The former outputs are as they were. "
        "Make room there, or put TMPDIR=/another/folder before the command."
    )


def _sentence(error: OSError, target: Path) -> str | None:
    names = [Path(str(name)) for name in (error.filename, error.filename2) if name]
    is_ours = any(name.is_relative_to(target.parent) for name in names)
    if errno.errorcode.get(error.errno or 0) in FULL_DISK_CODES:
        base = Path(tempfile.gettempdir())
        is_temporary = any(name.is_relative_to(base) for name in names) if names else _is_full(base, beside=target)
        return _no_room(base) if is_temporary and not is_ours else full_disk(target)
    if error.errno in _NO_PERMISSION and is_ours:
        return f"No permission to write {target} or the folder around it; the former outputs are as they were."
    return None
