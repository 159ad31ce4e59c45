"""How many sensitive grievances were received: counted apart, by the same bounds, into a restricted file alone."""

from __future__ import annotations

import pandas as pd
import pytest
from making import Cleaned, Maker

from pipeline.indicators.computation import COLUMNS, measure_sensitive
from pipeline.register.mapping import collected


def row(number: str, received: str, status: str, resolved: str = "", sensitive: str = "yes", **cells: str):
    base = {"registration_no": number, "date_received": received, "channel": "email", "status": status}
    return {**base, "type": "Complaint", "date_resolved": resolved, "is_sensitive": sensitive, **cells}


ROWS = [
    row("1/2023", "2024-01-10", "Resolved", "2024-04-10"),  # received before the mechanism began: in no scope
    row("1/2024", "2024-03-31", "Resolving"),  # the day before: previous
    row("2/2024", "2024-04-01", "Resolved", "2024-04-01"),  # the first day, resolved on the same day
    row("3/2024", "2024-04-02", "Unrelated"),  # of every relation
    row("4/2024", "2024-04-03", "Duplicate"),
    row("5/2024", "2024-04-04", "Withdrawn", date_closed="2024-04-05", type="Quest"),  # of an unknown type
    row("6/2024", "", "Resolved", "2024-05-06"),  # between 4 and 9 April: in; resolved after the as-of day
    row("7/2024", "2024-04-09", "Resolving", "2024-04-10", date_reopened="2024-04-11"),
    row("8/2024", "2024-04-10", "Resolving", sensitive="no"),  # the only one in the other figures
    row("9/2024", "2024-04-30", "Resolving", sensitive="perhaps"),  # the last day; what cannot be read is sensitive
    row("10/2024", "", "Resolving"),  # between 30 April and 2 May: across the border, in no month
    row("11/2024", "2024-05-02", "Resolving"),
]


def counted(cleaned: Cleaned, period: str, as_of: str = "") -> dict[str, float]:
    scopes = cleaned.scopes(period, as_of)
    table = measure_sensitive(cleaned.sensitive, cleaned.project, scopes, collected(cleaned.register))
    assert tuple(table.columns) == COLUMNS
    assert set(table["indicator"]) == {"sensitive"}
    assert set(table["dimension"]) <= {"", "status", "working_days"}
    headlines = table[table["dimension"] == ""]
    return dict(zip(headlines["scope"], headlines["value"], strict=True))


def by(cleaned: Cleaned, period: str, dimension: str) -> dict[str, int]:
    """Return the counts of the period by the members that are not nought."""
    table = measure_sensitive(cleaned.sensitive, cleaned.project, cleaned.scopes(period), collected(cleaned.register))
    rows = table[(table["dimension"] == dimension) & (table["scope"] == "period") & (table["value"] > 0)]
    return dict(zip(rows["member"], rows["value"].astype(int), strict=True))


def test_the_sensitive_are_counted_in_each_scope_whatever_they_concern(make: Maker) -> None:
    cleaned = make.clean(ROWS)
    # April: 2, 3, 4, 5, 6, 7, 9; March: 1; since the start: 1 + 7.
    assert counted(cleaned, "2024-04") == {"period": 7, "previous": 1, "cumulative": 8}
    # As of 20 April: without 9 of the last day.
    assert counted(cleaned, "2024-04", "2024-04-20") == {"period": 6, "previous": 1, "cumulative": 7}
    # Half a year: 1 to 7, 9, 10, 11 and not 8; before it there was no mechanism.
    assert counted(cleaned, "2024H1") == {"period": 10, "cumulative": 10}
    # February: none.
    assert counted(cleaned, "2024-02") == {"period": 0, "previous": 0, "cumulative": 0}


def test_they_are_counted_by_status_and_by_working_days_in_their_own_lane(make: Maker) -> None:
    cleaned = make.clean(ROWS)
    # April as of its last day: 6 was resolved in May, 7 was reopened and is open.
    expected = {"unrelated": 1, "in_progress": 3, "resolved": 1, "withdrawn": 1, "duplicate": 1}
    assert by(cleaned, "2024-04", "status") == expected
    assert sum(expected.values()) == counted(cleaned, "2024-04")["period"]
    assert by(cleaned, "2024-04", "working_days") == {"0": 1}
    # The half-year: 1 of March as well as 6, whose receipt has no day, so that it has no duration.
    assert by(cleaned, "2024H1", "status")["resolved"] == 2
    assert by(cleaned, "2024H1", "working_days") == {"0": 1}


def test_a_sign_in_a_text_counts_without_a_column_for_it(make: Maker) -> None:
    told = {key: cell for key, cell in ROWS[1].items() if key != "is_sensitive"}
    cleaned = make.clean([told | {"summary": "The foreman asked for a bribe."}, told | {"registration_no": "2/2024"}])
    assert len(cleaned.sensitive) == 1
    assert counted(cleaned, "2024-03")["period"] == 1


def test_the_other_figures_do_not_know_of_them(make: Maker) -> None:
    measured = make.clean(ROWS).measure("2024-04")
    assert "sensitive" not in set(measured.table["indicator"])
    received = measured.table.query("indicator == 'received' and dimension == ''")
    assert received["value"].tolist() == [1, 0, 1]  # 8 alone: period, previous, cumulative


def test_over_no_rows_it_is_nought_and_without_the_column_not_collected(make: Maker) -> None:
    assert counted(make.clean([ROWS[8]]), "2024-04") == {"period": 0, "previous": 0, "cumulative": 0}
    cleaned = make.clean([{key: cell for key, cell in ROWS[8].items() if key != "is_sensitive"}])
    scopes = cleaned.scopes("2024-04")
    table = measure_sensitive(cleaned.sensitive, cleaned.project, scopes, collected(cleaned.register))
    assert table["state"].unique().tolist() == ["not_collected"]
    assert pd.isna(table["value"]).all()


@pytest.mark.parametrize("period", ["2024Q1", "2024Q2", "2024-03-03..2024-04-20"])
def test_they_are_placed_as_the_others_would_be(make: Maker, period: str) -> None:
    """The same rows, none of them sensitive: `received` is what `sensitive` was."""
    sensitive = [one | {"is_sensitive": "yes"} for one in ROWS]
    open_ones = [one | {"is_sensitive": "no"} for one in ROWS]
    expected = counted(make.clean(sensitive), period)
    table = make.clean(open_ones).measure(period).table.query("indicator == 'received' and dimension == ''")
    assert dict(zip(table["scope"], table["value"], strict=True)) == expected
