"""A *set*, the folder of one report, is made beside the former one and takes its place whole or not at all.

    <label>/public/               may leave the house             folders 0755, files 0644
    <label>/internal/             stays inside                    0700
    <label>/internal/notebooks/   the executed notebooks
    <label>/manifest.json         what it was made from           0600

Beside it lie `.<label>.lock` (one run at a time), `.<label>.staging-*` (a set in the making, 0700) and, only where
a file system cannot exchange two folders, `.<label>.former` for a moment.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.execution.errors import ExecutionError, explained
from pipeline.execution.exchange import former_name, mend, put_in_place
from pipeline.execution.trees import copy_unchanged, open_to_readers, remove

PUBLIC = "public"
INTERNAL = "internal"
NOTEBOOKS = "internal/notebooks"
FAILED = "internal/failed"
MANIFEST = "manifest.json"
LOCK_SECONDS = 600.0
"""How long a run waits for another one of the same set, in seconds."""


@contextmanager
def staged_set(
    target: Path,
    keep_public: bool = False,
    *,
    wait_seconds: float = LOCK_SECONDS,
    say: Callable[[str], None] = lambda sentence: None,
) -> Iterator[Path]:
    """Yield a folder to make the set in; leaving it puts the set in place, an exception leaves `target` as it was.

    With `keep_public` the former set's public files are the new one's. Raises ExecutionError where another run holds
    the set for longer than `wait_seconds`, the disk is full or permission is missing.
    """
    with locked_set(target, wait_seconds=wait_seconds, say=say) as place, staging(place, keep_public) as folder:
        yield folder


@contextmanager
def locked_set(target: Path, *, say: Callable[[str], None], wait_seconds: float = LOCK_SECONDS) -> Iterator[Path]:
    """Hold a set alone and tidy up after killed runs; yields its real place, symbolic links followed."""
    from filelock import FileLock, Timeout  # here, since it brings asyncio along

    place = target.resolve()
    if place.exists() and not place.is_dir():
        raise ExecutionError(f"{target} is a file where the folder of a report should be; move it away and run again.")
    with explained(place):
        _make_parents(place)
        lock = FileLock(place.with_name(f".{place.name}.lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            say(f"Another run is writing {target}; waiting for it, {wait_seconds:.0f} s at most.")
            try:
                lock.acquire(timeout=wait_seconds)
            except Timeout:
                raise ExecutionError(
                    f"Another run was still writing {target} after {wait_seconds:.0f} s; run again when it is done."
                ) from None
    try:
        with explained(place):
            _tidy(place)
        yield place
    finally:
        lock.release()


@contextmanager
def staging(place: Path, keep_public: bool) -> Iterator[Path]:
    """Yield a staging folder for the set at `place`, whose lock the caller holds, and put it there at the end."""
    with _made_beside(place, _set_modes) as folder:
        for name in (PUBLIC, INTERNAL, NOTEBOOKS):
            (folder / name).mkdir(mode=0o700)
        if keep_public:
            restore_public(place, folder)
        yield folder


@contextmanager
def staged_folder(
    target: Path, *, wait_seconds: float = LOCK_SECONDS, say: Callable[[str], None] = lambda sentence: None
) -> Iterator[Path]:
    """Yield a folder to make files for everybody in, which takes the place of `target` as a set does.

    A manifest in it is for its owner alone. Raises ExecutionError as `staged_set` does.
    """
    with locked_set(target, wait_seconds=wait_seconds, say=say) as place, _made_beside(place, _open) as folder:
        yield folder


@contextmanager
def _made_beside(place: Path, set_modes: Callable[[Path], None]) -> Iterator[Path]:
    """Yield a folder beside `place`, whose lock the caller holds, and put it there at the end, with its modes."""
    with explained(place):
        folder = Path(tempfile.mkdtemp(prefix=_staging_prefix(place), dir=place.parent))
        try:
            yield folder
            set_modes(folder)
            put_in_place(folder, place)
        finally:
            # After an exchange the former set is here, after a failure what was made of the new one. What cannot be
            # removed now must not hide how the run ended; the next run tries again.
            with suppress(OSError):
                remove(folder)
            with suppress(OSError):
                if place.exists():
                    remove(former_name(place))


def restore_public(place: Path, folder: Path) -> None:
    """Make the public files of the set in the making those of the former set, and no others."""
    remove(folder / PUBLIC)
    former = place / PUBLIC
    if former.is_dir():
        copy_unchanged(former, folder / PUBLIC)
    else:
        (folder / PUBLIC).mkdir()


def leftovers(place: Path) -> list[Path]:
    """List what a run of the set at `place` has beside it: one that goes on, or a killed one."""
    beside = [path for path in place.parent.iterdir() if path.name.startswith(_staging_prefix(place))]
    return [*beside, *(path for path in (former_name(place),) if path.exists())]


def _staging_prefix(place: Path) -> str:
    return f".{place.name}.staging-"


def _make_parents(place: Path) -> None:
    missing = [folder for folder in place.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)  # the public files are for everybody, whatever the umask


def _tidy(place: Path) -> None:
    """Mend a swap that was cut short and remove what killed runs left; only the holder of the lock may."""
    mend(place)
    for leftover in leftovers(place):
        remove(leftover)


def _set_modes(folder: Path) -> None:
    open_to_readers(folder / PUBLIC)
    (folder / INTERNAL).chmod(0o700)
    _close_manifest(folder)
    folder.chmod(0o755)


def _open(folder: Path) -> None:
    open_to_readers(folder)
    _close_manifest(folder)


def _close_manifest(folder: Path) -> None:
    if (folder / MANIFEST).exists():
        (folder / MANIFEST).chmod(0o600)  # the hash of a small register can be guessed from
