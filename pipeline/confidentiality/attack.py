"""What somebody who knows every published figure can work out about those that were left out.

The figures form one linear system: the cells of tables, their totals, and relations between cells of different tables.
A cell that is not shown lies between the least and the greatest whole number that it can have without any published
figure becoming wrong. docs/disclosure-control.md explains it with an example.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array, hstack

Cell = tuple[str, str]
"""A cell: the name of its table, and its member."""
Numbers = npt.NDArray[np.float64]
_ROUNDING = 1e-6
_CONTRADICTION = "what is published contradicts itself"


@dataclass(frozen=True)
class Table:
    """Counts of grievances by member, which add up to a total that is published.

    Parameters
    ----------
    counts
        Every member that the reader is told of, zeros too. None: a figure of an earlier release that was not shown.
    may_hide_zeros
        Whether a zero can be left out, too, as in a cross of two dimensions. Elsewhere a reader knows that what is
        left out of a table is at least 1.
    groups
        Members that make up a group of people by themselves: if only one of them is not zero, showing the zeros tells
        where the whole group belongs.
    is_released
        Whether the table was published before, so that nothing of it can be taken back.
    was_withheld
        Of a released table: whether none of it was shown.
    late_of
        Of what published tables leave over, which is no table of a report and can be worked out from them: the tables
        that are withheld since a small count is left over. It is empty for tables of reports.
    is_link
        Whether nobody was told the table, and it only says what links others. It is a released table of which nothing
        was shown, and what can be worked out of it needs no protection by itself.
    """

    name: str
    counts: Mapping[str, int | None]
    total: int
    may_hide_zeros: bool = False
    groups: tuple[frozenset[str], ...] = ()
    is_released: bool = False
    was_withheld: bool = False
    late_of: tuple[str, ...] = ()
    is_link: bool = False

    def cells(self) -> list[Cell]:
        """List the cells in the table's order."""
        return [(self.name, member) for member in self.counts]


@dataclass(frozen=True)
class Relation:
    """What a reader knows of several cells: their weighted sum lies between `low` and `high`."""

    terms: Mapping[Cell, int]
    low: float
    high: float


@dataclass(frozen=True)
class System:
    """The linear system of some tables: cells by number, what is true of each, and the rows of the relations.

    `truth` is NaN for a cell of an earlier release whose figure was not shown.
    """

    tables: tuple[Table, ...]
    cells: tuple[Cell, ...]
    place: Mapping[Cell, int]
    table_of: tuple[Table, ...]
    truth: Numbers
    matrix: csr_array
    low: Numbers
    high: Numbers

    @classmethod
    def of(cls, tables: Sequence[Table], relations: Sequence[Relation]) -> System:
        """Put tables and relations together; the totals are relations, too."""
        cells = [cell for table in tables for cell in table.cells()]
        place = {cell: number for number, cell in enumerate(cells)}
        assert len(place) == len(cells), "two tables have one name"
        totals = [Relation(dict.fromkeys(table.cells(), 1), table.total, table.total) for table in tables]
        rows = [*totals, *relations]
        entries = [(row, place[cell], factor) for row, one in enumerate(rows) for cell, factor in one.terms.items()]
        at, of, factors = (list(column) for column in zip(*entries, strict=True)) if entries else ([], [], [])
        counts = [table.counts[member] for table in tables for member in table.counts]
        return cls(
            tables=tuple(tables),
            cells=tuple(cells),
            place=place,
            table_of=tuple(table for table in tables for _ in table.counts),
            truth=np.array([np.nan if count is None else count for count in counts], dtype="float64"),
            matrix=csr_array((np.array(factors, dtype="float64"), (at, of)), shape=(len(rows), len(cells))),
            low=np.array([one.low for one in rows], dtype="float64"),
            high=np.array([one.high for one in rows], dtype="float64"),
        )

    def bounds(self, hidden: Collection[int], withheld: Collection[str]) -> tuple[Numbers, Numbers]:
        """Return what a reader knows of each cell by itself: its figure where it is shown, else what it can be."""
        lower, upper = self.truth.copy(), self.truth.copy()
        for number, table in enumerate(self.table_of):
            is_unknown = np.isnan(self.truth[number])
            if not (is_unknown or number in hidden or table.name in withheld):
                continue
            shows_nothing = table.was_withheld if table.is_released else table.name in withheld
            lower[number] = 0 if shows_nothing or table.may_hide_zeros else 1
            upper[number] = table.total
        return lower, upper


