"""What a notebook stands on: its project, its windows, and the folder of the set it belongs to.

A notebook that is run as part of a report works in `<set>/internal/notebooks`, so no path is ever a parameter and an
executed notebook can be run again in a copy of its set. Opened by hand in JupyterLab it works in a set of its own,
`outputs/<project>/workbench/<period>`, and can spoil no report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pandas as pd

from pipeline.errors import InputError
from pipeline.files import PartsFile, write_bytes, write_csv, write_parquet
from pipeline.period import Scopes, joined_label, resolve_periods, resolve_scopes
from pipeline.places import outputs_folder, relative
from pipeline.project import Project, load_project
from pipeline.put_away import give_back
from pipeline.saved_workbooks import keep

CASES = "cases.parquet"
"""The general cases below internal/, their texts beside them as they may be published: restricted."""
COMMENTARY = "commentary.md"
"""The period's commentary below internal/, with its names replaced in the first stage."""

RESTRICTED = frozenset(
    {
        "actions.csv",
        "actions.html",
        "actions.xlsx",
        CASES,
        "disclosure.xlsx",
        "findings.parquet",
        "findings.xlsx",
        "report-internal.html",
        "review.xlsx",
        "identities.parquet",
        "labelled.parquet",
        "redactions.parquet",
        "protected.csv",
        "sensitive.parquet",
        "sensitive_account.csv",
        "sensitive_findings.csv",
        "sensitive_indicators.csv",
        "uptake.html",
        "traces.parquet",
    }
)
"""Files below internal/ that only their owner can read: identities, texts in which names may stand, small numbers."""


class SetFolder:
    """The folder of a set, and how its files are written and read."""

    folder: Path

    def path(self, area: str, name: str) -> Path:
        """Return where a file of the set stands; `area` is 'internal' or 'public'."""
        folder = self.folder / area
        folder.mkdir(parents=True, exist_ok=True, mode=0o700 if area == "internal" else 0o755)
        return folder / name

    def save(self, table: pd.DataFrame, name: str, area: str = "internal") -> None:
        """Write a table for the stages after this one, as CSV or parquet by the ending of its name."""
        write = write_parquet if name.endswith(".parquet") else write_csv
        write(table, self.path(area, name), restricted=name in RESTRICTED)
        give_back()

    def in_parts(self, name: str, area: str = "internal") -> PartsFile:
        """Begin a parquet file of a table that comes in parts."""
        return PartsFile(self.path(area, name), restricted=name in RESTRICTED)

    def save_bytes(self, content: bytes, name: str, area: str = "internal") -> None:
        """Write a file that was made in memory."""
        write_bytes(content, self.path(area, name), restricted=name in RESTRICTED)

    def save_to_fill_in(self, content: bytes, name: str) -> None:
        """Write a workbook to be filled in; what stands in its place, and may be filled in, is kept beside the set.

        In a set in the making nothing stands there; by hand a notebook runs again and again in the same folder.
        """
        path = self.path("internal", name)
        if path.is_file() and path.read_bytes() != content and (kept := keep(path, self.folder)) is not None:
            print(f"internal/{name} was there and may have been filled in; it is kept as {relative(kept)}.")
        self.save_bytes(content, name)

    def written(self, name: str) -> Path:
        """Return where a file that an earlier stage wrote stands; see `load` for errors."""
        path = self.folder / "internal" / name
        if not path.is_file():
            raise InputError(
                f"internal/{name} is missing: run the notebook before this one first, for the same period."
            )
        return path

    def load(self, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read a table that an earlier stage wrote, or the columns that are named.

        An `InputError` says which stage is to be run first.
        """
        path = self.written(name)
        return (
            pd.read_parquet(path, engine="pyarrow", columns=list(columns) if columns else None)
            if name.endswith(".parquet")
            else pd.read_csv(path, encoding="utf-8-sig", usecols=list(columns) if columns else None)
        )


@dataclass(frozen=True)
class Stage(SetFolder):
    """A stage of a run: its project, its windows and its set."""

    project: Project
    scopes: Scopes
    folder: Path

    def card(self) -> pd.DataFrame:
        """Say what this stage is about: project, period, window and as-of day."""
        scopes, current = self.scopes, self.scopes.current
        previous = f"{scopes.previous.start} to {scopes.previous.end}" if scopes.previous else "none: before the start"
        facts = {
            "Project": self.project.settings.name,
            "Period": scopes.period.label,
            "Window": f"{current.start} to {current.end}",
            "Counted to": str(current.counted_to),
            "Figures as of": str(current.as_of),
            "Provisional": "yes" if current.is_provisional else "no",
            "Previous period": previous,
            "Register complete through": str(self.project.settings.complete_through),
        }
        return pd.DataFrame({"what": list(facts), "value": list(facts.values())})

    def former_text(self, name: str) -> str | None:
        """Read a file below internal/ of the set that this one replaces; None where there is none that can be read."""
        path = outputs_folder() / self.project.code / self.scopes.label / "internal" / name
        try:
            return path.read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            return None

    def former(self, name: str) -> pd.DataFrame | None:
        """Read a table of the set that this one replaces, as texts; None where there is none that can be read."""
        text = self.former_text(name)
        try:
            return None if text is None else pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)
        except ValueError:
            return None

    @property
    def commentary_name(self) -> str:
        """The commentary that the unit may write for the period, as errors name it."""
        return f"{self.project.shown_folder}/commentary/{self.scopes.period.label}.md"


@dataclass(frozen=True)
class ComparisonStage(SetFolder):
    """The comparison of several periods: its project, the windows of each period in order, and its set."""

    project: Project
    periods: tuple[Scopes, ...]
    folder: Path

    @property
    def label(self) -> str:
        """The name of the set."""
        return joined_label([scopes.label for scopes in self.periods])

    def card(self) -> pd.DataFrame:
        """Say what is compared: one row a period, with its window and its as-of day."""
        return pd.DataFrame(
            {
                "period": [scopes.label for scopes in self.periods],
                "window": [f"{scopes.current.start} to {scopes.current.end}" for scopes in self.periods],
                "counted to": [str(scopes.current.counted_to) for scopes in self.periods],
                "figures as of": [str(scopes.current.as_of) for scopes in self.periods],
                "provisional": ["yes" if scopes.current.is_provisional else "no" for scopes in self.periods],
            }
        )


def open_stage(project: str, period: str, as_of: str = "") -> Stage:
    """Check a notebook's parameters and find its set; wrong parameters are an `InputError`."""
    loaded = load_project(project)
    settings = loaded.settings
    scopes = resolve_scopes(period, as_of, grm_start=settings.grm_start, complete_through=settings.complete_through)
    return Stage(loaded, scopes, _set_folder(loaded, scopes.label))


def open_comparison(project: str, periods: str) -> ComparisonStage:
    """Check the parameters of the notebook that compares, and find its set; wrong ones are an `InputError`."""
    loaded = load_project(project)
    settings = loaded.settings
    each = resolve_periods(periods, grm_start=settings.grm_start, complete_through=settings.complete_through)
    return ComparisonStage(loaded, each, _set_folder(loaded, joined_label([scopes.label for scopes in each])))


def _set_folder(project: Project, label: str) -> Path:
    here = Path.cwd()
    if here.name == "notebooks" and here.parent.name == "internal":
        return here.parents[1]
    return outputs_folder() / project.code / "workbench" / label
