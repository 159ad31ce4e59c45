"""Where things are: the program, the projects, the outputs. The standard library alone, so that it loads at once."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

DEFAULT_PROJECT = "smart-government-ii"
"""The project of a call that names none: the sample."""

CODE_ROOTS = (REPOSITORY / "pipeline", REPOSITORY / "notebooks")
"""What the program consists of."""

DATA_VARIABLE = "GRM_DATA"
"""Environment variable that names the folder of the projects (default: data/ of this checkout)."""

OUTPUTS_VARIABLE = "GRM_OUTPUTS"
"""Environment variable that names the folder of the outputs (default: outputs/ of this checkout)."""


def data_folder() -> Path:
    """Return the folder that holds the projects."""
    named = os.environ.get(DATA_VARIABLE)
    return Path(named) if named else REPOSITORY / "data"


def outputs_folder() -> Path:
    """Return the folder below which every project has its outputs."""
    named = os.environ.get(OUTPUTS_VARIABLE)
    return Path(named) if named else REPOSITORY / "outputs"


RELEASED = "released"
"""The folder of a project with the records of what was released; they shape no figure."""


def project_files(folder: Path) -> dict[str, Path]:
    """Return every file of a project that a report may depend on, by its name below the project's folder."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: path for name, path in files.items() if not name.startswith(f"{RELEASED}/")}


def relative(path: Path) -> Path:
    """Name a path from where the caller stands."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