@dataclass
class Reader:
    """Somebody who knows the relations and, of each cell, between which numbers it lies.

    Every solution that is found tells something of all cells, so few of them have to be solved for.
    """

    system: System
    lower: Numbers
    upper: Numbers
    _least: Numbers = field(init=False)
    _most: Numbers = field(init=False)

    def __post_init__(self) -> None:
        self._least = np.full(len(self.lower), np.inf)
        self._most = np.full(len(self.lower), -np.inf)
        self._unknown = np.flatnonzero(self.lower < self.upper)
        self._known = np.where(self.lower < self.upper, 0.0, self.lower)
        part = self.system.matrix[:, self._unknown].tocsr()
        self._rows = rows = np.flatnonzero(np.diff(part.indptr))
        shift = (self.system.matrix @ self._known)[rows]
        self._constraint = LinearConstraint(
            part[rows].tocsc(), self.system.low[rows] - shift, self.system.high[rows] - shift
        )
        self._column = {int(number): column for column, number in enumerate(self._unknown)}

    @property
    def unknown(self) -> list[int]:
        """The cells that the reader does not know."""
        return list(self._column)

    @property
    def is_possible(self) -> bool:
        """Whether any numbers fit what the reader knows."""
        sums = self.system.matrix @ self._known
        fits = (self.system.low <= sums) & (sums <= self.system.high)
        fits[self._rows] = True
        return bool(fits.all()) and (len(self._unknown) == 0 or self._solve(np.zeros(len(self._unknown))))

    def span(self, number: int, enough: float = np.inf) -> float:
        """Return how far apart the greatest and the least possible figure of a cell are, or `enough` if it is so far.

        An AssertionError where no numbers fit what the reader knows.
        """
        if number not in self._column:
            return 0.0
        for sign in (-1.0, 1.0):
            if self._seen(number) >= enough:
                return enough
            objective = np.zeros(len(self._unknown))
            objective[self._column[number]] = sign
            assert self._solve(objective), _CONTRADICTION
        return min(enough, self._seen(number))

    def narrowed(self, wanted: Mapping[int, float], most: int) -> list[int]:
        """List cells whose span is less than wanted, at most so many.

        One member of all tables is looked at together, so that most cells need no solution of their own.
        """
        of_member: dict[str, list[int]] = {}
        for number in wanted:
            of_member.setdefault(self.system.cells[number][1], []).append(number)
        for numbers in of_member.values():
            for sign in (-1.0, 1.0):
                left = [n for n in numbers if n in self._column and self._seen(n) < wanted[n]]
                if left:
                    objective = np.zeros(len(self._unknown))
                    objective[[self._column[number] for number in left]] = sign
                    assert self._solve(objective), _CONTRADICTION
        found = (number for number, enough in wanted.items() if self.span(number, enough) < enough)
        return list(islice(found, most))

    def _seen(self, number: int) -> float:
        return float(self._most[number] - self._least[number])

    def interval(self, number: int) -> tuple[int, int]:
        """Return the least and the greatest possible figure of a cell."""
        if number not in self._column:
            return int(self.lower[number]), int(self.upper[number])
        self.span(number)
        return int(self._least[number]), int(self._most[number])

    def _solve(self, objective: Numbers) -> bool:
        found = self._optimum(objective, is_whole=False)
        if found is not None and np.abs(found - np.round(found)).max() > _ROUNDING:
            found = self._optimum(objective, is_whole=True)
        if found is None:
            return False
        whole = np.round(found)
        self._least[self._unknown] = np.minimum(self._least[self._unknown], whole)
        self._most[self._unknown] = np.maximum(self._most[self._unknown], whole)
        return True

    def _optimum(self, objective: Numbers, *, is_whole: bool) -> Numbers | None:
        found = solve(
            objective,
            integrality=np.full(len(objective), int(is_whole)),
            bounds=Bounds(self.lower[self._unknown], self.upper[self._unknown]),
            constraints=self._constraint,
        )
        assert found.status in (0, 2), found.message
        return None if found.x is None else np.asarray(found.x)


def solve(objective: Numbers, **program: Any) -> OptimizeResult:
    """Solve a program of whole numbers to its end, as `scipy.optimize.milp` does, and in silence.

    HiGHS now and then prints a line of its own to the standard output of the process, which a notebook would show.
    """
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        # Without its own settings SciPy stops at a gap of 1e-4, which is more than nothing.
        return milp(objective, **{**program, "options": {"mip_rel_gap": 0, **program.get("options", {})}})
    finally:
        _flush_c()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _flush_c() -> None:
    """Write out what the libraries hold back, before their standard output is given back."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).fflush(None)


def known_to_hold(tables: Sequence[Table], relations: Sequence[Relation]) -> list[Relation]:
    """Return the relations with bounds wide enough that what is true fits them.

    Registers are corrected, so figures of today and those of an earlier release need not fit each other. Whoever
    believes that they do is misled; what still fits is taken as known.
    """
    system, first = System.of(tables, relations), len(tables)
    lower, upper = system.bounds((), ())
    if Reader(system, lower, upper).is_possible:
        return list(relations)
    # As little as it takes, in sum, is added to the bounds: one variable for each side of each relation.
    rows, size = len(relations), len(system.cells)
    add = csr_array((np.ones(rows), (np.arange(first, first + rows), np.arange(rows))), shape=(first + rows, rows))
    found = solve(
        np.concatenate([np.zeros(size), np.ones(2 * rows)]),
        integrality=np.ones(size + 2 * rows),
        bounds=Bounds(np.concatenate([lower, np.zeros(2 * rows)]), np.concatenate([upper, np.full(2 * rows, np.inf)])),
        constraints=LinearConstraint(hstack([system.matrix, add, -add]).tocsc(), system.low, system.high),
    )
    assert found.x is not None, "totals do not fit their own tables"
    more, less = np.round(found.x[size : size + rows]), np.round(found.x[size + rows :])
    return [
        Relation(one.terms, one.low - up, one.high + down) for one, up, down in zip(relations, more, less, strict=True)
    ]


def feasible_intervals(
    tables: Sequence[Table],
    relations: Sequence[Relation],
    hidden: Collection[Cell],
    withheld: Collection[str] = (),
) -> dict[Cell, tuple[int, int]]:
    """Return between which whole numbers each cell lies that is not shown, for a reader who knows everything else.

    Parameters
    ----------
    hidden
        The cells left out of tables that are shown.
    withheld
        The names of tables of which nothing is shown but the total.

    Returns
    -------
    dict
        The hidden cells, those of withheld tables and those that an earlier release did not show.
    """
    system = System.of(tables, relations)
    numbers = {system.place[cell] for cell in hidden}
    reader = Reader(system, *system.bounds(numbers, withheld))
    left_out = [
        number
        for number, table in enumerate(system.table_of)
        if number in numbers or table.name in withheld or np.isnan(system.truth[number])
    ]
    return {system.cells[number]: reader.interval(number) for number in left_out}
