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
from pipeline.classification.proposals import labelled_cases
from pipeline.classification.review import both_ways
from pipeline.classification.sensitive import general_findings, general_register, restricted
from pipeline.confidentiality.redaction import KnownNames
from pipeline.indicators.computation import Measured, measure
from pipeline.indicators.reconciliation import reconcile
from pipeline.period import Scopes, resolve_scopes
from pipeline.places import DATA_VARIABLE
from pipeline.project import Project, load_project
from pipeline.register.checking import corrected_register
from pipeline.register.disclosure import DISCLOSURE, Answer, answers_bytes, read_answers
from pipeline.register.findings import in_order, joined
from pipeline.register.identities import redact_findings, redact_texts, split_identities
from pipeline.register.mapping import collected
from pipeline.register.reading import Register
from pipeline.register.values import read_values
from pipeline.register.views import account
from pipeline.reporting.annex import annex

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = "smart-government-ii"


@dataclass(frozen=True)
class Cleaned:
    """What the first two stages make."""

    project: Project
    register: Register
    """The whole register, without its long texts."""
    cases: pd.DataFrame
    """The grievances that are not sensitive."""
    identities: pd.DataFrame
    findings: pd.DataFrame
    """What was found in the whole register."""
    told: pd.DataFrame
    """What was found without the sensitive grievances, and the gaps, as findings.parquet holds it."""
    names: KnownNames
    labelled: pd.DataFrame
    sensitive: pd.DataFrame

    @property
    def both(self) -> pd.DataFrame:
        """All grievances with their labels, the sensitive ones last."""
        return both_ways(self.labelled, self.sensitive)

    def rules(self) -> list[str]:
        return sorted(self.findings["rule"])

    def read(self) -> pd.DataFrame:
        """Return the whole register's table with its values read, long texts too."""
        return read_values(corrected_register(self.project), self.project).table

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
        for name in ("decisions.csv", "disclosure.csv"):
            shutil.copy(ROOT / "data" / SAMPLE / name, project.folder)
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
    checked, lanes = general_register(corrected_register(project), project)
    cases, identities = split_identities(checked.table)
    answers, locale = read_answers(project), project.locale
    cases, _ = redact_texts(cases, lanes.names, answers, complainants=identities["complainant"], locale=locale)
    found = redact_findings(general_findings(checked, lanes, project), lanes.names, locale=locale)
    found = with_unfit_decisions(found, cases, lanes.decisions)
    account(checked, cases)
    kept = restricted(lanes, cases, project)
    told = in_order(joined(found, kept.gaps))
    labelled = labelled_cases(cases, project).labelled
    return Cleaned(
        project, kept.register, cases, kept.identities, kept.findings, told, lanes.names, labelled, kept.sensitive
    )


def places_in(project: Project) -> pd.DataFrame:
    """Return what is found in the texts of a project that can be public, with the answers that stand beside it."""
    checked, lanes = general_register(corrected_register(project), project)
    cases, identities = split_identities(checked.table)
    answers = read_answers(project)
    return redact_texts(cases, lanes.names, answers, complainants=identities["complainant"], locale=project.locale)[1]


def answer_suspects(project: Project) -> None:
    """Answer every suspect that is open in the texts of a project by replacing it, as a person could."""
    places = places_in(project)
    answers = read_answers(project)
    found = places[places["is_open"]]
    rows = zip(
        found["registration_no"].fillna(""),
        found["source_row"].astype("str"),
        *(found[name].astype("str") for name in ("column", "text_hash", "start", "end", "kind")),
        strict=True,
    )
    given = [Answer(*row, "replace", "", "Test", "2024-07-01", "For a test") for row in rows]
    (project.folder / DISCLOSURE).write_bytes(answers_bytes([*answers, *given]))


__all__ = [
    "DATA_VARIABLE",
    "ROOT",
    "SAMPLE",
    "Cleaned",
    "Maker",
    "answer_suspects",
    "clean",
    "members",
    "parts",
    "places_in",
    "state",
    "value",
]
