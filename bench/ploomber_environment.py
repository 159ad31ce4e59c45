"""Ploomber in an environment of its own, from bench/ploomber/requirements.lock, with its statistics turned off."""

from __future__ import annotations

import hashlib
import shlex
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

from bench.measuring import BenchError, Contender
from bench.places import PERIOD, REPOSITORY, SAMPLE, Workplace

FOLDER = REPOSITORY / "bench/ploomber"
_VENV = FOLDER / ".venv"
_LOCK = FOLDER / "requirements.lock"
OFF = {"PLOOMBER_STATS_ENABLED": "false", "PLOOMBER_VERSION_CHECK_DISABLED": "true", "DO_NOT_TRACK": "1"}
"""Nothing is told to anybody, and nobody is asked for a newer version."""


def ready(say: Callable[[str], None]) -> Path:
    """Return the Python of the environment, which is made anew where the lock is another.

    A `BenchError` says why it cannot be made.
    """
    python, stamp = _VENV / "bin/python", _VENV / ".ready"
    wanted = hashlib.sha256(_LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    say("Setting up the environment of Ploomber, some minutes at most.")
    shutil.rmtree(_VENV, ignore_errors=True)
    venv.create(_VENV, with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(_LOCK)]
    done = subprocess.run(install, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip told nothing"])[-1]
        raise BenchError(f"The environment of Ploomber could not be set up: {last}")
    stamp.write_text(wanted, encoding="utf-8")
    return python


def version_of(python: Path) -> str:
    """Return the version that is installed."""
    asked = [str(python), "-c", "from importlib.metadata import version; print(version('ploomber'))"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def contender(name: str, python: Path, place: Workplace, prepare: Callable[[], None]) -> Contender:
    """Make a build of the same notebooks and pages, in the folder `ploomber` of the workplace."""
    folder = place.folder / "ploomber"
    report_set = folder / "outputs" / SAMPLE / PERIOD
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(FOLDER / "pipeline.yaml", folder)
    values = {
        **{"folder": folder, "notebooks": REPOSITORY / "notebooks", "set": report_set},
        **{"project": SAMPLE, "period": PERIOD},
    }
    lines = [f"{key}: '{value}'" for key, value in values.items()]
    (folder / "env.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "pages.sh").write_text(_pages(python, report_set), encoding="utf-8")
    environment = {
        **place.environment(folder / "outputs"),
        **OFF,
        "HOME": str(folder),
        "PATH": f"{python.parent}:/usr/bin:/bin",
    }
    return Contender(name, [str(python.parent / "ploomber"), "build"], environment, folder, prepare)


def emptied_set(place: Workplace) -> None:
    """Take everything away that a build made, and what it noted about it; the notebooks need a folder to run in."""
    outputs = place.folder / "ploomber/outputs"
    shutil.rmtree(outputs, ignore_errors=True)
    (outputs / SAMPLE / PERIOD / "internal/notebooks").mkdir(parents=True)


def _pages(python: Path, report_set: Path) -> str:
    """Write the task that makes the pages: the last two lines of command_lines.sh, as Ploomber wants them."""
    tool, public = shlex.quote(str(python)), shlex.quote(str(report_set / "public"))
    executed = shlex.quote(str(report_set / "internal/notebooks/04_report.ipynb"))
    style = shlex.quote(str(REPOSITORY / "pipeline/reporting/templates/report.css"))
    return (
        'set -eu  # after {{upstream["report"]}}\n'
        f"{tool} -m nbconvert --to html --template basic --no-input --output-dir {public} --output report.html "
        f"{executed}\n"
        f"{tool} -m weasyprint --pdf-variant pdf/ua-1 --stylesheet {style} {public}/report.html {{{{product}}}}\n"
    )
