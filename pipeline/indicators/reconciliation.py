"""Whether the figures agree with each other; what does not stops the run, with the rows that break it.

Source of the rules: docs/indicators.md, 'Stock and flow agree' and 'Totals agree'. A difference that somebody signed
for in project.yml is let through and printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import TypeVar

import pandas as pd

from pipeline.errors import InputError, ReconciliationError
from pipeline.indicators.computation import COUNTS, DIMENSIONS, Measured
from pipeline.indicators.definitions import base_of, definitions
from pipeline.indicators.tallies import Tallies, places, tally
from pipeline.period import Scopes, shown
from pipeline.project import NOT_STATED, Project, ReconciliationException

COLUMNS = (
    "check",
    "scope",
    "dimension",
    "left",
    "right",
    "difference",
    "rows",
    "left_is",
    "right_is",
    "exception",
    "signed_by",
    "signed_on",
)
"""The columns of internal/reconciliation.csv: `left` and `right` must be equal, or the difference is signed for."""
VERDICTS = ("agrees", "signed exception", "does not agree")

SERIES = ("label", "opening", "received", "reopened", "resolved", "closed_otherwise", "closing")
"""The columns of a series of stocks and flows, one row a period."""
_SIGNS = {"opening": 1, "received": 1, "reopened": 1, "resolved": -1, "closed_otherwise": -1}
"""The identity: these, with their signs, add up to `closing`."""
_INDICATORS = {
    "opening": ("opening_stock",),
    "received": ("eligible", "entered_unplaced"),
    "reopened": ("reopenings",),
    "resolved": ("resolutions",),
    "closed_otherwise": ("closed_otherwise", "ended_undated"),
    "closing": ("closing_stock",),
}
"""What each column of a series is made of."""
STOCK_AND_FLOW = {name: sign for column, sign in _SIGNS.items() for name in _INDICATORS[column]}
"""The identity in indicators: these, with their signs, add up to `closing_stock`."""
STATUSES = ("in_progress", "resolved", "rejected", "withdrawn", "status_not_stated")
KINDS = ("unrelated", "duplicate", "eligible")
_HEADLINES = {NOT_STATED: "status_not_stated"}
"""The headline of a member of the breakdown by status, where it has another name."""
FLOWS = ("resolutions", "reopenings", "closed_otherwise", "ended_undated")
"""Counts of events, each on one day, so that those of adjoining windows add up to those of both."""

SIDES = {
    "stock_and_flow": (
        "Open at the end",
        "Open at the beginning + eligible + entered without a date + reopened − resolved − rejected or withdrawn − "
        "ended without a usable date",
    ),
    "received_by_kind": ("Received", "Unrelated + duplicates + eligible"),
    "eligible_by_status": ("Eligible", "In progress + resolved + rejected + withdrawn + status not stated"),
    "every_row_has_a_place": (
        "Grievances that are not in just one place: before the window, in it, after it or not placed",
        "None of the grievances",
    ),
    "open_by_age": ("Open at the end", "Open at the end with an age"),
    "opening_is_former_closing": ("Open at the beginning of the period", "Open at the end of the previous period"),
    "closing_is_cumulative_closing": ("Open at the end of the period", "Open at the end, counted since the start"),
    "received_since_the_start": (
        "Received since the start",
        "Received before the period + in it + on one side or the other of its first day",
    ),
    "resolutions_since_the_start": ("Resolutions since the start", "Resolutions of the previous period + this one"),
    "reopenings_since_the_start": ("Reopenings since the start", "Reopenings of the previous period + this one"),
    "closed_otherwise_since_the_start": (
        "Rejections and withdrawals since the start",
        "Rejections and withdrawals of the previous period + this one",
    ),
    "ended_undated_since_the_start": (
        "Ended without a usable date since the start",
        "Ended without a usable date in the previous period + this one",
    ),
    "annex": ("Grievances that the annex is to list", "Rows of the annex"),
    "backlog_is_opening_stock": ("Open on the day before the period, over time", "Open at the beginning of the period"),
    "backlog_is_closing_stock": ("Open on the last day that is counted, over time", "Open at the end of the period"),
}
"""What stands on the left and on the right of each check of the headlines."""
OF_EACH_MEMBER = {
    "stock_and_flow": "Members for which stock and flow do not balance",
    "received_by_kind": "Members for which received is not unrelated + duplicates + eligible",
    "eligible_by_status": "Members for which eligible is not the sum over the statuses",
    "status_is_headline": "Statuses that do not count what the figure of that name counts",
}
"""The identities that are looked at for each member of a dimension, and what is counted: those that break them."""
NONE, SUM_OF_MEMBERS, TIMED = "None of the members", "Sum over the members", "First resolutions with both dates known"
_CLASSES = {"age": "pending_age", "working_days": "resolution_working_days_n"}
_MOST_ROWS = 20
T = TypeVar("T", int, pd.Series)
Numbers = Callable[[], pd.Series]
"""Finds the registration numbers of the grievances that break a check; asked only where one is broken."""


def reconcile(
    measured: Measured,
    scopes: Scopes,
    annex_rows: int,
    signed: Sequence[ReconciliationException] = (),
    tallies: Tallies | None = None,
) -> pd.DataFrame:
    """Make every check; one row a check, with the columns of `COLUMNS`. See `require` for what follows.

    `signed` are the exceptions of this period; see `exceptions_of`. `tallies` are those of the facts, where these are
    not given: of a register in parts `measured` holds facts of no row, and no row that breaks a check can be named.
    """
    counted = tallies or tally(measured.facts)
    rows = [*_stocks(measured)]
    for scope, facts in measured.facts.items():
        rows += _within_scope(measured, scope, facts, counted)
        rows += [*_by_dimension(measured, scope), *_of_members(measured, scope, counted)]
        rows += _of_statuses(measured, scope)
    rows += _since_the_start(measured, scopes, counted)
    rows.append(check("annex", "period", counted.in_annex, annex_rows))
    return _with_exceptions(_table(rows), signed)


def reconcile_stocks(series: pd.DataFrame) -> pd.DataFrame:
    """Check a series of stocks and flows by itself, as it may be published: the columns of `SERIES`, in order of time.

    Each row must balance, and open with what the row before closed with. The checks are those that `reconcile` makes of
    the indicators; `scope` is the row's label. A column that the series lacks is 0 throughout.
    """
    return _table(_stock_checks(_filled(series)))


def whole(series: pd.DataFrame, label: str) -> pd.DataFrame:
    """Put a series into one row: flows are added up, stocks never; it opens with the first and closes with the last."""
    flows = _filled(series)
    first, last = flows.iloc[0], flows.iloc[-1]
    added = flows[["received", "reopened", "resolved", "closed_otherwise"]].sum()
    return pd.DataFrame(
        [{"label": label, "opening": first["opening"], **added, "closing": last["closing"]}], columns=list(SERIES)
    )


def exceptions_of(project: Project, scopes: Scopes) -> tuple[ReconciliationException, ...]:
    """Return the exceptions that project.yml holds for exactly this period, and this AS_OF where one is given."""
    return tuple(one for one in project.settings.reconciliation_exceptions if one.period == scopes.label)


def require(checks: pd.DataFrame, signed: Sequence[ReconciliationException] = ()) -> None:
    """Stop where figures do not agree and nobody signed for it, or where an exception fits no check.

    The first is a `ReconciliationError` that names every check that fails, the difference and the rows; the second an
    `InputError`, since what was signed for is no longer so.
    """
    failed = unsigned(checks)
    if not failed.empty:
        sentences = [_sentence(row) for row in failed.to_dict("records")]
        raise ReconciliationError("The figures do not agree, so no report is made.\n" + "\n".join(sentences))
    known = {*SIDES, *OF_EACH_MEMBER, *checks["check"]}
    strange = [one.check for one in signed if one.check not in known]
    if strange:
        raise InputError(
            f"project.yml, key reconciliation_exceptions: there is no check {', '.join(map(shown, strange))}. There "
            f"are: {', '.join(sorted(known))}. internal/reconciliation.csv of a report lists those of its period."
        )
    used = {_key(row) for row in checks[_verdicts(checks) == "signed exception"].to_dict("records")}
    unused = [one for one in signed if _key(one.model_dump()) not in used]
    if unused:
        raise InputError("\n".join(_unused(one) for one in unused))


def unsigned(checks: pd.DataFrame) -> pd.DataFrame:
    """Return the checks that do not agree and that nobody signed for."""
    return checks[_verdicts(checks) == "does not agree"]


def audited(checks: pd.DataFrame) -> pd.DataFrame:
    """Write the checks for an auditor: what must equal what, for which scope and dimension, and whether it does."""
    return pd.DataFrame(
        {
            "check": checks["left_is"] + " = " + checks["right_is"],
            "scope": checks["scope"],
            "dimension": checks["dimension"],
            "left": checks["left"],
            "right": checks["right"],
            "difference": checks["difference"],
            "verdict": _verdicts(checks),
            "rows": checks["rows"],
        }
    )


def exceptions_used(checks: pd.DataFrame) -> pd.DataFrame:
    """List what was let through because somebody signed for it: who, when and why; no row where everything agrees."""
    used = checks[_verdicts(checks) == "signed exception"].reset_index(drop=True)
    return used[["check", "scope", "dimension", "left", "right", "difference", "exception", "signed_by", "signed_on"]]


def straddlers(whole_facts: pd.DataFrame, parts: Iterable[pd.DataFrame]) -> pd.Series:
    """Name the undated that a window counts as received while none of its parts does: they lie across a cut."""
    straddles = whole_facts["is_received"].copy()
    for part in parts:
        straddles &= ~part["is_received"]
    return whole_facts.loc[straddles, "registration_no"]


# -- the stock and the flow ------------------------------------------------------------------------------------------


def _moved(flows: Mapping[str, T]) -> T:
    """Return what must be open at the end, by the columns of a series; the one place where the identity is reckoned."""
    left = [sign * flows[column] for column, sign in _SIGNS.items()]
    total = left[0]
    for one in left[1:]:
        total = total + one
    return total


def _as_series(of: Mapping[str, T]) -> dict[str, T]:
    """Put indicators, as totals or as counts of each grievance, into the columns of a series."""
    columns: dict[str, T] = {}
    for column, (first, *rest) in _INDICATORS.items():
        columns[column] = of[first]
        for name in rest:
            columns[column] = columns[column] + of[name]
    return columns


def _filled(series: pd.DataFrame) -> pd.DataFrame:
    lacking = dict.fromkeys((name for name in SERIES if name not in series), 0)
    return series.assign(**lacking)[list(SERIES)]


def _stock_checks(
    series: pd.DataFrame, breaking: Mapping[tuple[str, str], Numbers] | None = None
) -> list[dict[str, object]]:
    """Check each row of a series and each border between two; `breaking` names the rows by check and label."""
    named = breaking or {}
    rows = []
    periods = series.to_dict("records")
    for one in periods:
        numbers = named.get(("stock_and_flow", str(one["label"])))
        rows.append(check("stock_and_flow", str(one["label"]), int(one["closing"]), int(_moved(one)), numbers))
    for former, one in pairwise(periods):
        numbers = named.get(("opening_is_former_closing", str(one["label"])))
        opening, closing = int(one["opening"]), int(former["closing"])
        rows.append(check("opening_is_former_closing", str(one["label"]), opening, closing, numbers))
    return rows


def _stocks(measured: Measured) -> list[dict[str, object]]:
    """Check the previous period and this one as a series, and the time since the start by itself."""
    breaking: dict[tuple[str, str], Numbers] = {}
    for scope, facts in measured.facts.items():
        breaking["stock_and_flow", scope] = partial(_out_of_balance, facts)
    if "previous" in measured.facts:
        breaking["opening_is_former_closing", "period"] = lambda: _numbers(
            measured.facts["period"],
            measured.facts["previous"]["is_open_after"] != measured.facts["period"]["is_open_before"],
        )
    chain = [scope for scope in ("previous", "period") if scope in measured.facts]
    return [
        made
        for part in (chain, ["cumulative"])
        for made in _stock_checks(
            pd.DataFrame([{"label": scope, **_as_series(headlines(measured.table, scope))} for scope in part]), breaking
        )
    ]


def _out_of_balance(facts: pd.DataFrame) -> pd.Series:
    of_each = _as_series({name: COUNTS[name](facts) for name in (*STOCK_AND_FLOW, "closing_stock")})
    return _numbers(facts, _moved(of_each) != of_each["closing"])


# -- the totals ------------------------------------------------------------------------------------------------------


def _within_scope(measured: Measured, scope: str, facts: pd.DataFrame, counted: Tallies) -> list[dict[str, object]]:
    totals = headlines(measured.table, scope)
    # Where the register cannot tell what is unrelated, none is.
    kinds, statuses = (sum(totals.get(name, 0) for name in names) for names in (KINDS, STATUSES))

    def unlike(whole: str, parts: Sequence[str]) -> Numbers:
        return lambda: _numbers(facts, sum(COUNTS[name](facts) for name in parts) != COUNTS[whole](facts))

    return [
        check("received_by_kind", scope, totals["received"], kinds, unlike("received", KINDS)),
        check("eligible_by_status", scope, totals["eligible"], statuses, unlike("eligible", STATUSES)),
        check(
            "every_row_has_a_place",
            scope,
            counted.misplaced[scope],
            0,
            lambda: _numbers(facts, places(facts) != 1),
        ),
        check(
            "open_by_age",
            scope,
            totals["closing_stock"],
            totals["pending_age"],
            lambda: _numbers(facts, facts["is_open_after"] != facts["pending_days"].notna()),
        ),
    ]


def _by_dimension(measured: Measured, scope: str) -> list[dict[str, object]]:
    """Check that each breakdown adds up to its headline."""
    table = measured.table[measured.table["scope"] == scope]
    totals, facts = headlines(measured.table, scope), measured.facts[scope]
    rows = []
    for dimension, indicators in {**DIMENSIONS, **{name: (count,) for name, count in _CLASSES.items()}}.items():
        of_dimension = table[table["dimension"] == dimension]
        for name in indicators:
            members = of_dimension[of_dimension["indicator"] == name]
            if (members["state"] == "not_collected").all():
                continue
            numbers = None
            if dimension in facts and name in COUNTS:
                numbers = partial(_unlisted, facts, dimension, name, members["member"])
            total = int(members["value"].sum())
            rows.append(check(name, scope, totals[name], total, numbers, dimension=dimension))
    return rows


def _unlisted(facts: pd.DataFrame, dimension: str, name: str, members: pd.Series) -> pd.Series:
    return _numbers(facts, (COUNTS[name](facts) > 0) & ~facts[dimension].isin(members))


def _of_members(measured: Measured, scope: str, counted: Tallies) -> list[dict[str, object]]:
    """Check the identities for each member of each dimension that the register has."""
    table, facts = measured.table[measured.table["scope"] == scope], measured.facts[scope]
    rows = []
    for dimension in DIMENSIONS:
        of_dimension = table[table["dimension"] == dimension]
        if (of_dimension.loc[of_dimension["indicator"] == "received", "state"] == "not_collected").any():
            continue
        by_member = counted.members[scope][dimension]
        by_member = by_member.reindex(by_member.index.union(of_dimension["member"].unique()), fill_value=0)
        for name in [column for column in by_member if column in set(of_dimension["indicator"])]:
            # What the table says of a member goes before what the facts say, so that the table itself is checked.
            told = of_dimension[of_dimension["indicator"] == name].set_index("member")["value"]
            by_member[name] = told.reindex(by_member.index).fillna(0)
        stock = _as_series({name: by_member[name] for name in (*STOCK_AND_FLOW, "closing_stock")})
        broken = {
            "stock_and_flow": _moved(stock) != stock["closing"],
            "received_by_kind": by_member[list(KINDS)].sum(axis=1) != by_member["received"],
            "eligible_by_status": by_member[list(STATUSES)].sum(axis=1) != by_member["eligible"],
        }
        for name, breaks in broken.items():
            numbers = partial(_belonging, facts, dimension, breaks.index[breaks])
            rows.append(check(name, scope, int(breaks.sum()), 0, numbers, dimension=dimension))
    return rows


def _of_statuses(measured: Measured, scope: str) -> list[dict[str, object]]:
    """Check the breakdown by status against the headlines: each status counts what the figure of its name counts."""
    table, facts = measured.table[measured.table["scope"] == scope], measured.facts[scope]
    told = table[(table["dimension"] == "status") & (table["state"] != "not_collected")]
    if told.empty:
        return []
    totals, headline = headlines(table, scope), {member: _HEADLINES.get(member, member) for member in told["member"]}
    counted = told.pivot(index="member", columns="indicator", values="value")
    # Where the register cannot tell what is unrelated, none is.
    expected = pd.DataFrame({"received": [totals.get(headline[member], 0) for member in counted.index]}, counted.index)
    expected["eligible"] = expected["received"].where([headline[one] in STATUSES for one in counted.index], 0)
    broken = counted.index[(counted[["received", "eligible"]] != expected).any(axis=1)]

    def miscounted() -> pd.Series:
        differs = [
            (facts["is_received"] & (facts["status"] == one)) != (COUNTS[headline[one]](facts) > 0) for one in broken
        ]
        return _numbers(facts, pd.concat(differs, axis=1).any(axis=1))

    return [check("status_is_headline", scope, len(broken), 0, miscounted, dimension="status")]


def _belonging(facts: pd.DataFrame, dimension: str, members: pd.Index) -> pd.Series:
    return _numbers(facts, facts[dimension].isin(members))


def _since_the_start(measured: Measured, scopes: Scopes, counted: Tallies) -> list[dict[str, object]]:
    """Check the period against the time since the start, which ends with it."""
    facts, since = measured.facts["period"], measured.facts["cumulative"]
    period, total = headlines(measured.table, "period"), headlines(measured.table, "cumulative")

    def not_in_one_part() -> pd.Series:
        before = since["is_received"] & facts["is_before"]
        across = since["is_received"] & facts["is_unplaced"]
        parts = before.astype("int64") + facts["is_received"] + across
        return _numbers(since, parts != since["is_received"])

    rows = [
        check(
            "closing_is_cumulative_closing",
            "period",
            period["closing_stock"],
            total["closing_stock"],
            lambda: _numbers(facts, facts["is_open_after"] != since["is_open_after"]),
        ),
        check(
            "received_since_the_start",
            "cumulative",
            total["received"],
            counted.received_before + period["received"] + counted.received_across,
            not_in_one_part,
        ),
    ]
    if scopes.current.start == scopes.cumulative.start:
        chain = ["period"]
    elif scopes.previous is not None and scopes.previous.start == scopes.cumulative.start:
        chain = ["previous", "period"]
    else:
        return rows
    for flow in FLOWS:
        added = sum(headlines(measured.table, scope)[flow] for scope in chain)
        numbers = partial(_added_otherwise, flow, [measured.facts[scope] for scope in chain], since)
        rows.append(check(f"{flow}_since_the_start", "cumulative", total[flow], added, numbers))
    return rows


def _added_otherwise(flow: str, parts: Sequence[pd.DataFrame], since: pd.DataFrame) -> pd.Series:
    return _numbers(since, sum(COUNTS[flow](facts) for facts in parts) != COUNTS[flow](since))


def headlines(table: pd.DataFrame, scope: str) -> dict[str, int]:
    """Return the counts of a scope by indicator, without those that are not given."""
    rows = table[
        (table["scope"] == scope) & (table["dimension"] == "") & (table["unit"] == "count") & table["value"].notna()
    ]
    return {name: int(value) for name, value in zip(rows["indicator"], rows["value"], strict=True)}


# -- a check and what is said of it ----------------------------------------------------------------------------------


def sides(name: str, dimension: str) -> tuple[str, str]:
    """Say in words what stands on the left and on the right of a check."""
    if not dimension:
        return SIDES[name]
    if name in OF_EACH_MEMBER:
        return OF_EACH_MEMBER[name], NONE
    return (TIMED if name == "resolution_working_days_n" else definitions()[base_of(name)].title), SUM_OF_MEMBERS


def check(
    name: str, scope: str, left: int, right: int, numbers: Numbers | None = None, *, dimension: str = ""
) -> dict[str, object]:
    """Make one check, with the cells of `COLUMNS`; `numbers` finds the grievances that break it, if any do."""
    rows = ""
    if left != right and numbers is not None:
        found = numbers()
        rows = ", ".join(found.head(_MOST_ROWS)) + (" …" if len(found) > _MOST_ROWS else "")
    cells = (name, scope, dimension, left, right, left - right, rows, *sides(name, dimension), "", "", "")
    return dict(zip(COLUMNS, cells, strict=True))


def _table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _numbers(facts: pd.DataFrame, breaking: pd.Series) -> pd.Series:
    return facts.loc[breaking, "registration_no"]


def _with_exceptions(checks: pd.DataFrame, signed: Sequence[ReconciliationException]) -> pd.DataFrame:
    by_key = {_key(one.model_dump()): one for one in signed}
    found = [by_key.get(_key(row)) for row in checks.to_dict("records")]
    return checks.assign(
        exception=[one.reason if one else "" for one in found],
        signed_by=[one.who if one else "" for one in found],
        signed_on=[str(one.date) if one else "" for one in found],
    )


def _key(of: Mapping[str, object]) -> tuple[object, ...]:
    return of["check"], of["scope"], of["dimension"], of["difference"]


def _verdicts(checks: pd.DataFrame) -> pd.Series:
    agrees = checks["difference"] == 0
    is_signed = checks["signed_by"].notna() & (checks["signed_by"] != "")
    verdict = pd.Series("does not agree", index=checks.index)
    return verdict.mask(is_signed, "signed exception").mask(agrees, "agrees")


def _sentence(row: Mapping[str, object]) -> str:
    by = f", by {row['dimension']}" if row["dimension"] else ""
    return (
        f"{row['check']} ({row['scope']}{by}): {row['left']} is not {row['right']}, the difference is "
        f"{row['difference']}; on the left: {row['left_is']}; on the right: {row['right_is']}; rows that break it: "
        f"{row['rows'] or 'none can be named'}."
    )


def _unused(one: ReconciliationException) -> str:
    by = f", by {one.dimension}" if one.dimension else ""
    return (
        f"project.yml, key reconciliation_exceptions: the exception for {one.check} ({one.scope}{by}) of {one.period} "
        f"fits no check that is off by {one.difference}. The figures have changed since, or a word in it is misspelt: "
        "compare it with internal/reconciliation.csv, and take it out or have it signed anew."
    )
