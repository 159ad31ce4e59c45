"""What columns.yml demands of a register, as a schema that is checked to the end: every fault at once, not the first.

The schema says which cells break which rule of rules.yml; it neither changes a value nor stops a run.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from pipeline.hidden import hidden
from pipeline.project import Project
from pipeline.register.columns import dictionary
from pipeline.register.placement import number_pattern, same_numbers
from pipeline.working_days import is_later

# Where hypothesis is installed, for the tests, pandera takes a quarter of a second to import it, to invent tables.
with hidden("hypothesis"):
    import pandera.pandas as pandera

    # Otherwise imported with the first check, where nothing is hidden.
    from pandera.api.geopandas import container  # noqa: F401
    from pandera.backends.pandas import builtin_checks, builtin_hypotheses, register  # noqa: F401

Faults = dict[tuple[str, str], pd.Index]
"""The rows that break a rule in a column, in their order."""


def schema(project: Project, present: list[str]) -> pandera.DataFrameSchema:
    """Build the schema of a project's register, its dates read, from columns.yml and project.yml.

    A blank in a column that the register does not have (`present` lists those that it has) is no fault.
    """
    columns = {
        name: pandera.Column(
            nullable=True, required=False, checks=_checks_of(name, project, is_present=name in present)
        )
        for name in dictionary()
    }
    pairs = [(name, column.not_before) for name, column in dictionary().items() if column.not_before]
    return pandera.DataFrameSchema(columns, checks=[_order(later, earlier) for later, earlier in pairs])


def faults(table: pd.DataFrame, against: pandera.DataFrameSchema) -> Faults:
    """Return the rows of a table that break the rules of a schema, by rule and column."""
    try:
        against.validate(table[[name for name in against.columns if name in table]], lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
    else:
        return {}
    rule_and_column = cases["check"].str.split(" ", n=1, expand=True)
    cases = cases.assign(rule=rule_and_column[0], place=rule_and_column[1]).drop_duplicates(["rule", "place", "index"])
    return {
        (str(rule), str(column)): pd.Index(sorted(rows["index"].astype(int)))
        for (rule, column), rows in cases.groupby(["rule", "place"], sort=False)
    }


def _checks_of(name: str, project: Project, *, is_present: bool) -> list[pandera.Check]:
    settings, column = project.settings, dictionary()[name]
    start, complete = pd.Timestamp(settings.grm_start), pd.Timestamp(settings.complete_through)
    checks = []
    if column.if_blank and is_present:
        checks.append(_check(column.if_blank, name, lambda cells: cells.notna()))
    if column.unique:
        checks.append(_check("duplicate_number", name, lambda cells: ~_is_twice(cells, settings.numbering)))
    if name == "registration_no" and settings.numbering:
        form = number_pattern(settings.numbering)
        checks.append(_check("number_form", name, lambda cells: cells.str.fullmatch(form) | cells.isna()))
    if name == "date_received":
        checks.append(_check("received_before_start", name, lambda days: ~(days < start)))
    if column.type == "date" and not column.may_lie_ahead:
        checks.append(_check("after_complete_through", name, lambda days: ~(days.dt.normalize() > complete)))
    return checks


def _is_twice(numbers: pd.Series, numbering: str | None) -> pd.Series:
    return same_numbers(numbers, numbering).duplicated(keep=False) & numbers.notna()


def _order(later: str, earlier: str) -> pandera.Check:
    is_first = (later, earlier) == ("date_resolved", "date_received")
    rule = "resolved_before_received" if is_first else "dates_out_of_order"
    return _check(rule, later, lambda table: ~is_later(table[earlier], table[later]))


def _check(rule: str, column: str, passes: Callable[..., pd.Series]) -> pandera.Check:
    return pandera.Check(passes, name=f"{rule} {column}", ignore_na=False)
