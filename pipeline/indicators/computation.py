"""From the facts of each window to the tidy table of indicators; the only source of numbers from here on.

A count is a boolean column of the facts, or a column of day-less counts, added up. A rate is two of them. So behind
every number stand the rows for which its column is true, and `rows_behind` names them.

The table is made of sums alone: `partial_counts` of each part of a register, added, go into `table_of`. A register that
is read in one piece is one part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.indicators.definitions import STATISTICS, definitions, unit_of
from pipeline.indicators.facts import GROUP_COLUMNS, facts, is_received, prepare
from pipeline.indicators.partials import Counts, Partial, by_member, histogram, statistics
from pipeline.period import Scopes, Window
from pipeline.project import NOT_STATED, Project, UnnamedTerm

COLUMNS = ("indicator", "scope", "dimension", "member", "value", "numerator", "denominator", "unit", "state")
"""The columns of internal/indicators.csv; the public file has `display` in place of `state`."""
STATES = (
    "stated",
    "below_minimum",
    "not_applicable",
    "not_collected",
    "not_collected_in_period",
    "no_standard",
    "not_available",
)
"""Why a value is given or empty: below `minimum_n` no percentage is given, over an empty denominator none exists.

`not_collected_in_period` is a comparison's alone: the register has the column, and nothing in it up to the period's
end.
"""

Count = Callable[[pd.DataFrame], pd.Series]


def _is(name: str) -> Count:
    return lambda f: f[name].astype("int64")


def _eligible(status: str) -> Count:
    return lambda f: (f["is_eligible"] & (f["status"] == status)).astype("int64")


def _judged(name: str) -> Count:
    return lambda f: (f["is_severe"] & f[name]).astype("int64")


COUNTS: dict[str, Count] = {
    "received": _is("is_received"),
    "unplaced": _is("is_unplaced"),
    "unrelated": _is("is_unrelated"),
    "duplicate": _is("is_duplicate"),
    "eligible": _is("is_eligible"),
    "in_progress": _eligible("in_progress"),
    "resolved": _eligible("resolved"),
    "rejected": _eligible("rejected"),
    "withdrawn": _eligible("withdrawn"),
    "status_not_stated": _eligible(NOT_STATED),
    "opening_stock": _is("is_open_before"),
    "entered_unplaced": _is("is_entered_unplaced"),
    "reopenings": _is("is_reopened"),
    "resolutions": _is("resolutions"),
    "closed_otherwise": _is("is_closed_otherwise"),
    "ended_undated": _is("is_ended_undated"),
    "closing_stock": _is("is_open_after"),
    "satisfaction_no_answer": _is("is_no_answer"),
    "satisfaction_not_asked": _is("is_not_asked"),
    "severe": _is("is_severe"),
}
"""Each count, as what a grievance adds to it."""

RATES: dict[str, tuple[Count, Count]] = {
    "resolution_rate": (COUNTS["resolved"], lambda f: COUNTS["eligible"](f) - COUNTS["withdrawn"](f)),
    "resolution_rate_all": (COUNTS["resolved"], COUNTS["received"]),
    "clearance_ratio": (COUNTS["resolutions"], COUNTS["eligible"]),
    "same_day": (_is("is_same_day"), _is("is_timed")),
    "acknowledged_on_time": (_is("is_acknowledged_on_time"), _is("is_acknowledgement_judged")),
    "within_service_standard": (_is("is_within_standard"), _is("is_judged_by_standard")),
    "overdue": (_is("is_overdue"), _is("is_open_after")),
    "escalated": (_is("is_escalated"), COUNTS["eligible"]),
    "appealed": (_is("is_appealed"), COUNTS["resolutions"]),
    "satisfied": (_is("is_satisfied"), lambda f: (f["is_satisfied"] | f["is_dissatisfied"]).astype("int64")),
    "outcome_communicated": (_is("is_outcome_communicated"), _is("is_outcome_due")),
    "unrelated_referred": (_is("is_referred"), COUNTS["unrelated"]),
    "anonymous": (_is("is_anonymous"), COUNTS["received"]),
    "severe_within_service_standard": (_judged("is_within_standard"), _judged("is_judged_by_standard")),
    "benefit_grievances_addressed": (_is("is_benefit_addressed"), _is("is_benefit_related")),
    "register_completeness": (_is("required_cells_filled"), _is("required_cells")),
}
"""Each rate, as its numerator and denominator."""

INTERNAL = ("sensitive",)
"""Counts of grievances that `measure` never sees; see `measure_sensitive`."""
PER_1000 = {"received_per_1000_beneficiaries": "received"}
"""Counts for every thousand beneficiaries, whose number project.yml gives: each by the count it is made of."""

DURATIONS = ("resolution_working_days", "resolution_calendar_days")
AGES = ("pending_age",)
_BY_STATUS = ("in_progress", "resolved", "rejected", "withdrawn", "status_not_stated")
DIMENSIONS: dict[str, tuple[str, ...]] = {
    "channel": ("received", "unrelated", "duplicate", "eligible", *_BY_STATUS),
    "type": ("received", "unrelated", "duplicate", "eligible", *_BY_STATUS),
    "status": ("received", "eligible"),
    "month": ("received", "unrelated", "duplicate", "eligible"),
    "topic": ("received", "eligible"),
    "location": ("received", "eligible"),
    "sex": ("received", "eligible"),
    "vulnerable_group": ("received", "eligible"),
}
"""By what each count is broken down; every member of the vocabulary is listed, zeros too.

