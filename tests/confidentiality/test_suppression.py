"""Small numbers are left out with as few others as it takes, and none of them can be worked out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.confidentiality.attack import Relation, Table, feasible_intervals, known_to_hold
from pipeline.confidentiality.suppression import MOST_MEMBERS, Suppressed, suppress

INFINITE = float("inf")


def table(name: str, counts: Mapping[str, int], *, is_whole: bool = False) -> Table:
    groups = (frozenset(counts),) if is_whole else ()
    return Table(name, dict(counts), sum(counts.values()), groups=groups)


def released(name: str, counts: Mapping[str, int | None], total: int, *, was_withheld: bool = False) -> Table:
    return Table(name, dict(counts), total, is_released=True, was_withheld=was_withheld)


def part_of(part: str, whole: str, members: Mapping[str, object]) -> list[Relation]:
    """Of each member, what the part counts is among what the whole counts."""
    return [Relation({(whole, member): 1, (part, member): -1}, 0, INFINITE) for member in members]


def sum_of(whole: str, parts: list[str], members: Mapping[str, object]) -> list[Relation]:
    return [Relation({(whole, m): 1, **{(part, m): -1 for part in parts}}, 0, 0) for m in members]


def left_out(result: Suppressed) -> set[str]:
    return {member for _, member in result.cells}


# -- worked by hand ----------------------------------------------------------------------------------------------------


def test_the_smallest_other_cell_goes_with_a_small_one() -> None:
    counts = {"A": 3, "B": 6, "C": 20, "D": 30}
    result = suppress([table("t", counts)], [], 5)
    assert result == Suppressed({("t", "A"): "primary", ("t", "B"): "secondary"}, {})
    # A + B = 9, and neither is 0.
    assert feasible_intervals([table("t", counts)], [], result.cells) == {("t", "A"): (1, 8), ("t", "B"): (1, 8)}


def test_two_small_ones_protect_each_other_where_their_sum_leaves_room() -> None:
    # 3 + 4 = 7: each can be 1 to 6. 3 + 3 = 6 would leave 1 to 5, and so the next smallest goes, too.
    assert left_out(suppress([table("t", {"A": 3, "B": 4, "C": 20, "D": 30})], [], 5)) == {"A", "B"}
    counts = {"A": 3, "B": 3, "C": 20, "D": 30, "E": 9, "F": 10}
    assert left_out(suppress([table("t", counts)], [], 5)) == {"A", "B", "E"}


def test_true_zeros_stay() -> None:
    result = suppress([table("t", {"A": 3, "B": 6, "C": 20, "D": 30, "E": 0, "F": 0}, is_whole=True)], [], 5)
    assert left_out(result) == {"A", "B"}


def test_a_table_of_nothing_is_shown() -> None:
    assert suppress([table("t", {"A": 0, "B": 0}, is_whole=True)], [], 5) == Suppressed({}, {})


def test_a_table_whose_total_is_below_the_threshold_is_withheld() -> None:
    assert suppress([table("t", {"A": 4, "B": 0})], [], 5) == Suppressed({}, {"t": "small_total"})
    assert suppress([table("t", {"A": 5, "B": 0})], [], 5) == Suppressed({}, {})


def test_a_table_of_which_over_half_would_go_is_withheld() -> None:
    # Of three cells that are not zero two would go.
    assert suppress([table("t", {"A": 3, "B": 6, "C": 20, "D": 0})], [], 5).withheld == {"t": "over_half"}
    assert suppress([table("t", {"A": 3, "B": 6, "C": 20, "D": 8})], [], 5).withheld == {}


def test_a_table_with_everybody_in_one_cell_is_withheld_since_its_zeros_would_tell_where_all_belong() -> None:
    assert suppress([table("t", {"A": 12, "B": 0, "C": 0}, is_whole=True)], [], 5).withheld == {"t": "over_half"}
    assert suppress([table("t", {"A": 12}, is_whole=True)], [], 5) == Suppressed({}, {})  # there is no other place


def two_by_two(inner: Mapping[str, int]) -> tuple[list[Table], list[Relation]]:
    """A cross of sex and place, with the tables of each by itself."""
    sex = {one: sum(count for cell, count in inner.items() if cell[0] == one) for one in "FM"}
    place = {one: sum(count for cell, count in inner.items() if cell[1] == one) for one in "AB"}
    rows = tuple(frozenset(cell for cell in inner if cell[0] == one) for one in "FM")
    columns = tuple(frozenset(cell for cell in inner if cell[1] == one) for one in "AB")
    cross = Table("cross", dict(inner), sum(inner.values()), may_hide_zeros=True, groups=(*rows, *columns))
    margins = [
        Relation({(name, one): 1, **{("cross", cell): -1 for cell in inner if one in cell}}, 0, 0)
        for name, counts in (("sex", sex), ("place", place))
        for one in counts
    ]
    return [table("sex", sex), table("place", place), cross], margins


def test_a_small_cell_of_a_two_by_two_takes_the_whole_cross_with_it_and_leaves_the_margins() -> None:
    # With the margins shown, one cell gives the other three; so all four would go, which is more than half.
    tables, relations = two_by_two({"FA": 3, "FB": 17, "MA": 22, "MB": 18})
    assert suppress(tables, relations, 5) == Suppressed({}, {"cross": "over_half"})
    spans = feasible_intervals(tables, relations, (), {"cross"})
    assert spans[("cross", "FA")] == (0, 20)


def test_a_group_of_which_all_are_in_one_cell_of_a_cross_is_not_told_by_the_zeros_beside_it() -> None:
    counts = {f"{row}{column}": 10 for row in "FM" for column in "ABCDEF"}
    tables, relations = two_by_two(counts)
    assert suppress(tables, relations, 5) == Suppressed({}, {})
    alone = counts | {f"F{column}": 0 for column in "BCDEF"}
    cross = Table(
        "cross",
        alone,
        sum(alone.values()),
        may_hide_zeros=True,
        groups=(frozenset(one for one in alone if one[0] == "F"), frozenset(one for one in alone if one[0] == "M")),
    )
    rows = [Relation({("cross", one): 1 for one in alone if one[0] == "F"}, 10, 10)]
    result = suppress([cross], rows, 5)
    zeros = {member for _, member in result.cells if alone[member] == 0}
    assert result.cells[("cross", "FA")] == "primary"
    assert zeros
    assert result.withheld == {}


def test_what_is_admissible_is_part_of_what_was_received_so_both_can_have_to_go() -> None:
    received, eligible = {"A": 5, "B": 24, "C": 30, "D": 40}, {"A": 4, "B": 24, "C": 30, "D": 40}
    tables = [table("received", received), table("eligible", eligible)]
    relations = part_of("eligible", "received", received)
    result = suppress(tables, relations, 5)
    # Eligible A and B add up to 28; with received B = 24 shown, A would be 4 or 5.
    assert result.withheld == {}
    assert {("eligible", "A"), ("received", "A"), ("received", "B")} <= set(result.cells)
    spans = feasible_intervals(tables, relations, result.cells)
    assert all(high - low >= 5 for low, high in spans.values())


def test_the_difference_to_a_release_before_does_not_give_a_single_grievance_away() -> None:
    before, now = {"A": 10, "B": 20, "C": 30}, {"A": 11, "B": 20, "C": 30}
    new = {"A": 1, "B": 0, "C": 0}
    tables = [table("period", new), table("total", now), released("before", before, 60)]
    relations = sum_of("total", ["before", "period"], new)
    result = suppress(tables, relations, 5)
    assert result == Suppressed({}, {"period": "small_total", "total": "not_protectable"})
    assert feasible_intervals(tables, relations, (), result.withheld)[("period", "A")] == (0, 1)


def test_what_a_release_before_left_out_is_not_given_away_later() -> None:
    before: dict[str, int | None] = {"A": None, "B": None, "C": 20, "D": 30}
    new, now = {"A": 10, "B": 11, "C": 12, "D": 13}, {"A": 13, "B": 17, "C": 32, "D": 43}
    tables = [table("period", new), table("total", now), released("before", before, 59)]
    relations = sum_of("total", ["before", "period"], new)
    result = suppress(tables, relations, 5)
    # A was 3 and B 6. Both tables cannot show A, and so not B either; the cheaper one is that of the period.
    assert set(result.cells) == {("period", "A"), ("period", "B")}
    spans = feasible_intervals(tables, relations, result.cells)
    assert spans[("before", "A")] == (1, 8)


def test_figures_that_no_longer_fit_an_earlier_release_are_no_contradiction() -> None:
    # One grievance was moved from A to B after the release.
    tables = [
        table("period", {"A": 5, "B": 5, "C": 5}),
        table("total", {"A": 14, "B": 26, "C": 35}),
        released("before", {"A": 10, "B": 20, "C": 30}, 60),
    ]
    relations = sum_of("total", ["before", "period"], {"A": 0, "B": 0, "C": 0})
    held = known_to_hold(tables, relations)
    assert [(one.low, one.high) for one in held] == [(-1, 0), (0, 1), (0, 0)]
    assert suppress(tables, held, 5) == Suppressed({}, {})
    assert known_to_hold(tables[:2], part_of("period", "total", {"A": 0})) == part_of("period", "total", {"A": 0})


def test_a_table_of_too_many_members_is_withheld() -> None:
    counts = {f"place {number}": 9 for number in range(MOST_MEMBERS + 1)}
    assert suppress([table("t", counts)], [], 5).withheld == {"t": "too_many_members"}


# -- of any tables -----------------------------------------------------------------------------------------------------

COUNTS = st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(0, 30), min_size=2, max_size=7)


@st.composite
def two_tables(draw: st.DrawFn) -> tuple[list[Table], list[Relation]]:
    """Received and eligible, of the same members."""
    received = draw(COUNTS)
    eligible = {member: draw(st.integers(0, count)) for member, count in received.items()}
    tables = [table("received", received, is_whole=True), table("eligible", eligible, is_whole=True)]
    return tables, part_of("eligible", "received", received)


@given(two_tables(), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_the_order_of_the_members_does_not_matter(made: tuple[list[Table], list[Relation]], chance: object) -> None:
    tables, relations = made
    mixed = []
    for one in tables:
        members = list(one.counts.items())
        chance.shuffle(members)  # type: ignore[attr-defined]
        mixed.append(Table(one.name, dict(members), one.total, groups=one.groups))
    first, second = suppress(tables, relations, 5), suppress(mixed, list(reversed(relations)), 5)
    assert (first.cells, first.withheld) == (second.cells, second.withheld)


@given(two_tables())
@settings(deadline=None, max_examples=60)
def test_no_cell_that_is_left_out_can_be_narrowed_down(made: tuple[list[Table], list[Relation]]) -> None:
    tables, relations = made
    result = suppress(tables, relations, 5)
    totals = {one.name: one.total for one in tables}
    for (name, member), (low, high) in feasible_intervals(tables, relations, result.cells, result.withheld).items():
        count = next(one.counts[member] for one in tables if one.name == name)
        assert count is not None
        assert low <= count <= high
        if (name, member) in result.cells:
            assert high - low >= min(5, totals[name])
    for one in tables:
        shown = {m: c for m, c in one.counts.items() if (one.name, m) not in result.cells}
        if one.name not in result.withheld:
            assert all(count == 0 or (count is not None and count >= 5) for count in shown.values())


@given(st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(5, 60), min_size=2), st.integers(2, 5))
@settings(deadline=None)
def test_nothing_is_left_out_where_every_cell_reaches_the_threshold(counts: dict[str, int], threshold: int) -> None:
    assert suppress([table("t", counts, is_whole=True)], [], threshold) == Suppressed({}, {})


@given(COUNTS)
@settings(deadline=None, max_examples=80)
def test_of_one_table_no_cheaper_set_of_cells_would_do(counts: dict[str, int]) -> None:
    """By trying every set: those left out, none of them 0, must add up to 5 more than their number."""
    result = suppress([table("t", counts)], [], 5)
    small = {member for member, count in counts.items() if 0 < count < 5}
    people = [member for member, count in counts.items() if count]
    subsets = chain.from_iterable(combinations(people, size) for size in range(len(people) + 1))
    enough = [one for one in subsets if small <= set(one) and (not small or sum(counts[m] - 1 for m in one) >= 5)]
    cost, size = min(((sum(counts[m] for m in one), len(one)) for one in enough), default=(0, len(people)))
    if 0 < sum(counts.values()) < 5 or 2 * size > len(people):
        assert list(result.withheld) == ["t"]
    else:
        chosen = left_out(result)
        assert (result.withheld, sum(counts[m] for m in chosen), len(chosen)) == ({}, cost, size)


@pytest.mark.parametrize("threshold", [2, 3, 5, 10])
def test_every_threshold_leaves_that_much_room(threshold: int) -> None:
    tables = [table("t", {"A": threshold - 1, "B": 40, "C": 41, "D": 42, "E": 43})]
    result = suppress(tables, [], threshold)
    assert left_out(result) == {"A", "B"}
    assert all(high - low >= threshold for low, high in feasible_intervals(tables, [], result.cells).values())
