"""What a call made is put up at the address of the outputs: a set whole or, once it is mended, not at all.

A store of objects cannot rename a folder. So the files of a set are first put under `.<label>.new/`, manifest.json
last; until then the former set is untouched. Then the former manifest is removed, the files are copied into place,
those that the new set does not have are removed, the new manifest is put last, and `.<label>.new/` goes. A set without
a manifest is one that is being exchanged: the next call finishes it if `.<label>.new/` has its manifest, else that
folder goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from pipeline.addresses import Place
from pipeline.execution.errors import ExecutionError
from pipeline.execution.manifest import MANIFEST, digests
from pipeline.execution.trees import files

Digests = Mapping[str, str]
LOCK = ".lock"


def digests_below(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a folder by its relative name, but for what is hidden (locks)."""
    named = {path.relative_to(folder).as_posix(): path for path in files(folder)}
    return digests({name: path for name, path in named.items() if not _is_hidden(name)})


def put_up(folder: Path, before: Digests, outputs: Place) -> None:
    """Put up what differs below `folder`, a copy of the outputs, from what was fetched: sets first, then single files.

    Raises InputError where the address fails, ExecutionError where another call is putting up the same set.
    """
    after = digests_below(folder)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    sets = sorted({_set_of(name, after) for name in changed} - {""})
    for name in sets:
        _put_set(folder / name, outputs.below(name))
    for name in sorted(changed):
        if not _set_of(name, after):
            if name in after:
                outputs.below(name).put(folder / name)
            else:
                outputs.below(name).remove()


def mend(project: Place, say: Callable[[str], None], only: str = "") -> None:
    """Finish the exchange of sets that a call had put up whole before it ended, and remove what others left.

    `only` names the one set that is mended, where others may be put up by other workers at this moment.
    """
    for name in project.folders():
        label = name.removeprefix(".").removesuffix(".new")
        if name != f".{label}.new" or (only and label != only):
            continue
        with _alone(project.below(label)):
            if project.below(f"{name}/{MANIFEST}").exists():
                say(f"{project.below(label).shown}: a call that ended too early had put it up; it is put in place now.")
                _exchange(project.below(name), project.below(label))
            else:
                project.below(name).remove()


def _put_set(folder: Path, place: Place) -> None:
    with _alone(place):
        new = _new(place)
        new.remove()
        names = [path.relative_to(folder).as_posix() for path in files(folder)]
        for name in sorted(names, key=lambda name: (name == MANIFEST, name)):
            new.below(name).put(folder / name)
        _exchange(new, place)


def _exchange(new: Place, place: Place) -> None:
    """Put the files of a set that stands whole at `new` in the place of the former one; can be done again."""
    names = new.files()
    place.below(MANIFEST).remove()
    for name in names:
        if name != MANIFEST:
            new.below(name).copy(place.below(name))
    for name in sorted({*place.files()} - {*names}):
        place.below(name).remove()
    new.below(MANIFEST).copy(place.below(MANIFEST))
    new.below(MANIFEST).remove()  # what is cut short from here on is only to be removed
    new.remove()


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Hold a set while it is put up, where the store can create a file that is not there yet and nothing else."""
    lock = _beside(place, LOCK)
    if not lock.create(b"A call is putting up the set beside this file.\n"):
        raise ExecutionError(
            f"Another call is putting up {place.shown}, or was killed while it did. Wait and run again; if none is at "
            f"it, remove {lock.shown} first."
        )
    try:
        yield
    finally:
        lock.remove()


def _new(place: Place) -> Place:
    return _beside(place, ".new")


def _beside(place: Place, ending: str) -> Place:
    """Return what lies beside a set under its name with a point before it and an ending."""
    parts = [(text.rpartition("/")[0], text.rpartition("/")[2]) for text in (place.path, place.shown)]
    path, shown = (f"{folder}/.{name}{ending}" for folder, name in parts)
    return Place(place.system, path, shown)


def _set_of(name: str, there: Digests) -> str:
    """Return the folder of the set that a file belongs to, nothing for a file that belongs to none."""
    for folder in PurePosixPath(name).parents:
        if f"{folder}/{MANIFEST}" in there:
            return folder.as_posix()
    return ""


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))
