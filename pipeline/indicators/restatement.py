"""What was published and would be said otherwise today: each figure, and the grievances that moved it, with the reason.

A figure that is a sum moves because single grievances add something else to it than they did when it was published. So
each difference is the sum of the differences of its grievances, and the table says so row by row.
Source of the rules: docs/indicators.md, section 'Published figures and restatement'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.indicators.computation import (
    COUNTS,
    DURATIONS,
    PER_1000,
    RATES,
    WORKING_DAY_ENDS,
    class_of,
    measure,
)
from pipeline.indicators.contributions import PARTS, from_text
from pipeline.indicators.definitions import STATISTICS
from pipeline.indicators.published import (
    DETAILS,
    PROGRESS,
    RECEIPT,
    Published,
    changed_rules,
    rules_in_force,
    snapshot,
)
from pipeline.period import Window, resolve_scopes
from pipeline.project import Project
from pipeline.register.corrections import Correction, read_corrections
from pipeline.register.reading import PLACE

COLUMNS = (
    "published_period",
    "scope",
    "indicator",
    "dimension",
    "member",
    "unit",
    "published_state",
    "published",
    "published_of",
    "now_state",
    "now",
    "now_of",
    "difference",
    "difference_of",
    "reason",
    "grievances",
    "change",
    "change_of",
    "rows",
)
"""The columns of internal/restatement.csv: a row for each figure that differs and each reason; `…_of` are those of a
rate's denominator, and of a rate `published`, `now`, `difference` and `change` are those of its numerator."""

REASONS = {
    "registered_since": "registered since",
    "no_longer_counted": "no longer counted",
    "receipt_changed": "date of receipt changed",
    "relation_changed": "relation changed",
    "reopened": "reopened",
    "status_changed": "status changed",
    "dates_changed": "other dates changed",
    "retyped": "retyped",
    "channel_changed": "channel changed",
    "details_changed": "other entries changed",
    "rule_changed": "rule changed",
    "unexplained": "not explained by single grievances",
}
"""Why a figure differs. Of a grievance for which several hold, the first counts that can move the figure."""
UNLISTED = ("no_longer_counted", "rule_changed", "unexplained")
"""Reasons that name no grievance. One that has become sensitive since must read like one that was struck out."""

_BY_MEMBER = {"channel": "channel_changed", "type": "retyped", "month": "receipt_changed"}
_CORRECTED = {
    "receipt_changed": ("date_received",),
    "relation_changed": ("relation", "status"),
    "reopened": ("date_reopened",),
    "status_changed": ("status", "date_resolved", "date_closed", "date_reopened", "date_resolved_again"),
    "dates_changed": ("date_due", *(name for name in PROGRESS if not name.endswith("_counted"))),
    "retyped": ("type",),
    "channel_changed": ("channel",),
    "details_changed": ("severity", "satisfaction", "is_benefit_related", "is_anonymous", "referred_to"),
}
"""The columns of the register whose correction explains a reason."""


def restate(
    records: Iterable[Published], labelled: pd.DataFrame, project: Project, collected: Iterable[str]
) -> pd.DataFrame:
    """Compare each record with what its report would say today, as of the same day.

    Parameters
    ----------
    labelled
        The labelled cases as they are now, without the sensitive ones.
    collected
        The register's own columns now.

    Returns
    -------
    pd.DataFrame
        The columns of `COLUMNS`. `change` adds up to `difference` over the rows of a figure; it is empty for a mean, a
        median and the like. `rows` names the grievances: `31/2024 (+1)`. A figure that cannot be taken as of that day
        any more ('not available') is not compared.
    """
    kept = tuple(collected)
    parts = [_Comparison.of(record, labelled, project, kept).table() for record in records]
    rows = [row for part in parts for row in part]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    whole = ("published_of", "now_of", "difference_of", "grievances", "change", "change_of")
    return table.assign(**{name: table[name].astype("Int64") for name in whole})


def difference_is_explained(table: pd.DataFrame) -> bool:
    """Say whether the reasons of each figure that is a sum add up to its difference."""
    sums = table[table["change"].notna() & (table["reason"] != "unexplained")]
    keys = ["published_period", "scope", "indicator", "dimension", "member"]
    for _, rows in sums.groupby(keys):
        if int(rows["change"].sum()) != int(rows["difference"].iloc[0]):
            return False
        if rows["change_of"].notna().any() and int(rows["change_of"].sum()) != int(rows["difference_of"].iloc[0]):
            return False
    return not (table["reason"] == "unexplained").any()


