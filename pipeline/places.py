"""Where things are: the program, the projects, the outputs. The standard library alone, so that it loads at once."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent

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


def relative(path: Path) -> Path:
    """Name a path from where the caller stands."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
