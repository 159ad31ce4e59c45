"""Put one folder in the place of another in one step where the system can, in two that can be mended where not."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
# What a system answers that does not know the call, or a file system (NFS, some network and FUSE mounts) that can't.
_UNSUPPORTED = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})


def former_name(target: Path) -> Path:
    """Where the former folder lies between the two renames of a system without an exchange."""
    return target.with_name(f".{target.name}.former")


def put_in_place(new: Path, target: Path) -> None:
    """Make `new` be `target`; what was there before is then at `new` or at `former_name(target)`, for removal.

    Both lie on one file system. Killed at any moment, this leaves a whole folder at `target` once `mend` has run.
    """
    if not target.exists():
        new.rename(target)
    elif not exchange(new, target):
        _rename_twice(new, target)


def exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one atomic step; False, with nothing done, where the system or file system cannot.

    renameat2(2) with RENAME_EXCHANGE. Raises OSError for any other refusal.
    """
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))


def _rename_twice(new: Path, target: Path) -> None:
    former = former_name(target)
    target.rename(former)
    try:
        new.rename(target)
    except BaseException:
        former.rename(target)
        raise


def mend(target: Path) -> None:
    """Finish or undo two renames that were cut short: without a `target`, the former folder comes back."""
    former = former_name(target)
    if former.exists() and not target.exists():
        former.rename(target)
