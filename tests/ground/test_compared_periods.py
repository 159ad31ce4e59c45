"""What `PERIODS=` may say, and the name of the folder that it leads to."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.errors import InputError
from pipeline.period import MOST_COMPARED, Period, joined_label, resolve_periods


def resolved(text: str) -> list[str]:
    return [s.label for s in resolve_periods(text, grm_start=date(2022, 3, 1), complete_through=date(2024, 9, 30))]


@pytest.mark.parametrize("text", ["2024H1 2023H2", "2024H1,2023H2", " 2023H2 ,\t2024H1\n", "2023H2, 2024H1,"])
def test_blanks_and_commas_part_periods_and_they_stand_in_the_order_of_their_days(text: str) -> None:
    assert resolved(text) == ["2023H2", "2024H1"]


def test_each_period_is_as_of_its_own_last_day_or_the_day_the_register_reaches() -> None:
    periods = resolve_periods("2022H1 2024H2", grm_start=date(2022, 3, 1), complete_through=date(2024, 9, 30))
    assert [s.current.as_of for s in periods] == [date(2022, 6, 30), date(2024, 9, 30)]
    assert [s.current.start for s in periods] == [date(2022, 3, 1), date(2024, 7, 1)]
    assert [s.current.is_provisional for s in periods] == [False, True]


def test_periods_of_different_kinds_and_with_common_days_can_be_named() -> None:
    assert resolved("2024-05 2023 2023H1 2024-05-01..2024-06-10") == [
        "2023H1",
        "2023",
        "2024-05",
        "2024-05-01..2024-06-10",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "PERIODS is not given. Write two to 24 periods"),
        (" , ", "PERIODS is not given."),
        ("2024H1", "PERIODS is '2024H1', which is one period; a comparison needs two."),
        ("2024H1 2023H1 2024H1", "PERIODS names '2024H1' twice."),
        ("2024H1 spring", "In PERIODS: PERIOD is 'spring', which is not a period."),
        ("2024H1 2021H2", "before the mechanism began on 2022-03-01"),
        ("2024H1 2025H1", "the register is complete through 2024-09-30 only"),
        ("2024H1;2024H2", "which is one period"),
        (" ".join(f"2022-03-{day:02}..2024-01-01" for day in range(1, MOST_COMPARED + 2)), "more than 24"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_how_to_write_it(text: str, expected: str) -> None:
    with pytest.raises(InputError) as refused:
        resolved(text)
    assert expected in str(refused.value)
    assert "2024H1 (a half-year)" in str(refused.value)


def test_the_name_of_a_comparison_is_short_enough_for_a_file_system_and_its_own() -> None:
    assert joined_label(["2023H1", "2023H2"]) == "2023H1+2023H2"
    ranges = [f"2022-01-{day:02}..2024-06-30" for day in range(1, 25)]
    label = joined_label(ranges)
    assert label.startswith("2022-01-01..2024-06-30+to+2022-01-24..2024-06-30+")
    assert len(label.encode()) < 120
    assert joined_label([*ranges[:10], ranges[0], *ranges[11:]]) != label
    assert Period.parse(ranges[0]).label in label
