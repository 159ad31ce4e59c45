"""Somebody who reads published files alone and bounds every cell that is left out as far as it can be.

They know that counts are whole and not negative, that eligible grievances are among those received, that the period is
part of what there was since the start, and that crosses add up to their margins. They know nothing of the library.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

THRESHOLD = 5
GROUPS = ("sex", "location", "vulnerable_group", "sex_by_location")
Name = tuple[str, str, str, str, str]
"""Release, indicator, scope, dimension, member."""


@dataclass
class Attacker:
    """Collects what the files say as rows of a linear program, and bounds what they leave open."""

    known: dict[Name, int] = field(default_factory=dict)
    hidden: dict[Name, int] = field(default_factory=dict)
    rows: list[tuple[dict[Name, int], float, float]] = field(default_factory=list)
    totals: dict[tuple[str, str, str], int] = field(default_factory=dict)
    withheld: set[tuple[str, str, str, str]] = field(default_factory=set)

    def reads(self, release: str, content: str) -> None:
        """Take in the indicators.csv of a release."""
        lines = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))
        for line in lines:
            if not line["dimension"] and line["indicator"] in ("received", "eligible"):
                self.totals[release, line["indicator"], line["scope"]] = int(line["value"])
        mine = [line for line in lines if line["dimension"] in GROUPS and line["display"] != "not collected"]
        everyone: dict[str, dict[str, None]] = {}
        for line in mine:
            everyone.setdefault(line["dimension"], {})[line["member"]] = None
        for line in mine:
            table = (release, line["indicator"], line["scope"], line["dimension"])
            if line["display"] == "too few to be shown":
                assert (line["member"], line["value"]) == ("", "")
                self.withheld.add(table)
                continue
            if line["display"] == "suppressed":
                assert line["value"] == line["numerator"] == line["denominator"] == ""
                self.hidden[*table, line["member"]] = 0 if "_by_" in line["dimension"] else 1
            else:
                self.known[*table, line["member"]] = int(line["value"])

    def knows_members(self, members: dict[str, list[str]]) -> None:
        """Learn who could be in a withheld table: an insider knows the places."""
        for table in self.withheld:
            for member in members[table[3]]:
                self.hidden[*table, member] = 0

    def combines(self, before: str, now: str) -> None:
        """Put down every relation."""
        cells = [*self.known, *self.hidden]
        for table in dict.fromkeys(cell[:4] for cell in cells):
            own = {cell: 1 for cell in cells if cell[:4] == table}
            total = self.totals[table[0], table[1], table[2]]
            self.rows.append((own, total, total))
        there = set(cells)
        for release, indicator, scope, dimension, member in cells:
            cell = (release, indicator, scope, dimension, member)
            received = (release, "received", scope, dimension, member)
            whole = (release, indicator, "cumulative", dimension, member)
            if indicator == "eligible" and received in there:
                self.rows.append(({received: 1, cell: -1}, 0, math.inf))
            if scope == "period" and whole in there:
                self.rows.append(({whole: 1, cell: -1}, 0, math.inf))
            former = (before, indicator, "cumulative", dimension, member)
            period = (now, indicator, "period", dimension, member)
            if release == now and scope == "cumulative" and period in there:
                terms = {cell: 1, period: -1, **({former: -1} if former in there else {})}
                if former in there or self._reached_all(before, dimension):
                    self.rows.append((terms, 0, 0))
        self._margins(cells)

    def _reached_all(self, before: str, dimension: str) -> bool:
        """Say whether the release before told of every member that it had, so that another one had nothing."""
        return any(cell[0] == before and cell[3] == dimension for cell in self.known)

    def _margins(self, cells: list[Name]) -> None:
        for side, dimension in enumerate(("sex", "location")):
            for cell in cells:
                if cell[3] == dimension:
                    inner = [
                        one
                        for one in cells
                        if one[:3] == cell[:3] and one[3] == "sex_by_location" and one[4].split(" | ")[side] == cell[4]
                    ]
                    if inner:
                        self.rows.append(({cell: 1, **dict.fromkeys(inner, -1)}, 0, 0))

    def bounds(self, targets: list[Name]) -> Iterator[tuple[Name, int, int]]:
        """Bound each target by two linear programs, to whole numbers.

        A fractional bound is rounded inward, so the true span of whole numbers is no wider than the one returned.
        """
        names = list(self.hidden)
        place = {name: number for number, name in enumerate(names)}
        equal, equal_to, most, most_of = [], [], [], []
        for terms, low, high in self.rows:
            row = np.zeros(len(names))
            constant = 0
            for name, factor in terms.items():
                if name in place:
                    row[place[name]] += factor
                else:
                    constant += factor * self.known[name]
            if not row.any():
                assert low - 1e-9 <= constant <= high + 1e-9, "the files contradict each other"
            elif low == high:
                equal.append(row)
                equal_to.append(low - constant)
            else:
                most.append(-row)
                most_of.append(constant - low)
        limits = [(self.hidden[name], self.totals[name[:3]]) for name in names]
        for target in targets:
            found = []
            for sign in (1, -1):
                objective = np.zeros(len(names))
                objective[place[target]] = sign
                result = linprog(
                    objective,
                    A_ub=np.array(most) if most else None,
                    b_ub=most_of or None,
                    A_eq=np.array(equal) if equal else None,
                    b_eq=equal_to or None,
                    bounds=limits,
                    method="highs",
                )
                assert result.status == 0, result.message
                found.append(sign * result.fun)
            yield target, math.ceil(found[0] - 1e-6), math.floor(found[1] + 1e-6)

    def assert_nothing_is_found_out(self, truth: Mapping[Name, int] | None = None) -> int:
        """Bound every cell that is left out; return how many there were.

        Of a withheld table the cells that are not 0, where the truth is known to the test.
        """
        shown_tables = [name for name in self.hidden if name[:4] not in self.withheld]
        withheld = [name for name in self.hidden if name[:4] in self.withheld and truth and truth[name] > 0]
        for name, low, high in self.bounds([*shown_tables, *withheld]):
            wanted = min(THRESHOLD, self.totals[name[:3]])
            if truth is not None:
                assert low <= truth[name] <= high, "the attacker believes what is not so"
            assert high - low >= wanted or (name in withheld and self._is_bounded_by_the_whole(name, high - low)), name
        return len(shown_tables) + len(withheld)

    def _is_bounded_by_the_whole(self, name: Name, width: int) -> bool:
        """Say whether a withheld total is as open as it can be: it was shown before, and so few have come since."""
        release, indicator, scope, _, _ = name
        new = self.totals.get((release, indicator, "period"), THRESHOLD)
        return scope == "cumulative" and new < THRESHOLD and width >= new
