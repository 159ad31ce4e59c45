"""What was measured, kept beside the document that is written from it: docs/performance.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.places import REPOSITORY

FILE = REPOSITORY / "docs/performance.json"
Results = dict[str, Any]
"""By part: the machine, how often it was measured, what else ran, and what the part found."""


def read(file: Path = FILE) -> Results:
    """Return what was measured last of each part."""
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def keep(part: str, measured: dict[str, Any], file: Path = FILE) -> None:
    """Put what was measured of a part in the place of what was measured before."""
    text = json.dumps({**read(file), part: measured}, indent=1, sort_keys=True, ensure_ascii=False)
    file.write_text(text + "\n", encoding="utf-8", newline="\n")