@dataclass(frozen=True)
class _Comparison:
    """A record beside what it would say today."""

    record: Published
    project: Project
    table_now: pd.DataFrame
    windows: dict[str, Window]
    then: pd.DataFrame
    now: pd.DataFrame
    pairs: pd.DataFrame
    rules: list[str]
    corrections: tuple[Correction, ...]

    @classmethod
    def of(cls, record: Published, labelled: pd.DataFrame, project: Project, collected: tuple[str, ...]) -> _Comparison:
        settings = project.settings
        as_of = str(record.current.as_of) if record.current.as_of <= settings.complete_through else ""
        scopes = resolve_scopes(
            record.label, as_of, grm_start=settings.grm_start, complete_through=settings.complete_through
        )
        measured = measure(labelled, project, scopes, collected)
        now = snapshot(labelled, measured, project)
        return cls(
            record=record,
            project=project,
            table_now=measured.table,
            windows=scopes.windows(),
            then=record.cases,
            now=now,
            pairs=matched(record.cases, now),
            rules=changed_rules(record.rules, rules_in_force(project, collected)),
            corrections=read_corrections(project),
        )

    def table(self) -> list[dict[str, object]]:
        figures = self._figures()
        rows: list[dict[str, object]] = []
        for scope in self.record.windows:
            of_scope = figures[figures["scope"] == scope]
            if len(of_scope):
                scoped = _Scope(self, scope)
                for figure in of_scope.to_dict("records"):
                    rows += scoped.explained({str(key): cell for key, cell in figure.items()})
        return rows

    def _figures(self) -> pd.DataFrame:
        """List the figures that differ, with what was published and what is true now."""
        keys = ["scope", "indicator", "dimension", "member"]
        then, now = self.record.figures, self.table_now
        # Breakdowns that were not published are not compared.
        broken_down = pd.MultiIndex.from_frame(then[["indicator", "dimension"]])
        now = now[pd.MultiIndex.from_frame(now[["indicator", "dimension"]]).isin(broken_down)]
        both = then.merge(now, on=keys, how="outer", suffixes=("_then", "_now"), sort=False)
        order = pd.concat([now[keys], then[keys]]).drop_duplicates()
        both = order.merge(both, on=keys, how="left")
        both = both.assign(unit=both["unit_now"].fillna(both["unit_then"]))
        for side in ("then", "now"):
            # Of a breakdown that is given whole, a member that is not listed counts none.
            lacking = both[f"state_{side}"].isna()
            value = both[f"value_{side}"].mask(lacking & (both["dimension"] != ""), 0.0)
            both = both.assign(
                **{
                    f"state_{side}": both[f"state_{side}"].mask(lacking, "stated"),
                    f"first_{side}": both[f"numerator_{side}"].astype("float64").fillna(value),
                }
            )
        differs = (
            _differ(both["first_then"], both["first_now"])
            | _differ(both["denominator_then"].astype("float64"), both["denominator_now"].astype("float64"))
            | (both["state_then"] != both["state_now"])
        )
        is_lost = (both["state_then"] == "not_available") | (both["state_now"] == "not_available")
        return both[differs & ~is_lost]


def _differ(left: pd.Series, right: pd.Series) -> pd.Series:
    near = pd.Series(np.isclose(left, right, rtol=1e-9, atol=1e-9, equal_nan=True), index=left.index)
    return ~near


