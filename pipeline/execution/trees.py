"""Folders with everything in them: removed, copied unchanged, opened to readers."""

from __future__ import annotations

import shutil
from pathlib import Path


def remove(folder: Path) -> None:
    """Remove a folder, those of its folders that are read-only too; nothing there is fine."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except PermissionError:
        # A file is removed by the right to write its folder, which a notebook may have taken away.
        for place in [folder, *folder.rglob("*")]:
            if place.is_dir() and not place.is_symlink():
                place.chmod(0o700)
        shutil.rmtree(folder)


def copy_unchanged(source: Path, destination: Path) -> None:
    """Copy a folder byte for byte, with times and modes; links stay links."""
    shutil.copytree(source, destination, symlinks=True, copy_function=shutil.copy2)


def open_to_readers(folder: Path) -> None:
    """Give everybody the right to read, whatever the umask: folders 0755, files 0644."""
    folder.chmod(0o755)
    for place in folder.rglob("*"):
        if not place.is_symlink():
            place.chmod(0o755 if place.is_dir() else 0o644)


def files(folder: Path) -> list[Path]:
    """Every file below a folder, sorted by its name."""
    return sorted((place for place in folder.rglob("*") if place.is_file()), key=lambda place: place.as_posix())
