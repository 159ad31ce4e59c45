"""Small numbers: which cells of published tables are left out so that no small one can be worked out.

A cell below the threshold is left out (primary), and enough others with it (secondary) that a reader who knows every
published figure can narrow none of them down to a span below the threshold, or below the table's total where that is
less. Which others costs least is decided by integer programming; the audit in attack.py then tries to find them out.
docs/disclosure-control.md explains the rule with an example.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import coo_array, vstack

from pipeline.confidentiality.attack import Cell, Numbers, Reader, Relation, System, Table, solve

Reason = Literal["primary", "secondary"]
Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Withheld = Literal["small_total", "registered_late", "over_half", "not_protectable", "too_many_members"]
MOST_MEMBERS = 100
"""Members of a table that are looked at; one of more is withheld, and members are to be merged in project.yml."""
_AT_ONCE = 10
"""Cells that the audit hands back to the search at once."""
_LARGEST, _NODES = 6_000, 200
"""Unknowns of a program that is still solved, and branches that are looked at: where that does not do, a table is
withheld, or a choice is taken that is not proved to be the cheapest. No clock decides, so it is the same everywhere."""
_REACHES = (1, 3)
"""How far from the truth the alternatives lie that the search looks for, in thresholds; the audit has no such bound."""


@dataclass(frozen=True)
class Suppressed:
    """What is left out: single cells with the reason, and whole tables with the reason."""

    cells: dict[Cell, Reason]
    withheld: dict[str, Withheld]


def suppress(tables: Sequence[Table], relations: Sequence[Relation], threshold: int) -> Suppressed:
    """Decide what is left out of tables that share relations.

    Parameters
    ----------
    tables
        The tables to be published, and those that were released before. What is true must fit the relations.
    relations
        What a reader knows besides the totals.
    threshold
        The least count, above zero, that is shown.
    """
    # Nothing is shown of a table with very many members, now or before; so it tells nobody anything.
    large = {one.name: one.is_released for one in tables if len(one.counts) > MOST_MEMBERS}
    linked = [one for one in relations if not any(name in large for name, _ in one.terms)]
    # In an order of their own, so that the one in which they come does not matter.
    looked_at = sorted((one for one in tables if one.name not in large), key=lambda one: one.name)
    ordered = [replace(one, counts=dict(sorted(one.counts.items()))) for one in looked_at]
    search = _Search(System.of(ordered, sorted(linked, key=lambda one: sorted(one.terms.items()))), threshold)
    withheld, chosen = search.decided(search.withheld_at_once())
    for name in [name for name, why in withheld.items() if why == "not_protectable"]:
        # They were given up in a fixed order; one that was not needed comes back.
        fewer = {one: why for one, why in withheld.items() if one != name}
        without = search.choose(fewer)
        if without is not None and not search.over_half(without, fewer):
            withheld, chosen = fewer, without
    cells = search.system.cells
    reasons: dict[Cell, Reason] = {
        cells[number]: "primary" if number in search.primary else "secondary" for number in sorted(chosen)
    }
    return Suppressed(reasons, withheld | {name: "too_many_members" for name, was in large.items() if not was})


class _Search:
    """The search for the cheapest set of cells; cells are numbered as in the system."""

    def __init__(self, system: System, threshold: int) -> None:
        self.system, self.threshold = system, threshold
        self.current = [table for table in system.tables if not table.is_released]
        self.primary = frozenset(number for table in self.current for number in self._primary(table))
        names = [table.name for table in self.current]
        self._best = self._spans(names)
        self._without_people = self._implied_zeros()
        self._late = frozenset(name for table in self.current if table.late_of for name in self._given_away(table))

    def _primary(self, table: Table) -> Iterable[int]:
        for member, count in table.counts.items():
            assert count is not None
            if 0 < count < self.threshold:
                yield self.system.place[table.name, member]
        for group in table.groups:
            there = [member for member in table.counts if member in group and table.counts[member]]
            if len(there) == 1 and len(group) > 1:
                yield self.system.place[table.name, there[0]]

    def _given_away(self, left_over: Table) -> Iterable[str]:
        """Name what is left over, and the tables that would give it away where a count of it is small."""
        yield left_over.name
        if any(0 < count < self.threshold for count in left_over.counts.values() if count is not None):
            yield from left_over.late_of

    def _spans(self, withheld: Collection[str]) -> dict[int, float]:
        """Return the span of each cell where nothing is shown, as far as it is wanted."""
        reader = Reader(self.system, *self.system.bounds((), withheld))
        tables = {n: self.system.table_of[n] for n in reader.unknown}
        full = {n: float(min(self.threshold, one.total)) for n, one in tables.items() if not one.is_link}
        failing = reader.narrowed(full, len(full))
        return {**dict.fromkeys(range(len(self.system.cells)), 0.0), **full, **{n: reader.span(n) for n in failing}}

    def _implied_zeros(self) -> set[int]:
        """Find zeros of which everybody knows, since another cell that counts the same people and more is zero."""
        matrix = self.system.matrix
        found = set()
        for row in range(len(self.system.tables), matrix.shape[0]):
            start, end = matrix.indptr[row], matrix.indptr[row + 1]
            of, factors = matrix.indices[start:end], matrix.data[start:end]
            is_part_of = len(of) == 2 and sorted(factors) == [-1, 1] and self.system.low[row] == 0
            if is_part_of and not self.system.truth[of].any():
                found.add(int(of[factors < 0][0]))
        return found

    def withheld_at_once(self) -> dict[str, Withheld]:
        found: dict[str, Withheld] = {}
        for table in self.current:
            if table.name in self._late:
                found[table.name] = "registered_late"
            elif 0 < table.total < self.threshold:
                found[table.name] = "small_total"
        return {**found, **dict.fromkeys(self.over_half(self.primary, found), "over_half")}

    def decided(self, withheld: dict[str, Withheld]) -> tuple[dict[str, Withheld], frozenset[int]]:
        """Withhold more tables until a choice of cells protects the rest."""
        while True:
            chosen = self.choose(withheld)
            if chosen is None:
                withheld = {**withheld, self.next_to_withhold(withheld): "not_protectable"}
                continue
            over_half = self.over_half(chosen, withheld)
            if not over_half:
                return withheld, chosen
            withheld = {**withheld, **dict.fromkeys(over_half, "over_half")}

    def over_half(self, chosen: Collection[int], withheld: Collection[str]) -> list[str]:
        """Name the tables of whose cells that are not zero more than half would go."""
        found = []
        for table in self.current:
            people = [self.system.place[cell] for cell in table.cells() if table.counts[cell[1]]]
            if table.name not in withheld and 2 * sum(number in chosen for number in people) > len(people):
                found.append(table.name)
        return found

    def next_to_withhold(self, withheld: Collection[str]) -> str:
        """Name the table to be given up where no choice protects all: one with a primary cell, of the least total."""
        has_primary = {self.system.table_of[number].name for number in self.primary}
        left = [table for table in self.current if table.name not in withheld]
        assert left, "what is withheld as a whole is protected"
        return min(left, key=lambda table: (table.name not in has_primary, table.total, table.name)).name

    def choose(self, withheld: Collection[str]) -> frozenset[int] | None:
        """Return the cheapest set of cells that protects itself and everything withheld; None where there is none."""
        always = frozenset(n for n in self.primary if self.system.table_of[n].name not in withheld)
        if not self._can_be_protected(always, withheld):
            return None
        for reach in _REACHES:
            chosen: frozenset[int] | None = always
            looked_at: list[int] = []
            is_whole = False
            while chosen is not None:
                failing = self._failing(chosen, withheld)
                if not failing:
                    return chosen
                if set(failing) <= set(looked_at):
                    if is_whole:
                        break
                    is_whole = True
                looked_at += [number for number in failing if number not in looked_at]
                program = _Program(self, always, withheld, looked_at, reach * self.threshold, is_whole)
                chosen = program.solved()
        return None

    def _can_be_protected(self, always: frozenset[int], withheld: Collection[str]) -> bool:
        """Say whether all that must not be found out is safe where every cell that can be left out is."""
        must = [n for n in range(len(self.system.cells)) if n in always or self._is_protected(n, withheld)]
        reader = Reader(self.system, *self.system.bounds(self.candidates(withheld), withheld))
        return not reader.narrowed({number: self.wanted(number, withheld) for number in must}, 1)

    def _failing(self, chosen: frozenset[int], withheld: Collection[str]) -> list[int]:
        """List the cells left out that a reader can narrow down too far."""
        left_out = [n for n in range(len(self.system.cells)) if n in chosen or self._is_protected(n, withheld)]
        reader = Reader(self.system, *self.system.bounds(chosen, withheld))
        return reader.narrowed({number: self.wanted(number, withheld) for number in left_out}, _AT_ONCE)

    def _is_protected(self, number: int, withheld: Collection[str]) -> bool:
        """Say whether a cell outside the choice must not be found out: not shown before, or withheld and not zero.

        Of what is left over between tables, and of a table that is withheld for its sake, only small counts must not.
        """
        truth, table = self.system.truth[number], self.system.table_of[number]
        if table.is_link:
            return False
        if table.name in self._late:
            return bool(0 < truth < self.threshold)
        return bool(np.isnan(truth)) or (table.name in withheld and truth > 0)

    def wanted(self, number: int, withheld: Collection[str]) -> float:
        """Return the span that a cell must keep: the threshold, or the table's total.

        No more than there is where nothing is shown, for what a table withheld, or an earlier release, leaves open.
        """
        table = self.system.table_of[number]
        full = float(min(self.threshold, table.total))
        if not table.is_released and table.name not in withheld:
            return full
        return self._best[number]

    def candidates(self, withheld: Collection[str]) -> list[int]:
        """List the cells that can be left out: of tables that are shown, and zeros only where these may be."""
        return [
            number
            for number, table in enumerate(self.system.table_of)
            if not table.is_released
            and table.name not in withheld
            and (self.system.truth[number] > 0 or (table.may_hide_zeros and number not in self._without_people))
        ]


class _Program:
    """The integer program: which cells, so that each one looked at has two alternatives that lie far enough apart.

    A cell's alternatives are numbers for all cells that fit the relations and differ from the truth only in cells that
    are left out. All variables of one copy of the cells stand together, after those of the choice.
    """

    def __init__(
        self,
        search: _Search,
        always: frozenset[int],
        withheld: Collection[str],
        looked_at: Sequence[int],
        reach: int,
        is_whole: bool,
    ) -> None:
        self.search, self.system, self.is_whole = search, search.system, is_whole
        self.candidates = search.candidates(withheld)
        self.looked_at, self.always, self.withheld = looked_at, always, withheld
        lower, upper = self.system.bounds(self.candidates, withheld)
        self.rows, is_near = self._looked_at_first() if not is_whole else self._all()
        self.open = [int(number) for number in np.flatnonzero((lower < upper) & is_near)]
        truth = self.system.truth
        near = [number for number in self.candidates if lower[number] < upper[number]]
        lower[near] = np.maximum(lower[near], truth[near] - reach)
        upper[near] = np.minimum(upper[near], truth[near] + reach)
        self.lower, self.upper = lower, upper

    def _all(self) -> tuple[Places, Flags]:
        rows, cells = self.system.matrix.shape
        return np.arange(rows), np.ones(cells, dtype=bool)

    def _looked_at_first(self) -> tuple[Places, Flags]:
        """Find the relations that reach no further than one table beyond those to be published, and their cells.

        A long row of earlier releases makes the program large and hardly changes the choice; the audit knows them all.
        """
        system = self.system
        row_of, cell_of = system.matrix.nonzero()
        is_current = np.array([not table.is_released for table in system.table_of])
        is_current[self.looked_at] = True
        touches = np.bincount(row_of, weights=is_current[cell_of], minlength=system.matrix.shape[0]) > 0
        near = {system.table_of[cell].name for cell in cell_of[touches[row_of]]}
        is_near = np.array([table.name in near for table in system.table_of])
        beyond = np.bincount(row_of, weights=~is_near[cell_of], minlength=system.matrix.shape[0])
        return np.flatnonzero(beyond == 0), is_near

    def solved(self) -> frozenset[int] | None:
        """Return the cells of the cheapest choice: the least sum, then the fewest, then by a fixed order."""
        truth, cells, number_of = self.system.truth, self.system.cells, len(self.candidates)
        is_too_large = 2 * len(self.looked_at) * len(self.open) > _LARGEST
        if is_too_large or not self._is_within_reach():
            return None
        # The order weighs less than one cell in all, and a cell less than a count of one.
        cost = [truth[n] * (number_of + 1) + 1 + _place_in_order(cells[n]) / (2 * number_of) for n in self.candidates]
        chosen = self._minimised(np.array(cost, dtype="float64"))
        if chosen is None:
            return None
        return frozenset(number for number, one in zip(self.candidates, chosen, strict=True) if one)

    def _is_within_reach(self) -> bool:
        numbers = {*self.candidates, *self.open}
        return all(number in numbers for number in self.looked_at)

    def _minimised(self, objective: Numbers) -> Numbers | None:
        choice, each = len(self.candidates), len(self.open)
        copies = 2 * len(self.looked_at)
        size = choice + copies * each
        rows = [self._relations(size), self._alternatives(size), self._spans(size)]
        lower = [1.0 if number in self.always else 0.0 for number in self.candidates]
        box = np.array([(self.lower[n], self.upper[n]) for n in self.open]).reshape(-1, 2)
        found = solve(
            np.concatenate([objective, np.zeros(copies * each)]),
            integrality=np.concatenate([np.ones(choice), np.full(copies * each, float(self.is_whole))]),
            bounds=Bounds(
                np.concatenate([lower, np.tile(box[:, 0], copies)]),
                np.concatenate([np.ones(choice), np.tile(box[:, 1], copies)]),
            ),
            constraints=LinearConstraint(
                vstack([one.matrix for one in rows]).tocsc(),
                np.concatenate([one.low for one in rows]),
                np.concatenate([one.high for one in rows]),
            ),
            options={"node_limit": _NODES},
        )
        assert found.status in (0, 1, 2), found.message
        return None if found.x is None else np.asarray(np.round(found.x[:choice]))

    def _relations(self, size: int) -> _Rows:
        """Every alternative fits the relations."""
        system, entries, low, high = self.system, [], [], []
        matrix = system.matrix[self.rows]
        is_open = np.zeros(len(system.cells), dtype=bool)
        is_open[self.open] = True
        shift = matrix @ np.where(is_open, 0.0, np.nan_to_num(self.lower))
        part = matrix[:, self.open].tocoo()
        for copy in range(2 * len(self.looked_at)):
            at = len(self.candidates) + copy * len(self.open)
            entries += [
                (row + copy * len(shift), at + column, factor)
                for row, column, factor in zip(part.row, part.col, part.data, strict=True)
            ]
            low.append(system.low[self.rows] - shift)
            high.append(system.high[self.rows] - shift)
        return _Rows.of(entries, np.concatenate(low), np.concatenate(high), size)

    def _alternatives(self, size: int) -> _Rows:
        """An alternative differs from the truth only in what is left out."""
        truth, entries, low, high, row = self.system.truth, [], [], [], 0
        column = {number: place for place, number in enumerate(self.open)}
        for copy in range(2 * len(self.looked_at)):
            at = len(self.candidates) + copy * len(self.open)
            for place, number in enumerate(self.candidates):
                if number not in column:
                    continue
                for bound, is_low in ((self.lower[number], True), (self.upper[number], False)):
                    entries += [(row, at + column[number], 1.0), (row, place, truth[number] - bound)]
                    low.append(truth[number] if is_low else -np.inf)
                    high.append(np.inf if is_low else truth[number])
                    row += 1
        return _Rows.of(entries, low, high, size)

    def _spans(self, size: int) -> _Rows:
        """The two alternatives of a cell that is left out lie as far apart as they must."""
        entries, low = [], []
        column = {number: place for place, number in enumerate(self.open)}
        choice = {number: place for place, number in enumerate(self.candidates)}
        for row, number in enumerate(self.looked_at):
            wanted = self.search.wanted(number, self.withheld)
            at = len(self.candidates) + 2 * row * len(self.open)
            if number in column:
                entries += [(row, at + column[number], 1.0), (row, at + len(self.open) + column[number], -1.0)]
            if number in choice:
                entries.append((row, choice[number], -wanted))
            low.append(0.0 if number in choice else wanted)
        return _Rows.of(entries, low, [np.inf] * len(low), size)


@dataclass(frozen=True)
class _Rows:
    """Rows of a program."""

    matrix: coo_array
    low: Numbers
    high: Numbers

    @classmethod
    def of(
        cls, entries: Sequence[tuple[int, int, float]], low: Iterable[float], high: Iterable[float], size: int
    ) -> _Rows:
        low, high = np.array(low, dtype="float64"), np.array(high, dtype="float64")
        rows, columns, factors = (list(one) for one in zip(*entries, strict=True)) if entries else ([], [], [])
        return cls(coo_array((factors, (rows, columns)), shape=(len(low), size), dtype="float64"), low, high)


def _place_in_order(cell: Cell) -> float:
    """Return a number from 0 to below 1 for a cell, by its names alone."""
    return int.from_bytes(hashlib.sha256("\0".join(cell).encode()).digest()[:4]) / 2**32