A place, sex or vulnerable group of which project.yml gives the number of beneficiaries is listed as well.
"""
_COUNTED_BY_MEMBER = tuple(dict.fromkeys(name for names in DIMENSIONS.values() for name in names))
COLUMN_OF = {"topic": "topic", **GROUP_COLUMNS}
"""Dimensions without a vocabulary: their members are what the register's column holds."""
DIMENSION_NEEDS = {"channel": "channel", "type": "type", "status": "status", **COLUMN_OF}
"""The column without which a dimension is not collected; the month comes from the receipt, which every register has."""
WORKING_DAY_ENDS = (0, 1, 2, 3, 4, 5, 10, 15, 20, 30, 60)
"""Upper ends of the classes in which working days to resolve are counted; the last class is open."""

_NEED_RELATION = {"unrelated": ("relation",), "unrelated_referred": ("relation",)}
"""What a register without this column can tell only by a status 'unrelated'."""
_NEED_STANDARD = {"within_service_standard", "severe_within_service_standard", "overdue"}


def needs_of(indicator: str) -> tuple[str, ...]:
    """Return the columns of the register without which an indicator is not collected."""
    return (*definitions()[indicator].needs, *_NEED_RELATION.get(indicator, ()))


@dataclass(frozen=True)
class Measured:
    """What the metrics stage hands on: the tidy table, and the facts of each scope behind it."""

    table: pd.DataFrame
    facts: dict[str, pd.DataFrame]


def measure(labelled: pd.DataFrame, project: Project, scopes: Scopes, collected: Iterable[str]) -> Measured:
    """Compute every indicator for every scope.

    Parameters
    ----------
    labelled
        The labelled cases, one row a grievance, without the sensitive ones.
    collected
        The register's own columns; what needs another one reads 'not collected'.

    Returns
    -------
    Measured
        Its table has the columns of `COLUMNS`; percentages are 0-100 and unrounded.
    """
    by_scope = facts_by_scope(labelled, project, scopes)
    partial = partial_counts(labelled, by_scope, project, collected)
    return Measured(table_of(partial, project, scopes), by_scope)


def facts_by_scope(labelled: pd.DataFrame, project: Project, scopes: Scopes) -> dict[str, pd.DataFrame]:
    """Work out the facts of each scope."""
    cases = prepare(labelled, project)
    return {scope: facts(cases, window, project) for scope, window in scopes.windows().items()}


def partial_counts(
    labelled: pd.DataFrame, by_scope: Mapping[str, pd.DataFrame], project: Project, collected: Iterable[str]
) -> Partial:
    """Add up the facts of a part of the register, which `by_scope` are; see `measure` for the rest."""
    counted = {scope: count_facts(f) for scope, f in by_scope.items()}
    return Partial(counted, _collected(labelled, project, collected))


