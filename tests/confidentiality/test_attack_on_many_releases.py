"""An attack on any row of releases: tables that change, grievances registered late, the same days published twice.

The attacker knows every published figure and solves for single grievances: how many there are of each sex and place, in
each stretch of days between two ends of periods, and since which release the register has them. Nothing here knows how
the library links its tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from test_attack import measured_of

from pipeline.indicators.protected import as_shown, protected
from pipeline.indicators.published import Published
from pipeline.period import Period, Scopes, resolve_scopes
from pipeline.project import Project, load_project

SEXES, PLACES = ("Female", "Male"), ("Hill", "Lake", "Mill")
TABLES: tuple[tuple[str | tuple[str, str], ...], ...] = (
    ("location",),
    ("sex", "location"),
    (("sex", "location"),),
    (("location", "sex"), "sex"),
    ("sex", "location", ("sex", "location")),
)
PERIODS = ("2024Q1", "2024Q2", "2024Q3", "2024H1", "2024H2", "2024", "2024-02-01..2024-06-30")
COLLECTED = ("complainant_sex", "location")


@dataclass(frozen=True)
class Release:
    """A release as everybody sees it, the truth behind it, and what freezing keeps of it."""

    scopes: Scopes
    shown: pd.DataFrame
    truth: pd.DataFrame
    record: Published


@pytest.fixture(scope="module")
def sample() -> Project:
    return load_project("smart-government-ii")


def row_of_releases(sample: Project, start: str, rows: pd.DataFrame, made: Sequence[tuple[str, int]]) -> list[Release]:
    """Publish one period after the other; each row is in the register from the release `since` on."""
    first, through = Period.parse(start).start, Period.parse("2024").end
    found: list[Release] = []
    for place, (label, tables) in enumerate(made):
        disclosure = sample.settings.disclosure.model_copy(update={"tables": TABLES[tables]})
        changes = {"grm_start": first, "disclosure": disclosure}
        project = Project(sample.code, sample.folder, sample.settings.model_copy(update=changes))
        scopes = resolve_scopes(label, "", grm_start=first, complete_through=through)
        measured = measured_of(rows[rows["since"] <= place], scopes)
        truth = protected(measured, project, scopes, COLLECTED, [one.record for one in found])
        shown = as_shown(truth)
        record = Published(label, measured.table, pd.DataFrame(), scopes.windows(), {}, {"merge": {}}, shown)
        found.append(Release(scopes, shown, truth, record))
    return found


@st.composite
def registers(draw: st.DrawFn, *, releases: int) -> pd.DataFrame:
    """Draw a register of a few cells; of each some are registered after a release."""
    days = ("2023-11-15", "2024-01-20", "2024-03-01", "2024-05-01", "2024-08-01", "2024-11-01")
    few = st.sampled_from((0, 0, 1, 2, 3, 6, 9, 14))
    rows: list[dict[str, object]] = []
    for day, sex, place in product(days, SEXES, PLACES):
        rows += [{"day": day, "sex": sex, "location": place, "since": 0}] * draw(few)
    late = st.tuples(
        st.sampled_from(days), st.sampled_from(SEXES), st.sampled_from(PLACES), st.integers(1, releases - 1)
    )
    for day, sex, place, since in draw(st.lists(late, max_size=4)):
        rows += [{"day": day, "sex": sex, "location": place, "since": since}] * draw(st.sampled_from((1, 1, 2, 7)))
    table = pd.DataFrame(rows, columns=["day", "sex", "location", "since"])
    return table.assign(day=pd.to_datetime(table["day"]), is_admissible=True)


def made(releases: int) -> st.SearchStrategy[list[tuple[str, int]]]:
    one = st.tuples(st.sampled_from(PERIODS), st.integers(0, len(TABLES) - 1))
    return st.lists(one, min_size=releases, max_size=releases, unique_by=lambda release: release[0])


# -- what everybody can work out ---------------------------------------------------------------------------------------


class Solver:
    """The unknown numbers of grievances, and what published figures say of their sums."""

    def __init__(self, releases: Sequence[Release]) -> None:
        ends = {day for one in releases for window in one.scopes.windows().values() for day in _ends(window)}
        self.bounds = sorted(ends)
        atoms = product(range(len(self.bounds) - 1), range(len(releases)), SEXES, PLACES)
        self.atoms = pd.DataFrame(list(atoms), columns=["days", "since", "sex", "location"])
        self.rows: list[np.ndarray] = []
        self.sums: list[float] = []

    def cell(self, release: Release, place: int, scope: str, dimension: str = "", member: str = "") -> np.ndarray:
        """Say which numbers make up a cell, or a headline, of the release of that place."""
        window = release.scopes.windows()[scope]
        start, after = (self.bounds.index(day) for day in _ends(window))
        inside = self.atoms["days"].between(start, after - 1) & (self.atoms["since"] <= place)
        for part, one in zip(dimension.split("_by_"), member.split(" | "), strict=True) if dimension else ():
            inside &= self.atoms[part] == one
        return inside.to_numpy(dtype="float64")

    def learns(self, row: np.ndarray, value: float) -> None:
        self.rows.append(row)
        self.sums.append(value)

    def width(self, row: np.ndarray) -> float:
        """Return how far apart the greatest and the least possible sum lie."""
        found = [
            linprog(sign * row, A_eq=np.array(self.rows), b_eq=self.sums, bounds=(0, None), method="highs")
            for sign in (1, -1)
        ]
        assert all(one.status in (0, 3) for one in found), "what is published contradicts itself"
        return float("inf") if found[1].status == 3 else -found[1].fun - found[0].fun


def _ends(window: object) -> tuple[pd.Timestamp, pd.Timestamp]:
    return pd.Timestamp(window.start), pd.Timestamp(window.counted_to) + pd.Timedelta(days=1)  # type: ignore[attr-defined]


def received(table: pd.DataFrame) -> Iterator[tuple[str, str, str, float, str]]:
    rows = table[table["indicator"] == "received"]
    yield from zip(rows["scope"], rows["dimension"], rows["member"], rows["value"], rows["state"], strict=True)


@given(st.data(), st.sampled_from(["2023-10", "2024-01"]))
def test_no_small_cell_that_is_left_out_is_ever_worked_out(sample: Project, data: st.DataObject, start: str) -> None:
    rows, chosen = data.draw(registers(releases=3)), data.draw(made(3))
    releases = row_of_releases(sample, start, rows, chosen)
    solver = Solver(releases)
    small: list[np.ndarray] = []
    for place, release in enumerate(releases):
        headlines = release.record.figures.query("indicator == 'received' and dimension == ''")
        for scope, value in zip(headlines["scope"], headlines["value"], strict=True):
            if scope != "previous":
                solver.learns(solver.cell(release, place, scope), value)
        small += [
            solver.cell(release, place, scope, dimension, member)
            for scope, dimension, member, value, state in received(release.truth)
            if state != "stated" and 0 < value < 5 and "not_stated" not in member
        ]
        open_before = [row for row in small if solver.width(row) > 0.5]
        for scope, dimension, member, value, state in received(release.shown):
            if state == "stated" and "not_stated" not in member:
                solver.learns(solver.cell(release, place, scope, dimension, member), value)
        for row in open_before:
            assert solver.width(row) > 0.5, f"given away by release {place} of {chosen} since {start}"
