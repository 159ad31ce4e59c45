"""Workbooks of a set that a person has saved since it was made: they are kept when the set is replaced.

A run replaces a set whole, and with it the workbooks to be filled in. One that somebody has filled in since, or saved
beside them under another name, would be lost. So before a set is replaced, each of its workbooks below internal/ whose
content the manifest does not know is copied into the folder `filled/` beside the set, for its owner alone, under a
name with the first digits of its digest; the same content is kept once. One whose answers `decide` or `disclose` has
taken is known from then on and not kept any more.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection
from pathlib import Path

FILLED = "filled"
"""The folder beside the sets with what was kept of them."""
_TAKEN = ".taken"
"""The file in it with the digests of the workbooks whose answers were taken, one a line."""
_WORKBOOKS = frozenset({".ods", ".xls", ".xlsm", ".xlsx"})
_OF_AN_OPEN_ONE = ("~$", ".")
"""How the names of files begin that a spreadsheet program has beside an open workbook."""
_DIGITS = 8


def keep_saved(folder: Path, known: Collection[str]) -> list[tuple[Path, Path]]:
    """Keep the workbooks of the set `folder` whose digests are not known: each with what it is kept as."""
    taken = _taken(folder.parent / FILLED)
    kept = []
    for path in sorted((folder / "internal").rglob("*")):
        if path.suffix.lower() in _WORKBOOKS and not path.name.startswith(_OF_AN_OPEN_ONE) and path.is_file():
            digest = _digest(path)
            if digest not in known and digest not in taken:
                kept += [(path, as_what) for as_what in [keep(path, folder, digest)] if as_what is not None]
    return kept


def keep(path: Path, folder: Path, digest: str = "") -> Path | None:
    """Copy a workbook of the set `folder` beside the set; returns where it is now, None where it was kept before."""
    place = folder.parent / FILLED
    kept = place / f"{folder.name}-{path.stem}-{(digest or _digest(path))[:_DIGITS]}{path.suffix}"
    if kept.exists():
        return None
    place.mkdir(mode=0o700, exist_ok=True)
    part = kept.with_name(f".{kept.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    shutil.copyfile(path, part)
    saved = path.stat()
    os.utime(part, ns=(saved.st_atime_ns, saved.st_mtime_ns))  # when it was saved tells people which one it is
    part.replace(kept)
    return kept


def note_taken(path: Path, outputs: Path) -> None:
    """Note that the answers of a workbook were taken; `outputs` is the folder of the project's sets."""
    place = outputs / FILLED
    if (digest := _digest(path)) not in _taken(place):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(place / _TAKEN, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="ascii") as lines:
            lines.write(f"{digest}\n")


def _taken(place: Path) -> frozenset[str]:
    path = place / _TAKEN
    return frozenset(path.read_text(encoding="ascii").split()) if path.is_file() else frozenset()


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