def count_facts(f: pd.DataFrame) -> Counts:
    """Add up the facts of one scope: all that its rows of the table are made of."""
    totals = {name: int(of(f).sum()) for name, of in COUNTS.items()}
    for name, (numerator, denominator) in RATES.items():
        totals |= {f"{name}/numerator": int(numerator(f).sum()), f"{name}/denominator": int(denominator(f).sum())}
    members = by_member({name: COUNTS[name](f) for name in _COUNTED_BY_MEMBER}, f[list(DIMENSIONS)])
    return Counts(
        totals,
        {dimension: members[dimension][list(names)] for dimension, names in DIMENSIONS.items()},
        {name: histogram(days_behind(f, name)) for name in (*DURATIONS, *AGES)},
    )


def table_of(partial: Partial, project: Project, scopes: Scopes) -> pd.DataFrame:
    """Make the table of indicators of the counts of a whole register; it has the columns of `COLUMNS`."""
    require_definitions()
    parts = []
    for scope, window in scopes.windows().items():
        computer = _Computer(partial.scopes[scope], scope, window, project, partial.collected)
        parts += [*computer.counts(), *computer.rates(), *computer.durations(), *computer.ages()]
        parts += computer.per_1000()
        parts += computer.by_dimension()
    table = tidy(parts)
    order = {name: place for place, name in enumerate(_ids_in_order())}
    scope_order = {"period": 0, "previous": 1, "cumulative": 2}
    keys = pd.DataFrame({"scope": table["scope"].map(scope_order), "indicator": table["indicator"].map(order)})
    return table.loc[keys.sort_values(["scope", "indicator"], kind="stable").index].reset_index(drop=True)


def measure_sensitive(
    sensitive: pd.DataFrame, project: Project, scopes: Scopes, collected: Iterable[str]
) -> pd.DataFrame:
    """Count the sensitive grievances received in each scope, by the bounds of `received` and whatever they concern.

    Beside the headline stand the counts by the status on the as-of day, and those resolved by working days.

    `sensitive` holds the grievances that `measure` does not see; where a sign in a text made them so, they are counted
    though the register has no column for it. The table has the columns of `COLUMNS` and is for restricted files alone.
    """
    there = frozenset({*collected, *(needs_of("sensitive") if len(sensitive) else ())})
    cases, rows = prepare(sensitive, project), []
    for scope, window in scopes.windows().items():
        f = facts(cases, window, project)
        computer = _Computer(count_facts(f), scope, window, project, there)
        rows += computer.sensitive(f, is_received(sensitive, window))
    return tidy(rows)


def require_definitions() -> None:
    """Assert that definitions.yml and what is computed here are the same indicators, shares the same shares."""
    computed, defined = {*COUNTS, *RATES, *PER_1000, *DURATIONS, *AGES, *INTERNAL}, definitions()
    assert computed == set(defined), f"computed or defined alone: {', '.join(sorted(computed ^ set(defined)))}"
    shares = {name for name, definition in defined.items() if definition.unit == "percent"}
    assert shares == set(RATES), f"a share on one side alone: {', '.join(sorted(shares ^ set(RATES)))}"


def tidy(rows: Sequence[Mapping[str, object]], columns: Sequence[str] = COLUMNS) -> pd.DataFrame:
    """Make a table of figures of its rows: values are floats, numerators and denominators whole numbers or missing."""
    table = pd.DataFrame(rows, columns=list(columns))
    counts = {name: table[name].astype("Int64") for name in ("numerator", "denominator")}
    return table.assign(value=table["value"].astype("float64"), **counts)


def _collected(labelled: pd.DataFrame, project: Project, columns: Iterable[str]) -> frozenset[str]:
    """Return the columns that the figures can rest on.

    Left out is what project.yml declares as not collected. A label that somebody gave without the column stands for it,
    and a status 'unrelated', which project.yml names or the register uses, for the relation.
    """
    there = set(columns) - set(project.settings.not_collected)
    named = not isinstance(project.settings.statuses["unrelated"], UnnamedTerm)
    if "status" in there and (named or labelled["status"].eq("unrelated").any()):
        there.add("relation")
    for name in ("type", "relation", "topic"):
        if not labelled[f"{name}_basis"].isin((NOT_STATED, "status")).all():
            there.add(name)
    return frozenset(there)


def rows_behind(f: pd.DataFrame, indicator: str) -> pd.Series:
    """Return the registration numbers that a figure is made of, in the order of the register.

    Those of a rate are its numerator's; see `rows_left`.
    """
    if indicator in (*DURATIONS, *AGES):
        return f.loc[days_behind(f, indicator).index, "registration_no"]
    indicator = PER_1000.get(indicator, indicator)
    return f.loc[(COUNTS.get(indicator) or RATES[indicator][0])(f) > 0, "registration_no"]


