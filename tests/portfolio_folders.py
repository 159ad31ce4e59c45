"""Projects with public folders as reports leave them, made without a run, for the page that puts them side by side."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from making import ROOT, SAMPLE
from public_folders import Row, public_set

from pipeline.project import Project, load_project

COUNTS = {
    **{"received": 40, "unrelated": 6, "duplicate": 2, "eligible": 32, "resolved": 20, "in_progress": 5},
    **{"rejected": 3, "withdrawn": 4, "status_not_stated": 0, "closing_stock": 9},
}
"""A report's counts: of 32 eligible ones 28 were not withdrawn, and 20 of these are resolved."""


def rows_of_a_report(median: str = "3", **counts: int | str) -> list[Row]:
    """Return the figures of a report; a count that is a text is not given, and the text is what it displays."""
    given = {**COUNTS, **counts}
    rows = [
        (name, "", "", "", count) if isinstance(count, str) else (name, str(count), "", "", f"{count:,}")
        for name, count in given.items()
    ]
    rows.append(("resolution_working_days_median", median, "", "", median or "not applicable"))
    parts = [given[name] for name in ("resolved", "eligible", "withdrawn")]
    if any(isinstance(part, str) for part in parts):
        return [*rows, ("resolution_rate", "", "", "", "suppressed")]
    n, total = int(parts[0]), int(parts[1]) - int(parts[2])
    value, shown = "", f"{n} of {total}" if total else "not applicable"
    if total >= 10:
        value, shown = repr(100 * n / total), f"{n} of {total} ({round(100 * n / total)}\u00a0%)"
    return [*rows, ("resolution_rate", value, str(n), str(total), shown)]


@dataclass
class Folders:
    """Makes projects below one folder and their reports below another."""

    data: Path
    outputs: Path
    projects: dict[str, Project] = field(default_factory=dict)

    def project(self, code: str, **changes: str) -> Project:
        """Write a project: the sample's project.yml with keys replaced, and an empty register."""
        text = (ROOT / "data" / SAMPLE / "project.yml").read_text(encoding="utf-8")
        for key, new in {"name": f"Project {code}", "grm_start": "2023-07-01", **changes}.items():
            text, count = re.subn(rf"^{key}:[^\n]*(?:\n[ #][^\n]*)*", f"{key}: {new}", text, flags=re.MULTILINE)
            text += "" if count else f"\n{key}: {new}\n"
        (self.data / code).mkdir(parents=True)
        (self.data / code / "project.yml").write_text(text, encoding="utf-8")
        (self.data / code / "register.csv").write_text("registration_no\n", encoding="utf-8")
        self.projects[code] = load_project(code)
        return self.projects[code]

    def report(self, code: str, label: str, rows: list[Row] | None = None, *, status: str = "final") -> Path:
        """Write the public folder of a report, and return it."""
        return public_set(self.outputs / code, label, rows_of_a_report() if rows is None else rows, status=status)
