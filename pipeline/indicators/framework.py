"""Which indicators answer the project's results framework, in which scope: what project.yml says, or the usual ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pipeline.errors import InputError
from pipeline.indicators.computation import headline_ids
from pipeline.indicators.definitions import base_of, definitions
from pipeline.project import FrameworkRow, Project
from pipeline.yaml_files import fault_sentence, read_yaml

Scope = Literal["period", "cumulative"]
USUAL: dict[str, Scope] = {
    "benefit_grievances_addressed": "cumulative",
    "received": "cumulative",
    "resolution_rate": "period",
    "within_service_standard": "period",
    "acknowledged_on_time": "period",
    "satisfied": "period",
}
"""The rows where project.yml gives none: the World Bank's indicator, and what results frameworks ask for beside it."""


@dataclass(frozen=True)
class Row:
    """A row of the results framework; `scope` says which of the two values the target is about."""

    indicator: str
    title: str
    scope: Scope
    unit: str | None = None
    baseline: float | None = None
    baseline_date: date | None = None
    target: float | None = None
    target_date: date | None = None
    note: str | None = None
    is_named: bool = False

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes in which the indicator is given."""
        return definitions()[base_of(self.indicator)].scopes


def results_framework(project: Project) -> list[Row]:
    """Return the rows in the order of project.yml; an `InputError` names each that no indicator can answer.

    `title` is the project's own wording where it gives one (`is_named`), else that of definitions.yml.
    """
    given = project.settings.results_framework
    if not given:
        return [Row(name, definitions()[base_of(name)].title, scope) for name, scope in USUAL.items()]
    faults = [(place, *fault) for place, row in enumerate(given) if (fault := _fault(row))]
    if faults:
        shown_as = f"{project.shown_folder}/project.yml"
        data = read_yaml(project.folder / "project.yml", shown_as)
        sentences = [
            fault_sentence(("results_framework", place, key), what, data, shown_as, {"results_framework", key})
            for place, key, what in faults
        ]
        raise InputError("\n".join(sentences))
    return [_row(one) for one in given]


def _fault(row: FrameworkRow) -> tuple[str, str] | None:
    if row.indicator not in headline_ids():
        return "indicator", (
            f"'{row.indicator}' is not an indicator; docs/indicators.md lists them, and a duration is named with its "
            "statistic, such as resolution_working_days_median"
        )
    scopes = definitions()[base_of(row.indicator)].scopes
    if row.scope and row.scope not in scopes:
        return "scope", f"'{row.indicator}' is given for {' and '.join(scopes)} only"
    return None


def _row(row: FrameworkRow) -> Row:
    definition = definitions()[base_of(row.indicator)]
    return Row(
        indicator=row.indicator,
        title=row.name or definition.title,
        scope=row.scope or ("period" if "period" in definition.scopes else "cumulative"),
        unit=row.unit,
        baseline=row.baseline,
        baseline_date=row.baseline_date,
        target=row.target,
        target_date=row.target_date,
        note=row.note,
        is_named=row.name is not None,
    )


def is_reached(row: Row, value: float) -> bool | None:
    """Say whether a value reaches the row's target; None without a target, or where neither more nor less is better."""
    direction = definitions()[base_of(row.indicator)].direction
    if row.target is None or direction == "neutral" or row.indicator.endswith("_n"):
        return None
    return value >= row.target if direction == "more_is_better" else value <= row.target
