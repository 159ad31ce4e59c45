"""A private folder for what kernels need while they run: sockets, settings, temporary files; gone afterwards.

Its name is short, since the path of a Unix socket holds 107 bytes. A lock on the folder itself, which the system lets
go of however its owner ends, tells a folder in use from what a killed run left.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

PREFIX = "pipeline-kernels-"
# '/' PREFIX, 8 letters of mkdtemp, '/k999-5': what a socket's path adds to that of the folder for temporary files.
_ROOM_FOR_SOCKET = 1 + len(PREFIX) + 8 + len("/k999-5")
_SOCKET_PATH_BYTES = 107
# Only where a folder cannot be locked, on Windows.
_STALE_SECONDS = 24 * 60 * 60


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a new folder of mode 0700, removed at the end, and remove what killed runs left of theirs."""
    # Before, for the room; after, since the kernel of a killed run can outlive the driver for a moment and write.
    sweep()
    folder, handle = _make()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if handle is not None:
            os.close(handle)
        sweep()


def has_room_for_socket(folder: Path) -> bool:
    """Whether the path of a kernel's Unix socket in a scratch folder is short enough to be one."""
    return len(os.fsencode(folder)) + len("/k999-5") <= _SOCKET_PATH_BYTES


def _bases() -> list[Path]:
    """Folders for temporary files: the user's own, unless its path is too long for a socket, then the system's."""
    candidates = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
    usable = [base for base in dict.fromkeys(candidates) if base.is_dir() and os.access(base, os.W_OK)]
    short = [base for base in usable if len(os.fsencode(base)) + _ROOM_FOR_SOCKET <= _SOCKET_PATH_BYTES]
    return short or usable


def _make() -> tuple[Path, int | None]:
    base = _bases()[0]
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
        if sys.platform == "win32":
            return folder, None
        handle = _lock(folder)
        if handle is not None:
            return folder, handle
        # A sweep of another run came between the two steps and took the folder for a leftover.


def _lock(folder: Path) -> int | None:
    """Lock a folder; None where another holds it or it is gone."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), folder.stat()):
            return handle
    except OSError:
        pass
    os.close(handle)
    return None


def sweep() -> None:
    """Remove the user's scratch folders that no run holds."""
    for base in _bases():
        with suppress(OSError):
            for place in base.iterdir():
                if place.name.startswith(PREFIX):
                    _remove_if_left(place)


def _remove_if_left(folder: Path) -> None:
    with suppress(OSError):
        status = folder.lstat()
        if sys.platform == "win32":
            if time.time() - status.st_mtime > _STALE_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
            return
        if status.st_uid != os.getuid():
            return
        handle = _lock(folder)
        if handle is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(handle)
