"""From which reports the page that lists them was made: a remark at its end, by which a call knows an old page.

A run can be killed when its report is in place and the page is not yet made. The next call of that report changes
nothing in it, but has to make the page. The standard library alone, since such a call is to be over at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from pipeline.execution.manifest import file_digest

_SHOWN = ("public/indicators.csv", "public/report.html")
"""What the page shows of a report, by its name in the set; its other public files are made along with these."""

_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def remark(folder: Path) -> str:
    """Return the remark for a page of the reports that stand in a project's outputs now."""
    found = sorted(path.parents[1] for path in folder.glob("*/public/report.html"))
    return f"<!-- made from {' '.join(_named(place.name, _digests(place)) for place in found)} -->\n"


def is_listed(page: Path, label: str, outputs: Mapping[str, str]) -> bool:
    """Whether a page was made, and whole, since the report `label` is this one.

    `outputs` are the digests of the report's files by their name in the set.
    """
    if page.with_name(f".{page.name}.part").exists():  # `files.replace_bytes`, killed
        return False
    last = page.read_text(encoding="utf-8").rstrip().rpartition("\n")[2]
    return _named(label, outputs) in last.split()


def _digests(place: Path) -> dict[str, str]:
    digests = {}
    for name in _SHOWN:
        try:
            digests[name] = file_digest(place / name)
        except OSError:  # a set that is exchanged at this moment is listed by its own run
            continue
    return digests


def _named(label: str, digests: Mapping[str, str]) -> str:
    shown = "".join(digests.get(name, "") for name in _SHOWN)
    # In letters alone: the page is searched for numbers that somebody can be reached by.
    return f"{label}:{hashlib.sha256(shown.encode()).hexdigest()[:16].translate(_LETTERS)}"
