"""The figures of a register in parts: what each part contributes, and the tables and the checks of their sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.indicators.computation import Measured, facts_by_scope, partial_counts, table_of
from pipeline.indicators.groups import Groups, groups_in, total_groups
from pipeline.indicators.partials import Partial, total
from pipeline.indicators.protected import dimension_names, protected
from pipeline.indicators.published import all_published
from pipeline.indicators.reconciliation import exceptions_of, reconcile
from pipeline.indicators.tallies import Tallies, tally, total_tally
from pipeline.period import Scopes
from pipeline.project import Project


@dataclass(frozen=True)
class Contribution:
    """What a part of a register adds to its figures and checks; `nobody` are facts of no row, for their columns."""

    partial: Partial
    tallies: Tallies
    groups: Groups
    nobody: Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Added:
    """The figures of all parts, without facts, the checks, and the table of `protected`."""

    measured: Measured
    checks: pd.DataFrame
    protected: pd.DataFrame


def contribution(labelled: pd.DataFrame, project: Project, scopes: Scopes, collected: Iterable[str]) -> Contribution:
    """Count what a part adds; `labelled` are its cases and `collected` the register's own columns."""
    by_scope = facts_by_scope(labelled, project, scopes)
    # Copies, since a view of no row would hold all rows in memory.
    nobody = {scope: facts.iloc[:0].copy() for scope, facts in by_scope.items()}
    groups = groups_in(by_scope, dimension_names(project.settings.disclosure))
    return Contribution(partial_counts(labelled, by_scope, project, collected), tally(by_scope), groups, nobody)


def added_up(parts: Sequence[Contribution], project: Project, scopes: Scopes, collected: Iterable[str]) -> Added:
    """Add up all parts, of which there is at least one; `collected` as for `contribution`.

    No annex is made; the rows that one would have are those that it is to list.
    """
    measured = Measured(table_of(total(one.partial for one in parts), project, scopes), dict(parts[0].nobody))
    counted = total_tally(one.tallies for one in parts)
    checks = reconcile(measured, scopes, counted.in_annex, exceptions_of(project, scopes), counted)
    groups = total_groups(one.groups for one in parts)
    return Added(
        measured, checks, protected(measured, project, scopes, collected, all_published(project), groups=groups)
    )
