"""The environment of a kernel: the machine's, without what would make one user's run differ from another's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

# Settings of a user, or of a tool that runs us, that change what a notebook prints or does.
_DROPPED = frozenset({
    "COLUMNS", "LINES", "MPLBACKEND", "PYTEST_CURRENT_TEST", "PYTHONBREAKPOINT", "PYTHONDEBUG", "PYTHONINSPECT",
    "PYTHONSTARTUP", "PYTHONVERBOSE", "PYTHONWARNINGS",
})  # fmt: skip
_DROPPED_PREFIXES = ("IPYKERNEL", "IPYTHON", "JPY_", "JUPYTER_")


def kernel_environment(scratch: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """Compose the environment of kernels whose private files lie in `scratch`; `extra` has the last word."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in _DROPPED and not name.startswith(_DROPPED_PREFIXES)
    }
    temporary = _made(scratch / "tmp")
    environment |= {
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_CONFIG_DIR": str(_made(scratch / "jupyter")),
        "JUPYTER_DATA_DIR": str(scratch / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "jupyter"),
        "MATPLOTLIBRC": str(_made(scratch / "matplotlib") / "matplotlibrc"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONHASHSEED": "0",
        "TEMP": str(temporary),
        "TMP": str(temporary),
        "TMPDIR": str(temporary),
        "TZ": "UTC",
    }
    (scratch / "matplotlib" / "matplotlibrc").touch()  # empty: matplotlib's own defaults
    if not _is_usable(os.environ.get("HOME")):
        environment["HOME"] = str(_made(scratch / "home"))
    return environment | dict(extra)


def _is_usable(home: str | None) -> bool:
    """Whether libraries can keep a cache (matplotlib its fonts) below the home folder; else they warn, with a path."""
    return os.name == "nt" or (bool(home) and Path(str(home)).is_dir() and os.access(str(home), os.W_OK))


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