def days_behind(f: pd.DataFrame, indicator: str) -> pd.Series:
    """Return the days that a duration, or the age of the open grievances, is made of, by the index of `f`."""
    days = f["pending_days"] if indicator == "pending_age" else f.loc[f["is_timed"], indicator]
    return days.dropna().astype("int64")


def rows_left(f: pd.DataFrame, indicator: str) -> pd.Series:
    """Return the registration numbers of a rate's denominator that its numerator does not hold, or not in full."""
    numerator, denominator = RATES[indicator]
    return f.loc[denominator(f) > numerator(f), "registration_no"]


def _ids_in_order() -> list[str]:
    ids = []
    for name in definitions():
        ids += [f"{name}_{statistic}" for statistic in STATISTICS] if name in DURATIONS else [name]
    return ids


@dataclass(frozen=True)
class _Computer:
    """Computes the rows of one scope."""

    of: Counts
    scope: str
    window: Window
    project: Project
    collected: frozenset[str]

    def _lacking(self, indicator: str) -> str | None:
        """Say why an indicator cannot be given at all, or None where it can."""
        settings = self.project.settings
        if not set(needs_of(indicator)) <= self.collected:
            return "not_collected"
        standards = settings.service_standards
        if indicator in _NEED_STANDARD and standards.resolution is None:
            return "no_standard"
        if indicator == "acknowledged_on_time" and standards.acknowledgement is None:
            return "no_standard"
        if indicator.startswith("severe") and settings.severe_from is None:
            return "no_standard"
        if indicator.startswith("satis") and self.window.as_of < settings.complete_through:
            return "not_available"
        return None

    def _row(self, indicator: str, state: str, value: float | None = None, **rest: object) -> dict[str, object]:
        return {
            "indicator": indicator,
            "scope": self.scope,
            "dimension": "",
            "member": "",
            "value": value,
            "numerator": None,
            "denominator": None,
            "unit": unit_of(indicator),
            "state": state,
            **rest,
        }

    def _wanted(self, indicators: Iterable[str]) -> list[str]:
        return [name for name in indicators if self.scope in definitions()[name].scopes]

    def counts(self) -> list[dict[str, object]]:
        return [self.count(name, self.of.totals[name]) for name in self._wanted(COUNTS)]

    def count(self, name: str, counted: int) -> dict[str, object]:
        lacking = self._lacking(name)
        return self._row(name, lacking or "stated", None if lacking else counted)

    def sensitive(self, f: pd.DataFrame, received: pd.Series) -> list[dict[str, object]]:
        """Count grievances that are counted apart: all that were received, by status, and by days to resolve."""
        name = "sensitive"
        headline = self.count(name, int(received.sum()))
        if headline["state"] != "stated":
            return [headline]
        of_status = received.astype("int64").groupby(f["status"]).sum()
        days = f["resolution_working_days"].where(received & (f["status"] == "resolved")).dropna()
        return [
            headline,
            *(
                self._row(name, "stated", int(of_status.get(member, 0)), dimension="status", member=member)
                for member in self._members("status")
            ),
            *self._classes(name, "working_days", histogram(days), WORKING_DAY_ENDS),
        ]

    def rates(self) -> list[dict[str, object]]:
        return [self._rate(name) for name in self._wanted(RATES)]

    def _rate(self, name: str) -> dict[str, object]:
        lacking = self._lacking(name)
        if lacking:
            return self._row(name, lacking)
        numerator, denominator = (self.of.totals[f"{name}/{part}"] for part in ("numerator", "denominator"))
        parts = {"numerator": numerator, "denominator": denominator}
        if denominator == 0:
            return self._row(name, "not_applicable", None, **parts)
        if denominator < self.project.settings.minimum_n:
            return self._row(name, "below_minimum", None, **parts)
        return self._row(name, "stated", 100 * numerator / denominator, **parts)

    def per_1000(self) -> list[dict[str, object]]:
        """Relate counts to the number of beneficiaries, in total and for each member whose number is given."""
        given = self.project.settings.beneficiaries
        rows = []
        for name, base in PER_1000.items():
            if given is None:
                rows.append(self._row(name, "not_available"))
                continue
            rows.append(self._per_1000(name, self.of.totals[base], given.total))
            for dimension, numbers in given.by_dimension().items():
                if COLUMN_OF[dimension] in self.collected:
                    summed = self.of.members[dimension][base]
                    rows += [
                        self._per_1000(name, int(summed.get(member, 0)), number, dimension, member)
                        for member, number in numbers.items()
                    ]
        return rows

    def _per_1000(
        self, name: str, count: int, beneficiaries: int, dimension: str = "", member: str = ""
    ) -> dict[str, object]:
        parts: dict[str, object] = {"numerator": count, "denominator": beneficiaries}
        parts |= {"dimension": dimension, "member": member}
        if beneficiaries < self.project.settings.minimum_n:
            return self._row(name, "below_minimum", None, **parts)
        return self._row(name, "stated", 1000 * count / beneficiaries, **parts)

    def durations(self) -> list[dict[str, object]]:
        rows = []
        for name in DURATIONS:
            known = statistics(self.of.days[name])
            for statistic in STATISTICS:
                state = "stated" if statistic in known else "not_applicable"
                rows.append(self._row(f"{name}_{statistic}", state, known.get(statistic)))
        return rows

    def ages(self) -> list[dict[str, object]]:
        days = self.of.days["pending_age"]
        ends = self.project.settings.pending_age_days
        return [
            self._row("pending_age", "stated", int(days.sum())),
            *self._classes("pending_age", "age", days, ends),
            *self._classes(
                "resolution_working_days_n", "working_days", self.of.days["resolution_working_days"], WORKING_DAY_ENDS
            ),
        ]

    def _classes(self, name: str, dimension: str, days: pd.Series, ends: Sequence[int]) -> list[dict[str, object]]:
        classes = class_of(pd.Series(days.index, index=days.index), ends)
        counted = days.groupby(classes).sum().reindex(class_members(ends), fill_value=0)
        return [
            self._row(name, "stated", int(count), dimension=dimension, member=str(label))
            for label, count in counted.items()
        ]

    def by_dimension(self) -> list[dict[str, object]]:
        rows = []
        for dimension, indicators in DIMENSIONS.items():
            is_collected = DIMENSION_NEEDS.get(dimension) in {None, *self.collected}
            for name in indicators:
                if not is_collected or self._lacking(name):
                    rows.append(self._row(name, "not_collected", dimension=dimension))
                    continue
                summed = self.of.members[dimension][name]
                for member in self._members(dimension):
                    value = int(summed.get(member, 0))
                    rows.append(self._row(name, "stated", value, dimension=dimension, member=member))
        return rows

    def _members(self, dimension: str) -> list[str]:
        settings = self.project.settings
        vocabulary: dict[str, Iterable[str]] = {
            "channel": settings.channels,
            "type": settings.types,
            "status": settings.statuses,
            "month": [f"{first:%Y-%m}" for first, _ in self.window.months()],
        }
        members = vocabulary.get(dimension)
        if members is None:
            given = settings.beneficiaries
            expected = given.by_dimension().get(dimension, {}) if given else {}
            received = self.of.members[dimension]["received"]
            members = sorted({*received.index[received > 0], *expected} - {NOT_STATED})
        return [*members, NOT_STATED]


def headline_ids() -> frozenset[str]:
    """Return the id of every figure that has a headline row, a statistic of a duration by its own id."""
    statistics = {f"{name}_{statistic}" for name in DURATIONS for statistic in STATISTICS}
    return frozenset({*COUNTS, *RATES, *PER_1000, *AGES, *statistics})


def class_members(ends: Sequence[int]) -> list[str]:
    """Name classes of days by their upper ends: disjoint, exhaustive, the last one open."""
    labels, first = [], 0
    for end in ends:
        labels.append(f"{first}-{end}" if first != end else f"{first}")
        first = end + 1
    return [*labels, f"{first}+"]


def class_of(days: pd.Series, ends: Sequence[int]) -> pd.Series:
    """Return the class of `class_members` of each number of days; missing where there are none."""
    known = days.dropna().astype("int64")
    members = np.array(class_members(ends), dtype=object)[np.searchsorted(np.array(ends), known, side="left")]
    return pd.Series(members, index=known.index, dtype="str").reindex(days.index)
