"""What the numbers were measured on: no names, no dates, no places."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from typing import Any

PACKAGES = ("pandas", "numpy", "pyarrow", "papermill", "nbconvert", "weasyprint", "matplotlib", "jupyterlab")


def machine() -> dict[str, Any]:
    """Describe the machine: processors that may be used, memory, system, Python, packages."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processors": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory / 2**30, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def load() -> float:
    """Return how many processes wanted to run on average of the last minute: what the machine did besides."""
    return round(os.getloadavg()[0], 1)
