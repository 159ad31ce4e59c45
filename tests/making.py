"""Projects and registers made for a test, and the way of the data through them without notebooks."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.classification.decisions import with_unfit_decisions
from pipeline.classification.labels import part_sensitive
from pipeline.classification.proposals import labelled_cases
from pipeline.confidentiality.redaction import KnownNames
from pipeline.indicators.computation import Measured, measure
from pipeline.indicators.reconciliation import reconcile
from pipeline.period import Scopes, resolve_scopes
from pipeline.project import DATA_VARIABLE, Project, load_project
from pipeline.register.checking import checked_register
from pipeline.register.explanations import read_explanations, settle
from pipeline.register.identities import known_names, redact_findings, redact_texts, split_identities
from pipeline.register.mapping import collected
from pipeline.register.reading import Register
from pipeline.register.views import account
from pipeline.reporting.annex import annex

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = "smart-government-ii"


@dataclass(frozen=True)
class Cleaned:
    """What the first two stages make."""

    project: Project
    register: Register
    cases: pd.DataFrame
    identities: pd.DataFrame
    findings: pd.DataFrame
    names: KnownNames
    labelled: pd.DataFrame
    sensitive: pd.DataFrame

    def rules(self) -> list[str]:
        return sorted(self.findings["rule"])

    def measure(self, period: str, as_of: str = "") -> Measured:
        return measure(self.labelled, self.project, self.scopes(period, as_of), collected(self.register))

    def scopes(self, period: str, as_of: str = "") -> Scopes:
        settings = self.project.settings
        return resolve_scopes(period, as_of, grm_start=settings.grm_start, complete_through=settings.complete_through)

    def checks(self, period: str, as_of: str = "") -> pd.DataFrame:
        return self.reconciled(self.measure(period, as_of), period, as_of)

    def reconciled(self, measured: Measured, period: str, as_of: str = "") -> pd.DataFrame:
        listed = self.annex(measured, period, as_of)
        return reconcile(measured, self.scopes(period, as_of), annex_rows=len(listed))

    def annex(self, measured: Measured, period: str, as_of: str = "") -> pd.DataFrame:
        return annex(self.labelled, measured.facts["period"], self.scopes(period, as_of).current)


def value(
    measured: Measured, indicator: str, scope: str = "period", dimension: str = "", member: str = ""
) -> float | None:
    """Return one value of the tidy table; None where it is empty."""
    table = measured.table
    row = table[
        (table["indicator"] == indicator)
        & (table["scope"] == scope)
        & (table["dimension"] == dimension)
        & (table["member"] == member)
    ]
    assert len(row) == 1, f"{indicator} {scope} {dimension} {member}: {len(row)} rows"
    cell = row["value"].iloc[0]
    return None if pd.isna(cell) else float(cell)


def members(measured: Measured, indicator: str, dimension: str, scope: str = "period") -> dict[str, int]:
    """Return the counts of a dimension by member, in the table's order."""
    rows = measured.table.query("indicator == @indicator and scope == @scope and dimension == @dimension")
    return {member: int(count) for member, count in zip(rows["member"], rows["value"], strict=True)}


def parts(measured: Measured, indicator: str, scope: str = "period") -> tuple[int, int]:
    """Return numerator and denominator of a rate."""
    row = measured.table.query("indicator == @indicator and scope == @scope and dimension == ''").iloc[0]
    return int(row["numerator"]), int(row["denominator"])


def state(measured: Measured, indicator: str, scope: str = "period") -> str:
    """Return why an indicator is given or not."""
    return str(measured.table.query("indicator == @indicator and scope == @scope and dimension == ''")["state"].iloc[0])


class Maker:
    """Makes projects below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def project(self, rows: Iterable[Mapping[str, str]] | str, changes: Mapping[str, str] | None = None) -> Project:
        """Write a project: the sample's project.yml with keys replaced, and a register."""
        folder = self.folder / SAMPLE
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        text = (ROOT / "data" / SAMPLE / "project.yml").read_text(encoding="utf-8")
        for key, replacement in (changes or {}).items():
            text, count = re.subn(rf"^{key}:[^\n]*(?:\n[ #][^\n]*)*", f"{key}: {replacement}", text, flags=re.MULTILINE)
            if not count:
                text += f"\n{key}: {replacement}\n"
        (folder / "project.yml").write_text(text, encoding="utf-8")
        if isinstance(rows, str):
            (folder / "register.csv").write_text(rows, encoding="utf-8", newline="")
        else:
            self._write_rows(folder / "register.csv", list(rows))
        return load_project(SAMPLE)

    def sample(self) -> Cleaned:
        """Take the sample's own register through the first two stages."""
        project = self.project((ROOT / "data" / SAMPLE / "register.csv").read_text(encoding="utf-8"))
        shutil.copy(ROOT / "data" / SAMPLE / "decisions.csv", project.folder)
        return clean(project)

    def clean(self, rows: Iterable[Mapping[str, str]] | str, changes: Mapping[str, str] | None = None) -> Cleaned:
        """Write a project and take its register through the first two stages."""
        return clean(self.project(rows, changes))

    @staticmethod
    def _write_rows(path: Path, rows: list[Mapping[str, str]]) -> None:
        required = ("registration_no", "date_received", "channel", "status")
        columns = list(dict.fromkeys([*required, *(name for row in rows for name in row)]))
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)


def clean(project: Project) -> Cleaned:
    """Take a project's register through the first two stages, as the notebooks do."""
    checked = checked_register(project)
    cases, identities = split_identities(checked.table)
    names = known_names(project, identities)
    cases, _ = redact_texts(cases, names)
    found = redact_findings(settle(checked.found, read_explanations(project)), names)
    found = with_unfit_decisions(found, cases, project)
    account(checked, cases)
    labelled, sensitive = part_sensitive(labelled_cases(cases, project).labelled)
    return Cleaned(project, checked, cases, identities, found, names, labelled, sensitive)


__all__ = ["DATA_VARIABLE", "ROOT", "SAMPLE", "Cleaned", "Maker", "clean", "members", "parts", "state", "value"]