def matched(then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Pair the grievances of a record with those of the register now.

    A number that is used once on both sides tells; else the number with the place in the register; else the number with
    its turn, where as many rows have it; else the place, for rows without a number. Returns `then` and `now`, positions
    in the two tables, -1 where there is no counterpart; each position stands in one row.
    """
    left, right = _keys(then), _keys(now)
    pairs = []
    for on in (["once"], ["number", *PLACE], ["number", "turn", "times"], ["unnumbered"]):
        a, b = left.dropna(subset=on), right.dropna(subset=on)
        a, b = a[~a.duplicated(on, keep=False)], b[~b.duplicated(on, keep=False)]
        found = a[[*on, "at"]].merge(b[[*on, "at"]], on=on, suffixes=("_then", "_now"))
        pairs.append(found[["at_then", "at_now"]])
        left, right = left[~left["at"].isin(found["at_then"])], right[~right["at"].isin(found["at_now"])]
        # Whose turn it is is told among those that are left.
        left, right = _turns(left), _turns(right)
    gone = pd.DataFrame({"at_then": left["at"], "at_now": -1})
    new = pd.DataFrame({"at_then": -1, "at_now": right["at"]})
    both = pd.concat([*pairs, gone, new], ignore_index=True).astype("int64")
    both = both.rename(columns={"at_then": "then", "at_now": "now"})
    # In the order of the register now, then what is no longer there.
    rank = both["now"].mask(both["now"] < 0, len(now))
    return both.iloc[np.lexsort((both["then"], rank))].reset_index(drop=True)


def _keys(cases: pd.DataFrame) -> pd.DataFrame:
    number = cases["registration_no"].where(cases["registration_no"] != "")
    once = number.where(~number.duplicated(keep=False))
    place = cases[list(PLACE)].agg("\x1f".join, axis=1) if len(cases) else number
    keys = cases[list(PLACE)].assign(number=number, once=once, unnumbered=place, at=np.arange(len(cases)))
    return _turns(keys)


def _turns(keys: pd.DataFrame) -> pd.DataFrame:
    groups = keys.groupby("number")["at"]
    return keys.assign(turn=groups.cumcount().where(keys["number"].notna()), times=groups.transform("size"))


class _Scope:
    """One scope of a comparison: what each pair adds to each figure, then and now, and what changed of it."""

    def __init__(self, comparison: _Comparison, scope: str) -> None:
        self.comparison, self.scope = comparison, scope
        self.pairs = comparison.pairs
        self.then = _aligned(comparison.then, self.pairs["then"])
        self.now = _aligned(comparison.now, self.pairs["now"])
        self.added_then = _aligned_counts(from_text(comparison.then[f"counted_{scope}"]), self.pairs["then"])
        self.added_now = _aligned_counts(from_text(comparison.now[f"counted_{scope}"]), self.pairs["now"])
        self.window_then = comparison.record.windows[scope]
        self.window_now = comparison.windows.get(scope, self.window_then)
        self.first_reasons = self._first_reasons()
        self.members: dict[tuple[str, str], pd.Series] = {}
        self.corrected = {
            reason: {one.match.registration_no for one in comparison.corrections if one.column in columns}
            for reason, columns in _CORRECTED.items()
        }
        number = self.now["registration_no"].where(self.pairs["now"] >= 0, self.then["registration_no"])
        row = self.now["source_row"].where(self.pairs["now"] >= 0, self.then["source_row"])
        self.numbers = number.where(number != "", "row " + row)

    def _changed(self, *columns: str) -> pd.Series:
        both = (self.pairs["then"] >= 0) & (self.pairs["now"] >= 0)
        differs = pd.Series(False, index=self.pairs.index)
        for name in columns:
            differs |= self.then[name] != self.now[name]
        return both & differs

    def _happened(self, *columns: str) -> pd.Series:
        """Say where dates differ that lie not after the as-of day, on one side at least."""
        as_of = str(self.window_then.as_of) + "T99"
        changed = pd.Series(False, index=self.pairs.index)
        for name in columns:
            known = [one[name].where(one[name] <= as_of, "") for one in (self.then, self.now)]
            changed |= known[0] != known[1]
        return changed & self._changed(*columns)

    def _groups(self) -> dict[str, pd.Series]:
        """Say for each reason, in the order in which they count, of which pairs it holds."""
        placed = (self._placed(self.then) != self._placed(self.now)) & self._changed(*RECEIPT)
        as_of_status = self._changed(f"status_{self.scope}") | self._changed("is_ended_undated", "is_admissible")
        reopened = self._happened("date_reopened_counted") & (self.then["date_reopened_counted"] == "")
        return {
            "receipt_changed": placed,
            "relation_changed": self._changed("relation"),
            "reopened": reopened,
            "status_changed": as_of_status & self._changed("status"),
            "dates_changed": self._happened(*PROGRESS) | self._changed("date_due"),
            "receipt_moved": self._changed(*RECEIPT),
            "retyped": self._changed("type"),
            "channel_changed": self._changed("channel"),
            "details_changed": self._changed(*DETAILS),
            "status_moved": self._changed("status", "is_ended_undated", "is_admissible"),
        }

    def _placed(self, side: pd.DataFrame) -> pd.Series:
        start, end = str(self.window_then.start), str(self.window_then.counted_to) + "T99"
        earliest, latest = side["date_received_earliest"], side["date_received_latest"]
        place = pd.Series("unplaced", index=side.index).mask((earliest >= start) & (latest <= end), "in")
        return place.mask(latest < start, "before").mask(earliest > end, "after")

    def explained(self, figure: dict[str, Any]) -> list[dict[str, object]]:
        """Give the rows of one figure: one for each reason."""
        name, dimension = figure["indicator"], figure["dimension"]
        is_sum = name in {*COUNTS, *RATES, *PER_1000, "pending_age"} or name.endswith("_n")
        ids = [f"{name}.{part}" for part in PARTS] if name in RATES else [_summed(name)]
        deltas = [self._delta(one, dimension, figure["member"]) for one in ids]
        moved = pd.Series(False, index=self.pairs.index)
        for delta in deltas:
            moved |= delta != 0
        if not is_sum:
            moved |= self._days_changed(name)
        deltas = [delta[moved] for delta in deltas]
        reasons = self._reasons(moved, dimension, ids)
        base = self._base(figure)
        rows: list[dict[str, object]] = []
        for reason in REASONS:
            chosen = reasons == reason
            if not chosen.any():
                continue
            sums = [int(delta[chosen].sum()) for delta in deltas] if is_sum else []
            rows.append(self._row(base, reason, int(chosen.sum()), sums, self._listed(reason, chosen, deltas, is_sum)))
        return self._completed(rows, base, figure, is_sum, name in RATES)

    def _delta(self, name: str, dimension: str, member: str) -> pd.Series:
        then, now = _column(self.added_then, name), _column(self.added_now, name)
        if dimension:
            then = then * (self._member(dimension, "then") == member)
            now = now * (self._member(dimension, "now") == member)
        return now - then

    def _member(self, dimension: str, when: str) -> pd.Series:
        if (dimension, when) not in self.members:
            side = self.then if when == "then" else self.now
            self.members[dimension, when] = self._members(side, dimension, when).astype("category")
        return self.members[dimension, when]

    def _members(self, side: pd.DataFrame, dimension: str, when: str) -> pd.Series:
        if dimension == "working_days":
            return _class_of(side["resolution_working_days"], WORKING_DAY_ENDS)
        if dimension == "age":
            rules = self.comparison.record.rules
            is_then = when == "then"
            ends = rules["pending_age_days"] if is_then else self.comparison.project.settings.pending_age_days
            window = self.window_then if is_then else self.window_now
            latest = pd.to_datetime(side["date_received_latest"].where(side["date_received_latest"] != ""))
            return _class_of((pd.Timestamp(window.counted_to) - latest).dt.days, ends)
        return side[f"status_{self.scope}" if dimension == "status" else dimension]

    def _days_changed(self, name: str) -> pd.Series:
        base = name.rpartition("_")[0]
        timed = (_column(self.added_then, f"{base}_n") > 0) & (_column(self.added_now, f"{base}_n") > 0)
        return timed & (self.then[base] != self.now[base])

    def _first_reasons(self) -> pd.Series:
        """Give each pair the first reason that holds of it, whichever figure it moves."""
        reasons = pd.Series("rule_changed", index=self.pairs.index)
        for reason, holds in reversed(self._groups().items()):
            reasons = reasons.mask(holds, reason)
        reasons = reasons.replace({"receipt_moved": "receipt_changed", "status_moved": "status_changed"})
        reasons = reasons.mask(self.pairs["then"] < 0, "registered_since")
        return reasons.mask(self.pairs["now"] < 0, "no_longer_counted")

    def _reasons(self, moved: pd.Series, dimension: str, ids: list[str]) -> pd.Series:
        """Give each pair that moved a figure its reason; where it only changed its member, that of the breakdown."""
        reasons = self.first_reasons[moved]
        if dimension not in _BY_MEMBER:
            return reasons
        stayed = ~reasons.isin(("registered_since", "no_longer_counted"))
        for name in ids:
            stayed &= _column(self.added_then, name)[moved] == _column(self.added_now, name)[moved]
        differs = self.then.loc[moved, dimension] != self.now.loc[moved, dimension]
        return reasons.mask(stayed & differs, _BY_MEMBER[dimension])

    def _listed(self, reason: str, chosen: pd.Series, deltas: list[pd.Series], is_sum: bool) -> str:
        if reason in UNLISTED:
            return ""
        numbers = self.numbers[chosen[chosen].index]
        corrected = numbers.isin(self.corrected.get(reason, set()))
        signed = [[f"{change:+d}" for change in delta[chosen]] if is_sum else [] for delta in deltas]
        listed = []
        for place, (number, is_corrected) in enumerate(zip(numbers, corrected, strict=True)):
            told = [" of ".join(signs[place] for signs in signed)] if is_sum else []
            told += ["corrected"] if is_corrected else []
            listed.append(f"{number} ({', '.join(told)})" if told else number)
        return "; ".join(listed)

    def _base(self, figure: dict[str, Any]) -> dict[str, object]:
        first = {side: figure[f"first_{side}"] for side in ("then", "now")}
        of = {side: figure[f"denominator_{side}"] for side in ("then", "now")}
        lacking = any(pd.isna(value) for value in first.values())
        return {
            "published_period": self.comparison.record.label,
            **{name: figure[name] for name in ("scope", "indicator", "dimension", "member", "unit")},
            "published_state": figure["state_then"],
            "published": first["then"],
            "published_of": of["then"],
            "now_state": figure["state_now"],
            "now": first["now"],
            "now_of": of["now"],
            "difference": None if lacking else round(first["now"] - first["then"], 10),
            "difference_of": None if pd.isna(of["then"]) or pd.isna(of["now"]) else of["now"] - of["then"],
        }

    @staticmethod
    def _row(
        base: dict[str, object], reason: str, grievances: int | None, sums: list[int], rows: str = ""
    ) -> dict[str, object]:
        change, change_of = [*sums, None, None][:2]
        return {
            **base,
            "reason": reason,
            "grievances": grievances,
            "change": change,
            "change_of": change_of,
            "rows": rows,
        }

    def _completed(
        self, rows: list[dict[str, object]], base: dict[str, object], figure: dict[str, Any], is_sum: bool, rate: bool
    ) -> list[dict[str, object]]:
        """Add what no grievance explains: a rule that changed the figure's state alone, or, honestly, a remainder."""
        if not rows:
            stays = [0, 0] if rate and base["difference"] is not None else []
            rows = [self._row(base, "rule_changed", 0, stays)]
        if not is_sum or base["difference"] is None:
            return rows
        if figure["indicator"] in PER_1000 and base["difference_of"] and rows[-1]["reason"] != "rule_changed":
            rows.append(self._row(base, "rule_changed", 0, [0]))  # the number of beneficiaries is another one
        wanted = [base["difference"], base["difference_of"]] if rate else [base["difference"]]
        told = [sum(int(str(row[name])) for row in rows) for name in ("change", "change_of")[: len(wanted)]]
        left = [int(float(str(want))) - found for want, found in zip(wanted, told, strict=True)]
        return [*rows, self._row(base, "unexplained", None, left)] if any(left) else rows


def _summed(name: str) -> str:
    """Return the id of the contributions behind a figure; for a mean or a median, those that say what it is over."""
    name = PER_1000.get(name, name)
    base, _, statistic = name.rpartition("_")
    return f"{base}_n" if base in DURATIONS and statistic in STATISTICS else name


def _aligned(cases: pd.DataFrame, places: pd.Series) -> pd.DataFrame:
    taken = cases.reindex(places.where(places >= 0, -1)).fillna("")
    return taken.reset_index(drop=True)


def _aligned_counts(added: pd.DataFrame, places: pd.Series) -> pd.DataFrame:
    return added.reindex(places, fill_value=0).reset_index(drop=True)


def _column(added: pd.DataFrame, name: str) -> pd.Series:
    return added[name] if name in added else pd.Series(0, index=added.index)


def _class_of(days: pd.Series, ends: Sequence[int]) -> pd.Series:
    """Return the class of each number of days, also where a record holds it as a text; blank where it is blank."""
    return class_of(pd.to_numeric(days, errors="coerce"), ends).fillna("")
